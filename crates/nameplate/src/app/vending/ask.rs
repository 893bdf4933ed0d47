//! A device's request, from what it shows to what it is told.

use super::make::{Job, Made};
use super::record::{PENDING, Record, VENDED};
use super::{Known, Vending};
use crate::app::error::{Error, Kind, Result};
use crate::app::spent::Spend;
use crate::outbound::table::{Found, TableError, Values};
use futures_util::future::join_all;
use nameplate_core::ctx::Millis;
use nameplate_core::quota::Rate;
use nameplate_core::registry::certificate::Status;
use nameplate_core::vending::answer::Outcome;
use nameplate_core::vending::proof::{self, Expected};
use nameplate_core::vending::{
    APPROVAL_RETRY_SECONDS, Decision, Entry, EntryStatus, NewEntry, Presented, ProofKind, Refusal,
    Source, Standing, TableRow, decide,
};
use nameplate_store::{Conn, Tx, VendingBatchRow};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// A refusal is told at a multiple of this after the request came, so that how long it took tells nothing.
const STEP: Duration = Duration::from_millis(50);
/// What a device is told to wait when nothing can be had, seconds.
const UNAVAILABLE_SECONDS: u32 = 10;

/// Where a request came from.
#[derive(Debug, Clone, Copy)]
pub struct Peer {
    /// Address and port.
    pub address: SocketAddr,
    /// `https` or `api`.
    pub listener: &'static str,
}

/// Why a request goes no further.
pub(super) enum Stop {
    /// No, and the device may not know why.
    Refused(Refusal),
    /// Nothing can be decided or made now; for the operator, a code and why.
    Unavailable(String, String),
    /// More than the batch's rate.
    TooOften,
    /// Too many have failed; it may try again in so many seconds.
    Guessing(u32),
    /// Something else that the device is told as it is.
    Told(Outcome, &'static str, String),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        if let Some(source) = &error.source {
            tracing::error!("vending failed: {}: {source}", error.message);
        }
        let code = match error.kind {
            Kind::Throttled(_) => return Stop::TooOften,
            Kind::Internal => "vending-internal",
            _ => "vending-provisioning-refused",
        };
        Stop::Unavailable(code.into(), error.message)
    }
}

impl From<nameplate_store::Error> for Stop {
    fn from(error: nameplate_store::Error) -> Self {
        Error::from(error).into()
    }
}

/// What the store has of a serial number.
enum Listed {
    /// Its row, its batch's, and the status of its certificate.
    Here(Box<(Entry, VendingBatchRow, Option<Status>)>),
    /// No row; all batches, whose lists may be elsewhere.
    Nowhere(Vec<VendingBatchRow>),
}

/// A device that some list has.
pub(super) struct Candidate {
    pub(super) known: Arc<Known>,
    /// Its row here; a device of an owner's table has one once it was given something.
    pub(super) entry: Option<Entry>,
    /// Its row in the owner's table.
    pub(super) row: Option<TableRow>,
    /// Status of the certificate that it has.
    pub(super) certificate: Option<Status>,
}

impl Vending {
    /// Answers a device. `root_ca` is the PEM that this endpoint is verified by.
    pub async fn ask(self: &Arc<Self>, presented: Presented, peer: Peer, root_ca: &str) -> Outcome {
        let began = Instant::now();
        let mut record = Record {
            batch: presented.batch.clone(),
            ..Record::begun(
                &presented.serial,
                presented.shape.as_str(),
                self.kernel.now(),
                peer,
            )
        };
        if let Some(outcome) = self.too_often(&record).await {
            return outcome;
        }
        match self.answered(presented, &mut record, root_ca).await {
            Ok(outcome) => {
                let reason = match &record.batch {
                    Some(batch) => format!("batch {batch}"),
                    None => String::new(),
                };
                self.keep(record, VENDED, &reason, "vended");
                outcome
            }
            Err(stop) => self.stopped(stop, record, began).await,
        }
    }

    /// The answer to a device that has failed too often, on record; `None` for any other.
    pub(super) async fn too_often(&self, record: &Record) -> Option<Outcome> {
        let address = record.peer.address.ip();
        let seconds = self.may_guess(&record.serial, address).await?;
        Some(self.guessing(record.clone(), seconds))
    }

    fn guessing(&self, record: Record, seconds: u32) -> Outcome {
        let reason = format!("too many failures; it may try again in {seconds} s");
        self.keep(record, "vending-too-often", &reason, "too_often");
        Outcome::TooOften(seconds)
    }

