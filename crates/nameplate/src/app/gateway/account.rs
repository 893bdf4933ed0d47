//! What an account has set for all its REST APIs: the role that writes their logs.
//! [API Gateway REST API reference: Account]

use super::{Error, Gateway, Result, read, written};
use crate::app::caller::Caller;
use nameplate_core::ctx::Ctx;
use nameplate_core::vending::gateway::SERVICE;
use serde_json::{Value, json};

/// The kind of the document, of which there is one.
const ACCOUNT: &str = "account";
/// The actions that the role must allow. [Developer guide: permissions for CloudWatch logging]
const ACTIONS: [&str; 3] = [
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
];

impl Gateway {
    /// ARN of the role that writes logs; `None` where none is set.
    pub async fn logging_role(&self) -> Result<Option<String>> {
        let found = self
            .kernel
            .store
            .read(|conn| conn.gateway_document(ACCOUNT, ACCOUNT));
        let account: Option<Value> = found.await?.as_deref().map(read).transpose()?;
        let role =
            account.and_then(|account| account["cloudwatchRoleArn"].as_str().map(str::to_owned));
        Ok(role)
    }

    /// Sets the role that writes logs, or none.
    ///
    /// # Errors
    /// [`crate::app::Kind::Invalid`] for one that API Gateway cannot assume, or that may not write.
    pub async fn set_logging_role(&self, caller: &Caller, role: Option<&str>) -> Result<()> {
        if let Some(role) = role {
            // Groups that there may be one day are asked for by the name that execution logs have.
            let group = self.kernel.realm().log_group("API-Gateway-Execution-Logs");
            for action in ACTIONS {
                self.functions
                    .role_may(
                        &caller.ctx,
                        (SERVICE, &self.account_arn()),
                        role,
                        (action, &group),
                    )
                    .await
                    .map_err(|why| not_permitted(&why))?;
            }
        }
        let document = written(&json!({"cloudwatchRoleArn": role}))?;
        self.kernel
            .change(caller, "set_gateway_account", move |tx| {
                tx.put_gateway_document(ACCOUNT, ACCOUNT, &document)?;
                Ok(())
            })
            .await
    }

    /// Refuses a line for a group that the account's role may not write to.
    ///
    /// # Errors
    /// [`crate::app::Kind::Denied`], with what is missing.
    pub async fn check_may_log(&self, ctx: &Ctx, group: &str) -> Result<()> {
        let role = self.logging_role().await?;
        let role = role.ok_or_else(|| Error::denied("the account has no role for logs"))?;
        let group = self.kernel.realm().log_group(group);
        self.functions
            .role_may(
                ctx,
                (SERVICE, &self.account_arn()),
                &role,
                ("logs:PutLogEvents", &group),
            )
            .await
    }

    fn account_arn(&self) -> String {
        let realm = self.kernel.realm();
        format!(
            "arn:{}:apigateway:{}::/account",
            realm.partition(),
            realm.region
        )
    }
}

fn not_permitted(why: &Error) -> Error {
    let text = "The role ARN does not have required permissions configured. Please grant trust permission for API \
                Gateway and add the required role policy.";
    Error::invalid(format!("{text} ({})", why.message))
}
