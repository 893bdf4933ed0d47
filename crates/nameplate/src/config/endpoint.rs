//! The server's names, and the port that clients are told with the first of them.

use super::key;
use super::secret::shown;
use std::net::IpAddr;

/// What `DescribeEndpoint` adds to the server's name. AWS adds nothing: its ports are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndpointPort {
    /// Nothing.
    None,
    /// The port of the first listener for everything.
    Https,
    /// This one.
    Number(u16),
}

/// Reads `endpoint-port`.
pub(super) fn port(
    get: impl Fn(&str) -> (String, String),
    wrong: &mut Vec<String>,
) -> EndpointPort {
    let (from, value) = get("endpoint-port");
    match value.as_str() {
        "" | "none" => EndpointPort::None,
        "https" => EndpointPort::Https,
        port => match port.parse::<u16>().ok().filter(|port| *port > 0) {
            Some(port) => EndpointPort::Number(port),
            None => {
                wrong.push(format!(
                    "{}: {}: none, https or a number from 1 to 65535 is accepted",
                    key(&from, "endpoint-port"),
                    shown(port)
                ));
                EndpointPort::None
            }
        },
    }
}

/// The first name, and the further ones, of which some may be addresses.
pub(super) fn hosts(
    (from, hosts): (String, Vec<String>),
    wrong: &mut Vec<String>,
) -> (String, Vec<String>) {
    let mut further = Vec::new();
    for (at, host) in hosts.into_iter().enumerate() {
        let address = host.parse::<IpAddr>();
        // Clients put a port behind the first.
        let accepted = match at {
            0 => is_host(&host),
            _ => is_host(&host) || address.is_ok(),
        };
        if !accepted {
            let also = if at > 0 { " or an IP address" } else { "" };
            wrong.push(format!(
                "{}: {}: a host name without scheme or port{also} is accepted",
                key(&from, "endpoint-host"),
                shown(&host)
            ));
        }
        further.push(host);
    }
    if further.is_empty() {
        wrong.push(format!(
            "{}: a host name is accepted",
            key(&from, "endpoint-host")
        ));
        further.push(String::new());
    }
    (further.remove(0), further)
}
fn is_host(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    text.len() <= 253 && text.split('.').all(is_label)
}