    /// What a device is told whose request goes no further, on record.
    pub(super) async fn stopped(&self, stop: Stop, record: Record, began: Instant) -> Outcome {
        match stop {
            Stop::Refused(refusal) => {
                let address = record.peer.address.ip();
                if let Some(seconds) = self.guessed(&record.serial, address, false) {
                    return self.guessing(record, seconds);
                }
                self.keep(record, refusal.code(), &refusal.to_string(), "refused");
                let steps = began.elapsed().as_nanos() / STEP.as_nanos() + 1;
                let steps = u32::try_from(steps).unwrap_or(u32::MAX);
                tokio::time::sleep_until(began + STEP.saturating_mul(steps)).await;
                Outcome::Refused
            }
            Stop::Unavailable(code, reason) => {
                self.keep(record, &code, &reason, "unavailable");
                Outcome::Unavailable(UNAVAILABLE_SECONDS)
            }
            Stop::TooOften => {
                let reason = "more devices a second than ratePerSecond of the batch";
                self.keep(record, "vending-rate", reason, "too_often");
                Outcome::TooOften(1)
            }
            Stop::Guessing(seconds) => self.guessing(record, seconds),
            Stop::Told(outcome, code, reason) => {
                let word = match &outcome {
                    Outcome::Pending(_) => "pending",
                    _ => "already_vended",
                };
                self.keep(record, code, &reason, word);
                outcome
            }
        }
    }

    async fn answered(
        self: &Arc<Self>,
        presented: Presented,
        record: &mut Record,
        root_ca: &str,
    ) -> std::result::Result<Outcome, Stop> {
        self.kernel.catch_up().await?;
        let (candidate, decision) = self.judged(&presented, record).await?;
        let now = self.kernel.now();
        match decision {
            Decision::Vend => {}
            Decision::Pending => {
                self.wait_for_approval(&candidate, &presented.serial)
                    .await?;
                return Err(told(Decision::Pending));
            }
            other => return Err(told(other)),
        }
        record.passed(
            "proof",
            now,
            Some(candidate.known.batch.proof.as_str().into()),
        );
        self.within_rate(&candidate.known, now)?;
        let job = Job::new(presented, candidate, root_ca, record.began);
        // Whoever goes away now shall not leave it half done.
        let vending = Arc::clone(self);
        // Boxed: a task is copied a dozen times until it is where it stays, and this one is 13 KiB.
        let made = tokio::spawn(Box::pin(async move { vending.make(job).await }))
            .await
            .map_err(Error::internal)?;
        let Made {
            identity,
            certificate,
            thing,
            template,
            plan,
            stages,
        } = made?;
        record.certificate = Some(certificate);
        record.thing = thing;
        record.template = Some(template);
        record.plan = plan;
        record.stages.extend(stages);
        Ok(Outcome::Vended(identity))
    }

    /// What is decided on a device that asks for something: whoever is not known costs as much as who is.
    pub(super) async fn judged(
        &self,
        presented: &Presented,
        record: &mut Record,
    ) -> std::result::Result<(Candidate, Decision), Stop> {
        let candidate = match self.find(presented).await {
            Ok(candidate) => candidate,
            Err(stop) => {
                // As much work as for one that is known.
                let nothing = Expected::default();
                let _ = proof::check(ProofKind::Token, presented, &nothing, &self.token_key);
                return Err(stop);
            }
        };
        record.listed = true;
        record.batch = Some(candidate.known.row.name.clone());
        let proof = self.proof_of(&candidate, presented);
        let now = self.kernel.now();
        if let Some(named) = &presented.batch
            && *named != candidate.known.row.name
        {
            let other = candidate.known.row.name.clone();
            return Err(Stop::Refused(Refusal::OtherBatch(other)));
        }
        let standing = standing(
            candidate.entry.as_ref(),
            candidate.certificate,
            candidate.enabled(),
        );
        let decision = decide(&candidate.known.batch, standing, proof, now);
        if !matches!(decision, Decision::Refuse(_))
            && let Some(seconds) = self.guessed(&presented.serial, record.peer.address.ip(), true)
        {
            return Err(Stop::Guessing(seconds));
        }
        Ok((candidate, decision))
    }

