//! Which deployed API, or which function's URL, a request is for: by its host, or by its path.

use crate::app::App;
use crate::app::gateway::domain::Led;
use nameplate_aws::uri;

/// What a request is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Door {
    pub(super) api: String,
    pub(super) stage: String,
    /// As sent, with its first slash; empty where nothing follows the stage.
    pub(super) path: String,
    /// The same with the stage, where that stands in the path.
    pub(super) below: String,
    /// Whether it is said that there is a stage.
    pub(super) explicit: bool,
    /// Whether it is a function's URL, whose id then stands for the API's.
    pub(super) url: bool,
    /// What the path begins with before that, where it came by a name of the owner's.
    pub(super) base: Option<String>,
}

impl Door {
    /// Where a host and a target lead; `None` where it is no API.
    pub fn of(host: Option<&str>, target: &str) -> Option<Self> {
        let (path, _) = uri::split_target(target);
        let split = |rest: &str| {
            let (stage, rest) = rest
                .split_once('/')
                .map_or((rest, ""), |(stage, _)| (stage, &rest[stage.len()..]));
            (uri::decode_text(stage), rest.to_owned())
        };
        let mut labels = host.unwrap_or_default().splitn(4, '.');
        let labels = (labels.next(), labels.next(), labels.next());
        // Names of hosts have no case.
        let below = |name: &str| match labels {
            (Some(id), Some(label), Some(_)) if label.eq_ignore_ascii_case(name) => Some(id),
            _ => None,
        };
        if let Some(id) = below("lambda-url") {
            return Some(Self::to_url(id, path));
        }
        if let Some(rest) = path.strip_prefix("/_aws/lambda-url/") {
            let end = rest.find('/').unwrap_or(rest.len());
            return Some(Self::to_url(&rest[..end], &rest[end..]));
        }
        if let Some(api) = below("execute-api") {
            let (stage, rest) = split(path.strip_prefix('/').unwrap_or(path));
            return Some(Self {
                api: api.to_ascii_lowercase(),
                stage,
                path: rest,
                below: path.to_owned(),
                explicit: false,
                url: false,
                base: None,
            });
        }
        if let Some(rest) = path.strip_prefix("/_aws/execute-api/") {
            let (api, rest) = rest.split_once('/').unwrap_or((rest, ""));
            let (stage, path) = split(rest);
            return Some(Self {
                api: api.to_owned(),
                stage,
                path,
                below: format!("/{rest}"),
                explicit: false,
                url: false,
                base: None,
            });
        }
        let rest = path.strip_prefix("/restapis/")?;
        let (api, rest) = rest.split_once('/')?;
        let (stage, rest) = rest.split_once('/')?;
        let path = rest.strip_prefix("_user_request_")?;
        (path.is_empty() || path.starts_with('/')).then(|| Self {
            api: api.to_owned(),
            stage: uri::decode_text(stage),
            path: path.to_owned(),
            below: String::new(),
            explicit: true,
            url: false,
            base: None,
        })
    }

    /// Where a host leads that is a name of the owner's; `None` where it is none. One whose path leads nowhere has no API.
    pub async fn of_domain(app: &App, host: Option<&str>, target: &str) -> Option<Self> {
        let (path, _) = uri::split_target(target);
        // What cannot be read leads to the server's own answer, which says so.
        let led = app.gateway.led(host?, path).await.ok()??;
        let led = led.unwrap_or_else(|| Led {
            api: String::new(),
            stage: String::new(),
            base: String::new(),
            path: String::new(),
        });
        Some(Self {
            api: led.api,
            stage: uri::decode_text(&led.stage),
            path: led.path,
            below: String::new(),
            explicit: true,
            url: false,
            base: Some(led.base),
        })
    }

    /// The whole path of a request to a REST API, as events have it.
    pub(super) fn whole_path(&self) -> String {
        match &self.base {
            Some(base) => format!("{base}{}", self.path),
            None => format!("/{}{}", self.stage, self.path),
        }
    }

    fn to_url(id: &str, path: &str) -> Self {
        Self {
            api: id.to_ascii_lowercase(),
            stage: String::new(),
            path: path.to_owned(),
            below: String::new(),
            explicit: true,
            url: true,
            base: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_requests_lead() {
        let check = |host: &str, target: &str, expected: Option<(&str, &str, &str)>| {
            let found = Door::of(Some(host), target);
            let expected = expected.map(|(api, stage, path)| Door {
                api: api.into(),
                stage: stage.into(),
                path: path.into(),
                below: String::new(),
                explicit: false,
                // Only functions' URLs have no stage.
                url: stage.is_empty(),
                base: None,
            });
            let found = found.map(|found| Door {
                below: String::new(),
                explicit: false,
                ..found
            });
            assert_eq!(found, expected, "{host} {target}");
        };
        check(
            "localhost:4566",
            "/_aws/execute-api/a1/prod/x/y?q=1",
            Some(("a1", "prod", "/x/y")),
        );
        check(
            "localhost:4566",
            "/_aws/execute-api/a1/prod",
            Some(("a1", "prod", "")),
        );
        check(
            "localhost",
            "/restapis/a1/prod/_user_request_/x",
            Some(("a1", "prod", "/x")),
        );
        check(
            "localhost",
            "/restapis/a1/prod/_user_request_",
            Some(("a1", "prod", "")),
        );
        check("localhost", "/restapis/a1/stages/prod", None);
        check("localhost", "/restapis/a1", None);
        check(
            "A1.Execute-API.us-east-1.localhost:8443",
            "/prod/x",
            Some(("a1", "prod", "/x")),
        );
        check("a1.execute-api", "/prod/x", None);
        check(
            "U1.LAMBDA-URL.us-east-1.on.aws",
            "/x?q=1",
            Some(("u1", "", "/x")),
        );
        check("localhost", "/_aws/lambda-url/u1", Some(("u1", "", "")));
        check("localhost", "/_aws/lambda-url/u1/x", Some(("u1", "", "/x")));
        check("localhost", "/", None);
    }
}
