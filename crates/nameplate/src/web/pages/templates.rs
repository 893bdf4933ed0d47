//! Provisioning templates by name, and the editor of each.

use super::editor::{self, Draft};
use super::{PAGE, button, done, pages, path, pretty, query};
use crate::web::view::{Block, Cell, Field, Input, Page, Row, Table, Tone, address};
use crate::web::visit::{Answer, Visit, list as items, text};
use serde_json::{Value, json};

/// `GET /console/templates?after=…`.
pub async fn list(visit: &Visit<'_>) -> Answer {
    let (t, after) = (visit.t, visit.asked("after"));
    let size = PAGE.to_string();
    let page = query(&[("maxResults", &size), ("nextToken", after)]);
    let found = visit.iot(format!("/provisioning-templates{page}")).await?;
    let heads = vec![t.name, t.kind, t.enabled, t.description];
    let rows = items(&found, "templates").iter().map(|template| {
        let name = text(template, "templateName");
        let enabled = match template["enabled"] == true {
            true => Cell::Badge(Tone::Good, t.enabled.to_owned()),
            false => Cell::Badge(Tone::Quiet, t.disabled.to_owned()),
        };
        let link = Cell::link(address(&["templates", name], &[]), name);
        let cells = vec![
            link,
            Cell::code(text(template, "type")),
            enabled,
            Cell::text(text(template, "description")),
        ];
        Row::new(&heads, cells)
    });
    let table = Table {
        caption: t.templates.to_owned(),
        rows: rows.collect(),
        empty: t.no_templates.to_owned(),
        pages: pages(t, &["templates"], &[], after, &found["nextToken"]),
        live: None,
        heads: heads.clone(),
    };
    Ok(Page::new(t.templates)
        .lead(t.templates_lead)
        .with(Block::Links(vec![(
            address(&["templates", "new"], &[]),
            t.new_template.to_owned(),
        )]))
        .with(Block::Table(table))
        .into())
}

fn kinds(visit: &Visit<'_>) -> Field {
    let t = visit.t;
    let kinds = [("JITP", t.kind_jitp), ("FLEET_PROVISIONING", t.kind_fleet)];
    let kinds = kinds.map(|(value, label)| (value.to_owned(), label.to_owned()));
    let chosen = match visit.sent("kind") {
        "" => "JITP",
        kind => kind,
    };
    Field::Choice(Input::new("kind", t.kind, chosen), kinds.into())
}

/// `GET` or `POST /console/templates/new`.
pub async fn new(visit: &Visit<'_>, posts: bool) -> Answer {
    let t = visit.t;
    let mut first = Vec::new();
    let mut status = 0;
    if posts && visit.sent("do") == "save" {
        let made = async {
            let body = json!({
                "templateName": visit.sent("name"), "templateBody": visit.sent("body"),
                "provisioningRoleArn": editor::role(visit).await?, "type": visit.sent("kind"), "enabled": true,
            });
            visit
                .send("POST", "/provisioning-templates".into(), body)
                .await
        };
        match made.await {
            Ok(_) => return Ok(done(&["templates", visit.sent("name")], "created")),
            Err(refusal) => {
                status = refusal.status;
                first.push(editor::refusal(visit, &refusal));
            }
        }
    }
    let mut above = vec![
        Field::Line(Input::new("name", t.name, visit.sent("name"))),
        kinds(visit),
    ];
    above.extend(editor::role_fields(visit));
    let (action, words) = (
        address(&["templates", "new"], &[]),
        (t.new_template, t.create),
    );
    let draft = Draft::new(visit, posts, action, words, above);
    let page = editor::new_page(visit, posts, status, first, draft).await;
    Ok(page.into())
}

/// What tells that nobody has edited since.
fn seen(template: &Value, versions: &Value) -> String {
    let all = items(versions, "versions").iter();
    let newest = all
        .filter_map(|version| version["versionId"].as_i64())
        .max();
    format!(
        "{}/{}",
        newest.unwrap_or_default(),
        template["defaultVersionId"]
    )
}

