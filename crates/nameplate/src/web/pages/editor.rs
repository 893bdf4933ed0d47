//! The editor of templates, named ones and CAs' own: checked and simulated as one types, and by a button without a script.

use super::button;
use super::simulation::{self, Trial};
use crate::api::logged_in::{Question, Refusal};
use crate::web::view::{Block, Cell, Field, Form, Input, Page, Tone, address};
use crate::web::visit::Visit;
use nameplate_aws::uri;

/// A template for a start: a thing named by the certificate's common name, and a policy for it.
pub const STARTER: &str = r#"{
  "Parameters": {
    "AWS::IoT::Certificate::CommonName": {"Type": "String"},
    "AWS::IoT::Certificate::Id": {"Type": "String"}
  },
  "Resources": {
    "thing": {
      "Type": "AWS::IoT::Thing",
      "Properties": {"ThingName": {"Ref": "AWS::IoT::Certificate::CommonName"}}
    },
    "certificate": {
      "Type": "AWS::IoT::Certificate",
      "Properties": {"CertificateId": {"Ref": "AWS::IoT::Certificate::Id"}, "Status": "ACTIVE"}
    },
    "policy": {
      "Type": "AWS::IoT::Policy",
      "Properties": {
        "PolicyDocument": "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"iot:Connect\",\"Resource\":\"*\"},{\"Effect\":\"Allow\",\"Action\":[\"iot:Publish\",\"iot:Receive\"],\"Resource\":\"arn:aws:iot:*:*:topic/${iot:Connection.Thing.ThingName}/*\"},{\"Effect\":\"Allow\",\"Action\":\"iot:Subscribe\",\"Resource\":\"arn:aws:iot:*:*:topicfilter/${iot:Connection.Thing.ThingName}/*\"}]}"
      }
    }
  }
}"#;

/// The role that the console makes for provisioning.
const ROLE: &str = "NameplateProvisioning";
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"iot.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
const RIGHTS: &str = "iam::aws:policy/service-role/AWSIoTThingsRegistration";

/// A template being edited.
pub struct Draft<'a> {
    /// Where the form is sent.
    pub action: String,
    /// Its heading.
    pub title: &'static str,
    /// Fields above the body.
    pub above: Vec<Field>,
    /// Its body as it stands in the form.
    pub body: &'a str,
    /// The body in force.
    pub current: &'a str,
    /// What tells that nobody has edited since.
    pub seen: String,
    /// What its button says.
    pub save: &'static str,
    /// Certificates pasted.
    pub pasted: &'a str,
    /// Whether it is tried on devices that connected lately.
    pub recorded: bool,
}

/// The form.
pub fn form(visit: &Visit<'_>, draft: Draft<'_>) -> Block {
    let t = visit.t;
    let recorded = if draft.recorded { "true" } else { "" };
    let mut fields = vec![
        Field::Hidden("seen", draft.seen),
        Field::Hidden("current", draft.current.to_owned()),
    ];
    fields.extend(draft.above);
    fields.push(Field::Area(
        Input::new("body", t.template_body, draft.body).lines(22),
    ));
    fields.push(Field::Tick(Input::new(
        "recorded",
        t.try_recorded,
        recorded,
    )));
    let pasted = Input::new("pasted", t.try_pasted, draft.pasted).lines(4);
    fields.push(Field::Area(pasted.hint(t.try_pasted_hint)));
    Block::Form(Form {
        id: "editor",
        title: draft.title.to_owned(),
        action: draft.action,
        token: visit.token(),
        fields,
        buttons: vec![button("save", draft.save), button("simulate", t.simulate)],
        check: Some(address(&["simulate"], &[])),
        ..Form::default()
    })
}

/// A page for a template that is not there yet: a draft to begin with, or what was sent and what it would do.
pub async fn new_page(
    visit: &Visit<'_>,
    posts: bool,
    status: u16,
    first: Vec<Block>,
    draft: Draft<'_>,
) -> Page {
    let title = draft.title.to_owned();
    let last = if posts {
        trial(visit).await
    } else {
        Vec::new()
    };
    page(title, status, first, form(visit, draft), last)
}

