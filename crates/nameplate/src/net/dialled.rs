//! The name or address that a client dialled, held against those of the server's certificate.
//!
//! A client that misses its name there ends the connection, and says at most that it dislikes the certificate: only this
//! side can say what is wrong.

use nameplate_core::pki::is_name_of;
use std::fmt::Write as _;
use std::net::IpAddr;

/// What the server's certificate says that this server is.
#[derive(Debug, Clone, Default)]
pub struct Names {
    hosts: Vec<String>,
    addresses: Vec<IpAddr>,
    /// The certificate is the owner's, who alone can put a name into it.
    owned: bool,
}

impl Names {
    /// These host names and addresses, as they are written.
    pub fn new<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let mut all = Self::default();
        for name in names {
            match name.parse::<IpAddr>() {
                Ok(address) if !all.addresses.contains(&address) => all.addresses.push(address),
                Ok(_) => {}
                Err(_) if !all.has_host(name) => all.hosts.push(name.to_ascii_lowercase()),
                Err(_) => {}
            }
        }
        all
    }

    /// The same of a certificate that the owner brought.
    pub fn owned<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        Self {
            owned: true,
            ..Self::new(names)
        }
    }

    /// Whether this host name is among them, where one may begin with `*.`.
    pub fn has_host(&self, name: &str) -> bool {
        self.hosts.iter().any(|host| is_name_of(host, name))
    }

    /// Why a client that dialled this may not take the certificate. Without a server name (SNI) it dialled an address,
    /// which is the one it arrived at unless something translates it on the way.
    pub fn doubt(&self, server_name: Option<&str>, arrived_at: Option<IpAddr>) -> Option<String> {
        let mut text = String::new();
        let name = match (
            server_name,
            arrived_at.map(|address| address.to_canonical()),
        ) {
            (Some(name), _) if self.has_host(name) => return None,
            (Some(name), _) => {
                let _ = write!(text, "the client dialled {name:?}");
                name.to_owned()
            }
            (None, Some(address)) if self.addresses.contains(&address) => return None,
            (None, Some(address)) => {
                let _ = write!(
                    text,
                    "the client sent no server name, so it dialled an address, such as {address}"
                );
                address.to_string()
            }
            (None, None) => return None,
        };
        // What a stranger sends goes into a command line that somebody may copy.
        let name = match name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-.:".contains(&b))
        {
            true => name,
            false => "NAME".to_owned(),
        };
        let addresses = self.addresses.iter().map(ToString::to_string);
        let known: Vec<String> = self.hosts.iter().cloned().chain(addresses).collect();
        let _ = write!(
            text,
            ", which is not in this server's certificate: that is for {}; ",
            known.join(", ")
        );
        let _ = match self.owned {
            true => write!(text, "put {name} into the certificate of --tls-certificate"),
            false => write!(text, "add --endpoint-host {name} to `nameplate serve`"),
        };
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doubt(server_name: Option<&str>, arrived_at: &str) -> Option<String> {
        let names = Names::new([
            "Board.lan",
            "localhost",
            "127.0.0.1",
            "::1",
            "10.0.0.7",
            "localhost",
        ]);
        names.doubt(server_name, arrived_at.parse().ok())
    }

    #[test]
    fn an_owners_certificate_may_have_wildcards() {
        let names = Names::owned(["*.example.com", "example.com"]);
        for (name, has) in [
            ("iot.EXAMPLE.com", true),
            ("example.com", true),
            ("a.iot.example.com", false),
            (".example.com", true),
            ("com", false),
            ("other.com", false),
        ] {
            assert_eq!(names.has_host(name), has, "{name}");
        }
        let doubt = names.doubt(Some("other.com"), None).expect("it has not");
        assert!(doubt.ends_with("put other.com into the certificate of --tls-certificate"));
    }

    #[test]
    fn names_that_the_certificate_has_raise_no_doubt() {
        for (server_name, arrived_at) in [
            (Some("localhost"), "127.0.0.1"),
            (Some("board.LAN"), "192.0.2.1"),
            (None, "127.0.0.1"),
            (None, "::ffff:127.0.0.1"),
            (None, "::1"),
            (None, "10.0.0.7"),
            (None, "unknown"),
        ] {
            assert_eq!(
                doubt(server_name, arrived_at),
                None,
                "{server_name:?} {arrived_at}"
            );
        }
    }

    #[test]
    fn others_are_named_with_what_to_do() {
        let known = "that is for board.lan, localhost, 127.0.0.1, ::1, 10.0.0.7";
        for (server_name, arrived_at, said, add) in [
            (
                Some("iot.plant"),
                "127.0.0.1",
                "dialled \"iot.plant\"",
                "--endpoint-host iot.plant",
            ),
            (
                None,
                "192.168.1.9",
                "such as 192.168.1.9",
                "--endpoint-host 192.168.1.9",
            ),
            (
                None,
                "fe80::1",
                "such as fe80::1",
                "--endpoint-host fe80::1",
            ),
            (
                Some("a;rm -r b"),
                "127.0.0.1",
                "dialled",
                "--endpoint-host NAME",
            ),
        ] {
            let text = doubt(server_name, arrived_at).expect("a doubt");
            for part in [said, known, add] {
                assert!(text.contains(part), "{text}");
            }
        }
    }
}
