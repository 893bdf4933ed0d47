//! Requests to deployed APIs whose methods or routes ask for IAM: signed for `execute-api`, and allowed to invoke.
//! [API Gateway developer guide: control access to an API with IAM permissions]

use super::Failed;
use crate::api::Request;
use crate::api::call::Failure;
use crate::api::s3::Sent;
use crate::api::service::Bodies;
use crate::api::signature::{Signed, authenticate};
use crate::app::caller::Caller;
use crate::app::{App, Kind};
use nameplate_core::ctx::Ctx;
use nameplate_core::gateway::policy::said_by;
use nameplate_core::policy::Verdict;
use nameplate_core::policy::iam::Principal;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// The service in the credential scope of such requests.
const SCOPE: &str = "execute-api";
/// The action that the caller's policies must allow.
const INVOKE: &str = "execute-api:Invoke";

/// Who may.
pub(super) struct Allowed {
    access_key: String,
    account: String,
    pub(super) arn: String,
    id: String,
    pub(super) caller: Caller,
}

impl Allowed {
    /// Members of `requestContext.identity`, of REST APIs and of format 1.0.
    pub(super) fn event_1(&self) -> Map<String, Value> {
        let members = json!({
            "accessKey": self.access_key, "accountId": self.account, "caller": self.id, "user": self.id,
            "userArn": self.arn,
        });
        members.as_object().cloned().unwrap_or_default()
    }

    /// `requestContext.authorizer.iam` of format 2.0.
    pub(super) fn event_2(&self) -> Value {
        json!({
            "accessKey": self.access_key, "accountId": self.account, "callerId": self.id, "cognitoIdentity": null,
            "principalOrgId": null, "userArn": self.arn, "userId": self.id,
        })
    }
}

/// Why somebody may not.
pub(super) enum NotAllowed {
    /// No signature, or one that is none.
    Unsigned(&'static str),
    /// Signed, and not allowed; who and what.
    Denied(String),
    /// It could not be found out.
    Broken(crate::app::Error),
}

impl NotAllowed {
    /// Why, for operators.
    pub(super) fn why(self) -> String {
        match self {
            Self::Unsigned(text) => text.to_owned(),
            Self::Denied(text) => text,
            Self::Broken(error) => error.message,
        }
    }

    /// As a REST API says it.
    pub(super) fn of_rest_api(self) -> Failed {
        match self {
            Self::Unsigned(text) => Failed::told(403, text),
            Self::Denied(text) => Failed::spoken(403, json!({"Message": text})),
            Self::Broken(error) => error.into(),
        }
    }

    /// As an HTTP API says it, which tells nothing.
    pub(super) fn of_http_api(self) -> Failed {
        match self {
            Self::Unsigned(text) => Failed::told(403, "Forbidden").because(text),
            Self::Denied(text) => Failed::told(403, "Forbidden").because(text),
            Self::Broken(error) => super::http::failed(error),
        }
    }
}

/// Judges the signature of a request to a service.
pub(super) async fn authenticated(
    app: &Arc<App>,
    request: &Request<'_>,
    service: &'static str,
    ctx: &Ctx,
) -> Result<Allowed, NotAllowed> {
    const MISSING: &str = "Missing Authentication Token";
    const INVALID: &str = "The security token included in the request is invalid.";
    const WRONG: &str = "The request signature we calculated does not match the signature you provided. Check your AWS \
                         Secret Access Key and signing method. Consult the service documentation for details.";
    let signed = Signed::read(app, request).map_err(|_| NotAllowed::Unsigned(MISSING))?;
    match &signed {
        Signed::V4(parsed) if parsed.scope().service == service => {}
        _ => {
            return Err(NotAllowed::Unsigned(match service {
                SCOPE => "Credential should be scoped to correct service: 'execute-api'.",
                _ => "Credential should be scoped to correct service: 'lambda'.",
            }));
        }
    }
    let mut sent = Sent::default();
    let bodies = Bodies::Whole(|_| super::BODY_BYTES);
    let identity = authenticate(app, request, &signed, bodies, &mut sent, ctx).await;
    let identity = identity.map_err(|failure| match failure {
        Failure::App(error) => NotAllowed::Broken(error),
        Failure::Auth(nameplate_aws::sigv4::AuthFailure::UnknownAccessKey { .. }) => {
            NotAllowed::Unsigned(INVALID)
        }
        _ => NotAllowed::Unsigned(WRONG),
    })?;
    let (access_key, arn) = (identity.access_key().id.clone(), identity.arn().to_owned());
    let id = identity.user_id().to_owned();
    Ok(Allowed {
        access_key,
        account: ctx.realm.account.clone(),
        arn,
        id,
        caller: Caller::new(ctx.clone(), identity),
    })
}

/// Judges the signature of a request, and whether its caller may invoke `arn`.
pub(super) async fn authorized(
    app: &Arc<App>,
    request: &Request<'_>,
    arn: &str,
    ctx: &Ctx,
) -> Result<Allowed, NotAllowed> {
    authorized_with(app, request, arn, None, ctx).await
}

/// The same where the API has a policy of its own: within one account either may allow, and either may deny.
/// [Developer guide: how API Gateway resource policies affect authorization workflow]
pub(super) async fn authorized_with(
    app: &Arc<App>,
    request: &Request<'_>,
    arn: &str,
    own: Option<&str>,
    ctx: &Ctx,
) -> Result<Allowed, NotAllowed> {
    let who = authenticated(app, request, SCOPE, ctx).await?;
    let said = own.map(|own| {
        let principal = Principal::Arn(&who.arn);
        said_by(own, principal, &request.origin(), arn, ctx.now)
    });
    if said == Some(Verdict::ExplicitDeny) {
        return Err(NotAllowed::Denied(format!(
            "User: {} is not authorized to perform: {INVOKE} on resource: {arn} with an explicit deny",
            who.arn
        )));
    }
    match app.iam.may(&who.caller, INVOKE, arn, &[]).await {
        Ok(()) => Ok(who),
        Err(error) if error.kind != Kind::Denied => Err(NotAllowed::Broken(error)),
        Err(error) => match said {
            Some(Verdict::Allowed) if !error.message.contains("with an explicit deny") => Ok(who),
            _ => Err(NotAllowed::Denied(error.message)),
        },
    }
}
