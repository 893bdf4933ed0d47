//! What operators do with devices on lists.

use super::Vending;
use super::batches::random_text;
use crate::app::bulk::csv::{Csv, CsvError};
use crate::app::bulk::lines::{self, Content};
use crate::app::caller::Caller;
use crate::app::error::{Error, Result};
use crate::app::registry::certificate::retire;
use nameplate_core::vending::{Entry, EntryStatus, NewEntry, ProofKind, Source, proof};
use nameplate_store::{Listed, Tx};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Lines that are written in one commit.
const PART: usize = 2000;
/// Lines that were refused and are told one by one.
const TOLD: usize = 1000;
/// Bytes of a token that is made here.
const TOKEN_BYTES: usize = 24;

/// What became of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// Devices that are new.
    pub added: u64,
    /// Devices that the batch had.
    pub updated: u64,
    /// Lines that are no device of the batch.
    pub refused: u64,
    /// The first of those, by their numbers, and why.
    pub reasons: Vec<(u64, String)>,
}

/// What an operator says about a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewStatus {
    /// It may ask once more; the certificate that it has is retired.
    New,
    /// It may have what it has asked for.
    Approved,
    /// It gets nothing.
    Blocked {
        /// And loses what it has.
        revoke: bool,
    },
}

/// What a device shows, as it is printed on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// Its serial number.
    pub serial: String,
    /// The body of its request.
    pub text: String,
}

impl Vending {
    /// Lists devices in a batch: JSON lines, or CSV under a header. A line that is none is passed over and told.
    pub async fn import(&self, batch: &str, body: &[u8]) -> Result<Imported> {
        let known = self.batch_named(batch).await?;
        if known.batch.source != Source::Nameplate {
            return Err(Error::invalid(format!(
                "the devices of batch {batch} are listed in a table of their owner's"
            )));
        }
        let key = known.row.key;
        let mut imported = Imported::default();
        let mut part: Vec<(u64, NewEntry)> = Vec::with_capacity(PART);
        let mut records = Records::of(body)?;
        loop {
            let record = records.next()?;
            let ended = record.is_none();
            if let Some((line, values)) = record {
                let entry = values
                    .and_then(|values| NewEntry::of(values, known.batch.proof, &self.token_key));
                match entry {
                    Ok(entry) => part.push((line, entry)),
                    Err(why) => imported.refuse(line, why),
                }
            }
            if part.len() >= PART || ended && !part.is_empty() {
                self.list(key, std::mem::take(&mut part), &mut imported)
                    .await?;
            }
            if ended {
                imported.reasons.sort_by_key(|(line, _)| *line);
                return Ok(imported);
            }
        }
    }

    async fn list(
        &self,
        batch: i64,
        part: Vec<(u64, NewEntry)>,
        imported: &mut Imported,
    ) -> Result<()> {
        let (lines, entries): (Vec<u64>, Vec<NewEntry>) = part.into_iter().unzip();
        let listed = self
            .kernel
            .store
            .tx("list-vending-entries", move |tx| {
                if !tx.vending_batches()?.iter().any(|row| row.key == batch) {
                    return Err(Error::not_found("the batch was removed meanwhile"));
                }
                Ok(tx.list_vending_entries(batch, &entries)?)
            })
            .await?;
        for (line, listed) in lines.into_iter().zip(listed) {
            match listed {
                Listed::Added => imported.added += 1,
                Listed::Updated => imported.updated += 1,
                Listed::Elsewhere(other) => {
                    let name = self.name_of(other).await?;
                    imported.refuse(line, format!("its serial number is in the batch {name}"));
                }
            }
        }
        Ok(())
    }

    async fn name_of(&self, batch: i64) -> Result<String> {
        let rows = self
            .kernel
            .store
            .read(|conn| conn.vending_batches())
            .await?;
        let row = rows.into_iter().find(|row| row.key == batch);
        Ok(row.map_or_else(|| "that is being removed".into(), |row| row.name))
    }

