//! Reads: GetItem, Query and Scan.

use super::Fields;
use crate::error::{Invalid, Result};
use crate::expression::{Condition, KeyCondition, Projection};
use crate::legacy;
use crate::value::{Item, parse_item};

/// An item that is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Get {
    /// Name or ARN of the table.
    pub table: String,
    /// Its key.
    pub key: Item,
    /// What of it is answered; all where there is none.
    pub projection: Option<Projection>,
    /// Whether it counts as a consistent read, which here all are.
    pub consistent: bool,
}

impl Get {
    /// GetItem.
    ///
    /// # Errors
    /// What the service says of a parameter.
    pub fn read(mut fields: Fields) -> Result<Self> {
        let mut scope = fields.scope(&["ProjectionExpression"], &["AttributesToGet"])?;
        let projection = fields.projection(&mut scope)?;
        scope.all_used()?;
        Ok(Self {
            key: fields.item("Key")?,
            consistent: fields.flag("ConsistentRead").unwrap_or(false),
            table: fields.table(),
            projection,
        })
    }
}

/// What is answered of items.
#[derive(Debug, Clone, PartialEq)]
pub enum Select {
    /// All that the table or index has; `true` where it must be all of the item.
    All(bool),
    /// Parts.
    Parts(Projection),
    /// How many there are.
    Count,
}

/// What Query and Scan have in common.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// Name or ARN of the table.
    pub table: String,
    /// The index.
    pub index: Option<String>,
    /// Items that do not satisfy it are not answered.
    pub filter: Option<Condition>,
    /// What refusals call the filter.
    pub filter_name: &'static str,
    /// What is answered.
    pub select: Select,
    /// Items to look at.
    pub limit: Option<u64>,
    /// The key behind which to go on.
    pub start: Option<Item>,
    /// Whether it is a consistent read, which indexes of their own partitions do not have.
    pub consistent: bool,
}

/// Items of a partition.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// Of what.
    pub asked: Asked,
    /// A condition on keys, still to be held against the schema.
    pub keys: Condition,
    /// In ascending order of sort keys.
    pub forward: bool,
}

/// Items of a table or index.
#[derive(Debug, Clone, PartialEq)]
pub struct Scan {
    /// Of what.
    pub asked: Asked,
    /// The segment, and of how many.
    pub segment: (u32, u32),
}

impl Query {
    /// Query.
    ///
    /// # Errors
    /// What the service says of a parameter.
    pub fn read(mut fields: Fields) -> Result<Self> {
        let mut scope = fields.scope(
            &[
                "ProjectionExpression",
                "FilterExpression",
                "KeyConditionExpression",
            ],
            &[
                "AttributesToGet",
                "QueryFilter",
                "ConditionalOperator",
                "KeyConditions",
            ],
        )?;
        let expression = fields.text("KeyConditionExpression");
        let before = fields.object("KeyConditions");
        let empty = before.as_ref().is_some_and(serde_json::Map::is_empty);
        let forward = fields.flag("ScanIndexForward").unwrap_or(true);
        let asked = Asked::read(fields, &mut scope, "QueryFilter", |scope| {
            match (&expression, before) {
                (Some(text), _) => {
                    Condition::parse(text, "KeyConditionExpression", scope).map(Some)
                }
                (None, Some(all)) => legacy::conditions(all, None, legacy::Kind::Keys),
                (None, None) => Ok(None),
            }
        });
        let (asked, keys) = asked?;
        if empty {
            return Err(Invalid::new("Conditions can be of length 1 or 2 only"));
        }
        let keys = keys.ok_or_else(|| {
            Invalid::new(
                "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.",
            )
        })?;
        KeyCondition::check(&keys, asked.index.is_some())?;
        Ok(Self {
            asked,
            keys,
            forward,
        })
    }
}

