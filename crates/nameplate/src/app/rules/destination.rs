//! Destinations: where rules may send by HTTP, once the owner of the place has said so. AWS guide: rule-destination.
//!
//! A new destination is sent a token, and is enabled when the token comes back. Of the token its SHA-256 is kept.

use super::{Refusal, Rules};
use crate::app::caller::Caller;
use crate::app::error::{Error, Kind, Result, log_failure};
use crate::app::ids;
use crate::app::kernel::Kernel;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use nameplate_core::ctx::{Ctx, Millis};
use nameplate_core::limits;
use nameplate_rules::{Action, TopicRule};
use nameplate_store::Tx;
use nameplate_store::rule::DestinationRow;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

/// How long a place may take to answer the request that brings the token.
const CONFIRMATION_TIME: Duration = Duration::from_secs(10);

/// Status of a destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DestinationStatus {
    /// Rules may send to it.
    Enabled,
    /// It waits for its token.
    InProgress,
    /// Switched off.
    Disabled,
    /// It could not be asked.
    Error,
}

impl DestinationStatus {
    /// As the API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Enabled => "ENABLED",
            Self::InProgress => "IN_PROGRESS",
            Self::Disabled => "DISABLED",
            Self::Error => "ERROR",
        }
    }

    /// Reads what the API writes.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Enabled, Self::InProgress, Self::Disabled, Self::Error]
            .into_iter()
            .find(|status| status.as_str() == text)
    }
}

/// A destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// Its ARN.
    pub arn: String,
    /// The URL that confirms it, and that URLs of actions begin with.
    pub url: String,
    /// As the API writes it.
    pub status: String,
    /// Why it has that status; may be empty.
    pub reason: String,
    /// When it was created.
    pub created: Millis,
    /// When it last changed.
    pub modified: Millis,
}

/// What a rule that sends must know of a destination.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) url: String,
    pub(super) enabled: bool,
}

impl Known {
    pub(super) fn of(row: &DestinationRow) -> Self {
        Self {
            url: row.url.clone(),
            enabled: row.status == DestinationStatus::Enabled.as_str(),
        }
    }
}

/// A destination to be made, with the token that only its place gets to know.
pub(super) struct New {
    row: DestinationRow,
    token: String,
    enable_url: String,
}

/// The destinations that a rule needs.
pub(super) struct Wanted(Vec<New>);

impl Wanted {
    pub(super) fn rows(&self) -> Vec<DestinationRow> {
        self.0.iter().map(|new| new.row.clone()).collect()
    }
}

/// The destinations that a rule's actions need: AWS makes them from `confirmationUrl`, or from `url` where that is not
/// given, unless templates stand in it.
pub(super) fn wanted(rule: &TopicRule, ctx: &Ctx, host: &str) -> Wanted {
    let mut made: Vec<New> = Vec::new();
    for action in rule.actions.iter().chain(&rule.error_action) {
        let Action::Http(http) = action else {
            continue;
        };
        let url = http
            .confirmation_url
            .as_ref()
            .unwrap_or(&http.url)
            .literal();
        if let Some(url) = url
            && check_url(url).is_ok()
            && !made.iter().any(|new| new.row.url == url)
        {
            made.push(new(url, ctx, host));
        }
    }
    Wanted(made)
}

/// Inserts those whose URL has none; the ids of those that were inserted.
pub(super) fn insert_missing(tx: &mut Tx<'_>, rows: &[DestinationRow]) -> Result<Vec<String>> {
    let mut inserted = Vec::new();
    for row in rows {
        if tx.rule_destination_by_url(&row.url)?.is_none() {
            insert(tx, row)?;
            inserted.push(row.uuid.clone());
        }
    }
    Ok(inserted)
}

fn insert(tx: &mut Tx<'_>, row: &DestinationRow) -> Result<()> {
    if tx.rule_destinations()?.len() >= limits::RULE_DESTINATIONS {
        return Err(Error::new(
            Kind::Limit,
            format!(
                "An account has at most {} destinations",
                limits::RULE_DESTINATIONS
            ),
        ));
    }
    Ok(tx.insert_rule_destination(row)?)
}

fn new(url: &str, ctx: &Ctx, host: &str) -> New {
    let (token, hash) = token();
    New {
        row: DestinationRow {
            key: 0,
            uuid: ids::uuid(),
            url: url.to_owned(),
            status: DestinationStatus::InProgress.as_str().to_owned(),
            reason: awaiting(ctx.now, "no response received from the endpoint"),
            token: Some(hash),
            created: ctx.now,
            modified: ctx.now,
        },
        enable_url: format!("http://{host}/confirmdestination/{token}"),
        token,
    }
}

