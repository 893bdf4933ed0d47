//! URLs of functions: their settings, and which function a URL means.

use super::{Gateway, Result, read, written};
use crate::app::caller::Caller;
use crate::app::error::Error;
use crate::app::functions::{Refusal, URL, key_of_url};
use nameplate_core::function::Reference;
use nameplate_store::Conn;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;

pub(super) fn in_force(conn: &Conn<'_>, served: &mut HashMap<String, Arc<Value>>) -> Result<()> {
    for (_, document) in conn.gateway_documents(URL)? {
        let url: Value = read(&document)?;
        let id = url["id"].as_str().unwrap_or_default().to_owned();
        served.insert(id, Arc::new(url));
    }
    Ok(())
}

fn no_function() -> Error {
    Error::not_found("Function does not exist")
}

fn no_url() -> Error {
    Error::not_found("The resource you requested does not exist.")
}

impl Gateway {
    /// The settings of a URL by its id.
    pub async fn url(&self, id: &str) -> Result<Option<Arc<Value>>> {
        let served = self.kernel.cached(&self.served).await?;
        Ok(served.urls.get(id).cloned())
    }

    /// Gives a function, or one of its aliases, a URL.
    ///
    /// # Errors
    /// There is no such function, or it has one.
    pub async fn add_url(&self, caller: &Caller, of: &Reference, mut url: Value) -> Result<Value> {
        let arn = of.arn(&caller.ctx.realm);
        let of = of.clone();
        url["id"] = json!(format!("{}{}{}", Self::id(), Self::id(), Self::id())[..30]);
        url["function"] = json!(of.name);
        url["alias"] = json!(of.qualifier);
        self.kernel
            .change(caller, "create-function-url", move |tx| {
                let function = tx.function(&of.name)?.ok_or_else(no_function)?;
                if let Some(alias) = &of.qualifier {
                    tx.function_alias(function.key, alias)?
                        .ok_or_else(no_function)?;
                }
                let key = key_of_url(&of.name, of.qualifier.as_deref());
                if tx.gateway_document(URL, &key)?.is_some() {
                    return Err(Refusal::Exists.because(format!(
                        "Failed to create function url config for [functionArn = {arn}]. Error message:  FunctionUrlConfig exists for this Lambda function"
                    )));
                }
                tx.put_gateway_document(URL, &key, &written(&url)?)?;
                Ok(url.clone())
            })
            .await
    }

    /// The settings of a function's URL.
    ///
    /// # Errors
    /// It has none.
    pub async fn url_of(&self, of: &Reference) -> Result<Value> {
        let key = key_of_url(&of.name, of.qualifier.as_deref());
        let found = self
            .kernel
            .store
            .read(move |conn| conn.gateway_document(URL, &key));
        read(&found.await?.ok_or_else(no_url)?)
    }

    /// The URLs of a function and its aliases, in the order of these.
    ///
    /// # Errors
    /// There is no such function.
    pub async fn urls_of(&self, function: &str) -> Result<Vec<Value>> {
        let name = function.to_owned();
        let found = self.kernel.store.read(move |conn| {
            let there = conn.function(&name)?.is_some();
            let all = conn.gateway_documents(URL)?;
            Ok::<_, Error>((there, all))
        });
        let (there, all) = found.await?;
        if !there {
            return Err(no_function());
        }
        let prefix = key_of_url(function, None);
        let own = all.iter().filter(|(id, _)| id.starts_with(&prefix));
        own.map(|(_, document)| read(document)).collect()
    }

    /// Changes the settings of a function's URL.
    ///
    /// # Errors
    /// It has none.
    pub async fn change_url<F>(&self, caller: &Caller, of: &Reference, mut body: F) -> Result<Value>
    where
        F: FnMut(&mut Value) -> Result<()> + Send + 'static,
    {
        let of = of.clone();
        self.kernel
            .change(caller, "update-function-url", move |tx| {
                let function = tx.function(&of.name)?.ok_or_else(no_function)?;
                if let Some(alias) = &of.qualifier {
                    tx.function_alias(function.key, alias)?
                        .ok_or_else(no_function)?;
                }
                let key = key_of_url(&of.name, of.qualifier.as_deref());
                let found = tx.gateway_document(URL, &key)?.ok_or_else(no_url)?;
                let mut url: Value = read(&found)?;
                body(&mut url)?;
                tx.put_gateway_document(URL, &key, &written(&url)?)?;
                Ok(url)
            })
            .await
    }

    /// Takes a function's URL away.
    ///
    /// # Errors
    /// It has none.
    pub async fn remove_url(&self, caller: &Caller, of: &Reference) -> Result<()> {
        let key = key_of_url(&of.name, of.qualifier.as_deref());
        self.kernel
            .change(caller, "delete-function-url", move |tx| {
                tx.gateway_document(URL, &key)?.ok_or_else(no_url)?;
                Ok(tx.delete_gateway_document(URL, &key)?)
            })
            .await
    }
}
