//! From a request to its page: who is logged in, whether the request comes from a page of ours, and which function
//! answers it; then what every answer carries.

use super::session;
use super::text::{self, Text};
use super::view::{Block, Button, Cell, Field, Form, Input, Page, Tone, address};
use super::visit::{Answer, Outcome, Trouble, Visit};
use super::{Body, Console, PREFIX, Response, assets, pages};
use crate::api::Request;
use crate::api::logged_in::{Login, Refusal};
use crate::app::iam::Identity;
use crate::app::log_ins::WHOLE;
use askama::Template;
use bytes::Bytes;
use nameplate_aws::uri;
use std::borrow::Cow;
use std::sync::Arc;

/// The cookie of the language.
const LANGUAGE: &str = "nameplate-language";

/// What is around every page.
#[derive(Template)]
#[template(path = "page.html")]
struct Layout<'a> {
    t: &'static Text,
    page: &'a Page,
    sections: Vec<Section>,
    who: Option<&'a str>,
    token: Option<&'a str>,
    said: Option<&'static str>,
    other_language: String,
    home: String,
    logout: String,
    nonce: &'a str,
    style: &'static str,
    script: &'static str,
    icon: &'static str,
}

struct Section {
    href: String,
    text: &'static str,
    here: bool,
}

/// Answers a request for the console.
pub async fn answer(console: &Arc<Console>, request: &Request<'_>) -> Response {
    let (path, query) = uri::split_target(request.target);
    if matches!(request.method, "GET" | "HEAD")
        && let Some(asset) = assets::answer(path)
    {
        return asset;
    }
    if path == "/" {
        // The cookie is for the console's pages alone.
        return see(PREFIX);
    }
    let t = language(request);
    let query = uri::query_pairs(query);
    let segments: Vec<String> = path
        .strip_prefix(PREFIX)
        .unwrap_or_default()
        .split('/')
        .filter(|segment| !segment.is_empty())
        .map(uri::decode_text)
        .collect();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let posts = match request.method {
        "GET" | "HEAD" => false,
        "POST" => true,
        _ => {
            let mut refused = page(t, request, None, &refused_method(t));
            refused.headers.push(("allow", "GET, HEAD, POST".into()));
            return refused;
        }
    };
    let form = match std::str::from_utf8(request.body) {
        Ok(body) if posts => uri::form_pairs(body),
        _ => Vec::new(),
    };
    if posts && !is_from_here(request) {
        return page(t, request, None, &foreign(t));
    }
    match segments.as_slice() {
        ["language"] => return set_language(&query, request),
        ["login"] if !posts => return page(t, request, None, &login_page(t, &query, None)),
        ["login"] => return login(console, t, request, &form).await,
        _ => {}
    }
    let (login, identity) = match logged_in(console, request).await {
        Ok(Some(found)) => found,
        Ok(None) => {
            let back = match posts {
                true => "",
                false => request.target,
            };
            return see(&address(&["login"], &[("back", back)]));
        }
        Err(refusal) => return page(t, request, None, &refused(t, &refusal)),
    };
    if posts && !is_token(&form, &login) {
        return page(t, request, None, &foreign(t));
    }
    if posts && segments.as_slice() == ["logout"] {
        return logout(console, request);
    }
    let visit = Visit {
        console,
        request,
        t,
        identity,
        login,
        query,
        form,
    };
    match find(&visit, posts, &segments).await {
        Ok(Outcome::Page(found)) => page(t, request, Some(&visit), &found),
        Ok(Outcome::Piece(html)) => html_of(200, html, None),
        Ok(Outcome::See(place)) => see(&place),
        Ok(Outcome::Response(response)) => response,
        Err(Trouble::Refused(refusal)) => page(t, request, Some(&visit), &refused(t, &refusal)),
        Err(Trouble::NoPage) => page(t, request, Some(&visit), &no_page(t)),
    }
}

