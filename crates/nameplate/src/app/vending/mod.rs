//! Certificate vending: a device without a certificate asks, proves what it can, and leaves with an identity.
//!
//! Owns the order of a device's request (`ask`), the making of its identity in one transaction (`make`), what slows
//! guessing (`slow`), what operators do with batches and lists (`batches`, `entries`), and the end of certificates that
//! others have taken the place of (`retire`). What a request, a proof or a batch means is `core::vending`'s;
//! provisioning itself is `provisioning`'s.
//!
//! Where a list is a table of the owner's, the order is: read the row, rehearse the whole transaction and undo it, write
//! back, and only then make it. So nothing exists here, and nothing is handed out, before the owner's database has
//! committed; a server that dies in between leaves no certificate, and a device that asks again gets one.
//!
//! Must not know: HTTP, shapes of requests and answers, AWS's error names.

mod ask;
mod batches;
mod entries;
mod make;
mod record;
mod retire;
mod sealed;
mod shadow;
mod slow;

pub use ask::Peer;
pub use batches::BatchView;
pub use entries::{Code, Imported, NewStatus};
pub use record::{PENDING, SHADOW, VENDED};

use super::error::{Error, Result};
use super::iam::Iam;
use super::kernel::Kernel;
use super::provisioning::{ParsedTemplates, Provisioning};
use super::registry::Registry;
use super::sealed::Seal;
use super::spent::{MOST_ELSEWHERE, Spend};
use super::successors::Successors;
use crate::outbound::table::Table;
use nameplate_core::quota::{Bucket, Rate};
use nameplate_core::template::Template;
use nameplate_core::vending::proof::TokenKey;
use nameplate_core::vending::{Batch, BatchSecrets, Source};
use nameplate_store::VendingBatchRow;
use parking_lot::Mutex;
use retire::retire_before;
use slow::{Leave, Slow};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

/// The use cases of certificate vending.
pub struct Vending {
    kernel: Arc<Kernel>,
    iam: Arc<Iam>,
    registry: Arc<Registry>,
    provisioning: Arc<Provisioning>,
    token_key: TokenKey,
    seal: Seal,
    // By the key of their rows, as they were last read.
    known: Mutex<HashMap<i64, Arc<Known>>>,
    // By their texts.
    templates: ParsedTemplates,
    slow: Slow,
    rates: Mutex<HashMap<i64, Bucket>>,
    // Serial numbers that are being written back.
    busy: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
    /// Its new certificates, whose first connections end the ones before them.
    pub(crate) successors: Successors,
}

/// A batch as its row has it, taken apart.
struct Known {
    row: VendingBatchRow,
    batch: Batch,
    secrets: BatchSecrets,
    // Where its list is the owner's, or why that cannot be asked.
    table: Option<std::result::Result<Table, String>>,
    // Why its secrets are not there.
    lost: Option<String>,
}

impl Vending {
    pub(crate) async fn open(
        kernel: Arc<Kernel>,
        iam: Arc<Iam>,
        registry: Arc<Registry>,
        provisioning: Arc<Provisioning>,
    ) -> Result<Self> {
        let derived = |purpose| kernel.device_authority.derived_key(purpose);
        let awaited = kernel
            .store
            .read(|conn| conn.vending_new_certificates())
            .await?;
        Ok(Self {
            successors: Successors::new(&kernel, awaited, "vending-retire", retire_before),
            token_key: TokenKey::new(&derived(b"vending tokens")),
            seal: Seal::new(&derived(b"vending secrets"))?,
            kernel,
            iam,
            registry,
            provisioning,
            known: Mutex::default(),
            templates: ParsedTemplates::default(),
            slow: Slow::default(),
            rates: Mutex::default(),
            busy: Mutex::default(),
        })
    }

