//! Who may invoke a function besides its account: its own policy. API: AddPermission.

use super::{Functions, Refusal, Shown};
use crate::app::caller::Caller;
use crate::app::error::{Error, Result};
use crate::app::ids;
use nameplate_core::function::{Alias, Grant, LATEST, Version, policy_text};
use nameplate_core::policy::{Dialect, PolicyDocument};
use nameplate_store::{Conn, Tx};
use serde_json::Value;

/// A function's own policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionPolicy {
    /// JSON.
    pub text: String,
    /// The revision of the function.
    pub revision: String,
}

/// Whether somebody can be meant: an account, everybody, an ARN, or a service by its name.
fn is_principal(text: &str) -> bool {
    let account = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    let services = [
        ".amazonaws.com",
        ".amazonaws.com.cn",
        ".amazonaws.eu",
        ".amazon.com",
    ];
    let service = services
        .iter()
        .any(|suffix| text.len() > suffix.len() && text.ends_with(suffix));
    account || service || text == "*" || text.starts_with("arn:")
}

impl Functions {
    /// Adds a statement to the policy of a function or of one of its qualifiers; the statement, as JSON.
    pub async fn add_permission(
        &self,
        caller: &Caller,
        (function, qualifier): (&str, Option<&str>),
        grant: Grant,
        expected: Option<String>,
    ) -> Result<String> {
        let reference = self.reference(function, qualifier)?;
        if reference.qualifier.as_deref() == Some(LATEST) {
            return Err(Error::invalid(
                "We currently do not support adding policies for $LATEST.",
            ));
        }
        if !is_principal(&grant.principal) {
            return Err(Error::invalid(
                "The provided principal was invalid. Please check the principal and try again.",
            ));
        }
        let arn = reference.arn(&caller.ctx.realm);
        let statement = grant.statement(&arn);
        let text = policy_text(std::slice::from_ref(&statement));
        PolicyDocument::parse(&text, Dialect::Resource)
            .map_err(|why| Error::invalid(format!("The provided principal was invalid. {why}")))?;
        let statement = statement.to_string();
        let absent = self.absent(&reference).message;
        self.kernel
            .change(caller, "add-function-permission", move |tx| {
                let found = super::definition::find(tx, &reference)?;
                if found.is_none()
                    && let Some(name) = reference.qualifier.as_deref()
                    && name.parse::<i64>().is_err()
                    && tx.function(&reference.name)?.is_some()
                {
                    return Err(Error::not_found(format!("Cannot find alias arn: {arn}")));
                }
                let shown = found.ok_or_else(|| Error::not_found(absent.clone()))?;
                let qualifier = reference.qualifier.as_deref().unwrap_or_default();
                revise(tx, &shown, expected.as_deref())?;
                let there = tx.function_permissions(shown.function.key, qualifier)?;
                if there.iter().any(|(sid, _)| *sid == grant.id) {
                    return Err(Refusal::Exists.because(format!(
                        "The statement id ({}) provided already exists. Please provide a new statement id, or remove \
                         the existing statement.",
                        grant.id
                    )));
                }
                tx.insert_function_permission(shown.function.key, qualifier, &grant.id, &statement)?;
                Ok(statement.clone())
            })
            .await
    }

    /// Removes a statement.
    pub async fn remove_permission(
        &self,
        caller: &Caller,
        (function, qualifier): (&str, Option<&str>),
        sid: &str,
        expected: Option<String>,
    ) -> Result<()> {
        let reference = self.reference(function, qualifier)?;
        let arn = self.kernel.realm().function(&reference.name);
        let sid = sid.to_owned();
        self.kernel
            .change(caller, "remove-function-permission", move |tx| {
                let absent = || Error::not_found(format!("No policy found for: {arn}"));
                let function = tx.function(&reference.name)?.ok_or_else(absent)?;
                let qualifier = reference.qualifier.as_deref().unwrap_or_default();
                let there = tx.function_permissions(function.key, qualifier)?;
                if there.is_empty() {
                    return Err(Error::not_found(
                        "No policy is associated with the given resource.",
                    ));
                }
                if !there.iter().any(|(known, _)| *known == sid) {
                    return Err(Error::not_found(format!(
                        "Statement {sid} is not found in resource policy."
                    )));
                }
                if let Some(shown) = super::definition::find(tx, &reference)? {
                    revise(tx, &shown, expected.as_deref())?;
                }
                Ok(tx.delete_function_permission(function.key, qualifier, &sid)?)
            })
            .await
    }

    /// The policy of a function or of one of its qualifiers.
    pub async fn function_policy(
        &self,
        function: &str,
        qualifier: Option<&str>,
    ) -> Result<FunctionPolicy> {
        let reference = self.reference(function, qualifier)?;
        let shown = self.function(function, qualifier).await?;
        let (kept, revision) = self
            .kernel
            .store
            .read(|conn| {
                let qualifier = reference.qualifier.as_deref().unwrap_or_default();
                let kept = conn.function_permissions(shown.function.key, qualifier)?;
                Ok::<_, Error>((kept, revision_of(conn, &shown)?))
            })
            .await?;
        if kept.is_empty() {
            return Err(Error::not_found(
                "The resource you requested does not exist.",
            ));
        }
        Ok(FunctionPolicy {
            text: policy_text(&statements(&kept)?),
            revision,
        })
    }
}

/// The revision of a function's or a qualifier's policy: that of the alias or the version itself.
fn revision_of(conn: &Conn<'_>, shown: &Shown) -> Result<String> {
    let alias = match shown.qualifier.as_deref() {
        Some(name) => conn.function_alias(shown.function.key, name)?,
        None => None,
    };
    Ok(alias.map_or_else(|| shown.version.revision.clone(), |alias| alias.revision))
}

/// Gives what a policy belongs to another revision, as each of its changes does.
///
/// # Errors
/// `Changed` where it has another one than the caller believes.
fn revise(tx: &mut Tx<'_>, shown: &Shown, expected: Option<&str>) -> Result<()> {
    let revision = revision_of(tx, shown)?;
    if expected.is_some_and(|expected| expected != revision) {
        return Err(Refusal::Changed.because(
            "The Revision Id provided does not match the latest Revision Id. Call the GetPolicy API to retrieve the latest Revision Id",
        ));
    }
    let alias = match shown.qualifier.as_deref() {
        Some(name) => tx.function_alias(shown.function.key, name)?,
        None => None,
    };
    let revision = ids::uuid();
    match alias {
        Some(alias) => tx.put_function_alias(&Alias { revision, ..alias })?,
        None => tx.put_function_version(&Version {
            revision,
            ..shown.version.clone()
        })?,
    }
    Ok(())
}

pub(super) fn statements(kept: &[(String, String)]) -> Result<Vec<Value>> {
    kept.iter()
        .map(|(_, text)| serde_json::from_str(text).map_err(Error::internal))
        .collect()
}