/// The page at these segments.
async fn find(visit: &Visit<'_>, posts: bool, segments: &[&str]) -> Answer {
    use pages::*;
    match (posts, segments) {
        (false, []) => Ok(Outcome::See(address(&["connections"], &[]))),
        (false, ["overview"]) => overview::page(visit).await,
        (false, ["connections"]) => connections::list(visit).await,
        (false, ["connections", "live"]) => connections::live(visit).await,
        (false, ["connections", number]) => connections::one(visit, number).await,
        (false, ["things"]) => things::list(visit).await,
        (false, ["things", name]) => things::one(visit, name).await,
        (_, ["things", name, "remove"]) => things::remove(visit, name, posts).await,
        (false, ["certificates"]) => certificates::list(visit).await,
        (false, ["certificates", id]) => certificates::one(visit, id).await,
        (true, ["certificates", id]) => certificates::change(visit, id).await,
        (false, ["cas"]) => authorities::list(visit).await,
        (_, ["cas", "new"]) => authorities::new(visit, posts).await,
        (false, ["cas", id]) => authorities::one(visit, id).await,
        (true, ["cas", id]) => authorities::change(visit, id).await,
        (_, ["cas", id, "template"]) => authorities::template(visit, id, posts).await,
        (false, ["policies"]) => policies::list(visit).await,
        (true, ["policies"]) => policies::create(visit).await,
        (false, ["policies", name]) => policies::one(visit, name).await,
        (true, ["policies", name]) => policies::save(visit, name).await,
        (false, ["templates"]) => templates::list(visit).await,
        (_, ["templates", "new"]) => templates::new(visit, posts).await,
        (_, ["templates", name]) => templates::one(visit, name, posts).await,
        (true, ["templates", name, "version"]) => templates::delete_oldest(visit, name).await,
        (true, ["simulate"]) => simulation::piece(visit).await,
        (false, ["connected"]) => operations::connected(visit).await,
        (false, ["connected", client]) => operations::connection(visit, client).await,
        (true, ["connected", client]) => operations::disconnect(visit, client).await,
        (false, ["bulk"]) => operations::tasks(visit).await,
        (false, ["bulk", id]) => operations::task(visit, id).await,
        (true, ["bulk", id]) => operations::stop(visit, id).await,
        (false, ["vending"]) => operations::batches(visit).await,
        (false, ["vending", batch]) => operations::batch(visit, batch).await,
        (false, ["vending", batch, "find"]) => {
            let found = address(&["vending", batch, visit.asked("serial")], &[]);
            Ok(Outcome::See(found))
        }
        (false, ["vending", batch, serial]) => operations::entry(visit, batch, serial).await,
        (true, ["vending", batch, serial]) => operations::decide(visit, batch, serial).await,
        (false, ["functions"]) => operations::functions(visit).await,
        (false, ["functions", name]) => operations::function(visit, name).await,
        (false, ["rules"]) => operations::rules(visit).await,
        (false, ["rules", name]) => operations::rule(visit, name).await,
        (true, ["rules", name]) => operations::switch(visit, name).await,
        _ => Err(Trouble::NoPage),
    }
}

