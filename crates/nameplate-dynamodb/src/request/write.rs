//! Writes of one item: PutItem, UpdateItem, DeleteItem, and the parts of batches and transactions.

use super::Fields;
use crate::error::{Invalid, Result};
use crate::expression::{Condition, Update};
use crate::legacy;
use crate::value::{ITEM_BYTES, Item, size};

/// What is done with an item.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// It is put in the place of what is there.
    Put(Item),
    /// What is there is changed, or made.
    Update(Item, Update),
    /// What is there is removed.
    Delete(Item),
    /// Nothing; its condition counts.
    Check(Item),
}

impl Action {
    /// What has the item's key: its key, or the whole item.
    pub fn key(&self) -> &Item {
        match self {
            Self::Put(item) => item,
            Self::Update(key, _) | Self::Delete(key) | Self::Check(key) => key,
        }
    }
}

/// What a write answers of the item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Returned {
    /// Nothing.
    #[default]
    None,
    /// All of what was there.
    AllOld,
    /// What was there of what has changed.
    UpdatedOld,
    /// All of what is there now.
    AllNew,
    /// What is there now of what has changed.
    UpdatedNew,
}

/// A write of one item.
#[derive(Debug, Clone, PartialEq)]
pub struct Write {
    /// Name or ARN of the table.
    pub table: String,
    /// What is done.
    pub action: Action,
    /// Only if this holds.
    pub condition: Option<Condition>,
    /// What is answered.
    pub returned: Returned,
    /// Whether the item is told where the condition does not hold.
    pub tells: bool,
    /// Whether it only makes an item: that there is one is a refusal of its own.
    pub inserts: bool,
}

/// How a write is asked for, by which its refusals differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Door {
    /// By an operation of its own, which counts what is wrong.
    Alone,
    /// In a transaction.
    Part,
}

impl Door {
    /// The refusal of a request.
    fn request<T>(self, read: Result<T>) -> Result<T> {
        match self {
            Self::Alone => read.map_err(Invalid::detected),
            Self::Part => read,
        }
    }

    /// The refusal of what an attribute holds.
    fn value<T>(self, read: Result<T>) -> Result<T> {
        match self {
            Self::Alone => read.map_err(Invalid::detected_in_value),
            Self::Part => read,
        }
    }
}

const EXPRESSIONS: &[&str] = &["UpdateExpression", "ConditionExpression"];
const LEGACY: &[&str] = &["AttributeUpdates", "Expected", "ConditionalOperator"];

impl Write {
    /// A write without a condition.
    pub fn new(table: impl Into<String>, action: Action) -> Self {
        Self::conditional(table, action, None)
    }

    /// A write with a condition, if there is one.
    pub(crate) fn conditional(
        table: impl Into<String>,
        action: Action,
        condition: Option<Condition>,
    ) -> Self {
        Self {
            table: table.into(),
            action,
            condition,
            returned: Returned::None,
            tells: false,
            inserts: false,
        }
    }

    /// PutItem.
    ///
    /// # Errors
    /// What the service says of a parameter.
    pub fn put(fields: Fields) -> Result<Self> {
        Self::put_by(fields, Door::Alone)
    }

    /// DeleteItem.
    ///
    /// # Errors
    /// What the service says of a parameter.
    pub fn delete(fields: Fields) -> Result<Self> {
        Self::delete_by(fields, Door::Alone)
    }

    /// UpdateItem.
    ///
    /// # Errors
    /// What the service says of a parameter.
    pub fn update(fields: Fields) -> Result<Self> {
        Self::update_by(fields, Door::Alone)
    }

    /// `Put`, by itself or in a transaction.
    pub(super) fn put_by(mut fields: Fields, door: Door) -> Result<Self> {
        let mut scope = door.request(fields.scope(&EXPRESSIONS[1..], &LEGACY[1..]))?;
        let item = whole(door.value(fields.item("Item"))?)?;
        door.request(Self::read(fields, &mut scope, Action::Put(item), false))
    }

    /// `Delete`, by itself or in a transaction.
    pub(super) fn delete_by(mut fields: Fields, door: Door) -> Result<Self> {
        let mut scope = door.request(fields.scope(&EXPRESSIONS[1..], &LEGACY[1..]))?;
        let key = fields.item("Key")?;
        door.request(Self::read(fields, &mut scope, Action::Delete(key), false))
    }

    /// `Update`, by itself or in a transaction.
    pub(super) fn update_by(mut fields: Fields, door: Door) -> Result<Self> {
        let mut scope = door.request(fields.scope(EXPRESSIONS, LEGACY))?;
        let key = door.value(fields.item("Key"))?;
        let update = match (
            fields.text("UpdateExpression"),
            fields.object("AttributeUpdates"),
        ) {
            (Some(text), _) => Update::parse(&text, &mut scope),
            (None, Some(all)) => legacy::updates(all),
            (None, None) => Ok(Update::default()),
        };
        let action = Action::Update(key, door.request(update)?);
        door.request(Self::read(fields, &mut scope, action, true))
    }

    /// A condition of a transaction.
    ///
    /// # Errors
    /// What the service says of a parameter.
    pub(super) fn check(mut fields: Fields) -> Result<Self> {
        let mut scope = fields.scope(&EXPRESSIONS[1..], &[])?;
        let key = fields.item("Key")?;
        Self::read(fields, &mut scope, Action::Check(key), false)
    }

    fn read(
        mut fields: Fields,
        scope: &mut crate::expression::Scope,
        action: Action,
        updates: bool,
    ) -> Result<Self> {
        let returned = match fields.text("ReturnValues").as_deref() {
            None | Some("NONE") => Returned::None,
            Some("ALL_OLD") => Returned::AllOld,
            Some("UPDATED_OLD") if updates => Returned::UpdatedOld,
            Some("ALL_NEW") if updates => Returned::AllNew,
            Some("UPDATED_NEW") if updates => Returned::UpdatedNew,
            Some(_) => {
                return Err(Invalid::new("ReturnValues can only be ALL_OLD or NONE"));
            }
        };
        let condition = fields.condition("ConditionExpression", "Expected", scope)?;
        scope.all_used()?;
        let tells = fields
            .text("ReturnValuesOnConditionCheckFailure")
            .as_deref()
            == Some("ALL_OLD");
        Ok(Self {
            table: fields.table(),
            action,
            condition,
            returned,
            tells,
            inserts: false,
        })
    }

    /// The attributes that the request names, for policies that restrict them.
    pub fn named(&self) -> Vec<String> {
        let mut named: Vec<String> = self.action.key().keys().cloned().collect();
        if let Action::Update(_, update) = &self.action {
            named.extend(update.paths().map(|path| path.attribute.clone()));
        }
        if let Some(condition) = &self.condition {
            named.extend(condition.attributes().into_iter().map(str::to_owned));
        }
        named.sort_unstable();
        named.dedup();
        named
    }
}

/// An item that is not too large.
pub(super) fn whole(item: Item) -> Result<Item> {
    if size(&item) > ITEM_BYTES {
        return Err(Invalid::new(
            "Item size has exceeded the maximum allowed size",
        ));
    }
    Ok(item)
}
