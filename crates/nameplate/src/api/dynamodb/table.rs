//! Tables. API: CreateTable, DescribeTable, UpdateTable, DeleteTable, ListTables, time to live, tags, limits.

use super::answer::{nothing, reply, seconds};
use super::fields;
use crate::api::Call;
use crate::api::call::Reply;
use crate::app::tables::Described;
use crate::app::{Error, Kind};
use nameplate_dynamodb::key::{KeyAttribute, KeySchema};
use nameplate_dynamodb::table::{IndexProjection, NewTable, Throughput, ThroughputHistory};
use serde_json::{Value, json};

/// Parameters of tables that would change what a table does, and are not built.
const NOT_BUILT: &[&str] = &[
    "GlobalTableSettingsReplicationMode",
    "GlobalTableSourceArn",
    "GlobalTableWitnessUpdates",
    "MultiRegionConsistency",
    "OnDemandThroughput",
    "ReplicaUpdates",
    "WarmThroughput",
];

/// The same of a global index, where it is made or changed.
const NOT_BUILT_OF_INDEXES: &[&str] = &["OnDemandThroughput", "WarmThroughput"];

/// Members of a description that DeleteTable leaves out.
const OF_A_TABLE_THAT_STAYS: &[&str] = &[
    "AttributeDefinitions",
    "CreationDateTime",
    "GlobalSecondaryIndexes",
    "KeySchema",
    "LocalSecondaryIndexes",
];

/// Refuses what is switched on and not built.
fn built(call: &Call<'_>) -> Result<(), Error> {
    call.not_built(NOT_BUILT)?;
    let made = call.input.items("GlobalSecondaryIndexes").iter();
    let changes = call.input.items("GlobalSecondaryIndexUpdates").iter();
    let changed = changes.flat_map(|change| ["Create", "Update"].map(|verb| &change[verb]));
    for index in made.chain(changed) {
        let given = |name: &&&str| index.get(**name).is_some_and(|value| !value.is_null());
        if let Some(name) = NOT_BUILT_OF_INDEXES.iter().find(given) {
            return Err(Error::new(
                Kind::NotBuilt,
                format!(
                    "Nameplate does not implement the parameter {name} of global secondary indexes yet."
                ),
            ));
        }
    }
    for (name, switch) in [
        ("StreamSpecification", "StreamEnabled"),
        ("SSESpecification", "Enabled"),
    ] {
        let on = call
            .input
            .object(name)
            .and_then(|given| given.get(switch)?.as_bool());
        if on == Some(true) {
            call.not_built(&[name])?;
        }
    }
    Ok(())
}

fn reply_table(call: &Call<'_>, member: &str, found: &Described, status: &str) -> Reply {
    let shown = described(call, found, status);
    reply(&json!({member: shown}))
}

/// `CreateTable`.
pub async fn create_table(call: &mut Call<'_>) -> Result<Reply, Error> {
    built(call)?;
    let new = NewTable::read(fields(call))?;
    let made = call.app.tables.create_table(&call.caller, new).await?;
    Ok(reply_table(call, "TableDescription", &made, "CREATING"))
}

/// `DescribeTable`.
pub async fn describe_table(call: &mut Call<'_>) -> Result<Reply, Error> {
    let found = call
        .app
        .tables
        .describe_table(call.required("TableName")?)
        .await?;
    let status = if found.table.importing {
        "CREATING"
    } else {
        "ACTIVE"
    };
    Ok(reply_table(call, "Table", &found, status))
}

/// `UpdateTable`.
pub async fn update_table(call: &mut Call<'_>) -> Result<Reply, Error> {
    built(call)?;
    let table = call.required("TableName")?.to_owned();
    let fields = fields(call).0;
    let changed = call
        .app
        .tables
        .update_table(&call.caller, &table, fields)
        .await?;
    Ok(reply_table(call, "TableDescription", &changed, "UPDATING"))
}

/// `DeleteTable`.
pub async fn delete_table(call: &mut Call<'_>) -> Result<Reply, Error> {
    let table = call.required("TableName")?;
    let gone = call.app.tables.delete_table(&call.caller, table).await?;
    let mut shown = described(call, &gone, "DELETING");
    // What the table was like is not told any more.
    if let Some(members) = shown.as_object_mut() {
        members.retain(|name, _| !OF_A_TABLE_THAT_STAYS.contains(&name.as_str()));
    }
    Ok(reply(&json!({"TableDescription": shown})))
}

