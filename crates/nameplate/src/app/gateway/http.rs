//! HTTP APIs: kept, and deployed by themselves where a stage follows each change.

use super::{Gateway, MOST, Result, read, written};
use crate::app::caller::Caller;
use crate::app::error::{Error, Kind};
use nameplate_core::gateway::http::{Deployed, Http, Parts};
use nameplate_store::{Conn, Tx};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::Arc;

/// The kind of their documents.
pub(super) const HTTP: &str = "http";

/// An API with the deployments of its stages.
#[derive(Debug)]
pub struct HttpApi {
    /// As it is edited; its stages are in force at once.
    pub http: Http,
    /// By id.
    pub deployments: HashMap<String, Deployed>,
}

fn deployments(api: &str) -> String {
    format!("http-deployment/{api}")
}

pub(super) fn in_force(conn: &Conn<'_>, served: &mut HashMap<String, Arc<HttpApi>>) -> Result<()> {
    for (id, document) in conn.gateway_documents(HTTP)? {
        let http: Http = read(&document)?;
        let mut found = HashMap::new();
        for stage in http.stages.values() {
            let Some(deployment) = stage["deploymentId"].as_str() else {
                continue;
            };
            if let Some(document) = conn.gateway_document(&deployments(&id), deployment)? {
                found.insert(deployment.to_owned(), read(&document)?);
            }
        }
        let api = HttpApi {
            http,
            deployments: found,
        };
        served.insert(id, Arc::new(api));
    }
    Ok(())
}

/// A deployment of what an API has now.
pub fn deploy(tx: &mut Tx<'_>, api: &str, http: &Http, about: Map<String, Value>) -> Result<()> {
    let id = about["deploymentId"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let deployed = Deployed {
        about,
        parts: http.parts.clone(),
    };
    Ok(tx.put_gateway_document(&deployments(api), &id, &written(&deployed)?)?)
}

/// Deploys what has changed to the stages that follow, and writes the API.
fn settle(
    tx: &mut Tx<'_>,
    api: &str,
    http: &mut Http,
    before: Option<&Parts>,
    (id, at): (&str, &str),
) -> Result<()> {
    let waits = http
        .stages
        .values()
        .any(|stage| stage["autoDeploy"] == true && stage.get("deploymentId").is_none());
    if (waits || before != Some(&http.parts)) && http.follow(id) {
        let about = json!({
            "deploymentId": id, "autoDeployed": true, "deploymentStatus": "DEPLOYED", "createdDate": at,
            "description": "Automatic deployment triggered by changes to the Api configuration",
        });
        deploy(
            tx,
            api,
            http,
            about.as_object().cloned().unwrap_or_default(),
        )?;
    }
    // Those that were made by themselves go when no stage serves them any more.
    for (id, document) in tx.gateway_documents(&deployments(api))? {
        let deployed: Deployed = read(&document)?;
        let own = deployed.about.get("autoDeployed") == Some(&Value::Bool(true));
        let mut stages = http.stages.values();
        if own && !stages.any(|stage| stage["deploymentId"] == id) {
            tx.delete_gateway_document(&deployments(api), &id)?;
        }
    }
    let document = written(http)?;
    if document.len() > super::BYTES {
        return Err(Error::new(Kind::Limit, "The API is too large."));
    }
    Ok(tx.put_gateway_document(HTTP, api, &document)?)
}

impl Gateway {
    /// What is in force of an API.
    pub async fn http_api(&self, id: &str) -> Result<Option<Arc<HttpApi>>> {
        let served = self.kernel.cached(&self.served).await?;
        Ok(served.http.get(id).cloned())
    }

    /// An API as it is edited.
    pub async fn http(&self, id: &str) -> Result<Http> {
        let key = id.to_owned();
        let found = self
            .kernel
            .store
            .read(move |conn| conn.gateway_document(HTTP, &key));
        let found = found.await?.ok_or_else(|| self.no_api(id))?;
        read(&found)
    }

    /// All APIs.
    pub async fn http_apis(&self) -> Result<Vec<Http>> {
        let all = self
            .kernel
            .store
            .read(|conn| conn.gateway_documents(HTTP))
            .await?;
        all.iter().map(|(_, document)| read(document)).collect()
    }

    /// Keeps a new API.
    ///
    /// # Errors
    /// [`Kind::Limit`].
    pub async fn add_http(&self, caller: &Caller, id: &str, http: Http) -> Result<()> {
        let (id, deployment) = (id.to_owned(), Self::id()[..6].to_owned());
        let at = caller.ctx.now.to_string();
        self.kernel
            .change(caller, "add_http_api", move |tx| {
                let most = MOST.iter().find(|(of, _)| *of == HTTP);
                if tx.gateway_documents(HTTP)?.len() >= most.map_or(0, |(_, most)| *most) {
                    return Err(Error::new(
                        Kind::Limit,
                        "Limit exceeded: there are too many APIs.",
                    ));
                }
                let mut http = http.clone();
                settle(tx, &id, &mut http, None, (&deployment, &at))
            })
            .await
    }

    /// Changes an API, and deploys it to the stages that follow.
    pub async fn change_http<T, F>(&self, caller: &Caller, id: &str, mut body: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Http, &mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        let (key, absent) = (id.to_owned(), self.no_api(id).message);
        let deployment = Self::id()[..6].to_owned();
        let at = caller.ctx.now.to_string();
        self.kernel
            .change(caller, "change_http_api", move |tx| {
                let found = tx.gateway_document(HTTP, &key)?;
                let found = found.ok_or_else(|| Error::not_found(absent.clone()))?;
                let mut http: Http = read(&found)?;
                let before = http.parts.clone();
                let done = body(&mut http, tx)?;
                settle(tx, &key, &mut http, Some(&before), (&deployment, &at))?;
                Ok(done)
            })
            .await
    }

    /// Removes an API with its deployments.
    pub async fn remove_http(&self, caller: &Caller, id: &str) -> Result<()> {
        self.remove(caller, "delete_http_api", HTTP, id, deployments(id))
            .await
    }

    /// The deployments of an API.
    pub async fn http_deployments(&self, api: &str) -> Result<Vec<Deployed>> {
        self.all(deployments(api)).await
    }
}

/// A deployment of an API, in a transaction that changes it.
pub fn deployment(tx: &Tx<'_>, api: &str, id: &str) -> Result<Option<Deployed>> {
    let found = tx.gateway_document(&deployments(api), id)?;
    found.map(|document| read(&document)).transpose()
}

/// Removes a deployment.
pub fn remove_deployment(tx: &mut Tx<'_>, api: &str, id: &str) -> Result<()> {
    Ok(tx.delete_gateway_document(&deployments(api), id)?)
}

/// Whether the deployment that a stage names is there.
///
/// # Errors
/// `NotFound`.
pub fn check_deployment(tx: &Tx<'_>, api: &str, stage: &Value) -> Result<()> {
    let Some(id) = stage["deploymentId"].as_str() else {
        return Ok(());
    };
    match deployment(tx, api, id)? {
        Some(_) => Ok(()),
        None => Err(unknown_deployment(id)),
    }
}

/// That an API has no such deployment.
pub fn unknown_deployment(id: &str) -> Error {
    let text = format!("Invalid Deployment identifier specified {id}");
    nameplate_core::gateway::Refusal::NotFound(text).into()
}
