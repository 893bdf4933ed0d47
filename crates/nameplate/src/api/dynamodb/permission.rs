//! What each operation is checked on: tables and indexes by ARN, the partition keys and attributes that a request names,
//! and the parts of transactions by themselves. Developer guide: IAM policy conditions for fine-grained access control.

use super::partiql;
use crate::api::Call;
use crate::app::Error;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use nameplate_dynamodb::expression::{KeyCondition, Projection};
use nameplate_dynamodb::partiql::Statement;
use nameplate_dynamodb::request::{
    Action, BatchGet, BatchWrite, Fields, Get, Query, Scan, Select, TransactGet, TransactWrite,
    Write,
};
use nameplate_dynamodb::{AttributeValue, Item};

/// Refuses unless the caller may do it. A request that cannot be read is refused for that, once its table is allowed.
pub async fn check(call: &Call<'_>) -> Result<(), Error> {
    if call.caller.identity()?.is_root() && !call.app.iam.tables_have_policies().await? {
        return Ok(());
    }
    for asked in asked(call).await? {
        let action = format!("dynamodb:{}", asked.action);
        call.app
            .iam
            .may(&call.caller, &action, &asked.resource, &asked.keys)
            .await?;
    }
    Ok(())
}

/// One thing that must be allowed.
struct Asked {
    action: &'static str,
    resource: String,
    keys: Vec<(String, String)>,
}

fn text(value: &AttributeValue) -> String {
    match value {
        AttributeValue::S(text) => text.clone(),
        AttributeValue::N(number) => number.to_string(),
        AttributeValue::B(bytes) => STANDARD.encode(bytes),
        other => other.shown(),
    }
}

fn key(name: &str, value: impl Into<String>) -> (String, String) {
    (format!("dynamodb:{name}"), value.into())
}

fn attributes(names: &[String]) -> Vec<(String, String)> {
    names.iter().map(|name| key("Attributes", name)).collect()
}

/// An operation's own action, on what it names.
fn plain(call: &Call<'_>, resource: String) -> Asked {
    let mut keys = Vec::new();
    for name in ["ReturnConsumedCapacity", "ReturnValues", "Select"] {
        if let Some(value) = call.input.text(name) {
            keys.push(key(name, value));
        }
    }
    Asked {
        action: call.operation.name,
        resource,
        keys,
    }
}

/// The ARN of a table that is given by name or ARN. One elsewhere is judged as what it is.
fn table(call: &Call<'_>, given: &str) -> String {
    match given.starts_with("arn:") {
        true => given.to_owned(),
        false => call.app.realm().table(given),
    }
}

