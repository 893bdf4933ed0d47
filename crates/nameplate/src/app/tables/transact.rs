//! Transactions: items read at one time, and writes made together or not at all.

use super::Tables;
use super::read::{Found, found};
use super::refusal::{Reason, Refusal};
use super::write::{Written, apply, check};
use crate::app::caller::Caller;
use crate::app::error::{Error, Kind, Result};
use aws_lc_rs::digest;
use nameplate_dynamodb::request::{TransactGet, TransactWrite};

/// Bytes of all items of a transaction. API reference: TransactGetItems, TransactWriteItems.
const BYTES: usize = 4 * 1024 * 1024;

/// How long a token is known, seconds. API reference: TransactWriteItems.
const TOKEN_SECONDS: i64 = 600;

impl Tables {
    /// Reads items at one time.
    ///
    /// # Errors
    /// There is no such table, or a key does not fit.
    pub async fn read_together(&self, asked: &TransactGet) -> Result<Vec<Found>> {
        let mut all = Vec::with_capacity(asked.0.len());
        let mut reasons = Vec::with_capacity(asked.0.len());
        let mut keys = Vec::with_capacity(asked.0.len());
        for get in &asked.0 {
            let known = self.table_now(&get.table).await?;
            match known.table.schema.of_key(&get.key) {
                Ok(key) => {
                    let place = (known.key, key.clone());
                    if keys.contains(&place) {
                        return Err(several());
                    }
                    keys.push(place);
                    all.push((known, key, get));
                    reasons.push(Reason::None);
                }
                Err(why) if why.is_of_the_request() => return Err(why.into()),
                Err(why) => reasons.push(Reason::Invalid(why.0)),
            }
        }
        if all.len() < asked.0.len() {
            return Err(cancelled(reasons));
        }
        let found: Vec<Found> = self
            .kernel
            .store
            .read(|conn| {
                all.iter()
                    .map(|(known, key, get)| {
                        let row = conn.dynamodb_item(known.key, &key.hash, &key.range)?;
                        found(row, get.projection.as_ref())
                    })
                    .collect()
            })
            .await?;
        together(found.iter().map(|one| one.bytes))?;
        Ok(found)
    }

    /// Writes items together or not at all. The same request with the same token is made once.
    ///
    /// # Errors
    /// There is no such table; what parts of it met.
    pub async fn write_together(
        &self,
        caller: &Caller,
        asked: TransactWrite,
    ) -> Result<Vec<Written>> {
        let now = caller.ctx.now.0 / 1000;
        let mut checked = Vec::with_capacity(asked.writes.len());
        let mut keys = Vec::with_capacity(asked.writes.len());
        // Of one account, which has one server.
        let digest = digest::digest(&digest::SHA256, format!("{:?}", asked.writes).as_bytes());
        for write in asked.writes {
            let known = self.table(&write.table).await?;
            let key = check(&known.table, &write);
            if let Ok(key) = &key {
                let place = (known.key, key.clone());
                if keys.contains(&place) {
                    return Err(several());
                }
                keys.push(place);
            }
            checked.push((known, key, write));
        }
        // What cannot be is told before anything is looked at: the first of it alone.
        let (mut invalid, count) = (None, checked.len());
        let mut all = Vec::with_capacity(count);
        for (at, (known, key, write)) in checked.into_iter().enumerate() {
            match key {
                Ok(key) => all.push((known, key, write)),
                Err(why) if why.is_of_the_request() => return Err(why.into()),
                Err(why) => {
                    invalid.get_or_insert((at, why));
                }
            }
        }
        if let Some((at, why)) = invalid {
            let mut reasons = vec![Reason::None; count];
            reasons[at] = Reason::Invalid(why.0);
            return Err(cancelled(reasons));
        }
        let token = asked.token;
        self.kernel
            .change(caller, "write-dynamodb-transaction", move |tx| {
                if let Some(token) = &token {
                    match tx.dynamodb_token(token, now)? {
                        Some(before) if before == digest.as_ref() => {
                            return Ok(vec![Written::default(); all.len()]);
                        }
                        Some(_) => {
                            return Err(Refusal::Token.because(
                                "The ClientRequestToken was already used for a request with other parameters",
                            ));
                        }
                        None => {}
                    }
                    tx.put_dynamodb_token(token, digest.as_ref(), now + TOKEN_SECONDS, now)?;
                }
                let mut written = Vec::with_capacity(all.len());
                let mut reasons = Vec::with_capacity(all.len());
                for (known, key, write) in &all {
                    match apply(tx, known, key, write, false) {
                        Ok(one) => {
                            written.push(one);
                            reasons.push(Reason::None);
                        }
                        Err(error) => reasons.push(reason(error)?),
                    }
                }
                match written.len() == all.len() {
                    true => Ok(written),
                    false => Err(cancelled(reasons)),
                }
            })
            .await
    }
}

fn several() -> Error {
    Error::invalid("Transaction request cannot include multiple operations on one item")
}

/// Refuses items that are too much for one answer.
fn together(bytes: impl Iterator<Item = usize>) -> Result<()> {
    match bytes.sum::<usize>() > BYTES {
        true => Err(Error::invalid(
            "The aggregate size of the items in the transaction cannot exceed 4 MB",
        )),
        false => Ok(()),
    }
}

/// What a part met, where it is the part's own fault.
fn reason(error: Error) -> Result<Reason> {
    match error.kind {
        Kind::Table(Refusal::Condition(item)) => Ok(Reason::Condition(item)),
        Kind::Table(Refusal::Duplicate) => Ok(Reason::Duplicate),
        Kind::Invalid => Ok(Reason::Invalid(error.message)),
        _ => Err(error),
    }
}

pub(super) fn cancelled(reasons: Vec<Reason>) -> Error {
    let codes: Vec<&str> = reasons.iter().map(Reason::code).collect();
    let message = format!(
        "Transaction cancelled, please refer cancellation reasons for specific reasons [{}]",
        codes.join(", ")
    );
    Refusal::Cancelled(reasons).because(message)
}

impl Reason {
    /// Its code. API reference: TransactionCanceledException.
    pub fn code(&self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Condition(_) => "ConditionalCheckFailed",
            Self::Duplicate => "DuplicateItem",
            Self::NotFound(_) => "ResourceNotFound",
            Self::Invalid(_) => "ValidationError",
        }
    }
}