    /// Where a device stands.
    pub async fn entry(&self, serial: &str) -> Result<Value> {
        let entry = self
            .kernel
            .store
            .read(|conn| conn.vending_entry(serial))
            .await?;
        let entry = entry.ok_or_else(|| unlisted(serial))?;
        let batch = self.name_of(entry.batch).await?;
        Ok(shown(&entry, &batch))
    }

    /// Devices of a batch beyond `after`, and where to go on, if there are more.
    pub async fn entries(
        &self,
        batch: &str,
        after: i64,
        limit: usize,
    ) -> Result<(Vec<Value>, Option<i64>)> {
        let known = self.batch_named(batch).await?;
        let entries = self
            .kernel
            .store
            .read(|conn| conn.vending_entries(known.row.key, after, limit + 1))
            .await?;
        let next = (entries.len() > limit).then(|| entries[limit - 1].key);
        let views = entries.iter().take(limit);
        Ok((views.map(|entry| shown(entry, batch)).collect(), next))
    }

    /// Devices of all batches that wait for an operator's word, beyond `after`, and where to go on, if there are more.
    pub async fn pending(&self, after: i64, limit: usize) -> Result<(Vec<Value>, Option<i64>)> {
        let (entries, batches) = self
            .kernel
            .store
            .read(|conn| {
                let entries = conn.vending_pending(after, limit + 1)?;
                Ok::<_, Error>((entries, conn.vending_batches()?))
            })
            .await?;
        let next = (entries.len() > limit).then(|| entries[limit - 1].key);
        let views = entries.iter().take(limit).map(|entry| {
            let batch = batches.iter().find(|row| row.key == entry.batch);
            shown(entry, batch.map_or("", |row| &row.name))
        });
        Ok((views.collect(), next))
    }

    /// Changes where a device stands; where it stands then.
    pub async fn set_status(
        &self,
        caller: &Caller,
        serial: &str,
        status: NewStatus,
    ) -> Result<Value> {
        let (serial, now) = (serial.to_owned(), caller.ctx.now);
        let entry = self
            .kernel
            .store
            .tx("set-vending-status", move |tx| {
                let mut entry = tx
                    .vending_entry(&serial)?
                    .ok_or_else(|| unlisted(&serial))?;
                let retired = |tx: &mut Tx<'_>, entry: &mut Entry| {
                    let held = [entry.certificate.take(), entry.previous.take()];
                    for old in held.into_iter().flatten() {
                        retire(tx, &old, now)?;
                    }
                    Ok::<_, Error>(())
                };
                match status {
                    NewStatus::New => {
                        retired(tx, &mut entry)?;
                        entry.status = EntryStatus::New;
                    }
                    NewStatus::Approved if entry.status == EntryStatus::Blocked => {
                        return Err(Error::invalid(format!(
                            "{serial} is BLOCKED; release it before it is approved"
                        )));
                    }
                    NewStatus::Approved => entry.status = EntryStatus::Approved,
                    NewStatus::Blocked { revoke } => {
                        if revoke {
                            retired(tx, &mut entry)?;
                        }
                        entry.status = EntryStatus::Blocked;
                    }
                }
                tx.set_vending_entry(&entry)?;
                Ok(entry)
            })
            .await?;
        let batch = self.name_of(entry.batch).await?;
        Ok(shown(&entry, &batch))
    }

    /// What devices of a batch beyond `after` are to show, and where to go on, if there are more. For a batch whose
    /// proof is a token, one is made for each device that has none; with `replace`, for all. It is nowhere else.
    pub async fn codes(
        &self,
        batch: &str,
        after: i64,
        limit: usize,
        replace: bool,
    ) -> Result<(Vec<Code>, Option<i64>)> {
        let known = self.batch_named(batch).await?;
        if known.batch.source != Source::Nameplate {
            return Err(Error::invalid(format!(
                "the devices of batch {batch} are listed in a table of their owner's"
            )));
        }
        let key = known.row.key;
        let entries = self
            .kernel
            .store
            .read(|conn| conn.vending_entries(key, after, limit + 1))
            .await?;
        let next = (entries.len() > limit).then(|| entries[limit - 1].key);
        let mut codes = Vec::new();
        let mut made = Vec::new();
        for entry in entries.into_iter().take(limit) {
            let mut body = json!({"serialNumber": entry.serial, "batch": batch});
            match known.batch.proof {
                // Its token was brought along; here is only its digest.
                ProofKind::Token if entry.token.is_some() && !replace => continue,
                ProofKind::Token => {
                    let token = random_text(TOKEN_BYTES)?;
                    made.push((entry.key, self.token_key.digest(&entry.serial, &token)));
                    body["token"] = token.into();
                }
                ProofKind::Hmac => {
                    let secret = known.secrets.secret.as_deref();
                    let secret = secret.ok_or_else(|| {
                        Error::internal(format!("the secret of batch {batch} is not there"))
                    })?;
                    body["signature"] = proof::signature(secret.as_bytes(), &entry.serial).into();
                }
                ProofKind::Key | ProofKind::None => {}
            }
            codes.push(Code {
                serial: entry.serial,
                text: body.to_string(),
            });
        }
        self.kernel
            .store
            .tx("set-vending-tokens", move |tx| {
                for (key, token) in &made {
                    tx.set_vending_token(*key, token)?;
                }
                Ok::<_, Error>(())
            })
            .await?;
        Ok((codes, next))
    }
}

