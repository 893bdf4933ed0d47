//! AWS's services that are not built: whoever holds a right key is told so, in the protocol that the client speaks.
//!
//! A wrong signature stays one. No permission is asked for: there is nothing to be allowed to do.

use super::call::Failure;
use super::pipeline::log_cause;
use super::s3::Sent;
use super::service::Bodies;
use super::signature::{Signed, authenticate};
use super::write::named;
use super::{Content, Request, Response, fault};
use crate::app::App;
use nameplate_aws::foreign::{Asked, Called, called, called_unsigned, shares};
use nameplate_aws::model::Service;
use nameplate_aws::respond::{ApiError, render_foreign_error};
use nameplate_aws::sigv4::foreign_auth_failure_error;
use nameplate_core::ctx::Ctx;
use std::sync::Arc;

/// The label of an operation that no table bounds.
const LABEL: &str = "NotBuilt";

fn asked<'a>(request: &'a Request<'_>) -> Asked<'a> {
    Asked {
        method: request.method,
        target: request.target,
        headers: &request.headers,
        body: request.body,
    }
}

/// Answers a request that is signed for the service `scope`, which has no table.
pub(super) async fn answer(
    app: &Arc<App>,
    request: &Request<'_>,
    scope: &str,
    signed: &Signed,
    ctx: &Ctx,
) -> Response {
    let called = called(scope, &asked(request));
    let bodies = Bodies::Whole(|_| 0);
    let mut sent = Sent::default();
    let protocol = called.answering.protocol;
    let error = match authenticate(app, request, signed, bodies, &mut sent, ctx).await {
        Ok(_) => return not_built(app, &called, ctx),
        Err(Failure::Auth(failure)) => foreign_auth_failure_error(protocol, &failure),
        Err(Failure::App(error)) => {
            log_cause(LABEL, &error, ctx);
            fault::foreign_failure(protocol)
        }
        Err(_) => fault::foreign_failure(protocol),
    };
    failed(app, &called, &error, ctx)
}

/// What a request calls of a service that shares its scope with `service`: `None` where it is not for one.
pub(super) fn sharing(service: Service, request: &Request<'_>) -> Option<Called> {
    shares(service.scope(), &asked(request))
}

/// The error for S3's control plane, whose requests are signed as those of S3 and name an account.
pub(super) fn s3_control(request: &Request<'_>) -> Option<ApiError> {
    let called = sharing(Service::S3, request)?;
    let operation = called.operation.as_deref();
    let protocol = called.answering.protocol;
    Some(fault::foreign_not_built(protocol, "s3control", operation))
}

/// Answers a request that clients do not sign, since they get their keys by it or are devices: `None` for all others.
pub(super) fn unsigned(app: &App, request: &Request<'_>, ctx: &Ctx) -> Option<Response> {
    let called = called_unsigned(&asked(request))?;
    Some(not_built(app, &called, ctx))
}

/// Says of what is called that it is not built.
pub(super) fn not_built(app: &App, called: &Called, ctx: &Ctx) -> Response {
    let error = fault::foreign_not_built(
        called.answering.protocol,
        &called.service,
        called.operation.as_deref(),
    );
    failed(app, called, &error, ctx)
}

fn failed(app: &App, called: &Called, error: &ApiError, ctx: &Ctx) -> Response {
    app.metrics()
        .api(called.known.unwrap_or("unknown"), LABEL, error.status);
    tracing::debug!(
        request.id = ctx.request_id,
        status = error.status,
        "{} {}: {} {}",
        called.service,
        called.operation.as_deref().unwrap_or("-"),
        error.code,
        error.message
    );
    let rendered = render_foreign_error(called.answering, error, &ctx.request_id);
    Response {
        status: rendered.status,
        headers: named(rendered.headers),
        body: Content::Bytes(rendered.body),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::TestApp;
    use serde_json::{Value, json};

    const TARGET: &str = "x-amz-target";

    #[tokio::test]
    async fn services_that_are_not_built_say_so_in_their_protocol() {
        let test = TestApp::new().await;
        let check = async |service: &str, line: &str, target: &str, body: Value, name: &str| {
            let headers = [(TARGET, target)];
            let headers = if target.is_empty() { &[][..] } else { &headers };
            let answer = test.call(service, line, headers, body).await;
            let told = format!("{} {}", answer.status, answer.body);
            assert!(told.starts_with("501 ") && told.contains(name), "{told}");
            told
        };
        let form = |action: &str| Value::String(format!("Action={action}&Version=2010-05-15"));
        let told = check(
            "cloudformation",
            "POST /",
            "",
            form("ListStacks"),
            "operation ListStacks",
        )
        .await;
        assert!(told.contains("<Code>NotImplemented</Code>"), "{told}");
        let told = check(
            "ec2",
            "POST /",
            "",
            form("DescribeVpcs"),
            "operation DescribeVpcs",
        )
        .await;
        assert!(told.contains("<Response><Errors><Error>"), "{told}");
        let told = check(
            "secretsmanager",
            "POST /",
            "secretsmanager.ListSecrets",
            json!({}),
            "ListSecrets",
        )
        .await;
        assert!(told.contains("NotImplementedException"), "{told}");
        check(
            "route53",
            "GET /2013-04-01/hostedzone",
            "",
            Value::Null,
            "operation ListHostedZones",
        )
        .await;
        check(
            "apigateway",
            "POST /v2/vpclinks",
            "",
            json!({}),
            "operation CreateVpcLink",
        )
        .await;
        check(
            "heard-of-nowhere",
            "GET /x",
            "",
            Value::Null,
            "implement heard-of-nowhere yet",
        )
        .await;
        // It shares a scope with a service that has a table.
        check(
            "lambda",
            "DELETE /2026-10-01/runtimes/r",
            "",
            Value::Null,
            "operation DeleteRuntime ",
        )
        .await;
        check(
            "iam",
            "POST /",
            "",
            form("CreateVirtualMFADevice&Version=2010-05-08"),
            "",
        )
        .await;
    }

    #[tokio::test]
    async fn the_control_plane_of_s3_is_signed_as_s3() {
        let test = TestApp::new().await;
        let account = [("x-amz-account-id", "123456789012")];
        let line = "GET /v20180820/accesspoint";
        let answer = test.call("s3", line, &account, Value::Null).await;
        assert_eq!(answer.status, 501, "{}", answer.body);
        let told = answer.refused("NotImplemented");
        assert!(
            told.contains("s3control operation ListAccessPoints"),
            "{told}"
        );
        // A bucket may have such a name.
        let answer = test.call("s3", line, &[], Value::Null).await;
        answer.refused("NoSuchBucket");
    }

    #[tokio::test]
    async fn a_wrong_key_is_wrong_there_too() {
        let test = TestApp::new().await;
        let nothing = json!({"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}});
        let user = test.user_with(&nothing).await;
        let mut wrong = user.clone();
        wrong.secret = "another".to_owned();
        let form = || Value::String("Action=ListTopics".to_owned());
        let answer = test.call_as(&wrong, "sns", "POST /", &[], form()).await;
        assert_eq!(answer.status, 403);
        answer.refused("SignatureDoesNotMatch");
        let answer = test
            .call_as(
                &wrong,
                "kms",
                "POST /",
                &[(TARGET, "TrentService.ListKeys")],
                json!({}),
            )
            .await;
        assert_eq!(answer.status, 400);
        answer.refused("InvalidSignatureException");
        // Whoever may do nothing learns the same as the root: there is nothing to be allowed.
        let answer = test.call_as(&user, "sns", "POST /", &[], form()).await;
        assert_eq!(answer.status, 501);
    }
}
