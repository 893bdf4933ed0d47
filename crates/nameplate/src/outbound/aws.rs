//! Calls to services of AWS at endpoints that the owner gives: AWS's own, or others that speak as they do.
//!
//! Signs, sends, and tells apart what may pass and what will not. Must not know: what the calls are for.

use super::http::Endpoint;
use super::s3::KeysFile;
use super::web::{Answer, Web};
use nameplate_aws::sigv4::Signer;
use nameplate_aws::uri;
use nameplate_core::ctx::Millis;
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;

/// How long one attempt may take.
const CALL_TIME: Duration = Duration::from_secs(10);
/// How much of a service's own words goes on.
const WORDS: usize = 200;

/// A service, and how it is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AwsService {
    /// As `--rule-endpoint` names it.
    pub name: &'static str,
    scope: &'static str,
    protocol: Protocol,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Protocol {
    /// AWS JSON of this version, with this target.
    Json(&'static str, &'static str),
    /// AWS query of this version.
    Query(&'static str),
}

const fn json(name: &'static str, version: &'static str, target: &'static str) -> AwsService {
    AwsService {
        name,
        scope: name,
        protocol: Protocol::Json(version, target),
    }
}

/// Amazon SQS.
pub const SQS: AwsService = json("sqs", "1.0", "AmazonSQS");
/// Amazon DynamoDB.
pub const DYNAMODB: AwsService = json("dynamodb", "1.0", "DynamoDB_20120810");
/// Amazon Kinesis Data Streams.
pub const KINESIS: AwsService = json("kinesis", "1.1", "Kinesis_20131202");
/// Amazon Data Firehose.
pub const FIREHOSE: AwsService = json("firehose", "1.1", "Firehose_20150804");
/// Amazon CloudWatch Logs.
pub const LOGS: AwsService = json("logs", "1.1", "Logs_20140328");
/// AWS Secrets Manager.
pub const SECRETS: AwsService = json("secretsmanager", "1.1", "secretsmanager");
/// Amazon SNS.
pub const SNS: AwsService = AwsService {
    name: "sns",
    scope: "sns",
    protocol: Protocol::Query("2010-03-31"),
};
/// Amazon CloudWatch.
pub const CLOUDWATCH: AwsService = AwsService {
    name: "cloudwatch",
    scope: "monitoring",
    protocol: Protocol::Query("2010-08-01"),
};

/// All of them.
pub const SERVICES: &[AwsService] = &[
    CLOUDWATCH, DYNAMODB, FIREHOSE, KINESIS, LOGS, SECRETS, SNS, SQS,
];

/// Where services are, and whose keys sign.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AwsPlaces {
    /// Endpoints by name of the service.
    pub endpoints: BTreeMap<&'static str, Endpoint>,
    /// The keys; always there where there is an endpoint.
    pub keys: Option<KeysFile>,
}

/// Why a call was not answered as hoped.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The owner gave no endpoint.
    #[error(
        "no endpoint of {0} is set: give the server --rule-endpoint {0}=URL and --rule-credentials FILE"
    )]
    NoEndpoint(&'static str),
    /// The request cannot be made.
    #[error("the request to {service} cannot be made: {reason}")]
    Request {
        /// The service.
        service: &'static str,
        /// Why.
        reason: String,
    },
    /// It did not answer.
    #[error("{service} at {endpoint} does not answer: {reason}")]
    Unreachable {
        /// The service.
        service: &'static str,
        /// Where it is.
        endpoint: Endpoint,
        /// What went wrong.
        reason: String,
    },
    /// It answered with an error.
    #[error("{service} answers {operation} with HTTP {status} {code}: {words}")]
    Answer {
        /// The service.
        service: &'static str,
        /// What was asked.
        operation: &'static str,
        /// HTTP status.
        status: u16,
        /// Name of the error.
        code: String,
        /// What it says.
        words: String,
    },
}

impl Failure {
    /// Whether another attempt may have more luck.
    pub fn passes(&self) -> bool {
        match self {
            Self::NoEndpoint(_) | Self::Request { .. } => false,
            Self::Unreachable { .. } => true,
            Self::Answer { status, code, .. } => {
                *status >= 500
                    || *status == 429
                    || code.contains("Throttl")
                    || code.contains("ThroughputExceeded")
                    || code.contains("TooManyRequests")
            }
        }
    }

    /// Name of the error that it answered with.
    pub fn code(&self) -> &str {
        match self {
            Self::Answer { code, .. } => code,
            _ => "",
        }
    }
}

/// A client of these services.
#[derive(Debug)]
pub struct Aws {
    web: Web,
    places: AwsPlaces,
    region: String,
    clock: fn() -> Millis,
}

impl Aws {
    /// A client; nothing is asked yet.
    pub fn new(web: Web, places: AwsPlaces, region: &str, clock: fn() -> Millis) -> Self {
        Self {
            web,
            places,
            region: region.to_owned(),
            clock,
        }
    }

    /// Whether the owner gave an endpoint of a service.
    pub fn reaches(&self, service: AwsService) -> bool {
        self.places.endpoints.contains_key(service.name)
    }

