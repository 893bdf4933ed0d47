//! The first sample's second path: a device that has its certificate reads and writes its shadow by the same proof.
//!
//! Owns who may; what a shadow is, is `messaging`'s.

use super::Vending;
use super::ask::{Peer, Stop};
use super::record::{Record, SHADOW};
use nameplate_core::registry::certificate::Status;
use nameplate_core::vending::answer::Outcome;
use nameplate_core::vending::{Decision, EntryStatus, Presented, Refusal};
use std::sync::Arc;
use tokio::time::Instant;

impl Vending {
    /// The thing that a device became, for one that proves what its batch asks for and has its certificate, ACTIVE; or what
    /// it is told instead. On record.
    pub async fn thing_of(
        self: &Arc<Self>,
        presented: Presented,
        peer: Peer,
    ) -> Result<String, Outcome> {
        let began = Instant::now();
        let mut record = Record::begun(&presented.serial, "shadow", self.kernel.now(), peer);
        if let Some(outcome) = self.too_often(&record).await {
            return Err(outcome);
        }
        match self.vended_thing(&presented, &mut record).await {
            Ok(thing) => {
                record.thing = Some(thing.clone());
                self.keep(record, SHADOW, "its shadow, by its proof", "answered");
                Ok(thing)
            }
            Err(stop) => Err(self.stopped(stop, record, began).await),
        }
    }

    async fn vended_thing(
        &self,
        presented: &Presented,
        record: &mut Record,
    ) -> Result<String, Stop> {
        let (candidate, decision) = self.judged(presented, record).await?;
        // Its proof is right in all other cases.
        if let Decision::Refuse(refusal) = decision {
            return Err(Stop::Refused(refusal));
        }
        let not_vended = || Stop::Refused(Refusal::NotVended);
        let entry = candidate.entry.ok_or_else(not_vended)?;
        let (Some(hash), Some(thing), EntryStatus::Vended) =
            (entry.certificate, entry.thing, entry.status)
        else {
            return Err(not_vended());
        };
        // Of the moment of the entry: a device that asks for a new certificate meanwhile has not lost this one yet.
        match candidate.certificate {
            Some(Status::Active) => {}
            Some(other) => return Err(Stop::Refused(Refusal::TakenOut(other))),
            None => return Err(not_vended()),
        }
        record.certificate = Some(hash);
        Ok(thing)
    }
}
