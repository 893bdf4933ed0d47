//! What devices ask: three request shapes, one meaning.

use super::{BODY_BYTES, REQUEST_PEM_BYTES, TOKEN_BYTES, check_serial};
use crate::pki::CertificateRequest;
use serde_json::Value;

/// Which request and answer shape a device speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// `POST /vending/certificates`.
    Own,
    /// `GET …/getcert`, of AWS's first public sample.
    GetCert,
    /// `POST …/registration`, of its second.
    Registration,
    /// `POST /.well-known/est/simpleenroll` (RFC 7030), which tells outcomes in its own way.
    Est,
}

impl Shape {
    /// Its name in records and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Shape::Own => "certificates",
            Shape::GetCert => "getcert",
            Shape::Registration => "registration",
            Shape::Est => "est",
        }
    }

    /// The one method that it is asked with.
    pub fn method(self) -> &'static str {
        match self {
            Shape::GetCert => "GET",
            Shape::Own | Shape::Registration | Shape::Est => "POST",
        }
    }
}

/// What lies at a path below `/vending/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Door<'p> {
    /// The PEM that the endpoint is verified by.
    RootCa,
    /// Requests for a certificate.
    Certificates(Shape),
    /// A function of the owner's, and the path that is left for it.
    Function {
        /// Its name.
        name: &'p str,
        /// Empty, or begins with `/`.
        path: &'p str,
    },
    /// The first sample's second path: a device's shadow by serial number and token.
    Shadow,
}

impl<'p> Door<'p> {
    /// What lies at a path. The samples' paths may follow one stage, such as `Prod`.
    pub fn of(path: &'p str) -> Option<Self> {
        let below = path.strip_prefix("/vending/")?;
        match below {
            "root-ca.pem" => return Some(Door::RootCa),
            "certificates" => return Some(Door::Certificates(Shape::Own)),
            _ => {}
        }
        if let Some(rest) = below.strip_prefix("functions/") {
            let end = rest.find('/').unwrap_or(rest.len());
            let (name, path) = rest.split_at(end);
            return (!name.is_empty()).then_some(Door::Function { name, path });
        }
        let last = match below.split_once('/') {
            Some((stage, last)) if !stage.is_empty() => last,
            Some(_) => return None,
            None => below,
        };
        match last {
            "getcert" => Some(Door::Certificates(Shape::GetCert)),
            "registration" => Some(Door::Certificates(Shape::Registration)),
            "shadow" => Some(Door::Shadow),
            _ => None,
        }
    }
}

/// Why a request says nothing that could be looked up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(pub String);

/// What a device shows.
#[derive(Clone)]
pub struct Presented {
    /// In which shape it asked.
    pub shape: Shape,
    /// Its serial number.
    pub serial: String,
    /// The batch that it names.
    pub batch: Option<String>,
    /// Its token; in the samples' shapes, also its signature.
    pub token: Option<String>,
    /// Its signature, in hex.
    pub signature: Option<String>,
    /// What it wants a certificate for, where it has made its key itself.
    pub csr: Option<Box<CertificateRequest>>,
}

impl std::fmt::Debug for Presented {
    /// Without what it proves itself by.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Presented")
            .field("shape", &self.shape)
            .field("serial", &self.serial)
            .field("batch", &self.batch)
            .finish_non_exhaustive()
    }
}

impl Presented {
    /// What an enrolment over EST shows: a serial number, and the proof of its batch.
    pub fn of_enrolment(
        serial: String,
        proof: Option<String>,
        batch: Option<String>,
        csr: CertificateRequest,
    ) -> Result<Self, Malformed> {
        check_serial(&serial).map_err(|why| Malformed(format!("serial number: {why}")))?;
        if proof
            .as_ref()
            .is_some_and(|proof| proof.len() > TOKEN_BYTES)
        {
            return Err(Malformed(format!(
                "the password is longer than {TOKEN_BYTES} bytes"
            )));
        }
        Ok(Self {
            shape: Shape::Est,
            serial,
            batch,
            token: proof,
            signature: None,
            csr: Some(Box::new(csr)),
        })
    }

