//! A request to a function of the owner's, as API Gateway hands it over, and the function's answer read back.
//!
//! API Gateway developer guide: "Input format of a Lambda function for proxy integration", "Output format …", "Set up
//! Lambda custom integration"; payload formats 1.0 and 2.0 in "Create AWS Lambda proxy integrations for HTTP APIs".

use crate::arn::Realm;
use crate::ctx::Millis;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use std::fmt::Write as _;
use time::OffsetDateTime;

/// The tag of a function that says how requests are handed to it: `1.0`, `2.0` or `body`.
pub const DOOR_TAG: &str = "nameplate:vending";
/// The service that calls, which the function's own policy must let in.
pub const SERVICE: &str = "apigateway.amazonaws.com";
/// What stands for the id of an API.
const API: &str = "vending";
/// What stands for its stage.
const STAGE: &str = "functions";
/// The header field by which a request is traced.
const TRACE: &str = "x-amzn-trace-id";
/// Names that REST APIs write in one form, however the client does, as recorded of AWS.
const WELL_KNOWN: [&str; 7] = [
    "authorization",
    "host",
    "user-agent",
    "x-forwarded-for",
    "x-forwarded-port",
    "x-forwarded-proto",
    TRACE,
];

/// How a request is handed to a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The proxy event of REST APIs, which is the default.
    Proxy1,
    /// That of HTTP APIs.
    Proxy2,
    /// The body is the event, and what the function returns the answer's body.
    Body,
}

impl Format {
    /// What a value of [`DOOR_TAG`] means; `None` where it means nothing.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "1.0" => Some(Self::Proxy1),
            "2.0" => Some(Self::Proxy2),
            "body" => Some(Self::Body),
            _ => None,
        }
    }
}

/// Parameters and members by which devices say who they are, in AWS's samples and in code of their kind, the likeliest
/// first. Case, `_` and `-` do not count.
const SERIALS: [&str; 8] = [
    "serialnumber",
    "deviceuid",
    "serial",
    "deviceserial",
    "sn",
    "deviceid",
    "thingname",
    "clientid",
];
/// Bytes of what counts as a serial number.
const SERIAL_BYTES: usize = 128;
/// Bytes of a body that is looked into for one.
const LOOKED_INTO: usize = 64 * 1024;

/// A request, in parts.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    /// Method.
    pub method: &'a str,
    /// What the request came by.
    pub via: Via,
    /// The path below that, as sent: empty, or begins with `/`.
    pub path: &'a str,
    /// The query, as sent.
    pub query: &'a str,
    /// The query's decoded pairs.
    pub pairs: &'a [(String, String)],
    /// Header fields with names in lower case.
    pub headers: &'a [(String, String)],
    /// The body.
    pub body: &'a [u8],
    /// The device's address.
    pub source_ip: &'a str,
    /// Over TLS.
    pub secure: bool,
    /// Id of the request.
    pub request_id: &'a str,
    /// When it came.
    pub now: Millis,
    /// Account and region.
    pub realm: &'a Realm,
}

/// What a request came by: an API of the owner's with a stage, or the door to a function.
#[derive(Debug, Clone, Default)]
pub struct Via {
    /// Id of the API.
    pub api: String,
    /// Name of its stage.
    pub stage: String,
    /// Id of the deployment that the stage serves; empty where it is no REST API.
    pub deployment: String,
    /// Id of the resource.
    pub resource_id: String,
    /// Key of the route, where it is an HTTP API.
    pub route_key: Option<String>,
    /// Path of the resource or the route, with the names of its parameters.
    pub resource: String,
    /// The whole path, as sent.
    pub whole_path: String,
    /// What the path begins with before that, where the request came by a name of the owner's.
    pub base: String,
    /// Parameters of the path; null where there are none.
    pub parameters: Value,
    /// Variables of the stage; null where there are none.
    pub variables: Value,
    /// What else is known of the caller, such as its API key.
    pub identity: Map<String, Value>,
    /// What an authorizer said; null where there is none.
    pub authorizer: Value,
    /// Whether the body is bytes, and no text.
    pub binary: bool,
    /// Names of header fields as the client wrote them, where functions are to see them so.
    pub names: Vec<String>,
}

