//! CA certificates: registered with a template in one form, switched on and off, each with its template's editor.

use super::editor::{self, Draft};
use super::{PAGE, button, certificates, danger, done, pages, path, pretty, query};
use crate::web::view::{Block, Cell, Field, Form, Input, Page, Row, Table, Tone, address};
use crate::web::visit::{Answer, Visit, list as items, text};
use nameplate_core::ctx::Millis;
use serde_json::{Value, json};

/// `GET /console/cas?after=…`.
pub async fn list(visit: &Visit<'_>) -> Answer {
    let (t, after) = (visit.t, visit.asked("after"));
    let size = PAGE.to_string();
    let page = query(&[("pageSize", &size), ("marker", after)]);
    let found = visit.iot(format!("/cacertificates{page}")).await?;
    let heads = vec![t.authority, t.status, t.registered_at];
    let rows = items(&found, "certificates").iter().map(|ca| {
        let id = text(ca, "certificateId");
        let short: String = id.chars().take(12).collect();
        let cells = vec![
            Cell::link(address(&["cas", id], &[]), format!("{short}…")),
            certificates::status(text(ca, "status")),
            Cell::seconds(ca["creationDate"].as_f64()),
        ];
        Row::new(&heads, cells)
    });
    let table = Table {
        caption: t.authorities.to_owned(),
        rows: rows.collect(),
        empty: t.no_authorities.to_owned(),
        pages: pages(t, &["cas"], &[], after, &found["nextMarker"]),
        live: None,
        heads: heads.clone(),
    };
    Ok(Page::new(t.authorities)
        .with(Block::Links(vec![(
            address(&["cas", "new"], &[]),
            t.register_authority.to_owned(),
        )]))
        .with(Block::Table(table))
        .into())
}

/// `GET` or `POST /console/cas/new`: a CA with a template.
pub async fn new(visit: &Visit<'_>, posts: bool) -> Answer {
    let t = visit.t;
    let (mut first, mut status) = (Vec::new(), 0);
    if posts && visit.sent("do") == "save" {
        match register(visit).await {
            Ok(id) => return Ok(done(&["cas", &id], "registered")),
            Err(refusal) => {
                status = refusal.status;
                first.push(editor::refusal(visit, &refusal));
            }
        }
    }
    let modes = [("SNI_ONLY", t.mode_sni), ("DEFAULT", t.mode_default)];
    let modes = modes.map(|(value, label)| (value.to_owned(), label.to_owned()));
    let mode = match visit.sent("mode") {
        "" => "SNI_ONLY",
        mode => mode,
    };
    let code = visit.iot("/registrationcode".to_owned()).await;
    let code = code
        .ok()
        .map(|code| text(&code, "registrationCode").to_owned());
    if let Some(code) = code {
        first.push(Block::Facts(
            String::new(),
            vec![(t.registration_code, Cell::code(code))],
        ));
    }
    let mut above = vec![
        Field::Area(Input::new("ca", t.authority_pem, visit.sent("ca")).lines(6)),
        Field::Choice(
            Input::new("mode", t.mode, mode).hint(t.mode_hint),
            modes.into(),
        ),
        Field::Area(
            Input::new("verification", t.verification, visit.sent("verification"))
                .lines(3)
                .hint(t.verification_hint),
        ),
    ];
    above.extend(editor::role_fields(visit));
    let (action, words) = (
        address(&["cas", "new"], &[]),
        (t.register_authority, t.register),
    );
    let draft = Draft::new(visit, posts, action, words, above);
    let page = editor::new_page(visit, posts, status, first, draft).await;
    Ok(page.lead(t.register_lead).into())
}

async fn register(visit: &Visit<'_>) -> Result<String, crate::api::logged_in::Refusal> {
    let mut body = json!({
        "caCertificate": with_newline(visit.sent("ca")),
        "certificateMode": visit.sent("mode"),
    });
    let verification = visit.sent("verification");
    if !verification.is_empty() {
        body["verificationCertificate"] = with_newline(verification).into();
    }
    let template = visit.sent("body");
    if !template.is_empty() {
        body["registrationConfig"] =
            json!({"templateBody": template, "roleArn": editor::role(visit).await?});
    }
    let on = query(&[("setAsActive", "true"), ("allowAutoRegistration", "true")]);
    let made = visit
        .send("POST", format!("/cacertificate{on}"), body)
        .await?;
    Ok(text(&made, "certificateId").to_owned())
}

/// Forms lose the last one.
fn with_newline(pem: &str) -> String {
    format!("{pem}\n")
}

