//! The console: pages for people, rendered here, each of them a client of the API for whoever has logged in.
//!
//! `routes` finds the page, `pages/` has one file for each noun, `view` is what pages consist of and `templates/` how that
//! looks. Everything works without a script but what is live. Nothing is asked of another server, and nothing that comes
//! from outside reaches a page unescaped.
//!
//! Must not know: the store, SQL, sockets, what AWS calls its errors.

mod assets;
mod live;
mod pages;
mod picture;
mod routes;
mod session;
mod text;
mod view;
mod visit;

#[cfg(test)]
mod tests;

use crate::api::Request;
use crate::app::App;
use bytes::Bytes;
use futures_util::stream::BoxStream;
use live::Live;
use nameplate_aws::uri;
use std::borrow::Cow;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// Where all pages are. `/` leads there.
pub const PREFIX: &str = "/console";
/// Largest form, bytes: a hundred certificates pasted.
pub const FORM_BYTES: usize = 1024 * 1024;

/// How often messages are counted.
const COUNTED_EVERY: Duration = Duration::from_secs(10);

/// The console.
pub struct Console {
    app: Arc<App>,
    live: Arc<Live>,
    // Held from looking whether somebody else has edited until it is saved.
    editing: tokio::sync::Mutex<()>,
}

/// An answer for the HTTP side to send.
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Header fields, names in lower case.
    pub headers: Vec<(&'static str, Cow<'static, str>)>,
    /// The body.
    pub body: Body,
}

/// The body of an answer.
pub enum Body {
    /// As a whole.
    Whole(Bytes),
    /// Events as they happen, until whoever reads them goes or the server drains.
    Live(BoxStream<'static, Bytes>),
}

impl Console {
    /// A console in which nobody is logged in.
    pub fn new(app: Arc<App>) -> Self {
        tokio::spawn(count_messages(Arc::downgrade(&app)));
        Self {
            live: Live::new(Arc::clone(&app)),
            editing: tokio::sync::Mutex::default(),
            app,
        }
    }

    /// Whether a request without a signature is for the console. The root is also where the query protocol is called.
    pub fn is_asked(method: &str, target: &str) -> bool {
        let (path, query) = uri::split_target(target);
        match path {
            "/" => matches!(method, "GET" | "HEAD") && !query.contains("Action="),
            _ => is_below(path),
        }
    }

    /// Answers a request for which [`Console::is_asked`] is true, its body read.
    pub async fn answer(self: &Arc<Self>, request: &Request<'_>) -> Response {
        routes::answer(self, request).await
    }
}

/// Counts messages to the minute in which they went, for the pictures.
async fn count_messages(app: Weak<App>) {
    loop {
        tokio::time::sleep(COUNTED_EVERY).await;
        let Some(app) = app.upgrade() else { return };
        let metrics = app.metrics();
        let (received, sent) = (metrics.received.get(), metrics.sent.get());
        metrics.history.messages(app.now(), received, sent);
    }
}

/// Whether a path is one of the console's.
fn is_below(path: &str) -> bool {
    let rest = path.strip_prefix(PREFIX);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// What keeps an answer of an owner's, shown by a browser, from being a page of this console: objects and what functions
/// answer come from the same origin. Its scripts run, but as those of nobody.
pub const SANDBOX: &str =
    "sandbox allow-downloads allow-forms allow-modals allow-popups allow-scripts";
