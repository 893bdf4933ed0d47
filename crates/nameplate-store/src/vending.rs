//! Certificate vending: batches, and the devices of their allow-lists by serial number.

use crate::sql::{Row, Value};
use crate::tx::Tx;
use crate::{Conn, Error, Result};
use nameplate_core::ctx::Millis;
use nameplate_core::vending::{Entry, EntryStatus, NewEntry};
use std::collections::{BTreeMap, HashMap};

/// A batch as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct VendingBatchRow {
    /// Key of its row.
    pub key: i64,
    /// Its name.
    pub name: String,
    /// Its document without secrets.
    pub document: String,
    /// Its secrets, sealed.
    pub sealed: Option<Vec<u8>>,
    /// When it was first put.
    pub created: Millis,
    /// When it was last put.
    pub modified: Millis,
}

/// What became of a line of an allow-list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listed {
    /// It is a new device.
    Added,
    /// Its batch had the device; proof and parameters are the line's now, and where it stands is as it was.
    Updated,
    /// Another batch has the serial number; the key of its row.
    Elsewhere(i64),
}

/// Serial numbers looked up at a time, one placeholder each.
const AT_ONCE: usize = 32;

fn batch(row: &Row<'_>) -> Result<VendingBatchRow> {
    batch_at(row, 0)
}

/// A batch whose columns begin with the one of this number.
fn batch_at(row: &Row<'_>, first: usize) -> Result<VendingBatchRow> {
    Ok(VendingBatchRow {
        key: row.int(first)?,
        name: row.text(first + 1)?,
        document: row.text(first + 2)?,
        sealed: row.opt_blob(first + 3)?,
        created: Millis(row.int(first + 4)?),
        modified: Millis(row.int(first + 5)?),
    })
}

fn digest(row: &Row<'_>, column: usize) -> Result<Option<[u8; 32]>> {
    match row.opt_blob(column)? {
        None => Ok(None),
        Some(_) => row.hash(column).map(Some),
    }
}

fn entry(row: &Row<'_>) -> Result<Entry> {
    let parameters = row.text(6)?;
    Ok(Entry {
        key: row.int(0)?,
        serial: row.text(1)?,
        batch: row.int(2)?,
        status: EntryStatus::from_code(row.int(3)?).ok_or_else(|| Error::Damaged {
            what: "status of a vending entry",
            detail: "unknown number".into(),
        })?,
        token: digest(row, 4)?,
        public_key: digest(row, 5)?,
        parameters: serde_json::from_str(&parameters).map_err(|why| Error::Damaged {
            what: "parameters of a vending entry",
            detail: why.to_string(),
        })?,
        certificate: digest(row, 7)?,
        previous: digest(row, 8)?,
        thing: row.opt_text(9)?,
        vended: row.opt_int(10)?.map(Millis),
    })
}

fn parameters_text(parameters: &BTreeMap<String, String>) -> String {
    serde_json::Value::from_iter(parameters.clone()).to_string()
}

