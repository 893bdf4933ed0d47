//! CreateTable and UpdateTable: what a table shall be.

use super::{Billing, Index, IndexProjection, Table, Throughput, ThroughputHistory};
use crate::error::{Invalid, Result};
use crate::key::{KeyAttribute, KeyKind, KeySchema};
use crate::request::Fields;
use serde_json::{Map, Value};

/// Local secondary indexes of a table. Developer guide: quotas.
const LOCAL_INDEXES: usize = 5;
/// Global secondary indexes of a table. Developer guide: quotas.
const GLOBAL_INDEXES: usize = 20;
/// Attributes of the partition key of a global secondary index, and of its sort key. Developer guide: multi-attribute
/// keys.
const KEY_ATTRIBUTES: usize = 4;

/// An index that shall be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewIndex {
    /// Its name.
    pub name: String,
    /// Whether it has the table's partitions.
    pub local: bool,
    /// Its key.
    pub schema: KeySchema,
    /// What it has of items.
    pub projection: IndexProjection,
    /// Its own throughput.
    pub throughput: Option<Throughput>,
}

impl NewIndex {
    /// The index, by the number under which its entries are kept.
    pub fn with_key(self, key: i64, backfilling: bool) -> Index {
        Index {
            name: self.name,
            key,
            local: self.local,
            schema: self.schema,
            projection: self.projection,
            throughput: self.throughput,
            throughput_history: ThroughputHistory::default(),
            backfilling,
        }
    }
}

/// A table that shall be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTable {
    /// Its name.
    pub name: String,
    /// Its key.
    pub schema: KeySchema,
    /// `AttributeDefinitions`
    pub attributes: Vec<KeyAttribute>,
    /// Its indexes.
    pub indexes: Vec<NewIndex>,
    /// How it is paid for.
    pub billing: Billing,
    /// `TableClass`
    pub class: Option<String>,
    /// `DeletionProtectionEnabled`
    pub protected: bool,
    /// Names and values.
    pub tags: Vec<(String, String)>,
    /// `ResourcePolicy`
    pub policy: Option<String>,
}

impl NewTable {
    /// CreateTable.
    ///
    /// # Errors
    /// What the service says of a parameter.
    pub fn read(mut fields: Fields) -> Result<Self> {
        let name = fields.table();
        check_table_name(&name)?;
        let stream = fields.object("StreamSpecification").unwrap_or_default();
        if stream.get("StreamEnabled") == Some(&Value::Bool(false))
            && stream.contains_key("StreamViewType")
        {
            return Err(Invalid::parameters(
                "StreamViewType cannot be specified when StreamEnabled is false",
            ));
        }
        let billing = fields.text("BillingMode");
        let throughput = fields
            .object("ProvisionedThroughput")
            .map(|given| throughput(given, None))
            .transpose()?;
        let on_demand = billing.as_deref() == Some("PAY_PER_REQUEST");
        let attributes = definitions(fields.list("AttributeDefinitions").unwrap_or_default())?;
        let billing = match (on_demand, throughput) {
            (true, None) => Billing::OnDemand,
            (true, Some(_)) => {
                return Err(Invalid::parameters(
                    "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
                ));
            }
            (false, Some(throughput)) => Billing::Provisioned(throughput),
            (false, None) => {
                return Err(Invalid::parameters(
                    "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED",
                ));
            }
        };
        let keys = fields.list("KeySchema").unwrap_or_default();
        countable(&keys, attributes.len())?;
        let schema = schema(keys, &attributes, false)?;
        let mut indexes = Vec::new();
        for local in [true, false] {
            let member = if local {
                "LocalSecondaryIndexes"
            } else {
                "GlobalSecondaryIndexes"
            };
            let Some(given) = fields.list(member) else {
                continue;
            };
            if given.is_empty() {
                return Err(Invalid::parameters(format!("List of {member} is empty")));
            }
            if local && schema.range.is_none() {
                return Err(Invalid::parameters(
                    "Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex",
                ));
            }
            for entry in given {
                let Value::Object(entry) = entry else {
                    continue;
                };
                let new = index(Fields(entry), local.then_some(&schema), &attributes)?;
                if indexes
                    .iter()
                    .any(|index: &NewIndex| index.name == new.name)
                {
                    return Err(Invalid::parameters(format!(
                        "Duplicate index name: {}",
                        new.name
                    )));
                }
                paid(&new, on_demand)?;
                indexes.push(new);
            }
        }
        counted(
            indexes.iter().filter(|index| index.local).count(),
            indexes.iter().filter(|index| !index.local).count(),
        )?;
        all_used(
            &attributes,
            &schema,
            indexes.iter().map(|index| &index.schema),
        )?;
        Ok(Self {
            name,
            schema,
            attributes,
            indexes,
            billing,
            class: fields.text("TableClass"),
            protected: fields.flag("DeletionProtectionEnabled").unwrap_or(false),
            tags: tags(fields.list("Tags").unwrap_or_default()),
            policy: fields.text("ResourcePolicy"),
        })
    }
}

