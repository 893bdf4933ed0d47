//! Bodies that are packed on their way, as DynamoDB takes and sends them: requests with `Content-Encoding: gzip`, and
//! answers from 4 KB on to those who say what they accept.
//!
//! Sources: RFC 9110, 8.4 and 12.5.3; what DynamoDB does.

use super::pipeline::Unserved;
use super::{Content, Request, Response};
use crate::app::{Error, Kind};
use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::{GzEncoder, ZlibEncoder};
use nameplate_aws::checksum::crc32;
use std::cmp::Ordering;
use std::io::{Read as _, Write as _};

/// Bytes from which on an answer is packed.
const WORTH_IT: usize = 4096;

/// The header field that clients hold a body against, as it is sent.
const CHECKSUM: &str = "x-amz-crc32";

/// Why a body cannot be unpacked.
#[derive(Debug)]
pub enum Unreadable {
    /// It is longer than it may be.
    TooLong(Unserved),
    /// It is not what its `Content-Encoding` says, or that is none that is known. The service calls it a failure of its own.
    Broken(Error),
}

/// The body of a request as it was before it was packed, with so many bytes at most; none where it is as it was.
///
/// # Errors
/// It cannot be unpacked.
pub fn unpacked(request: &Request<'_>, limit: usize) -> Result<Option<Vec<u8>>, Unreadable> {
    let encoding = request.headers.text("content-encoding").unwrap_or_default();
    let broken = |why: &str| Unreadable::Broken(Error::new(Kind::Internal, why));
    match encoding.to_ascii_lowercase().as_str() {
        "" | "identity" => return Ok(None),
        "gzip" => {}
        _ => return Err(broken("The Content-Encoding of the request is not known")),
    }
    let mut body = Vec::new();
    // One more than it may have tells that there is more.
    let mut packed = MultiGzDecoder::new(request.body).take(limit as u64 + 1);
    if request.body.is_empty() || packed.read_to_end(&mut body).is_err() {
        return Err(broken("The request is not what its Content-Encoding says"));
    }
    match body.len() > limit {
        true => Err(Unreadable::TooLong(Unserved::TooLarge(limit))),
        false => Ok(Some(body)),
    }
}

/// How an answer is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Packing {
    Gzip,
    Deflate,
}

impl Packing {
    fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
        }
    }

    fn pack(self, body: &[u8]) -> std::io::Result<Vec<u8>> {
        match self {
            Self::Gzip => {
                let mut to = GzEncoder::new(Vec::new(), Compression::fast());
                to.write_all(body)?;
                to.finish()
            }
            Self::Deflate => {
                let mut to = ZlibEncoder::new(Vec::new(), Compression::fast());
                to.write_all(body)?;
                to.finish()
            }
        }
    }
}

/// Packs an answer that is long enough, for who accepts that.
pub async fn pack(request: &Request<'_>, mut response: Response) -> Response {
    let worth_it = matches!(&response.body, Content::Bytes(body) if body.len() >= WORTH_IT);
    let Some(packing) = wanted(request).filter(|_| worth_it) else {
        return response;
    };
    let Content::Bytes(body) = response.body else {
        return response;
    };
    // A page of items takes milliseconds, which others should not wait for.
    let packed = tokio::task::spawn_blocking(move || (packing.pack(&body), body)).await;
    let body = match packed {
        Ok((Ok(packed), _)) => {
            let encoding = ("content-encoding".into(), packing.name().to_owned());
            response.headers.push(encoding);
            packed
        }
        // Then it goes as it is.
        Ok((Err(_), body)) => body,
        Err(_) => {
            response.status = 500;
            Vec::new()
        }
    };
    for (name, value) in &mut response.headers {
        if name == CHECKSUM {
            *value = crc32(&body).to_string();
        }
    }
    response.body = Content::Bytes(body);
    response
}