    /// The list that has the serial number.
    async fn find(&self, presented: &Presented) -> std::result::Result<Candidate, Stop> {
        let serial = presented.serial.as_str();
        let listed = self.kernel.store.read(|conn| {
            Ok::<_, Error>(match conn.vending_entry_and_batch(serial)? {
                Some((entry, row)) => {
                    let certificate = status_of(conn, Some(&entry))?;
                    Listed::Here(Box::new((entry, row, certificate)))
                }
                None => Listed::Nowhere(conn.vending_batches()?),
            })
        });
        let rows = match listed.await? {
            Listed::Here(found) => {
                let (entry, row, certificate) = *found;
                return self.listed_here(serial, entry, row, certificate).await;
            }
            Listed::Nowhere(rows) => rows,
        };
        if let Some(named) = &presented.batch
            && !rows.iter().any(|row| row.name == *named)
        {
            return Err(Stop::Refused(Refusal::UnknownBatch(named.clone())));
        }
        let asked = rows.into_iter().filter(|row| {
            let named = presented.batch.as_ref();
            named.is_none_or(|named| row.name == *named)
        });
        let batches: Vec<_> = asked.map(|row| self.known(row)).collect::<Result<_>>()?;
        let asked = batches.iter().filter(|known| known.table.is_some());
        let answers = asked.map(async |known| (known, self.row_of(known, serial).await));
        let mut found = Vec::new();
        let mut failed = None;
        for (known, answer) in join_all(answers).await {
            match answer {
                Ok(Some(row)) => found.push((known, row)),
                Ok(None) => {}
                Err(stop) => failed = Some(stop),
            }
        }
        if let (Some(stop), true) = (failed, found.is_empty()) {
            return Err(stop);
        }
        if found.len() > 1 {
            let names: Vec<_> = found
                .iter()
                .map(|(known, _)| known.row.name.as_str())
                .collect();
            let names = names.join(", ");
            return Err(Stop::Refused(Refusal::SeveralBatches(names)));
        }
        match found.pop() {
            Some((known, row)) => Ok(Candidate {
                known: Arc::clone(known),
                entry: None,
                row: Some(row),
                certificate: None,
            }),
            None => Err(Stop::Refused(Refusal::UnknownSerial)),
        }
    }

    /// A device that has a row here, and in the owner's table too where its batch's list is there.
    async fn listed_here(
        &self,
        serial: &str,
        entry: Entry,
        row: VendingBatchRow,
        certificate: Option<Status>,
    ) -> std::result::Result<Candidate, Stop> {
        let known = self.known(row)?;
        let row = match &known.batch.source {
            Source::Nameplate => None,
            Source::Table(_) => match self.row_of(&known, serial).await? {
                Some(row) => Some(row),
                None => return Err(Stop::Refused(Refusal::UnknownSerial)),
            },
        };
        Ok(Candidate {
            known,
            entry: Some(entry),
            row,
            certificate,
        })
    }

    /// The device's row in the owner's table.
    async fn row_of(
        &self,
        known: &Known,
        serial: &str,
    ) -> std::result::Result<Option<TableRow>, Stop> {
        let (Source::Table(source), Some(table)) = (&known.batch.source, &known.table) else {
            return Ok(None);
        };
        let values = Values {
            serial: serial.to_owned(),
            time: self.kernel.now().0,
            ..Values::default()
        };
        let name = &known.row.name;
        let found = match table {
            Ok(table) => table.find(&source.query, &values).await,
            Err(why) => Err(TableError(why.clone())),
        };
        let columns = match found.map_err(|why| unanswered(name, "query", &why))? {
            Found::Nothing => return Ok(None),
            Found::Several => return Err(Stop::Refused(Refusal::SeveralRows(name.clone()))),
            Found::One(columns) => columns,
        };
        let row = TableRow::of(columns).map_err(|why| {
            let reason = format!("the row of batch {name} cannot be used: {why}");
            Stop::Unavailable("vending-row-unusable".into(), reason)
        })?;
        if let Some(found) = row.serial.as_ref().filter(|found| *found != serial) {
            return Err(Stop::Refused(Refusal::OtherSerial {
                batch: name.clone(),
                found: found.clone(),
            }));
        }
        Ok(Some(row))
    }

