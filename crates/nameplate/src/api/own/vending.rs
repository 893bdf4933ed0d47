//! Certificate vending for operators: batches, their lists, and where a device stands.

use super::Call;
use crate::app::Error;
use crate::app::vending::NewStatus;
use nameplate_aws::uri;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

/// Devices on one page, unless asked otherwise, and at most.
const PAGE: (usize, usize) = (100, 1000);
/// Which segment of the path is a batch's name or a device's serial number.
const NAME: usize = 4;

/// Refuses whoever may not, by the action that has the operation's name; what the path names.
async fn allowed(call: &Call<'_>) -> Result<String, Error> {
    let action = format!("nameplate:{}", call.operation.name);
    call.app.iam.may(&call.caller, &action, "*", &[]).await?;
    let (path, _) = uri::split_target(call.request.target);
    let name = path.split('/').nth(NAME).unwrap_or_default();
    let name = percent_decode_str(name).decode_utf8();
    name.map(Into::into)
        .map_err(|_| Error::invalid("the path is not UTF-8"))
}

/// `GET /nameplate/vending/batches`.
pub async fn batches(call: &Call<'_>) -> Result<Value, Error> {
    allowed(call).await?;
    let batches = call.app.vending.batches().await?;
    let batches: Vec<Value> = batches.into_iter().map(|batch| batch.0).collect();
    Ok(json!({"batches": batches}))
}

/// `PUT /nameplate/vending/batches/BATCH` with the batch's document.
pub async fn put_batch(call: &Call<'_>) -> Result<Value, Error> {
    let name = allowed(call).await?;
    let document = call.request.body;
    let view = call.app.vending.put_batch(&call.caller, &name, document);
    Ok(view.await?.0)
}

/// `GET /nameplate/vending/batches/BATCH`.
pub async fn batch(call: &Call<'_>) -> Result<Value, Error> {
    let name = allowed(call).await?;
    Ok(call.app.vending.batch(&name).await?.0)
}

/// `DELETE /nameplate/vending/batches/BATCH`.
pub async fn delete_batch(call: &Call<'_>) -> Result<Value, Error> {
    let name = allowed(call).await?;
    Ok(json!({"entries": call.app.vending.delete_batch(&name).await?}))
}

/// `POST /nameplate/vending/batches/BATCH/entries` with JSON lines or CSV: counts, and the lines that are no devices.
pub async fn import(call: &Call<'_>) -> Result<Value, Error> {
    let name = allowed(call).await?;
    let app = call.app;
    // A million lines are many seconds.
    let imported = app.heavily(app.vending.import(&name, call.request.body));
    let imported = imported.await?;
    let reasons = imported.reasons.iter();
    let lines: Vec<Value> = reasons
        .map(|(line, why)| json!({"line": line, "reason": why}))
        .collect();
    Ok(json!({
        "added": imported.added,
        "updated": imported.updated,
        "refused": imported.refused,
        "refusedLines": lines,
    }))
}

/// `GET /nameplate/vending/batches/BATCH/entries?nextToken=…&maxResults=…`.
pub async fn entries(call: &Call<'_>) -> Result<Value, Error> {
    let name = allowed(call).await?;
    let page = page(call)?;
    let entries = call.app.vending.entries(&name, page.after, page.limit);
    let (entries, next) = entries.await?;
    Ok(json!({"entries": entries, "nextToken": next.map(|next| next.to_string())}))
}

/// `GET /nameplate/vending/pending?nextToken=…&maxResults=…`: devices of all batches that wait for an operator's word.
pub async fn pending(call: &Call<'_>) -> Result<Value, Error> {
    let iam = &call.app.iam;
    iam.may(&call.caller, "nameplate:ListVendingEntries", "*", &[])
        .await?;
    let page = page(call)?;
    let (entries, next) = call.app.vending.pending(page.after, page.limit).await?;
    Ok(json!({"entries": entries, "nextToken": next.map(|next| next.to_string())}))
}

/// `POST /nameplate/vending/batches/BATCH/codes?nextToken=…&maxResults=…&replace=true`.
pub async fn codes(call: &Call<'_>) -> Result<Value, Error> {
    let name = allowed(call).await?;
    let Page {
        after,
        limit,
        replace,
    } = page(call)?;
    let codes = call.app.vending.codes(&name, after, limit, replace);
    let (codes, next) = codes.await?;
    let codes: Vec<Value> = codes
        .into_iter()
        .map(|code| json!({"serialNumber": code.serial, "code": code.text}))
        .collect();
    Ok(json!({"codes": codes, "nextToken": next.map(|next| next.to_string())}))
}

/// `GET /nameplate/vending/entries/SERIAL`.
pub async fn entry(call: &Call<'_>) -> Result<Value, Error> {
    let serial = allowed(call).await?;
    call.app.vending.entry(&serial).await
}

/// `PATCH /nameplate/vending/entries/SERIAL` with `status` (`NEW`, `APPROVED`, `BLOCKED`) and, with the last, `revoke`.
pub async fn set_status(call: &Call<'_>) -> Result<Value, Error> {
    let serial = allowed(call).await?;
    let status = status(call.request.body)?;
    let vending = &call.app.vending;
    vending.set_status(&call.caller, &serial, status).await
}

struct Page {
    after: i64,
    limit: usize,
    replace: bool,
}

fn page(call: &Call<'_>) -> Result<Page, Error> {
    let (_, query) = uri::split_target(call.request.target);
    let mut page = Page {
        after: 0,
        limit: PAGE.0,
        replace: false,
    };
    for (name, value) in uri::query_pairs(query) {
        let wrong = |must: &str| {
            Err(Error::invalid(format!(
                "{name} is {value:?}; it must be {must}"
            )))
        };
        match name.as_str() {
            "nextToken" => match value.parse() {
                Ok(after) => page.after = after,
                Err(_) => return wrong("what an answer called nextToken"),
            },
            "maxResults" => match value.parse() {
                Ok(limit) if (1..=PAGE.1).contains(&limit) => page.limit = limit,
                _ => return wrong("a number from 1 to 1000"),
            },
            "replace" => match value.as_str() {
                "true" => page.replace = true,
                "false" => page.replace = false,
                _ => return wrong("true or false"),
            },
            _ => {}
        }
    }
    Ok(page)
}

fn status(body: &[u8]) -> Result<NewStatus, Error> {
    let body: Value = serde_json::from_slice(body)
        .map_err(|error| Error::invalid(format!("the body is not JSON: {error}")))?;
    for (name, _) in body.as_object().into_iter().flatten() {
        if !matches!(name.as_str(), "status" | "revoke") {
            return Err(Error::invalid(format!(
                "{name:?} is not known; known are status, revoke"
            )));
        }
    }
    let revoke = match body.get("revoke") {
        None => false,
        Some(Value::Bool(revoke)) => *revoke,
        Some(_) => return Err(Error::invalid("revoke must be true or false")),
    };
    match (body.get("status").and_then(Value::as_str), revoke) {
        (Some("NEW"), false) => Ok(NewStatus::New),
        (Some("APPROVED"), false) => Ok(NewStatus::Approved),
        (Some("BLOCKED"), revoke) => Ok(NewStatus::Blocked { revoke }),
        (Some("NEW" | "APPROVED"), true) => Err(Error::invalid(
            "revoke has a meaning only with the status BLOCKED",
        )),
        _ => Err(Error::invalid("status must be NEW, APPROVED or BLOCKED")),
    }
}