/// How the request wants an answer to be packed: what has the greatest weight, and of several such what stands first.
fn wanted(request: &Request<'_>) -> Option<Packing> {
    let fields: Vec<String> = request
        .headers
        .all("accept-encoding")
        .map(|value| String::from_utf8_lossy(value).to_ascii_lowercase())
        .collect();
    let all = fields.join(",");
    let weighed: Vec<(&str, f64)> = all.split(',').map(weight).collect();
    let of = |name: &str| {
        let at = weighed.iter().position(|(one, _)| *one == name);
        at.map(|at| (weighed[at].1, at))
    };
    let otherwise = of("*").map(|(weight, _)| (weight, usize::MAX));
    let choice = |packing: Packing| {
        let (weight, at) = of(packing.name()).or(otherwise)?;
        (weight > 0.0).then_some((weight, at, packing))
    };
    match (choice(Packing::Gzip), choice(Packing::Deflate)) {
        (Some(gzip), Some(deflate)) => {
            let second = match deflate.0.total_cmp(&gzip.0) {
                Ordering::Greater => true,
                Ordering::Equal => deflate.1 < gzip.1,
                Ordering::Less => false,
            };
            Some(if second { deflate.2 } else { gzip.2 })
        }
        (one, other) => one.or(other).map(|(_, _, packing)| packing),
    }
}

/// An encoding, and its weight.
fn weight(part: &str) -> (&str, f64) {
    let (name, parameters) = part.split_once(';').unwrap_or((part, ""));
    let weight = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        (name.trim() == "q").then(|| value.trim().parse().unwrap_or(0.0))
    });
    (name.trim(), weight.unwrap_or(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::IpAddr;

    fn request<'a>(fields: &'a [(&'a str, &'a str)], body: &'a [u8]) -> Request<'a> {
        let fields = fields.iter().map(|(name, value)| (*name, value.as_bytes()));
        Request {
            method: "POST",
            target: "/",
            headers: fields.collect(),
            body,
            source_ip: IpAddr::from([127, 0, 0, 1]),
            secure: false,
        }
    }

    #[test]
    fn what_is_accepted_is_chosen_by_weight_and_order() {
        let check = |value: &str, expected: Option<Packing>| {
            let fields = [("accept-encoding", value)];
            assert_eq!(wanted(&request(&fields, b"")), expected, "{value}");
        };
        let (gzip, deflate) = (Some(Packing::Gzip), Some(Packing::Deflate));
        for none in [
            "",
            "identity",
            "br",
            "x-gzip",
            "gzip ;q=0",
            "*;q=0",
            "gzip;q=x",
        ] {
            check(none, None);
        }
        check("gzip, deflate", gzip);
        check("br, identity, deflate, gzip", deflate);
        check("GZIP, identity", gzip);
        check("dog, gzip ,, cat", gzip);
        check("gzip;q=0.8, deflate;q=0.5", gzip);
        check("br, gzip;q=0, deflate; q = 0.5 , identity;q=0", deflate);
        check("*", gzip);
        check("*, deflate;q=0.5", gzip);
        check("*, deflate", deflate);
        check("*, gzip;q=0.5", deflate);
    }

    #[test]
    fn requests_are_unpacked_and_what_is_broken_is_refused() {
        let pack = |text: &[u8]| Packing::Gzip.pack(text).expect("packed");
        let gzip = [("content-encoding", "gzip")];
        let read = |body: &[u8]| unpacked(&request(&gzip, body), 100);
        assert_eq!(read(&pack(b"{}")).ok().flatten(), Some(b"{}".to_vec()));
        let two = [pack(b"{"), pack(b"}")].concat();
        assert_eq!(read(&two).ok().flatten(), Some(b"{}".to_vec()));
        let whole = pack(b"{}");
        for broken in [&b""[..], b"{}", &whole[..whole.len() - 1]] {
            assert!(matches!(read(broken), Err(Unreadable::Broken(_))));
        }
        let long = pack(&[b' '; 101]);
        assert!(matches!(read(&long), Err(Unreadable::TooLong(_))));
        let other = [("content-encoding", "garbage")];
        assert!(unpacked(&request(&other, b"{}"), 100).is_err());
        assert_eq!(unpacked(&request(&[], b"{}"), 100).ok().flatten(), None);
    }
}
