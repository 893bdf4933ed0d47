//! The `dynamodb` service.

mod answer;
mod batch;
mod collection;
mod fault;
mod import;
mod item;
mod page;
mod partiql;
mod permission;
mod policy;
mod table;
mod transact;
mod unused;

use super::call::Failure;
use super::compression::{self, Unreadable};
use super::read::{Read, Unread, by_protocol};
use super::service::{Bodies, Permission, Row};
use super::{Call, Request, Response, write};
use crate::app::App;
use answer::checked;
use nameplate_aws::model::Service;
use nameplate_aws::respond::ApiError;
use nameplate_dynamodb::request::Fields;

/// Bytes of a request. API reference: BatchWriteItem.
const BODY_BYTES: usize = 16 * 1024 * 1024;

/// The service.
pub static ROW: Row = Row {
    bodies: Bodies::Whole(|_| BODY_BYTES),
    read,
    shared: true,
    packs: true,
    refuse,
    ..Row::new(
        Service::DynamoDb,
        &["dynamodb"],
        OPERATIONS,
        Permission::Asked(|call| Box::pin(permission::check(call))),
        fault::of,
    )
};

super::service::operations! {
    "BatchExecuteStatement" => partiql::batch_execute_statement,
    "BatchGetItem" => batch::batch_get_item,
    "BatchWriteItem" => batch::batch_write_item,
    "CreateTable" => table::create_table,
    "DeleteItem" => item::delete_item,
    "DeleteResourcePolicy" => policy::delete_resource_policy,
    "DeleteTable" => table::delete_table,
    "DescribeContinuousBackups" => table::describe_continuous_backups,
    "DescribeContributorInsights" => unused::describe_contributor_insights,
    "DescribeEndpoints" => table::describe_endpoints,
    "DescribeImport" => import::describe_import,
    "DescribeKinesisStreamingDestination" => unused::describe_kinesis_streaming_destination,
    "DescribeLimits" => table::describe_limits,
    "DescribeTable" => table::describe_table,
    "DescribeTimeToLive" => table::describe_time_to_live,
    "ExecuteStatement" => partiql::execute_statement,
    "ExecuteTransaction" => partiql::execute_transaction,
    "GetItem" => item::get_item,
    "GetResourcePolicy" => policy::get_resource_policy,
    "ImportTable" => import::import_table,
    "ListBackups" => unused::list_backups,
    "ListContributorInsights" => unused::list_contributor_insights,
    "ListExports" => unused::list_exports,
    "ListGlobalTables" => unused::list_global_tables,
    "ListImports" => import::list_imports,
    "ListTables" => table::list_tables,
    "ListTagsOfResource" => table::list_tags_of_resource,
    "PutItem" => item::put_item,
    "PutResourcePolicy" => policy::put_resource_policy,
    "Query" => page::query,
    "Scan" => page::scan,
    "TagResource" => table::tag_resource,
    "TransactGetItems" => transact::transact_get_items,
    "TransactWriteItems" => transact::transact_write_items,
    "UntagResource" => table::untag_resource,
    "UpdateContinuousBackups" => table::update_continuous_backups,
    "UpdateItem" => item::update_item,
    "UpdateTable" => table::update_table,
    "UpdateTimeToLive" => table::update_time_to_live,
}

/// Reads a request, which may be packed.
fn read(row: &'static Row, app: &App, request: &Request<'_>) -> Result<Read, Unread> {
    let refused = |failure: Failure| (super::pipeline::UNKNOWN, failure);
    match compression::unpacked(request, BODY_BYTES) {
        Ok(None) => by_protocol(row, app, request),
        Ok(Some(body)) => {
            let unpacked = Request {
                headers: request.headers.clone(),
                body: &body,
                ..*request
            };
            by_protocol(row, app, &unpacked)
        }
        Err(Unreadable::TooLong(what)) => {
            Err(refused(super::fault::unserved(row.service, &what).into()))
        }
        Err(Unreadable::Broken(error)) => Err(refused(error.into())),
    }
}

/// Clients hold every answer against its checksum, refusals too.
fn refuse(row: &'static Row, request: &Request<'_>, error: ApiError, request_id: &str) -> Response {
    let mut response = write::refusal(row, request, error, request_id);
    if let super::Content::Bytes(body) = &response.body {
        response.headers.push(checked(body));
    }
    response
}

/// The parameters, given away.
fn fields(call: &mut Call<'_>) -> Fields {
    Fields(std::mem::take(&mut call.input.members))
}

#[cfg(test)]
mod tests;
