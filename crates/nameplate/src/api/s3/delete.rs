//! Objects removed, one or a thousand.

use super::headers::{expected, unquoted};
use super::{Call, Failure, Fault, Reply, fault, permission, text};
use crate::api::pipeline::named;
use crate::app::objects::Expected;
use nameplate_aws::respond::Node;

/// Most objects of one request. [S3: DeleteObjects]
const MOST: usize = 1000;

/// Refuses to pass over locks, which no bucket has.
fn without_bypass(call: &Call<'_>) -> Result<(), Failure> {
    const NAME: &str = "x-amz-bypass-governance-retention";
    match call.headers.get(NAME) {
        None => Ok(()),
        Some(_) => Err(Fault::Argument {
            name: NAME,
            value: String::new(),
            message: format!("{NAME} is only applicable to Object Lock enabled buckets."),
        }
        .into()),
    }
}

pub(super) async fn one(call: &mut Call<'_>) -> Result<Reply, Failure> {
    without_bypass(call)?;
    call.of_no_version()?;
    let expected = expected(&call.headers)?;
    let doomed = vec![(call.key().to_owned(), expected)];
    let outcomes = call
        .app
        .objects
        .delete_objects(&call.caller, call.bucket(), doomed)
        .await?;
    for (_, outcome) in outcomes {
        outcome?;
    }
    Ok(Reply::empty())
}

pub(super) async fn many(call: &mut Call<'_>) -> Result<Reply, Failure> {
    without_bypass(call)?;
    let document = call.document().await?;
    let objects: Vec<_> = document.all("Object").collect();
    if objects.is_empty() || objects.len() > MOST {
        return Err(Fault::Xml.into());
    }
    let mut outcomes = Vec::with_capacity(objects.len());
    let mut allowed = Vec::with_capacity(objects.len());
    let mut members = Vec::new();
    for object in objects {
        let key = object.value("Key").ok_or(Fault::Xml)?;
        let may = permission::on_object(call, "s3:DeleteObject", call.bucket(), key).await;
        let version = object.value("VersionId").unwrap_or_default();
        match may {
            Err(denied) => outcomes.push((key.to_owned(), Err(denied))),
            Ok(()) if !matches!(version, "" | "null") => {
                let error = fault::request(&Fault::NoVersion);
                let node = Node::structure([
                    text("Key", key),
                    text("VersionId", version),
                    text("Code", error.code),
                    text("Message", error.message),
                ]);
                members.push(("Error".to_owned(), node));
            }
            Ok(()) => {
                let expected = Expected {
                    absent: false,
                    etag: object.value("ETag").map(|etag| unquoted(etag).to_owned()),
                };
                allowed.push((key.to_owned(), expected));
            }
        }
    }
    outcomes.extend(
        call.app
            .objects
            .delete_objects(&call.caller, call.bucket(), allowed)
            .await?,
    );
    let quiet = document
        .value("Quiet")
        .is_some_and(|text| text.trim() == "true");
    for (key, outcome) in outcomes {
        match outcome {
            Ok(()) if quiet => {}
            Ok(()) => members.push(("Deleted".to_owned(), Node::structure([text("Key", key)]))),
            Err(error) => {
                let (operation, ctx) = (call.operation, &call.caller.ctx);
                let error = named(call.row, operation.name, Some(operation), error.into(), ctx);
                let node = Node::structure([
                    text("Key", key),
                    text("Code", error.code),
                    text("Message", error.message),
                ]);
                members.push(("Error".to_owned(), node));
            }
        }
    }
    Ok(Reply::document("DeleteResult", &Node::Structure(members)))
}