fn awaiting(sent: Millis, then: &str) -> String {
    format!("Awaiting confirmation. Confirmation message sent on {sent}; {then}.")
}

/// A token of 256 bits, and what is kept of it.
fn token() -> (String, Vec<u8>) {
    let mut bytes = [0; 32];
    rand::fill(&mut bytes).expect("the system has randomness");
    let token = URL_SAFE_NO_PAD.encode(bytes);
    let hash = digest(&SHA256, token.as_bytes()).as_ref().to_vec();
    (token, hash)
}

fn check_url(url: &str) -> Result<()> {
    let uri: Option<http::Uri> = url.parse().ok();
    let good = uri.is_some_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https"))
            && uri
                .authority()
                .is_some_and(|host| !host.host().is_empty() && !host.as_str().contains('@'))
    });
    match good {
        true => Ok(()),
        false => Err(Error::invalid(
            "The confirmation URL must be an http or https URL without user and password",
        )),
    }
}

fn unknown(arn: &str) -> Error {
    Error::new(
        Refusal::Unknown,
        format!("Access to topic rule destination '{arn}' was denied"),
    )
}

impl Rules {
    fn destination(&self, row: DestinationRow) -> Destination {
        Destination {
            arn: self.kernel.realm().rule_destination(&row.uuid),
            url: row.url,
            status: row.status,
            reason: row.reason,
            created: row.created,
            modified: row.modified,
        }
    }

    /// The last part of a destination's ARN.
    fn uuid_of(&self, arn: &str) -> Result<String> {
        let prefix = self.kernel.realm().rule_destination("");
        let uuid = arn.strip_prefix(&prefix).filter(|uuid| !uuid.is_empty());
        uuid.map(str::to_owned).ok_or_else(|| unknown(arn))
    }

    /// Creates a destination for a URL and sends it its token; `host` is where the URL that enables it leads.
    pub async fn create_destination(
        &self,
        caller: &Caller,
        url: &str,
        host: &str,
    ) -> Result<Destination> {
        check_url(url)?;
        let made = new(url, &caller.ctx, host);
        let row = made.row.clone();
        let realm = Arc::clone(self.kernel.realm());
        self.kernel
            .change(caller, "create-rule-destination", move |tx| {
                if let Some(found) = tx.rule_destination_by_url(&row.url)? {
                    let arn = realm.rule_destination(&found.uuid);
                    return Err(Error::new(
                        Kind::Exists {
                            id: Some(found.uuid),
                            arn: Some(arn),
                        },
                        format!("There is a destination for {} already", row.url),
                    ));
                }
                insert(tx, &row)
            })
            .await?;
        let answer = self.destination(made.row.clone());
        self.confirm(made);
        Ok(answer)
    }

    /// The destination of this ARN.
    pub async fn rule_destination(&self, arn: &str) -> Result<Destination> {
        let uuid = self.uuid_of(arn)?;
        let row = self
            .kernel
            .store
            .read(|conn| conn.rule_destination(&uuid)?.ok_or_else(|| unknown(arn)))
            .await?;
        Ok(self.destination(row))
    }

    /// All destinations, in the order they were created.
    pub async fn rule_destinations(&self) -> Result<Vec<Destination>> {
        let rows = self
            .kernel
            .store
            .read(|conn| Ok::<_, Error>(conn.rule_destinations()?))
            .await?;
        Ok(rows.into_iter().map(|row| self.destination(row)).collect())
    }

    /// Switches a destination on or off, or sends it a new token. One that was never confirmed cannot be switched on.
    pub async fn update_destination(
        &self,
        caller: &Caller,
        arn: &str,
        status: DestinationStatus,
        host: &str,
    ) -> Result<()> {
        let (uuid, arn) = (self.uuid_of(arn)?, arn.to_owned());
        if status == DestinationStatus::Error {
            return Err(Error::invalid(
                "status must be ENABLED, DISABLED or IN_PROGRESS",
            ));
        }
        let mut made = new("", &caller.ctx, host);
        let fresh = made.row.clone();
        let now = caller.ctx.now;
        let row = self
            .kernel
            .change(caller, "update-rule-destination", move |tx| {
                let mut row = tx.rule_destination(&uuid)?.ok_or_else(|| unknown(&arn))?;
                let is_confirmed = row.status == DestinationStatus::Enabled.as_str()
                    || row.status == DestinationStatus::Disabled.as_str();
                row.modified = now;
                if status == DestinationStatus::InProgress {
                    row.token.clone_from(&fresh.token);
                    row.reason.clone_from(&fresh.reason);
                } else if !is_confirmed {
                    return Err(Error::invalid(format!(
                        "The destination {arn} has not been confirmed"
                    )));
                } else {
                    row.reason = String::new();
                }
                row.status = status.as_str().to_owned();
                tx.update_rule_destination(&row)?;
                Ok(row)
            })
            .await?;
        if status == DestinationStatus::InProgress {
            made.row = row;
            self.confirm(made);
        }
        Ok(())
    }

