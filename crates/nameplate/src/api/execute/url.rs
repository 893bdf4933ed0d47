//! Requests to functions' URLs: who calls, the function, the answer, and what CORS adds.
//! [Lambda developer guide: invoking function URLs, control access to function URLs, CORS]

use super::cors::{preflight, shared};
use super::record::Record;
use super::{Door, Failed, header, iam};
use crate::api::{Content, Request, Response};
use crate::app::functions::{INVOKE_URL, Refusal};
use crate::app::{App, Error, Kind};
use nameplate_aws::uri;
use nameplate_core::ctx::Ctx;
use nameplate_core::policy::Verdict;
use nameplate_core::policy::iam::Principal;
use nameplate_core::vending::gateway::{Asked, Format, Via, read_for_url};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Where whoever is not let in is told why.
const TROUBLES: &str = "https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html";

/// In the words of function URLs.
fn spoken(status: u16, text: &str) -> Failed {
    Failed::spoken(status, json!({"Message": text}))
}

/// Where the function failed, or its answer is none. No JSON, as recorded of AWS.
fn broken() -> Failed {
    Failed::spoken(502, json!("Internal Server Error"))
}

/// Where the caller is not let in; `said` is null where there is no such URL.
fn forbidden(said: Value) -> Failed {
    let kind = super::fault::ACCESS_DENIED.to_owned();
    Failed::spoken(403, json!({"Message": said})).with(vec![("x-amzn-errortype", kind)])
}

pub(super) fn failed(error: Error) -> Failed {
    let told = match error.kind {
        Kind::Throttled(_) => spoken(429, "Rate Exceeded."),
        Kind::Unavailable => spoken(503, "Service Unavailable"),
        Kind::Function(Refusal::TooLarge) => spoken(413, "Request Too Long"),
        Kind::Function(_) => broken(),
        _ => spoken(500, "Internal Server Error"),
    };
    told.because(Failed::from(error).told_to_operators())
}

/// As HTTP APIs have it: the same members, beginning in lower case.
fn cors_of(url: &Value) -> Option<Value> {
    let members = url["cors"].as_object()?.iter();
    let members = members.map(|(name, value)| {
        let (first, rest) = name.split_at(1);
        (first.to_ascii_lowercase() + rest, value.clone())
    });
    Some(Value::Object(members.collect::<Map<_, _>>()))
}

/// Bodies of these media types reach the function as text, others in base64.
pub(super) fn is_text(kind: &str) -> bool {
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let kind = kind.to_ascii_lowercase();
    kind.starts_with("text/")
        || ["/json", "/xml", "/javascript", "+json", "+xml"]
            .iter()
            .any(|end| kind.ends_with(end))
}

/// Answers a request to a function's URL.
pub(super) async fn call(
    app: &Arc<App>,
    request: &Request<'_>,
    door: &Door,
    ctx: &Ctx,
    record: &mut Record,
) -> Result<Response, Failed> {
    let url = app.gateway.url(&door.api).await.map_err(failed)?;
    let url = url.ok_or_else(|| forbidden(Value::Null))?;
    let headers = request.fields();
    let cors = cors_of(&url);
    if let Some(answer) = cors
        .as_ref()
        .and_then(|cors| preflight(request, &headers, cors, 200))
    {
        return Ok(answer);
    }
    let answered = called(app, request, (door, &url), &headers, ctx, record).await;
    match cors {
        Some(cors) => shared(answered, &headers, &cors),
        None => answered,
    }
}

/// What the function's own policy says.
async fn own(
    app: &Arc<App>,
    request: &Request<'_>,
    function: (&str, &str),
    principal: Principal<'_>,
    ctx: &Ctx,
) -> Result<Verdict, Failed> {
    let origin = request.origin();
    let verdict = app.functions.url_verdict(ctx, function, principal, &origin);
    verdict.await.map_err(failed)
}

