//! What is told of groups, and of the account, about what cannot be made here and so is not there: filters that count or
//! pass on, destinations, exports, saved queries, resource policies.

use crate::api::Call;
use crate::app::Error;
use serde_json::{Value, json};

async fn of_group(call: &Call<'_>, list: &str) -> Result<Value, Error> {
    if let Some(name) = call.input.text("logGroupName") {
        call.app.log_groups.get(name).await?;
    }
    Ok(json!({list: []}))
}

/// `DescribeDestinations`
pub async fn describe_destinations(_: &Call<'_>) -> Result<Value, Error> {
    Ok(json!({"destinations": []}))
}

/// `DescribeExportTasks`
pub async fn describe_export_tasks(_: &Call<'_>) -> Result<Value, Error> {
    Ok(json!({"exportTasks": []}))
}

/// `DescribeMetricFilters`
pub async fn describe_metric_filters(call: &Call<'_>) -> Result<Value, Error> {
    of_group(call, "metricFilters").await
}

/// `DescribeQueryDefinitions`
pub async fn describe_query_definitions(_: &Call<'_>) -> Result<Value, Error> {
    Ok(json!({"queryDefinitions": []}))
}

/// `DescribeResourcePolicies`
pub async fn describe_resource_policies(_: &Call<'_>) -> Result<Value, Error> {
    Ok(json!({"resourcePolicies": []}))
}

/// `DescribeSubscriptionFilters`
pub async fn describe_subscription_filters(call: &Call<'_>) -> Result<Value, Error> {
    of_group(call, "subscriptionFilters").await
}