impl Via {
    /// The door to a function, with the path that is left for it.
    pub fn door(function: &str, path: &str) -> Self {
        let proxy = path.trim_start_matches('/');
        let (resource, parameters) = match proxy {
            "" => ("/", Value::Null),
            proxy => ("/{proxy+}", json!({"proxy": proxy})),
        };
        Self {
            api: API.to_owned(),
            stage: STAGE.to_owned(),
            resource_id: API.to_owned(),
            resource: resource.to_owned(),
            whole_path: format!("/vending/functions/{function}{path}"),
            parameters,
            ..Self::default()
        }
    }
}

/// What the device is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// HTTP status.
    pub status: u16,
    /// Header fields, names in lower case, fit to be sent.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// Why nothing can be handed over, or handed back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(pub String);

impl Asked<'_> {
    /// ARN of what the request came by, which a function's policy may ask for (`execute-api`).
    pub fn source_arn(&self) -> String {
        let path = match self.via.api == API {
            true => self.path_or_root(),
            false => &self.via.resource,
        };
        self.arn_of(path)
    }

    /// ARN of the method with the path as sent, which authorizers decide about.
    pub fn method_arn(&self) -> String {
        self.arn_of(self.path_or_root())
    }

    fn arn_of(&self, path: &str) -> String {
        let Realm { account, region } = self.realm;
        let (api, stage) = (&self.via.api, &self.via.stage);
        let partition = self.realm.partition();
        format!(
            "arn:{partition}:execute-api:{region}:{account}:{api}/{stage}/{}{path}",
            self.method
        )
    }

    /// The path below the door or the stage, `/` where there is none.
    pub fn path_or_root(&self) -> &str {
        if self.path.is_empty() { "/" } else { self.path }
    }

    /// Who the device says that it is: in the query, in the path, or in the body where that is JSON.
    pub fn serial(&self) -> Option<String> {
        let is = |wanted: &str, name: &str| {
            let plain = name.bytes().filter(|byte| !b"_-".contains(byte));
            plain
                .map(|byte| byte.to_ascii_lowercase())
                .eq(wanted.bytes())
        };
        let body = (self.body.len() <= LOOKED_INTO)
            .then(|| serde_json::from_slice::<Map<String, Value>>(self.body).ok())
            .flatten()
            .unwrap_or_default();
        let path = self.via.parameters.as_object();
        let members = path.into_iter().flatten().chain(&body);
        let members = members.filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)));
        let query = self.pairs.iter();
        let query = query.map(|(name, value)| (name.as_str(), value.as_str()));
        let given: Vec<(&str, &str)> = query.chain(members).collect();
        let found = SERIALS
            .iter()
            .find_map(|wanted| given.iter().find(|(name, _)| is(wanted, name)));
        let (_, serial) = found?;
        (!serial.is_empty() && serial.len() <= SERIAL_BYTES).then(|| (*serial).to_owned())
    }

    /// The event that the function is called with, JSON.
    ///
    /// # Errors
    /// Where the body is to be the event and is no JSON.
    pub fn event(&self, format: Format) -> Result<Value, Malformed> {
        match format {
            Format::Proxy1 => Ok(self.proxy_1()),
            Format::Proxy2 => Ok(self.proxy_2()),
            Format::Body if self.body.is_empty() => Ok(json!({})),
            Format::Body => serde_json::from_slice(self.body)
                .map_err(|why| Malformed(format!("Could not parse request body into json: {why}"))),
        }
    }

    /// What API Gateway adds to the device's own header fields.
    fn all_headers(&self) -> Vec<(String, String)> {
        let mut all: Vec<_> = self.headers.to_vec();
        let proto = if self.secure { "https" } else { "http" };
        // What a device says of itself here would be believed.
        all.retain(|(name, _)| !name.starts_with("x-forwarded-"));
        all.push(("x-forwarded-for".into(), self.source_ip.into()));
        all.push(("x-forwarded-port".into(), self.port().into()));
        all.push(("x-forwarded-proto".into(), proto.into()));
        all.retain(|(name, _)| name != TRACE);
        all.push((TRACE.into(), self.trace()));
        all
    }

    /// What the request is traced by, which its client may have begun.
    pub fn trace(&self) -> String {
        let begun = self.header(TRACE).filter(|sent| sent.contains("Root="));
        begun.map_or_else(
            || {
                let seconds = self.now.as_seconds();
                format!("Root=1-{seconds:08x}-{}", digits_of(self.request_id, 24))
            },
            str::to_owned,
        )
    }

    /// The same as it is answered, with what the gateway did as its part.
    pub fn trace_answered(&self) -> String {
        let trace = self.trace();
        match trace.contains("Parent=") {
            true => trace,
            false => format!(
                "{trace};Parent={};Sampled=0",
                digits_of(self.request_id, 16)
            ),
        }
    }

    /// A header field's name as events of format 1.0 have it: REST APIs leave most names as the client wrote them.
    fn shown(&self, name: &str) -> String {
        let mut written = self.via.names.iter();
        let written = written.find(|written| written.eq_ignore_ascii_case(name));
        match written {
            Some(written) if !WELL_KNOWN.contains(&name) => written.clone(),
            _ => capitalised(name),
        }
    }

    fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(known, _)| known == name);
        found.next().map(|(_, value)| value.as_str())
    }

    /// The host that was asked for, and its port where it has one.
    fn host(&self) -> (&str, Option<&str>) {
        let host = self.header("host").unwrap_or_default();
        match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => (name, Some(port)),
            _ => (host, None),
        }
    }

    fn domain(&self) -> &str {
        self.host().0
    }

    fn port(&self) -> &str {
        let usual = if self.secure { "443" } else { "80" };
        self.host().1.unwrap_or(usual)
    }

    fn body_text(&self) -> (Value, bool) {
        match std::str::from_utf8(self.body) {
            Ok(text) if self.via.binary && !text.is_empty() => (json!(STANDARD.encode(text)), true),
            Ok("") => (Value::Null, false),
            Ok(text) => (json!(text), false),
            Err(_) => (json!(STANDARD.encode(self.body)), true),
        }
    }

    fn proxy_1(&self) -> Value {
        let headers: Vec<_> = self
            .all_headers()
            .into_iter()
            .map(|(name, value)| (self.shown(&name), value))
            .collect();
        let (body, encoded) = self.body_text();
        let via = &self.via;
        let path = match via.base.as_str() {
            "" => self.path_or_root().to_owned(),
            base => format!("{base}{}", self.path),
        };
        let mut event = json!({
            "resource": via.resource,
            "path": path,
            "httpMethod": self.method,
            "headers": last(&headers),
            "multiValueHeaders": all(&headers),
            "queryStringParameters": last(self.pairs),
            "multiValueQueryStringParameters": all(self.pairs),
            "pathParameters": via.parameters,
            "stageVariables": via.variables,
            "requestContext": {
                "accountId": self.realm.account,
                "apiId": via.api,
                "domainName": self.domain(),
                "domainPrefix": self.domain().split('.').next().unwrap_or_default(),
                "extendedRequestId": extended_id(self.request_id),
                "httpMethod": self.method,
                "identity": {
                    "accessKey": null,
                    "accountId": null,
                    "caller": null,
                    "cognitoAuthenticationProvider": null,
                    "cognitoAuthenticationType": null,
                    "cognitoIdentityId": null,
                    "cognitoIdentityPoolId": null,
                    "principalOrgId": null,
                    "sourceIp": self.source_ip,
                    "user": null,
                    "userAgent": self.header("user-agent"),
                    "userArn": null,
                },
                "path": via.whole_path,
                "protocol": "HTTP/1.1",
                "requestId": self.request_id,
                "requestTime": common_log(self.now),
                "requestTimeEpoch": self.now.0,
                "resourceId": via.resource_id,
                "resourcePath": via.resource,
                "stage": via.stage,
            },
            "body": body,
            "isBase64Encoded": encoded,
        });
        // REST APIs know deployments, and no version of their events.
        match via.deployment.is_empty() {
            true => event["version"] = json!("1.0"),
            false => event["requestContext"]["deploymentId"] = json!(via.deployment),
        }
        for (name, value) in &via.identity {
            event["requestContext"]["identity"][name] = value.clone();
        }
        if !via.authorizer.is_null() {
            event["requestContext"]["authorizer"] = via.authorizer.clone();
        }
        event
    }

    fn proxy_2(&self) -> Value {
        let all = self.all_headers();
        let is_cookie = |name: &str| name == "cookie";
        let of_connection =
            |name: &str| !["content-length", "date"].contains(&name) && CONNECTION.contains(&name);
        let headers: Vec<_> = all
            .iter()
            .filter(|(name, _)| !is_cookie(name) && !of_connection(name))
            .cloned()
            .collect();
        let cookies: Vec<&str> = all
            .iter()
            .filter(|(name, _)| is_cookie(name))
            .flat_map(|(_, value)| value.split(';').map(str::trim))
            .collect();
        let path = self.path_or_root();
        let (body, encoded) = self.body_text();
        let via = &self.via;
        let (key, stage) = match &via.route_key {
            Some(key) => (key.as_str(), via.stage.as_str()),
            None => ("$default", "$default"),
        };
        let mut event = json!({
            "version": "2.0",
            "routeKey": key,
            "rawPath": path,
            "rawQueryString": self.query,
            "headers": joined(&headers),
            "requestContext": {
                "accountId": self.realm.account,
                "apiId": via.api,
                "domainName": self.domain(),
                "domainPrefix": self.domain().split('.').next().unwrap_or_default(),
                "http": {
                    "method": self.method,
                    "path": path,
                    "protocol": "HTTP/1.1",
                    "sourceIp": self.source_ip,
                    "userAgent": self.header("user-agent").unwrap_or_default(),
                },
                "requestId": self.request_id,
                "routeKey": key,
                "stage": stage,
                "time": common_log(self.now),
                "timeEpoch": self.now.0,
            },
            "isBase64Encoded": encoded,
        });
        // Absent, where format 1.0 has null.
        if !cookies.is_empty() {
            event["cookies"] = json!(cookies);
        }
        if !self.pairs.is_empty() {
            event["queryStringParameters"] = joined(self.pairs);
        }
        for (name, value) in [
            ("pathParameters", &via.parameters),
            ("stageVariables", &via.variables),
        ] {
            // The door's functions see the path as it is.
            if via.route_key.is_some() && !value.is_null() {
                event[name] = value.clone();
            }
        }
        if !via.authorizer.is_null() {
            event["requestContext"]["authorizer"] = via.authorizer.clone();
        }
        if !body.is_null() {
            event["body"] = body;
        }
        event
    }
}

