//! One call of one operation: what it gets, what it answers, and why it is not answered as hoped.

use super::s3::Sent;
use super::service::Row;
use super::{Content, Request};
use crate::app::caller::Caller;
use crate::app::{App, Error, Kind};
use nameplate_aws::foreign::Called;
use nameplate_aws::headers::Headers;
use nameplate_aws::model::Operation;
use nameplate_aws::request::Input;
use nameplate_aws::respond::{ApiError, Node};
use nameplate_aws::sigv4::AuthFailure;
use nameplate_core::pki::CertificateId;
use serde_json::Value;
use std::borrow::Cow;
use std::sync::Arc;

/// One call of one operation, authenticated and with valid parameters.
pub struct Call<'a> {
    /// The use cases.
    pub app: &'a Arc<App>,
    /// Its service.
    pub row: &'static Row,
    /// Who, when and where.
    pub caller: Caller,
    /// Which operation.
    pub operation: &'static Operation,
    /// Its parameters.
    pub input: Input,
    /// The request as it came.
    pub request: &'a Request<'a>,
    /// Its header fields, and those that stand among the parameters of a link.
    pub headers: Cow<'a, Headers<'a>>,
    /// The body, where the operation reads it.
    pub body: &'a mut Sent,
}

impl Call<'_> {
    /// Refuses unless the caller may do `action` on `resource`.
    pub async fn require(&self, action: &str, resource: &str) -> Result<(), Error> {
        let keys = self.row.keys(self.app, self.operation, &self.input);
        self.app
            .iam
            .may(&self.caller, action, resource, &keys)
            .await
    }

    /// Refuses a parameter that would restrict something and that we would not keep: to pass over it would be to grant
    /// more than was asked.
    pub fn not_built(&self, names: &[&str]) -> Result<(), Error> {
        match names.iter().find(|name| self.input.get(name).is_some()) {
            Some(name) => Err(self.lacks(name)),
            None => Ok(()),
        }
    }

    /// The refusal of a parameter that is not built, wherever it stands.
    pub fn lacks(&self, name: &str) -> Error {
        Error::new(
            Kind::NotBuilt,
            format!(
                "Nameplate does not implement the parameter {name} of {} yet.",
                self.operation.name
            ),
        )
    }

    /// Notes a certificate that this call has made: it may be a function's, for a device that waits for it.
    pub fn made_certificate(&self, id: CertificateId) {
        let trace = self.request.headers.text("x-amzn-trace-id");
        self.app.functions.note_made(trace.as_deref(), id.0);
    }

    /// A string member that the model requires; validation has seen it.
    pub fn required(&self, name: &str) -> Result<&str, Error> {
        self.input
            .text(name)
            .ok_or_else(|| Error::invalid(format!("{name} is required")))
    }

    /// Name and port under which the caller reached the server.
    pub fn host(&self) -> Cow<'_, str> {
        let host = self.request.headers.text("host");
        host.unwrap_or_else(|| self.app.endpoint_host().into())
    }
}

/// What an operation answers.
pub enum Output {
    /// Members of a JSON answer; no members is `{}`.
    Json(Value),
    /// The result element of an XML answer.
    Xml(Option<Node>),
    /// An answer with header fields and a body of its own.
    Reply(Reply),
}

/// An answer that is more than a document.
#[derive(Debug)]
pub struct Reply {
    /// Its status; the operation's where there is none.
    pub status: Option<u16>,
    /// Header fields beside the request's id.
    pub headers: Vec<(Cow<'static, str>, String)>,
    /// The body.
    pub content: Content,
}

impl From<Value> for Output {
    fn from(value: Value) -> Self {
        Output::Json(value)
    }
}

impl From<Option<Node>> for Output {
    fn from(node: Option<Node>) -> Self {
        Output::Xml(node)
    }
}

impl From<Node> for Output {
    fn from(node: Node) -> Self {
        Output::Xml(Some(node))
    }
}

impl From<Reply> for Output {
    fn from(reply: Reply) -> Self {
        Output::Reply(reply)
    }
}

/// Why a call is not answered as hoped.
#[derive(Debug)]
pub enum Failure {
    /// The use case refuses.
    App(Error),
    /// Whoever it is has not shown it.
    Auth(AuthFailure),
    /// What is refused before a use case sees it, in AWS's words already.
    Request(Box<ApiError>),
    /// It is meant for a service that is not built and shares the scope of one that is.
    Elsewhere(Box<Called>),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::App(error)
    }
}

impl From<AuthFailure> for Failure {
    fn from(failure: AuthFailure) -> Self {
        Self::Auth(failure)
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self::Request(Box::new(error))
    }
}