/// A change of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TableChange {
    /// It is paid for in another way.
    Billing(Billing),
    /// It is of another class.
    Class(String),
    /// It can, or cannot, be deleted.
    Protected(bool),
    /// It gets an index, and the attributes that the request defines.
    AddIndex(NewIndex, Vec<KeyAttribute>),
    /// An index has another throughput.
    IndexThroughput(String, Throughput),
    /// It loses an index.
    RemoveIndex(String),
}

/// What the service says of an UpdateTable that asks for nothing.
const NOTHING: &str = "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates, SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, MultiRegionConsistency, DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is required";

impl TableChange {
    /// Whether an index is made or goes, of which there is one at a time.
    pub fn is_of_an_index(&self) -> bool {
        matches!(self, Self::AddIndex(..) | Self::RemoveIndex(_))
    }

    /// Whether UpdateTable asks for anything, whatever the table: known before it is looked for.
    ///
    /// # Errors
    /// What the service says of a request that changes nothing.
    pub fn check(given: &Map<String, Value>) -> Result<()> {
        let updates = given
            .get("GlobalSecondaryIndexUpdates")
            .and_then(Value::as_array)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let members = |update: &Value| update.as_object().map_or(0, Map::len);
        if updates.iter().any(|update| members(update) > 1) {
            return Err(Invalid::parameters(
                "Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object",
            ));
        }
        if updates.iter().any(|update| members(update) == 0) {
            return Err(Invalid::parameters(
                "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete must not be null",
            ));
        }
        let mut named: Vec<&str> = Vec::new();
        for name in updates.iter().filter_map(index_name) {
            if named.contains(&name) {
                return Err(Invalid::parameters(format!(
                    "Only one global secondary index update per index is allowed simultaneously. Index: {name}"
                )));
            }
            named.push(name);
        }
        let beside = [
            "TableName",
            "AttributeDefinitions",
            "GlobalSecondaryIndexUpdates",
        ];
        let any = given.keys().any(|name| !beside.contains(&name.as_str()));
        match any || !updates.is_empty() {
            true => Ok(()),
            false => Err(Invalid::new(NOTHING)),
        }
    }

    /// UpdateTable of a table.
    ///
    /// # Errors
    /// What the service says of a parameter.
    pub fn read(mut fields: Fields, table: &Table) -> Result<Vec<Self>> {
        let mut changes = Vec::new();
        let given = fields
            .object("ProvisionedThroughput")
            .map(|given| throughput(given, None))
            .transpose()?;
        let mode = fields.text("BillingMode");
        let billing = match (mode.as_deref(), given) {
            (Some("PAY_PER_REQUEST"), None) => Some(Billing::OnDemand),
            (Some("PAY_PER_REQUEST"), Some(_)) => {
                return Err(Invalid::parameters(
                    "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
                ));
            }
            (Some(_), None) => {
                return Err(Invalid::parameters(
                    "ProvisionedThroughput must be specified when BillingMode is PROVISIONED",
                ));
            }
            (None, Some(_)) if table.billing == Billing::OnDemand => {
                return Err(Invalid::parameters(
                    "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
                ));
            }
            (_, Some(throughput))
                if table.billing == Billing::Provisioned(throughput) && mode.is_none() =>
            {
                return Err(Invalid::new(format!(
                    "The provisioned throughput for the table will not change. The requested value equals the current value. Current ReadCapacityUnits provisioned for the table: {}. Requested ReadCapacityUnits: {}. Current WriteCapacityUnits provisioned for the table: {}. Requested WriteCapacityUnits: {}. Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.",
                    throughput.read, throughput.read, throughput.write, throughput.write
                )));
            }
            (_, Some(throughput)) => Some(Billing::Provisioned(throughput)),
            (None, None) => None,
        };
        changes.extend(billing.map(Self::Billing));
        let on_demand = billing.unwrap_or(table.billing) == Billing::OnDemand;
        changes.extend(fields.text("TableClass").map(Self::Class));
        changes.extend(
            fields
                .flag("DeletionProtectionEnabled")
                .map(Self::Protected),
        );
        // A new index has its keys' types from the request, also where the table knows them.
        let given = definitions(fields.list("AttributeDefinitions").unwrap_or_default())?;
        let mut attributes = table.attributes.clone();
        for new in &given {
            if !attributes.contains(new) {
                attributes.push(new.clone());
            }
        }
        for update in fields
            .list("GlobalSecondaryIndexUpdates")
            .unwrap_or_default()
        {
            let Value::Object(update) = update else {
                continue;
            };
            let defined = (given.as_slice(), attributes.as_slice());
            changes.push(index_change(Fields(update), table, defined, on_demand)?);
        }
        if changes.is_empty() {
            return Err(Invalid::new(NOTHING));
        }
        Ok(changes)
    }
}

