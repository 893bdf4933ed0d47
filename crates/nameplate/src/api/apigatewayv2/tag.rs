//! Tags of APIs, stages and domain names.

use super::domain::WORDS;
use super::{found_stage, gone};
use crate::api::Call;
use crate::api::call::Reply;
use crate::api::domain_names::named_by;
use crate::app::Error;
use nameplate_core::gateway::http::Http;
use serde_json::{Map, Value, json};

/// Most tags of a thing.
const TAGS: usize = 50;

/// The API, and the stage where it is one, that the request's ARN names.
fn place(call: &Call<'_>) -> Result<(String, Option<String>), Error> {
    let arn = call.required("ResourceArn")?;
    let wrong = || Error::invalid(format!("Invalid resource ARN: {arn}"));
    let realm = call.app.realm();
    let prefix = format!(
        "arn:{}:apigateway:{}::/apis/",
        realm.partition(),
        realm.region
    );
    let rest = arn.strip_prefix(&prefix).ok_or_else(wrong)?;
    let parts: Vec<&str> = rest.split('/').collect();
    match parts.as_slice() {
        [api] => Ok(((*api).to_owned(), None)),
        [api, "stages", stage] => Ok(((*api).to_owned(), Some((*stage).to_owned()))),
        _ => Err(wrong()),
    }
}

fn tags(http: &Http, stage: Option<&str>) -> Result<Map<String, Value>, Error> {
    let tags = match stage {
        None => http.about.get("tags").cloned(),
        Some(name) => found_stage(http, name)?.get("tags").cloned(),
    };
    Ok(tags
        .and_then(|tags| tags.as_object().cloned())
        .unwrap_or_default())
}

async fn change<F>(call: &Call<'_>, mut body: F) -> Result<(), Error>
where
    F: FnMut(&mut Map<String, Value>) + Send + 'static,
{
    let mut body = move |tags: &mut Map<String, Value>| {
        body(tags);
        match tags.len() > TAGS {
            true => Err(Error::invalid("There may be at most 50 tags")),
            false => Ok(()),
        }
    };
    if let Some(name) = named_by(call, call.required("ResourceArn")?) {
        return WORDS.change_tags(call, name, body).await;
    }
    let (api, stage) = place(call)?;
    let done = call
        .app
        .gateway
        .change_http(&call.caller, &api, move |http, _| {
            let mut tags = tags(http, stage.as_deref())?;
            body(&mut tags)?;
            match &stage {
                None => drop(http.about.insert("tags".into(), Value::Object(tags))),
                Some(name) => {
                    if let Some(stage) = http.stages.get_mut(name) {
                        stage["tags"] = Value::Object(tags);
                    }
                }
            }
            Ok(())
        });
    done.await
}

/// `GetTags`.
pub async fn get_tags(call: &Call<'_>) -> Result<Value, Error> {
    if let Some(name) = named_by(call, call.required("ResourceArn")?) {
        return Ok(json!({"tags": WORDS.tags(call, name).await?}));
    }
    let (api, stage) = place(call)?;
    let http = call.app.gateway.http(&api).await?;
    Ok(json!({"tags": tags(&http, stage.as_deref())?}))
}

/// `TagResource`.
pub async fn tag_resource(call: &Call<'_>) -> Result<Value, Error> {
    let new = call.input.object("Tags").cloned().unwrap_or_default();
    change(call, move |tags| tags.extend(new.clone())).await?;
    Ok(json!({}))
}

/// `UntagResource`.
pub async fn untag_resource(call: &Call<'_>) -> Result<Reply, Error> {
    let keys = call.input.items("TagKeys").to_vec();
    change(call, move |tags| {
        tags.retain(|name, _| !keys.iter().any(|key| key == name.as_str()));
    })
    .await?;
    Ok(gone())
}
