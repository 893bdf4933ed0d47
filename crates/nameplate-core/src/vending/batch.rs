//! A batch: devices that come in by the same rules, as its document says them.

use super::statement::{Statement, StatementError, TIME_OF_QUERY};
use crate::ctx::Millis;
use serde_json::{Map, Value, json};
use time::format_description::well_known::Rfc3339;

/// Longest secret of a batch, bytes.
const SECRET_BYTES: usize = 1024;
/// Longest validity, days: a hundred years.
const MOST_DAYS: u64 = 36_500;
/// Highest rate, devices a second.
const MOST_PER_SECOND: u64 = 100_000;
/// Longest query or update, bytes.
const STATEMENT_BYTES: usize = 16 * 1024;

/// Why a document describes no batch.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BatchError(String);

/// What a device has to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProofKind {
    /// A token that its list has.
    Token,
    /// HMAC-SHA256 of its serial number with the batch's secret.
    Hmac,
    /// A signing request of the key that its list has.
    Key,
    /// Nothing but its serial number.
    None,
}

impl ProofKind {
    const ALL: [Self; 4] = [Self::Token, Self::Hmac, Self::Key, Self::None];

    /// The word in documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Hmac => "hmac",
            Self::Key => "key",
            Self::None => "none",
        }
    }
}

/// What a device gets that asks again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// Nothing until an operator lets it.
    Once,
    /// Another certificate; the one before is retired.
    Reissue,
}

/// When the certificate before goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetireOld {
    /// With the commit of the new one.
    AtOnce,
    /// When the new one has connected for the first time.
    WhenConnected,
}

/// What decides on thing, policy, groups and attributes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BatchTemplate {
    /// A named template in its default version, and its role.
    Named(String),
    /// A template of the batch's own.
    Own {
        /// The template.
        body: String,
        /// ARN of the role that it runs as.
        role_arn: String,
    },
}

/// A database that owners keep their lists in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableKind {
    /// MySQL or MariaDB.
    Mysql,
    /// PostgreSQL.
    Postgres,
}

impl TableKind {
    /// The word in documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mysql => "mysql",
            Self::Postgres => "postgres",
        }
    }
}

/// A list in a database of the owner's, read when a device asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableSource {
    /// Which kind of database.
    pub kind: TableKind,
    /// Where it is, without user, password and settings; for people.
    pub place: String,
    /// Answers the device's row.
    pub query: Statement,
    /// Says in the owner's table that it has its certificate.
    pub update: Option<Statement>,
}

/// Where a batch's devices are listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Here, by import.
    Nameplate,
    /// In a table of the owner's.
    Table(Box<TableSource>),
}

/// What devices of a batch may get and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// What they show.
    pub proof: ProofKind,
    /// Whether an operator decides on each.
    pub approval: bool,
    /// What they become.
    pub template: BatchTemplate,
    /// What they get when they ask again.
    pub repeat: Repeat,
    /// When the certificate before goes.
    pub retire_old: RetireOld,
    /// From when on they may ask.
    pub opens: Option<Millis>,
    /// From when on they may not.
    pub closes: Option<Millis>,
    /// How long their certificates are valid; as long as those of CreateKeysAndCertificate where nothing is said.
    pub validity_days: Option<u32>,
    /// How many certificates a second.
    pub rate_per_second: Option<u32>,
    /// Where they are listed.
    pub source: Source,
}

/// What of a batch's document is kept apart, sealed, and never shown.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct BatchSecrets {
    /// What signatures of its devices are made with.
    pub secret: Option<String>,
    /// Where the owner's database is, with user and password.
    pub url: Option<String>,
}

impl std::fmt::Debug for BatchSecrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BatchSecrets")
    }
}

