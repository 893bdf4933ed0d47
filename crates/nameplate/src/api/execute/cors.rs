//! What cross-origin resource sharing adds to answers, of HTTP APIs and of functions' URLs alike.

use super::{Failed, header};
use crate::api::{Content, Request, Response};
use nameplate_core::gateway::http::cors_fields;
use serde_json::Value;

fn origin(headers: &[(String, String)]) -> &str {
    header(headers, "origin").unwrap_or_default()
}

/// The answer to a preflight request, with its service's status for them; `None` for any other.
pub(super) fn preflight(
    request: &Request<'_>,
    headers: &[(String, String)],
    cors: &Value,
    status: u16,
) -> Option<Response> {
    let origin = origin(headers);
    let asks = request.method == "OPTIONS"
        && !origin.is_empty()
        && header(headers, "access-control-request-method").is_some();
    asks.then(|| {
        let fields = cors_fields(cors, origin, true).into_iter();
        Response {
            status,
            headers: fields.map(|(name, value)| (name.into(), value)).collect(),
            body: Content::Bytes(Vec::new()),
        }
    })
}

/// Any other answer, with what `cors` adds; what the function says of it does not count.
pub(super) fn shared(
    answered: Result<Response, Failed>,
    headers: &[(String, String)],
    cors: &Value,
) -> Result<Response, Failed> {
    let fields = cors_fields(cors, origin(headers), false);
    match answered {
        Ok(mut response) => {
            response
                .headers
                .retain(|(name, _)| !name.starts_with("access-control-"));
            let fields = fields.into_iter();
            response
                .headers
                .extend(fields.map(|(name, value)| (name.into(), value)));
            Ok(response)
        }
        Err(failed) => Err(failed.with(fields)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_failure_keeps_its_own_header_fields() {
        let cors = json!({"allowOrigins": ["https://page.example"]});
        let headers = [("origin".to_owned(), "https://page.example".to_owned())];
        let failed =
            Failed::told(401, "Unauthorized").with(vec![("www-authenticate", "Bearer".into())]);
        let failed = shared(Err(failed), &headers, &cors).expect_err("it failed");
        let named = |name| failed.more.headers.iter().any(|(found, _)| *found == name);
        assert!(named("www-authenticate") && named("access-control-allow-origin"));
    }
}
