//! Custom authorizers: their registry, and which of them is the default.
//!
//! AWS guide: config-custom-auth. They are asked in `admission`.

use super::Registry;
use super::tag::{self, Tag};
use crate::app::caller::Caller;
use crate::app::error::{Error, Kind, Result};
use nameplate_core::limits;
use nameplate_core::registry::authorizer::{Authorizer, AuthorizerError};
use nameplate_store::{Conn, Tx};
use std::collections::BTreeMap;

/// Name of the single value that holds the default authorizer's name.
const DEFAULT: &str = "authorizer.default";

/// What is changed of an authorizer; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// The Lambda function that decides.
    pub function_arn: Option<String>,
    /// Where in a request the token stands.
    pub token_key: Option<String>,
    /// All public keys, in the place of those before.
    pub signing_keys: Option<BTreeMap<String, String>>,
    /// Whether it may be used.
    pub active: Option<bool>,
    /// Whether answers are kept for the life of an HTTP connection.
    pub cache_http: Option<bool>,
}

impl From<AuthorizerError> for Error {
    fn from(error: AuthorizerError) -> Self {
        Error::invalid(error.to_string())
    }
}

fn unknown(name: &str) -> Error {
    Error::not_found(format!("Authorizer {name} does not exist"))
}

fn named(conn: &Conn<'_>, name: &str) -> Result<Authorizer> {
    conn.authorizer(name)?.ok_or_else(|| unknown(name))
}

fn check_room_for_active(tx: &Tx<'_>) -> Result<()> {
    let (_, active) = tx.authorizer_counts()?;
    if active < limits::ACTIVE_AUTHORIZERS {
        return Ok(());
    }
    Err(Error::new(
        Kind::Limit,
        format!(
            "An account has at most {} active authorizers",
            limits::ACTIVE_AUTHORIZERS
        ),
    ))
}

impl Registry {
    /// Creates an authorizer. Its key and times are not read.
    pub async fn create_authorizer(
        &self,
        caller: &Caller,
        new: Authorizer,
        tags: Vec<Tag>,
    ) -> Result<()> {
        tag::check(&tags)?;
        new.check()?;
        let new = Authorizer {
            created: caller.ctx.now,
            ..new
        };
        let arn = self.kernel.realm().authorizer(&new.name);
        self.kernel
            .change(caller, "create-authorizer", move |tx| {
                if tx.authorizer(&new.name)?.is_some() {
                    return Err(Error::new(
                        Kind::Exists {
                            id: Some(new.name.clone()),
                            arn: Some(arn.clone()),
                        },
                        format!("Authorizer {} already exists", new.name),
                    ));
                }
                let (all, _) = tx.authorizer_counts()?;
                if all >= limits::AUTHORIZERS {
                    return Err(Error::new(
                        Kind::Limit,
                        format!("An account has at most {} authorizers", limits::AUTHORIZERS),
                    ));
                }
                if new.active {
                    check_room_for_active(tx)?;
                }
                tx.insert_authorizer(&new)?;
                Ok(tx.put_tags(&arn, &tags)?)
            })
            .await
    }

    /// The authorizer of this name.
    pub async fn custom_authorizer(&self, name: &str) -> Result<Authorizer> {
        self.kernel.store.read(|conn| named(conn, name)).await
    }

    /// All authorizers in the order they were created.
    pub async fn custom_authorizers(&self) -> Result<Vec<Authorizer>> {
        self.kernel.store.read(|conn| Ok(conn.authorizers()?)).await
    }

    /// Changes an authorizer.
    pub async fn update_authorizer(
        &self,
        caller: &Caller,
        name: &str,
        changes: Changes,
    ) -> Result<()> {
        let (name, now) = (name.to_owned(), caller.ctx.now);
        self.kernel
            .change(caller, "update-authorizer", move |tx| {
                let mut authorizer = named(tx, &name)?;
                let was_active = authorizer.active;
                let changes = changes.clone();
                authorizer.function_arn = changes.function_arn.unwrap_or(authorizer.function_arn);
                authorizer.token_key = changes.token_key.or(authorizer.token_key);
                authorizer.signing_keys = changes.signing_keys.unwrap_or(authorizer.signing_keys);
                authorizer.active = changes.active.unwrap_or(was_active);
                authorizer.cache_http = changes.cache_http.unwrap_or(authorizer.cache_http);
                authorizer.modified = now;
                authorizer.check()?;
                if authorizer.active && !was_active {
                    check_room_for_active(tx)?;
                }
                Ok(tx.update_authorizer(&authorizer)?)
            })
            .await
    }

    /// Deletes an authorizer that is inactive and that nothing names.
    pub async fn delete_authorizer(&self, caller: &Caller, name: &str) -> Result<()> {
        let arn = self.kernel.realm().authorizer(name);
        let name = name.to_owned();
        self.kernel
            .change(caller, "delete-authorizer", move |tx| {
                let authorizer = named(tx, &name)?;
                let in_use = |why: String| Err(Error::new(Kind::InUse, why));
                if authorizer.active {
                    return in_use(format!(
                        "Authorizer {name} is ACTIVE; set its status to INACTIVE before deletion"
                    ));
                }
                if tx.meta(DEFAULT)?.as_deref() == Some(&name) {
                    return in_use(format!(
                        "Authorizer {name} is the default authorizer; clear that before deletion"
                    ));
                }
                let domains = tx.domains()?;
                if let Some(domain) = domains
                    .iter()
                    .find(|domain| domain.authorizer.as_deref() == Some(&name))
                {
                    return in_use(format!(
                        "Authorizer {name} is the default of domain configuration {}",
                        domain.name
                    ));
                }
                tx.delete_authorizer(authorizer.key)?;
                Ok(tx.delete_all_tags(&arn)?)
            })
            .await
    }

    /// Makes an authorizer the default, in the place of another. It is refused where it is already.
    pub async fn set_default_authorizer(&self, caller: &Caller, name: &str) -> Result<()> {
        let arn = self.kernel.realm().authorizer(name);
        let name = name.to_owned();
        self.kernel
            .change(caller, "set-default-authorizer", move |tx| {
                named(tx, &name)?;
                if tx.meta(DEFAULT)?.as_deref() == Some(&name) {
                    return Err(Error::new(
                        Kind::Exists {
                            id: Some(name.clone()),
                            arn: Some(arn.clone()),
                        },
                        format!("Authorizer {name} is the default authorizer already"),
                    ));
                }
                Ok(tx.set_meta(DEFAULT, Some(&name))?)
            })
            .await
    }

    /// The default authorizer.
    pub async fn default_authorizer(&self) -> Result<Authorizer> {
        self.kernel
            .store
            .read(|conn| match conn.meta(DEFAULT)? {
                Some(name) => named(conn, &name),
                None => Err(no_default()),
            })
            .await
    }

    /// From now on there is no default authorizer.
    pub async fn clear_default_authorizer(&self, caller: &Caller) -> Result<()> {
        self.kernel
            .change(caller, "clear-default-authorizer", |tx| {
                if tx.meta(DEFAULT)?.is_none() {
                    return Err(no_default());
                }
                Ok(tx.set_meta(DEFAULT, None)?)
            })
            .await
    }
}

fn no_default() -> Error {
    Error::not_found("There is no default authorizer")
}
