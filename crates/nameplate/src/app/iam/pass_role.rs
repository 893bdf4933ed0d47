//! Handing a role to the service: iam:PassRole, asked whenever a role is stored for later runs.
//!
//! Owns the order of the checks. Must not know what the role will be used for.

use super::{IOT_SERVICE, Iam};
use crate::app::caller::Caller;
use crate::app::error::{Error, Result};
use nameplate_core::arn::Arn;

impl Iam {
    /// Refuses unless `role_arn` is the ARN of a role of this account that the caller may hand to the service. AWS
    /// guide: pass-role. `source` is the ARN of the resource that will name the role, under which later runs assume it.
    ///
    /// Whether the role exists is told only to those who may pass it. A trust policy that leaves the service out is
    /// no refusal at AWS either: the run fails, and the log says so now.
    pub async fn pass_role(&self, caller: &Caller, role_arn: &str, source: &str) -> Result<()> {
        self.pass_role_to(caller, role_arn, IOT_SERVICE, source)
            .await
    }

    /// The same for a role that `service` will assume. The permission is always asked for with the service's main
    /// principal, which AWS's guides name.
    pub(crate) async fn pass_role_to(
        &self,
        caller: &Caller,
        role_arn: &str,
        service: &str,
        source: &str,
    ) -> Result<()> {
        let ctx = &caller.ctx;
        let hint = ctx.realm.partition_hint(role_arn);
        let is_role = Arn::parse(role_arn).is_some_and(|arn| {
            arn.service == "iam" && arn.name_of("role").is_some_and(|name| !name.is_empty())
        });
        if !is_role {
            return Err(Error::invalid(format!(
                "{role_arn:?} is not the ARN of a role: it must have the form {}",
                ctx.realm.iam("role/NAME")
            )));
        }
        if !hint.is_empty() {
            return Err(Error::invalid(format!(
                "The role {role_arn} does not exist.{hint}"
            )));
        }
        self.may_pass(caller, role_arn, IOT_SERVICE).await?;
        let name = self.role_name(role_arn).map_err(Error::invalid)?;
        let role = self.kernel.store.read(|conn| conn.iam_role(&name)).await?;
        let exists = role
            .is_some_and(|role| ctx.realm.iam(format_args!("role{}{name}", role.path)) == role_arn);
        if !exists {
            return Err(Error::invalid(format!(
                "The role {role_arn} does not exist; create it with aws iam create-role"
            )));
        }
        let refusal = self.why_not_assumed(role_arn, service, source, ctx);
        if let Some(why) = refusal.await? {
            tracing::warn!(
                request.id = ctx.request_id,
                role.arn = role_arn,
                "runs as {role_arn} will fail: {why}"
            );
        }
        Ok(())
    }
}
