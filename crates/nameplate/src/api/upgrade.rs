//! Who asks for MQTT over WebSocket. What upgrades a connection is no operation, and is signed as one: by header fields, or
//! by a link. [AWS guide: protocols, MQTT over the WebSocket protocol]

use super::call::Failure;
use super::s3::Sent;
use super::signature::{Signed, authenticate};
use super::{Request, Response, fault, iot_data, pipeline};
use crate::app::App;
use crate::app::iam::Identity;
use nameplate_aws::sigv4::AuthFailure;
use nameplate_core::ctx::Ctx;
use std::sync::Arc;

/// What counters and logs call it.
const LABEL: &str = "WebSocket";

/// Where it is asked for.
pub const PATH: &str = "/mqtt";

/// Why a WebSocket is not opened: what the client is answered, and what the record says.
#[derive(Debug)]
pub struct NotUpgraded {
    /// The answer.
    pub response: Response,
    /// In words.
    pub reason: String,
}

/// Whether a request is one for a WebSocket of MQTT, well formed or not. S3 may have a bucket of that name.
pub fn is_asked(request: &Request<'_>) -> bool {
    let path = request.target.split('?').next().unwrap_or_default();
    let own = |row: &super::service::Row| std::ptr::eq(row, &iot_data::ROW);
    path == PATH && super::service::signed_for(request).is_none_or(own)
}

/// Who signed a request for a WebSocket.
///
/// # Errors
/// Where nobody did, or not rightly.
pub async fn caller(app: &Arc<App>, request: &Request<'_>) -> Result<Identity, NotUpgraded> {
    let ctx = app.ctx();
    match identify(app, request, &ctx).await {
        Ok(identity) => Ok(identity),
        Err(failure) => {
            let reason = match &failure {
                Failure::Auth(failure) => failure.to_string(),
                _ => "the server could not decide; its log says why".to_owned(),
            };
            let error = pipeline::named(&iot_data::ROW, LABEL, None, failure, &ctx);
            let response = refused(app, request, error, &ctx);
            Err(NotUpgraded { response, reason })
        }
    }
}

async fn identify(app: &Arc<App>, request: &Request<'_>, ctx: &Ctx) -> Result<Identity, Failure> {
    let signed = Signed::read(app, request)?;
    let row = &iot_data::ROW;
    let ours = match &signed {
        Signed::V4(parsed) => row.scopes.contains(&parsed.scope().service.as_str()),
        Signed::Link(..) => false,
    };
    if !ours {
        let expected = "iotdevicegateway".to_owned();
        return Err(AuthFailure::WrongService { expected }.into());
    }
    authenticate(app, request, &signed, row.bodies, &mut Sent::default(), ctx).await
}

/// Refuses a request for a WebSocket that is none, for this reason.
pub fn malformed(app: &App, request: &Request<'_>, why: &'static str) -> Response {
    refused(app, request, fault::not_upgraded(why), &app.ctx())
}

fn refused(
    app: &App,
    request: &Request<'_>,
    error: nameplate_aws::respond::ApiError,
    ctx: &Ctx,
) -> Response {
    let row = &iot_data::ROW;
    app.metrics().api(row.name(), LABEL, error.status);
    (row.refuse)(row, request, error, &ctx.request_id)
}