    /// Reads a request. `query` holds the decoded pairs of the query.
    pub fn read(shape: Shape, query: &[(String, String)], body: &[u8]) -> Result<Self, Malformed> {
        let of = |name: &str| {
            query
                .iter()
                .find(|(n, _)| n == name)
                .map(|(_, v)| v.clone())
        };
        let mut shown = Self {
            shape,
            serial: String::new(),
            batch: None,
            token: None,
            signature: None,
            csr: None,
        };
        let serial = match shape {
            Shape::GetCert => {
                shown.token = of("deviceToken");
                of("serialNumber")
            }
            Shape::Est => {
                return Err(Malformed(
                    "an enrolment is no request of vending's own".into(),
                ));
            }
            Shape::Own | Shape::Registration => {
                let body = object(body)?;
                let member = |name: &str| text(&body, name);
                if shape == Shape::Own {
                    shown.batch = member("batch")?;
                    shown.token = member("token")?;
                    shown.signature = member("signature")?;
                    shown.csr = member("csr")?
                        .map(|pem| signing_request(&pem))
                        .transpose()?;
                    member("serialNumber")?
                } else {
                    shown.token = member("device_token")?;
                    member("device_uid")?
                }
            }
        };
        let name = match shape {
            Shape::Registration => "device_uid",
            Shape::Own | Shape::GetCert | Shape::Est => "serialNumber",
        };
        shown.serial = serial.ok_or_else(|| Malformed(format!("{name} is required")))?;
        check_serial(&shown.serial).map_err(|why| Malformed(format!("{name}: {why}")))?;
        for (name, proof) in [("token", &shown.token), ("signature", &shown.signature)] {
            if proof
                .as_ref()
                .is_some_and(|proof| proof.len() > TOKEN_BYTES)
            {
                let why = format!("{name} is longer than {TOKEN_BYTES} bytes");
                return Err(Malformed(why));
            }
        }
        Ok(shown)
    }

    /// The token of a shape that has no member for signatures.
    pub(super) fn sample_token(&self) -> Option<&str> {
        match self.shape {
            Shape::Own => None,
            Shape::GetCert | Shape::Registration | Shape::Est => self.token.as_deref(),
        }
    }
}

fn object(body: &[u8]) -> Result<serde_json::Map<String, Value>, Malformed> {
    if body.len() > BODY_BYTES {
        return Err(Malformed(format!(
            "the body is longer than {BODY_BYTES} bytes"
        )));
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(Malformed("the body must be a JSON object".into())),
        Err(why) => Err(Malformed(format!("the body is not JSON: {why}"))),
    }
}

fn text(body: &serde_json::Map<String, Value>, name: &str) -> Result<Option<String>, Malformed> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        // Firmware that counts.
        Some(Value::Number(number)) if number.is_u64() => Ok(Some(number.to_string())),
        Some(_) => Err(Malformed(format!("{name} must be text"))),
    }
}

