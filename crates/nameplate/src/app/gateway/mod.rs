//! API Gateway's REST and HTTP APIs: kept, deployed, and who may call them; and URLs of functions.
//!
//! Owns the documents and which of them is in force, what keys have used of their plans, and what authorizers said. What
//! makes sense is `core::gateway`'s. Must not know the shapes of AWS's lists, nor HTTP.

mod account;
mod authorizer;
pub mod domain;
mod forward;
pub mod http;
mod jwt;
mod key;
mod key_file;
mod metered;
mod url;

pub use authorizer::Refused;
pub use forward::Unreached;
pub use http::HttpApi;
pub use jwt::JwtRefused;
pub use key::KeyRefused;
pub use key_file::Imported;
pub use metered::{Figures, Method};

use super::cached::{Cached, Kept};
use super::caller::Caller;
use super::error::{Error, Kind, Result};
use super::functions::Functions;
use super::ids;
use super::kernel::Kernel;
use crate::outbound::web::Web;
use nameplate_core::ctx::Millis;
use nameplate_core::gateway::domain::Domain;
use nameplate_core::gateway::rest::{Deployment, Rest};
use nameplate_core::gateway::usage::Used;
use nameplate_core::gateway::{Refusal, policy::Authorized};
use nameplate_store::{Conn, Tx};
use parking_lot::Mutex;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

/// Kinds of documents.
const REST: &str = "rest";
/// API keys and usage plans.
pub const KEY: &str = "key";
/// See [`KEY`].
pub const PLAN: &str = "plan";
/// Most APIs of a kind, keys, plans and names of an account (API Gateway quotas: 600, 10,000, 300, 120).
const MOST: [(&str, usize); 5] = [
    (REST, 600),
    (http::HTTP, 600),
    (KEY, 10_000),
    (PLAN, 300),
    (domain::DOMAIN, 120),
];
/// Bytes of an API's document.
const BYTES: usize = 4 << 20;

/// The use cases of API Gateway.
pub struct Gateway {
    kernel: Arc<Kernel>,
    functions: Arc<Functions>,
    served: Cached<Served>,
    of_devices: Cached<HashSet<String>>,
    /// By plan and key. Rates begin anew with the server, quotas go on.
    used: Mutex<HashMap<(String, String), Used>>,
    unwritten: key::Unwritten,
    metered: metered::Metered,
    /// What authorizers said, by all that they were asked, until when.
    said: Mutex<HashMap<String, (Millis, Arc<Authorized>)>>,
    /// Issuers of tokens, by their URL.
    issuers: Mutex<HashMap<String, jwt::Issuer>>,
    web: OnceLock<Web>,
}

/// What is in force.
#[derive(Debug, Default)]
pub struct Served {
    apis: HashMap<String, Arc<Api>>,
    http: HashMap<String, Arc<HttpApi>>,
    /// By value.
    keys: HashMap<String, Value>,
    plans: Vec<Value>,
    /// By name, folded.
    domains: HashMap<String, Arc<Domain>>,
    /// Settings of functions' URLs by their ids.
    urls: HashMap<String, Arc<Value>>,
    /// Another each time that what authorizers said is forgotten.
    forgotten: Option<String>,
}

/// An API with the deployments of its stages.
#[derive(Debug)]
pub struct Api {
    /// As it is edited; its stages are in force at once.
    pub rest: Rest,
    /// By id.
    pub deployments: HashMap<String, Deployment>,
}

fn deployments(api: &str) -> String {
    format!("deployment/{api}")
}

fn read<T: DeserializeOwned>(document: &str) -> Result<T> {
    serde_json::from_str(document).map_err(Error::internal)
}

fn written(document: &impl Serialize) -> Result<String> {
    serde_json::to_string(document).map_err(Error::internal)
}

