//! Dynamic thing groups: a query decides which things are in them. AWS guide: dynamic-thing-groups.
//!
//! AWS wants fleet indexing switched on first; here a group finds its things without it.

use super::Refusal;
use super::Search;
use crate::app::caller::Caller;
use crate::app::error::{Error, Kind, Result};
use crate::app::events::Happened;
use crate::app::ids;
use crate::app::registry::group::{
    GroupChange, check_attributes, check_version, create, exists, join, leave, remove, unknown,
};
use crate::app::registry::tag::{self, Tag};
use nameplate_core::limits;
use nameplate_core::registry::thing::{Attributes, Thing, ThingGroup, updated_attributes};
use nameplate_core::search::membership::{Entry, Held, entry};
use nameplate_core::search::{Document, Query, Subject};
use nameplate_store::{Membership, NewGroup};
use std::sync::Arc;

/// A dynamic thing group to create.
#[derive(Debug, Clone, Default)]
pub struct NewDynamicGroup {
    /// Its name.
    pub name: String,
    /// Its query.
    pub query: String,
    /// Its description.
    pub description: Option<String>,
    /// Its attributes; those with an empty value count as absent.
    pub attributes: Attributes,
    /// Its tags.
    pub tags: Vec<Tag>,
}

/// A dynamic group with its query parsed.
#[derive(Debug, Clone)]
pub(super) struct Dynamic {
    pub(super) key: i64,
    pub(super) text: Arc<str>,
    pub(super) query: Query,
    /// All things have been tried.
    pub(super) found: bool,
}

/// The dynamic groups that a thing leaves and joins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Moves {
    thing: i64,
    leave: Vec<i64>,
    join: Vec<i64>,
}

impl Moves {
    /// What `dynamic` makes necessary for a thing; `None` where it is nothing.
    pub(super) fn of(
        thing: &Thing,
        held: &[Membership],
        document: &Document,
        dynamic: &[Dynamic],
    ) -> Option<Self> {
        let mut moves = Self {
            thing: thing.key,
            leave: Vec::new(),
            join: Vec::new(),
        };
        for group in dynamic {
            let held = held.iter().any(|membership| membership.group == group.key);
            match (held, group.query.matches(document)) {
                (true, false) => moves.leave.push(group.key),
                (false, true) => moves.join.push(group.key),
                _ => {}
            }
        }
        (!moves.leave.is_empty() || !moves.join.is_empty()).then_some(moves)
    }
}

fn parse(query: &str) -> Result<Query> {
    Query::parse(Subject::Things, query)
        .map_err(|error| Error::new(Refusal::InvalidQuery, error.to_string()))
}

fn check_dynamic(group: &ThingGroup) -> Result<()> {
    match group.query {
        Some(_) => Ok(()),
        None => Err(Error::invalid(format!(
            "{} is a static thing group, and the operation is for dynamic ones",
            group.name
        ))),
    }
}

impl Search {
    /// Creates a dynamic thing group; its things are found after that. One that exists already with the same query,
    /// properties and tags is the answer; any other group of the name is a refusal.
    pub async fn create_dynamic_group(
        &self,
        caller: &Caller,
        mut new: NewDynamicGroup,
    ) -> Result<ThingGroup> {
        parse(&new.query)?;
        tag::check(&new.tags)?;
        new.tags.sort();
        new.description = new.description.filter(|text| !text.is_empty());
        new.attributes = updated_attributes(&Attributes::new(), &new.attributes, false);
        check_attributes(&new.attributes)?;
        let ctx = caller.ctx.clone();
        let announcer = self.kernel.announcer(&ctx).await?;
        let id = ids::uuid();
        self.kernel
            .change(caller, "create-dynamic-group", move |tx| {
                let arn = ctx.realm.thing_group(&new.name);
                if let Some(found) = tx.group(&new.name)? {
                    let same = found.query.as_ref() == Some(&new.query)
                        && found.description == new.description
                        && found.attributes == new.attributes
                        && tx.tags(&arn, "", limits::TAGS + 1)? == new.tags;
                    return if same {
                        Ok(found)
                    } else {
                        Err(exists(found, arn))
                    };
                }
                if tx.dynamic_groups()?.len() >= limits::DYNAMIC_GROUPS {
                    return Err(Error::new(
                        Kind::Limit,
                        format!(
                            "An account can have at most {} dynamic thing groups",
                            limits::DYNAMIC_GROUPS
                        ),
                    ));
                }
                let group = NewGroup {
                    name: &new.name,
                    group_id: &id,
                    parent: None,
                    description: new.description.as_deref(),
                    attributes: &new.attributes,
                    query: Some(&new.query),
                    created: ctx.now,
                };
                create(tx, &announcer, &arn, &group, &new.tags)
            })
            .await
    }

