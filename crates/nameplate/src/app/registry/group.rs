//! Static thing groups: their tree, and which things are in them.
//!
//! A dynamic group is a group with a query; what is in it is not decided here, and it is refused where only a static
//! one will do. AWS guide: thing-groups.

use super::Refusal;
use super::Registry;
use super::principal::group_named;
use super::tag::{self, Tag};
use crate::app::caller::Caller;
use crate::app::error::{Error, Kind, Result};
use crate::app::events::{Announcer, Happened, ancestors};
use crate::app::ids;
use nameplate_core::arn::{Arn, Realm};
use nameplate_core::limits;
use nameplate_core::registry::event::EventKind;
use nameplate_core::registry::name::{self, Invalid};
use nameplate_core::registry::thing::{Attributes, ThingGroup, updated_attributes};
use nameplate_store::{Conn, NewGroup, Tx};
use std::collections::BTreeSet;

/// A thing group to create.
#[derive(Debug, Clone, Default)]
pub struct NewThingGroup {
    /// Its name.
    pub name: String,
    /// Name of its parent.
    pub parent: Option<String>,
    /// Its description.
    pub description: Option<String>,
    /// Its attributes; those with an empty value count as absent.
    pub attributes: Attributes,
    /// Its tags.
    pub tags: Vec<Tag>,
}

/// What an update of a thing group changes.
#[derive(Debug, Clone, Default)]
pub struct GroupChange {
    /// The description to set; `None` leaves it as it is.
    pub description: Option<String>,
    /// Attributes to set; `None` leaves them as they are.
    pub attributes: Option<Attributes>,
    /// Keep the attributes that are not named.
    pub merge: bool,
    /// Refuse where the group has another version.
    pub expected_version: Option<i64>,
}

impl GroupChange {
    /// Makes the change in the store and in `group`, which is then of the next version.
    pub(crate) fn apply(&self, tx: &mut Tx<'_>, group: &mut ThingGroup) -> Result<()> {
        check_version(group, self.expected_version)?;
        if let Some(text) = &self.description {
            group.description = Some(text.clone()).filter(|text| !text.is_empty());
        }
        if let Some(given) = &self.attributes {
            group.attributes = updated_attributes(&group.attributes, given, self.merge);
            check_attributes(&group.attributes)?;
        }
        tx.update_group(group.key, group.description.as_deref(), &group.attributes)?;
        group.version += 1;
        Ok(())
    }
}

/// A thing group and the groups above it, the root first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupInTree {
    /// The group.
    pub group: ThingGroup,
    /// The groups above it.
    pub ancestors: Vec<ThingGroup>,
}

/// Which thing groups are listed.
#[derive(Debug, Clone, Default)]
pub struct GroupFilter {
    /// Those below this one; `None`: of the whole account.
    pub parent: Option<String>,
    /// Those whose name begins like this.
    pub prefix: String,
    /// All levels below, not only the first.
    pub recursive: bool,
}

/// A thing in a thing group, and its place in a list over several groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Key of the group, then key of the thing.
    pub place: (i64, i64),
    /// Name of the thing.
    pub thing: String,
}

/// How often a name may be given in a list of groups to join or leave: once for each group a thing can be in.
const MOVES: usize = 2 * limits::GROUPS_PER_THING;

/// The name that a request gives by itself, by an ARN, or by both: `kind` is the ARN's word for it. `None` where it
/// gives neither.
pub fn named(
    realm: &Realm,
    kind: &str,
    name: Option<&str>,
    arn: Option<&str>,
) -> Result<Option<String>> {
    let Some(arn) = arn else {
        return Ok(name.map(str::to_owned));
    };
    let member = match kind {
        "thinggroup" => "thingGroup",
        "billinggroup" => "billingGroup",
        _ => "thing",
    };
    let malformed = || {
        Error::invalid(format!(
            "Invalid {member}Arn {arn}: it must be of the form {}",
            realm.iot(format_args!("{kind}/<name>"))
        ))
    };
    let parsed = Arn::parse(arn).ok_or_else(malformed)?;
    let of_arn = parsed
        .name_of(kind)
        .filter(|of_arn| !of_arn.is_empty() && parsed.service == "iot")
        .ok_or_else(malformed)?;
    if parsed.account != realm.account {
        return Err(Error::invalid(
            "ResourceArn doesn't belong in requester's account",
        ));
    }
    if parsed.region != realm.region || parsed.partition != realm.partition() {
        return Err(malformed());
    }
    match name {
        Some(name) if name != of_arn => {
            let upper = format!("{}{}", member[..1].to_ascii_uppercase(), &member[1..]);
            Err(Error::invalid(format!(
                "{upper}Name in {member}Arn does not match specified {member}Name in request"
            )))
        }
        _ => Ok(Some(of_arn.to_owned())),
    }
}