/// `X-Forwarded-For` of `x-forwarded-for`: how clients of HTTP/1.1 write names, and handlers look for them.
pub fn capitalised(name: &str) -> String {
    let mut up = true;
    name.chars()
        .map(|letter| {
            let cased = if up {
                letter.to_ascii_uppercase()
            } else {
                letter
            };
            up = letter == '-';
            cased
        })
        .collect()
}

/// The other id of a request that REST APIs have, out of its first: 11 bytes in base64.
pub fn extended_id(id: &str) -> String {
    let digits = digits_of(id, 22);
    let pairs = (0..11).map(|at| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16));
    STANDARD.encode(pairs.map(Result::unwrap_or_default).collect::<Vec<u8>>())
}

/// So many hexadecimal digits out of a request's id, which is random.
fn digits_of(id: &str, count: usize) -> String {
    let all = id.chars().rev().filter(char::is_ascii_hexdigit);
    let found: String = all
        .take(count)
        .map(|digit| digit.to_ascii_lowercase())
        .collect();
    format!("{found:0>count$}")
}

/// The last value of each name; null where there is none.
fn last(pairs: &[(String, String)]) -> Value {
    let members: Map<_, _> = pairs
        .iter()
        .map(|(name, value)| (name.clone(), json!(value)))
        .collect();
    or_null(members)
}

