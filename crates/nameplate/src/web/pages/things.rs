//! Things: a list by name, and each with its certificates, groups, shadow and the removal of all that it owns.

use super::{PAGE, act, button, danger, done, name_of, pages, path, query};
use crate::api::logged_in::{Question, Refusal};
use crate::web::text::Text;
use crate::web::view::{Block, Cell, Field, Form, Input, Page, Row, Table, Tone, address, short};
use crate::web::visit::{Answer, Outcome, Visit, list as items, text};
use serde_json::{Value, json};

/// Attributes of a thing in the list, and characters of one of them.
const ATTRIBUTES: usize = 6;
const ATTRIBUTE: usize = 100;

fn heads(t: &'static Text) -> Vec<&'static str> {
    vec![t.name, t.thing_type, t.attributes]
}

fn row(t: &'static Text, thing: &Value) -> Row {
    let name = text(thing, "thingName");
    let all = thing["attributes"].as_object();
    let more = all.is_some_and(|all| all.len() > ATTRIBUTES);
    let shown = all.into_iter().flatten().take(ATTRIBUTES);
    let mut attributes: Vec<Cell> = shown
        .map(|(name, value)| {
            let whole = format!("{name}={}", value.as_str().unwrap_or_default());
            Cell::code(short(&whole, ATTRIBUTE))
        })
        .collect();
    attributes.extend(more.then(|| Cell::text("…")));
    Row::new(
        &heads(t),
        vec![
            Cell::link(address(&["things", name], &[]), name),
            Cell::text(text(thing, "thingTypeName")),
            Cell::Lines(attributes),
        ],
    )
}

/// `GET /console/things?name=…&after=…`.
pub async fn list(visit: &Visit<'_>) -> Answer {
    let (t, name, after) = (visit.t, visit.asked("name"), visit.asked("after"));
    let size = PAGE.to_string();
    let (found, hint) = match name {
        "" => {
            let page = query(&[("maxResults", &size), ("nextToken", after)]);
            (visit.iot(format!("/things{page}")).await?, None)
        }
        name => match visit.iot(path(&["things", name])).await {
            Ok(_) => return Ok(Outcome::See(address(&["things", name], &[]))),
            // A beginning need not be a name.
            Err(refusal) if matches!(refusal.status, 400 | 404) => {
                search(visit, name, after).await?
            }
            Err(refusal) => return Err(refusal.into()),
        },
    };
    let table = Table {
        caption: t.things.to_owned(),
        heads: heads(t),
        rows: items(&found, "things")
            .iter()
            .map(|thing| row(t, thing))
            .collect(),
        empty: t.no_things.to_owned(),
        pages: pages(
            t,
            &["things"],
            &[("name", name)],
            after,
            &found["nextToken"],
        ),
        live: None,
    };
    let filter = Form {
        id: "filter",
        action: address(&["things"], &[]),
        fields: vec![Field::Line(
            Input::new("name", t.name, name).hint(t.thing_name_hint),
        )],
        buttons: vec![button("", t.find)],
        inline: true,
        ..Form::default()
    };
    Ok(Page::new(t.things)
        .with(Block::Form(filter))
        .with_some(hint.map(|hint| {
            Block::Notice(
                Tone::Quiet,
                t.not_indexed.to_owned(),
                vec![Cell::text(hint)],
            )
        }))
        .with(Block::Table(table))
        .into())
}

/// Things whose names begin so, by the index; without one, none, and why.
async fn search(
    visit: &Visit<'_>,
    name: &str,
    after: &str,
) -> Result<(Value, Option<String>), Refusal> {
    // What the query language gives a meaning loses it.
    let mut begins: String = name
        .chars()
        .flat_map(|c| match c.is_alphanumeric() || "-_".contains(c) {
            true => vec![c],
            false => vec!['\\', c],
        })
        .collect();
    begins.push('*');
    let mut body = json!({"queryString": format!("thingName:{begins}"), "maxResults": PAGE});
    if !after.is_empty() {
        body["nextToken"] = after.into();
    }
    match visit.send("POST", "/indices/search".into(), body).await {
        Ok(found) => Ok((found, None)),
        Err(refusal) if matches!(refusal.status, 400 | 404) => {
            Ok((json!({}), Some(refusal.message)))
        }
        Err(refusal) => Err(refusal),
    }
}

/// `GET /console/things/NAME`.
pub async fn one(visit: &Visit<'_>, name: &str) -> Answer {
    let t = visit.t;
    let thing = visit.iot(path(&["things", name])).await?;
    let principals = visit.iot(path(&["things", name, "principals"])).await?;
    let groups = visit.iot(path(&["things", name, "thing-groups"])).await;
    let mut facts = vec![
        (t.thing_type, Cell::text(text(&thing, "thingTypeName"))),
        ("ARN", Cell::code(text(&thing, "thingArn"))),
        (t.version, Cell::text(thing["version"].to_string())),
    ];
    let attributes = thing["attributes"].as_object().into_iter().flatten();
    let attributes: Vec<Cell> = attributes
        .map(|(name, value)| Cell::code(format!("{name}={}", value.as_str().unwrap_or_default())))
        .collect();
    facts.push((t.attributes, Cell::Lines(attributes)));
    let certificates = items(&principals, "principals")
        .iter()
        .filter_map(|arn| Some(super::certificate(name_of(arn.as_str()?))));
    facts.push((t.certificates, Cell::Lines(certificates.collect())));
    if let Ok(groups) = groups {
        let names = items(&groups, "thingGroups")
            .iter()
            .map(|group| Cell::text(text(group, "groupName")));
        facts.push((t.groups, Cell::Lines(names.collect())));
    }
    let shadow = visit
        .get("iotdata", path(&["things", name, "shadow"]))
        .await;
    let shadow = shadow
        .ok()
        .and_then(|shadow| serde_json::to_string_pretty(&shadow).ok());
    let links = vec![
        (
            address(&["connections"], &[("of", name), ("show", "all")]),
            t.its_connections.to_owned(),
        ),
        (
            address(&["things", name, "remove"], &[]),
            t.remove.to_owned(),
        ),
    ];
    Ok(Page::new(name)
        .with(Block::Links(links))
        .with(Block::Facts(t.thing.to_owned(), facts))
        .with_some(
            shadow
                .filter(|shadow| shadow != "null")
                .map(|shadow| Block::Document(t.shadow.to_owned(), shadow)),
        )
        .into())
}

/// `GET` or `POST /console/things/NAME/remove`: with all that it owns; first what that would be.
pub async fn remove(visit: &Visit<'_>, name: &str, posts: bool) -> Answer {
    let t = visit.t;
    let question = Question {
        service: "nameplate",
        method: "POST",
        target: "/nameplate/remove".into(),
        body: json!({"kind": "thing", "name": name, "cascade": true, "dryRun": !posts}),
        ..Question::default()
    };
    let found = visit.ask(question).await?;
    if posts {
        return Ok(done(&["things"], "removed"));
    }
    let steps = items(&found, "steps")
        .iter()
        .filter_map(|step| Some(Cell::text(step.as_str()?)));
    let this = address(&["things", name, "remove"], &[]);
    Ok(Page::new(format!("{}: {name}", t.remove))
        .lead(t.remove_lead)
        .with(Block::Facts(
            String::new(),
            vec![(t.steps, Cell::Lines(steps.collect()))],
        ))
        .with(act(visit, "remove", this, &[], danger("", t.remove_all)))
        .into())
}
