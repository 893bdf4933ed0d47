//! Fleet indexing: its configuration, searching, aggregating. AWS guide: iot-indexing.

use crate::api::Call;
use crate::api::page::Page;
use crate::app::Error;
use crate::app::search::configuration::{GroupSettings, ThingSettings};
use crate::app::search::queries::{Found, FoundGroup, FoundThing};
use nameplate_core::search::aggregate::{BUCKETS, PERCENTS};
use nameplate_core::search::{Configuration, Field, FieldType, QUERY_VERSION, Subject};
use serde_json::{Map, Value, json};

/// Items of a page where the caller does not say; AWS does not document it.
const PAGE: usize = 100;
/// Most items of a page of results, as AWS's guide long had it; the API reference now says 100, which would refuse
/// scripts of that time.
const RESULTS: usize = 500;

/// `SearchIndex`.
pub async fn search_index(call: &Call<'_>) -> Result<Value, Error> {
    let page = Page::tokens(call, PAGE)?;
    if page.size > RESULTS {
        return Err(Error::invalid(format!(
            "maxResults {} is more than {RESULTS}",
            page.size
        )));
    }
    let (index, query) = asked(call)?;
    let after = page.key()?.unwrap_or_default();
    let search = call.app.search.search_index(index, query, after, page.size);
    let (found, next) = call.app.over_the_fleet(search).await?;
    let (name, items) = match &found {
        Found::Things(things) => ("things", things.iter().map(thing).collect()),
        Found::Groups(groups) => ("thingGroups", groups.iter().map(group).collect()),
    };
    Ok(page.answer(name, items, next.map(|key| key.to_string())))
}

fn thing(found: &FoundThing) -> Value {
    let mut members = Map::new();
    members.insert("thingName".into(), json!(found.thing.name));
    members.insert("thingId".into(), json!(found.thing.thing_id));
    if let Some(name) = &found.thing.thing_type {
        members.insert("thingTypeName".into(), json!(name));
    }
    if !found.groups.is_empty() {
        members.insert("thingGroupNames".into(), json!(found.groups));
    }
    if !found.thing.attributes.is_empty() {
        members.insert("attributes".into(), json!(found.thing.attributes));
    }
    if let Some(state) = &found.connectivity {
        // Milliseconds, unlike the timestamps of other answers.
        let mut connectivity = json!({"connected": state.connected});
        if let Some(at) = state.at {
            connectivity["timestamp"] = json!(at.0);
        }
        if let Some(reason) = state.disconnect_reason {
            connectivity["disconnectReason"] = json!(reason);
        }
        members.insert("connectivity".into(), connectivity);
    }
    if !found.shadows.is_empty() {
        // A document within a text, named shadows below `name`.
        let (mut document, mut named) = (Map::new(), Map::new());
        for shadow in &found.shadows {
            if shadow.name.is_empty() {
                document = shadow.members();
            } else {
                named.insert(shadow.name.clone(), shadow.members().into());
            }
        }
        if !named.is_empty() {
            document.insert("name".into(), named.into());
        }
        members.insert("shadow".into(), json!(Value::Object(document).to_string()));
    }
    Value::Object(members)
}

fn group(found: &FoundGroup) -> Value {
    let mut members = Map::new();
    members.insert("thingGroupName".into(), json!(found.group.name));
    members.insert("thingGroupId".into(), json!(found.group.group_id));
    if let Some(text) = &found.group.description {
        members.insert("thingGroupDescription".into(), json!(text));
    }
    if !found.group.attributes.is_empty() {
        members.insert("attributes".into(), json!(found.group.attributes));
    }
    if !found.ancestors.is_empty() {
        members.insert("parentGroupNames".into(), json!(found.ancestors));
    }
    Value::Object(members)
}

/// `GetStatistics`.
pub async fn get_statistics(call: &Call<'_>) -> Result<Value, Error> {
    let (index, query) = asked(call)?;
    let field = call.input.text("aggregationField");
    let told = call
        .app
        .over_the_fleet(call.app.search.fleet_statistics(index, query, field))
        .await?;
    let mut members = json!({"count": told.count});
    if let Some(figures) = told.figures {
        members["average"] = json!(figures.average);
        members["sum"] = json!(figures.sum);
        members["minimum"] = json!(figures.minimum);
        members["maximum"] = json!(figures.maximum);
        members["sumOfSquares"] = json!(figures.sum_of_squares);
        members["variance"] = json!(figures.variance);
        members["stdDeviation"] = json!(figures.std_deviation);
    }
    Ok(json!({"statistics": members}))
}

