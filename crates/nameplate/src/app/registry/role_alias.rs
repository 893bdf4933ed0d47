//! Role aliases: names under which devices ask for credentials of a role.
//!
//! AWS guide: authorizing-direct-aws. Credentials are handed out by `app::admission::credentials`.

use super::Registry;
use super::tag::{self, Tag};
use crate::app::caller::Caller;
use crate::app::error::{Error, Kind, Result};
use crate::app::iam::CREDENTIALS_SERVICE;
use nameplate_core::limits;
use nameplate_core::registry::role_alias::{DEFAULT_SECONDS, RoleAlias};

fn unknown(name: &str) -> Error {
    Error::not_found(format!("Role alias {name} does not exist"))
}

impl Registry {
    /// Creates a role alias for a role that the caller may pass. `seconds` is how long credentials will last.
    pub async fn create_role_alias(
        &self,
        caller: &Caller,
        name: &str,
        role_arn: &str,
        seconds: Option<i64>,
        tags: Vec<Tag>,
    ) -> Result<RoleAlias> {
        let ctx = &caller.ctx;
        tag::check(&tags)?;
        let arn = ctx.realm.role_alias(name);
        self.iam
            .pass_role_to(caller, role_arn, CREDENTIALS_SERVICE, &arn)
            .await?;
        let new = RoleAlias {
            key: 0,
            name: name.to_owned(),
            role_arn: role_arn.to_owned(),
            seconds: seconds.unwrap_or(DEFAULT_SECONDS),
            created: ctx.now,
            modified: ctx.now,
        };
        self.kernel
            .change(caller, "create-role-alias", move |tx| {
                if tx.role_alias(&new.name)?.is_some() {
                    return Err(Error::new(
                        Kind::Exists {
                            id: Some(new.name.clone()),
                            arn: Some(arn.clone()),
                        },
                        format!("Role alias {} already exists", new.name),
                    ));
                }
                if tx.role_alias_count()? >= limits::ROLE_ALIASES {
                    return Err(Error::new(
                        Kind::Limit,
                        format!(
                            "An account has at most {} role aliases",
                            limits::ROLE_ALIASES
                        ),
                    ));
                }
                tx.insert_role_alias(&new)?;
                tx.put_tags(&arn, &tags)?;
                Ok(new.clone())
            })
            .await
    }

    /// The role alias of this name.
    pub async fn role_alias(&self, name: &str) -> Result<RoleAlias> {
        self.kernel
            .store
            .read(|conn| conn.role_alias(name)?.ok_or_else(|| unknown(name)))
            .await
    }

    /// All role aliases, in the order they were created.
    pub async fn role_aliases(&self) -> Result<Vec<RoleAlias>> {
        self.kernel
            .store
            .read(|conn| Ok(conn.role_aliases()?))
            .await
    }

    /// Changes what is given.
    pub async fn update_role_alias(
        &self,
        caller: &Caller,
        name: &str,
        role_arn: Option<&str>,
        seconds: Option<i64>,
    ) -> Result<()> {
        let ctx = &caller.ctx;
        if let Some(role_arn) = role_arn {
            let arn = ctx.realm.role_alias(name);
            self.iam
                .pass_role_to(caller, role_arn, CREDENTIALS_SERVICE, &arn)
                .await?;
        }
        let (name, role_arn, now) = (name.to_owned(), role_arn.map(str::to_owned), ctx.now);
        self.kernel
            .change(caller, "update-role-alias", move |tx| {
                let mut alias = tx.role_alias(&name)?.ok_or_else(|| unknown(&name))?;
                if let Some(role_arn) = &role_arn {
                    alias.role_arn.clone_from(role_arn);
                }
                alias.seconds = seconds.unwrap_or(alias.seconds);
                alias.modified = now;
                Ok(tx.update_role_alias(&alias)?)
            })
            .await
    }

    /// Deletes a role alias.
    pub async fn delete_role_alias(&self, caller: &Caller, name: &str) -> Result<()> {
        let arn = self.kernel.realm().role_alias(name);
        let name = name.to_owned();
        self.kernel
            .change(caller, "delete-role-alias", move |tx| {
                let alias = tx.role_alias(&name)?.ok_or_else(|| unknown(&name))?;
                tx.delete_role_alias(alias.key)?;
                Ok(tx.delete_all_tags(&arn)?)
            })
            .await
    }
}
