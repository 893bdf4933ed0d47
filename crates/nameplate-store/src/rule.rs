//! Topic rules, their destinations, and what failed when they ran.

use crate::sql::Row;
use crate::tx::{Notice, Tx};
use crate::{Conn, Result};
use nameplate_core::ctx::Millis;

/// A topic rule as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleRow {
    /// Key; no other rule ever gets it.
    pub key: i64,
    /// Name, unique.
    pub name: String,
    /// The rule's document, JSON.
    pub document: String,
    /// The topic filter of its FROM, for lists.
    pub filter: Option<String>,
    /// Whether it does not run.
    pub disabled: bool,
    /// When it was created.
    pub created: Millis,
    /// Grows with each change.
    pub revision: i64,
}

/// A destination that rules may send to by HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DestinationRow {
    /// Key; no other destination ever gets it.
    pub key: i64,
    /// The last part of its ARN.
    pub uuid: String,
    /// The URL that was to confirm it, and that URLs of actions begin with.
    pub url: String,
    /// As the API writes it.
    pub status: String,
    /// Why it has this status; may be empty.
    pub reason: String,
    /// SHA-256 of the token that confirms it, while it waits for that.
    pub token: Option<Vec<u8>>,
    /// When it was created.
    pub created: Millis,
    /// When it last changed.
    pub modified: Millis,
}

/// Equal failures of one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleFailureRow {
    /// Name of the rule.
    pub rule: String,
    /// Which action, by AWS's name of it.
    pub action: String,
    /// Why, as a sentence.
    pub reason: String,
    /// What the action was about, the last time.
    pub resource: String,
    /// Topic of the last message that met it.
    pub topic: String,
    /// Client that sent that one, where one did.
    pub client_id: Option<String>,
    /// When it was first met.
    pub first: Millis,
    /// When it was last met.
    pub last: Millis,
    /// How often.
    pub times: i64,
}

fn rule(row: &Row<'_>) -> Result<RuleRow> {
    Ok(RuleRow {
        key: row.int(0)?,
        name: row.text(1)?,
        document: row.text(2)?,
        filter: row.opt_text(3)?,
        disabled: row.flag(4)?,
        created: Millis(row.int(5)?),
        revision: row.int(6)?,
    })
}

fn destination(row: &Row<'_>) -> Result<DestinationRow> {
    Ok(DestinationRow {
        key: row.int(0)?,
        uuid: row.text(1)?,
        url: row.text(2)?,
        status: row.text(3)?,
        reason: row.text(4)?,
        token: row.opt_blob(5)?,
        created: Millis(row.int(6)?),
        modified: Millis(row.int(7)?),
    })
}

fn failure(row: &Row<'_>) -> Result<RuleFailureRow> {
    Ok(RuleFailureRow {
        rule: row.text(0)?,
        action: row.text(1)?,
        reason: row.text(2)?,
        resource: row.text(3)?,
        topic: row.text(4)?,
        client_id: row.opt_text(5)?,
        first: Millis(row.int(6)?),
        last: Millis(row.int(7)?),
        times: row.int(8)?,
    })
}

impl Conn<'_> {
    /// The rule of this name.
    pub fn topic_rule(&self, name: &str) -> Result<Option<RuleRow>> {
        self.one(
            "SELECT id, name, document, filter, disabled, created, revision FROM topic_rule WHERE name = $1",
            &[name.into()],
            rule,
        )
    }

    /// The rule of this key.
    pub fn topic_rule_of(&self, key: i64) -> Result<Option<RuleRow>> {
        self.one(
            "SELECT id, name, document, filter, disabled, created, revision FROM topic_rule WHERE id = $1",
            &[key.into()],
            rule,
        )
    }

    /// All rules, in the order they were created.
    pub fn topic_rules(&self) -> Result<Vec<RuleRow>> {
        self.all(
            "SELECT id, name, document, filter, disabled, created, revision FROM topic_rule ORDER BY id",
            &[],
            rule,
        )
    }

    /// Key and revision of each rule that runs.
    pub fn enabled_topic_rules(&self) -> Result<Vec<(i64, i64)>> {
        self.all(
            "SELECT id, revision FROM topic_rule WHERE disabled = 0 ORDER BY id",
            &[],
            |row| Ok((row.int(0)?, row.int(1)?)),
        )
    }

    /// How many rules there are.
    pub fn topic_rule_count(&self) -> Result<i64> {
        let count = self.one("SELECT COUNT(*) FROM topic_rule", &[], |row| row.int(0))?;
        Ok(count.unwrap_or(0))
    }

    /// The destination with this last part of its ARN.
    pub fn rule_destination(&self, uuid: &str) -> Result<Option<DestinationRow>> {
        self.one(
            "SELECT id, uuid, url, status, reason, token, created, modified FROM rule_destination WHERE uuid = $1",
            &[uuid.into()],
            destination,
        )
    }

    /// The destination that this URL confirms.
    pub fn rule_destination_by_url(&self, url: &str) -> Result<Option<DestinationRow>> {
        self.one(
            "SELECT id, uuid, url, status, reason, token, created, modified FROM rule_destination WHERE url = $1",
            &[url.into()],
            destination,
        )
    }

    /// The destination that waits for the token with this SHA-256.
    pub fn rule_destination_by_token(&self, token: &[u8]) -> Result<Option<DestinationRow>> {
        self.one(
            "SELECT id, uuid, url, status, reason, token, created, modified FROM rule_destination WHERE token = $1",
            &[token.into()],
            destination,
        )
    }

    /// All destinations, in the order they were created.
    pub fn rule_destinations(&self) -> Result<Vec<DestinationRow>> {
        self.all(
            "SELECT id, uuid, url, status, reason, token, created, modified FROM rule_destination ORDER BY id",
            &[],
            destination,
        )
    }

    /// What failed when this rule ran.
    pub fn rule_failures(&self, rule: &str) -> Result<Vec<RuleFailureRow>> {
        self.all(
            "SELECT rule, action, reason, resource, topic, client_id, first_at, last_at, times FROM rule_failure
             WHERE rule = $1 ORDER BY rule, action, reason",
            &[rule.into()],
            failure,
        )
    }
}

