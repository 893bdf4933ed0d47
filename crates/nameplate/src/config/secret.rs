//! What of a setting's value may be shown: never a password, right or mistyped.
//!
//! A value that is refused is printed so that its user finds it. URLs carry passwords, and who mistypes one mistypes it
//! anywhere, so what is shown is what cannot hold one, and not what is left when a password was found.

use std::fmt::Write as _;

/// What stands for what is not shown.
const HIDDEN: &str = "…";
/// Names that are followed by a secret, as connection strings have them.
const NAMES: &[&str] = &[
    "password", "passwd", "pwd", "secret", "token", "apikey", "api_key",
];
/// As long as a text must be to be taken for a key, characters; AWS's secrets have 40.
const KEY_CHARS: usize = 32;

/// The value in quotes, without what may be a secret.
pub fn shown(value: &str) -> String {
    format!("{:?}", without_secrets(value))
}

/// A text of our own or of a parser with values in it, each without what may be a secret.
pub fn hidden_in(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut word = String::new();
    for c in text.chars() {
        if c.is_whitespace() || "'\"`".contains(c) {
            shown.push_str(&without_secrets(&word));
            word.clear();
            shown.push(c);
        } else {
            word.push(c);
        }
    }
    shown.push_str(&without_secrets(&word));
    shown
}

/// Whether a URL holds a password, or a token in a password's place. Those who take one: `postgres://USER:PASSWORD@…`,
/// `postgres://…?password=…`, `nats://USER:PASSWORD@…` and `nats://TOKEN@…`.
pub fn is_in_url(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else {
        return false;
    };
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let by_name = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        NAMES.contains(&name.to_ascii_lowercase().as_str()) && !value.is_empty()
    };
    let by_place = rest.rsplit_once('@').is_some_and(|(login, _)| {
        // Of a database, a user alone is no secret.
        let alone = !matches!(scheme, "postgres" | "postgresql") && !login.is_empty();
        let password = login.split_once(':').map(|(_, password)| password);
        password.map_or(alone, |password| !password.is_empty())
    });
    by_place || query.split('&').any(by_name)
}

fn without_secrets(value: &str) -> String {
    let lower = value.to_ascii_lowercase();
    if NAMES.iter().any(|name| names_secret(&lower, name)) || is_key(value) {
        return HIDDEN.to_owned();
    }
    // `scheme://`, or the beginnings of it that are left of one mistyped.
    let start = value
        .find("//")
        .map(|at| at + 2)
        .or_else(|| value.find(":/").map(|at| at + 2))
        .unwrap_or(0);
    let (scheme, rest) = value.split_at(start);
    let mut shown = scheme.to_owned();
    let rest = match rest.rfind('@') {
        Some(at) => {
            // A scheme that lost its slashes is before the user.
            shown.push_str(HIDDEN);
            &rest[at..]
        }
        None => rest,
    };
    let (rest, query) = match rest.find(['?', '#', ';']) {
        Some(at) if start > 0 || rest.starts_with('@') => (&rest[..at], true),
        _ => (rest, false),
    };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    // `user:password` where the host was left out.
    let is_port = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    match authority.rsplit_once(':') {
        Some((host, port)) if start > 0 && !port.ends_with(']') && !is_port(port) => {
            let _ = write!(shown, "{host}:{HIDDEN}");
        }
        _ if start > 0 && authority.contains('%') => shown.push_str(HIDDEN),
        _ => shown.push_str(authority),
    }
    shown.push_str(path);
    if query {
        shown.push_str(HIDDEN);
    }
    shown
}

/// Whether `name` is followed by `=` or `:`, and something.
fn names_secret(lower: &str, name: &str) -> bool {
    lower.match_indices(name).any(|(at, _)| {
        let rest = lower[at + name.len()..].trim_start();
        rest.strip_prefix(['=', ':'])
            .is_some_and(|value| !value.trim().is_empty())
    })
}