/// The refusal of a thing group that does not exist, where it is what the request is about.
pub(crate) fn unknown(account: &str, name: &str) -> Error {
    Error::not_found(format!("ThingGroup {account}:{name} not found."))
}

/// Refuses a dynamic group: only its query decides who is in it.
pub(crate) fn check_static(group: &ThingGroup, what: &str) -> Result<()> {
    match group.query {
        None => Ok(()),
        Some(_) => Err(Error::invalid(format!(
            "{} is a dynamic thing group, {what}",
            group.name
        ))),
    }
}

/// The rules of attributes, as they are said of a group.
pub(crate) fn check_attributes(attributes: &Attributes) -> Result<()> {
    name::attributes(attributes, true).map_err(|invalid| {
        Error::invalid(match invalid {
            Invalid::TooMany { count } => format!(
                "A thing group may have at most {} attributes, and this one would have {count}",
                limits::ATTRIBUTES_WITH_TYPE
            ),
            Invalid::TooLarge { bytes } => format!(
                "The attributes of a thing group may hold at most {} bytes together, and these hold {bytes}",
                limits::ATTRIBUTES_BYTES
            ),
            other => other.to_string(),
        })
    })
}

/// Refuses where the group has another version than the caller believes.
pub(crate) fn check_version(group: &ThingGroup, expected: Option<i64>) -> Result<()> {
    match expected {
        Some(expected) if expected != group.version => Err(Error::new(
            Refusal::VersionConflict,
            format!(
                "The version for thing group {} does not match the expected version.",
                group.name
            ),
        )),
        _ => Ok(()),
    }
}

/// Puts a new thing group and its tags in the registry and announces it.
pub(crate) fn create(
    tx: &mut Tx<'_>,
    announcer: &Announcer,
    arn: &str,
    group: &NewGroup<'_>,
    tags: &[Tag],
) -> Result<ThingGroup> {
    let key = tx.insert_group(group)?;
    tx.put_tags(arn, tags)?;
    let created = tx
        .group_by_key(key)?
        .ok_or_else(|| Error::internal("a thing group vanished while it was created"))?;
    announcer.thing_group(tx, Happened::Created, &created)?;
    Ok(created)
}

/// Announces that a thing group is deleted, and deletes it with its tags.
pub(crate) fn remove(
    tx: &mut Tx<'_>,
    announcer: &Announcer,
    realm: &Realm,
    group: &ThingGroup,
) -> Result<()> {
    announcer.thing_group(tx, Happened::Deleted, group)?;
    tx.delete_group(group.key)?;
    tx.delete_all_tags(&realm.thing_group(&group.name))?;
    Ok(())
}