/// The sections of the console, in their order.
fn sections(t: &'static Text, path: &str) -> Vec<Section> {
    let all: &[(&str, &'static str)] = &[
        ("connections", t.connections),
        ("overview", t.overview),
        ("connected", t.connected_now),
        ("things", t.things),
        ("certificates", t.certificates),
        ("cas", t.authorities),
        ("policies", t.policies),
        ("templates", t.templates),
        ("bulk", t.bulk),
        ("vending", t.vending),
        ("functions", t.functions),
        ("rules", t.rules),
    ];
    let here = path.strip_prefix(PREFIX).unwrap_or_default();
    let here = here.trim_start_matches('/').split('/').next();
    all.iter()
        .map(|(segment, text)| Section {
            href: address(&[segment], &[]),
            text,
            here: here == Some(segment),
        })
        .collect()
}

/// Whether a form was sent by a page of this server: browsers say where from, and what says nothing is no browser that
/// another site could have sent.
fn is_from_here(request: &Request<'_>) -> bool {
    let text = |name| request.headers.text(name);
    if text("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none") {
        return false;
    }
    let Some(origin) = text("origin") else {
        return true;
    };
    let host = text("host").unwrap_or_default();
    let named = origin.split_once("://").map(|(_, named)| named);
    named.is_some_and(|named| named.eq_ignore_ascii_case(&host))
}

fn is_token(form: &[(String, String)], login: &Login) -> bool {
    let sent = form.iter().find(|(name, _)| name == "token");
    sent.is_some_and(|(_, sent)| {
        aws_lc_rs::constant_time::verify_slices_are_equal(sent.as_bytes(), login.token().as_bytes())
            .is_ok()
    })
}

/// Who the request's cookie stands for, as of now.
pub async fn logged_in(
    console: &Console,
    request: &Request<'_>,
) -> Result<Option<(Login, Identity)>, Refusal> {
    let Some(cookie) = session::cookie(request, &session::cookie_name(request)) else {
        return Ok(None);
    };
    let Some(kept) = console.app.log_in(&cookie).await else {
        return Ok(None);
    };
    let login = Login::of(kept);
    match login.identity(&console.app, request.origin()).await? {
        Some(identity) => Ok(Some((login, identity))),
        None => {
            console.app.log_out(&cookie);
            Ok(None)
        }
    }
}

async fn login(
    console: &Console,
    t: &'static Text,
    request: &Request<'_>,
    form: &[(String, String)],
) -> Response {
    let sent = |name: &str| {
        let found = form.iter().find(|(found, _)| found == name);
        found.map_or("", |(_, value)| value.trim())
    };
    let (log_ins, source) = (&console.app.log_ins, request.source_ip.to_canonical());
    let slowed = || {
        let mut refused = login_page(t, form, Some(t.login_slowed));
        refused.status = 429;
        page(t, request, None, &refused)
    };
    if log_ins.wait(source) > 0 {
        return slowed();
    }
    let token = Some(sent("session_token")).filter(|token| !token.is_empty());
    let key = sent("access_key");
    let (Some(cookie), Some(of_forms)) = (session::random(), session::random()) else {
        let refusal = Refusal {
            status: 500,
            code: String::new(),
            message: "no random number is to be had".into(),
        };
        return page(t, request, None, &refused(t, &refusal));
    };
    let login = Login::new(&console.app, key, sent("secret"), token, of_forms).await;
    if let Ok(found) = &login
        && log_ins.guessed(source, found.is_some()) > 0
    {
        return slowed();
    }
    let login = match login {
        Ok(Some(login)) => login,
        Ok(None) => {
            tracing::warn!(peer = %source, "{source} did not log in to the console: wrong access key or secret");
            let mut refused = login_page(t, form, Some(t.login_wrong));
            refused.status = 403;
            return page(t, request, None, &refused);
        }
        Err(refusal) => return page(t, request, None, &refused(t, &refusal)),
    };
    tracing::info!(peer = %source, access_key = login.access_key(), "{source} logged in to the console");
    log_ins.begin(&cookie, login.kept().clone());
    let back = sent("back");
    let mut response = see(&match is_place(back) {
        true => back.to_owned(),
        false => address(&[], &[]),
    });
    let name = session::cookie_name(request);
    let kept = cookie_field(request, &name, &cookie, WHOLE / 1000);
    response.headers.push(("set-cookie", kept.into()));
    response
}

fn logout(console: &Console, request: &Request<'_>) -> Response {
    let name = session::cookie_name(request);
    if let Some(cookie) = session::cookie(request, &name) {
        console.app.log_out(&cookie);
    }
    let mut response = see(&address(&["login"], &[]));
    let gone = cookie_field(request, &name, "", 0);
    response.headers.push(("set-cookie", gone.into()));
    response
}

fn cookie_field(request: &Request<'_>, name: &str, value: &str, seconds: i64) -> String {
    let secure = if request.secure { "; Secure" } else { "" };
    format!("{name}={value}; Path={PREFIX}; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}")
}

/// Whether a text is the place of a page of ours, and nothing that leads elsewhere.
fn is_place(text: &str) -> bool {
    super::is_below(uri::split_target(text).0)
        && text
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}

fn language(request: &Request<'_>) -> &'static Text {
    match session::cookie(request, LANGUAGE) {
        Some(chosen) => text::of(&chosen),
        None => {
            let wished = request.headers.text("accept-language");
            text::wished(&wished.unwrap_or_default())
        }
    }
}

fn set_language(query: &[(String, String)], request: &Request<'_>) -> Response {
    let value = |name: &str| {
        let found = query.iter().find(|(found, _)| found == name);
        found.map_or("", |(_, value)| value.as_str())
    };
    let back = value("back");
    let mut response = see(if is_place(back) { back } else { PREFIX });
    let chosen = text::of(value("to")).lang;
    let kept = cookie_field(request, LANGUAGE, chosen, 365 * 86_400);
    response.headers.push(("set-cookie", kept.into()));
    response
}

fn login_page(t: &'static Text, given: &[(String, String)], wrong: Option<&str>) -> Page {
    let value = |name: &str| {
        let found = given.iter().find(|(found, _)| found == name);
        found.map_or("", |(_, value)| value.as_str()).to_owned()
    };
    let key = Input {
        autocomplete: "username",
        ..Input::new("access_key", t.access_key, value("access_key")).required()
    };
    let secret = Input {
        autocomplete: "current-password",
        ..Input::new("secret", t.secret, "").required()
    };
    let form = Form {
        id: "login",
        action: address(&["login"], &[]),
        // No log-in has a token yet; what other sites send is refused by where it comes from.
        token: Some(String::new()),
        fields: vec![
            Field::Hidden("back", value("back")),
            Field::Line(key),
            Field::Secret(secret),
            Field::Secret(
                Input::new("session_token", t.session_token, "").hint(t.session_token_hint),
            ),
        ],
        buttons: vec![Button {
            value: "",
            label: t.log_in,
            danger: false,
        }],
        ..Form::default()
    };
    Page::new(t.log_in)
        .lead(t.login_lead)
        .with_some(wrong.map(|wrong| Block::Notice(Tone::Bad, wrong.to_owned(), Vec::new())))
        .with(Block::Form(form))
}

fn refused(t: &'static Text, refusal: &Refusal) -> Page {
    let title = match refusal.status {
        403 => t.not_allowed,
        404 => t.not_found,
        500.. => t.went_wrong,
        _ => t.refused_title,
    };
    let mut page = Page::new(title).with(Block::Notice(
        Tone::Bad,
        title.to_owned(),
        vec![Cell::text(&refusal.message), Cell::code(&refusal.code)],
    ));
    page.status = refusal.status;
    page
}

fn no_page(t: &'static Text) -> Page {
    let mut page = Page::new(t.not_found).lead(t.no_such_page);
    page.status = 404;
    page
}

fn foreign(t: &'static Text) -> Page {
    let mut page = Page::new(t.not_allowed).lead(t.foreign_form);
    page.status = 403;
    page
}

fn refused_method(t: &'static Text) -> Page {
    let mut page = Page::new(t.not_found).lead(t.no_such_page);
    page.status = 405;
    page
}

fn see(place: &str) -> Response {
    Response {
        status: 303,
        headers: vec![
            ("location", Cow::Owned(place.to_owned())),
            ("cache-control", "no-store".into()),
        ],
        body: Body::Whole(Bytes::new()),
    }
}

fn page(
    t: &'static Text,
    request: &Request<'_>,
    visit: Option<&Visit<'_>>,
    page: &Page,
) -> Response {
    let (path, query) = uri::split_target(request.target);
    let nonce = session::random().unwrap_or_default();
    let here = match request.method {
        "POST" => path,
        _ => request.target,
    };
    let said = uri::query_pairs(query)
        .into_iter()
        .find(|(name, _)| name == "said")
        .and_then(|(_, said)| t.said(&said));
    let layout = Layout {
        t,
        page,
        sections: visit.map_or_else(Vec::new, |_| sections(t, path)),
        who: visit.map(|visit| visit.identity.arn()),
        token: visit.map(|visit| visit.login.token()),
        said: said.filter(|_| visit.is_some()),
        other_language: address(&["language"], &[("to", t.other_lang), ("back", here)]),
        home: address(&[], &[]),
        logout: address(&["logout"], &[]),
        nonce: &nonce,
        style: assets::style(),
        script: assets::script(),
        icon: assets::icon(),
    };
    let status = if page.status == 0 { 200 } else { page.status };
    match layout.render() {
        Ok(html) => html_of(status, html, Some(&nonce)),
        Err(error) => {
            tracing::error!("a page could not be made: {error}");
            html_of(500, String::new(), None)
        }
    }
}

fn html_of(status: u16, html: String, nonce: Option<&str>) -> Response {
    // The script and the stylesheet of ours and nothing else, from nowhere else; whatever slips through does nothing.
    let own = nonce.map_or_else(String::new, |nonce| {
        format!(
            "; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; img-src 'self'; connect-src 'self'; form-action 'self'"
        )
    });
    let policy = format!("default-src 'none'; base-uri 'none'; frame-ancestors 'none'{own}");
    Response {
        status,
        headers: vec![
            ("content-type", "text/html; charset=utf-8".into()),
            ("content-security-policy", policy.into()),
            ("x-content-type-options", "nosniff".into()),
            ("x-frame-options", "DENY".into()),
            // Not `no-referrer`: browsers would then send forms from the origin `null`.
            ("referrer-policy", "same-origin".into()),
            ("cross-origin-opener-policy", "same-origin".into()),
            ("cross-origin-resource-policy", "same-origin".into()),
            ("cache-control", "no-store".into()),
        ],
        body: Body::Whole(Bytes::from(html)),
    }
}
