//! The `logs` service, CloudWatch Logs.

mod event;
mod fault;
mod group;
mod stream;
mod tag;
#[cfg(test)]
mod tests;
mod unused;

use super::Call;
use super::service::{Permission, Row};
use crate::app::log_groups::name_of;
use crate::app::{Error, Kind};
use nameplate_aws::model::Service;
use nameplate_aws::request::Input;
use nameplate_core::arn::Realm;

/// The service.
pub static ROW: Row = Row::new(
    Service::Logs,
    &["logs"],
    OPERATIONS,
    Permission::Action {
        resources: |app, _, operation, input| {
            let one = resource(app.realm(), operation.name, input);
            Box::pin(std::future::ready(Ok(vec![one])))
        },
        keys: |_, operation, input| tag::condition_keys(operation.name, input),
    },
    fault::of,
);

super::service::operations! {
    "CreateLogGroup" => group::create_log_group,
    "CreateLogStream" => stream::create_log_stream,
    "DeleteLogGroup" => group::delete_log_group,
    "DeleteLogStream" => stream::delete_log_stream,
    "DeleteRetentionPolicy" => group::delete_retention_policy,
    "DescribeDestinations" => unused::describe_destinations,
    "DescribeExportTasks" => unused::describe_export_tasks,
    "DescribeLogGroups" => group::describe_log_groups,
    "DescribeLogStreams" => stream::describe_log_streams,
    "DescribeMetricFilters" => unused::describe_metric_filters,
    "DescribeQueryDefinitions" => unused::describe_query_definitions,
    "DescribeResourcePolicies" => unused::describe_resource_policies,
    "DescribeSubscriptionFilters" => unused::describe_subscription_filters,
    "FilterLogEvents" => event::filter_log_events,
    "GetLogEvents" => event::get_log_events,
    "ListLogGroups" => group::list_log_groups,
    "ListTagsForResource" => tag::list_tags_for_resource,
    "ListTagsLogGroup" => tag::list_tags_log_group,
    "PutLogEvents" => event::put_log_events,
    "PutRetentionPolicy" => group::put_retention_policy,
    "TagLogGroup" => tag::tag_log_group,
    "TagResource" => tag::tag_resource,
    "UntagLogGroup" => tag::untag_log_group,
    "UntagResource" => tag::untag_resource,
}

/// What an operation is about: a group, or one of its streams. Service authorization reference: Amazon CloudWatch Logs.
fn resource(realm: &Realm, operation: &str, input: &Input) -> String {
    if matches!(
        operation,
        "DescribeDestinations"
            | "DescribeExportTasks"
            | "DescribeQueryDefinitions"
            | "DescribeResourcePolicies"
            | "ListLogGroups"
    ) {
        return "*".to_owned();
    }
    if let Some(arn) = input.text("resourceArn") {
        // However it is written, it is the ARN of the group.
        let group = name_of(realm, arn).map(|name| realm.log_group(&name));
        let group = group.as_deref().and_then(|all| all.strip_suffix(":*"));
        return group.unwrap_or(arn).to_owned();
    }
    let named = input.text("logGroupName");
    let identified = input.text("logGroupIdentifier");
    let group = match (named, identified) {
        (Some(name), _) => name.to_owned(),
        (None, Some(arn)) if arn.starts_with("arn:") => match name_of(realm, arn) {
            Some(name) => name,
            // Of another account or region.
            None => return arn.to_owned(),
        },
        (None, name) => name.unwrap_or_default().to_owned(),
    };
    let all = realm.log_group(&group);
    let group = all.strip_suffix(":*").unwrap_or(&all);
    let stream = match operation {
        "PutLogEvents" | "GetLogEvents" | "DeleteLogStream" => input.text("logStreamName"),
        // AWS names the resource of the others with an empty stream, so that `GROUP:*` matches it.
        _ => None,
    };
    format!("{group}:log-stream:{}", stream.unwrap_or_default())
}

/// The group that a call means, by its name or its ARN.
fn group_of(call: &Call<'_>) -> Result<String, Error> {
    let (named, identified) = (
        call.input.text("logGroupName"),
        call.input.text("logGroupIdentifier"),
    );
    match (named, identified) {
        (Some(name), None) => Ok(name.to_owned()),
        (None, Some(identifier)) => call.app.log_groups.name(identifier),
        (Some(_), Some(_)) => Err(Error::new(
            Kind::NamedTwice,
            "LogGroup name and LogGroup ARN are mutually exclusive parameters.",
        )),
        (None, None) => Err(Error::invalid(
            "Exactly one of logGroupName and logGroupIdentifier is required.",
        )),
    }
}