async fn asked(call: &Call<'_>) -> Result<Vec<Asked>, Error> {
    let given = || Fields(call.input.members.clone());
    let name = call.input.text("TableName").unwrap_or_default();
    let one = plain(call, table(call, name));
    Ok(match call.operation.name {
        "ListTables"
        | "DescribeLimits"
        | "DescribeEndpoints"
        | "ListBackups"
        | "ListContributorInsights"
        | "ListExports"
        | "ListGlobalTables"
        | "ListImports" => {
            vec![plain(call, "*".to_owned())]
        }
        "TagResource"
        | "UntagResource"
        | "ListTagsOfResource"
        | "GetResourcePolicy"
        | "PutResourcePolicy"
        | "DeleteResourcePolicy" => {
            let arn = call.input.text("ResourceArn").unwrap_or("*");
            vec![plain(call, arn.to_owned())]
        }
        "ImportTable" => {
            let asked = call.input.object("TableCreationParameters");
            let name = asked.and_then(|asked| asked.get("TableName")?.as_str());
            vec![plain(call, table(call, name.unwrap_or_default()))]
        }
        "DescribeImport" => {
            let arn = call.input.text("ImportArn").unwrap_or("*");
            vec![plain(call, arn.to_owned())]
        }
        "CreateTable" => {
            let tags = !call.input.items("Tags").is_empty();
            let policy = call.input.text("ResourcePolicy").is_some();
            let more = [(tags, "TagResource"), (policy, "PutResourcePolicy")];
            let more = more.into_iter().filter(|(given, _)| *given);
            let more = more.map(|(_, action)| Asked {
                action,
                resource: one.resource.clone(),
                keys: Vec::new(),
            });
            let more: Vec<Asked> = more.collect();
            std::iter::once(one).chain(more).collect()
        }
        "GetItem" => match Get::read(given()) {
            Ok(get) => vec![of_get(call, "GetItem", &get).await],
            Err(_) => vec![one],
        },
        "PutItem" => of_write(call, one, Write::put(given())).await,
        "UpdateItem" => of_write(call, one, Write::update(given())).await,
        "DeleteItem" => of_write(call, one, Write::delete(given())).await,
        "ExecuteStatement" | "BatchExecuteStatement" | "ExecuteTransaction" => {
            let mut all = Vec::new();
            // What is no statement is of no table; it is refused for that.
            for statement in partiql::statements(call).into_iter().flatten() {
                all.push(of_statement(call, statement).await);
            }
            all
        }
        "Query" => vec![of_query(call, one, given()).await],
        "Scan" => vec![of_scan(call, one, given())],
        "BatchGetItem" => of_batch_get(call, given()).await,
        "BatchWriteItem" => of_batch_write(call, given()).await,
        "TransactGetItems" => {
            let mut all = Vec::new();
            for get in TransactGet::read(given())?.0 {
                all.push(of_get(call, "GetItem", &get).await);
            }
            all
        }
        "TransactWriteItems" => {
            let mut all = Vec::new();
            for write in TransactWrite::read(given())?.writes {
                let action = match write.action {
                    Action::Put(_) => "PutItem",
                    Action::Update(..) => "UpdateItem",
                    Action::Delete(_) => "DeleteItem",
                    Action::Check(_) => "ConditionCheckItem",
                };
                let asked = Asked {
                    action,
                    resource: table(call, &write.table),
                    keys: Vec::new(),
                };
                all.extend(of_write(call, asked, Ok(write)).await);
            }
            all
        }
        _ => vec![one],
    })
}

/// The value of an item's partition key, where there is such a table.
async fn leading(call: &Call<'_>, table: &str, item: &Item) -> Option<(String, String)> {
    let known = call.app.tables.table(table).await.ok()?;
    let value = item.get(&known.table.schema.hash.name)?;
    Some(key("LeadingKeys", text(value)))
}

fn selected(projection: Option<&Projection>) -> &'static str {
    match projection {
        Some(_) => "SPECIFIC_ATTRIBUTES",
        None => "ALL_ATTRIBUTES",
    }
}

async fn of_get(call: &Call<'_>, action: &'static str, get: &Get) -> Asked {
    let mut keys: Vec<(String, String)> = leading(call, &get.table, &get.key)
        .await
        .into_iter()
        .collect();
    let mut names: Vec<String> = get.key.keys().cloned().collect();
    if let Some(projection) = &get.projection {
        names.extend(projection.attributes().map(str::to_owned));
    }
    keys.extend(attributes(&names));
    keys.push(key("Select", selected(get.projection.as_ref())));
    Asked {
        action,
        resource: table(call, &get.table),
        keys,
    }
}

async fn of_write(
    call: &Call<'_>,
    mut asked: Asked,
    write: nameplate_dynamodb::Result<Write>,
) -> Vec<Asked> {
    if let Ok(write) = write {
        asked
            .keys
            .extend(leading(call, &write.table, write.action.key()).await);
        asked.keys.extend(attributes(&write.named()));
        if !asked
            .keys
            .iter()
            .any(|(name, _)| name == "dynamodb:ReturnValues")
        {
            asked.keys.push(key("ReturnValues", "NONE"));
        }
    }
    vec![asked]
}

/// Developer guide: IAM security policies with PartiQL.
async fn of_statement(call: &Call<'_>, statement: Statement) -> Asked {
    let source = statement.source().clone();
    let asked = Asked {
        action: statement.action(),
        resource: table(call, &source.table),
        keys: attributes(&statement.named()),
    };
    let mut asked = with_index(asked, source.index.as_ref());
    let known = call.app.tables.table(&source.table).await;
    let known = known.as_ref().map(|known| &known.table);
    if let Statement::Select(select) | Statement::Exists(select) = &statement {
        let shown = match select.columns.is_empty() {
            true => "ALL_ATTRIBUTES",
            false => "SPECIFIC_ATTRIBUTES",
        };
        asked.keys.push(key("Select", shown));
        if let Ok(known) = known {
            let index = source
                .index
                .as_ref()
                .and_then(|name| known.index(name).ok());
            let reads = select.reads(known, index).map(|reads| reads.all);
            let mut all = false;
            for read in reads.unwrap_or_default() {
                match read.keys {
                    Some(keys) => asked.keys.push(key("LeadingKeys", text(&keys.hash))),
                    None => all = true,
                }
            }
            asked.keys.push(key("FullTableScan", all.to_string()));
        }
    } else if let Ok(known) = known
        && let Ok(Some(write)) = statement.write(&known.schema)
        && let Some(value) = write.action.key().get(&known.schema.hash.name)
    {
        asked.keys.push(key("LeadingKeys", text(value)));
    }
    asked
}