    fn proof_of(
        &self,
        candidate: &Candidate,
        presented: &Presented,
    ) -> std::result::Result<(), Refusal> {
        let (token, public_key) = match (&candidate.row, &candidate.entry) {
            (Some(row), _) => {
                let token = row.token.as_ref().filter(|token| !token.is_empty());
                let token = token.map(|token| self.token_key.digest(&presented.serial, token));
                (token, row.public_key)
            }
            (None, Some(entry)) => (entry.token, entry.public_key),
            (None, None) => (None, None),
        };
        let secret = candidate.known.secrets.secret.as_deref();
        let expected = Expected {
            token,
            public_key,
            secret: secret.map(str::as_bytes),
        };
        let kind = candidate.known.batch.proof;
        proof::check(kind, presented, &expected, &self.token_key)
    }

    fn within_rate(&self, known: &Known, now: Millis) -> std::result::Result<(), Stop> {
        let Some(rate) = known.batch.rate_per_second else {
            return Ok(());
        };
        let mut rates = self.rates.lock();
        let bucket = rates.entry(known.row.key).or_default();
        match bucket.take(Rate::per_second(rate), 1, now) {
            true => {
                let key = known.row.key;
                self.kernel.spent.note(|| Spend::Batch { key, rate });
                Ok(())
            }
            false => Err(Stop::TooOften),
        }
    }

    /// Notes that an operator is to decide.
    async fn wait_for_approval(&self, candidate: &Candidate, serial: &str) -> Result<()> {
        let (batch, serial) = (candidate.known.row.key, serial.to_owned());
        self.kernel
            .store
            .tx("vending-pending", move |tx| {
                let mut entry = own_row(tx, batch, &serial)?;
                if matches!(entry.status, EntryStatus::New | EntryStatus::Vended) {
                    entry.status = EntryStatus::PendingApproval;
                    tx.set_vending_entry(&entry)?;
                }
                Ok(())
            })
            .await
    }
}

impl Candidate {
    /// What the owner's table says of `enabled`.
    pub(super) fn enabled(&self) -> bool {
        self.row.as_ref().is_none_or(|row| row.enabled)
    }
}

/// Where a device stands that has a certificate of this status.
pub(super) fn standing(
    entry: Option<&Entry>,
    certificate: Option<Status>,
    enabled: bool,
) -> Standing {
    Standing {
        status: entry.map_or(EntryStatus::New, |entry| entry.status),
        enabled,
        certificate,
    }
}

/// Status of the certificate that a device has.
pub(super) fn status_of(conn: &Conn<'_>, entry: Option<&Entry>) -> Result<Option<Status>> {
    match entry.and_then(|entry| entry.certificate) {
        Some(hash) => Ok(conn.certificate_entry(&hash)?.map(|found| found.status)),
        None => Ok(None),
    }
}

/// The row of a device of this batch, made where there is none: one that is listed in the owner's table.
pub(super) fn own_row(tx: &mut Tx<'_>, batch: i64, serial: &str) -> Result<Entry> {
    match tx.vending_entry(serial)? {
        Some(entry) => Ok(entry),
        None => new_row(tx, batch, serial),
    }
}

/// A row for a device that has none.
pub(super) fn new_row(tx: &mut Tx<'_>, batch: i64, serial: &str) -> Result<Entry> {
    let new = NewEntry {
        serial: serial.to_owned(),
        token: None,
        public_key: None,
        blocked: false,
        parameters: BTreeMap::new(),
    };
    let key = tx.insert_vending_entry(batch, &new)?;
    Ok(Entry {
        key,
        serial: new.serial,
        batch,
        status: EntryStatus::New,
        token: new.token,
        public_key: new.public_key,
        parameters: new.parameters,
        certificate: None,
        previous: None,
        thing: None,
        vended: None,
    })
}

/// What becomes of a decision that is not to vend.
pub(super) fn told(decision: Decision) -> Stop {
    match decision {
        Decision::Pending => Stop::Told(
            Outcome::Pending(APPROVAL_RETRY_SECONDS),
            PENDING,
            "an operator is to decide: `nameplate vending approve`".into(),
        ),
        Decision::AlreadyVended => Stop::Told(
            Outcome::AlreadyVended,
            "vending-already-vended",
            "its proof is right, and its batch vends once; `nameplate vending release` lets it ask once more"
                .into(),
        ),
        Decision::Refuse(refusal) => Stop::Refused(refusal),
        // Nobody asks for this.
        Decision::Vend => Stop::Unavailable("vending-internal".into(), "it may ask again".into()),
    }
}

pub(super) fn unanswered(batch: &str, what: &str, why: &TableError) -> Stop {
    let reason = format!("the {what} of batch {batch} could not be run: {why}");
    Stop::Unavailable("vending-database-away".into(), reason)
}
