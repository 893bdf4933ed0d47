//! Rules as the API has them: created, replaced, switched on and off, deleted. AWS guide: iot-create-rule.

use super::Rules;
use super::{Refusal, destination};
use crate::app::caller::Caller;
use crate::app::error::{Error, Kind, Result};
use crate::app::iam::IOT_SERVICE;
use crate::app::registry::tag::{self, Tag};
use nameplate_core::ctx::Millis;
use nameplate_core::limits;
use nameplate_rules::{Action, RuleError, TopicRule};
use nameplate_store::Tx;
use nameplate_store::rule::RuleRow;
use serde_json::Value;

/// A rule as it was saved.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// What was sent when it was last saved.
    pub document: Value,
    /// The rest.
    pub info: RuleInfo,
}

/// A rule in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleInfo {
    /// Name.
    pub name: String,
    /// The topic filter of its FROM.
    pub filter: Option<String>,
    /// Whether it does not run.
    pub disabled: bool,
    /// When it was created.
    pub created: Millis,
}

impl From<RuleRow> for RuleInfo {
    fn from(row: RuleRow) -> Self {
        Self {
            name: row.name,
            filter: row.filter,
            disabled: row.disabled,
            created: row.created,
        }
    }
}

impl From<RuleError> for Error {
    fn from(error: RuleError) -> Self {
        let kind = match &error {
            RuleError::Sql { .. } => Refusal::Sql.into(),
            RuleError::Invalid { .. } => Kind::Invalid,
            RuleError::Unsupported { .. } => Kind::NotBuilt,
        };
        let text = match &error {
            RuleError::Unsupported { action } => {
                format!("Nameplate does not implement the rule action {action} yet.")
            }
            error => error.to_string(),
        };
        Error::new(kind, text)
    }
}

/// AWS tells nobody whether a rule exists.
fn unknown(name: &str) -> Error {
    Error::new(
        Refusal::Unknown,
        format!("Access to topic rule '{name}' was denied"),
    )
}

impl Rules {
    /// Creates a rule. Its roles must be ones that the caller may pass; a destination that its actions need and that does
    /// not exist is made, and `host` is where the URL that enables it leads.
    pub async fn create_topic_rule(
        &self,
        caller: &Caller,
        name: &str,
        document: &Value,
        tags: Vec<Tag>,
        host: &str,
    ) -> Result<()> {
        tag::check(&tags)?;
        let rule = self.checked(caller, document).await?;
        let made = destination::wanted(&rule, &caller.ctx, host);
        let arn = self.kernel.realm().topic_rule(name);
        let new = row(name, &rule, document, caller.ctx.now);
        let destinations = made.rows();
        self.kernel
            .change(caller, "create-topic-rule", move |tx| {
                if tx.topic_rule(&new.name)?.is_some() {
                    return Err(Error::new(
                        Kind::Exists {
                            id: Some(new.name.clone()),
                            arn: Some(arn.clone()),
                        },
                        format!("Rule {} already exists", new.name),
                    ));
                }
                if tx.topic_rule_count()? >= limits::TOPIC_RULES {
                    return Err(Error::new(
                        Kind::Limit,
                        format!("An account has at most {} rules", limits::TOPIC_RULES),
                    ));
                }
                tx.insert_topic_rule(&new)?;
                tx.put_tags(&arn, &tags)?;
                destination::insert_missing(tx, &destinations)
            })
            .await
            .map(|inserted| self.confirm_all(made, &inserted))
    }

    /// Replaces all that a rule says.
    pub async fn replace_topic_rule(
        &self,
        caller: &Caller,
        name: &str,
        document: &Value,
        host: &str,
    ) -> Result<()> {
        let rule = self.checked(caller, document).await?;
        let made = destination::wanted(&rule, &caller.ctx, host);
        let new = row(name, &rule, document, caller.ctx.now);
        let destinations = made.rows();
        self.kernel
            .change(caller, "replace-topic-rule", move |tx| {
                let found = tx
                    .topic_rule(&new.name)?
                    .ok_or_else(|| unknown(&new.name))?;
                tx.update_topic_rule(&RuleRow {
                    key: found.key,
                    ..new.clone()
                })?;
                destination::insert_missing(tx, &destinations)
            })
            .await
            .map(|inserted| self.confirm_all(made, &inserted))
    }

    /// The rule of this name.
    pub async fn topic_rule(&self, name: &str) -> Result<Rule> {
        let row = self
            .kernel
            .store
            .read(|conn| conn.topic_rule(name)?.ok_or_else(|| unknown(name)))
            .await?;
        Ok(Rule {
            document: serde_json::from_str(&row.document).map_err(Error::internal)?,
            info: row.into(),
        })
    }

    /// All rules, in the order they were created.
    pub async fn topic_rules(&self) -> Result<Vec<RuleInfo>> {
        let rows = self
            .kernel
            .store
            .read(|conn| Ok::<_, Error>(conn.topic_rules()?))
            .await?;
        Ok(rows.into_iter().map(RuleInfo::from).collect())
    }

    /// Lets a rule run, or not; again is no change.
    pub async fn set_topic_rule_enabled(
        &self,
        caller: &Caller,
        name: &str,
        enabled: bool,
    ) -> Result<()> {
        let name = name.to_owned();
        self.kernel
            .change(caller, "enable-topic-rule", move |tx| {
                let mut row = tx.topic_rule(&name)?.ok_or_else(|| unknown(&name))?;
                if row.disabled == enabled {
                    row.disabled = !enabled;
                    tx.update_topic_rule(&row)?;
                }
                Ok(())
            })
            .await
    }

    /// Deletes a rule. That there is none is no refusal.
    pub async fn delete_topic_rule(&self, caller: &Caller, name: &str) -> Result<()> {
        let arn = self.kernel.realm().topic_rule(name);
        let name = name.to_owned();
        self.kernel
            .change(caller, "delete-topic-rule", move |tx: &mut Tx<'_>| {
                if let Some(row) = tx.topic_rule(&name)? {
                    tx.delete_topic_rule(row.key, &name)?;
                    tx.delete_all_tags(&arn)?;
                }
                Ok(())
            })
            .await
    }

    /// Reads a document, and asks for `iam:PassRole` on each role in it. A role that does not exist, or does not trust
    /// the service, is no refusal at AWS either: the rule fails when it runs.
    async fn checked(&self, caller: &Caller, document: &Value) -> Result<TopicRule> {
        let rule = TopicRule::parse(document)?;
        for action in rule.actions.iter().chain(&rule.error_action) {
            if let Action::Kafka(_) = action {
                return Err(RuleError::Unsupported { action: "kafka" }.into());
            }
        }
        for role in rule.roles() {
            self.iam.may_pass(caller, role, IOT_SERVICE).await?;
        }
        Ok(rule)
    }
}

fn row(name: &str, rule: &TopicRule, document: &Value, now: Millis) -> RuleRow {
    RuleRow {
        key: 0,
        name: name.to_owned(),
        document: document.to_string(),
        filter: rule.statement.filter().map(str::to_owned),
        disabled: rule.disabled,
        created: now,
        revision: 0,
    }
}