impl Conn<'_> {
    /// The batch of this name.
    pub fn vending_batch(&self, name: &str) -> Result<Option<VendingBatchRow>> {
        self.one(
            "SELECT id, name, document, sealed, created, modified FROM vending_batch WHERE name = $1",
            &[name.into()],
            batch,
        )
    }

    /// All batches, in the order in which they were first put.
    pub fn vending_batches(&self) -> Result<Vec<VendingBatchRow>> {
        self.all(
            "SELECT id, name, document, sealed, created, modified FROM vending_batch ORDER BY id",
            &[],
            batch,
        )
    }

    /// The device with this serial number.
    pub fn vending_entry(&self, serial: &str) -> Result<Option<Entry>> {
        self.one(
            "SELECT id, serial, batch_id, status, token, public_key, parameters, certificate, previous, thing, vended
             FROM vending_entry WHERE serial = $1",
            &[serial.into()],
            entry,
        )
    }

    /// The same with the batch that lists it.
    pub fn vending_entry_and_batch(
        &self,
        serial: &str,
    ) -> Result<Option<(Entry, VendingBatchRow)>> {
        self.one(
            "SELECT e.id, e.serial, e.batch_id, e.status, e.token, e.public_key, e.parameters, e.certificate, e.previous,
             e.thing, e.vended, b.id, b.name, b.document, b.sealed, b.created, b.modified
             FROM vending_entry e JOIN vending_batch b ON b.id = e.batch_id WHERE e.serial = $1",
            &[serial.into()],
            |row| Ok((entry(row)?, batch_at(row, 11)?)),
        )
    }

    /// The device that this certificate is the new one of, while it has the one before too.
    pub fn vending_entry_of_new_certificate(&self, hash: &[u8; 32]) -> Result<Option<Entry>> {
        self.one(
            "SELECT id, serial, batch_id, status, token, public_key, parameters, certificate, previous, thing, vended
             FROM vending_entry WHERE certificate = $1 AND previous IS NOT NULL",
            &[hash.as_slice().into()],
            entry,
        )
    }

    /// Digests of all certificates whose device has the one before too.
    pub fn vending_new_certificates(&self) -> Result<Vec<[u8; 32]>> {
        self.all(
            "SELECT certificate FROM vending_entry WHERE previous IS NOT NULL AND certificate IS NOT NULL",
            &[],
            |row| row.hash(0),
        )
    }

    /// Devices of a batch beyond `after`, in the order in which they were listed.
    pub fn vending_entries(&self, batch: i64, after: i64, limit: usize) -> Result<Vec<Entry>> {
        self.all(
            "SELECT id, serial, batch_id, status, token, public_key, parameters, certificate, previous, thing, vended
             FROM vending_entry WHERE batch_id = $1 AND id > $2 ORDER BY id LIMIT $3",
            &[batch.into(), after.into(), Value::Int(limit as i64)],
            entry,
        )
    }

    /// Devices of all batches that wait for an operator's word, beyond `after`, in the order in which they were listed.
    pub fn vending_pending(&self, after: i64, limit: usize) -> Result<Vec<Entry>> {
        self.all(
            "SELECT id, serial, batch_id, status, token, public_key, parameters, certificate, previous, thing, vended
             FROM vending_entry WHERE status = 1 AND id > $1 ORDER BY id LIMIT $2",
            &[after.into(), Value::Int(limit as i64)],
            entry,
        )
    }

    /// How many devices of a batch stand where.
    pub fn vending_counts(&self, batch: i64) -> Result<Vec<(EntryStatus, i64)>> {
        let counts = self.all(
            "SELECT status, COUNT(*) FROM vending_entry WHERE batch_id = $1 GROUP BY status ORDER BY status",
            &[batch.into()],
            |row| Ok((row.int(0)?, row.int(1)?)),
        )?;
        let known = |(code, count)| Some((EntryStatus::from_code(code)?, count));
        Ok(counts.into_iter().filter_map(known).collect())
    }

    /// Keys of row and batch of those serial numbers that are listed.
    fn listed<'s>(&self, serials: &[&'s str]) -> Result<HashMap<&'s str, (i64, i64)>> {
        let mut found = HashMap::with_capacity(serials.len());
        for some in serials.chunks(AT_ONCE) {
            // What is left over asks for the last one again.
            let mut params: Vec<Value<'_>> = some.iter().map(|serial| (*serial).into()).collect();
            while let (Some(last), true) = (params.last().copied(), params.len() < AT_ONCE) {
                params.push(last);
            }
            let rows = self.all(
                "SELECT serial, id, batch_id FROM vending_entry WHERE serial IN ($1, $2, $3, $4, $5, $6, $7, $8, $9,
                 $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29,
                 $30, $31, $32)",
                &params,
                |row| Ok((row.text(0)?, (row.int(1)?, row.int(2)?))),
            )?;
            for (serial, keys) in rows {
                if let Some(serial) = some.iter().find(|one| **one == serial) {
                    found.insert(*serial, keys);
                }
            }
        }
        Ok(found)
    }
}