impl Registry {
    /// Creates a static thing group. One that exists already with the same parent, properties and tags is the answer;
    /// with others it is a refusal.
    pub async fn create_thing_group(
        &self,
        caller: &Caller,
        mut new: NewThingGroup,
    ) -> Result<ThingGroup> {
        tag::check(&new.tags)?;
        new.tags.sort();
        new.description = new.description.filter(|text| !text.is_empty());
        new.attributes = updated_attributes(&Attributes::new(), &new.attributes, false);
        check_attributes(&new.attributes)?;
        let ctx = caller.ctx.clone();
        let announcer = self.kernel.announcer(&ctx).await?;
        let id = ids::uuid();
        self.kernel
            .change(caller, "create-thing-group", move |tx| {
                let arn = ctx.realm.thing_group(&new.name);
                let parent = match &new.parent {
                    Some(name) => Some(tx.group(name)?.ok_or_else(|| {
                        Error::invalid(format!(
                            "Cannot create group using non-existing group as parent : {name}"
                        ))
                    })?),
                    None => None,
                };
                let parent_key = parent.as_ref().map(|parent| parent.key);
                if let Some(found) = tx.group(&new.name)? {
                    let same = found.query.is_none()
                        && found.parent == parent_key
                        && found.description == new.description
                        && found.attributes == new.attributes
                        && tx.tags(&arn, "", limits::TAGS + 1)? == new.tags;
                    return if same {
                        Ok(found)
                    } else {
                        Err(exists(found, arn))
                    };
                }
                if let Some(parent) = &parent {
                    check_parent(tx, parent)?;
                }
                let group = NewGroup {
                    name: &new.name,
                    group_id: &id,
                    parent: parent_key,
                    description: new.description.as_deref(),
                    attributes: &new.attributes,
                    query: None,
                    created: ctx.now,
                };
                create(tx, &announcer, &arn, &group, &new.tags)
            })
            .await
    }

    /// Changes a static thing group's description and attributes; its version then.
    pub async fn update_thing_group(
        &self,
        caller: &Caller,
        name: &str,
        change: GroupChange,
    ) -> Result<i64> {
        let ctx = caller.ctx.clone();
        let announcer = self.kernel.announcer(&ctx).await?;
        let name = name.to_owned();
        self.kernel
            .change(caller, "update-thing-group", move |tx| {
                let mut group = tx
                    .group(&name)?
                    .ok_or_else(|| unknown(&ctx.realm.account, &name))?;
                check_static(&group, "which UpdateDynamicThingGroup changes")?;
                change.apply(tx, &mut group)?;
                announcer.thing_group(tx, Happened::Updated, &group)?;
                Ok(group.version)
            })
            .await
    }

    /// Deletes a static thing group that has no child: its policies are detached, its things leave. One that does
    /// not exist is deleted already.
    pub async fn delete_thing_group(
        &self,
        caller: &Caller,
        name: &str,
        expected_version: Option<i64>,
    ) -> Result<()> {
        let ctx = caller.ctx.clone();
        let announcer = self.kernel.announcer(&ctx).await?;
        let name = name.to_owned();
        self.kernel.change(caller, "delete-thing-group", move |tx| {
                let Some(group) = tx.group(&name)? else {
                    return Ok(());
                };
                check_static(&group, "which DeleteDynamicThingGroup deletes")?;
                check_version(&group, expected_version)?;
                if !tx.child_groups(group.key)?.is_empty() {
                    return Err(Error::invalid(format!(
                        "Cannot delete thing group : {name} when there are still child groups attached to it"
                    )));
                }
                remove(tx, &announcer, &ctx.realm, &group)
            })
            .await
    }

    /// The thing group of this name and what is above it.
    pub async fn thing_group(&self, name: &str) -> Result<GroupInTree> {
        self.kernel
            .store
            .read(|conn| {
                let group = conn
                    .group(name)?
                    .ok_or_else(|| unknown(&self.kernel.realm().account, name))?;
                let ancestors = ancestors(conn, &group)?;
                Ok(GroupInTree { group, ancestors })
            })
            .await
    }

    /// Thing groups in the order they were created, beyond the key `after`.
    pub async fn thing_groups(
        &self,
        filter: &GroupFilter,
        after: i64,
        limit: usize,
    ) -> Result<Vec<ThingGroup>> {
        self.kernel
            .store
            .read(|conn| {
                let Some(parent) = &filter.parent else {
                    return Ok(conn.groups(!filter.recursive, &filter.prefix, after, limit)?);
                };
                let parent = group_named(conn, self.kernel.realm(), parent)?;
                let below = if filter.recursive {
                    descendants(conn, parent.key)?
                } else {
                    conn.child_groups(parent.key)?.into_iter().collect()
                };
                let mut found = Vec::new();
                for key in below.range(after + 1..) {
                    if found.len() == limit {
                        break;
                    }
                    found.extend(
                        conn.group_by_key(*key)?
                            .filter(|group| group.name.starts_with(&filter.prefix)),
                    );
                }
                Ok(found)
            })
            .await
    }