/// `GET /console/cas/ID`.
pub async fn one(visit: &Visit<'_>, id: &str) -> Answer {
    let t = visit.t;
    let found = visit.iot(path(&["cacertificate", id])).await?;
    let ca = &found["certificateDescription"];
    let config = &found["registrationConfig"];
    let validity = &ca["validity"];
    let after = Millis((validity["notAfter"].as_f64().unwrap_or_default() * 1000.0) as i64);
    let named = text(config, "templateName");
    let template = match (named, text(config, "templateBody")) {
        ("", "") => Cell::Several(vec![
            Cell::text(t.no_template),
            Cell::link(address(&["cas", id, "template"], &[]), t.edit_template),
        ]),
        ("", _) => Cell::link(address(&["cas", id, "template"], &[]), t.edit_template),
        (name, _) => Cell::link(address(&["templates", name], &[]), name),
    };
    let registers = text(ca, "autoRegistrationStatus");
    let (active, registers_now) = (text(ca, "status") == "ACTIVE", registers == "ENABLE");
    let tone = if registers_now {
        Tone::Good
    } else {
        Tone::Warn
    };
    let facts = vec![
        (t.status, certificates::status(text(ca, "status"))),
        (t.registers_devices, Cell::Badge(tone, registers.to_owned())),
        (t.template, template),
        (t.role, Cell::code(text(config, "roleArn"))),
        (t.expires, certificates::expiry(t, after, visit.now())),
        (t.mode, Cell::code(text(ca, "certificateMode"))),
        (t.registered_at, Cell::seconds(ca["creationDate"].as_f64())),
        ("ARN", Cell::code(text(ca, "certificateArn"))),
    ];
    let buttons = vec![
        match active {
            true => danger("INACTIVE", t.deactivate),
            false => button("ACTIVE", t.activate),
        },
        match registers_now {
            true => danger("DISABLE", t.stop_registering),
            false => button("ENABLE", t.start_registering),
        },
    ];
    let change = Form {
        id: "status",
        title: t.status.to_owned(),
        action: address(&["cas", id], &[]),
        token: visit.token(),
        buttons,
        ..Form::default()
    };
    let links = vec![
        (
            address(&["certificates"], &[("ca", id)]),
            t.its_certificates.to_owned(),
        ),
        (
            address(&["cas", id, "template"], &[]),
            t.edit_template.to_owned(),
        ),
    ];
    let title = format!(
        "{} {}…",
        t.authority,
        id.chars().take(12).collect::<String>()
    );
    Ok(Page::new(title)
        .with(Block::Links(links))
        .with(Block::Facts(t.facts.to_owned(), facts))
        .with(Block::Form(change))
        .with(Block::Document(
            "PEM".to_owned(),
            text(ca, "certificatePem").to_owned(),
        ))
        .into())
}

/// `POST /console/cas/ID` with `do`.
pub async fn change(visit: &Visit<'_>, id: &str) -> Answer {
    let what = match visit.sent("do") {
        status @ ("ACTIVE" | "INACTIVE") => query(&[("newStatus", status)]),
        status => query(&[("newAutoRegistrationStatus", status)]),
    };
    visit
        .send("PUT", path(&["cacertificate", id]) + &what, json!({}))
        .await?;
    Ok(done(&["cas", id], "changed"))
}

/// `GET` or `POST /console/cas/ID/template`: the CA's own template, unless somebody else has changed it since the page was
/// made.
pub async fn template(visit: &Visit<'_>, id: &str, posts: bool) -> Answer {
    let t = visit.t;
    let saves = posts && visit.sent("do") == "save";
    let _alone = match saves {
        true => Some(visit.console.editing.lock().await),
        false => None,
    };
    let found = visit.iot(path(&["cacertificate", id])).await?;
    let (ca, config) = (
        &found["certificateDescription"],
        &found["registrationConfig"],
    );
    let named = text(config, "templateName");
    if !named.is_empty() {
        return Ok(crate::web::visit::Outcome::See(address(
            &["templates", named],
            &[],
        )));
    }
    let seen = text(ca, "generationId").to_owned();
    let current = text(config, "templateBody");
    let (mut first, mut status) = (Vec::new(), 0);
    if saves && visit.sent("seen") != seen {
        status = 409;
        first.push(editor::conflict(visit, current));
    } else if saves {
        match save_template(visit, id, config).await {
            Ok(()) => return Ok(done(&["cas", id, "template"], "saved")),
            Err(refusal) => {
                status = refusal.status;
                first.push(editor::refusal(visit, &refusal));
            }
        }
    }
    let body = match (posts, current) {
        (true, _) => visit.sent("body").to_owned(),
        (false, "") => editor::STARTER.to_owned(),
        (false, current) => pretty(current),
    };
    let above = match text(config, "roleArn") {
        "" => editor::role_fields(visit),
        role => vec![Field::Line(Input::new(
            "role",
            t.role,
            match visit.sent("role") {
                "" => role,
                sent => sent,
            },
        ))],
    };
    let form = editor::form(
        visit,
        Draft {
            action: address(&["cas", id, "template"], &[]),
            title: t.edit_template,
            above,
            body: &body,
            current,
            seen,
            save: t.save,
            pasted: visit.sent("pasted"),
            recorded: !posts || visit.sent("recorded") == "true",
        },
    );
    let last = if posts {
        editor::trial(visit).await
    } else {
        Vec::new()
    };
    let short: String = id.chars().take(12).collect();
    let title = format!("{}: {} {short}…", t.template, t.authority);
    Ok(editor::page(title, status, first, form, last).into())
}

async fn save_template(
    visit: &Visit<'_>,
    id: &str,
    config: &Value,
) -> Result<(), crate::api::logged_in::Refusal> {
    let role = match (visit.sent("role"), text(config, "roleArn")) {
        ("", "") => editor::role(visit).await?,
        ("", role) => role.to_owned(),
        (role, _) => role.to_owned(),
    };
    let body = json!({"registrationConfig": {"templateBody": visit.sent("body"), "roleArn": role}});
    visit
        .send("PUT", path(&["cacertificate", id]), body)
        .await?;
    Ok(())
}