/// `GetCardinality`: exact, where AWS's is approximate.
pub async fn get_cardinality(call: &Call<'_>) -> Result<Value, Error> {
    let (index, query) = asked(call)?;
    let field = call.input.text("aggregationField");
    let cardinality = call
        .app
        .over_the_fleet(call.app.search.fleet_cardinality(index, query, field))
        .await?;
    Ok(json!({"cardinality": cardinality}))
}

/// `GetPercentiles`.
pub async fn get_percentiles(call: &Call<'_>) -> Result<Value, Error> {
    let (index, query) = asked(call)?;
    let field = call.input.text("aggregationField");
    let given: Vec<f64> = call
        .input
        .items("percents")
        .iter()
        .filter_map(Value::as_f64)
        .collect();
    let percents = if given.is_empty() {
        &PERCENTS[..]
    } else {
        &given
    };
    let told = call
        .app
        .over_the_fleet(
            call.app
                .search
                .fleet_percentiles(index, query, field, percents),
        )
        .await?;
    let pairs: Vec<Value> = told
        .into_iter()
        .map(|(percent, value)| json!({"percent": percent, "value": value}))
        .collect();
    Ok(json!({"percentiles": pairs}))
}

/// `GetBucketsAggregation`.
pub async fn get_buckets_aggregation(call: &Call<'_>) -> Result<Value, Error> {
    let (index, query) = asked(call)?;
    let field = call.required("aggregationField")?;
    let terms = call
        .input
        .object("bucketsAggregationType")
        .and_then(|kind| kind.get("termsAggregation"))
        .ok_or_else(|| Error::invalid("bucketsAggregationType must hold termsAggregation"))?;
    let limit = terms["maxBuckets"]
        .as_u64()
        .and_then(|limit| usize::try_from(limit).ok())
        .unwrap_or(BUCKETS);
    let told = call
        .app
        .over_the_fleet(call.app.search.fleet_buckets(index, query, field, limit))
        .await?;
    let buckets: Vec<Value> = told
        .buckets
        .into_iter()
        .map(|(value, count)| json!({"keyValue": value, "count": count}))
        .collect();
    Ok(json!({"totalCount": told.total, "buckets": buckets}))
}

/// `DescribeIndex`.
pub async fn describe_index(call: &Call<'_>) -> Result<Value, Error> {
    let (subject, status) = call
        .app
        .search
        .index_status(call.required("indexName")?)
        .await?;
    let configuration = call.app.search.indexing_configuration().await?;
    let schema = match (subject, configuration.shadows, configuration.connectivity) {
        (Subject::ThingGroups, ..) => "THING_GROUPS",
        _ if !configuration.named_shadows.is_empty() => "MULTI_INDEXING_MODE",
        (_, true, true) => "REGISTRY_AND_SHADOW_AND_CONNECTIVITY_STATUS",
        (_, true, false) => "REGISTRY_AND_SHADOW",
        (_, false, true) => "REGISTRY_AND_CONNECTIVITY_STATUS",
        (_, false, false) => "REGISTRY",
    };
    Ok(json!({
        "indexName": subject.index_name(),
        "indexStatus": status.as_str(),
        "schema": schema,
    }))
}

/// `ListIndices`.
pub async fn list_indices(call: &Call<'_>) -> Result<Value, Error> {
    let page = Page::tokens(call, PAGE)?;
    let mut names: Vec<&str> = call
        .app
        .search
        .indexes()
        .await?
        .into_iter()
        .map(Subject::index_name)
        .collect();
    names.sort_unstable();
    let (names, next) = page.of_whole(names, |name| (*name).to_owned());
    let items = names.into_iter().map(Value::from).collect();
    Ok(page.answer("indexNames", items, next))
}

/// `GetIndexingConfiguration`.
pub async fn get_indexing_configuration(call: &Call<'_>) -> Result<Value, Error> {
    let configuration = call.app.search.indexing_configuration().await?;
    let mode = match (configuration.things, configuration.shadows) {
        (false, _) => "OFF",
        (true, false) => "REGISTRY",
        (true, true) => "REGISTRY_AND_SHADOW",
    };
    let named = if configuration.named_shadows.is_empty() {
        "OFF"
    } else {
        "ON"
    };
    let mut things = json!({
        "thingIndexingMode": mode,
        "thingConnectivityIndexingMode": if configuration.connectivity { "STATUS" } else { "OFF" },
        "deviceDefenderIndexingMode": "OFF",
        "namedShadowIndexingMode": named,
    });
    if configuration.has_shadows() {
        things["filter"] = json!({"namedShadowNames": configuration.named_shadows});
    }
    let mut groups = json!({
        "thingGroupIndexingMode": if configuration.groups { "ON" } else { "OFF" },
    });
    add_fields(&mut things, &configuration, Subject::Things);
    add_fields(&mut groups, &configuration, Subject::ThingGroups);
    Ok(json!({
        "thingIndexingConfiguration": things,
        "thingGroupIndexingConfiguration": groups,
    }))
}

