//! The `logs` service, CloudWatch Logs.

mod fault;

use super::service::{Permission, Row};
use nameplate_aws::model::Service;

/// The service.
pub static ROW: Row = Row::new(
    Service::Logs,
    &["logs"],
    &[],
    Permission::ANYTHING,
    fault::of,
);