    /// Lets somebody try a name that may be guessed: `None` when they may, after they were kept waiting where others at
    /// their address have failed often; otherwise the seconds to wait.
    pub async fn may_guess(&self, name: &str, address: IpAddr) -> Option<u32> {
        match self.slow.may_try(name, address, self.kernel.now()) {
            Leave::After(0) => None,
            Leave::After(pause) => {
                tokio::time::sleep(Duration::from_millis(pause)).await;
                None
            }
            Leave::Refused(seconds) => Some(seconds),
        }
    }

    /// A guess was right or wrong: `None`, and a wrong one counts; or the seconds to wait where so many have failed
    /// meanwhile that it is to be refused either way. Those that come together are let in together.
    pub fn guessed(&self, name: &str, address: IpAddr, right: bool) -> Option<u32> {
        let refused = self.slow.judged(name, address, right, self.kernel.now());
        if !right && refused.is_none() {
            self.kernel.spent.note(|| Spend::Vending {
                source: address,
                name: name.to_owned(),
            });
        }
        refused
    }

    /// So many guesses were wrong at another node.
    pub(crate) fn guessed_elsewhere(&self, name: &str, address: IpAddr, count: u32) {
        let now = self.kernel.now();
        for _ in 0..count.min(MOST_ELSEWHERE) {
            self.slow.failed(name, address, now);
        }
    }

    /// So many devices of a batch came to another node.
    pub(crate) fn vended_elsewhere(&self, batch: i64, rate: u32, count: u32) {
        let mut rates = self.rates.lock();
        let bucket = rates.entry(batch).or_default();
        bucket.charge(Rate::per_second(rate), count.into(), self.kernel.now());
    }

    /// The batch in a row, taken apart once for as long as the row stays as it is.
    fn known(&self, row: VendingBatchRow) -> Result<Arc<Known>> {
        if let Some(known) = self.known.lock().get(&row.key)
            && known.row == row
        {
            return Ok(Arc::clone(known));
        }
        let unreadable = |why: &dyn std::fmt::Display| {
            Error::internal(format!(
                "the vending batch {} cannot be read: {why}",
                row.name
            ))
        };
        let (batch, _) = Batch::parse(row.document.as_bytes()).map_err(|why| unreadable(&why))?;
        // One that cannot be asked must not stand in the way of devices of other batches, nor of operators.
        let mut lost = None;
        let secrets = match &row.sealed {
            Some(sealed) => sealed::open(&self.seal, &row.name, sealed).unwrap_or_else(|why| {
                lost = Some(why.source.map_or(why.message, |source| source.to_string()));
                BatchSecrets::default()
            }),
            None => BatchSecrets::default(),
        };
        let table = match (&batch.source, &secrets.url) {
            (Source::Table(table), Some(url)) => Some(
                Table::open(table.kind, url)
                    .map_err(|why| format!("its URL cannot be used: {why}")),
            ),
            (Source::Table(_), None) => {
                Some(Err(lost.clone().unwrap_or("its URL is missing".into())))
            }
            (Source::Nameplate, _) => None,
        };
        // What is missing may be back for the next request.
        let lasts = lost.is_none() && !matches!(table, Some(Err(_)));
        let known = Arc::new(Known {
            row,
            batch,
            secrets,
            table,
            lost,
        });
        if lasts {
            self.known.lock().insert(known.row.key, Arc::clone(&known));
        }
        Ok(known)
    }

    /// All batches, in the order in which they were first put.
    async fn all_known(&self) -> Result<Vec<Arc<Known>>> {
        let rows = self
            .kernel
            .store
            .read(|conn| conn.vending_batches())
            .await?;
        rows.into_iter().map(|row| self.known(row)).collect()
    }

    /// A template's tree, made once for its text. Like fleet provisioning: the service brings the certificate, and the
    /// device is not trusted with its names.
    fn template(&self, body: &str) -> Result<Arc<Template>> {
        self.templates
            .get(body)
            .map_err(|why| Error::invalid(format!("The template cannot be used: {why}")))
    }
}