impl<'a> Draft<'a> {
    /// One of a template that is not there yet.
    pub fn new(
        visit: &'a Visit<'_>,
        posts: bool,
        action: String,
        (title, save): (&'static str, &'static str),
        above: Vec<Field>,
    ) -> Self {
        Self {
            action,
            title,
            above,
            body: if posts { visit.sent("body") } else { STARTER },
            current: "",
            seen: String::new(),
            save,
            pasted: visit.sent("pasted"),
            recorded: !posts || visit.sent("recorded") == "true",
        }
    }
}

/// What the draft in the form would do, for a page that is made without the script.
pub async fn trial(visit: &Visit<'_>) -> Vec<Block> {
    let current = visit.sent("current");
    let trial = Trial {
        body: visit.sent("body"),
        current: Some(current).filter(|current| !current.is_empty()),
        pasted: visit.sent("pasted"),
        recorded: visit.sent("recorded") == "true",
    };
    simulation::blocks(visit, &trial).await
}

/// That somebody else has saved meanwhile: theirs is shown, what was typed stays in the form.
pub fn conflict(visit: &Visit<'_>, theirs: &str) -> Block {
    let lines = vec![
        Cell::text(visit.t.edited_meanwhile_lead),
        Cell::Document(super::pretty(theirs)),
    ];
    Block::Notice(Tone::Bad, visit.t.edited_meanwhile.to_owned(), lines)
}

/// A refusal above the form, which keeps what was typed.
pub fn refusal(visit: &Visit<'_>, refusal: &Refusal) -> Block {
    let lines = vec![Cell::text(&refusal.message), Cell::code(&refusal.code)];
    Block::Notice(Tone::Bad, visit.t.refused_title.to_owned(), lines)
}

/// A page of the editor with these blocks first.
pub fn page(title: String, status: u16, first: Vec<Block>, form: Block, last: Vec<Block>) -> Page {
    let mut page = Page::new(title);
    page.status = status;
    page.blocks.extend(first);
    page.blocks.push(form);
    page.blocks.extend(last);
    page
}

/// The fields that name the role a template runs as.
pub fn role_fields(visit: &Visit<'_>) -> Vec<Field> {
    let t = visit.t;
    let make = match (visit.request.method, visit.sent("make_role")) {
        ("POST", "") => "",
        _ => "true",
    };
    vec![
        Field::Line(Input::new("role", t.role, visit.sent("role")).hint(t.role_hint)),
        Field::Tick(Input::new("make_role", t.make_role, make)),
    ]
}

/// The role of the form; made, if it asks for that and names none.
pub async fn role(visit: &Visit<'_>) -> Result<String, Refusal> {
    let named = visit.sent("role");
    if !named.is_empty() || visit.sent("make_role") != "true" {
        return Ok(named.to_owned());
    }
    let call = async |form: String| {
        let question = Question {
            service: "iam",
            method: "POST",
            target: "/".into(),
            form: Some(format!("Version=2010-05-08&{form}")),
            ..Question::default()
        };
        visit.ask(question).await
    };
    let trust = uri::encode(TRUST.as_bytes());
    let made = call(format!(
        "Action=CreateRole&RoleName={ROLE}&AssumeRolePolicyDocument={trust}"
    ));
    match made.await {
        // It is there.
        Err(refusal) if refusal.status != 409 => return Err(refusal),
        _ => {}
    }
    let realm = visit.app().realm();
    let rights = format!("arn:{}:{RIGHTS}", realm.partition());
    let rights = uri::encode(rights.as_bytes());
    call(format!(
        "Action=AttachRolePolicy&RoleName={ROLE}&PolicyArn={rights}"
    ))
    .await?;
    Ok(realm.iam(format_args!("role/{ROLE}")))
}
