//! What operations of IoT, control plane and data plane, are about, and the condition keys they bring.

use crate::api::service::Permission;
use crate::app::App;
use nameplate_aws::model::{Operation, Service};
use nameplate_aws::request::Input;
use nameplate_aws::uri;
use nameplate_core::policy::caller::request_tags;
use nameplate_core::policy::resource::{self, THING_ARN};
use serde_json::Value;

/// How operations of the control plane are permitted.
pub const CONTROL: Permission = Permission::Action {
    resources: |app, _, operation, input| {
        Box::pin(std::future::ready(Ok(resources(app, operation, input))))
    },
    keys,
};

/// How those of the data plane are.
pub const DATA: Permission = Permission::Action {
    resources: |app, _, operation, input| {
        Box::pin(std::future::ready(Ok(resources(app, operation, input))))
    },
    // AWS guide: direct messages; the topic is a condition there, not a resource.
    keys: |_, operation, input| match (operation.name, input.text("topic")) {
        ("SendDirectMessage", Some(topic)) => vec![("iot:Topic".to_owned(), topic.to_owned())],
        _ => Vec::new(),
    },
};

fn resources(app: &App, operation: &Operation, input: &Input) -> Vec<String> {
    // Devices' requests about executions are about their thing, whatever the job.
    let of_device = operation.service == Service::IotJobsData;
    let values = |member: &str| match input.get(member) {
        _ if of_device && member != "thingName" => Vec::new(),
        Some(Value::String(text)) => vec![text.clone()],
        _ => input
            .items(member)
            .iter()
            .filter_map(|item| item.as_str().map(str::to_owned))
            .collect(),
    };
    resource::resources(operation.name, app.realm(), values)
}

/// Tags, the thing that a principal is attached to, the name of a domain.
fn keys(app: &App, operation: &Operation, input: &Input) -> Vec<(String, String)> {
    let tags = input.items("tags").iter().filter_map(|tag| {
        let key = tag["Key"].as_str()?;
        // IoT's tags may have no value, which is the empty one.
        Some((key, tag["Value"].as_str().unwrap_or_default()))
    });
    // Those of a rule come in a header.
    let in_header = uri::form_pairs(input.text("tags").unwrap_or_default());
    let in_header = in_header
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()));
    let removed = input.items("tagKeys");
    let mut keys = request_tags(
        tags.chain(in_header),
        removed.iter().filter_map(|key| key.as_str()),
    );
    match (
        operation.name,
        input.text("thingName"),
        input.text("domainName"),
    ) {
        ("AttachThingPrincipal" | "DetachThingPrincipal", Some(thing), _) => {
            keys.push((THING_ARN.to_owned(), app.realm().thing(thing)));
        }
        ("CreateDomainConfiguration", _, Some(domain)) => {
            keys.push(("iot:DomainName".to_owned(), domain.to_owned()));
        }
        _ => {}
    }
    keys
}
