//! Policy variables and condition keys: their names and their values.
//!
//! Owns which name stands for which value of a [`Context`], and AWS's limits on certificate values. Must
//! not know actions, effects or operators.

use super::context::{Association, CertificateFacts, Context};
use crate::ctx::Millis;
use std::borrow::Cow;
use std::fmt;

/// Values of one certificate field that exist for policies (AWS guide: cert-policy-variables, limitations).
const CERTIFICATE_VALUES: usize = 5;
/// Characters of a certificate value that can be substituted (same source).
const CERTIFICATE_VALUE_CHARS: usize = 1024;

/// The key that stands for each child of the connection's thing, in lower case.
const CHILDREN: &str = "nameplate:connection.thing.childthingname";

/// The name of a condition key or variable, understood once when the document is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    text: Box<str>,
    kind: KeyKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum KeyKind {
    ClientId,
    SourceIp,
    SecureTransport,
    CurrentTime,
    EpochTime,
    ThingName,
    ThingTypeName,
    ThingAttribute(Box<str>),
    ThingIsAttached,
    Children,
    ConnectAttributes,
    LastWillTopic,
    CertificateId,
    CertificateSerial,
    CertificateAvailable,
    Certificate(Part, &'static str, Pick),
    /// A key without a field in [`Context`], in lower case.
    Other(Box<str>),
}

/// Which list of [`CertificateFacts`] a key reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Subject,
    Issuer,
    SubjectAlternative,
    IssuerAlternative,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pick {
    /// The plain name is number 0, `.1` is the second value.
    Number(usize),
    /// `.List`
    All,
}

impl Part {
    const ALL: [Part; 4] = [
        Part::SubjectAlternative,
        Part::IssuerAlternative,
        Part::Subject,
        Part::Issuer,
    ];

    /// What stands between `iot:Certificate.` and the field's name.
    fn prefix(self) -> &'static str {
        match self {
            Part::Subject => "Subject.",
            Part::Issuer => "Issuer.",
            Part::SubjectAlternative => "Subject.AlternativeName.",
            Part::IssuerAlternative => "Issuer.AlternativeName.",
        }
    }

    fn fields(self) -> &'static [&'static str] {
        match self {
            Part::Subject | Part::Issuer => &CertificateFacts::NAME_FIELDS,
            _ => &CertificateFacts::ALTERNATIVE_FIELDS,
        }
    }

    fn of(self, certificate: &CertificateFacts) -> &[(&'static str, String)] {
        match self {
            Part::Subject => &certificate.subject,
            Part::Issuer => &certificate.issuer,
            Part::SubjectAlternative => &certificate.subject_alternative,
            Part::IssuerAlternative => &certificate.issuer_alternative,
        }
    }
}

impl Key {
    /// Understands `text`. Names do not distinguish case, except the attribute's name in
    /// `iot:Connection.Thing.Attributes[…]`. An unknown name is a key like others, which only
    /// [`Context::with`] can give a value.
    pub fn parse(text: &str) -> Key {
        Key {
            text: text.into(),
            kind: Self::kind(text),
        }
    }

    fn kind(text: &str) -> KeyKind {
        let lower = text.to_ascii_lowercase();
        match lower.as_str() {
            "iot:clientid" => return KeyKind::ClientId,
            "aws:sourceip" => return KeyKind::SourceIp,
            "aws:securetransport" => return KeyKind::SecureTransport,
            "aws:currenttime" => return KeyKind::CurrentTime,
            "aws:epochtime" => return KeyKind::EpochTime,
            "iot:connection.thing.thingname" => return KeyKind::ThingName,
            "iot:connection.thing.thingtypename" => return KeyKind::ThingTypeName,
            "iot:connection.thing.isattached" => return KeyKind::ThingIsAttached,
            CHILDREN => return KeyKind::Children,
            "iot:connectattributes" => return KeyKind::ConnectAttributes,
            "iot:lastwilltopic" => return KeyKind::LastWillTopic,
            "iot:certificateid" => return KeyKind::CertificateId,
            "iot:certificate.serialnumber" => return KeyKind::CertificateSerial,
            "iot:certificate.availablekeys" => return KeyKind::CertificateAvailable,
            _ => {}
        }
        if let Some(name) = strip_ignoring_case(text, "iot:Connection.Thing.Attributes[")
            .and_then(|rest| rest.strip_suffix(']'))
        {
            return KeyKind::ThingAttribute(name.into());
        }
        strip_ignoring_case(text, "iot:Certificate.")
            .and_then(Self::certificate)
            .unwrap_or_else(|| KeyKind::Other(lower.into()))
    }

