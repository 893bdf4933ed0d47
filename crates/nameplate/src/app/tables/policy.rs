//! The policy that a table itself has: who else may use it. How it is judged is `app/iam/resource_policy.rs`'s.

use super::refusal::Refusal;
use super::table::check_arn;
use super::{Tables, no_table};
use crate::app::caller::Caller;
use crate::app::error::{Error, Kind, Result};
use nameplate_core::policy::{NamedPolicy, table};
use nameplate_store::Notice;

/// The revision that is expected where there is to be no policy. API: PutResourcePolicy.
const NO_POLICY: &str = "NO_POLICY";

/// The policy that a request brings.
pub(super) fn read(text: &str, table: &str) -> Result<NamedPolicy> {
    table::parse(text, table).map_err(|why| {
        Error::invalid(format!(
            "One or more parameter values were invalid: Invalid policy document: {why}"
        ))
    })
}

fn none(why: &str) -> Error {
    Refusal::NoPolicy.because(format!(
        "Resource-based policy not found for the provided ResourceArn: {why}"
    ))
}

/// Refuses unless the policy of a table is at the revision that a request expects.
fn expect(table: &str, expected: Option<&str>, found: Option<i64>) -> Result<()> {
    match (expected, found) {
        (None, _) | (Some(NO_POLICY), None) => Ok(()),
        (Some(NO_POLICY), Some(revision)) => Err(none(&format!(
            "Requested policy update expecting none to be present for table {table}, but a policy exists with revision id {revision}."
        ))),
        (Some(expected), Some(revision)) if expected == revision.to_string() => Ok(()),
        (Some(expected), Some(revision)) => Err(none(&format!(
            "Requested update for policy with revision id {expected}, but the policy associated to target table {table} has revision id {revision}."
        ))),
        (Some(expected), None) => Err(none(&format!(
            "Requested update for policy with revision id {expected}, but no policy is associated to target table {table}."
        ))),
    }
}

impl Tables {
    fn check_resource(&self, arn: &str) -> Result<()> {
        check_arn(arn, &self.kernel.realm().table(""))?;
        match arn.contains("/stream/") {
            true => Err(Error::new(
                Kind::NotBuilt,
                "Nameplate does not implement resource policies of streams yet.",
            )),
            false => Ok(()),
        }
    }

    /// The policy of a table, and the number of its last change.
    ///
    /// # Errors
    /// There is no such table, or it has none.
    pub async fn policy(&self, arn: &str) -> Result<(String, i64)> {
        self.check_resource(arn)?;
        let known = self.find(arn).await?.ok_or_else(|| no_table(arn))?;
        let name = &known.table.name;
        let found = self
            .kernel
            .store
            .read(|conn| Ok::<_, Error>(conn.dynamodb_policy(name)?))
            .await?;
        found.ok_or_else(|| none(arn))
    }

    /// Gives a table a policy; the number of the change, which is the one before where it has this policy already. Where the
    /// caller could not change it any more, only if that is `confirmed`.
    ///
    /// # Errors
    /// There is no such table, it is no policy of it, or another revision is expected.
    pub async fn set_policy(
        &self,
        caller: &Caller,
        arn: &str,
        policy: &str,
        expected: Option<&str>,
        confirmed: bool,
    ) -> Result<i64> {
        self.check_resource(arn)?;
        let own = self.kernel.realm().table(self.name_of(arn)?);
        let parsed = read(policy, &own)?;
        let now = caller.ctx.now;
        let identity = caller.identity()?.clone();
        let (policy, expected) = (policy.to_owned(), expected.map(str::to_owned));
        self.alter(caller, "set-dynamodb-policy", arn, move |tx, known| {
            let name = &known.table.name;
            let found = tx.dynamodb_policy(name)?;
            expect(name, expected.as_deref(), found.as_ref().map(|found| found.1))?;
            if let Some((kept, revision)) = &found
                && *kept == policy
            {
                return Ok(*revision);
            }
            let stays = || identity.may_under(tx, "dynamodb:PutResourcePolicy", &own, &parsed, now);
            if !confirmed && !stays()? {
                return Err(Error::invalid(
                    "One or more parameter values were invalid: The new resource-based policy would not allow you to change it in the future. Set ConfirmRemoveSelfResourceAccess to confirm",
                ));
            }
            // Revisions are compared as times, and only grow.
            let before = found.map_or(0, |found| found.1);
            let revision = now.0.max(before + 1);
            tx.put_dynamodb_policy(known.key, &policy, revision)?;
            tx.notice(Notice::Tables);
            Ok(revision)
        })
        .await
    }

    /// Takes a table's policy away; the number of its last change, where it had one.
    ///
    /// # Errors
    /// There is no such table, or another revision is expected.
    pub async fn delete_policy(
        &self,
        caller: &Caller,
        arn: &str,
        expected: Option<&str>,
    ) -> Result<Option<i64>> {
        self.check_resource(arn)?;
        let expected = expected.map(str::to_owned);
        self.alter(caller, "delete-dynamodb-policy", arn, move |tx, known| {
            let name = &known.table.name;
            let revision = tx.dynamodb_policy(name)?.map(|found| found.1);
            expect(name, expected.as_deref(), revision)?;
            if revision.is_some() {
                tx.delete_dynamodb_policy(known.key)?;
                tx.notice(Notice::Tables);
            }
            Ok(revision)
        })
        .await
    }
}
