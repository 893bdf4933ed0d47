//! What DynamoDB calls refusals.

use crate::api::fault::named;
use crate::app::tables::{DUPLICATE, Reason, Refusal};
use crate::app::{Error, Kind};
use nameplate_aws::model::{Operation, Service};
use nameplate_aws::respond::ApiError;
use serde_json::{Value, json};

/// A refusal of DynamoDB.
pub fn of(error: &Error, operation: Option<&'static Operation>) -> ApiError {
    let of_backups = operation.is_some_and(|one| one.name.ends_with("ContinuousBackups"));
    let code = match &error.kind {
        Kind::NotFound if of_backups => "TableNotFoundException",
        Kind::NotFound => "ResourceNotFoundException",
        Kind::Limit => "LimitExceededException",
        Kind::Denied => "AccessDeniedException",
        Kind::NotBuilt => "NotImplementedException",
        Kind::Throttled(_) => "ThrottlingException",
        Kind::Internal | Kind::Unavailable => "InternalServerError",
        Kind::Table(refusal) => match refusal {
            Refusal::InUse => "ResourceInUseException",
            Refusal::Condition(_) => "ConditionalCheckFailedException",
            Refusal::Cancelled(_) => "TransactionCanceledException",
            Refusal::Duplicate => "DuplicateItemException",
            Refusal::NoPolicy => "PolicyNotFoundException",
            Refusal::NoImport => "ImportNotFoundException",
            Refusal::ImportConflict => "ImportConflictException",
            Refusal::Token => "IdempotentParameterMismatchException",
        },
        _ => "ValidationException",
    };
    let answer = named(Service::DynamoDb, code, error);
    match &error.kind {
        Kind::Table(Refusal::Condition(Some(item))) => answer.with("Item", document(item)),
        Kind::Table(Refusal::Cancelled(reasons)) => {
            let reasons: Vec<Value> = reasons.iter().map(reason).collect();
            answer.with("CancellationReasons", reasons)
        }
        _ => answer,
    }
}

fn document(item: &str) -> Value {
    serde_json::from_str(item).unwrap_or_default()
}

fn reason(reason: &Reason) -> Value {
    let mut shown = json!({"Code": reason.code()});
    match reason {
        Reason::None => {}
        Reason::Condition(item) => {
            if let Some(item) = item {
                shown["Item"] = document(item);
            }
            shown["Message"] = json!("The conditional request failed");
        }
        Reason::Duplicate => shown["Message"] = json!(DUPLICATE),
        Reason::NotFound(why) | Reason::Invalid(why) => shown["Message"] = json!(why),
    }
    shown
}

/// Why a statement of a batch failed. API: BatchStatementError.
pub(super) fn of_statement(error: &Error) -> Value {
    let code = match &error.kind {
        Kind::NotFound => "ResourceNotFound",
        Kind::Denied => "AccessDenied",
        Kind::Throttled(_) => "ThrottlingError",
        Kind::Internal | Kind::Unavailable => "InternalServerError",
        Kind::Table(Refusal::Condition(_)) => "ConditionalCheckFailed",
        Kind::Table(Refusal::Duplicate) => "DuplicateItem",
        _ => "ValidationError",
    };
    let mut shown = json!({"Code": code, "Message": error.message});
    if let Kind::Table(Refusal::Condition(Some(item))) = &error.kind {
        shown["Item"] = document(item);
    }
    shown
}
