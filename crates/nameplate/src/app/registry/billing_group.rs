//! Billing groups: creating, changing and deleting them, and which things are in them.
//!
//! AWS guide: tagging-iot-billing-groups.

use super::Refusal;
use super::Registry;
use super::tag::{self, Tag};
use crate::app::caller::Caller;
use crate::app::error::{Error, Kind, Result};
use crate::app::ids;
use nameplate_core::limits;
use nameplate_core::registry::thing::BillingGroup;
use nameplate_store::Conn;

/// The refusal of a billing group that does not exist.
pub(crate) fn unknown(account: &str, name: &str) -> Error {
    Error::not_found(format!("Billing Group {account}:{name} not found."))
}

fn check_version(group: &BillingGroup, expected: Option<i64>) -> Result<()> {
    match expected {
        Some(expected) if expected != group.version => Err(Error::new(
            Refusal::VersionConflict,
            format!(
                "The version for billing group {} does not match the expected version.",
                group.name
            ),
        )),
        _ => Ok(()),
    }
}

impl Registry {
    /// Creates a billing group. One that exists already with the same description and tags is the answer; with
    /// others it is a refusal.
    pub async fn create_billing_group(
        &self,
        caller: &Caller,
        name: &str,
        description: Option<String>,
        mut tags: Vec<Tag>,
    ) -> Result<BillingGroup> {
        tag::check(&tags)?;
        tags.sort();
        let description = description.filter(|text| !text.is_empty());
        let arn = self.kernel.realm().billing_group(name);
        let name = name.to_owned();
        let id = ids::uuid();
        let now = caller.ctx.now;
        self.kernel.change(caller, "create-billing-group", move |tx| {
                if let Some(found) = tx.billing_group(&name)? {
                    let same = found.description == description
                        && tx.tags(&arn, "", limits::TAGS + 1)? == tags;
                    return if same {
                        Ok(found)
                    } else {
                        let kind = Kind::Exists {
                            id: Some(found.billing_group_id),
                            arn: Some(arn.clone()),
                        };
                        let message = format!(
                            "Billing Group {name} already exists in current account with different properties"
                        );
                        Err(Error::new(kind, message))
                    };
                }
                if tx.has_billing_groups(limits::BILLING_GROUPS)? {
                    return Err(Error::invalid(format!(
                        "An account can have at most {} billing groups",
                        limits::BILLING_GROUPS
                    )));
                }
                tx.insert_billing_group(&name, &id, description.as_deref(), now)?;
                tx.put_tags(&arn, &tags)?;
                tx.billing_group(&name)?
                    .ok_or_else(|| Error::internal("a billing group vanished while it was created"))
            })
            .await
    }

    /// Changes a billing group's description; `None` leaves it. Its version then.
    pub async fn update_billing_group(
        &self,
        caller: &Caller,
        name: &str,
        description: Option<String>,
        expected_version: Option<i64>,
    ) -> Result<i64> {
        let account = self.kernel.realm().account.clone();
        let name = name.to_owned();
        self.kernel
            .change(caller, "update-billing-group", move |tx| {
                let group = tx
                    .billing_group(&name)?
                    .ok_or_else(|| unknown(&account, &name))?;
                check_version(&group, expected_version)?;
                let description = match &description {
                    Some(text) => Some(text).filter(|text| !text.is_empty()),
                    None => group.description.as_ref(),
                };
                tx.update_billing_group(group.key, description.map(String::as_str))?;
                Ok(group.version + 1)
            })
            .await
    }

    /// Deletes a billing group; its things are in none then. One that does not exist is deleted already.
    pub async fn delete_billing_group(
        &self,
        caller: &Caller,
        name: &str,
        expected_version: Option<i64>,
    ) -> Result<()> {
        let arn = self.kernel.realm().billing_group(name);
        let name = name.to_owned();
        self.kernel
            .change(caller, "delete-billing-group", move |tx| {
                let Some(group) = tx.billing_group(&name)? else {
                    return Ok(());
                };
                check_version(&group, expected_version)?;
                tx.delete_billing_group(group.key)?;
                tx.delete_all_tags(&arn)?;
                Ok(())
            })
            .await
    }

    /// The billing group of this name.
    pub async fn billing_group(&self, name: &str) -> Result<BillingGroup> {
        self.kernel
            .store
            .read(|conn| {
                conn.billing_group(name)?
                    .ok_or_else(|| unknown(&self.kernel.realm().account, name))
            })
            .await
    }

    /// Billing groups whose name begins with `prefix`, in the order they were created, beyond the key `after`.
    pub async fn billing_groups(
        &self,
        prefix: &str,
        after: i64,
        limit: usize,
    ) -> Result<Vec<BillingGroup>> {
        self.kernel
            .store
            .read(|conn| Ok(conn.billing_groups(prefix, after, limit)?))
            .await
    }

    /// Puts a thing into a billing group, out of any other.
    pub async fn add_thing_to_billing_group(
        &self,
        caller: &Caller,
        thing: &str,
        group: &str,
    ) -> Result<()> {
        let account = self.kernel.realm().account.clone();
        let (thing, group) = (thing.to_owned(), group.to_owned());
        self.kernel
            .change(caller, "add-thing-to-billing-group", move |tx| {
                let (thing, group) = ends(tx, &account, &thing, &group)?;
                tx.set_thing_billing_group(thing, Some(group.key))?;
                Ok(())
            })
            .await
    }

    /// Takes a thing out of a billing group. One that is not in it stays as it is.
    pub async fn remove_thing_from_billing_group(
        &self,
        caller: &Caller,
        thing: &str,
        group: &str,
    ) -> Result<()> {
        let account = self.kernel.realm().account.clone();
        let (thing, group) = (thing.to_owned(), group.to_owned());
        self.kernel
            .change(caller, "remove-thing-from-billing-group", move |tx| {
                let (key, group) = ends(tx, &account, &thing, &group)?;
                let present = tx.thing_by_key(key)?.and_then(|found| found.billing_group);
                if present.as_deref() == Some(&group.name) {
                    tx.set_thing_billing_group(key, None)?;
                }
                Ok(())
            })
            .await
    }

    /// Things in a billing group, key and name, beyond the key `after`.
    pub async fn things_in_billing_group(
        &self,
        group: &str,
        after: i64,
        limit: usize,
    ) -> Result<Vec<(i64, String)>> {
        self.kernel
            .store
            .read(|conn| {
                let group = conn
                    .billing_group(group)?
                    .ok_or_else(|| unknown(&self.kernel.realm().account, group))?;
                Ok(conn.things_of_billing_group(group.key, after, limit)?)
            })
            .await
    }
}

fn ends(conn: &Conn<'_>, account: &str, thing: &str, group: &str) -> Result<(i64, BillingGroup)> {
    let group = conn
        .billing_group(group)?
        .ok_or_else(|| unknown(account, group))?;
    let thing = conn
        .thing_key(thing)?
        .ok_or_else(|| Error::not_found(format!("Thing {account}:{thing} not found.")))?;
    Ok((thing, group))
}