/// `GET` or `POST /console/templates/NAME`: the template with its editor; a new version, unless somebody else has made
/// one since the page was made.
pub async fn one(visit: &Visit<'_>, name: &str, posts: bool) -> Answer {
    let t = visit.t;
    let saves = posts && visit.sent("do") == "save";
    let _alone = match saves {
        true => Some(visit.console.editing.lock().await),
        false => None,
    };
    let template = visit.iot(path(&["provisioning-templates", name])).await?;
    let versions = visit
        .iot(path(&["provisioning-templates", name, "versions"]))
        .await?;
    let (mut first, mut status) = (Vec::new(), 0);
    let seen = seen(&template, &versions);
    let current = text(&template, "templateBody");
    if saves && visit.sent("seen") != seen {
        status = 409;
        first.push(editor::conflict(visit, current));
    } else if saves {
        let target = path(&["provisioning-templates", name, "versions"])
            + &query(&[("setAsDefault", "true")]);
        let saved = visit
            .send("POST", target, json!({"templateBody": visit.sent("body")}))
            .await;
        match saved {
            Ok(_) => return Ok(done(&["templates", name], "saved")),
            Err(refusal) => {
                status = refusal.status;
                first.push(editor::refusal(visit, &refusal));
            }
        }
    }
    let body = if posts {
        visit.sent("body").to_owned()
    } else {
        pretty(current)
    };
    let form = editor::form(
        visit,
        Draft {
            action: address(&["templates", name], &[]),
            title: t.edit,
            above: Vec::new(),
            body: &body,
            current,
            seen,
            save: t.save_version,
            pasted: visit.sent("pasted"),
            recorded: !posts || visit.sent("recorded") == "true",
        },
    );
    let mut last = if posts {
        editor::trial(visit).await
    } else {
        Vec::new()
    };
    last.push(Block::Table(versions_table(visit, &versions)));
    last.push(super::act(
        visit,
        "version",
        address(&["templates", name, "version"], &[]),
        &[],
        button("delete-oldest", t.delete_oldest),
    ));
    let facts = vec![
        (t.kind, Cell::code(text(&template, "type"))),
        (t.role, Cell::code(text(&template, "provisioningRoleArn"))),
        (
            t.changed_at,
            Cell::seconds(template["lastModifiedDate"].as_f64()),
        ),
    ];
    last.push(Block::Facts(t.facts.to_owned(), facts));
    Ok(editor::page(name.to_owned(), status, first, form, last).into())
}

fn versions_table(visit: &Visit<'_>, versions: &Value) -> Table {
    let t = visit.t;
    let heads = vec![t.version, t.in_force, t.created_at];
    let rows = items(versions, "versions").iter().map(|version| {
        let mark = match version["isDefaultVersion"] == true {
            true => Cell::Badge(Tone::Good, t.in_force.to_owned()),
            false => Cell::none(),
        };
        let created = Cell::seconds(version["creationDate"].as_f64());
        Row::new(
            &heads,
            vec![Cell::text(version["versionId"].to_string()), mark, created],
        )
    });
    Table {
        caption: t.versions.to_owned(),
        rows: rows.collect(),
        heads: heads.clone(),
        ..Table::default()
    }
}

/// `POST /console/templates/NAME/version`: deletes the oldest version that is not in force; five are kept at most.
pub async fn delete_oldest(visit: &Visit<'_>, name: &str) -> Answer {
    let versions = visit
        .iot(path(&["provisioning-templates", name, "versions"]))
        .await?;
    let oldest = items(&versions, "versions")
        .iter()
        .filter(|version| version["isDefaultVersion"] != true)
        .filter_map(|version| version["versionId"].as_i64())
        .min();
    if let Some(oldest) = oldest {
        let oldest = oldest.to_string();
        let target = path(&["provisioning-templates", name, "versions", &oldest]);
        visit.send("DELETE", target, Value::Null).await?;
    }
    Ok(done(&["templates", name], "removed"))
}