    /// Deletes a destination. That there is none is no refusal.
    pub async fn delete_destination(&self, caller: &Caller, arn: &str) -> Result<()> {
        let uuid = self.uuid_of(arn)?;
        self.kernel
            .change(caller, "delete-rule-destination", move |tx| {
                if let Some(row) = tx.rule_destination(&uuid)? {
                    tx.delete_rule_destination(row.key)?;
                }
                Ok::<_, Error>(())
            })
            .await
    }

    /// Enables the destination that was sent this token: who has it is its owner, and needs no other proof. It is good
    /// once.
    pub async fn confirm_destination(&self, token: &str) -> Result<()> {
        let hash = digest(&SHA256, token.as_bytes()).as_ref().to_vec();
        let caller = Caller::server(self.kernel.ctx());
        let now = caller.ctx.now;
        self.kernel
            .change(&caller, "confirm-rule-destination", move |tx| {
                let mut row = tx.rule_destination_by_token(&hash)?.ok_or_else(|| {
                    Error::new(
                        Refusal::Unknown,
                        "The confirmation token is not valid, or has been used",
                    )
                })?;
                row.status = DestinationStatus::Enabled.as_str().to_owned();
                row.reason = String::new();
                row.token = None;
                row.modified = now;
                Ok(tx.update_rule_destination(&row)?)
            })
            .await
    }

    /// Sends those their tokens that were inserted.
    pub(super) fn confirm_all(&self, made: Wanted, inserted: &[String]) {
        for new in made.0 {
            if inserted.contains(&new.row.uuid) {
                self.confirm(new);
            }
        }
    }

    /// Sends a destination its token, beside the call that made it.
    fn confirm(&self, made: New) {
        let kernel = Arc::downgrade(&self.kernel);
        let web = self.web.clone();
        let arn = self.kernel.realm().rule_destination(&made.row.uuid);
        tokio::spawn(async move {
            let body = json!({
                "arn": arn,
                "confirmationToken": made.token,
                "enableUrl": made.enable_url,
                "messageType": "DestinationConfirmation",
            });
            let joint = if made.row.url.contains('?') { '&' } else { '?' };
            let url = format!("{}{joint}confirmationToken={}", made.row.url, made.token);
            let sent = http::Request::post(url)
                .header("content-type", "application/json")
                .header("x-amz-rules-engine-message-type", "DestinationConfirmation")
                .header("x-amz-rules-engine-destination-arn", &arn)
                .body(body.to_string().into_bytes());
            let answer = match sent {
                Ok(request) => web.send(request, CONFIRMATION_TIME).await.map_err(|e| e.0),
                Err(error) => Err(error.to_string()),
            };
            let (status, then) = match &answer {
                Ok(answer) => (
                    DestinationStatus::InProgress,
                    format!("the endpoint answered with HTTP {}", answer.status),
                ),
                Err(why) => (
                    DestinationStatus::Error,
                    format!("the endpoint could not be reached: {why}"),
                ),
            };
            tracing::info!("the rule destination {arn} was sent its confirmation: {then}");
            if let Some(kernel) = kernel.upgrade() {
                let noted = note(&kernel, made.row, status, &then).await;
                if let Err(error) = noted {
                    log_failure!(error, "the status of {arn} could not be kept: {error:?}");
                }
            }
        });
    }
}

/// Writes down what came of a confirmation, unless it has been confirmed or sent anew meanwhile.
async fn note(
    kernel: &Kernel,
    sent: DestinationRow,
    status: DestinationStatus,
    then: &str,
) -> Result<()> {
    let reason = awaiting(sent.modified, then);
    let caller = Caller::server(kernel.ctx());
    kernel
        .change(&caller, "note-rule-destination", move |tx| {
            if let Some(mut row) = tx.rule_destination(&sent.uuid)?
                && row.token == sent.token
                && row.token.is_some()
            {
                row.status = status.as_str().to_owned();
                row.reason.clone_from(&reason);
                tx.update_rule_destination(&row)?;
            }
            Ok::<_, Error>(())
        })
        .await
}
