//! Things: creating, changing, finding and deleting them.
//!
//! AWS guide: thing-registry.

use super::Refusal;
use super::{Registry, billing_group, thing_type};
use crate::app::caller::Caller;
use crate::app::error::{Error, Kind, Result};
use crate::app::ids;
use nameplate_core::registry::name;
use nameplate_core::registry::thing::{Attributes, Thing, ThingType, updated_attributes};
use nameplate_store::{Conn, ThingFilter};
use std::sync::Arc;

/// A thing to create.
#[derive(Debug, Clone, Default)]
pub struct NewThing {
    /// Its name.
    pub name: String,
    /// Name of its thing type.
    pub thing_type: Option<String>,
    /// Its attributes; those with an empty value count as absent.
    pub attributes: Attributes,
    /// Name of its billing group.
    pub billing_group: Option<String>,
}

/// What an update changes.
#[derive(Debug, Clone, Default)]
pub struct ThingChange {
    /// What becomes of the thing type.
    pub thing_type: TypeChange,
    /// Attributes to set; `None` leaves them as they are.
    pub attributes: Option<Attributes>,
    /// Keep the attributes that are not named.
    pub merge: bool,
    /// Refuse where the thing has another version.
    pub expected_version: Option<i64>,
}

/// What becomes of a thing's type.
#[derive(Debug, Clone, Default)]
pub enum TypeChange {
    /// It stays.
    #[default]
    Keep,
    /// It becomes this one.
    Set(String),
    /// It goes.
    Remove,
}

/// What a list of things is narrowed to.
#[derive(Debug, Clone)]
pub enum Narrowed {
    /// Not at all.
    All,
    /// Things of this type.
    Type(String),
    /// Things with this attribute and value.
    Attribute {
        /// Name of the attribute.
        name: String,
        /// Its value.
        value: String,
        /// The value only begins with it.
        prefix: bool,
    },
}

impl Registry {
    /// Creates a thing. One that exists already with the same properties is the answer; with others it is a refusal.
    pub async fn create_thing(&self, caller: &Caller, new: NewThing) -> Result<Thing> {
        let ctx = &caller.ctx;
        let announcer = self.kernel.announcer(ctx).await?;
        let realm = Arc::clone(&ctx.realm);
        let attributes = updated_attributes(&Attributes::new(), &new.attributes, false);
        let thing_id = ids::uuid();
        self.kernel
            .change(caller, "create-thing", move |tx| {
                if let Some(found) = tx.thing_to_make(&new.name)? {
                    let same = found.thing_type == new.thing_type
                        && found.attributes == attributes
                        && found.billing_group == new.billing_group;
                    return if same {
                        Ok(found)
                    } else {
                        let kind = Kind::Exists {
                            arn: Some(realm.thing(&found.name)),
                            id: Some(found.thing_id),
                        };
                        let message = format!(
                            "Thing {} already exists in account with different properties",
                            new.name
                        );
                        Err(Error::new(kind, message))
                    };
                }
                let thing_type = match &new.thing_type {
                    Some(name) => Some(usable_type(tx, &realm.account, name, || {
                        // AWS's own spelling.
                        format!("Can not create new thing with depreated thing type:{name}")
                    })?),
                    None => None,
                };
                let billing_group = match &new.billing_group {
                    Some(name) => Some(
                        tx.billing_group_key(name)?
                            .ok_or_else(|| billing_group::unknown(&realm.account, name))?,
                    ),
                    None => None,
                };
                check_attributes(&attributes, thing_type.is_some())?;
                let type_key = thing_type.as_ref().map(|found| found.key);
                let key =
                    tx.insert_thing(&new.name, &thing_id, type_key, billing_group, &attributes)?;
                announcer.thing_created(tx, key)?;
                Ok(Thing {
                    key,
                    name: new.name.clone(),
                    thing_id: thing_id.clone(),
                    thing_type: new.thing_type.clone(),
                    attributes: attributes.clone(),
                    version: 1,
                    billing_group: new.billing_group.clone(),
                })
            })
            .await
    }