/// The index that an update is of.
fn index_name(update: &Value) -> Option<&str> {
    let mut actions = update.as_object()?.values();
    actions.find_map(|action| action.get("IndexName")?.as_str())
}

fn index_change(
    mut update: Fields,
    table: &Table,
    (given, attributes): (&[KeyAttribute], &[KeyAttribute]),
    on_demand: bool,
) -> Result<TableChange> {
    if let Some(create) = update.object("Create") {
        let new = index(Fields(create), None, given)?;
        if table.indexes.iter().any(|index| index.name == new.name) {
            return Err(Invalid::new(
                "Attempting to create an index which already exists",
            ));
        }
        same_types(&new.schema, table)?;
        let globals = table.indexes.iter().filter(|index| !index.local).count();
        counted(0, globals + 1)?;
        paid(&new, on_demand)?;
        return Ok(TableChange::AddIndex(new, attributes.to_vec()));
    }
    if let Some(change) = update.object("Update") {
        let mut change = Fields(change);
        let name = change.text("IndexName").unwrap_or_default();
        let given = change.object("ProvisionedThroughput").unwrap_or_default();
        let units = throughput(given, Some(&name))?;
        return Ok(TableChange::IndexThroughput(name, units));
    }
    let Some(gone) = update.object("Delete") else {
        return Err(Invalid::parameters(
            "One of GlobalSecondaryIndexUpdate Create, Update or Delete is required",
        ));
    };
    let name = Fields(gone).text("IndexName").unwrap_or_default();
    Ok(TableChange::RemoveIndex(name))
}

/// Refuses a key whose attribute is of another type in a key that the table has already: an item could have only one.
fn same_types(new: &KeySchema, table: &Table) -> Result<()> {
    let indexes = table.indexes.iter().map(|index| &index.schema);
    let kept = std::iter::once(&table.schema).chain(indexes);
    for known in kept {
        for (new, part) in new.elements() {
            let mut found = known
                .elements()
                .filter(|(known, _)| known.name == new.name && *known != new);
            if let Some((known, known_part)) = found.next() {
                let shown = |attribute: &KeyAttribute, part: &str| {
                    let (name, kind) = (&attribute.name, attribute.kind.name());
                    format!("Schema:[SchemaElement: key{{{name}:{kind}:{part}}}]")
                };
                return Err(Invalid::parameters(format!(
                    "Attributes cannot be redefined. Please check that your attribute has the same type as previously defined. Existing schema: {} New schema: {}",
                    shown(known, known_part),
                    shown(new, part)
                )));
            }
        }
    }
    Ok(())
}

/// A name that a table may have. Developer guide: naming rules.
fn new_name(name: &str) -> Result<String> {
    check_name(name)?;
    Ok(name.to_owned())
}

