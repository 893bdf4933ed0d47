//! AWS's services that have no table: enough is known of each to tell a client, in its own protocol, which operation
//! it called.
//!
//! The rows are written by `cargo run -p xtask -- models`. Must not know HTTP messages.

use super::{Protocol, generated};

/// A service without a table.
#[derive(Debug)]
pub struct Foreign {
    /// The name in the credential scope; several services may share one.
    pub scope: &'static str,
    /// What SDKs call it, such as `Secrets Manager`.
    pub id: &'static str,
    /// How it speaks where the request does not say it.
    pub protocol: Protocol,
    /// What stands before the point in `X-Amz-Target`; empty where there is none.
    pub target: &'static str,
    /// The namespace of answers in XML; empty for others.
    pub namespace: &'static str,
    /// Operations that clients send without a signature, ordered.
    pub unsigned: &'static [&'static str],
    /// Where method and path name the operation: a line for each, `METHOD URI NAME`.
    pub(super) paths: &'static str,
}

impl Foreign {
    /// Method, URI template and name of each operation that a path names.
    pub fn paths(&self) -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
        self.paths.lines().filter_map(|line| {
            let (method, rest) = line.split_once(' ')?;
            let (uri, name) = rest.rsplit_once(' ')?;
            Some((method, uri, name))
        })
    }
}

/// All services without a table, ordered by scope.
pub fn foreign() -> &'static [Foreign] {
    generated::foreign::FOREIGN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_ordered_and_whole() {
        assert!(foreign().is_sorted_by_key(|service| service.scope));
        assert!(foreign().len() > 400);
        for service in foreign() {
            let lines = service
                .paths
                .lines()
                .filter(|line| !line.is_empty())
                .count();
            assert_eq!(service.paths().count(), lines, "{}", service.id);
            let by_path = matches!(service.protocol, Protocol::RestJson | Protocol::RestXml);
            assert_eq!(by_path, lines > 0, "{}", service.id);
            for (method, uri, name) in service.paths() {
                assert!(method.chars().all(|c| c.is_ascii_uppercase()), "{name}");
                assert!(uri.starts_with('/') && !uri.contains(' '), "{uri}");
                assert!(name.chars().all(|c| c.is_ascii_alphanumeric()), "{name}");
            }
        }
    }
}