fn in_force(conn: &Conn<'_>) -> Result<Served> {
    let mut served = Served::default();
    for (id, document) in conn.gateway_documents(REST)? {
        let rest: Rest = read(&document)?;
        let mut found = HashMap::new();
        for stage in rest.stages.values() {
            let Some(deployment) = stage["deploymentId"].as_str() else {
                continue;
            };
            if let Some(document) = conn.gateway_document(&deployments(&id), deployment)? {
                found.insert(deployment.to_owned(), read(&document)?);
            }
        }
        let api = Api {
            rest,
            deployments: found,
        };
        served.apis.insert(id, Arc::new(api));
    }
    http::in_force(conn, &mut served.http)?;
    domain::in_force(conn, &mut served.domains)?;
    url::in_force(conn, &mut served.urls)?;
    served.forgotten = conn.gateway_document(authorizer::FORGOTTEN, authorizer::FORGOTTEN)?;
    for (_, document) in conn.gateway_documents(KEY)? {
        let key: Value = read(&document)?;
        let value = key["value"].as_str().unwrap_or_default().to_owned();
        served.keys.insert(value, key);
    }
    for (_, document) in conn.gateway_documents(PLAN)? {
        served.plans.push(read(&document)?);
    }
    Ok(served)
}

impl Gateway {
    pub(crate) fn new(kernel: Arc<Kernel>, functions: Arc<Functions>) -> Self {
        Self {
            kernel,
            functions,
            served: Cached::new(Kept::Gateway, in_force),
            of_devices: Cached::new(Kept::Domains, domain::of_devices),
            used: Mutex::default(),
            unwritten: key::Unwritten::default(),
            metered: metered::Metered::default(),
            said: Mutex::default(),
            issuers: Mutex::default(),
            web: OnceLock::new(),
        }
    }

    /// An id as AWS's: ten letters and digits.
    pub fn id() -> String {
        let letters = ids::uuid().replace('-', "");
        letters[..10].to_owned()
    }

    /// What is in force of an API.
    pub async fn api(&self, id: &str) -> Result<Option<Arc<Api>>> {
        let served = self.kernel.cached(&self.served).await?;
        Ok(served.apis.get(id).cloned())
    }

    /// An API as it is edited.
    pub async fn rest(&self, id: &str) -> Result<Rest> {
        let key = id.to_owned();
        let found = self
            .kernel
            .store
            .read(move |conn| conn.gateway_document(REST, &key));
        let found = found.await?.ok_or_else(|| self.no_api(id))?;
        read(&found)
    }

    /// All APIs.
    pub async fn rests(&self) -> Result<Vec<Rest>> {
        let all = self
            .kernel
            .store
            .read(|conn| conn.gateway_documents(REST))
            .await?;
        all.iter().map(|(_, document)| read(document)).collect()
    }

    /// Keeps a new API.
    pub async fn add_rest(&self, caller: &Caller, id: &str, rest: &Rest) -> Result<()> {
        self.add(caller, REST, id, written(rest)?).await
    }

    /// Keeps a new document of a kind.
    ///
    /// # Errors
    /// [`Kind::Limit`].
    async fn add(
        &self,
        caller: &Caller,
        kind: &'static str,
        id: &str,
        document: String,
    ) -> Result<()> {
        let most = MOST
            .iter()
            .find(|(of, _)| *of == kind)
            .map_or(0, |(_, most)| *most);
        let id = id.to_owned();
        self.kernel
            .change(caller, "add_gateway_document", move |tx| {
                if tx.gateway_documents(kind)?.len() >= most {
                    return Err(Error::new(
                        Kind::Limit,
                        "Limit exceeded: there are too many of this kind.",
                    ));
                }
                tx.put_gateway_document(kind, &id, &document)?;
                Ok(())
            })
            .await
    }

