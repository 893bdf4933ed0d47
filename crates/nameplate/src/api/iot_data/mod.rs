//! The `iot-data` service: shadows and messages for those who are not connected. Bodies of shadows are their
//! documents, not members.

mod connection;
mod message;
mod shadow;

use super::iot::{fault, permission};
use super::service::Row;
use nameplate_aws::model::Service;

/// The service. AWS accepts either name there. [AWS guide: device-shadow-rest-api]
pub static ROW: Row = Row::new(
    Service::IotData,
    &["iotdata", "iotdevicegateway"],
    OPERATIONS,
    permission::DATA,
    fault::data,
);

super::service::operations! {
    "DeleteConnection" => connection::delete_connection,
    "DeleteThingShadow" => shadow::delete_thing_shadow,
    "GetConnection" => connection::get_connection,
    "GetRetainedMessage" => message::get_retained_message,
    "GetThingShadow" => shadow::get_thing_shadow,
    "ListNamedShadowsForThing" => shadow::list_named_shadows_for_thing,
    "ListRetainedMessages" => message::list_retained_messages,
    "ListSubscriptions" => connection::list_subscriptions,
    "Publish" => message::publish,
    "SendDirectMessage" => connection::send_direct_message,
    "UpdateThingShadow" => shadow::update_thing_shadow,
}

#[cfg(test)]
mod tests;
