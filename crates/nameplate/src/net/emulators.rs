//! What scripts and tools that are made for other emulators of AWS look for before they begin, answered by what is true
//! of this server. Nothing but whether it is there: it is none of them, and says so.
//!
//! Sources: LocalStack documentation, "Internal Endpoints" and "Initialization Hooks"; MiniStack documentation,
//! "Architecture".

use crate::api;
use http::StatusCode;

/// What paths of theirs begin with; no bucket has such a name.
const PREFIXES: &[&str] = &["/_localstack/", "/_ministack/"];

/// What those who ask for more are told.
const OTHERWISE: &str = "this is Nameplate, which answers /_localstack/health, /_localstack/init, /_ministack/health and \
/_ministack/ready alone; a test empties it by POST /nameplate/reset, signed, where it was started with --allow-reset";

/// Whether a path is one of theirs.
pub fn is_asked(path: &str) -> bool {
    PREFIXES.iter().any(|prefix| path.starts_with(prefix))
}

/// The answer, JSON, by whether the server is ready.
pub fn answer(method: &str, path: &str, ready: bool) -> (StatusCode, String) {
    let looks = matches!(method, "GET" | "HEAD");
    match path {
        "/_localstack/health" if looks => (status(ready), health(ready, "running")),
        "/_ministack/health" if looks => (status(ready), health(ready, "available")),
        "/_ministack/ready" if looks => (status(ready), format!("{{\"ready\": {ready}}}\n")),
        "/_localstack/init" if looks => {
            // What it would have run by then is nothing.
            let stages = format!("\"BOOT\": true, \"START\": true, \"READY\": {ready}");
            let body =
                format!("{{\"completed\": {{{stages}, \"SHUTDOWN\": false}}, \"scripts\": []}}\n");
            (StatusCode::OK, body)
        }
        "/_localstack/init/boot" | "/_localstack/init/start" if looks => stage(true),
        "/_localstack/init/ready" if looks => stage(ready),
        "/_localstack/init/shutdown" if looks => stage(false),
        _ => {
            let body = format!("{{\"message\": \"{OTHERWISE}\"}}\n");
            (StatusCode::NOT_FOUND, body)
        }
    }
}

fn status(ready: bool) -> StatusCode {
    match ready {
        true => StatusCode::OK,
        false => StatusCode::SERVICE_UNAVAILABLE,
    }
}

fn stage(completed: bool) -> (StatusCode, String) {
    let body = format!("{{\"completed\": {completed}, \"scripts\": []}}\n");
    (StatusCode::OK, body)
}

/// The services that there are, each with one word for its state. With a space behind each colon: scripts look for the
/// text `"s3": "running"`.
fn health(ready: bool, word: &str) -> String {
    let state = if ready { word } else { "starting" };
    let mut services: Vec<String> = api::services()
        .map(|name| format!("\"{name}\": \"{state}\""))
        .collect();
    services.sort();
    format!(
        "{{\"services\": {{{}}}, \"edition\": \"nameplate\", \"version\": \"{}\"}}\n",
        services.join(", "),
        env!("CARGO_PKG_VERSION")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn who_waits_learns_whether_it_is_there_and_that_it_is_another() {
        assert!(is_asked("/_localstack/health") && is_asked("/_ministack/x"));
        assert!(!is_asked("/localstack/health") && !is_asked("/_other/health"));
        let (status, body) = answer("GET", "/_localstack/health", true);
        assert_eq!(status, StatusCode::OK);
        assert!(body.contains("\"s3\": \"running\"") && body.contains("\"iot\": \"running\""));
        let body: Value = serde_json::from_str(&body).expect("JSON");
        assert_eq!(body["edition"], "nameplate");
        assert_eq!(body["services"]["nameplate"], Value::Null);
        assert_eq!(body["services"]["sqs"], Value::Null);
        let (status, body) = answer("HEAD", "/_ministack/health", false);
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(body.contains("\"lambda\": \"starting\""), "{body}");
        for (path, completed) in [
            ("init/ready", true),
            ("init/start", true),
            ("init/shutdown", false),
        ] {
            let (_, body) = answer("GET", &format!("/_localstack/{path}"), true);
            let body: Value = serde_json::from_str(&body).expect("JSON");
            assert_eq!(body["completed"], completed, "{path}");
        }
        let (_, body) = answer("GET", "/_localstack/init", false);
        let body: Value = serde_json::from_str(&body).expect("JSON");
        assert_eq!(
            (&body["completed"]["START"], &body["completed"]["READY"]),
            (&true.into(), &false.into())
        );
        for (method, path) in [
            ("POST", "/_localstack/state/reset"),
            ("GET", "/_localstack/info"),
            ("POST", "/_ministack/reset"),
            ("POST", "/_localstack/health"),
        ] {
            let (status, body) = answer(method, path, true);
            assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
            let body: Value = serde_json::from_str(&body).expect("JSON");
            assert!(
                body["message"]
                    .as_str()
                    .is_some_and(|text| text.contains("/nameplate/reset"))
            );
        }
    }
}