impl Scan {
    /// Scan.
    ///
    /// # Errors
    /// What the service says of a parameter.
    pub fn read(mut fields: Fields) -> Result<Self> {
        let mut scope = fields.scope(
            &["ProjectionExpression", "FilterExpression"],
            &["AttributesToGet", "ScanFilter", "ConditionalOperator"],
        )?;
        let number = |name: &str| {
            fields
                .integer(name)
                .and_then(|number| u32::try_from(number).ok())
        };
        let segment = match (number("Segment"), number("TotalSegments")) {
            (None, None) => (0, 1),
            (Some(_), None) => {
                return Err(Invalid::new(
                    "The TotalSegments parameter is required but was not present in the request when Segment parameter is present",
                ));
            }
            (None, Some(_)) => {
                return Err(Invalid::new(
                    "The Segment parameter is required but was not present in the request when parameter TotalSegments is present",
                ));
            }
            (Some(segment), Some(total)) if segment >= total => {
                return Err(Invalid::new(format!(
                    "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: {segment} is not less than TotalSegments: {total}"
                )));
            }
            (Some(segment), Some(total)) => (segment, total),
        };
        let (asked, _) = Asked::read(fields, &mut scope, "ScanFilter", |_| Ok(None))?;
        Ok(Self { asked, segment })
    }
}

impl Asked {
    fn read(
        mut fields: Fields,
        scope: &mut crate::expression::Scope,
        filter: &'static str,
        keys: impl FnOnce(&mut crate::expression::Scope) -> Result<Option<Condition>>,
    ) -> Result<(Self, Option<Condition>)> {
        let chosen_by = match fields.has("ProjectionExpression") {
            true => "ProjectionExpression",
            false => "AttributesToGet",
        };
        let projection = fields.projection(scope)?.map(|of| (of, chosen_by));
        let filter_name = match fields.has("FilterExpression") {
            true => "Filter Expression",
            false => filter,
        };
        let filter = fields.condition("FilterExpression", filter, scope)?;
        let keys = keys(scope)?;
        scope.all_used()?;
        let index = fields.text("IndexName");
        let given = fields.text("Select");
        let select =
            select(given.as_deref(), projection, index.is_some()).map_err(Invalid::detected)?;
        let start = fields.object("ExclusiveStartKey").map(parse_item);
        let asked = Self {
            index,
            filter,
            filter_name,
            select,
            limit: fields
                .integer("Limit")
                .and_then(|limit| u64::try_from(limit).ok()),
            start: start.transpose().map_err(Invalid::of_starting_key)?,
            consistent: fields.flag("ConsistentRead").unwrap_or(false),
            table: fields.table(),
        };
        Ok((asked, keys))
    }

    /// The attributes that the request names beside keys, for policies that restrict them.
    pub fn named(&self) -> Vec<String> {
        let mut named: Vec<String> = Vec::new();
        if let Some(filter) = &self.filter {
            named.extend(filter.attributes().into_iter().map(str::to_owned));
        }
        if let Select::Parts(projection) = &self.select {
            named.extend(projection.attributes().map(str::to_owned));
        }
        named.sort_unstable();
        named.dedup();
        named
    }
}

/// `projection` comes with the parameter that it is of.
fn select(
    given: Option<&str>,
    projection: Option<(Projection, &str)>,
    indexed: bool,
) -> Result<Select> {
    match (given, projection) {
        (None | Some("SPECIFIC_ATTRIBUTES"), Some((projection, _))) => {
            Ok(Select::Parts(projection))
        }
        (Some("ALL_PROJECTED_ATTRIBUTES"), None) if !indexed => Err(Invalid::new(
            "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName",
        )),
        (None | Some("ALL_PROJECTED_ATTRIBUTES"), None) => Ok(Select::All(false)),
        (Some("ALL_ATTRIBUTES"), None) => Ok(Select::All(true)),
        (Some("COUNT"), None) => Ok(Select::Count),
        (Some("COUNT"), Some((_, by))) => Err(Invalid::new(format!(
            "Cannot specify the {by} when choosing to get only the Count"
        ))),
        (Some(other), Some((_, by))) => Err(Invalid::new(format!(
            "Cannot specify the {by} when choosing to get {other}"
        ))),
        (Some(_), None) => Err(Invalid::new(
            "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES",
        )),
    }
}
