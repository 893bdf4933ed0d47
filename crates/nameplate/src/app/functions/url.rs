//! Who may call a function by its URL, and the calls themselves. The settings of URLs are the gateway's.
//! [Lambda developer guide: function URLs, control access to function URLs]

use super::{Answered, Call, CameOf, Functions};
use crate::app::error::Result;
use bytes::Bytes;
use nameplate_core::ctx::Ctx;
use nameplate_core::policy::caller::Origin;
use nameplate_core::policy::iam::{Principal, decide_for_resource};
use nameplate_core::policy::{Request, Verdict};
use nameplate_store::Tx;

/// The kind of documents that hold the settings of functions' URLs.
pub(in crate::app) const URL: &str = "function-url";
/// The action that whoever calls by a URL must be allowed.
pub const INVOKE_URL: &str = "lambda:InvokeFunctionUrl";

/// The id of the document of a function's, or its alias's, URL. No function's name has a colon.
pub(in crate::app) fn key_of_url(function: &str, alias: Option<&str>) -> String {
    format!("{function}:{}", alias.unwrap_or_default())
}

/// Removes the URLs of a function and its aliases.
pub(super) fn remove_all(tx: &mut Tx<'_>, function: &str) -> Result<()> {
    let prefix = key_of_url(function, None);
    for (id, _) in tx.gateway_documents(URL)? {
        if id.starts_with(&prefix) {
            tx.delete_gateway_document(URL, &id)?;
        }
    }
    Ok(())
}

impl Functions {
    /// What a function's own policy says of a call by its URL.
    pub async fn url_verdict(
        &self,
        ctx: &Ctx,
        (function, auth): (&str, &str),
        principal: Principal<'_>,
        origin: &Origin,
    ) -> Result<Verdict> {
        let reference = self.reference(function, None)?;
        let target = self.target(&reference).await?;
        let arn = reference.arn(&ctx.realm);
        let Some(policy) = target.policy() else {
            return Ok(Verdict::ImplicitDeny);
        };
        let context = origin
            .context(ctx.now)
            .with("aws:PrincipalIsAWSService", "false")
            .with("lambda:FunctionUrlAuthType", auth)
            .with("lambda:InvokedViaFunctionUrl", "true");
        let request = Request {
            action: INVOKE_URL,
            resource: &arn,
        };
        Ok(decide_for_resource(policy, principal, request, &context).verdict)
    }

    /// Calls a function for a request to its URL, and what came of it where it was called. Whether the caller may was
    /// asked before.
    pub async fn invoke_by_url(
        &self,
        ctx: &Ctx,
        function: &str,
        payload: Bytes,
    ) -> (Result<Answered>, Option<CameOf>) {
        let reference = match self.reference(function, None) {
            Ok(reference) => reference,
            Err(error) => return (Err(error), None),
        };
        let made = self.remember(super::invoke::trace_root());
        let call = Call {
            payload,
            root: Some(made.root.clone()),
            ..Call::default()
        };
        let answered = self.run(&reference, call, None, ctx).await;
        let came = answered.as_ref().ok().map(|said| CameOf {
            certificates: made.certificates(),
            last_line: said.last_line(),
        });
        (answered, came)
    }
}