    /// Puts a thing into a static group. Again is no change. A thing in as many groups as it can be is refused, unless
    /// `override_dynamic` lets it leave its newest dynamic group.
    pub async fn add_thing_to_group(
        &self,
        caller: &Caller,
        thing: &str,
        group: &str,
        override_dynamic: bool,
    ) -> Result<()> {
        self.move_thing(
            caller,
            "add-thing-to-group",
            thing,
            &[],
            &[group.to_owned()],
            override_dynamic,
        )
        .await
    }

    /// Takes a thing out of a static group. One that is not in it stays out.
    pub async fn remove_thing_from_group(
        &self,
        caller: &Caller,
        thing: &str,
        group: &str,
    ) -> Result<()> {
        let leave = [group.to_owned()];
        self.move_thing(caller, "remove-thing-from-group", thing, &leave, &[], false)
            .await
    }

    /// Takes a thing out of some groups and then puts it into others: all of it, or nothing.
    pub async fn update_groups_of_thing(
        &self,
        caller: &Caller,
        thing: &str,
        leave: &[String],
        join: &[String],
        override_dynamic: bool,
    ) -> Result<()> {
        let count = leave.len() + join.len();
        if count > MOVES {
            return Err(Error::invalid(format!(
                "At most {MOVES} thing groups can be joined and left at once, and these are {count}"
            )));
        }
        self.move_thing(
            caller,
            "update-groups-of-thing",
            thing,
            leave,
            join,
            override_dynamic,
        )
        .await
    }

    async fn move_thing(
        &self,
        caller: &Caller,
        name: &'static str,
        thing: &str,
        leave: &[String],
        join: &[String],
        override_dynamic: bool,
    ) -> Result<()> {
        let announcer = self.kernel.announcer(&caller.ctx).await?;
        let realm = self.kernel.realm().clone();
        let (thing, leave, join) = (thing.to_owned(), leave.to_vec(), join.to_vec());
        self.kernel
            .change(caller, name, move |tx| {
                let key = tx.thing_key(&thing)?.ok_or_else(|| {
                    Error::not_found(format!("Thing {}:{thing} not found.", realm.account))
                })?;
                let find = |tx: &Tx<'_>, name: &str| {
                    let group = group_named(tx, &realm, name)?;
                    check_static(&group, "whose things its query chooses")?;
                    Ok::<_, Error>(group)
                };
                for name in &leave {
                    let group = find(tx, name)?;
                    self::leave(tx, &announcer, key, group.key)?;
                }
                for name in &join {
                    let group = find(tx, name)?;
                    make_room(tx, &announcer, (key, &thing), &group, override_dynamic)?;
                    self::join(tx, &announcer, key, group.key)?;
                }
                Ok(())
            })
            .await
    }

    /// The groups a thing is in, in the order they were created.
    pub async fn groups_of_thing(&self, thing: &str) -> Result<Vec<ThingGroup>> {
        self.kernel
            .store
            .read(|conn| {
                let key = conn.thing_key(thing)?.ok_or_else(|| {
                    Error::not_found(format!(
                        "Thing {}:{thing} not found.",
                        self.kernel.realm().account
                    ))
                })?;
                Ok(conn.groups_of_thing(key)?)
            })
            .await
    }

    /// Things in a group, and with `recursive` in the groups below it, beyond the place `after`.
    pub async fn things_in_group(
        &self,
        group: &str,
        recursive: bool,
        after: (i64, i64),
        limit: usize,
    ) -> Result<Vec<Member>> {
        self.kernel
            .store
            .read(|conn| {
                let group = conn
                    .group(group)?
                    .ok_or_else(|| unknown(&self.kernel.realm().account, group))?;
                let mut groups = if recursive {
                    descendants(conn, group.key)?
                } else {
                    BTreeSet::new()
                };
                groups.insert(group.key);
                let mut found: Vec<Member> = Vec::new();
                for key in groups.range(after.0..) {
                    let beyond = if *key == after.0 { after.1 } else { 0 };
                    let room = limit - found.len();
                    if room == 0 {
                        break;
                    }
                    let things = conn.things_of_group(*key, beyond, room)?;
                    found.extend(things.into_iter().map(|(thing, name)| Member {
                        place: (*key, thing),
                        thing: name,
                    }));
                }
                Ok(found)
            })
            .await
    }
}