/// All values of each name.
fn all(pairs: &[(String, String)]) -> Value {
    let mut members = Map::new();
    for (name, value) in pairs {
        if let Value::Array(values) = members.entry(name.clone()).or_insert_with(|| json!([])) {
            values.push(json!(value));
        }
    }
    or_null(members)
}

/// All values of each name with commas between them.
fn joined(pairs: &[(String, String)]) -> Value {
    let mut members: Map<String, Value> = Map::new();
    for (name, value) in pairs {
        match members.get_mut(name) {
            Some(Value::String(text)) => {
                let _ = write!(text, ",{value}");
            }
            _ => {
                members.insert(name.clone(), json!(value));
            }
        }
    }
    Value::Object(members)
}

fn or_null(members: Map<String, Value>) -> Value {
    if members.is_empty() {
        Value::Null
    } else {
        Value::Object(members)
    }
}

/// `09/Apr/2015:12:34:56 +0000`, as logs of web servers have it.
fn common_log(at: Millis) -> String {
    let format = time::macros::format_description!(
        "[day]/[month repr:short]/[year]:[hour]:[minute]:[second] +0000"
    );
    OffsetDateTime::from_unix_timestamp(at.as_seconds())
        .ok()
        .and_then(|at| at.format(&format).ok())
        .unwrap_or_default()
}

