//! The `iot-jobs-data` service, of which no operation is built.

use super::iot::fault;
use super::service::{Permission, Row};
use nameplate_aws::model::Service;

/// The service.
pub static ROW: Row = Row::new(
    Service::IotJobsData,
    &["iot-jobs-data"],
    &[],
    Permission::ANYTHING,
    fault::jobs_data,
);
