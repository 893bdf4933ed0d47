//! Gateway responses: what a REST API answers by itself, and how its owner has it look.
//! [API Gateway developer guide: gateway responses]

use super::mapping::Template;
use super::{Patch, Refusal};
use serde_json::{Map, Value, json};

/// Kinds of gateway responses with their statuses, in the order in which they are listed.
const KINDS: [(&str, Option<u16>); 21] = [
    ("ACCESS_DENIED", Some(403)),
    ("API_CONFIGURATION_ERROR", Some(500)),
    ("AUTHORIZER_CONFIGURATION_ERROR", Some(500)),
    ("AUTHORIZER_FAILURE", Some(500)),
    ("BAD_REQUEST_BODY", Some(400)),
    ("BAD_REQUEST_PARAMETERS", Some(400)),
    (CLIENT, None),
    (SERVER, None),
    ("EXPIRED_TOKEN", Some(403)),
    ("INTEGRATION_FAILURE", Some(504)),
    ("INTEGRATION_TIMEOUT", Some(504)),
    ("INVALID_API_KEY", Some(403)),
    ("INVALID_SIGNATURE", Some(403)),
    ("MISSING_AUTHENTICATION_TOKEN", Some(403)),
    ("QUOTA_EXCEEDED", Some(429)),
    ("REQUEST_TOO_LARGE", Some(413)),
    ("RESOURCE_NOT_FOUND", Some(404)),
    ("THROTTLED", Some(429)),
    ("UNAUTHORIZED", Some(401)),
    ("UNSUPPORTED_MEDIA_TYPE", Some(415)),
    ("WAF_FILTERED", Some(403)),
];
/// What stands for all of 4xx that have none of their own.
const CLIENT: &str = "DEFAULT_4XX";
/// The same of 5xx.
const SERVER: &str = "DEFAULT_5XX";
/// What a gateway response has where its owner does not say.
const TEMPLATE: &str = "{\"message\":$context.error.messageString}";
const JSON: &str = "application/json";

/// What owners have set, by kind, in AWS's shape.
pub type Responses = std::collections::BTreeMap<String, Value>;

/// Whether there is such a kind.
pub fn is_kind(kind: &str) -> bool {
    KINDS.iter().any(|(known, _)| *known == kind)
}

fn status_of(kind: &str) -> Option<u16> {
    KINDS.iter().find(|(known, _)| *known == kind)?.1
}

/// What is in force for a kind of failure; nothing where that is the service's own answer.
pub fn in_force<'r>(all: &'r Responses, kind: &str, status: u16) -> Option<&'r Value> {
    let of_class = if status < 500 { CLIENT } else { SERVER };
    all.get(kind).or_else(|| all.get(of_class))
}

/// A kind as it is shown.
pub fn shown(all: &Responses, kind: &str) -> Value {
    if let Some(own) = all.get(kind) {
        return own.clone();
    }
    let status = status_of(kind);
    let mut shown = match status.and_then(|status| in_force(all, kind, status)) {
        Some(of_class) => of_class.clone(),
        None => made(kind, &Map::new()),
    };
    shown["responseType"] = json!(kind);
    shown["defaultResponse"] = json!(true);
    if shown.get("statusCode").is_none()
        && let Some(status) = status
    {
        shown["statusCode"] = json!(status.to_string());
    }
    shown
}

/// All kinds as they are shown.
pub fn all_shown(all: &Responses) -> Vec<Value> {
    KINDS.iter().map(|(kind, _)| shown(all, kind)).collect()
}

fn made(kind: &str, given: &Map<String, Value>) -> Value {
    let mut response = json!({
        "responseType": kind,
        "responseParameters": given.get("responseParameters").cloned().unwrap_or_else(|| json!({})),
        "responseTemplates": given.get("responseTemplates").filter(|of| of.as_object().is_some_and(|of| !of.is_empty()))
            .cloned().unwrap_or_else(|| json!({JSON: TEMPLATE})),
        "defaultResponse": false,
    });
    let status = given.get("statusCode").cloned();
    let usual = || status_of(kind).map(|status| json!(status.to_string()));
    if let Some(status) = status.or_else(usual) {
        response["statusCode"] = status;
    }
    response
}

/// A gateway response of an owner's, of the members given.
///
/// # Errors
/// What is wrong with it.
pub fn put(kind: &str, given: &Map<String, Value>) -> Result<Value, Refusal> {
    let response = made(kind, given);
    check(&response)?;
    Ok(response)
}

/// One changed by patches.
///
/// # Errors
/// A path that there is not, or a value that cannot be.
pub fn patch(all: &Responses, kind: &str, patches: &[Patch]) -> Result<Value, Refusal> {
    let mut response = shown(all, kind);
    response["defaultResponse"] = json!(false);
    for patch in patches {
        let path = patch.path.as_str();
        let no_path = || {
            let path = if path.is_empty() { "null" } else { path };
            Refusal::Invalid(format!("Invalid patch path {path}"))
        };
        if path == "/statusCode" {
            if patch.op != "replace" {
                return Err(no_path());
            }
            response["statusCode"] = json!(patch.value.as_deref().unwrap_or_default());
            continue;
        }
        let mut parts = path.strip_prefix('/').unwrap_or_default().splitn(2, '/');
        let list = parts.next().unwrap_or_default();
        if !matches!(list, "responseParameters" | "responseTemplates") {
            return Err(no_path());
        }
        let name = parts.next().ok_or_else(no_path)?;
        let name = name.replace("~1", "/").replace("~0", "~");
        let value = patch.value.as_deref().filter(|value| !value.is_empty());
        let Some(members) = response[list].as_object_mut() else {
            return Err(no_path());
        };
        let no_name = || Refusal::NotFound("Invalid parameter name specified".into());
        match (patch.op.as_str(), value) {
            ("remove", _) => drop(members.shift_remove(&name).ok_or_else(no_name)?),
            ("add" | "replace", None) => {
                let none = format!("Invalid null or empty value in {list}");
                return Err(Refusal::Invalid(none));
            }
            ("replace", _) if list == "responseParameters" && !members.contains_key(&name) => {
                return Err(no_name());
            }
            ("add" | "replace", Some(value)) => drop(members.insert(name, json!(value))),
            _ => return Err(no_path()),
        }
    }
    check(&response)?;
    Ok(response)
}