impl Batch {
    /// Reads a document as operators write it. A member that is not known is refused: a rule that is misspelt is
    /// a rule that does not hold.
    pub fn parse(text: &[u8]) -> Result<(Self, BatchSecrets), BatchError> {
        let value: Value = serde_json::from_slice(text)
            .map_err(|error| BatchError(format!("the document is not JSON: {error}")))?;
        let mut members = match value {
            Value::Object(members) => Members::new("", members),
            _ => return Err(BatchError("the document must be a JSON object".into())),
        };
        let mut secrets = BatchSecrets::default();
        let proof = members
            .word("proof", &ProofKind::ALL, ProofKind::as_str)?
            .ok_or_else(|| missing("proof"))?;
        if let Some(secret) = members.text("secret")? {
            if proof != ProofKind::Hmac {
                return Err(BatchError(
                    "secret has a meaning only with the proof hmac".into(),
                ));
            }
            if secret.is_empty() || secret.len() > SECRET_BYTES {
                return Err(BatchError(format!(
                    "secret must have 1 to {SECRET_BYTES} bytes"
                )));
            }
            secrets.secret = Some(secret);
        }
        let once_or_again = [Repeat::Once, Repeat::Reissue];
        let batch = Self {
            proof,
            approval: members.flag("approval")?.unwrap_or(false),
            template: template(&mut members)?,
            repeat: members
                .word("repeat", &once_or_again, |repeat| match repeat {
                    Repeat::Once => "once",
                    Repeat::Reissue => "reissue",
                })?
                .unwrap_or(Repeat::Once),
            retire_old: members
                .word(
                    "retireOld",
                    &[RetireOld::AtOnce, RetireOld::WhenConnected],
                    retire_word,
                )?
                .unwrap_or(RetireOld::AtOnce),
            opens: members.time("opens")?,
            closes: members.time("closes")?,
            validity_days: members.number("validityDays", MOST_DAYS)?,
            rate_per_second: members.number("ratePerSecond", MOST_PER_SECOND)?,
            source: source(members.take("source"), &mut secrets)?,
        };
        members.finish()?;
        if let (Some(opens), Some(closes)) = (batch.opens, batch.closes)
            && closes <= opens
        {
            return Err(BatchError("closes must be later than opens".into()));
        }
        Ok((batch, secrets))
    }

    /// The document without its secrets; what operators are shown, and what is kept.
    pub fn to_json(&self) -> Value {
        let mut out = Map::new();
        out.insert("proof".into(), self.proof.as_str().into());
        out.insert("approval".into(), self.approval.into());
        match &self.template {
            BatchTemplate::Named(name) => {
                out.insert("templateName".into(), name.as_str().into());
            }
            BatchTemplate::Own { body, role_arn } => {
                out.insert("templateBody".into(), body.as_str().into());
                out.insert("roleArn".into(), role_arn.as_str().into());
            }
        }
        let repeat = match self.repeat {
            Repeat::Once => "once",
            Repeat::Reissue => "reissue",
        };
        out.insert("repeat".into(), repeat.into());
        out.insert("retireOld".into(), retire_word(self.retire_old).into());
        for (name, time) in [("opens", self.opens), ("closes", self.closes)] {
            if let Some(time) = time {
                out.insert(name.into(), seconds(time));
            }
        }
        for (name, number) in [
            ("validityDays", self.validity_days),
            ("ratePerSecond", self.rate_per_second),
        ] {
            if let Some(number) = number {
                out.insert(name.into(), number.into());
            }
        }
        let source = match &self.source {
            Source::Nameplate => json!({"kind": "nameplate"}),
            Source::Table(table) => {
                let mut out = json!({
                    "kind": table.kind.as_str(),
                    "place": table.place,
                    "query": table.query.as_str(),
                });
                if let Some(update) = &table.update {
                    out["update"] = update.as_str().into();
                }
                out
            }
        };
        out.insert("source".into(), source);
        Value::Object(out)
    }
}

fn retire_word(retire: RetireOld) -> &'static str {
    match retire {
        RetireOld::AtOnce => "at-once",
        RetireOld::WhenConnected => "when-connected",
    }
}

/// Seconds since the epoch, whole where they are.
fn seconds(time: Millis) -> Value {
    if time.0 % 1000 == 0 {
        (time.0 / 1000).into()
    } else {
        time.as_seconds_f64().into()
    }
}

fn missing(name: &str) -> BatchError {
    BatchError(format!("{name} is required"))
}