fn add_fields(members: &mut Value, configuration: &Configuration, subject: Subject) {
    let list = |fields: &[Field]| -> Value {
        fields
            .iter()
            .map(|field| json!({"name": field.name, "type": field.kind.as_str()}))
            .collect()
    };
    if configuration.has(subject) {
        members["managedFields"] = list(&configuration.managed(subject));
        members["customFields"] = list(configuration.custom(subject));
    }
}

/// `UpdateIndexingConfiguration`. What would index data that is not there (Device Defender, places) is not built.
pub async fn update_indexing_configuration(call: &Call<'_>) -> Result<Value, Error> {
    let things = match call.input.object("thingIndexingConfiguration") {
        Some(asked) => {
            let mode = |name: &str| asked.get(name).and_then(Value::as_str).unwrap_or("OFF");
            let defender = mode("deviceDefenderIndexingMode");
            if defender != "OFF" {
                return Err(not_built(
                    call,
                    &format!("deviceDefenderIndexingMode {defender}"),
                ));
            }
            let named = mode("namedShadowIndexingMode") == "ON";
            Some(ThingSettings {
                registry: mode("thingIndexingMode") != "OFF",
                shadows: mode("thingIndexingMode") == "REGISTRY_AND_SHADOW",
                named_shadows: shadow_names(call, asked.get("filter"), named)?,
                connectivity: mode("thingConnectivityIndexingMode") == "STATUS",
                fields: fields(asked, "customFields")?,
                managed: fields(asked, "managedFields")?,
            })
        }
        None => None,
    };
    let groups = match call.input.object("thingGroupIndexingConfiguration") {
        Some(asked) => Some(GroupSettings {
            on: asked.get("thingGroupIndexingMode").and_then(Value::as_str) == Some("ON"),
            fields: fields(asked, "customFields")?,
            managed: fields(asked, "managedFields")?,
        }),
        None => None,
    };
    call.app
        .search
        .configure_indexing(&call.caller, things, groups)
        .await?;
    Ok(json!({}))
}

/// The named shadows to index.
fn shadow_names(
    call: &Call<'_>,
    filter: Option<&Value>,
    indexed: bool,
) -> Result<Vec<String>, Error> {
    let mut names = Vec::new();
    for (name, values) in filter.and_then(Value::as_object).into_iter().flatten() {
        let values = values.as_array().map_or(&[][..], Vec::as_slice);
        match name.as_str() {
            "namedShadowNames" => {
                names.extend(values.iter().filter_map(Value::as_str).map(str::to_owned));
            }
            _ if values.is_empty() => {}
            other => return Err(not_built(call, &format!("filter.{other}"))),
        }
    }
    names.sort_unstable();
    names.dedup();
    match (indexed, names.is_empty()) {
        (true, true) => Err(Error::invalid(
            "namedShadowIndexingMode ON needs namedShadowNames in filter",
        )),
        (false, false) => Err(Error::invalid(
            "namedShadowNames in filter need namedShadowIndexingMode ON",
        )),
        _ => Ok(names),
    }
}

fn not_built(call: &Call<'_>, what: &str) -> Error {
    Error::new(
        crate::app::Kind::NotBuilt,
        format!(
            "Nameplate does not implement {what} of {} yet.",
            call.operation.name
        ),
    )
}

fn fields(asked: &Map<String, Value>, name: &str) -> Result<Vec<Field>, Error> {
    let items = asked.get(name).and_then(Value::as_array);
    items
        .map_or(&[][..], Vec::as_slice)
        .iter()
        .map(|item| {
            let text = |name: &str| item.get(name).and_then(Value::as_str);
            let incomplete = || Error::invalid(format!("Each of {name} needs a name and a type"));
            Ok(Field {
                name: text("name").ok_or_else(incomplete)?.to_owned(),
                kind: text("type")
                    .and_then(FieldType::parse)
                    .ok_or_else(incomplete)?,
            })
        })
        .collect()
}

/// The index and the query that a request names.
fn asked<'a>(call: &'a Call<'_>) -> Result<(&'a str, &'a str), Error> {
    check_version(call)?;
    let index = call
        .input
        .text("indexName")
        .unwrap_or(Subject::Things.index_name());
    Ok((index, call.required("queryString")?))
}

/// Refuses another version of the language than there is.
pub fn check_version(call: &Call<'_>) -> Result<(), Error> {
    match call.input.text("queryVersion") {
        Some(version) if version != QUERY_VERSION => Err(Error::invalid(format!(
            "queryVersion {version} is not supported; it is {QUERY_VERSION}"
        ))),
        _ => Ok(()),
    }
}