/// Whether a text can be the name of a header field.
fn is_token(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(fits)
}

fn check(response: &Value) -> Result<(), Refusal> {
    if let Some(status) = response.get("statusCode") {
        let fits = status.as_str().and_then(|status| status.parse().ok());
        if !fits.is_some_and(|status: u16| (200..600).contains(&status)) {
            return Err(Refusal::Invalid("Invalid status code".into()));
        }
    }
    let members = |name: &str| response[name].as_object().into_iter().flatten();
    for (name, value) in members("responseParameters") {
        let value = value.as_str().unwrap_or_default();
        let fixed = value.len() >= 2 && value.starts_with('\'') && value.ends_with('\'');
        let known = [
            "method.request.header.",
            "method.request.querystring.",
            "method.request.path.",
            "method.request.multivalueheader.",
            "method.request.multivaluequerystring.",
            "context.",
            "stageVariables.",
        ];
        let header = name.strip_prefix("gatewayresponse.header.");
        if !header.is_some_and(is_token)
            || !(fixed || known.iter().any(|known| value.starts_with(known)))
        {
            return Err(Refusal::Invalid(format!(
                "Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression specified: {}]",
                if header.is_some_and(is_token) {
                    value
                } else {
                    name
                }
            )));
        }
    }
    for (_, template) in members("responseTemplates") {
        Template::parse(template.as_str().unwrap_or_default())?;
    }
    Ok(())
}

/// The media type and the template for whoever accepts `accept`: JSON, where that is none of those that there are.
pub fn template<'r>(response: &'r Value, accept: &str) -> Option<(&'r str, &'r str)> {
    let templates = response["responseTemplates"].as_object()?;
    let wanted = accept
        .split(',')
        .map(|kind| kind.split(';').next().unwrap_or_default().trim());
    let found = wanted
        .filter_map(|kind| templates.get_key_value(kind))
        .chain(templates.get_key_value(JSON))
        .chain(templates.iter());
    let mut found = found.filter_map(|(kind, template)| Some((kind.as_str(), template.as_str()?)));
    found.next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(op: &str, path: &str, value: Option<&str>) -> [Patch; 1] {
        [Patch {
            op: op.into(),
            path: path.into(),
            value: value.map(str::to_owned),
        }]
    }

    #[test]
    fn those_of_a_class_stand_for_what_has_none() {
        let mut all = Responses::new();
        assert_eq!(shown(&all, "THROTTLED")["statusCode"], "429");
        assert_eq!(shown(&all, CLIENT).get("statusCode"), None);
        assert_eq!(all_shown(&all).len(), 21);
        let given = json!({"statusCode": "599"});
        let server = put(SERVER, given.as_object().expect("members")).expect("it can be");
        all.insert(SERVER.into(), server);
        let shown = shown(&all, "INTEGRATION_FAILURE");
        assert_eq!(
            (&shown["statusCode"], &shown["defaultResponse"]),
            (&json!("599"), &json!(true))
        );
        assert_eq!(in_force(&all, "THROTTLED", 429), None);
        assert_eq!(
            in_force(&all, "AUTHORIZER_FAILURE", 500).map(|of| &of["statusCode"]),
            Some(&json!("599"))
        );
    }

    #[test]
    fn changes() {
        let all = Responses::new();
        let changed =
            patch(&all, CLIENT, &one("replace", "/statusCode", Some("444"))).expect("it can be");
        assert_eq!(changed["statusCode"], "444");
        let changed = patch(
            &all,
            CLIENT,
            &one("add", "/responseTemplates/application~1xml", Some("<a/>")),
        );
        assert_eq!(
            changed.expect("it can be")["responseTemplates"]["application/xml"],
            "<a/>"
        );
        let check = |op: &str, path: &str, value: Option<&str>, text: &str| {
            let why = patch(&all, CLIENT, &one(op, path, value)).expect_err(text);
            assert_eq!(why.to_string(), text);
        };
        check(
            "add",
            "/statusCode",
            Some("400"),
            "Invalid patch path /statusCode",
        );
        check("replace", "", None, "Invalid patch path null");
        check(
            "replace",
            "/wrongPath",
            Some("x"),
            "Invalid patch path /wrongPath",
        );
        let parameter = "/responseParameters/gatewayresponse.header.X";
        check(
            "replace",
            parameter,
            Some("'x'"),
            "Invalid parameter name specified",
        );
        check(
            "add",
            parameter,
            None,
            "Invalid null or empty value in responseParameters",
        );
        check("replace", "/statusCode", Some("9"), "Invalid status code");
        assert!(patch(&all, CLIENT, &one("add", parameter, Some("nothing"))).is_err());
    }

    #[test]
    fn templates_are_chosen_by_what_is_accepted() {
        let given = json!({"responseTemplates": {"application/json": "j", "text/html": "h"}});
        let response = put(CLIENT, given.as_object().expect("members")).expect("it can be");
        assert_eq!(
            template(&response, "text/html;q=1, */*"),
            Some(("text/html", "h"))
        );
        assert_eq!(template(&response, "*/*"), Some((JSON, "j")));
    }
}