/// `ListTables`.
pub async fn list_tables(call: &mut Call<'_>) -> Result<Reply, Error> {
    let limit = call
        .input
        .integer("Limit")
        .and_then(|limit| usize::try_from(limit).ok());
    let limit = limit.unwrap_or(100);
    let after = call
        .input
        .text("ExclusiveStartTableName")
        .unwrap_or_default();
    let mut names = call.app.tables.list_tables(after, limit + 1).await?;
    let more = names.len() > limit;
    names.truncate(limit);
    let mut answer = json!({"TableNames": names});
    if more {
        answer["LastEvaluatedTableName"] = json!(names.last());
    }
    Ok(reply(&answer))
}

/// `UpdateTimeToLive`.
pub async fn update_time_to_live(call: &mut Call<'_>) -> Result<Reply, Error> {
    let table = call.required("TableName")?;
    let given = call.input.object("TimeToLiveSpecification");
    let on = given
        .and_then(|given| given.get("Enabled")?.as_bool())
        .unwrap_or(false);
    let attribute = given.and_then(|given| given.get("AttributeName")?.as_str());
    let attribute = attribute.unwrap_or_default();
    let rests = call.app.quota.quotas().is_some();
    call.app
        .tables
        .set_expiry(&call.caller, table, attribute, on, rests)
        .await?;
    Ok(reply(&json!({
        "TimeToLiveSpecification": {"Enabled": on, "AttributeName": attribute},
    })))
}

/// `DescribeTimeToLive`.
pub async fn describe_time_to_live(call: &mut Call<'_>) -> Result<Reply, Error> {
    let found = call
        .app
        .tables
        .describe_table(call.required("TableName")?)
        .await?;
    let shown = match &found.table.ttl {
        Some(attribute) => json!({"TimeToLiveStatus": "ENABLED", "AttributeName": attribute}),
        None => json!({"TimeToLiveStatus": "DISABLED"}),
    };
    Ok(reply(&json!({"TimeToLiveDescription": shown})))
}

/// `DescribeContinuousBackups`: as of every table that nobody has asked to go back in time for. A table that is not there has an error of its own.
pub async fn describe_continuous_backups(call: &mut Call<'_>) -> Result<Reply, Error> {
    let table = call.required("TableName")?;
    match call.app.tables.describe_table(table).await {
        Ok(_) => Ok(reply(&json!({"ContinuousBackupsDescription": {
            "ContinuousBackupsStatus": "ENABLED",
            "PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "DISABLED"},
        }}))),
        Err(error) if matches!(error.kind, Kind::NotFound) => {
            Err(Error::not_found(format!("Table not found: {table}")))
        }
        Err(error) => Err(error),
    }
}

/// `UpdateContinuousBackups`, which may say again that nobody can go back in time.
pub async fn update_continuous_backups(call: &mut Call<'_>) -> Result<Reply, Error> {
    let on = call
        .input
        .object("PointInTimeRecoverySpecification")
        .and_then(|given| given.get("PointInTimeRecoveryEnabled")?.as_bool());
    if on == Some(true) {
        call.not_built(&["PointInTimeRecoverySpecification"])?;
    }
    describe_continuous_backups(call).await
}

/// `TagResource`.
pub async fn tag_resource(call: &mut Call<'_>) -> Result<Reply, Error> {
    let tags = call.input.items("Tags").iter().filter_map(|tag| {
        let text = |name: &str| tag.get(name)?.as_str().map(str::to_owned);
        Some((text("Key")?, text("Value")?))
    });
    let (arn, tags) = (call.required("ResourceArn")?, tags.collect());
    call.app.tables.tag_table(&call.caller, arn, tags).await?;
    Ok(nothing())
}

/// `UntagResource`.
pub async fn untag_resource(call: &mut Call<'_>) -> Result<Reply, Error> {
    let names = call.input.items("TagKeys").iter();
    let names = names.filter_map(Value::as_str).map(str::to_owned).collect();
    let arn = call.required("ResourceArn")?;
    call.app
        .tables
        .untag_table(&call.caller, arn, names)
        .await?;
    Ok(nothing())
}

/// `ListTagsOfResource`. A table has 50 tags at most, which fit a page.
pub async fn list_tags_of_resource(call: &mut Call<'_>) -> Result<Reply, Error> {
    let tags = call
        .app
        .tables
        .table_tags(call.required("ResourceArn")?)
        .await?;
    let tags: Vec<Value> = tags
        .into_iter()
        .map(|(name, value)| json!({"Key": name, "Value": value}))
        .collect();
    Ok(reply(&json!({"Tags": tags})))
}

/// `DescribeLimits`: AWS's defaults. Nothing is throttled by them.
pub async fn describe_limits(call: &mut Call<'_>) -> Result<Reply, Error> {
    if call.input.members.is_empty() {
        return Ok(reply(&json!({
            "AccountMaxReadCapacityUnits": 80_000, "AccountMaxWriteCapacityUnits": 80_000,
            "TableMaxReadCapacityUnits": 40_000, "TableMaxWriteCapacityUnits": 40_000,
        })));
    }
    Err(Error::new(
        Kind::Invalid,
        "DescribeLimits takes no parameters",
    ))
}

