//! How a registered CA's revocation list comes here: handed in by its owner, or fetched from where the CA publishes it.
//!
//! A list is put in force only if its CA signed it, it is not stale, and it is no older than the one before. Whatever goes
//! wrong leaves the one in force as it is, and is told with it.

use super::{Held, Revocation};
use crate::app::caller::Caller;
use crate::app::cluster::work;
use crate::app::error::{Error, Result, log_failure};
use crate::app::registry::certificate::parse_id;
use crate::outbound::web::Web;
use nameplate_core::ctx::Millis;
use nameplate_core::pki::{
    Certificate, REVOCATION_LIST_BYTES, RevocationList, revocation_list_der,
};
use nameplate_core::registry::ca::CaCertificate;
use nameplate_store::RevocationSource;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How long a server has for a list.
const FETCH_LIMIT: Duration = Duration::from_secs(30);
/// How often lists are fetched, milliseconds.
const EVERY: i64 = 60 * 60 * 1000;
/// How soon again after a failure, milliseconds.
const RETRY: i64 = 5 * 60 * 1000;
/// How often it is looked for what is due.
const LOOK: Duration = Duration::from_secs(60);

/// What is known of a CA's list.
#[derive(Debug, Clone)]
pub struct ListView {
    /// Id of the CA.
    pub ca: String,
    /// Where lists are fetched.
    pub url: Option<String>,
    /// Without a list that is fresh, the CA's certificates are refused.
    pub refuse_stale: bool,
    /// When it was last asked for or handed in.
    pub asked: Option<Millis>,
    /// Why the last attempt brought none.
    pub failure: Option<String>,
    /// When the list in force was made, when its successor is due, and how many certificates it has.
    pub in_force: Option<(Millis, Option<Millis>, usize)>,
    /// Its successor is overdue.
    pub stale: bool,
}

/// What an owner changes of a CA's source; `None` leaves it.
#[derive(Debug, Clone, Default)]
pub struct Replaced {
    /// Where lists are fetched; `Some(None)`: nowhere, they are handed in.
    pub url: Option<Option<String>>,
    /// Whether the CA's certificates are refused without a fresh list.
    pub refuse_stale: Option<bool>,
}

impl Revocation {
    /// All CAs that have a list or a source of one.
    pub async fn lists(&self) -> Result<Vec<ListView>> {
        let now = self.kernel.now();
        let current = self.current().await?;
        Ok(current.1.all.iter().map(|held| view(held, now)).collect())
    }

    /// What is known of one CA's list.
    pub async fn list(&self, ca: &str) -> Result<ListView> {
        let all = self.lists().await?;
        let id = hex::encode(parse_id(ca)?);
        let found = all.into_iter().find(|view| view.ca == id);
        found.ok_or_else(|| Error::not_found(format!("There is no revocation list of {ca}")))
    }

    /// Puts a list in force that its owner hands in: DER or PEM.
    pub async fn put_list(&self, caller: &Caller, ca: &str, list: &[u8]) -> Result<ListView> {
        let row = self.ca(ca).await?;
        let der = revocation_list_der(list).map_err(|why| Error::invalid(why.to_string()))?;
        self.take(&row, der).await.map_err(|why| match why {
            Taken::Refused(why) => Error::invalid(why),
            Taken::Failed(error) => error,
        })?;
        tracing::info!(
            ca.id = row.id(),
            "{} put the revocation list of CA certificate {} in force",
            caller.arn(),
            row.id()
        );
        self.list(ca).await
    }

    /// Says where a CA's lists are fetched, and what its devices meet without a fresh one. The first is fetched at once;
    /// where that fails, the answer says why.
    pub async fn put_source(
        &self,
        caller: &Caller,
        ca: &str,
        change: Replaced,
    ) -> Result<ListView> {
        let row = self.ca(ca).await?;
        if let Some(Some(url)) = &change.url {
            check_url(url)?;
        }
        let (key, moved) = (row.key, change.url.is_some());
        let source = self
            .kernel
            .change(caller, "put-revocation-source", move |tx| {
                let mut source = tx.revocation_source(key)?.unwrap_or(RevocationSource {
                    ca: key,
                    url: None,
                    refuse_stale: false,
                    asked: None,
                    failure: None,
                    digest: None,
                });
                if let Some(url) = &change.url {
                    source.url.clone_from(url);
                    source.failure = None;
                }
                source.refuse_stale = change.refuse_stale.unwrap_or(source.refuse_stale);
                tx.put_revocation_source(&source)?;
                Ok::<_, Error>(source)
            })
            .await?;
        if let Some(url) = source.url.as_ref().filter(|_| moved) {
            self.fetch(&row, url).await?;
        }
        self.wake.notify_one();
        self.list(ca).await
    }

