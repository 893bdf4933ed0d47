//! Thing types: creating, deprecating and deleting them.
//!
//! AWS guide: thing-types.

use super::Registry;
use super::tag::{self, Tag};
use crate::app::caller::Caller;
use crate::app::error::{Error, Kind, Result};
use crate::app::events::Happened;
use crate::app::ids;
use nameplate_core::registry::thing::ThingType;
use serde_json::{Map, Value};

/// Attributes of a type that can be searched (AWS guide: thing-types, of 2023).
const SEARCHABLE_ATTRIBUTES: usize = 3;
/// Attributes of a type that go along with messages (General Reference, IoT Core quotas).
const PROPAGATING_ATTRIBUTES: usize = 20;

/// `thingTypeProperties`, kept as it was given: nothing here depends on most of it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Properties(Map<String, Value>);

impl Properties {
    /// Properties as the API has them; their lengths and characters were the model's.
    pub fn new(members: Map<String, Value>) -> Result<Self> {
        let length = |value: Option<&Value>| value.and_then(Value::as_array).map_or(0, Vec::len);
        let searchable = length(members.get("searchableAttributes"));
        if searchable > SEARCHABLE_ATTRIBUTES {
            return Err(Error::invalid(format!(
                "A thing type can have at most {SEARCHABLE_ATTRIBUTES} searchable attributes, and these are {searchable}"
            )));
        }
        let propagating = members
            .get("mqtt5Configuration")
            .and_then(|configuration| configuration.get("propagatingAttributes"));
        let count = length(propagating);
        if count > PROPAGATING_ATTRIBUTES {
            return Err(Error::invalid(format!(
                "A thing type can have at most {PROPAGATING_ATTRIBUTES} propagating attributes, and these are {count}"
            )));
        }
        for attribute in propagating.and_then(Value::as_array).into_iter().flatten() {
            let has = |name: &str| attribute.get(name).is_some();
            if !has("userPropertyKey") || has("thingAttribute") == has("connectionAttribute") {
                return Err(Error::invalid(format!(
                    "A propagating attribute must have a userPropertyKey and either a thingAttribute or a connectionAttribute: {attribute}"
                )));
            }
        }
        Ok(Self(members))
    }

    /// Those of a type in the registry.
    pub fn of(thing_type: &ThingType) -> Result<Self> {
        Ok(Self(
            serde_json::from_str(&thing_type.properties).map_err(Error::internal)?,
        ))
    }

    /// As the API has them.
    pub fn into_members(self) -> Map<String, Value> {
        self.0
    }

    /// Whether two types are the same: what AWS keeps as a set has no order, and what is empty is not there.
    fn same_as(&self, other: &Self) -> bool {
        fn form(value: &Value) -> Option<Value> {
            match value {
                Value::Null => None,
                Value::String(text) if text.is_empty() => None,
                Value::Array(items) => {
                    let mut items: Vec<Value> = items.iter().filter_map(form).collect();
                    items.sort_by_cached_key(Value::to_string);
                    items.dedup();
                    (!items.is_empty()).then_some(Value::Array(items))
                }
                Value::Object(members) => {
                    let form = |(name, value)| Some((String::clone(name), form(value)?));
                    let members: Map<String, Value> = members.iter().filter_map(form).collect();
                    (!members.is_empty()).then_some(Value::Object(members))
                }
                other => Some(other.clone()),
            }
        }
        let whole = |properties: &Self| form(&Value::Object(properties.0.clone()));
        whole(self) == whole(other)
    }

    fn text(&self) -> String {
        Value::Object(self.0.clone()).to_string()
    }
}

/// The refusal of a type that does not exist.
pub(crate) fn unknown(account: &str, name: &str) -> Error {
    Error::not_found(format!("Thing Type {account}:{name} not found."))
}

impl Registry {
    /// Creates a thing type. One that exists already with the same properties is the answer; with others it is a
    /// refusal.
    pub async fn create_thing_type(
        &self,
        caller: &Caller,
        name: &str,
        properties: Properties,
        tags: Vec<Tag>,
    ) -> Result<ThingType> {
        tag::check(&tags)?;
        let announcer = self.kernel.announcer(&caller.ctx).await?;
        let arn = self.kernel.realm().thing_type(name);
        let name = name.to_owned();
        let id = ids::uuid();
        let now = caller.ctx.now;
        self.kernel.change(caller, "create-thing-type", move |tx| {
                if let Some(found) = tx.thing_type(&name)? {
                    return if Properties::of(&found)?.same_as(&properties) {
                        Ok(found)
                    } else {
                        let kind = Kind::Exists {
                            id: Some(found.thing_type_id),
                            arn: Some(arn.clone()),
                        };
                        let message = format!(
                            "Thing Type {name} already exists in current account with different properties"
                        );
                        Err(Error::new(kind, message))
                    };
                }
                tx.insert_thing_type(&name, &id, &properties.text(), now)?;
                tx.put_tags(&arn, &tags)?;
                let created = tx
                    .thing_type(&name)?
                    .ok_or_else(|| Error::internal("a thing type vanished while it was created"))?;
                announcer.thing_type(tx, Happened::Created, &created)?;
                Ok(created)
            })
            .await
    }