    fn certificate(name: &str) -> Option<KeyKind> {
        let (part, rest) = Part::ALL
            .into_iter()
            .find_map(|part| Some((part, strip_ignoring_case(name, part.prefix())?)))?;
        let (field, pick) = match rest.split_once('.') {
            None => (rest, Pick::Number(0)),
            Some((field, index)) if index.eq_ignore_ascii_case("List") => (field, Pick::All),
            Some((field, index)) => (field, Pick::Number(index.parse().ok()?)),
        };
        let field = part
            .fields()
            .iter()
            .find(|known| known.eq_ignore_ascii_case(field))?;
        Some(KeyKind::Certificate(part, field, pick))
    }

    /// Whether it asks for more of a thing than its name.
    pub(super) fn is_thing_detail(&self) -> bool {
        matches!(
            self.kind,
            KeyKind::ThingTypeName | KeyKind::ThingAttribute(_) | KeyKind::Children
        )
    }

    /// Whether it says who calls, or from where.
    pub(super) fn names_callers(&self) -> bool {
        const NAMES: &[&str] = &[
            "aws:principalaccount",
            "aws:principalarn",
            "aws:principalorgid",
            "aws:sourceaccount",
            "aws:sourcearn",
            "aws:sourceowner",
            "aws:sourcevpc",
            "aws:sourcevpce",
            "aws:userid",
            "s3:dataaccesspointaccount",
            "s3:dataaccesspointarn",
        ];
        match &self.kind {
            KeyKind::SourceIp => true,
            KeyKind::Other(name) => NAMES.contains(&&**name),
            _ => false,
        }
    }

    /// Whether it asks for the children of a thing.
    pub(super) fn is_children(&self) -> bool {
        self.kind == KeyKind::Children
    }

    /// Whether it asks for a tag of the resource: AWS's key, or IAM's or S3's own.
    pub(super) fn is_resource_tag(&self) -> bool {
        const TAGS: [&str; 3] = [
            "aws:resourcetag/",
            "iam:resourcetag/",
            "s3:existingobjecttag/",
        ];
        matches!(&self.kind, KeyKind::Other(name) if TAGS.iter().any(|tags| name.starts_with(tags)))
    }

    /// Whether the value changes while a connection stands.
    pub(super) fn is_clock(&self) -> bool {
        matches!(self.kind, KeyKind::CurrentTime | KeyKind::EpochTime)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// `text` without `prefix`, which is ASCII.
fn strip_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix)
        .then(|| &text[prefix.len()..])
}

/// The values of one key: a key with one value can be substituted, a set cannot.
pub(super) enum Values<'a> {
    One(Cow<'a, str>),
    Set(Vec<Cow<'a, str>>),
}

/// A context as one question sees it.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    context: &'a Context,
    connecting: bool,
    now: Option<Millis>,
}

impl<'a> View<'a> {
    /// All that the context holds.
    pub(super) fn whole(context: &'a Context) -> Self {
        View {
            context,
            connecting: true,
            now: context.now,
        }
    }

    /// The context for a question asked on an open connection: what the CONNECT packet said counts only
    /// while connecting.
    pub(super) fn on_connection(
        context: &'a Context,
        connecting: bool,
        now: Option<Millis>,
    ) -> Self {
        View {
            context,
            connecting,
            now,
        }
    }