fn template(members: &mut Members) -> Result<BatchTemplate, BatchError> {
    let name = members.text("templateName")?;
    let body = members.text_or_object("templateBody")?;
    let role_arn = members.text("roleArn")?;
    match (name, body, role_arn) {
        (Some(name), None, None) => Ok(BatchTemplate::Named(name)),
        (Some(_), None, Some(_)) => Err(BatchError(
            "roleArn belongs to templateBody; a named template has a role of its own".into(),
        )),
        (None, Some(body), Some(role_arn)) => Ok(BatchTemplate::Own { body, role_arn }),
        (None, Some(_), None) => Err(BatchError(
            "roleArn is required with templateBody: the template runs as that role".into(),
        )),
        _ => Err(BatchError(
            "either templateName or templateBody is required".into(),
        )),
    }
}

fn source(value: Option<Value>, secrets: &mut BatchSecrets) -> Result<Source, BatchError> {
    let mut members = match value {
        None => return Ok(Source::Nameplate),
        Some(Value::Object(members)) => Members::new("source.", members),
        Some(_) => return Err(BatchError("source must be an object".into())),
    };
    let kinds = [None, Some(TableKind::Mysql), Some(TableKind::Postgres)];
    let kind = members
        .word("kind", &kinds, |kind| {
            kind.map_or("nameplate", TableKind::as_str)
        })?
        .ok_or_else(|| missing("source.kind"))?;
    let Some(kind) = kind else {
        members.finish()?;
        return Ok(Source::Nameplate);
    };
    // Ours, in a document that is kept.
    let place = members.text("place")?;
    let url = members.text("url")?;
    let place = match (&url, place) {
        (Some(url), _) => place_of(url, kind)?,
        (None, Some(place)) => place,
        (None, None) => return Err(missing("source.url")),
    };
    secrets.url = url;
    let statement = |name: &str, text: Option<String>, allowed: &[_]| match text {
        None => Ok(None),
        Some(text) if text.len() > STATEMENT_BYTES => Err(BatchError(format!(
            "source.{name} is longer than {STATEMENT_BYTES} bytes"
        ))),
        Some(text) => Statement::parse(&text, kind, allowed)
            .map(Some)
            .map_err(|why: StatementError| BatchError(format!("source.{name}: {why}"))),
    };
    let query = members.text("query")?;
    let query = statement("query", query, TIME_OF_QUERY)?.ok_or_else(|| missing("source.query"))?;
    let update = members.text("update")?;
    let update = statement("update", update, super::Bound::ALL)?;
    members.finish()?;
    Ok(Source::Table(Box::new(TableSource {
        kind,
        place,
        query,
        update,
    })))
}

/// Host, port and database of a URL.
fn place_of(url: &str, kind: TableKind) -> Result<String, BatchError> {
    let schemes: &[&str] = match kind {
        TableKind::Mysql => &["mysql", "mariadb"],
        TableKind::Postgres => &["postgres", "postgresql"],
    };
    let place = url
        .split_once("://")
        .filter(|(scheme, _)| schemes.contains(scheme))
        .and_then(|(_, rest)| rest.split('?').next())
        .and_then(|rest| rest.rsplit('@').next())
        .filter(|place| !place.is_empty());
    // Not repeated: there is a password in it.
    place.map(str::to_owned).ok_or_else(|| {
        BatchError(format!(
            "source.url must have the form {}://USER:PASSWORD@HOST:PORT/DATABASE",
            schemes[0]
        ))
    })
}

/// The members of an object, taken out one by one; what remains is not known.
struct Members {
    prefix: &'static str,
    members: Map<String, Value>,
    known: Vec<&'static str>,
}

impl Members {
    fn new(prefix: &'static str, members: Map<String, Value>) -> Self {
        Self {
            prefix,
            members,
            known: Vec::new(),
        }
    }

    /// A member that is not there or null is `None`.
    fn take(&mut self, name: &'static str) -> Option<Value> {
        self.known.push(name);
        self.members.remove(name).filter(|value| !value.is_null())
    }

    fn wrong(&self, name: &str, must: &str) -> BatchError {
        BatchError(format!("{}{name} must be {must}", self.prefix))
    }