/// Reads what a function returned.
///
/// # Errors
/// Where API Gateway could not make an answer of it either.
pub fn read(format: Format, payload: &[u8]) -> Result<Answered, Malformed> {
    let plain = |body: Vec<u8>| Answered {
        status: 200,
        headers: vec![("content-type".into(), "application/json".into())],
        body,
    };
    if format == Format::Body {
        return Ok(plain(payload.to_vec()));
    }
    let told = parsed(payload)?;
    match (&told, format) {
        (Value::Object(told), _) if told.contains_key("statusCode") => {}
        // API Gateway takes it for a body.
        (Value::String(text), Format::Proxy2) => return Ok(plain(text.clone().into_bytes())),
        (_, Format::Proxy2) => return Ok(plain(payload.to_vec())),
        (Value::Object(_), _) => return Err(Malformed("the answer has no statusCode".into())),
        _ => return Err(Malformed("the answer is no object".into())),
    }
    let status = status(&told["statusCode"])?;
    let mut headers = headers(&told)?;
    headers.retain(|(name, _)| !CONNECTION.contains(&name.as_str()));
    if format == Format::Proxy2 {
        match &told["cookies"] {
            Value::Null => {}
            Value::Array(cookies) => {
                for cookie in cookies {
                    headers.extend(field("set-cookie", cookie)?);
                }
            }
            _ => return Err(Malformed("cookies is no list".into())),
        }
    }
    answered(&told, status, headers)
}

/// Reads what a function returned to a REST API, which takes nothing else than what it knows, and all of it may be absent. What
/// belongs to the connection is left in.
///
/// # Errors
/// Where API Gateway could not make an answer of it either.
pub fn read_for_rest(payload: &[u8]) -> Result<Answered, Malformed> {
    let told = parsed(payload)?;
    let members = told
        .as_object()
        .ok_or_else(|| Malformed("the answer is no object".into()))?;
    if let Some(unknown) = members
        .keys()
        .find(|name| !OF_ANSWERS.contains(&name.as_str()))
    {
        let unknown = crate::escape::line(unknown);
        return Err(Malformed(format!(
            "the answer has {unknown}, which no answer to a REST API has"
        )));
    }
    let status = match members.get("statusCode") {
        Some(given) => status(given)?,
        None => 200,
    };
    answered(&told, status, headers(&told)?)
}

/// Reads what a function returned to its URL, which differs from HTTP APIs, as recorded of AWS: what is no answer is told
/// without white space between, and a body may be JSON as it is.
///
/// # Errors
/// Where no answer can be made of it.
pub fn read_for_url(payload: &[u8]) -> Result<Answered, Malformed> {
    let mut told = parsed(payload)?;
    if let Value::Object(members) = &mut told
        && members.contains_key("statusCode")
        && let Some(body) = members.get_mut("body")
        && !matches!(body, Value::String(_) | Value::Null)
    {
        *body = Value::String(body.to_string());
        return read(Format::Proxy2, told.to_string().as_bytes());
    }
    read(Format::Proxy2, &compact(payload))
}