/// Puts a thing into a group and tells it, unless it is in it already. The rules were asked before.
pub(crate) fn join(tx: &mut Tx<'_>, announcer: &Announcer, thing: i64, group: i64) -> Result<()> {
    if !announcer.on(EventKind::ThingGroupMembership) {
        return Ok(tx.put_into_group(thing, group)?);
    }
    if tx.add_to_group(thing, group)? {
        announcer.joined(tx, thing, group)?;
    }
    Ok(())
}

/// Takes a thing out of a group and tells it, if it is in it.
pub(crate) fn leave(tx: &mut Tx<'_>, announcer: &Announcer, thing: i64, group: i64) -> Result<()> {
    if tx.remove_from_group(thing, group)? {
        announcer.left(tx, thing, group)?;
    }
    Ok(())
}

/// Whether a thing may join a static group; it leaves a dynamic one where that is needed and allowed.
fn make_room(
    tx: &mut Tx<'_>,
    announcer: &Announcer,
    (thing, thing_name): (i64, &str),
    group: &ThingGroup,
    override_dynamic: bool,
) -> Result<()> {
    let present = tx.groups_of_thing(thing)?;
    if present.iter().any(|other| other.key == group.key) {
        return Ok(());
    }
    let root = root(tx, group)?;
    for other in present.iter().filter(|other| other.query.is_none()) {
        if self::root(tx, other)? == root {
            return Err(Error::invalid(format!(
                "Thing {thing_name} cannot be in thing group {}: it is in {}, which is in the same hierarchy",
                group.name, other.name
            )));
        }
    }
    if present.len() < limits::GROUPS_PER_THING {
        return Ok(());
    }
    let newest = present
        .iter()
        .filter(|other| other.query.is_some())
        .max_by_key(|other| other.key);
    match newest {
        Some(dynamic) if override_dynamic => leave(tx, announcer, thing, dynamic.key),
        _ => Err(Error::invalid(format!(
            "Thing {thing_name} cannot be in thing group {}: it is in {} thing groups, which is the most a thing can be in",
            group.name,
            present.len()
        ))),
    }
}

fn root(conn: &Conn<'_>, group: &ThingGroup) -> Result<i64> {
    let line = conn.group_and_ancestors(group.key)?;
    Ok(line.last().map_or(group.key, |root| root.key))
}

/// Keys of all groups below a group.
fn descendants(conn: &Conn<'_>, key: i64) -> Result<BTreeSet<i64>> {
    let mut found = BTreeSet::new();
    let mut unseen = vec![key];
    while let Some(key) = unseen.pop() {
        for child in conn.child_groups(key)? {
            found.insert(child);
            unseen.push(child);
        }
    }
    Ok(found)
}

/// Refuses a parent that cannot have another child.
fn check_parent(conn: &Conn<'_>, parent: &ThingGroup) -> Result<()> {
    check_static(parent, "which cannot be a parent")?;
    if conn.group_and_ancestors(parent.key)?.len() >= limits::GROUP_DEPTH {
        return Err(Error::invalid(format!(
            "A hierarchy of thing groups can have at most {} levels, and {} is on the last",
            limits::GROUP_DEPTH,
            parent.name
        )));
    }
    if conn.child_groups(parent.key)?.len() >= limits::GROUP_CHILDREN {
        return Err(Error::invalid(format!(
            "A thing group can have at most {} direct children, and {} has them",
            limits::GROUP_CHILDREN,
            parent.name
        )));
    }
    Ok(())
}

/// The refusal of a new group whose name another one has.
pub(crate) fn exists(found: ThingGroup, arn: String) -> Error {
    let message = format!(
        "Thing Group {} already exists in current account with different properties",
        found.name
    );
    let kind = Kind::Exists {
        id: Some(found.group_id),
        arn: Some(arn),
    };
    Error::new(kind, message)
}
