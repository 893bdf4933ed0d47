//! The services, a row each: all that separates one from another on its way through [`pipeline`](super::pipeline).
//!
//! Owns: what a row consists of, the list of rows, and which row a request is meant for. Must not know what operations
//! do.

use super::call::{Call, Failure, Output};
use super::read::{self, Read, Unread};
use super::{
    Request, Response, acm, apigateway, apigatewayv2, dynamodb, iam, iot, iot_data, iot_jobs_data,
    lambda, logs, own, s3, sts, write,
};
use crate::app::caller::Caller;
use crate::app::{App, Error};
use nameplate_aws::model::{Operation, Protocol, Service};
use nameplate_aws::request::Input;
use nameplate_aws::respond::ApiError;
use nameplate_aws::sigv2::Link;
use nameplate_aws::sigv4::AuthFailure;
use nameplate_aws::uri;
use std::pin::Pin;

/// What will be known once it has run.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Finds a signature of version 2 in a request that has one.
pub type FindLink = fn(&App, &Request<'_>) -> Result<Option<Link>, AuthFailure>;

/// Says what a call is about, by ARN.
pub type Resources = for<'c> fn(
    &'c App,
    &'c Caller,
    &'static Operation,
    &'c Input,
) -> Pending<'c, Result<Vec<String>, Error>>;

/// One service.
pub struct Row {
    /// Its table, which says operations, parameters, protocol and errors. The server's own endpoints have none, and
    /// name the service in whose form their signatures are refused.
    pub service: Service,
    /// Its names in the credential scope; the first one is that of its counters.
    pub scopes: &'static [&'static str],
    /// The scope of another row that its requests are signed for, and what their paths begin with.
    pub beside: Option<(&'static str, &'static str)>,
    /// The operations that are built, in the order of their names.
    pub operations: &'static [Built],
    /// How bodies are read.
    pub bodies: Bodies,
    /// Refuses a body that is longer than so many bytes, where the service has words of its own for that.
    pub oversized: Option<fn(&Request<'_>, usize) -> ApiError>,
    /// Finds a signature of version 2 in a request, where the service takes them.
    pub links: Option<FindLink>,
    /// From a request to its operation and parameters.
    pub read: fn(&'static Row, &App, &Request<'_>) -> Result<Read, Unread>,
    /// Whether parameters are held against the table before an operation runs. S3 refuses them in words of its own.
    pub validated: bool,
    /// What an operation needs to be allowed.
    pub permission: Permission,
    /// Looks at a refusal once more before it is written: there may be more in it than the caller may know.
    pub reconsider: Option<for<'c> fn(&'c Call<'_>, Failure) -> Pending<'c, Failure>>,
    /// What AWS calls a refusal of a use case. The operation narrows names that only some declare.
    pub fault: fn(&Error, Option<&'static Operation>) -> ApiError,
    /// Whether pages of every origin may read its answers.
    pub shared: bool,
    /// Whether bodies may be packed on their way: those of answers, and of requests where `read` unpacks them.
    pub packs: bool,
    /// Writes a refusal.
    pub refuse: fn(&'static Row, &Request<'_>, ApiError, &str) -> Response,
}

/// How the body of a request is read.
#[derive(Clone, Copy)]
pub enum Bodies {
    /// Whole, before the signature is looked at, and with at most so many bytes.
    Whole(fn(&Request<'_>) -> usize),
    /// By the operation, as it comes, once the caller is known and allowed.
    Streamed,
}

/// How a service's operations are permitted.
pub enum Permission {
    /// The action is the operation's, as IAM names it.
    Action {
        /// The ARNs of what the operation is about, all of which must be allowed.
        resources: Resources,
        /// Condition keys that the request brings.
        keys: fn(&App, &Operation, &Input) -> Vec<(String, String)>,
    },
    /// A function of the service's own asks.
    Asked(for<'c> fn(&'c Call<'_>) -> Pending<'c, Result<(), Error>>),
    /// Each operation asks for what it needs.
    ByOperation,
}

/// An operation that is built.
pub struct Built {
    /// Its name.
    pub name: &'static str,
    /// Runs it.
    pub run: for<'c> fn(&'c mut Call<'_>) -> Pending<'c, Result<Output, Failure>>,
}

/// Declares the operations of a service that are built, in the order of their names.
macro_rules! operations {
    ($($name:literal => $function:path),* $(,)?) => {
        /// The operations that are built.
        pub const OPERATIONS: &[$crate::api::service::Built] = &[$(
            $crate::api::service::Built {
                name: $name,
                run: |call| Box::pin(async move { Ok($function(call).await?.into()) }),
            }
        ),*];
    };
}
pub(crate) use operations;

/// Largest body of a request to a service that reads bodies whole, bytes.
const BODY_BYTES: usize = 2 * 1024 * 1024;

/// All services, the server's own endpoints at the end.
pub static ROWS: &[&Row] = &[
    &iot::ROW,
    &iot_data::ROW,
    &iot_jobs_data::ROW,
    &iam::ROW,
    &s3::ROW,
    &lambda::ROW,
    &dynamodb::ROW,
    &apigateway::ROW,
    &apigatewayv2::ROW,
    &logs::ROW,
    &sts::ROW,
    &acm::ROW,
    &own::ROW,
];

impl Row {
    /// A service of which nothing is unusual: its protocol says how it is read and written.
    pub const fn new(
        service: Service,
        scopes: &'static [&'static str],
        operations: &'static [Built],
        permission: Permission,
        fault: fn(&Error, Option<&'static Operation>) -> ApiError,
    ) -> Self {
        Self {
            service,
            scopes,
            beside: None,
            operations,
            bodies: Bodies::Whole(|_| BODY_BYTES),
            oversized: None,
            links: None,
            read: read::by_protocol,
            validated: true,
            permission,
            reconsider: None,
            fault,
            shared: false,
            packs: false,
            refuse: write::refusal,
        }
    }

    /// The name in its counters and log lines.
    pub fn name(&self) -> &'static str {
        self.scopes[0]
    }

    /// The operation `name`, where it is built.
    pub fn built(&self, name: &str) -> Option<&'static Built> {
        let operations = self.operations;
        let at = operations.binary_search_by(|built| built.name.cmp(name));
        at.ok().map(|at| &operations[at])
    }

    /// Condition keys that a request brings.
    pub fn keys(&self, app: &App, operation: &Operation, input: &Input) -> Vec<(String, String)> {
        match self.permission {
            Permission::Action { keys, .. } => keys(app, operation, input),
            Permission::Asked(_) | Permission::ByOperation => Vec::new(),
        }
    }
}

impl Permission {
    /// Of operations that are about nothing in particular.
    pub const ANYTHING: Self = Self::Action {
        resources: |_, _, _, _| Box::pin(std::future::ready(Ok(vec!["*".to_owned()]))),
        keys: |_, _, _| Vec::new(),
    };
}

/// The row of a credential scope's service.
pub fn of_scope(scope: &str) -> Option<&'static Row> {
    ROWS.iter().copied().find(|row| row.scopes.contains(&scope))
}

