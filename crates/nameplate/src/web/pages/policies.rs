//! Policies: their documents, and whom an edit would reach.

use super::{PAGE, button, certificates, done, pages, path, pretty, query};
use crate::web::view::{Block, Cell, Field, Form, Input, Page, Row, Table, Tone, address};
use crate::web::visit::{Answer, Visit, list as items, text};
use serde_json::{Value, json};

/// Targets that are counted before it is said that there are more.
const COUNTED: usize = 250;

const NEW: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": "iot:Connect",
      "Resource": "*"
    }
  ]
}"#;

/// `GET /console/policies?after=…`.
pub async fn list(visit: &Visit<'_>) -> Answer {
    let (t, after) = (visit.t, visit.asked("after"));
    let size = PAGE.to_string();
    let found = visit
        .iot(format!(
            "/policies{}",
            query(&[("pageSize", &size), ("marker", after)])
        ))
        .await?;
    let heads = vec![t.name, "ARN"];
    let rows = items(&found, "policies").iter().map(|policy| {
        let name = text(policy, "policyName");
        let link = Cell::link(address(&["policies", name], &[]), name);
        Row::new(&heads, vec![link, Cell::code(text(policy, "policyArn"))])
    });
    let table = Table {
        caption: t.policies.to_owned(),
        rows: rows.collect(),
        empty: t.no_policies.to_owned(),
        pages: pages(t, &["policies"], &[], after, &found["nextMarker"]),
        live: None,
        heads: heads.clone(),
    };
    let new = Form {
        id: "new",
        title: t.new_policy.to_owned(),
        action: address(&["policies"], &[]),
        token: visit.token(),
        fields: vec![
            Field::Line(Input::new("name", t.name, "").required()),
            Field::Area(Input::new("document", t.document, NEW).required()),
        ],
        buttons: vec![button("", t.create)],
        ..Form::default()
    };
    Ok(Page::new(t.policies)
        .with(Block::Table(table))
        .with(Block::Form(new))
        .into())
}

/// `POST /console/policies`.
pub async fn create(visit: &Visit<'_>) -> Answer {
    let (name, document) = (visit.sent("name"), visit.sent("document"));
    visit
        .send(
            "POST",
            path(&["policies", name]),
            json!({"policyDocument": document}),
        )
        .await?;
    Ok(done(&["policies", name], "created"))
}

/// `GET /console/policies/NAME`.
pub async fn one(visit: &Visit<'_>, name: &str) -> Answer {
    let policy = visit.iot(path(&["policies", name])).await?;
    shown(visit, name, &policy, None).await
}

/// The policy with a draft of somebody's, where that could not be saved.
async fn shown(visit: &Visit<'_>, name: &str, policy: &Value, draft: Option<&str>) -> Answer {
    let t = visit.t;
    let document = pretty(text(policy, "policyDocument"));
    let versions = visit.iot(path(&["policies", name, "version"])).await?;
    let affected = affected(visit, name).await;
    let conflict = draft.map(|_| {
        let lines = vec![
            Cell::text(t.edited_meanwhile_lead),
            Cell::Document(document.clone()),
        ];
        Block::Notice(Tone::Bad, t.edited_meanwhile.to_owned(), lines)
    });
    let edit = Form {
        id: "edit",
        title: t.edit.to_owned(),
        lead: t.policy_edit_lead.to_owned(),
        action: address(&["policies", name], &[]),
        token: visit.token(),
        fields: vec![
            Field::Hidden("seen", seen(&versions)),
            Field::Area(
                Input::new("document", t.document, draft.unwrap_or(&document))
                    .lines(16)
                    .required(),
            ),
        ],
        buttons: vec![button("", t.save_version)],
        ..Form::default()
    };
    let heads = vec![t.version, t.in_force, t.created_at];
    let rows = items(&versions, "policyVersions").iter().map(|version| {
        let in_force = version["isDefaultVersion"] == true;
        let mark = if in_force {
            Cell::Badge(Tone::Good, t.in_force.to_owned())
        } else {
            Cell::none()
        };
        let cells = vec![
            Cell::text(text(version, "versionId")),
            mark,
            Cell::seconds(version["createDate"].as_f64()),
        ];
        Row::new(&heads, cells)
    });
    let versions = Table {
        caption: t.versions.to_owned(),
        rows: rows.collect(),
        heads: heads.clone(),
        ..Table::default()
    };
    let mut page = Page::new(name)
        .with_some(conflict)
        .with_some(affected)
        .with(Block::Form(edit))
        .with(Block::Table(versions));
    if draft.is_some() {
        page.status = 409;
    }
    Ok(page.into())
}

/// What tells that nobody has edited since: the versions there were.
fn seen(versions: &Value) -> String {
    let versions = items(versions, "policyVersions");
    let all = versions.iter().map(|version| {
        let mark = if version["isDefaultVersion"] == true {
            "*"
        } else {
            ""
        };
        format!("{}{mark}", text(version, "versionId"))
    });
    all.collect::<Vec<_>>().join(",")
}

/// Whom the policy is attached to.
async fn affected(visit: &Visit<'_>, name: &str) -> Option<Block> {
    let t = visit.t;
    let page = query(&[("pageSize", &COUNTED.to_string())]);
    let found = visit
        .send("POST", path(&["policy-targets", name]) + &page, Value::Null)
        .await
        .ok()?;
    let targets = items(&found, "targets");
    let more = if found["nextMarker"].is_string() {
        "+"
    } else {
        ""
    };
    let title = format!("{}: {}{more}", t.affected, targets.len());
    let mut lines = vec![Cell::text(t.affected_lead)];
    let first = targets
        .iter()
        .take(10)
        .filter_map(Value::as_str)
        .map(certificates::target);
    lines.push(Cell::Several(first.collect()));
    let tone = if targets.is_empty() {
        Tone::Quiet
    } else {
        Tone::Warn
    };
    Some(Block::Notice(tone, title, lines))
}

/// `POST /console/policies/NAME`: a new version, unless somebody else has made one since the page was made.
pub async fn save(visit: &Visit<'_>, name: &str) -> Answer {
    let _alone = visit.console.editing.lock().await;
    let versions = visit.iot(path(&["policies", name, "version"])).await?;
    let document = visit.sent("document");
    if seen(&versions) != visit.sent("seen") {
        let policy = visit.iot(path(&["policies", name])).await?;
        return shown(visit, name, &policy, Some(document)).await;
    }
    let target = path(&["policies", name, "version"]) + &query(&[("setAsDefault", "true")]);
    visit
        .send("POST", target, json!({"policyDocument": document}))
        .await?;
    Ok(done(&["policies", name], "saved"))
}