impl Imported {
    fn refuse(&mut self, line: u64, why: String) {
        self.refused += 1;
        if self.reasons.len() < TOLD {
            self.reasons.push((line, why));
        }
    }
}

fn unlisted(serial: &str) -> Error {
    Error::not_found(format!(
        "No allow-list here has the serial number {serial:?}; one in a table of its owner's is known here once its device \
         has been given something"
    ))
}

fn shown(entry: &Entry, batch: &str) -> Value {
    let mut view = json!({
        "serialNumber": entry.serial,
        "batch": batch,
        "status": entry.status.as_str(),
    });
    if let Some(hash) = entry.certificate {
        view["certificateId"] = hex::encode(hash).into();
    }
    if let Some(thing) = &entry.thing {
        view["thingName"] = thing.as_str().into();
    }
    if let Some(vended) = entry.vended {
        view["vendedAt"] = vended.as_seconds_f64().into();
    }
    if let Some(previous) = entry.previous {
        view["previousCertificateId"] = hex::encode(previous).into();
    }
    view["parameters"] = json!(entry.parameters);
    view
}

/// Lines of a list.
enum Records<'b> {
    Json { rest: &'b [u8], line: u64 },
    Csv(Csv<&'b [u8]>),
}

/// A line's number and what it says, or why it says nothing.
type Line = (u64, Result<BTreeMap<String, String>, String>);

impl<'b> Records<'b> {
    fn of(body: &'b [u8]) -> Result<Self> {
        let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        match text.trim_ascii_start().first() {
            None => Err(Error::invalid("the list is empty")),
            Some(b'{') => Ok(Records::Json {
                rest: text,
                line: 0,
            }),
            Some(b'[') => Err(Error::invalid(
                "the list is a JSON array; one object a line is expected, without brackets around all of them",
            )),
            Some(_) => Csv::open(text).map(Records::Csv).map_err(of_csv),
        }
    }

    fn next(&mut self) -> Result<Option<Line>> {
        match self {
            Records::Csv(csv) => {
                let row = csv.next_row().map_err(of_csv)?;
                Ok(row.map(|row| (row.line, row.values)))
            }
            Records::Json { rest, line } => loop {
                if rest.is_empty() {
                    return Ok(None);
                }
                let end = rest.iter().position(|byte| *byte == b'\n');
                let (this, after) = rest.split_at(end.map_or(rest.len(), |end| end + 1));
                *rest = after;
                *line += 1;
                if !this.trim_ascii().is_empty() {
                    let content = Content::Bytes(this.trim_ascii().to_vec());
                    return Ok(Some((*line, lines::values(&content, false))));
                }
            },
        }
    }
}

fn of_csv(error: CsvError) -> Error {
    Error::invalid(format!("the list cannot be read: {error}"))
}
