//! Names of owners' own, as far as both services of API Gateway say the same of them: `apigateway` and `apigatewayv2` know
//! the same names, and each shows them and their mappings in its own way.

use super::Call;
use crate::app::Error;
use crate::app::gateway::Gateway;
use crate::app::gateway::domain::has_stage;
use nameplate_core::gateway::Refusal;
use nameplate_core::gateway::domain::{Domain, Mapping, check_name};
use serde_json::{Map, Value, json};

/// What a service calls what both have.
pub struct Words {
    /// The member that has the name.
    pub member: &'static str,
    /// That there is no such name.
    pub absent: &'static str,
    /// That there is one already.
    pub taken: &'static str,
    /// That a path leads elsewhere already.
    pub path_taken: &'static str,
    /// That there is no such mapping.
    pub no_mapping: &'static str,
    /// That there is no such API.
    pub no_api: fn() -> Error,
}

/// The policies of TLS that are this server's own: 1.2 and 1.3. [Developer guide: choose a security policy]
pub fn check_security_policy(policy: Option<&str>) -> Result<(), Error> {
    match policy {
        None | Some("TLS_1_2") => Ok(()),
        Some(other) => Err(Refusal::NotBuilt(format!("the security policy {other}")).into()),
    }
}

/// The name as AWS's DNS would have it, which leads nowhere here: made of the name, so that it stays.
pub fn target_name(call: &Call<'_>, domain: &Domain) -> String {
    let id = domain.about["id"].as_str().unwrap_or_default();
    format!(
        "d-{id}.execute-api.{}.amazonaws.com",
        call.app.realm().region
    )
}

/// The ARN of a name.
pub fn arn_of(call: &Call<'_>, name: &str) -> String {
    call.app.realm().custom_domain_name(name)
}

impl Words {
    /// The name that a call is about.
    pub async fn domain(&self, call: &Call<'_>) -> Result<Domain, Error> {
        let name = call.required(self.member)?;
        call.app.gateway.domain(name, self.absent).await
    }

    /// Keeps a name, with what is said of it.
    pub async fn add(
        &self,
        call: &Call<'_>,
        mut about: Map<String, Value>,
    ) -> Result<Domain, Error> {
        let name = call.required(self.member)?;
        check_name(name)?;
        about.insert("id".into(), json!(Gateway::id()));
        let domain = Domain {
            about,
            ..Domain::default()
        };
        let gateway = &call.app.gateway;
        let added = gateway.add_domain(&call.caller, name, &domain, self.taken);
        added.await?;
        Ok(domain)
    }

    /// Changes a name.
    pub async fn change<T, F>(&self, call: &Call<'_>, mut body: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnMut(&mut Domain) -> Result<T, Error> + Send + 'static,
    {
        let name = call.required(self.member)?;
        let gateway = &call.app.gateway;
        let changed = gateway.change_domain(&call.caller, name, self.absent, move |domain, _| {
            body(domain)
        });
        changed.await
    }

    /// Removes a name, with its mappings.
    pub async fn remove(&self, call: &Call<'_>) -> Result<(), Error> {
        let name = call.required(self.member)?;
        let gateway = &call.app.gateway;
        gateway.remove_domain(&call.caller, name, self.absent).await
    }

    /// Puts the mapping that the closure gives, with its id, into the place of what that id was.
    pub async fn map<F>(&self, call: &Call<'_>, mut body: F) -> Result<(String, Mapping), Error>
    where
        F: FnMut(&Domain) -> Result<(String, Mapping), Error> + Send + 'static,
    {
        let (no_api, path_taken) = (self.no_api, self.path_taken);
        let name = call.required(self.member)?;
        let gateway = &call.app.gateway;
        let mapped = gateway.change_domain(&call.caller, name, self.absent, move |domain, tx| {
            let (id, mapping) = body(domain)?;
            match has_stage(tx, &mapping.api, mapping.stage.as_deref())? {
                None => return Err(no_api()),
                Some(false) => return Err(Error::invalid("Invalid stage identifier specified")),
                Some(true) => {}
            }
            domain.map(id.clone(), mapping.clone(), path_taken)?;
            Ok((id, mapping))
        });
        mapped.await
    }

    /// Removes the mapping of the id that the closure gives.
    pub async fn unmap<F>(&self, call: &Call<'_>, mut id: F) -> Result<(), Error>
    where
        F: FnMut(&Domain) -> Result<String, Error> + Send + 'static,
    {
        let absent = self.no_mapping;
        let gone = self.change(call, move |domain| {
            let id = id(domain)?;
            let gone = domain.mappings.remove(&id);
            gone.map(drop).ok_or_else(|| Error::not_found(absent))
        });
        gone.await
    }

    /// The tags of a name.
    pub async fn tags(&self, call: &Call<'_>, name: &str) -> Result<Map<String, Value>, Error> {
        let domain = call.app.gateway.domain(name, self.absent).await?;
        Ok(tags_of(&domain))
    }

    /// Changes the tags of a name.
    pub async fn change_tags<F>(
        &self,
        call: &Call<'_>,
        name: &str,
        mut body: F,
    ) -> Result<(), Error>
    where
        F: FnMut(&mut Map<String, Value>) -> Result<(), Error> + Send + 'static,
    {
        let gateway = &call.app.gateway;
        let done = gateway.change_domain(&call.caller, name, self.absent, move |domain, _| {
            let mut tags = tags_of(domain);
            body(&mut tags)?;
            domain.about.insert("tags".into(), Value::Object(tags));
            Ok(())
        });
        done.await
    }
}

/// The name whose ARN this is; `None` where it is another thing's.
pub fn named_by<'a>(call: &Call<'_>, arn: &'a str) -> Option<&'a str> {
    let name = arn.strip_prefix(&arn_of(call, ""))?;
    (!name.is_empty() && !name.contains('/')).then_some(name)
}

fn tags_of(domain: &Domain) -> Map<String, Value> {
    let tags = domain.about.get("tags").and_then(Value::as_object);
    tags.cloned().unwrap_or_default()
}

/// A new mapping's id.
pub fn mapping_id() -> String {
    Gateway::id()[..6].to_owned()
}