    /// Forgets a CA's list: its certificates are held against none.
    pub async fn delete_list(&self, caller: &Caller, ca: &str) -> Result<()> {
        // Also of a CA that has been deleted.
        let hash = parse_id(ca)?;
        let ca = ca.to_owned();
        self.kernel
            .change(caller, "delete-revocation-list", move |tx| {
                let row = tx.ca_or_deleted(&hash)?;
                let known = match &row {
                    Some(row) => tx.revocation_source(row.key)?,
                    None => None,
                };
                let Some(source) = known else {
                    let why = format!("There is no revocation list of {ca}");
                    return Err(Error::not_found(why));
                };
                Ok(tx.delete_revocation_source(source.ca)?)
            })
            .await
    }

    async fn ca(&self, id: &str) -> Result<CaCertificate> {
        let hash = parse_id(id)?;
        let found = self.kernel.store.read(|conn| conn.ca(&hash)).await?;
        found.ok_or_else(|| Error::not_found(format!("There is no registered CA certificate {id}")))
    }

    /// Reads a list, and puts it in force in the place of the one before.
    async fn take(&self, row: &CaCertificate, der: Vec<u8>) -> std::result::Result<(), Taken> {
        let ca = Certificate::parse_der(&row.der).map_err(Error::internal)?;
        let now = self.kernel.now();
        // Millions of entries are a second of work.
        let read = tokio::task::spawn_blocking(move || {
            let list = RevocationList::read(&der, &ca);
            list.map(|list| (list, der))
        });
        let (list, der) = read
            .await
            .map_err(Error::internal)?
            .map_err(|why| Taken::Refused(why.to_string()))?;
        let current = self.current().await?;
        let held = current.1.all.iter().find(|held| held.source.ca == row.key);
        let in_force = held.and_then(|held| held.list.as_ref().ok()?.as_deref());
        list.check_successor(in_force, now)
            .map_err(|why| Taken::Refused(why.to_string()))?;
        let readable = in_force.is_some();
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &der);
        let digest: [u8; 32] = digest
            .as_ref()
            .try_into()
            .map_err(|_| Error::internal("a digest of another length"))?;
        self.fresh.lock().insert(digest, Arc::new(list));
        let key = row.key;
        let done = self
            .kernel
            .store
            .tx("put-revocation-list", move |tx| {
                let known = tx.revocation_source(key)?;
                let digest_before = known.as_ref().and_then(|known| known.digest);
                if !readable || digest_before != Some(digest) {
                    tx.put_revocation_list(key, &der)?;
                }
                let source = RevocationSource {
                    ca: key,
                    url: known.as_ref().and_then(|known| known.url.clone()),
                    refuse_stale: known.is_some_and(|known| known.refuse_stale),
                    asked: Some(now),
                    failure: None,
                    digest: Some(digest),
                };
                Ok::<_, Error>(tx.put_revocation_source(&source)?)
            })
            .await;
        let current = self.current().await;
        self.fresh.lock().remove(&digest);
        done?;
        current?;
        Ok(())
    }

    /// Fetches a CA's list. What goes wrong is kept with it.
    async fn fetch(&self, row: &CaCertificate, url: &str) -> Result<()> {
        let why = match self.fetched(url, FETCH_LIMIT).await {
            Ok(list) => match self.take(row, list).await {
                Ok(()) => {
                    self.kernel.metrics.revocation_fetch("success");
                    return Ok(());
                }
                Err(Taken::Refused(why)) => why,
                Err(Taken::Failed(error)) => return Err(error),
            },
            Err(why) => why,
        };
        self.kernel.metrics.revocation_fetch("failure");
        let why = nameplate_core::escape::line(&why).into_owned();
        tracing::warn!(
            ca.id = row.id(),
            "the revocation list of CA certificate {} was not fetched: {why}",
            row.id()
        );
        let (key, now) = (row.key, self.kernel.now());
        self.kernel
            .store
            .tx("revocation-failure", move |tx| {
                let Some(mut source) = tx.revocation_source(key)? else {
                    return Ok(());
                };
                source.asked = Some(now);
                source.failure = Some(why.clone());
                Ok::<_, Error>(tx.put_revocation_source(&source)?)
            })
            .await
    }

    /// The list at a URL, if all of it comes within `limit`.
    pub(super) async fn fetched(
        &self,
        url: &str,
        limit: Duration,
    ) -> std::result::Result<Vec<u8>, String> {
        let web = self.web.get_or_try_init(async || Web::new()).await;
        let web = web.map_err(|why| why.to_string())?;
        let request = http::Request::get(url).body(Vec::new());
        let request = request.map_err(|why| why.to_string())?;
        let answer = web.send_for(request, limit, REVOCATION_LIST_BYTES);
        let answer = answer.await.map_err(|why| why.to_string())?;
        if answer.status != 200 {
            return Err(format!("the server answered {}", answer.status));
        }
        revocation_list_der(&answer.body).map_err(|why| why.to_string())
    }

    /// Fetches what is due, until the server drains; and has connections looked at again when a list has become stale
    /// that may not.
    pub(crate) async fn keep(&self, mut draining: watch::Receiver<bool>) {
        let mut stale = 0;
        loop {
            if self.kernel.leads(work::REVOCATION).await
                && let Err(error) = self.fetch_due().await
                && !*draining.borrow()
            {
                log_failure!(error, "revocation lists could not be kept up: {error:?}");
            }
            match self.refusing().await {
                Ok(refusing) => {
                    if refusing > stale {
                        self.kernel.look_at_everyone();
                    }
                    stale = refusing;
                }
                Err(_) if *draining.borrow() => return,
                Err(error) => log_failure!(error, "revocation lists cannot be read: {error:?}"),
            }
            tokio::select! {
                () = self.kernel.time().sleep(LOOK) => {}
                () = self.wake.notified() => {}
                _ = draining.wait_for(|draining| *draining) => return,
            }
        }
    }

    /// How many CAs have no fresh list and need one.
    async fn refusing(&self) -> Result<usize> {
        let now = self.kernel.now();
        let current = self.current().await?;
        let without = current.1.all.iter().filter(|held| {
            held.source.refuse_stale
                && held
                    .list
                    .as_ref()
                    .is_ok_and(|list| list.as_ref().is_none_or(|list| list.is_stale(now)))
        });
        Ok(without.count())
    }

    pub(super) async fn fetch_due(&self) -> Result<()> {
        let now = self.kernel.now();
        let due: Vec<(i64, String)> = {
            let current = self.current().await?;
            let all = current.1.all.iter();
            let due = all.filter(|held| due(held).is_some_and(|at| at <= now.0));
            due.filter_map(|held| Some((held.source.ca, held.source.url.clone()?)))
                .collect()
        };
        for (key, url) in due {
            let row = self.kernel.store.read(|conn| conn.ca_by_key(key)).await?;
            if let Some(row) = row {
                self.fetch(&row, &url).await?;
            }
        }
        Ok(())
    }
}