/// Refuses a name that no table can have: as `check_name` does, in the words for members that are too long or have other
/// characters.
///
/// # Errors
/// It is too short, too long, or has other characters.
pub fn check_table_name(name: &str) -> Result<()> {
    let constraint = if name.len() > NAME_CHARACTERS {
        "Member must have length less than or equal to 255"
    } else if name.chars().all(is_of_names) {
        return check_name(name);
    } else {
        "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"
    };
    Err(Invalid::new(format!(
        "1 validation error detected: Value '{name}' at 'tableName' failed to satisfy constraint: {constraint}"
    )))
}

/// Characters of the name of a table or index. Developer guide: naming rules.
const NAME_CHARACTERS: usize = 255;

fn is_of_names(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')
}

/// Refuses a name that no table or index can have. Developer guide: naming rules.
///
/// # Errors
/// It is too short, too long, or has other characters.
pub fn check_name(name: &str) -> Result<()> {
    let fits = (3..=NAME_CHARACTERS).contains(&name.len()) && name.chars().all(is_of_names);
    match fits {
        true => Ok(()),
        false => Err(Invalid::new(
            "Invalid table/index name.  Table/index names must be between 3 and 255 characters long, and may contain only the characters a-z, A-Z, 0-9, '_', '-', and '.'",
        )),
    }
}

/// Capacity units that a table or an index can ask for.
const MOST_UNITS: i64 = 1_000_000_000_000;

/// What a table, or the index of this name, is to have.
fn throughput(given: Map<String, Value>, index: Option<&str>) -> Result<Throughput> {
    let units = |name: &str| given.get(name).and_then(Value::as_i64);
    for name in ["ReadCapacityUnits", "WriteCapacityUnits"] {
        if let Some(units) = units(name).filter(|units| *units > MOST_UNITS) {
            let of = index.map(|index| format!(" for index {index}"));
            return Err(Invalid::new(format!(
                "Given value {units} for {name} is out of bounds{}",
                of.unwrap_or_default()
            )));
        }
    }
    match (units("ReadCapacityUnits"), units("WriteCapacityUnits")) {
        (Some(read), Some(write)) => Ok(Throughput { read, write }),
        _ => Err(Invalid::parameters(
            "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED",
        )),
    }
}

fn definitions(given: Vec<Value>) -> Result<Vec<KeyAttribute>> {
    let mut all: Vec<KeyAttribute> = Vec::new();
    for entry in given {
        let Value::Object(entry) = entry else {
            continue;
        };
        let mut entry = Fields(entry);
        let name = entry.text("AttributeName").unwrap_or_default();
        let kind = match entry.text("AttributeType").as_deref() {
            Some("S") => KeyKind::S,
            Some("N") => KeyKind::N,
            Some("B") => KeyKind::B,
            _ => return Err(Invalid::parameters("The AttributeType must be S, N or B")),
        };
        if all.iter().any(|earlier| earlier.name == name) {
            return Err(Invalid::parameters(format!(
                "Duplicate AttributeName in AttributeDefinitions: {name}"
            )));
        }
        all.push(KeyAttribute { name, kind });
    }
    Ok(all)
}

fn names<'a>(attributes: impl IntoIterator<Item = &'a KeyAttribute>) -> String {
    let names: Vec<&str> = attributes
        .into_iter()
        .map(|attribute| attribute.name.as_str())
        .collect();
    names.join(", ")
}

/// Refuses more key attributes of a table than it can have, or than are defined.
fn countable(keys: &[Value], defined: usize) -> Result<()> {
    if keys.len() > 2 {
        let shown = |key: &Value| {
            let text = |name: &str| key.get(name).and_then(Value::as_str).unwrap_or("null");
            let (name, kind) = (text("AttributeName"), text("KeyType"));
            format!("KeySchemaElement(attributeName={name}, keyType={kind})")
        };
        let keys: Vec<String> = keys.iter().map(shown).collect();
        return Err(Invalid::new(format!(
            "1 validation error detected: Value '[{}]' at 'keySchema' failed to satisfy constraint: Member must have length less than or equal to 2",
            keys.join(", ")
        )));
    }
    match keys.len() > defined {
        true => Err(Invalid::new(
            "Invalid KeySchema: Some index key attribute have no definition",
        )),
        false => Ok(()),
    }
}

