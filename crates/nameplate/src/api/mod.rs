//! AWS operations: from a request to an app call and back.
//!
//! `pipeline` does the same for every operation of every service; a service is a folder (or a file) and a row in
//! `service`. One file per noun under each service turns parameters into domain values. The names of AWS's errors are
//! in files called `fault.rs` and nowhere else.
//!
//! Must not know: the store, SQL, sockets.

mod acm;
mod apigateway;
mod apigatewayv2;
pub mod authorizer;
mod call;
mod compression;
pub mod cors;
pub mod credentials;
pub mod device;
mod domain_names;
mod dynamodb;
pub mod est;
pub mod execute;
mod fault;
mod foreign;
mod iam;
mod iot;
mod iot_data;
mod iot_jobs_data;
mod lambda;
pub mod logged_in;
mod logs;
pub mod own;
mod page;
mod permission;
mod pipeline;
pub mod pki;
mod query;
mod read;
mod s3;
mod service;
mod signature;
mod sts;
pub mod upgrade;
pub mod vending;
mod write;

pub use call::Call;
pub use pipeline::{Unserved, answer, answer_streamed, bodies, denied, not_mqtt, unserved};
pub use s3::BodyStream;
pub use service::Bodies;

use crate::app::backup::Made;
use crate::app::objects::Reading;
use nameplate_aws::headers::Headers;
use nameplate_aws::model::Service;
use nameplate_core::policy::caller::Origin;
use std::borrow::Cow;
use std::net::IpAddr;

/// A request as the HTTP side read it.
#[derive(Debug)]
pub struct Request<'a> {
    /// Method.
    pub method: &'a str,
    /// Path and query exactly as sent.
    pub target: &'a str,
    /// Header fields.
    pub headers: Headers<'a>,
    /// The body.
    pub body: &'a [u8],
    /// The peer's address.
    pub source_ip: IpAddr,
    /// Over TLS.
    pub secure: bool,
}

impl Request<'_> {
    /// Its header fields for a function, as API Gateway gives them on: names in lower case, values as text.
    fn fields(&self) -> Vec<(String, String)> {
        let fields = self.headers.iter().map(|(name, value)| {
            let value = String::from_utf8_lossy(value.trim_ascii()).into_owned();
            (name.to_ascii_lowercase(), value)
        });
        fields.collect()
    }

    /// Where it came from, as policies may ask.
    pub(crate) fn origin(&self) -> Origin {
        let text = |name| self.headers.text(name).map(Cow::into_owned);
        Origin {
            source_ip: Some(self.source_ip.to_canonical()),
            secure_transport: Some(self.secure),
            user_agent: text("user-agent"),
            referer: text("referer"),
            via: None,
        }
    }
}

/// An answer for the HTTP side to send.
#[derive(Debug)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Header fields, names in lower case.
    pub headers: Vec<(Cow<'static, str>, String)>,
    /// The body.
    pub body: Content,
}

/// The body of an answer.
#[derive(Debug)]
pub enum Content {
    /// As a whole.
    Bytes(Vec<u8>),
    /// Bytes of an object, sent as they are read.
    Object(Reading),
    /// A backup, sent as it is made.
    Backup(Made),
}

/// The services of AWS's that are here, by the names that requests are signed for.
pub fn services() -> impl Iterator<Item = &'static str> {
    let of_aws = service::ROWS
        .iter()
        .filter(|row| !std::ptr::eq(**row, &own::ROW));
    of_aws.map(|row| row.name())
}

/// The operations that are built, by service.
pub fn built() -> Vec<(Service, Vec<&'static str>)> {
    let services = service::ROWS
        .iter()
        .filter(|row| row.name() == row.service.scope() && !row.operations.is_empty());
    services
        .map(|row| {
            let names = row.operations.iter().map(|built| built.name);
            (row.service, names.collect())
        })
        .collect()
}
