//! Aliases: names for versions. API: CreateAlias, UpdateAlias.

use super::refusal::CHANGED;
use super::{Functions, Refusal};
use crate::app::caller::Caller;
use crate::app::error::{Error, Result};
use crate::app::ids;
use nameplate_core::function::{Alias, LATEST};
use nameplate_store::Tx;

/// What an alias is to be; what is absent stays, or is empty.
#[derive(Debug, Clone, Default)]
pub struct AliasChange {
    /// The version: a number or `$LATEST`.
    pub version: Option<String>,
    /// A text of the owner's.
    pub description: Option<String>,
    /// Another version and its share of the calls; `Some(None)` takes it away.
    pub routing: Option<Option<(String, f64)>>,
    /// The revision that the caller believes to be there.
    pub expected: Option<String>,
}

impl Functions {
    /// Creates an alias.
    pub async fn create_alias(
        &self,
        caller: &Caller,
        function: &str,
        name: &str,
        change: AliasChange,
    ) -> Result<Alias> {
        if name.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Error::invalid(format!(
                "An alias cannot be a number, and {name} is one"
            )));
        }
        let name = name.to_owned();
        // Of a function that is not there the service names the version that was asked for.
        let absent = self.absent(&self.reference(function, None)?).message;
        let version = change.version.clone().unwrap_or_default();
        let made = self.alter(
            caller,
            "create-function-alias",
            function,
            move |tx, key, arn| {
                if tx.function_alias(key, &name)?.is_some() {
                    return Err(
                        Refusal::Exists.because(format!("Alias already exists: {arn}:{name}"))
                    );
                }
                let mut alias = Alias {
                    function: key,
                    name: name.clone(),
                    version: 0,
                    routing: None,
                    description: String::new(),
                    revision: String::new(),
                };
                apply(tx, &mut alias, &change, arn)?;
                tx.put_function_alias(&alias)?;
                Ok(alias)
            },
        );
        made.await.map_err(|error| match error.message == absent {
            true => Error::not_found(format!("{absent}:{version}")),
            false => error,
        })
    }

    /// Changes an alias.
    pub async fn update_alias(
        &self,
        caller: &Caller,
        function: &str,
        name: &str,
        change: AliasChange,
    ) -> Result<Alias> {
        let name = name.to_owned();
        self.alter(
            caller,
            "update-function-alias",
            function,
            move |tx, key, arn| {
                let mut alias = tx
                    .function_alias(key, &name)?
                    .ok_or_else(|| no_alias(arn, &name))?;
                if change
                    .expected
                    .as_ref()
                    .is_some_and(|revision| *revision != alias.revision)
                {
                    return Err(Refusal::Changed.because(CHANGED));
                }
                apply(tx, &mut alias, &change, arn)?;
                tx.put_function_alias(&alias)?;
                Ok(alias)
            },
        )
        .await
    }

    /// Deletes an alias. One that does not exist is deleted already.
    pub async fn delete_alias(&self, caller: &Caller, function: &str, name: &str) -> Result<()> {
        let name = name.to_owned();
        self.alter(
            caller,
            "delete-function-alias",
            function,
            move |tx, key, arn| {
                let function = arn.rsplit(':').next().unwrap_or_default();
                let url = super::key_of_url(function, Some(&name));
                tx.delete_gateway_document(super::URL, &url)?;
                Ok(tx.delete_function_alias(key, &name)?)
            },
        )
        .await
    }

    /// The alias of this name.
    pub async fn alias(&self, function: &str, name: &str) -> Result<Alias> {
        let reference = self.reference(function, None)?;
        let arn = self.kernel.realm().function(&reference.name);
        let found = self
            .kernel
            .store
            .read(|conn| {
                let Some(function) = conn.function(&reference.name)? else {
                    return Ok::<_, Error>(None);
                };
                Ok(conn.function_alias(function.key, name)?)
            })
            .await?;
        found.ok_or_else(|| no_alias(&arn, name))
    }

    /// All aliases of a function, or those of one version.
    pub async fn aliases(&self, function: &str, version: Option<&str>) -> Result<Vec<Alias>> {
        let reference = self.reference(function, None)?;
        let number = version.map(number_of).transpose()?;
        let found = self
            .kernel
            .store
            .read(|conn| {
                let Some(function) = conn.function(&reference.name)? else {
                    return Ok::<_, Error>(None);
                };
                Ok(Some(conn.function_aliases(function.key)?))
            })
            .await?;
        let mut found = found.ok_or_else(|| self.absent(&reference))?;
        found.retain(|alias| number.is_none_or(|number| alias.version == number));
        Ok(found)
    }
}

fn apply(tx: &mut Tx<'_>, alias: &mut Alias, change: &AliasChange, arn: &str) -> Result<()> {
    let known = |tx: &mut Tx<'_>, text: &str| {
        let number = number_of(text)?;
        match tx.function_version(alias.function, number)? {
            Some(_) => Ok(number),
            None => Err(Error::not_found(format!(
                "Function not found: {arn}:{text}"
            ))),
        }
    };
    let version = change
        .version
        .as_deref()
        .map(|text| known(tx, text))
        .transpose()?;
    let routing = match &change.routing {
        Some(Some((text, share))) => {
            if !(0.0..=1.0).contains(share) {
                return Err(Error::invalid(format!(
                    "A share of calls is between 0.0 and 1.0, and {share} is not"
                )));
            }
            Some(Some((known(tx, text)?, *share)))
        }
        Some(None) => Some(None),
        None => None,
    };
    alias.version = version.unwrap_or(alias.version);
    alias.routing = routing.unwrap_or(alias.routing);
    if let Some(description) = &change.description {
        alias.description.clone_from(description);
    }
    if alias
        .routing
        .is_some_and(|(other, _)| other == alias.version)
        && alias.version != 0
    {
        let version = alias.version;
        return Err(Error::invalid(format!(
            "Invalid function version {version}. Function version {version} is already included in routing configuration."
        )));
    }
    if alias.routing.is_some() && alias.version == 0 {
        return Err(Error::invalid(
            "$LATEST is not supported for an alias pointing to more than 1 version",
        ));
    }
    alias.revision = ids::uuid();
    Ok(())
}

fn number_of(text: &str) -> Result<i64> {
    if text == LATEST {
        return Ok(0);
    }
    text.parse()
        .map_err(|_| Error::invalid(format!("{text} is neither a version's number nor $LATEST")))
}

fn no_alias(arn: &str, name: &str) -> Error {
    Error::not_found(format!("Cannot find alias arn: {arn}:{name}"))
}