    /// The thing type of this name.
    pub async fn thing_type(&self, name: &str) -> Result<ThingType> {
        self.kernel
            .store
            .read(|conn| {
                conn.thing_type(name)?
                    .ok_or_else(|| unknown(&self.kernel.realm().account, name))
            })
            .await
    }

    /// Thing types whose name begins with `prefix`, in the order they were created, beyond the key `after`.
    pub async fn thing_types(
        &self,
        prefix: &str,
        after: i64,
        limit: usize,
    ) -> Result<Vec<ThingType>> {
        self.kernel
            .store
            .read(|conn| Ok(conn.thing_types(prefix, after, limit)?))
            .await
    }

    /// Changes what of a thing type may change: its `mqtt5Configuration`.
    pub async fn update_thing_type(
        &self,
        caller: &Caller,
        name: &str,
        changes: Properties,
    ) -> Result<()> {
        if changes
            .0
            .keys()
            .any(|member| member != "mqtt5Configuration")
        {
            return Err(Error::invalid("Can only update mqtt5Configuration."));
        }
        let announcer = self.kernel.announcer(&caller.ctx).await?;
        let account = self.kernel.realm().account.clone();
        let name = name.to_owned();
        self.kernel
            .change(caller, "update-thing-type", move |tx| {
                let mut found = tx
                    .thing_type(&name)?
                    .ok_or_else(|| unknown(&account, &name))?;
                let mut properties = Properties::of(&found)?;
                properties.0.extend(changes.0.clone());
                found.properties = properties.text();
                tx.set_thing_type_properties(found.key, &found.properties)?;
                announcer.thing_type(tx, Happened::Updated, &found)?;
                Ok(())
            })
            .await
    }

    /// Deprecates a thing type, so that no thing can get it any more, or takes that back. A type that is deprecated
    /// already keeps its date.
    pub async fn deprecate_thing_type(
        &self,
        caller: &Caller,
        name: &str,
        undo: bool,
    ) -> Result<()> {
        let account = self.kernel.realm().account.clone();
        let name = name.to_owned();
        let now = caller.ctx.now;
        let announcer = self.kernel.announcer(&caller.ctx).await?;
        self.kernel
            .change(caller, "deprecate-thing-type", move |tx| {
                let mut found = tx
                    .thing_type(&name)?
                    .ok_or_else(|| unknown(&account, &name))?;
                let deprecated = (!undo).then(|| found.deprecated.unwrap_or(now));
                if found.deprecated == deprecated {
                    return Ok(());
                }
                tx.set_thing_type_deprecated(found.key, deprecated)?;
                found.deprecated = deprecated;
                announcer.thing_type(tx, Happened::Updated, &found)?;
                Ok(())
            })
            .await
    }

    /// Deletes a deprecated thing type that no thing has. AWS makes the caller wait five minutes after the
    /// deprecation; here it is safe at once, since a deprecation is in force when it is answered, and how long one
    /// must wait is a setting.
    pub async fn delete_thing_type(&self, caller: &Caller, name: &str) -> Result<()> {
        let announcer = self.kernel.announcer(&caller.ctx).await?;
        let realm = self.kernel.realm().clone();
        let wait = i64::try_from(self.kernel.settings.thing_type_deletion_wait_seconds)
            .unwrap_or(i64::MAX)
            .saturating_mul(1000);
        let now = caller.ctx.now;
        let name = name.to_owned();
        self.kernel.change(caller, "delete-thing-type", move |tx| {
                let found = tx
                    .thing_type(&name)?
                    .ok_or_else(|| unknown(&realm.account, &name))?;
                if found
                    .deprecated
                    .is_none_or(|at| now.0.saturating_sub(at.0) < wait)
                {
                    return Err(Error::invalid(format!(
                        "Cannot delete thing type : {name}. Please wait for 5 minutes after deprecation and then retry"
                    )));
                }
                if tx.type_in_use(found.key)? {
                    return Err(Error::invalid(format!(
                        "Can not delete thing type {name} with things associated with it"
                    )));
                }
                tx.delete_thing_type(found.key)?;
                tx.delete_all_tags(&realm.thing_type(&name))?;
                announcer.thing_type(tx, Happened::Deleted, &found)?;
                Ok(())
            })
            .await
    }
}