async fn called(
    app: &Arc<App>,
    request: &Request<'_>,
    (door, url): (&Door, &Value),
    headers: &[(String, String)],
    ctx: &Ctx,
    record: &mut Record,
) -> Result<Response, Failed> {
    let text = |name: &str| url[name].as_str().unwrap_or_default();
    let function = ctx.realm.function(text("function"));
    let function = match url["alias"].as_str() {
        Some(alias) => format!("{function}:{alias}"),
        None => function,
    };
    let (_, query) = uri::split_target(request.target);
    let pairs = uri::form_pairs(query);
    let source_ip = request.source_ip.to_canonical().to_string();
    let path = match door.path.as_str() {
        "" => "/",
        path => path,
    };
    let kind = header(headers, "content-type").unwrap_or_default();
    let mut asked = Asked {
        method: request.method,
        via: Via {
            api: door.api.clone(),
            binary: !is_text(kind),
            ..Via::default()
        },
        path,
        query,
        pairs: &pairs,
        headers,
        body: request.body,
        source_ip: &source_ip,
        secure: request.secure,
        request_id: &ctx.request_id,
        now: ctx.now,
        realm: &ctx.realm,
    };
    let mut note = super::note(request, &asked, &function, path);
    note.api = None;
    record.function = Some(note);
    let auth = text("authType");
    let forbidden = || {
        forbidden(json!(format!(
            "Forbidden. For troubleshooting Function URL authorization issues, see: {TROUBLES}"
        )))
    };
    if auth == "AWS_IAM" {
        let who = iam::authenticated(app, request, "lambda", ctx).await;
        let who = who.map_err(|refused| match refused {
            iam::NotAllowed::Broken(error) => failed(error),
            refused => forbidden().because(refused.why()),
        })?;
        let verdict = own(
            app,
            request,
            (&function, auth),
            Principal::Arn(&who.arn),
            ctx,
        )
        .await?;
        let keys = [("lambda:FunctionUrlAuthType".to_owned(), auth.to_owned())];
        let by_own = app.iam.may(&who.caller, INVOKE_URL, &function, &keys).await;
        // In one account, the function's policy or the caller's own lets in; a denial of either keeps out.
        let allowed = match (verdict, by_own) {
            (Verdict::ExplicitDeny, _) => false,
            (_, Ok(())) => true,
            (Verdict::Allowed, Err(error)) if error.kind == Kind::Denied => {
                !error.message.contains("with an explicit deny")
            }
            (_, Err(error)) if error.kind == Kind::Denied => false,
            (_, Err(error)) => return Err(failed(error)),
        };
        if !allowed {
            return Err(forbidden().because(format!("{} may not call {function}", who.arn)));
        }
        asked.via.authorizer = json!({"iam": who.event_2()});
    } else if own(app, request, (&function, auth), Principal::Anonymous, ctx).await?
        != Verdict::Allowed
    {
        return Err(forbidden().because(format!(
            "the policy of {function} does not let everybody call it by its URL; allow it with aws lambda add-permission \
             --action lambda:InvokeFunctionUrl --principal '*' --function-url-auth-type NONE"
        )));
    }
    let mut event = asked
        .event(Format::Proxy2)
        .map_err(|why| spoken(500, "Internal Server Error").because(why.0))?;
    if auth != "AWS_IAM" {
        event["requestContext"]["accountId"] = json!("anonymous");
    }
    // As recorded of AWS; `rawPath` stays as it was sent.
    event["requestContext"]["http"]["path"] = json!(uri::decode_text(path));
    let payload = event.to_string().into();
    let (answered, came) = app.functions.invoke_by_url(ctx, &function, payload).await;
    if let Some(function) = &mut record.function {
        function.called = came;
    }
    let answered = answered.map_err(failed)?;
    let garbage = |why: String| broken().because(why);
    if let Some(failure) = answered.failure() {
        return Err(garbage(failure));
    }
    let answer = read_for_url(&answered.payload).map_err(|why| garbage(why.0))?;
    let headers = answer.headers.into_iter();
    Ok(Response {
        status: answer.status,
        headers: headers.map(|(name, value)| (name.into(), value)).collect(),
        body: Content::Bytes(answer.body),
    })
}