    /// Changes a dynamic thing group's properties, and its query where one is given; its version then.
    pub async fn update_dynamic_group(
        &self,
        caller: &Caller,
        name: &str,
        query: Option<&str>,
        change: GroupChange,
    ) -> Result<i64> {
        if let Some(query) = query {
            parse(query)?;
        }
        let ctx = caller.ctx.clone();
        let announcer = self.kernel.announcer(&ctx).await?;
        let (name, query) = (name.to_owned(), query.map(str::to_owned));
        self.kernel
            .change(caller, "update-dynamic-group", move |tx| {
                let mut group = tx
                    .group(&name)?
                    .ok_or_else(|| unknown(&ctx.realm.account, &name))?;
                check_dynamic(&group)?;
                change.apply(tx, &mut group)?;
                if let Some(query) = &query {
                    tx.set_group_query(group.key, query)?;
                    group.query = Some(query.clone());
                }
                announcer.thing_group(tx, Happened::Updated, &group)?;
                Ok(group.version)
            })
            .await
    }

    /// Deletes a dynamic thing group. One that does not exist is deleted already.
    pub async fn delete_dynamic_group(
        &self,
        caller: &Caller,
        name: &str,
        expected_version: Option<i64>,
    ) -> Result<()> {
        let ctx = caller.ctx.clone();
        let announcer = self.kernel.announcer(&ctx).await?;
        let name = name.to_owned();
        self.kernel
            .change(caller, "delete-dynamic-group", move |tx| {
                let Some(group) = tx.group(&name)? else {
                    return Ok(());
                };
                check_dynamic(&group)?;
                check_version(&group, expected_version)?;
                remove(tx, &announcer, &ctx.realm, &group)
            })
            .await
    }

    /// Status of a thing group in AWS's words; `None` for a static one.
    pub fn dynamic_group_status(&self, group: &ThingGroup) -> Option<&'static str> {
        let query = group.query.as_deref()?;
        Some(self.fleet.group_status(group.key, query).as_str())
    }

    /// Moves things between dynamic groups, all at once. What changed since it was decided is noted itself and
    /// decided again.
    pub(super) async fn move_between_dynamic_groups(&self, moves: Vec<Moves>) -> Result<()> {
        let announcer = self.kernel.announcer(&self.kernel.ctx()).await?;
        let failed = self
            .kernel
            .store
            .tx("move-between-dynamic-groups", move |tx| {
                let mut failed = Vec::new();
                for moved in &moves {
                    let Some(name) = tx.thing_name(moved.thing)? else {
                        continue;
                    };
                    for &group in &moved.leave {
                        leave(tx, &announcer, moved.thing, group)?;
                    }
                    for &key in &moved.join {
                        let Some(group) = tx.group_by_key(key)? else {
                            continue;
                        };
                        let present = tx.memberships(moved.thing)?;
                        let held: Vec<Held> = present
                            .iter()
                            .map(|held| Held {
                                group: held.group,
                                dynamic: held.dynamic,
                            })
                            .collect();
                        match entry(&held, key) {
                            Entry::Join => {}
                            Entry::InsteadOf(newest) => {
                                leave(tx, &announcer, moved.thing, newest)?;
                                let left = present.into_iter().find(|held| held.group == newest);
                                failed.extend(left.map(|left| (name.clone(), left.name)));
                            }
                            Entry::Full => {
                                failed.push((name.clone(), group.name));
                                continue;
                            }
                        }
                        join(tx, &announcer, moved.thing, key)?;
                    }
                }
                Ok::<_, Error>(failed)
            })
            .await?;
        for (thing, group) in failed {
            // AWS guide: cwl-format, AddThingToDynamicThingGroupsFailed.
            tracing::info!(
                thing.name = thing,
                "AddThingToDynamicThingGroupsFailed: {thing} is in as many groups as it can be, so it is not in {group}"
            );
        }
        Ok(())
    }
}
