//! One request of somebody who is logged in, as pages see it: what was asked, in which language, and how to ask the API
//! in their name.

use super::Console;
use super::live::Still;
use super::session;
use super::text::Text;
use super::view::Page;
use crate::api::Request;
use crate::api::logged_in::{self, Login, Question, Refusal};
use crate::app::App;
use crate::app::iam::Identity;
use nameplate_core::ctx::Millis;
use serde_json::Value;
use std::sync::Arc;

/// A request of somebody who is logged in.
pub struct Visit<'a> {
    /// The console.
    pub console: &'a Arc<Console>,
    /// The request.
    pub request: &'a Request<'a>,
    /// The texts of its language.
    pub t: &'static Text,
    /// Whoever is logged in, as of now.
    pub identity: Identity,
    /// The log-in.
    pub login: Login,
    /// Names and values of the query.
    pub query: Vec<(String, String)>,
    /// Names and values of the form.
    pub form: Vec<(String, String)>,
}

/// What a page comes to.
pub enum Outcome {
    /// A page.
    Page(Page),
    /// A piece of a page, for the script.
    Piece(String),
    /// Another page is to be looked at.
    See(String),
    /// Something that goes on.
    Response(super::Response),
}

/// Why there is no page.
#[derive(Debug)]
pub enum Trouble {
    /// The API refuses what the page needs.
    Refused(Refusal),
    /// There is no such page.
    NoPage,
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Page> for Outcome {
    fn from(page: Page) -> Self {
        Self::Page(page)
    }
}

/// What a page function answers.
pub type Answer = Result<Outcome, Trouble>;

fn value<'p>(pairs: &'p [(String, String)], name: &str) -> &'p str {
    let found = pairs.iter().find(|(found, _)| found == name);
    found.map_or("", |(_, value)| value.as_str())
}

impl Visit<'_> {
    /// The use cases.
    pub fn app(&self) -> &Arc<App> {
        &self.console.app
    }

    /// Now.
    pub fn now(&self) -> Millis {
        self.console.app.now()
    }

    /// A value of the query; empty where there is none.
    pub fn asked(&self, name: &str) -> &str {
        value(&self.query, name)
    }

    /// A value of the form without surrounding space; empty where there is none.
    pub fn sent(&self, name: &str) -> &str {
        value(&self.form, name).trim()
    }

    /// The token that forms of this log-in carry.
    pub fn token(&self) -> Option<String> {
        Some(self.login.token().to_owned())
    }

    /// Whether the log-in still stands and its holder may still do this: for what goes on after the answer.
    pub fn still(&self, action: &'static str) -> Still {
        let console = Arc::clone(self.console);
        let cookie = session::cookie(self.request, &session::cookie_name(self.request));
        let origin = self.request.origin();
        Box::new(move || {
            let (console, cookie, origin) = (Arc::clone(&console), cookie.clone(), origin.clone());
            Box::pin(async move {
                let Some(cookie) = cookie else {
                    return false;
                };
                let Some(kept) = console.app.log_in(&cookie).await else {
                    return false;
                };
                match Login::of(kept).identity(&console.app, origin).await {
                    Ok(Some(identity)) => logged_in::may(&console.app, identity, action).await,
                    _ => false,
                }
            })
        })
    }

    /// Asks the API.
    pub async fn ask(&self, question: Question) -> Result<Value, Refusal> {
        logged_in::ask(self.app(), &self.identity, self.request, question).await
    }

    /// Reads from the control plane.
    pub async fn iot(&self, target: String) -> Result<Value, Refusal> {
        self.get("iot", target).await
    }

    /// Reads from the server's own endpoints.
    pub async fn own(&self, target: String) -> Result<Value, Refusal> {
        self.get("nameplate", target).await
    }

    /// Reads from a service.
    pub async fn get(&self, service: &'static str, target: String) -> Result<Value, Refusal> {
        let question = Question {
            service,
            method: "GET",
            target,
            ..Question::default()
        };
        self.ask(question).await
    }

    /// Calls the control plane with a body.
    pub async fn send(
        &self,
        method: &'static str,
        target: String,
        body: Value,
    ) -> Result<Value, Refusal> {
        let question = Question {
            service: "iot",
            method,
            target,
            body,
            ..Question::default()
        };
        self.ask(question).await
    }
}

/// The list that an answer has under a name.
pub fn list<'v>(answer: &'v Value, name: &str) -> &'v [Value] {
    answer[name].as_array().map_or(&[], Vec::as_slice)
}

/// A text of an answer; empty where there is none.
pub fn text<'v>(answer: &'v Value, name: &str) -> &'v str {
    answer[name].as_str().unwrap_or_default()
}
