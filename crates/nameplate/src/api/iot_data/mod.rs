//! The `iot-data` service: shadows and messages for those who are not connected. Bodies of shadows are their
//! documents, not members.

mod message;
mod shadow;

super::operations! {
    "DeleteThingShadow" => shadow::delete_thing_shadow,
    "GetRetainedMessage" => message::get_retained_message,
    "GetThingShadow" => shadow::get_thing_shadow,
    "ListNamedShadowsForThing" => shadow::list_named_shadows_for_thing,
    "ListRetainedMessages" => message::list_retained_messages,
    "Publish" => message::publish,
    "UpdateThingShadow" => shadow::update_thing_shadow,
}

#[cfg(test)]
mod tests;