/// `DescribeEndpoints`: this server, as the caller reached it.
pub async fn describe_endpoints(call: &mut Call<'_>) -> Result<Reply, Error> {
    let address = call.host();
    Ok(reply(&json!({
        "Endpoints": [{"Address": address, "CachePeriodInMinutes": 1440}],
    })))
}

fn key_schema(schema: &KeySchema) -> Value {
    schema
        .elements()
        .map(|(attribute, kind)| json!({"AttributeName": attribute.name, "KeyType": kind}))
        .collect()
}

fn definitions(attributes: &[KeyAttribute]) -> Value {
    let one = |attribute: &KeyAttribute| json!({"AttributeName": attribute.name, "AttributeType": attribute.kind.name()});
    attributes.iter().map(one).collect()
}

/// `ProvisionedThroughputDescription` at a time in milliseconds since the epoch.
fn throughput(units: Option<Throughput>, history: &ThroughputHistory, now: i64) -> Value {
    let mut shown = json!({
        "NumberOfDecreasesToday": history.lowerings_on_the_day_of(now),
        "ReadCapacityUnits": units.map_or(0, |units| units.read),
        "WriteCapacityUnits": units.map_or(0, |units| units.write),
    });
    for (name, at) in [
        ("LastIncreaseDateTime", history.raised),
        ("LastDecreaseDateTime", history.lowered),
    ] {
        if let Some(at) = at {
            shown[name] = json!(seconds(at));
        }
    }
    shown
}

/// `TableDescription`.
fn described(call: &Call<'_>, found: &Described, status: &str) -> Value {
    let table = &found.table;
    let now = call.caller.ctx.now.0;
    let arn = call.app.realm().table(&table.name);
    let provisioned = table.billing.throughput();
    let mut shown = json!({
        "AttributeDefinitions": definitions(&table.attributes),
        "TableName": table.name,
        "KeySchema": key_schema(&table.schema),
        "TableStatus": status,
        "CreationDateTime": seconds(table.created),
        "ProvisionedThroughput": throughput(provisioned, &table.throughput_history, now),
        "TableSizeBytes": found.size.1.max(0),
        "ItemCount": found.size.0.max(0),
        "TableArn": arn,
        "TableId": table.id,
        "DeletionProtectionEnabled": table.protected,
    });
    if let Some(since) = table.on_demand_since {
        let mode = if provisioned.is_none() {
            "PAY_PER_REQUEST"
        } else {
            "PROVISIONED"
        };
        shown["BillingModeSummary"] = json!({
            "BillingMode": mode,
            "LastUpdateToPayPerRequestDateTime": seconds(since),
        });
    }
    if let Some(class) = &table.class {
        let mut summary = json!({"TableClass": class});
        if let Some(since) = table.class_since {
            summary["LastUpdateDateTime"] = json!(seconds(since));
        }
        shown["TableClassSummary"] = summary;
    }
    for local in [true, false] {
        let indexes: Vec<Value> = table
            .indexes
            .iter()
            .zip(&found.indexes)
            .filter(|(index, _)| index.local == local)
            .map(|(index, size)| {
                let (kind, more) = match &index.projection {
                    IndexProjection::All => ("ALL", None),
                    IndexProjection::KeysOnly => ("KEYS_ONLY", None),
                    IndexProjection::Include(names) => ("INCLUDE", Some(names)),
                };
                let mut projection = json!({"ProjectionType": kind});
                if let Some(names) = more {
                    projection["NonKeyAttributes"] = json!(names);
                }
                let mut shown = json!({
                    "IndexName": index.name,
                    "KeySchema": key_schema(&index.schema),
                    "Projection": projection,
                    "IndexSizeBytes": size.1.max(0),
                    "ItemCount": size.0.max(0),
                    "IndexArn": format!("{arn}/index/{}", index.name),
                });
                if !local {
                    let state = match (status, index.backfilling) {
                        ("CREATING" | "DELETING", _) => status,
                        (_, true) => "CREATING",
                        _ => "ACTIVE",
                    };
                    shown["IndexStatus"] = json!(state);
                    shown["ProvisionedThroughput"] =
                        throughput(index.throughput, &index.throughput_history, now);
                    if index.backfilling {
                        shown["Backfilling"] = json!(true);
                    }
                }
                shown
            })
            .collect();
        if !indexes.is_empty() {
            let member = if local {
                "LocalSecondaryIndexes"
            } else {
                "GlobalSecondaryIndexes"
            };
            shown[member] = Value::Array(indexes);
        }
    }
    shown
}
