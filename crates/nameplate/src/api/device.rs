//! The data plane for devices that show a certificate, or credentials for an authorizer, instead of a signature.
//! [AWS guide: http, device-shadow-rest-api, custom-auth]

use super::call::{Failure, Output};
use super::pipeline::{self, Told};
use super::s3::Sent;
use super::service::Row;
use super::{Request, Response, iot_data, iot_jobs_data, read, write};
use crate::app::App;
use crate::app::admission::attempt::Attempt;
use crate::app::admission::{Answers, OverHttp, Peer};
use crate::app::caller::Caller;
use nameplate_aws::model::Operation;
use nameplate_aws::route::{Route, route_as_sent};
use nameplate_aws::uri;
use nameplate_core::ctx::Ctx;
use std::sync::Arc;

/// The services that devices may ask. No path is of operations of both.
static ASKED: [&Row; 2] = [&iot_data::ROW, &iot_jobs_data::ROW];

/// The service whose operation a device asks for, rightly or nearly so.
fn asked(request: &Request<'_>) -> Option<&'static Row> {
    let (path, query) = uri::split_target(request.target);
    ASKED.into_iter().find(|row| {
        let route = route_as_sent(row.service, request.method, path, query);
        route != Route::UnknownOperation
    })
}

/// Whether a request is for an operation that devices may ask for.
pub fn is_asked(request: &Request<'_>) -> bool {
    asked(request).is_some()
}

/// What a device shows.
pub enum Shown<'a> {
    /// The certificate of its handshake.
    Certificate(Peer),
    /// Credentials for an authorizer, and what authorizers have answered on the same connection.
    Authorizer(OverHttp, &'a Answers),
}

/// Answers a request of the device that shows this.
pub async fn answer(
    app: &Arc<App>,
    request: &Request<'_>,
    shown: Shown<'_>,
    attempt: Attempt,
) -> Response {
    let row = asked(request).unwrap_or(&iot_data::ROW);
    let ctx = app.ctx();
    let mut told = Told::default();
    match perform(app, row, request, shown, attempt, &ctx, &mut told).await {
        Ok((operation, output)) => {
            let response = write::answer(row, operation, output, &ctx.request_id);
            app.metrics()
                .api(row.name(), operation.name, response.status);
            response
        }
        Err(failure) => {
            let mut nothing = Sent::default();
            pipeline::refused(app, row, request, &told, failure, &mut nothing, &ctx).await
        }
    }
}

async fn perform(
    app: &Arc<App>,
    row: &'static Row,
    request: &Request<'_>,
    shown: Shown<'_>,
    attempt: Attempt,
    ctx: &Ctx,
    told: &mut Told,
) -> Result<(&'static Operation, Output), Failure> {
    let admission = &app.admission;
    let device = match shown {
        Shown::Certificate(peer) => admission.requester(peer, attempt).await?,
        Shown::Authorizer(caller, kept) => {
            let known = admission.requester_by_authorizer(caller, kept, attempt);
            known.await?
        }
    };
    let read = read::as_sent(row, request).map_err(|(label, failure)| {
        told.label = label;
        failure
    })?;
    (told.label, told.operation) = (read.operation.name, Some(read.operation));
    let caller = Caller::device(ctx.clone(), device);
    let mut nothing = Sent::default();
    pipeline::carry_out(app, row, request, read, caller, &mut nothing).await
}