/// An access key's id, or a text of the length and alphabet of its secret. A path that begins like one is none.
fn is_key(value: &str) -> bool {
    let begins = |start: &str| {
        value.find(start).is_some_and(|at| {
            let id = &value.as_bytes()[at..];
            id.len() >= 16 && id[..16].iter().all(u8::is_ascii_alphanumeric)
        })
    };
    let in_alphabet = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=_-".contains(&byte);
    let has = |kind: fn(&u8) -> bool| value.bytes().any(|byte| kind(&byte));
    begins("AKIA")
        || begins("ASIA")
        || value.len() >= KEY_CHARS
            && !value.starts_with(['/', '.', '~', '-'])
            && value.bytes().all(in_alphabet)
            && has(u8::is_ascii_uppercase)
            && has(u8::is_ascii_lowercase)
            && has(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_may_be_a_secret_is_shown() {
        for value in [
            "postgres://user:SECRET@host/db",
            "postgres://user:SECRET@host:5432/db?sslmode=off",
            "postgres://SECRET@host",
            "postgres://user:SE@CRET@host/db",
            "postgres://user:SECRET",
            "postgres://user:SECRET/db",
            "postgres://user:SECRET%40host/db",
            "postgres://host/db?password=SECRET",
            "postgres://host/db?sslkey=SECRET",
            "postgres://host/db#SECRET",
            "postgres:/user:SECRET@host/db",
            "postgres:user:SECRET@host/db",
            "postgres//user:SECRET@host/db",
            "user:SECRET@host",
            "host=db user=me password=SECRET",
            "host=db PASSWORD = SECRET",
            "nats://SECRET@broker:4222",
            "token: SECRET",
            "https://user:SECRET@minio:9000",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiSECRETEXAMPLE1",
            "AKIAIOSFODNN7EXAMPLE:SECRET",
        ] {
            let text = shown(value);
            assert!(!text.contains("SECRET"), "{value} is shown as {text}");
            assert!(!text.contains("SE@") && !text.contains("CRET"), "{text}");
        }
    }

    #[test]
    fn urls_that_hold_a_password() {
        for url in [
            "postgres://user:SECRET@host/db",
            "postgresql://user:SECRET@[::1]:5432/db?sslmode=disable",
            "postgres://user@host/db?connections=4&password=SECRET",
            "nats://user:SECRET@one,two:4222",
            "nats://TOKEN@broker",
            "tls://user:SECRET@broker?sslrootcert=ca.pem",
        ] {
            assert!(is_in_url(url), "{url}");
        }
        for url in [
            "sqlite",
            "none",
            "nameplate-data",
            "postgres://host/db",
            "postgres://user@host:5432/db?sslmode=disable",
            "postgres://user:@host/db?password=",
            "nats://broker:4222",
            "tls://broker?sslrootcert=ca.pem",
            "",
        ] {
            assert!(!is_in_url(url), "{url}");
        }
    }

    #[test]
    fn what_helps_is_shown() {
        let check = |value: &str, text: &str| assert_eq!(without_secrets(value), text, "{value}");
        check("postgres://db", "postgres://db");
        check("postgres://u:p@db:5432/iot", "postgres://…@db:5432/iot");
        check("nats://x", "nats://x");
        check("nats://[::1]:4222", "nats://[::1]:4222");
        check("http://minio:9000", "http://minio:9000");
        check("minio:9000", "minio:9000");
        check("nowhere at all", "nowhere at all");
        check("127.0.0.1:http", "127.0.0.1:http");
        check("s3://Bucket/a//b", "s3://Bucket/a//b");
        check("/nonexistent/keys", "/nonexistent/keys");
        check("info,nameplate=debug", "info,nameplate=debug");
        check("12", "12");
        check("", "");
    }

    #[test]
    fn words_of_a_text() {
        assert_eq!(
            hidden_in("error: unexpected argument 'postgres://u:p@db' found\n\nUsage: x [y]"),
            "error: unexpected argument 'postgres://…@db' found\n\nUsage: x [y]"
        );
    }
}
