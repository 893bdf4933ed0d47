//! Generated from botocore 1.44.8 by `cargo run -p xtask -- models`: the list of tables.
//! Do not edit.

pub(super) mod iot;
pub(super) mod iot_data;
pub(super) mod iot_jobs_data;
pub(super) mod lambda;
pub(super) mod dynamodb;
pub(super) mod s3;
pub(super) mod iam;
pub(super) mod apigateway;
pub(super) mod apigatewayv2;
pub(super) mod logs;
pub(super) mod sts;
pub(super) mod acm;
pub(super) mod foreign;