    /// The key's values; `None` where it is absent. An empty set counts as absent for every operator.
    pub(super) fn values(&self, key: &Key) -> Option<Values<'a>> {
        let context = self.context;
        let one = |text: &'a str| Values::One(Cow::Borrowed(text));
        let listed = |values: &'a [String]| match values {
            [value] => one(value),
            values => Values::Set(values.iter().map(|value| value.as_str().into()).collect()),
        };
        if !context.given.is_empty()
            && let Some(values) = context.given.get(&key.text.to_ascii_lowercase())
        {
            return Some(listed(values));
        }
        let made = |text: String| Values::One(Cow::Owned(text));
        let connect = context.connect.as_ref().filter(|_| self.connecting);
        let thing = match &context.association {
            Association::Thing(thing) => Some(&**thing),
            _ => None,
        };
        let certificate = context.certificate.as_deref();
        match &key.kind {
            KeyKind::ClientId => context.client_id.as_deref().map(one),
            KeyKind::SourceIp => context
                .source_ip
                .map(|address| made(address.to_canonical().to_string())),
            KeyKind::SecureTransport => context
                .secure_transport
                .map(|secure| one(if secure { "true" } else { "false" })),
            KeyKind::CurrentTime => self.now.map(|now| made(now.to_string())),
            KeyKind::EpochTime => self.now.map(|now| made(now.as_seconds().to_string())),
            KeyKind::ThingName => thing.map(|thing| one(&thing.name)),
            KeyKind::ThingTypeName => thing.and_then(|thing| thing.type_name.as_deref()).map(one),
            KeyKind::ThingAttribute(name) => thing
                .and_then(|thing| thing.attributes.get(&**name))
                .map(|value| one(value)),
            KeyKind::ThingIsAttached => match context.association {
                Association::NotAsked => None,
                Association::None => Some(one("false")),
                Association::Thing(_) => Some(one("true")),
            },
            KeyKind::Children => thing.map(|thing| {
                let names = thing.children.iter();
                Values::Set(names.map(|name| name.as_str().into()).collect())
            }),
            KeyKind::ConnectAttributes => connect.map(|connect| {
                let mut set = Vec::new();
                if connect.persistent {
                    set.push("PersistentConnect".into());
                }
                if connect.last_will_topic_arn.is_some() {
                    set.push("LastWill".into());
                }
                Values::Set(set)
            }),
            KeyKind::LastWillTopic => connect
                .and_then(|connect| connect.last_will_topic_arn.as_deref())
                .map(one),
            KeyKind::CertificateId => certificate.map(|certificate| one(&certificate.id)),
            KeyKind::CertificateSerial => {
                certificate.map(|certificate| one(&certificate.serial_hex))
            }
            KeyKind::CertificateAvailable => {
                certificate.map(|certificate| Values::Set(available(certificate)))
            }
            KeyKind::Certificate(part, field, pick) => {
                let mut values = field_values(part.of(certificate?), field);
                match pick {
                    Pick::Number(number) => values.nth(*number).map(one),
                    Pick::All => Some(Values::Set(values.map(Cow::Borrowed).collect())),
                }
            }
            KeyKind::Other(name) => Some(listed(context.more.get(&**name)?)),
        }
    }

    /// Whether the key has no value.
    pub(super) fn lacks(&self, key: &Key) -> bool {
        match self.values(key) {
            None => true,
            Some(Values::One(_)) => false,
            Some(Values::Set(values)) => values.is_empty(),
        }
    }

    /// The children of the connection's thing, of which each takes the variable's place in its turn.
    pub(super) fn children(&self) -> &'a [String] {
        if let Some(given) = self.context.given.get(CHILDREN) {
            return given;
        }
        match &self.context.association {
            Association::Thing(thing) => &thing.children,
            _ => &[],
        }
    }

    /// The text that takes the variable's place; `None` where `${…}` has to stay.
    pub(super) fn substitute(&self, key: &Key) -> Option<Cow<'a, str>> {
        let Values::One(value) = self.values(key)? else {
            return None;
        };
        if matches!(key.kind, KeyKind::Certificate(..)) {
            return certificate_value(value);
        }
        Some(value)
    }
}

/// The values of one field that exist for policies.
fn field_values<'a>(
    fields: &'a [(&'static str, String)],
    field: &'static str,
) -> impl Iterator<Item = &'a str> {
    fields
        .iter()
        .filter(move |(name, _)| *name == field)
        .map(|(_, value)| value.as_str())
        .take(CERTIFICATE_VALUES)
}

/// Names of the certificate's keys that have a value.
fn available(certificate: &CertificateFacts) -> Vec<Cow<'static, str>> {
    let mut names = vec![
        "iot:CertificateId".into(),
        "iot:Certificate.SerialNumber".into(),
    ];
    for part in Part::ALL {
        for field in part.fields() {
            if field_values(part.of(certificate), field).next().is_some() {
                names.push(Cow::Owned(format!(
                    "iot:Certificate.{}{field}",
                    part.prefix()
                )));
            }
        }
    }
    names
}

/// AWS guide: cert-policy-variables, limitations. What contains a wildcard of the policy language or of
/// MQTT, or is too long, is not substituted at all; other special characters get a backslash.
fn certificate_value(value: Cow<'_, str>) -> Option<Cow<'_, str>> {
    if value.contains(['*', '$', '+', '?', '#']) || value.chars().count() > CERTIFICATE_VALUE_CHARS
    {
        return None;
    }
    let special = |character: char| matches!(character, ',' | '"' | '\\' | '=' | '<' | '>' | ';');
    if !value.contains(special) {
        return Some(value);
    }
    let mut escaped = String::with_capacity(value.len() + 4);
    for character in value.chars() {
        if special(character) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    Some(Cow::Owned(escaped))
}

/// Collects the names of variables and keys that had no value, each once.
#[derive(Debug, Default)]
pub(super) struct Missing(pub Vec<String>);

impl Missing {
    pub(super) fn note(&mut self, key: &Key) {
        if !self
            .0
            .iter()
            .any(|known| known.eq_ignore_ascii_case(&key.text))
        {
            self.0.push(key.text.to_string());
        }
    }
}