/// JSON without white space between its tokens.
fn compact(json: &[u8]) -> Vec<u8> {
    let (mut within, mut escaped) = (false, false);
    let kept = json.iter().copied().filter(|byte| {
        if within {
            within = escaped || *byte != b'"';
            escaped = !escaped && *byte == b'\\';
            return true;
        }
        within = *byte == b'"';
        !byte.is_ascii_whitespace()
    });
    kept.collect()
}

fn parsed(payload: &[u8]) -> Result<Value, Malformed> {
    serde_json::from_slice(payload)
        .map_err(|why| Malformed(format!("the answer is not JSON: {why}")))
}

fn answered(
    told: &Value,
    status: u16,
    mut headers: Vec<(String, String)>,
) -> Result<Answered, Malformed> {
    if !headers.iter().any(|(name, _)| name == "content-type") {
        headers.push(("content-type".into(), "application/json".into()));
    }
    let body = match &told["body"] {
        Value::Null => Vec::new(),
        Value::String(text) if is_true(&told["isBase64Encoded"]) => STANDARD
            .decode(text)
            .map_err(|why| Malformed(format!("the body is not base64: {why}")))?,
        Value::String(text) => text.clone().into_bytes(),
        _ => return Err(Malformed("the body is no text".into())),
    };
    Ok(Answered {
        status,
        headers,
        body,
    })
}

fn is_true(value: &Value) -> bool {
    value == &Value::Bool(true) || value == "true"
}

fn status(value: &Value) -> Result<u16, Malformed> {
    let number = match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    // What is below is no answer but the announcement of one.
    number
        .filter(|status| (200..600).contains(status))
        .and_then(|status| u16::try_from(status).ok())
        .ok_or_else(|| Malformed("statusCode is no status from 200 to 599".into()))
}

/// `headers` and `multiValueHeaders`: a name in both has the values of both, and none twice.
fn headers(told: &Value) -> Result<Vec<(String, String)>, Malformed> {
    let mut found: Vec<(String, String)> = Vec::new();
    for (member, several) in [("multiValueHeaders", true), ("headers", false)] {
        let fields = match &told[member] {
            Value::Null => continue,
            Value::Object(fields) => fields,
            _ => return Err(Malformed(format!("{member} is no object"))),
        };
        for (name, value) in fields {
            let one = std::slice::from_ref(value);
            let values = match value {
                Value::Array(values) if several => values.as_slice(),
                _ if several => {
                    return Err(Malformed(format!("{member} has a value that is no list")));
                }
                _ => one,
            };
            for value in values {
                if let Some(field) = field(name, value)?
                    && !found.contains(&field)
                {
                    found.push(field);
                }
            }
        }
    }
    Ok(found)
}

/// Members of what a function returns to a REST API. [Developer guide: output format of a Lambda function for proxy integration]
const OF_ANSWERS: [&str; 5] = [
    "body",
    "headers",
    "isBase64Encoded",
    "multiValueHeaders",
    "statusCode",
];

/// What belongs to the connection and is not the function's to say.
const CONNECTION: [&str; 8] = [
    "connection",
    "content-length",
    "date",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// A header field that can be sent; `None` where it is left out.
fn field(name: &str, value: &Value) -> Result<Option<(String, String)>, Malformed> {
    let value = match value {
        Value::Null => return Ok(None),
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::Array(_) | Value::Object(_) => {
            return Err(Malformed(
                "a header field has a value that is no text".into(),
            ));
        }
    };
    let lower = name.to_ascii_lowercase();
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || !name.bytes().all(token) {
        return Err(Malformed("a header field has a name that is none".into()));
    }
    // A line's end would begin a field of the device's choice.
    if value
        .bytes()
        .any(|byte| byte != b'\t' && !(b' '..=b'~').contains(&byte))
    {
        return Err(Malformed(format!(
            "the header field {lower} has a value that cannot be sent"
        )));
    }
    Ok(Some((lower, value)))
}

#[cfg(test)]
mod tests;