    /// Changes an API.
    pub async fn change<T, F>(&self, caller: &Caller, id: &str, mut body: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Rest, &mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        let (key, absent) = (id.to_owned(), self.no_api(id).message);
        self.kernel
            .change(caller, "change_rest_api", move |tx| {
                let found = tx.gateway_document(REST, &key)?;
                let mut rest: Rest = read(&found.ok_or_else(|| Error::not_found(absent.clone()))?)?;
                let done = body(&mut rest, tx)?;
                let document = written(&rest)?;
                if document.len() > BYTES {
                    return Err(Error::new(Kind::Limit, "The API is too large."));
                }
                tx.put_gateway_document(REST, &key, &document)?;
                Ok(done)
            })
            .await
    }

    /// Removes an API with its deployments.
    pub async fn remove_rest(&self, caller: &Caller, id: &str) -> Result<()> {
        self.remove(caller, "delete_rest_api", REST, id, deployments(id))
            .await
    }

    /// The deployments of an API, by id.
    pub async fn deployments(&self, api: &str) -> Result<Vec<Deployment>> {
        self.all(deployments(api)).await
    }

    /// Removes an API of a kind with all documents of another, its deployments.
    async fn remove(
        &self,
        caller: &Caller,
        name: &'static str,
        kind: &'static str,
        id: &str,
        deployments: String,
    ) -> Result<()> {
        let (key, absent) = (id.to_owned(), self.no_api(id).message);
        self.kernel
            .change(caller, name, move |tx| {
                if tx.gateway_document(kind, &key)?.is_none() {
                    return Err(Error::not_found(absent.clone()));
                }
                domain::check_unmapped(tx, &key)?;
                tx.delete_gateway_documents(&deployments)?;
                tx.delete_gateway_document(kind, &key)?;
                Ok(())
            })
            .await
    }

    /// All documents of a kind.
    async fn all<T: DeserializeOwned>(&self, kind: String) -> Result<Vec<T>> {
        let all = self
            .kernel
            .store
            .read(move |conn| conn.gateway_documents(&kind))
            .await?;
        all.iter().map(|(_, document)| read(document)).collect()
    }

    fn no_api(&self, id: &str) -> Error {
        let account = &self.kernel.realm().account;
        Error::not_found(format!("Invalid API identifier specified {account}:{id}"))
    }
}

/// Keeps a deployment, in the transaction that changes its API.
pub fn put_deployment(tx: &mut Tx<'_>, api: &str, id: &str, deployment: &Deployment) -> Result<()> {
    Ok(tx.put_gateway_document(&deployments(api), id, &written(deployment)?)?)
}

/// Whether an API has this deployment.
pub fn has_deployment(tx: &Tx<'_>, api: &str, id: &str) -> Result<bool> {
    Ok(tx.gateway_document(&deployments(api), id)?.is_some())
}

/// Changes what a deployment says of itself.
pub fn change_deployment(
    tx: &mut Tx<'_>,
    api: &str,
    id: &str,
    body: impl FnOnce(&Value) -> Result<Value>,
) -> Result<Value> {
    let found = tx.gateway_document(&deployments(api), id)?;
    let found = found.ok_or_else(|| Refusal::unknown("Deployment"))?;
    let mut deployment: Deployment = read(&found)?;
    let about = body(&Value::Object(deployment.about))?;
    deployment.about = about.as_object().cloned().unwrap_or_default();
    put_deployment(tx, api, id, &deployment)?;
    Ok(about)
}

/// Removes a deployment.
pub fn remove_deployment(tx: &mut Tx<'_>, api: &str, id: &str) -> Result<()> {
    Ok(tx.delete_gateway_document(&deployments(api), id)?)
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let text = refusal.to_string();
        match refusal {
            Refusal::Invalid(_) => Error::invalid(text),
            Refusal::NotFound(_) => Error::not_found(text),
            Refusal::Exists(_) => Error::new(
                Kind::Exists {
                    id: None,
                    arn: None,
                },
                text,
            ),
            Refusal::NotBuilt(_) => Error::new(Kind::NotBuilt, text),
            Refusal::Limit(_) => Error::new(Kind::Limit, text),
        }
    }
}