impl Tx<'_> {
    /// Creates a rule; its key. The key and revision of `new` are not read. The caller has seen that the name is free.
    pub fn insert_topic_rule(&mut self, new: &RuleRow) -> Result<i64> {
        let key = self.next_key("topic_rule")?;
        self.write(
            "INSERT INTO topic_rule (id, name, document, filter, disabled, created, revision)
             VALUES ($1, $2, $3, $4, $5, $6, 1)",
            &[
                key.into(),
                (&new.name).into(),
                (&new.document).into(),
                new.filter.as_deref().into(),
                new.disabled.into(),
                new.created.0.into(),
            ],
        )?;
        self.notice(Notice::Rules);
        Ok(key)
    }

    /// Writes document, filter and whether the rule is disabled.
    pub fn update_topic_rule(&mut self, rule: &RuleRow) -> Result<()> {
        self.write(
            "UPDATE topic_rule SET document = $1, filter = $2, disabled = $3, revision = revision + 1 WHERE id = $4",
            &[
                (&rule.document).into(),
                rule.filter.as_deref().into(),
                rule.disabled.into(),
                rule.key.into(),
            ],
        )?;
        self.notice(Notice::Rules);
        Ok(())
    }

    /// Removes a rule, and what is known of its failures.
    pub fn delete_topic_rule(&mut self, key: i64, name: &str) -> Result<()> {
        self.write("DELETE FROM topic_rule WHERE id = $1", &[key.into()])?;
        self.write("DELETE FROM rule_failure WHERE rule = $1", &[name.into()])?;
        self.notice(Notice::Rules);
        Ok(())
    }

    /// Creates a destination. Its key is not read. The caller has seen that the URL is free.
    pub fn insert_rule_destination(&mut self, new: &DestinationRow) -> Result<()> {
        let key = self.next_key("rule_destination")?;
        self.write(
            "INSERT INTO rule_destination (id, uuid, url, status, reason, token, created, modified)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            &[
                key.into(),
                (&new.uuid).into(),
                (&new.url).into(),
                (&new.status).into(),
                (&new.reason).into(),
                new.token.as_deref().into(),
                new.created.0.into(),
                new.modified.0.into(),
            ],
        )?;
        self.notice(Notice::Rules);
        Ok(())
    }

    /// Writes status, reason, token and `modified`.
    pub fn update_rule_destination(&mut self, destination: &DestinationRow) -> Result<()> {
        self.write(
            "UPDATE rule_destination SET status = $1, reason = $2, token = $3, modified = $4 WHERE id = $5",
            &[
                (&destination.status).into(),
                (&destination.reason).into(),
                destination.token.as_deref().into(),
                destination.modified.0.into(),
                destination.key.into(),
            ],
        )?;
        self.notice(Notice::Rules);
        Ok(())
    }

    /// Removes a destination.
    pub fn delete_rule_destination(&mut self, key: i64) -> Result<()> {
        self.write("DELETE FROM rule_destination WHERE id = $1", &[key.into()])?;
        self.notice(Notice::Rules);
        Ok(())
    }

    /// Adds to what is known of a rule's failures.
    pub fn add_rule_failure(&mut self, failure: &RuleFailureRow) -> Result<()> {
        self.write(
            "INSERT INTO rule_failure (rule, action, reason, resource, topic, client_id, first_at, last_at, times)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             ON CONFLICT (rule, action, reason) DO UPDATE SET resource = excluded.resource, topic = excluded.topic,
             client_id = excluded.client_id, last_at = excluded.last_at, times = rule_failure.times + excluded.times",
            &[
                (&failure.rule).into(),
                (&failure.action).into(),
                (&failure.reason).into(),
                (&failure.resource).into(),
                (&failure.topic).into(),
                failure.client_id.as_deref().into(),
                failure.first.0.into(),
                failure.last.0.into(),
                failure.times.into(),
            ],
        )
    }

    /// Forgets one of a rule's failures.
    pub fn delete_rule_failure(&mut self, rule: &str, action: &str, reason: &str) -> Result<()> {
        self.write(
            "DELETE FROM rule_failure WHERE rule = $1 AND action = $2 AND reason = $3",
            &[rule.into(), action.into(), reason.into()],
        )
    }
}