    fn text(&mut self, name: &'static str) -> Result<Option<String>, BatchError> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.wrong(name, "text")),
        }
    }

    fn text_or_object(&mut self, name: &'static str) -> Result<Option<String>, BatchError> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(object @ Value::Object(_)) => Ok(Some(object.to_string())),
            Some(_) => Err(self.wrong(name, "a template, as text")),
        }
    }

    fn flag(&mut self, name: &'static str) -> Result<Option<bool>, BatchError> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(flag)),
            Some(_) => Err(self.wrong(name, "true or false")),
        }
    }

    fn word<T: Copy>(
        &mut self,
        name: &'static str,
        all: &[T],
        word: impl Fn(T) -> &'static str,
    ) -> Result<Option<T>, BatchError> {
        let Some(value) = self.take(name) else {
            return Ok(None);
        };
        let text = value.as_str().unwrap_or_default();
        let found = all.iter().copied().find(|one| word(*one) == text);
        match found {
            Some(one) => Ok(Some(one)),
            None => {
                let words: Vec<_> = all.iter().map(|one| word(*one)).collect();
                Err(self.wrong(name, &format!("one of {}", words.join(", "))))
            }
        }
    }

    fn number(&mut self, name: &'static str, most: u64) -> Result<Option<u32>, BatchError> {
        let Some(value) = self.take(name) else {
            return Ok(None);
        };
        let number = value.as_u64().filter(|n| (1..=most).contains(n));
        match number.and_then(|n| u32::try_from(n).ok()) {
            Some(number) => Ok(Some(number)),
            None => Err(self.wrong(name, &format!("a whole number from 1 to {most}"))),
        }
    }

    /// Seconds since the epoch, or RFC 3339.
    fn time(&mut self, name: &'static str) -> Result<Option<Millis>, BatchError> {
        let time = match self.take(name) {
            None => return Ok(None),
            Some(Value::String(text)) => time::OffsetDateTime::parse(&text, &Rfc3339)
                .ok()
                .and_then(|time| i64::try_from(time.unix_timestamp_nanos() / 1_000_000).ok()),
            Some(Value::Number(number)) => number
                .as_f64()
                .filter(|seconds| (0.0..1e11).contains(seconds))
                .map(|seconds| (seconds * 1000.0).round() as i64),
            Some(_) => None,
        };
        match time {
            Some(time) => Ok(Some(Millis(time))),
            None => Err(self.wrong(
                name,
                "seconds since 1970, or a time such as 2027-01-31T08:00:00Z",
            )),
        }
    }

    fn finish(self) -> Result<(), BatchError> {
        match self.members.keys().next() {
            None => Ok(()),
            Some(name) => Err(BatchError(format!(
                "{}{} is not known; known are {}",
                self.prefix,
                crate::escape::line(name),
                self.known
                    .into_iter()
                    .filter(|known| *known != "place")
                    .collect::<Vec<_>>()
                    .join(", ")
            ))),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A batch with these members beside those that must be there.
    pub fn batch(more: &Value) -> Batch {
        let mut document = json!({"proof": "token", "templateName": "t"});
        for (name, value) in more.as_object().into_iter().flatten() {
            document[name] = value.clone();
        }
        match Batch::parse(document.to_string().as_bytes()) {
            Ok((batch, _)) => batch,
            Err(why) => panic!("{document}: {why}"),
        }
    }

    fn refused(document: &Value) -> String {
        match Batch::parse(document.to_string().as_bytes()) {
            Ok(_) => panic!("{document} was taken"),
            Err(why) => why.to_string(),
        }
    }

    #[test]
    fn documents_come_back_without_their_secrets() {
        let whole = json!({
            "proof": "hmac", "approval": true, "templateBody": "{}", "roleArn": "arn:aws:iam::1:role/r",
            "repeat": "reissue", "retireOld": "when-connected", "opens": 1_700_000_000,
            "closes": "2030-01-01T00:00:00.5Z", "validityDays": 365, "ratePerSecond": 50, "secret": "shop floor",
            "source": {
                "kind": "mysql", "url": "mysql://u:p%40ss@db:3306/factory?require_ssl=true",
                "query": "SELECT * FROM d WHERE sn = :serialNumber",
                "update": "UPDATE d SET c = :certificateId, t = :thingName, at = :time WHERE sn = :serialNumber",
            },
        });
        let (batch, secrets) = Batch::parse(whole.to_string().as_bytes()).expect("a batch");
        assert_eq!(secrets.secret.as_deref(), Some("shop floor"));
        assert!(
            secrets
                .url
                .as_deref()
                .is_some_and(|url| url.contains("p%40ss"))
        );
        let kept = batch.to_json();
        assert_eq!(kept["closes"], json!(1_893_456_000.5));
        assert_eq!(kept["source"]["place"], "db:3306/factory");
        let text = kept.to_string();
        assert!(
            !text.contains("p%40ss") && !text.contains("shop floor"),
            "{text}"
        );
        let (again, none) = Batch::parse(text.as_bytes()).expect("what was kept");
        assert_eq!(again, batch);
        assert_eq!(none, BatchSecrets::default());
    }

    #[test]
    fn what_is_left_out() {
        let batch = batch(&json!({}));
        assert_eq!(batch.repeat, Repeat::Once);
        assert_eq!(batch.retire_old, RetireOld::AtOnce);
        assert_eq!(batch.source, Source::Nameplate);
        assert!(!batch.approval && batch.validity_days.is_none());
    }

    #[test]
    fn documents_that_are_refused() {
        let mysql = |more: Value| {
            let mut source =
                json!({"kind": "mysql", "url": "mysql://u:p@h/d", "query": "SELECT :serialNumber"});
            for (name, value) in more.as_object().into_iter().flatten() {
                source[name] = value.clone();
            }
            json!({"proof": "token", "templateName": "t", "source": source})
        };
        let with = |more: Value| {
            let mut document = json!({"proof": "token", "templateName": "t"});
            for (name, value) in more.as_object().into_iter().flatten() {
                document[name] = value.clone();
            }
            document
        };
        #[rustfmt::skip]
        let cases = [
            (json!([]), "must be a JSON object"),
            (json!({"templateName": "t"}), "proof is required"),
            (with(json!({"proof": "magic"})), "proof must be one of token, hmac, key, none"),
            (with(json!({"aproval": true})), "aproval is not known"),
            (with(json!({"approval": "yes"})), "approval must be true or false"),
            (with(json!({"templateBody": "{}"})), "either templateName or templateBody"),
            (with(json!({"roleArn": "r"})), "roleArn belongs to templateBody"),
            (json!({"proof": "none", "templateBody": "{}"}), "roleArn is required"),
            (json!({"proof": "none"}), "either templateName or templateBody"),
            (with(json!({"secret": "s"})), "only with the proof hmac"),
            (with(json!({"proof": "hmac", "secret": ""})), "1 to 1024 bytes"),
            (with(json!({"opens": 2, "closes": 1})), "closes must be later"),
            (with(json!({"opens": "soon"})), "opens must be seconds since 1970"),
            (with(json!({"validityDays": 0})), "validityDays must be a whole number from 1"),
            (with(json!({"validityDays": 1.5})), "validityDays must be a whole number"),
            (with(json!({"ratePerSecond": -1})), "ratePerSecond must be"),
            (with(json!({"source": "mysql"})), "source must be an object"),
            (with(json!({"source": {}})), "source.kind is required"),
            (with(json!({"source": {"kind": "oracle"}})), "source.kind must be one of nameplate, mysql, postgres"),
            (with(json!({"source": {"kind": "nameplate", "url": "x"}})), "source.url is not known"),
            (mysql(json!({"url": "postgres://h/d"})), "source.url must have the form mysql://"),
            (mysql(json!({"query": "SELECT 1"})), "source.query: "),
            (mysql(json!({"password": "x"})), "source.password is not known"),
        ];
        for (document, wanted) in cases {
            let why = refused(&document);
            assert!(why.contains(wanted), "{document}: {why}");
        }
        let url = refused(&mysql(json!({"url": "mysql:/root:hunter2@h/d"})));
        assert!(!url.contains("hunter2"), "{url}");
    }
}
