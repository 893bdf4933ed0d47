//! Where the bus is: `nats://` and `tls://`, read.

use percent_encoding::percent_decode_str;
use std::fmt;
use std::path::PathBuf;

/// The port of NATS.
const PORT: u16 = 4222;
/// The one parameter.
const AUTHORITY: &str = "sslrootcert";

/// What `--bus` says.
#[derive(Clone, PartialEq, Eq)]
pub struct BusOptions {
    /// `HOST:PORT` of each server, in brackets where it is an IPv6 address.
    pub(super) servers: Vec<String>,
    pub(super) login: Login,
    pub(super) tls: bool,
    /// PEM of the authorities that its certificate may be of; those of the system otherwise.
    pub(super) authority: Option<PathBuf>,
}

/// How this server shows who it is.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Login {
    None,
    Token(String),
    User(String, String),
}

impl fmt::Debug for BusOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.place())
    }
}

impl BusOptions {
    /// Reads `nats://[USER:PASSWORD@]HOST[:PORT][,HOST[:PORT]…]`, the same with `tls://`, and with `?sslrootcert=FILE`.
    ///
    /// # Errors
    /// What is accepted, without any of the value.
    pub fn parse(url: &str) -> Result<Self, String> {
        let (tls, rest) = match url.split_once("://") {
            Some(("nats", rest)) => (false, rest),
            Some(("tls", rest)) => (true, rest),
            _ => {
                return Err(
                    "none, nats://[USER:PASSWORD@]HOST[:PORT] or tls://[USER:PASSWORD@]HOST[:PORT] is accepted"
                        .into(),
                );
            }
        };
        let (rest, query) = match rest.split_once('?') {
            Some((rest, query)) => (rest, Some(query)),
            None => (rest, None),
        };
        let mut authority = None;
        for parameter in query.into_iter().flat_map(|query| query.split('&')) {
            match parameter.split_once('=') {
                Some((AUTHORITY, path)) if tls && !path.is_empty() => {
                    authority = Some(PathBuf::from(decoded(path)?));
                }
                Some((AUTHORITY, _)) if !tls => {
                    return Err("sslrootcert goes with tls://".into());
                }
                _ => return Err("sslrootcert=FILE is the only parameter".into()),
            }
        }
        let (login, hosts) = match rest.rsplit_once('@') {
            None => (Login::None, rest),
            Some((login, hosts)) => {
                let login = match login.split_once(':') {
                    Some((user, password)) => Login::User(decoded(user)?, decoded(password)?),
                    None => Login::Token(decoded(login)?),
                };
                if matches!(&login, Login::Token(text) | Login::User(text, _) if text.is_empty()) {
                    return Err("it names no user before the @".into());
                }
                (login, hosts)
            }
        };
        let hosts = hosts.strip_suffix('/').unwrap_or(hosts);
        let servers = hosts.split(',').map(server).collect::<Result<_, _>>()?;
        Ok(Self {
            servers,
            login,
            tls,
            authority,
        })
    }

    /// Where it is, without what proves who we are.
    pub fn place(&self) -> String {
        let scheme = if self.tls { "tls" } else { "nats" };
        format!("{scheme}://{}", self.servers.join(","))
    }
}

fn server(text: &str) -> Result<String, String> {
    let wrong = || "a host and a port from 1 to 65535 are accepted".to_owned();
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (address, rest) = rest.split_once(']').ok_or_else(wrong)?;
            address.parse::<std::net::Ipv6Addr>().map_err(|_| wrong())?;
            let port = match rest {
                "" => None,
                rest => Some(rest.strip_prefix(':').ok_or_else(wrong)?),
            };
            (format!("[{address}]"), port)
        }
        None => match text.split_once(':') {
            Some((host, port)) => (host.to_owned(), Some(port)),
            None => (text.to_owned(), None),
        },
    };
    let port = match port {
        Some(port) => port
            .parse()
            .ok()
            .filter(|port| *port > 0)
            .ok_or_else(wrong)?,
        None => PORT,
    };
    let in_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    if host.is_empty() || !(host.starts_with('[') || host.bytes().all(in_name)) {
        return Err(wrong());
    }
    Ok(format!("{host}:{port}"))
}

fn decoded(text: &str) -> Result<String, String> {
    let decoded = percent_decode_str(text).decode_utf8();
    decoded
        .map(Into::into)
        .map_err(|_| "a part of it is not UTF-8".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_accepted() {
        let check = |url: &str, servers: &[&str], login: Login, place: &str| {
            let options = BusOptions::parse(url).unwrap_or_else(|why| panic!("{url}: {why}"));
            assert_eq!(options.servers, servers, "{url}");
            assert!(options.login == login, "{url}");
            assert_eq!(options.place(), place);
            assert_eq!(format!("{options:?}"), place, "nothing secret is shown");
        };
        check("nats://bus", &["bus:4222"], Login::None, "nats://bus:4222");
        check(
            "nats://u:p%40s@bus:1,b.c:2/",
            &["bus:1", "b.c:2"],
            Login::User("u".into(), "p@s".into()),
            "nats://bus:1,b.c:2",
        );
        check(
            "tls://secret@[::1]:9",
            &["[::1]:9"],
            Login::Token("secret".into()),
            "tls://[::1]:9",
        );
        let with_file = BusOptions::parse("tls://bus?sslrootcert=/etc/ca.pem");
        let authority = with_file.ok().and_then(|options| options.authority);
        assert_eq!(authority, Some(PathBuf::from("/etc/ca.pem")));
    }

    #[test]
    fn what_is_not() {
        for url in [
            "nats",
            "nats:bus",
            "http://bus",
            "nats://",
            "nats://:4222",
            "nats://bus:",
            "nats://bus:0",
            "nats://bus:65536",
            "nats://bus:x",
            "nats://a,,b",
            "nats://@bus",
            "nats://:p@bus",
            "nats://bus/subject",
            "nats://b us",
            "nats://[::1",
            "nats://[host]:1",
            "nats://bus?sslrootcert=x",
            "tls://bus?sslrootcert=",
            "tls://bus?other=1",
            "nats://u:%ff@bus",
        ] {
            let why = BusOptions::parse(url).err();
            let why = why.unwrap_or_else(|| panic!("{url} is accepted"));
            assert!(!why.contains("bus:6"), "{why}");
        }
    }
}