fn signing_request(pem: &str) -> Result<Box<CertificateRequest>, Malformed> {
    if pem.len() > REQUEST_PEM_BYTES {
        return Err(Malformed(format!(
            "csr is longer than {REQUEST_PEM_BYTES} bytes"
        )));
    }
    match CertificateRequest::parse_pem(pem) {
        Ok(request) => Ok(Box::new(request)),
        Err(why) => Err(Malformed(format!("csr: {why}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doors() {
        use Shape::{GetCert, Own, Registration};
        let function = |name, path| Some(Door::Function { name, path });
        #[rustfmt::skip]
        let cases = [
            ("/vending/root-ca.pem", Some(Door::RootCa)),
            ("/vending/certificates", Some(Door::Certificates(Own))),
            ("/vending/getcert", Some(Door::Certificates(GetCert))),
            ("/vending/Prod/getcert", Some(Door::Certificates(GetCert))),
            ("/vending/PROD/registration", Some(Door::Certificates(Registration))),
            ("/vending/registration", Some(Door::Certificates(Registration))),
            ("/vending/Prod/shadow", Some(Door::Shadow)),
            ("/vending/functions/cvm", function("cvm", "")),
            ("/vending/functions/cvm/", function("cvm", "/")),
            ("/vending/functions/cvm/Prod/getcert", function("cvm", "/Prod/getcert")),
            ("/vending/functions/", None),
            ("/vending/a/b/getcert", None),
            ("/vending//getcert", None),
            ("/vending/Prod/certificates", None),
            ("/vending/", None),
            ("/vending", None),
        ];
        for (path, wanted) in cases {
            assert_eq!(Door::of(path), wanted, "{path}");
        }
    }

    type Query<'q> = &'q [(&'q str, &'q str)];

    fn read(shape: Shape, query: Query<'_>, body: &str) -> Result<Presented, Malformed> {
        let query: Vec<_> = query
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Presented::read(shape, &query, body.as_bytes())
    }

    #[test]
    fn requests() {
        use Shape::{GetCert, Own, Registration};
        let query: &[_] = &[("serialNumber", "SN"), ("deviceToken", "t"), ("x", "y")];
        #[rustfmt::skip]
        let cases: &[(Shape, Query<'_>, &str, Option<&str>)] = &[
            (Own, &[], r#"{"serialNumber": "SN", "token": "t"}"#, Some("t")),
            (Own, &[], r#"{"serialNumber": "SN", "token": null, "more": [1]}"#, None),
            (GetCert, query, "", Some("t")),
            (GetCert, &query[..1], "", None),
            (Registration, &[], r#"{"device_uid": "SN", "device_token": "t"}"#, Some("t")),
        ];
        for (shape, query, body, token) in cases {
            let shown = read(*shape, query, body).unwrap_or_else(|why| panic!("{body}: {why}"));
            assert_eq!(shown.serial, "SN", "{body}");
            assert_eq!(shown.token.as_deref(), *token, "{body}");
        }
        let number = read(Registration, &[], r#"{"device_uid": 17}"#);
        assert_eq!(number.map(|shown| shown.serial), Ok("17".into()));
    }

    #[test]
    fn requests_that_are_malformed() {
        use Shape::{GetCert, Own, Registration};
        let long = format!(r#"{{"serialNumber": "{}"}}"#, "x".repeat(129));
        let token = format!(
            r#"{{"serialNumber": "x", "token": "{}"}}"#,
            "x".repeat(1025)
        );
        let csr = format!(r#"{{"serialNumber": "x", "csr": "{}"}}"#, "x".repeat(8193));
        let body = format!(
            r#"{{"serialNumber": "x", "a": "{}"}}"#,
            "x".repeat(BODY_BYTES)
        );
        #[rustfmt::skip]
        let cases: &[(Shape, &str, &str)] = &[
            (Own, "", "the body is not JSON"),
            (Own, "[]", "must be a JSON object"),
            (Own, "{}", "serialNumber is required"),
            (Own, r#"{"serialNumber": ""}"#, "it is empty"),
            (Own, r#"{"serialNumber": "a\u0000b"}"#, "control character"),
            (Own, r#"{"serialNumber": ["a"]}"#, "must be text"),
            (Own, r#"{"serialNumber": {"$ne": null}}"#, "must be text"),
            (Own, r#"{"serialNumber": "x", "csr": "no"}"#, "csr: no PEM block"),
            (Own, &long, "longer than 128"),
            (Own, &token, "longer than 1024"),
            (Own, &csr, "csr is longer"),
            (Own, &body, "the body is longer"),
            (GetCert, "", "serialNumber is required"),
            (Registration, "{}", "device_uid is required"),
        ];
        for (shape, body, wanted) in cases {
            let why = read(*shape, &[], body)
                .expect_err("it was taken")
                .to_string();
            assert!(why.contains(wanted), "{body}: {why}");
        }
    }

    #[test]
    fn proofs_are_not_shown() {
        let shown = read(
            Shape::Own,
            &[],
            r#"{"serialNumber": "SN", "token": "hunter2"}"#,
        );
        assert!(!format!("{shown:?}").contains("hunter2"));
    }
}