impl Tx<'_> {
    /// Keeps a batch, new or instead of the one that had its name; its key.
    pub fn put_vending_batch(
        &mut self,
        name: &str,
        document: &str,
        sealed: Option<&[u8]>,
        now: Millis,
    ) -> Result<i64> {
        if let Some(before) = self.vending_batch(name)? {
            self.write(
                "UPDATE vending_batch SET document = $1, sealed = $2, modified = $3 WHERE id = $4",
                &[
                    document.into(),
                    sealed.into(),
                    now.0.into(),
                    before.key.into(),
                ],
            )?;
            return Ok(before.key);
        }
        let key = self.next_key("vending_batch")?;
        self.write(
            "INSERT INTO vending_batch (id, name, document, sealed, created, modified) VALUES ($1, $2, $3, $4, $5, $6)",
            &[
                key.into(),
                name.into(),
                document.into(),
                sealed.into(),
                now.0.into(),
                now.0.into(),
            ],
        )?;
        Ok(key)
    }

    /// Removes a batch; its devices are removed before.
    pub fn delete_vending_batch(&mut self, key: i64) -> Result<()> {
        self.write("DELETE FROM vending_batch WHERE id = $1", &[key.into()])
    }

    /// Removes some devices of a batch from the list; how many. Their things and certificates stay.
    pub fn delete_vending_entries(&mut self, batch: i64, limit: usize) -> Result<usize> {
        self.count(
            "DELETE FROM vending_entry WHERE id IN
             (SELECT id FROM vending_entry WHERE batch_id = $1 ORDER BY id LIMIT $2)",
            &[batch.into(), Value::Int(limit as i64)],
        )
    }

    /// Lists devices; what became of each, in order.
    pub fn list_vending_entries(&mut self, batch: i64, new: &[NewEntry]) -> Result<Vec<Listed>> {
        let serials: Vec<&str> = new.iter().map(|entry| entry.serial.as_str()).collect();
        let mut known = self.listed(&serials)?;
        let mut outcomes = Vec::with_capacity(new.len());
        for entry in new {
            let parameters = parameters_text(&entry.parameters);
            let outcome = match known.get(entry.serial.as_str()) {
                Some((_, other)) if *other != batch => Listed::Elsewhere(*other),
                Some((key, _)) => {
                    self.write(
                        "UPDATE vending_entry SET token = $1, public_key = $2, parameters = $3 WHERE id = $4",
                        &[
                            entry.token.as_ref().map(|token| token.as_slice()).into(),
                            entry.public_key.as_ref().map(|key| key.as_slice()).into(),
                            (&parameters).into(),
                            (*key).into(),
                        ],
                    )?;
                    if entry.blocked {
                        self.write(
                            "UPDATE vending_entry SET status = $1 WHERE id = $2",
                            &[EntryStatus::Blocked.code().into(), (*key).into()],
                        )?;
                    }
                    Listed::Updated
                }
                None => {
                    let key = self.insert_vending_entry(batch, entry)?;
                    known.insert(&entry.serial, (key, batch));
                    Listed::Added
                }
            };
            outcomes.push(outcome);
        }
        Ok(outcomes)
    }

    /// Adds a device whose serial number is not listed; the key of its row.
    pub fn insert_vending_entry(&mut self, batch: i64, entry: &NewEntry) -> Result<i64> {
        let key = self.next_key("vending_entry")?;
        let status = match entry.blocked {
            true => EntryStatus::Blocked,
            false => EntryStatus::New,
        };
        self.write(
            "INSERT INTO vending_entry (id, serial, batch_id, status, token, public_key, parameters)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            &[
                key.into(),
                (&entry.serial).into(),
                batch.into(),
                status.code().into(),
                entry.token.as_ref().map(|token| token.as_slice()).into(),
                entry.public_key.as_ref().map(|key| key.as_slice()).into(),
                (&parameters_text(&entry.parameters)).into(),
            ],
        )?;
        Ok(key)
    }

    /// Keeps where a device stands: status, certificates, thing, and when it got its certificate.
    pub fn set_vending_entry(&mut self, entry: &Entry) -> Result<()> {
        self.write(
            "UPDATE vending_entry SET status = $1, certificate = $2, previous = $3, thing = $4, vended = $5
             WHERE id = $6",
            &[
                entry.status.code().into(),
                entry.certificate.as_ref().map(|hash| hash.as_slice()).into(),
                entry.previous.as_ref().map(|hash| hash.as_slice()).into(),
                entry.thing.as_deref().into(),
                entry.vended.map(|at| at.0).into(),
                entry.key.into(),
            ],
        )
    }

    /// Keeps the digest of a token that was made for a device.
    pub fn set_vending_token(&mut self, key: i64, token: &[u8; 32]) -> Result<()> {
        self.write(
            "UPDATE vending_entry SET token = $1 WHERE id = $2",
            &[token.as_slice().into(), key.into()],
        )
    }
}