/// Why a list was not put in force.
enum Taken {
    Refused(String),
    Failed(Error),
}

impl From<Error> for Taken {
    fn from(error: Error) -> Self {
        Taken::Failed(error)
    }
}

/// From when on a list is to be fetched: every hour, and as soon as its successor is there.
fn due(held: &Held) -> Option<i64> {
    held.source.url.as_ref()?;
    let Some(asked) = held.source.asked else {
        return Some(i64::MIN);
    };
    if held.source.failure.is_some() {
        return Some(asked.0 + RETRY);
    }
    let Ok(list) = &held.list else {
        return Some(asked.0 + RETRY);
    };
    let successor = list.as_ref().and_then(|list| list.next_update());
    let successor = successor.map_or(i64::MAX, |at| at.0.max(asked.0 + RETRY));
    Some((asked.0 + EVERY).min(successor))
}

fn check_url(url: &str) -> Result<()> {
    let uri: http::Uri = url
        .parse()
        .map_err(|why| Error::invalid(format!("url is no URL: {why}")))?;
    let known = matches!(uri.scheme_str(), Some("http" | "https"));
    let Some(authority) = uri.authority().filter(|_| known) else {
        return Err(Error::invalid("url must begin with http:// or https://"));
    };
    match authority.as_str().contains('@') {
        // It would be shown and logged.
        true => Err(Error::invalid("url may not hold a user or password")),
        false => Ok(()),
    }
}

fn view(held: &Held, now: Millis) -> ListView {
    let list = held.list.as_ref().ok().and_then(Option::as_ref);
    ListView {
        ca: held.ca_id.clone(),
        url: held.source.url.clone(),
        refuse_stale: held.source.refuse_stale,
        asked: held.source.asked,
        failure: held.source.failure.clone(),
        in_force: list.map(|list| (list.this_update(), list.next_update(), list.len())),
        stale: list.is_some_and(|list| list.is_stale(now)),
    }
}