/// A key; one of several attributes for each of its parts only where it is `composite`.
fn schema(given: Vec<Value>, attributes: &[KeyAttribute], composite: bool) -> Result<KeySchema> {
    let mut keys: Vec<(String, String)> = Vec::new();
    for entry in given {
        let Value::Object(entry) = entry else {
            continue;
        };
        let mut entry = Fields(entry);
        keys.push((
            entry.text("AttributeName").unwrap_or_default(),
            entry.text("KeyType").unwrap_or_default(),
        ));
    }
    let undefined = |name: &String| attributes.iter().all(|attribute| attribute.name != *name);
    if keys.iter().any(|(name, _)| undefined(name)) {
        let all: Vec<&str> = keys.iter().map(|(name, _)| name.as_str()).collect();
        return Err(Invalid::parameters(format!(
            "Some index key attributes are not defined in AttributeDefinitions. Keys: [{}], AttributeDefinitions: [{}]",
            all.join(", "),
            names(attributes)
        )));
    }
    let both_hash = composite && keys.get(1).is_some_and(|(_, kind)| kind == "HASH");
    if keys.get(1).is_some_and(|(name, _)| *name == keys[0].0) && !both_hash {
        return Err(Invalid::new(
            "Both the Hash Key and the Range Key element in the KeySchema have the same name",
        ));
    }
    if keys.first().is_none_or(|(_, kind)| kind != "HASH") {
        return Err(Invalid::new(
            "Invalid KeySchema: The first KeySchemaElement is not a HASH key type",
        ));
    }
    if composite && (keys.len() > 2 || keys.iter().all(|(_, kind)| kind == "HASH")) {
        fitting(&keys)?;
    } else if keys.get(1).is_some_and(|(_, kind)| kind != "RANGE") {
        return Err(Invalid::new(
            "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type",
        ));
    }
    if keys.len() > 2 && !composite {
        return Err(Invalid::parameters(
            "A KeySchema of more than two attributes is not supported",
        ));
    }
    let mut found = keys.iter().filter_map(|(name, kind)| {
        let defined = attributes.iter().find(|attribute| attribute.name == *name);
        defined.cloned().map(|found| (found, kind.as_str()))
    });
    let Some((hash, _)) = found.next() else {
        return Err(Invalid::new(
            "Invalid KeySchema: The first KeySchemaElement is not a HASH key type",
        ));
    };
    let mut schema = KeySchema::of(hash, None);
    for key in found {
        match key {
            (hash, "HASH") => schema.more_hash.push(hash),
            (range, _) if schema.range.is_none() => schema.range = Some(range),
            (range, _) => schema.more_range.push(range),
        }
    }
    Ok(schema)
}

/// Refuses names and types of key attributes that no key of several attributes has.
fn fitting(keys: &[(String, String)]) -> Result<()> {
    let count = |wanted: &str| keys.iter().filter(|(_, kind)| kind == wanted).count();
    for (kind, part) in [("HASH", "partition"), ("RANGE", "sort")] {
        if count(kind) > KEY_ATTRIBUTES {
            return Err(Invalid::parameters(format!(
                "The {part} key of an index has {KEY_ATTRIBUTES} attributes at most"
            )));
        }
    }
    if keys
        .windows(2)
        .any(|two| two[0].1 != "HASH" && two[1].1 == "HASH")
    {
        return Err(Invalid::new(
            "Invalid KeySchema: HASH key attributes must come before RANGE key attributes",
        ));
    }
    for (at, (name, _)) in keys.iter().enumerate() {
        if keys[..at].iter().any(|(earlier, _)| earlier == name) {
            return Err(Invalid::parameters(format!(
                "Duplicate attribute name in KeySchema: {name}"
            )));
        }
    }
    Ok(())
}