fn with_index(mut asked: Asked, index: Option<&String>) -> Asked {
    if let Some(index) = index {
        asked.resource = format!("{}/index/{index}", asked.resource);
    }
    asked
}

fn selects(asked: &mut Asked, select: &Select) {
    let shown = match select {
        Select::Parts(_) => "SPECIFIC_ATTRIBUTES",
        Select::Count => "COUNT",
        Select::All(true) => "ALL_ATTRIBUTES",
        Select::All(false) if asked.resource.contains("/index/") => "ALL_PROJECTED_ATTRIBUTES",
        Select::All(false) => "ALL_ATTRIBUTES",
    };
    asked.keys.retain(|(name, _)| name != "dynamodb:Select");
    asked.keys.push(key("Select", shown));
}

async fn of_query(call: &Call<'_>, asked: Asked, given: Fields) -> Asked {
    let index = call.input.text("IndexName").map(str::to_owned);
    let mut asked = with_index(asked, index.as_ref());
    let Ok(query) = Query::read(given) else {
        return asked;
    };
    selects(&mut asked, &query.asked.select);
    let mut names = query.asked.named();
    names.extend(query.keys.attributes().into_iter().map(str::to_owned));
    asked.keys.extend(attributes(&names));
    if let Ok(known) = call.app.tables.table(&query.asked.table).await {
        let schema = match &query.asked.index {
            Some(name) => known.table.index(name).map(|index| &index.schema),
            None => Ok(&known.table.schema),
        };
        if let Ok(schema) = schema
            && let Ok(keys) = KeyCondition::of(query.keys, schema)
        {
            asked.keys.push(key("LeadingKeys", text(&keys.hash)));
        }
    }
    asked
}

fn of_scan(call: &Call<'_>, asked: Asked, given: Fields) -> Asked {
    let index = call.input.text("IndexName").map(str::to_owned);
    let mut asked = with_index(asked, index.as_ref());
    if let Ok(scan) = Scan::read(given) {
        selects(&mut asked, &scan.asked.select);
        asked.keys.extend(attributes(&scan.asked.named()));
    }
    asked
}

/// The tables that a batch names, in any case.
fn named(call: &Call<'_>) -> Vec<Asked> {
    let tables = call.input.object("RequestItems").into_iter().flatten();
    tables
        .map(|(name, _)| plain(call, table(call, name)))
        .collect()
}

async fn of_batch_get(call: &Call<'_>, given: Fields) -> Vec<Asked> {
    let Ok(batch) = BatchGet::read(given) else {
        return named(call);
    };
    let mut all = Vec::new();
    for keys in batch.0 {
        let mut of_table = plain(call, table(call, &keys.table));
        for get in &keys.gets {
            of_table
                .keys
                .extend(of_get(call, "BatchGetItem", get).await.keys);
        }
        of_table.keys.sort_unstable();
        of_table.keys.dedup();
        all.push(of_table);
    }
    all
}

async fn of_batch_write(call: &Call<'_>, given: Fields) -> Vec<Asked> {
    let mut all = named(call);
    let Ok(batch) = BatchWrite::read(given) else {
        return all;
    };
    for write in batch.0 {
        let resource = table(call, &write.table);
        let Some(of_table) = all.iter_mut().find(|asked| asked.resource == resource) else {
            continue;
        };
        of_table
            .keys
            .extend(leading(call, &write.table, write.action.key()).await);
        of_table.keys.extend(attributes(&write.named()));
        of_table.keys.sort_unstable();
        of_table.keys.dedup();
    }
    all
}
