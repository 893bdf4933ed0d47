//! Which services there are, and what separates their protocols.
//!
//! Owns the names in the credential scope. Must not know operations.

/// A service with a table, found by the name in the credential scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Service {
    /// The IoT control plane, scope `iot`.
    Iot,
    /// The IoT data plane, scopes `iotdata` and `iotdevicegateway`.
    IotData,
    /// The jobs data plane, scope `iot-jobs-data`.
    IotJobsData,
    /// Lambda, scope `lambda`.
    Lambda,
    /// DynamoDB, scope `dynamodb`.
    DynamoDb,
    /// S3, scope `s3`.
    S3,
    /// IAM, scope `iam`.
    Iam,
    /// API Gateway's REST APIs, scope `apigateway`.
    ApiGateway,
    /// API Gateway's HTTP APIs: the same scope, told apart by the path; by `apigatewayv2` elsewhere, as clients name it.
    ApiGatewayV2,
    /// CloudWatch Logs, scope `logs`.
    Logs,
    /// STS, scope `sts`.
    Sts,
    /// ACM, scope `acm`.
    Acm,
}

/// How a service speaks: where the operation and its parameters stand, and what an error looks
/// like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// Method and path find the operation; JSON both ways.
    RestJson,
    /// Method, path and query keys find the operation; XML both ways.
    RestXml,
    /// `Action` in a form body finds the operation; answers are XML.
    Query,
    /// `X-Amz-Target` finds the operation; `application/x-amz-json-1.0`.
    Json10,
    /// `X-Amz-Target` finds the operation; `application/x-amz-json-1.1`.
    Json11,
    /// As [`Query`](Self::Query), with EC2's own form of an error.
    Ec2,
    /// The path names the operation; CBOR both ways.
    RpcV2Cbor,
}

impl Service {
    /// All services.
    pub const ALL: &'static [Self] = &[
        Self::Iot,
        Self::IotData,
        Self::IotJobsData,
        Self::Lambda,
        Self::DynamoDb,
        Self::S3,
        Self::Iam,
        Self::ApiGateway,
        Self::ApiGatewayV2,
        Self::Logs,
        Self::Sts,
        Self::Acm,
    ];

    /// The service of a credential scope's fourth part. `iotdevicegateway` is the data plane:
    /// AWS accepts either name there. [AWS guide: device-shadow-rest-api]
    pub fn from_scope(name: &str) -> Option<Self> {
        if name == "iotdevicegateway" {
            return Some(Self::IotData);
        }
        Self::ALL
            .iter()
            .copied()
            .find(|service| service.scope() == name)
    }

    /// The name SDKs put into the credential scope.
    pub fn scope(self) -> &'static str {
        match self {
            Self::Iot => "iot",
            Self::IotData => "iotdata",
            Self::IotJobsData => "iot-jobs-data",
            Self::Lambda => "lambda",
            Self::DynamoDb => "dynamodb",
            Self::S3 => "s3",
            Self::Iam => "iam",
            Self::ApiGateway => "apigateway",
            Self::ApiGatewayV2 => "apigatewayv2",
            Self::Logs => "logs",
            Self::Sts => "sts",
            Self::Acm => "acm",
        }
    }

    /// How the service speaks.
    pub fn protocol(self) -> Protocol {
        match self {
            Self::Iot
            | Self::IotData
            | Self::IotJobsData
            | Self::Lambda
            | Self::ApiGateway
            | Self::ApiGatewayV2 => Protocol::RestJson,
            Self::DynamoDb => Protocol::Json10,
            Self::S3 => Protocol::RestXml,
            Self::Iam | Self::Sts => Protocol::Query,
            Self::Logs | Self::Acm => Protocol::Json11,
        }
    }
}