    /// Calls an operation of a service that speaks AWS JSON; its answer.
    pub async fn json(
        &self,
        service: AwsService,
        operation: &'static str,
        body: &Value,
    ) -> Result<Value, Failure> {
        let Protocol::Json(version, target) = service.protocol else {
            return Err(Failure::Request {
                service: service.name,
                reason: "it does not speak JSON".to_owned(),
            });
        };
        let headers = vec![
            (
                "content-type".to_owned(),
                format!("application/x-amz-json-{version}"),
            ),
            ("x-amz-target".to_owned(), format!("{target}.{operation}")),
        ];
        let body = body.to_string().into_bytes();
        let answer = self.call(service, operation, headers, body).await?;
        Ok(serde_json::from_slice(&answer.body).unwrap_or(Value::Null))
    }

    /// Calls an operation of a service that speaks AWS query.
    pub async fn query(
        &self,
        service: AwsService,
        operation: &'static str,
        members: &[(&str, &str)],
    ) -> Result<(), Failure> {
        let Protocol::Query(version) = service.protocol else {
            return Err(Failure::Request {
                service: service.name,
                reason: "it does not speak the query protocol".to_owned(),
            });
        };
        let mut form = format!("Action={operation}&Version={version}");
        for (name, value) in members {
            form.push('&');
            form.push_str(name);
            form.push('=');
            form.push_str(&uri::encode(value.as_bytes()));
        }
        let headers = vec![(
            "content-type".to_owned(),
            "application/x-www-form-urlencoded".to_owned(),
        )];
        self.call(service, operation, headers, form.into_bytes())
            .await
            .map(drop)
    }

    async fn call(
        &self,
        service: AwsService,
        operation: &'static str,
        mut headers: Vec<(String, String)>,
        body: Vec<u8>,
    ) -> Result<Answer, Failure> {
        let (Some(endpoint), Some(file)) = (
            self.places.endpoints.get(service.name),
            self.places.keys.as_ref(),
        ) else {
            return Err(Failure::NoEndpoint(service.name));
        };
        headers.push(("host".to_owned(), endpoint.authority()));
        if let Some(token) = &file.keys.session_token {
            headers.push(("x-amz-security-token".to_owned(), token.clone()));
        }
        let signer = Signer {
            access_key: &file.keys.access_key,
            secret: &file.keys.secret,
            region: &self.region,
            service: service.scope,
        };
        let signed = signer.sign("POST", "/", &headers, &body, (self.clock)().0);
        let mut request = ::http::Request::post(format!("{endpoint}/"));
        for (name, value) in headers
            .iter()
            .map(|(name, value)| (name.as_str(), value))
            .chain(signed.iter().map(|(name, value)| (*name, value)))
        {
            request = request.header(name, value);
        }
        let request = request.body(body).map_err(|error| Failure::Request {
            service: service.name,
            reason: error.to_string(),
        })?;
        let answer = self.web.send(request, CALL_TIME).await;
        let answer = answer.map_err(|broken| Failure::Unreachable {
            service: service.name,
            endpoint: endpoint.clone(),
            reason: broken.0,
        })?;
        if (200..300).contains(&answer.status) {
            return Ok(answer);
        }
        let (code, words) = said(&answer.body);
        Err(Failure::Answer {
            service: service.name,
            operation,
            status: answer.status,
            code,
            words,
        })
    }
}

/// Name and text of an error, of JSON or XML.
fn said(body: &[u8]) -> (String, String) {
    let text = String::from_utf8_lossy(body);
    let (code, words) = match serde_json::from_str::<Value>(&text) {
        Ok(value) => {
            let member = |names: &[&str]| {
                names
                    .iter()
                    .find_map(|name| value.get(*name)?.as_str())
                    .unwrap_or_default()
                    .to_owned()
            };
            let code = member(&["__type", "code", "Code"]);
            let code = code.rsplit('#').next().unwrap_or_default().to_owned();
            (code, member(&["message", "Message"]))
        }
        Err(_) => {
            let element = |name: &str| {
                let (_, rest) = text.split_once(&format!("<{name}>"))?;
                Some(rest.split_once('<')?.0.to_owned())
            };
            (
                element("Code").unwrap_or_default(),
                element("Message").unwrap_or_default(),
            )
        }
    };
    (
        code.chars().take(WORDS).collect(),
        words.chars().take(WORDS).collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_say_their_name() {
        let check = |body: &str, code: &str, words: &str| {
            assert_eq!(said(body.as_bytes()), (code.into(), words.into()), "{body}");
        };
        check(
            r#"{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"no queue"}"#,
            "QueueDoesNotExist",
            "no queue",
        );
        check(
            "<ErrorResponse><Error><Code>NotFound</Code><Message>no topic</Message></Error></ErrorResponse>",
            "NotFound",
            "no topic",
        );
        check("<html>", "", "");
        check("", "", "");
    }

    #[test]
    fn what_passes_is_told_from_what_does_not() {
        let passes = |status: u16, code: &str| {
            Failure::Answer {
                service: "sqs",
                operation: "SendMessage",
                status,
                code: code.into(),
                words: String::new(),
            }
            .passes()
        };
        assert!(passes(500, ""));
        assert!(passes(429, ""));
        assert!(passes(400, "ThrottlingException"));
        assert!(passes(400, "ProvisionedThroughputExceededException"));
        assert!(!passes(400, "QueueDoesNotExist"));
        assert!(!passes(403, "AccessDenied"));
        assert!(!Failure::NoEndpoint("sqs").passes());
    }
}