    /// Changes a thing's type and attributes.
    pub async fn update_thing(
        &self,
        caller: &Caller,
        thing: &str,
        change: ThingChange,
    ) -> Result<()> {
        let announcer = self.kernel.announcer(&caller.ctx).await?;
        let account = self.kernel.realm().account.clone();
        let name = thing.to_owned();
        self.kernel
            .change(caller, "update-thing", move |tx| {
                let Some(thing) = tx.thing(&name)? else {
                    return Err(Error::not_found(format!("Thing {name} not found.")));
                };
                check_version(&thing, change.expected_version)?;
                let wanted = match &change.thing_type {
                    TypeChange::Keep => thing.thing_type.as_deref(),
                    TypeChange::Set(name) => Some(name.as_str()),
                    TypeChange::Remove => None,
                };
                let type_key = match wanted {
                    // What the thing has already it may keep, deprecated or not.
                    Some(wanted) if thing.thing_type.as_deref() == Some(wanted) => {
                        tx.thing_type(wanted)?.map(|found| found.key)
                    }
                    Some(wanted) => {
                        let found = usable_type(tx, &account, wanted, || {
                            format!("Can not update a thing to use deprecated thing type: {wanted}")
                        })?;
                        Some(found.key)
                    }
                    None => None,
                };
                let attributes = match &change.attributes {
                    Some(given) => updated_attributes(&thing.attributes, given, change.merge),
                    None => thing.attributes.clone(),
                };
                check_attributes(&attributes, type_key.is_some())?;
                tx.update_thing(thing.key, type_key, &attributes)?;
                announcer.thing_updated(tx, thing.key, thing.thing_type.as_deref())?;
                Ok(())
            })
            .await
    }

    /// Deletes a thing with its group memberships. One that does not exist is deleted already.
    pub async fn delete_thing(
        &self,
        caller: &Caller,
        thing: &str,
        expected_version: Option<i64>,
    ) -> Result<()> {
        let announcer = self.kernel.announcer(&caller.ctx).await?;
        let name = thing.to_owned();
        self.kernel
            .change(caller, "delete-thing", move |tx| {
                let Some(thing) = tx.thing(&name)? else {
                    return Ok(());
                };
                check_version(&thing, expected_version)?;
                if !tx.principals_of_thing(thing.key, 0, 1)?.is_empty() {
                    return Err(Error::invalid(format!(
                        "Cannot delete. Thing {name} is still attached to one or more principals"
                    )));
                }
                announcer.thing_deleted(tx, &thing)?;
                tx.delete_thing(thing.key, &name)?;
                Ok(())
            })
            .await
    }

    /// The thing of this name.
    pub async fn thing(&self, name: &str) -> Result<Thing> {
        self.kernel
            .store
            .read(|conn| {
                conn.thing(name)?.ok_or_else(|| {
                    let account = &self.kernel.realm().account;
                    Error::not_found(format!("Thing {account}:{name} not found."))
                })
            })
            .await
    }

    /// Things in the order they were created, beyond the key `after`, and the key to go on from. A page may be
    /// shorter than `limit` although there are more.
    pub async fn things(
        &self,
        narrowed: &Narrowed,
        after: i64,
        limit: usize,
    ) -> Result<(Vec<Thing>, Option<i64>)> {
        self.kernel
            .store
            .read(|conn| {
                let filter = match narrowed {
                    Narrowed::All => ThingFilter::default(),
                    Narrowed::Type(name) => match conn.thing_type(name)? {
                        Some(found) => ThingFilter {
                            type_key: Some(found.key),
                            ..ThingFilter::default()
                        },
                        // No thing has a type that does not exist.
                        None => return Ok((Vec::new(), None)),
                    },
                    Narrowed::Attribute {
                        name,
                        value,
                        prefix,
                    } => ThingFilter {
                        attribute: Some((name.clone(), value.clone())),
                        prefix: *prefix,
                        ..ThingFilter::default()
                    },
                };
                Ok(conn.things(&filter, after, limit)?)
            })
            .await
    }
}

fn usable_type(
    conn: &Conn<'_>,
    account: &str,
    name: &str,
    deprecated: impl FnOnce() -> String,
) -> Result<ThingType> {
    let Some(found) = conn.thing_type(name)? else {
        return Err(thing_type::unknown(account, name));
    };
    match found.deprecated {
        Some(_) => Err(Error::invalid(deprecated())),
        None => Ok(found),
    }
}

fn check_version(thing: &Thing, expected: Option<i64>) -> Result<()> {
    match expected {
        Some(expected) if expected != thing.version => Err(Error::new(
            Refusal::VersionConflict,
            format!(
                "The version for thing {} does not match the expected version.",
                thing.name
            ),
        )),
        _ => Ok(()),
    }
}

fn check_attributes(attributes: &Attributes, has_type: bool) -> Result<()> {
    name::attributes(attributes, has_type).map_err(|invalid| match invalid {
        name::Invalid::TooManyWithoutType { count } => Error::invalid(format!(
            "To use more than 3 attributes, a thing must have a type specified; this one would have {count}"
        )),
        other => Error::invalid(other.to_string()),
    })
}