/// An index; a local one is of a table with this key.
fn index(
    mut entry: Fields,
    local_of: Option<&KeySchema>,
    attributes: &[KeyAttribute],
) -> Result<NewIndex> {
    let name = new_name(&entry.text("IndexName").unwrap_or_default())?;
    let schema = schema(
        entry.list("KeySchema").unwrap_or_default(),
        attributes,
        local_of.is_none(),
    )?;
    if let Some(table) = local_of {
        has_partitions_of(&name, &schema, table)?;
    }
    let mut projection = Fields(entry.object("Projection").unwrap_or_default());
    let more = projection.list("NonKeyAttributes");
    let projection = match (projection.text("ProjectionType").as_deref(), more) {
        (Some("ALL"), None) => IndexProjection::All,
        (Some("KEYS_ONLY"), None) => IndexProjection::KeysOnly,
        (Some("INCLUDE"), Some(names)) if !names.is_empty() => included(&names)?,
        (Some("INCLUDE"), _) => {
            return Err(Invalid::parameters(
                "ProjectionType is INCLUDE, but NonKeyAttributes is not specified",
            ));
        }
        (Some(kind), Some(_)) => {
            return Err(Invalid::parameters(format!(
                "ProjectionType is {kind}, but NonKeyAttributes is specified"
            )));
        }
        (kind, _) => {
            return Err(Invalid::parameters(format!(
                "Unknown ProjectionType: {}",
                kind.unwrap_or("null")
            )));
        }
    };
    let throughput = entry
        .object("ProvisionedThroughput")
        .map(|given| throughput(given, Some(&name)))
        .transpose()?;
    Ok(NewIndex {
        name,
        local: local_of.is_some(),
        schema,
        projection,
        throughput,
    })
}

/// The attributes that an index has beside keys.
fn included(names: &[Value]) -> Result<IndexProjection> {
    let mut all: Vec<String> = Vec::new();
    for name in names.iter().filter_map(Value::as_str) {
        if all.iter().any(|earlier| earlier == name) {
            return Err(Invalid::parameters(format!(
                "Duplicate attribute name in NonKeyAttributes: {name}"
            )));
        }
        all.push(name.to_owned());
    }
    Ok(IndexProjection::Include(all))
}

fn has_partitions_of(name: &str, index: &KeySchema, table: &KeySchema) -> Result<()> {
    if index.range.is_none() {
        return Err(Invalid::parameters(format!(
            "Index KeySchema does not have a range key for index: {name}"
        )));
    }
    if index.hash != table.hash {
        return Err(Invalid::parameters(format!(
            "Index KeySchema does not have the same leading hash key as table KeySchema for index: {name}. index hash key: {}, table hash key: {}",
            index.hash.name, table.hash.name
        )));
    }
    Ok(())
}

fn paid(index: &NewIndex, on_demand: bool) -> Result<()> {
    let name = &index.name;
    match (on_demand, index.local, index.throughput) {
        (true, _, Some(_)) => Err(Invalid::parameters(format!(
            "ProvisionedThroughput should not be specified for index: {name} when BillingMode is PAY_PER_REQUEST"
        ))),
        (false, false, None) => Err(Invalid::parameters(format!(
            "ProvisionedThroughput is not specified for index: {name}"
        ))),
        _ => Ok(()),
    }
}

fn counted(local: usize, global: usize) -> Result<()> {
    if local > LOCAL_INDEXES {
        return Err(Invalid::parameters(
            "Number of LocalSecondaryIndexes exceeds per-table limit of 5",
        ));
    }
    if global > GLOBAL_INDEXES {
        return Err(Invalid::parameters(
            "GlobalSecondaryIndex count exceeds the per-table limit of 20",
        ));
    }
    Ok(())
}

fn all_used<'a>(
    attributes: &[KeyAttribute],
    schema: &'a KeySchema,
    indexes: impl Iterator<Item = &'a KeySchema>,
) -> Result<()> {
    let mut used: Vec<&KeyAttribute> = schema.attributes().collect();
    let mut plain = true;
    for attribute in indexes.flat_map(KeySchema::attributes) {
        plain = false;
        if !used.contains(&attribute) {
            used.push(attribute);
        }
    }
    if attributes.len() == used.len() {
        return Ok(());
    }
    Err(match plain {
        true => Invalid::parameters(
            "Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions",
        ),
        false => Invalid::parameters(format!(
            "Some AttributeDefinitions are not used. AttributeDefinitions: [{}], keys used: [{}]",
            names(attributes),
            names(used)
        )),
    })
}

/// The attributes that `AttributeDefinitions` define.
///
/// # Errors
/// What the service says of them.
pub fn key_attributes(given: &Value) -> Result<Vec<KeyAttribute>> {
    definitions(given.as_array().cloned().unwrap_or_default())
}

/// Names and values of tags.
fn tags(given: Vec<Value>) -> Vec<(String, String)> {
    let tag = |entry: Value| {
        let text = |name: &str| entry.get(name)?.as_str().map(str::to_owned);
        Some((text("Key")?, text("Value")?))
    };
    given.into_iter().filter_map(tag).collect()
}
