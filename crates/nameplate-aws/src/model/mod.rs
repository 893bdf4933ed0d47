//! The service models as data: every operation of every service we have a table for.
//!
//! Owns the vocabulary of the tables (service, operation, member, shape) and finding things in
//! them by name. The tables under `generated/` are written by `cargo run -p xtask -- models`.
//! Knows nothing of HTTP messages: routing, parsing and validation read the tables, not the
//! other way round.

// Shapes keep the model's own names, which are types elsewhere and statics here. Tables are
// long lines on purpose: one line an operation, one line a member.
#[rustfmt::skip]
#[allow(non_upper_case_globals, unused_imports)]
mod generated;
mod foreign;
mod service;
mod shape;

pub use foreign::{Foreign, foreign};
pub use service::{Protocol, Service};
pub use shape::{Kind, Location, Member, Shape};

/// One service's table.
#[derive(Debug)]
pub struct Model {
    /// The service the table belongs to.
    pub service: Service,
    /// The API version, such as `2015-05-28`; the query protocol repeats it in every request.
    pub api_version: &'static str,
    /// The namespace of answers in XML; empty for JSON services.
    pub xml_namespace: &'static str,
    /// What stands before the point in `X-Amz-Target`; empty where the protocol has no such field.
    pub target: &'static str,
    /// All operations, ordered by name.
    pub operations: &'static [Operation],
    /// All errors the service declares, ordered by name.
    pub errors: &'static [ErrorName],
}

/// An error's name on the wire and its HTTP status.
#[derive(Debug)]
pub struct ErrorName {
    /// What SDKs look for, such as `ResourceNotFoundException`.
    pub code: &'static str,
    /// The HTTP status that goes with it in this service.
    pub status: u16,
}

/// One operation of a service.
#[derive(Debug)]
pub struct Operation {
    /// The service it belongs to.
    pub service: Service,
    /// The operation's name, such as `CreateThing`.
    pub name: &'static str,
    /// The HTTP method.
    pub method: &'static str,
    /// The URI template, such as `/things/{thingName}`, with literal query keys where S3 has
    /// them (`/{Bucket}/{Key+}?uploads`).
    pub uri: &'static str,
    /// The status of a successful answer.
    pub status: u16,
    /// The input structure; operations of the query protocol may have none.
    pub input: Option<&'static Shape>,
    /// Whether the operation declares an output, which decides if the query protocol's answer
    /// has a result element.
    pub has_output: bool,
    /// Whether AWS has deprecated it.
    pub deprecated: bool,
    /// Whether clients send it without a signature: it is what they get their keys from.
    pub unsigned: bool,
    /// The names of the errors it declares, ordered; any operation may also answer the errors
    /// of authentication, authorization and parsing.
    pub errors: &'static [&'static str],
}

impl Operation {
    const fn new(
        service: Service,
        name: &'static str,
        method: &'static str,
        uri: &'static str,
        status: u16,
    ) -> Self {
        Self {
            service,
            name,
            method,
            uri,
            status,
            input: None,
            has_output: false,
            deprecated: false,
            unsigned: false,
            errors: &[],
        }
    }

    const fn input(mut self, shape: &'static Shape) -> Self {
        self.input = Some(shape);
        self
    }

    const fn output(mut self) -> Self {
        self.has_output = true;
        self
    }

    const fn deprecated(mut self) -> Self {
        self.deprecated = true;
        self
    }

    const fn unsigned(mut self) -> Self {
        self.unsigned = true;
        self
    }

    const fn errors(mut self, errors: &'static [&'static str]) -> Self {
        self.errors = errors;
        self
    }

    /// The members of the input, in the model's order.
    pub fn members(&self) -> &'static [Member] {
        self.input.map_or(&[], Shape::members)
    }

    /// Whether the operation declares the error `code`.
    pub fn may_answer(&self, code: &str) -> bool {
        self.errors.contains(&code)
    }
}

// Operations live in the tables only, so the name within the service is the identity.
impl PartialEq for Operation {
    fn eq(&self, other: &Self) -> bool {
        self.service == other.service && self.name == other.name
    }
}

impl Eq for Operation {}

/// The table of `service`.
pub fn model(service: Service) -> &'static Model {
    match service {
        Service::Iot => &generated::iot::MODEL,
        Service::IotData => &generated::iot_data::MODEL,
        Service::IotJobsData => &generated::iot_jobs_data::MODEL,
        Service::Lambda => &generated::lambda::MODEL,
        Service::DynamoDb => &generated::dynamodb::MODEL,
        Service::S3 => &generated::s3::MODEL,
        Service::Iam => &generated::iam::MODEL,
        Service::ApiGateway => &generated::apigateway::MODEL,
        Service::ApiGatewayV2 => &generated::apigatewayv2::MODEL,
        Service::Logs => &generated::logs::MODEL,
        Service::Sts => &generated::sts::MODEL,
        Service::Acm => &generated::acm::MODEL,
    }
}

/// All tables.
pub fn models() -> impl Iterator<Item = &'static Model> {
    Service::ALL.iter().map(|service| model(*service))
}

/// The operation `name` of `service`.
pub fn operation(service: Service, name: &str) -> Option<&'static Operation> {
    let operations = model(service).operations;
    let index = operations
        .binary_search_by(|operation| operation.name.cmp(name))
        .ok()?;
    Some(&operations[index])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_ordered_and_belong_to_their_service() {
        for model in models() {
            assert!(
                model
                    .operations
                    .is_sorted_by_key(|operation| operation.name)
            );
            for operation in model.operations {
                assert_eq!(operation.service, model.service, "{}", operation.name);
                assert_eq!(
                    super::operation(model.service, operation.name),
                    Some(operation)
                );
                for code in operation.errors {
                    assert!(
                        model.errors.iter().any(|error| error.code == *code),
                        "{code}"
                    );
                }
            }
        }
    }

    #[test]
    fn tables_are_complete() {
        let count = |service| model(service).operations.len();
        assert_eq!(count(Service::Iot), 272);
        assert_eq!(count(Service::IotData), 11);
        assert_eq!(count(Service::IotJobsData), 5);
        assert_eq!(count(Service::Lambda), 91);
        assert_eq!(count(Service::DynamoDb), 62);
        assert_eq!(count(Service::S3), 116);
        assert_eq!(count(Service::Iam), 181);
        assert_eq!(count(Service::ApiGateway), 124);
        assert_eq!(count(Service::ApiGatewayV2), 103);
        assert_eq!(count(Service::Logs), 118);
        assert_eq!(count(Service::Sts), 12);
        assert_eq!(count(Service::Acm), 40);
    }

    #[test]
    fn the_json_protocols_have_a_target_and_no_other_has() {
        for model in models() {
            let json = matches!(
                model.service.protocol(),
                Protocol::Json10 | Protocol::Json11
            );
            assert_eq!(json, !model.target.is_empty(), "{:?}", model.service);
        }
    }
}