/// The row of a request with this target that is signed for a scope: some share one.
pub fn of_scope_and_target(scope: &str, target: &str) -> Option<&'static Row> {
    let beside = ROWS.iter().copied().find(|row| {
        row.beside
            .is_some_and(|(shared, path)| shared == scope && target.starts_with(path))
    });
    beside.or_else(|| of_scope(scope))
}

/// The row of the service that stands before the point in `X-Amz-Target`.
fn of_target(prefix: &str) -> Option<&'static Row> {
    let of = |row: &&Row| nameplate_aws::model::model(row.service).target == prefix;
    ROWS.iter().copied().filter(|_| !prefix.is_empty()).find(of)
}

/// The row that a request says it is signed for, before its signature is read in full.
pub fn signed_for(request: &Request<'_>) -> Option<&'static Row> {
    let by_link = || ROWS.iter().copied().find(|row| row.links.is_some());
    let authorization = request.headers.text("authorization").unwrap_or_default();
    if authorization.starts_with("AWS ") {
        return by_link();
    }
    // Where all clients have it, or anywhere.
    let credential = authorization
        .strip_prefix("AWS4-HMAC-SHA256 Credential=")
        .or_else(|| Some(authorization.split_once("Credential=")?.1));
    if let Some(rest) = credential {
        return of_credential(rest.split([',', ' ']).next()?, request.target);
    }
    let (_, query) = uri::split_target(request.target);
    if query.is_empty() {
        return None;
    }
    uri::query_pairs(query)
        .iter()
        .find_map(|(name, value)| match name.as_str() {
            "X-Amz-Credential" => of_credential(value, request.target),
            "AWSAccessKeyId" => by_link(),
            _ => None,
        })
}

/// `AKIA…/20151229/us-east-1/iot/aws4_request`
fn of_credential(credential: &str, target: &str) -> Option<&'static Row> {
    let scope = credential.strip_suffix("/aws4_request")?;
    of_scope_and_target(scope.rsplit('/').next()?, target)
}

/// In whose form a request is refused that no signature says a service of. The JSON protocols name the service beside
/// the operation; the query protocol posts forms to the root alone, and curl calls any body a form; the data plane is what is asked over TLS; IoT's form suits most clients.
pub fn suited(request: &Request<'_>) -> &'static Row {
    if let Some(row) = signed_for(request) {
        return row;
    }
    let target = request.headers.text("x-amz-target");
    if let Some((prefix, _)) = target.as_deref().and_then(|target| target.rsplit_once('.'))
        && let Some(row) = of_target(prefix)
    {
        return row;
    }
    let (path, _) = uri::split_target(request.target);
    let form = request
        .headers
        .text("content-type")
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    if form && path == "/" {
        &iam::ROW
    } else if request.secure || path.starts_with("/topics/") || path.ends_with("/shadow") {
        &iot_data::ROW
    } else {
        &iot::ROW
    }
}

/// An operation that clients send without a signature, since it is what they get their keys from.
pub fn unsigned(request: &Request<'_>) -> Option<(&'static Row, &'static str)> {
    let body = std::str::from_utf8(request.body).ok()?;
    let pairs = uri::form_pairs(body);
    let (_, action) = pairs.iter().find(|(name, _)| name == "Action")?;
    let queried = ROWS
        .iter()
        .filter(|row| row.service.protocol() == Protocol::Query);
    queried.copied().find_map(|row| {
        let operation = nameplate_aws::route::by_action(row.service, action, None)?;
        operation.unsigned.then_some((row, operation.name))
    })
}

#[cfg(test)]
mod tests;
