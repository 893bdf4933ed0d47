//! Transfers of certificates to other accounts.

use crate::sql::{Row, Value};
use crate::tx::Tx;
use crate::{Conn, Result};
use nameplate_core::ctx::Millis;
use nameplate_core::registry::transfer::Transfer;

/// A query for rows that [`transfer`] reads: its columns, and the rest of the statement.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT certificate_id, target, message, offered, pending FROM certificate_transfer ",
            $rest
        )
    };
}

fn transfer(row: &Row<'_>) -> Result<Transfer> {
    Ok(Transfer {
        certificate: row.int(0)?,
        target: row.text(1)?,
        message: row.opt_text(2)?,
        offered: Millis(row.int(3)?),
        pending: row.flag(4)?,
    })
}

impl Conn<'_> {
    /// A certificate's last transfer.
    pub fn transfer(&self, certificate: i64) -> Result<Option<Transfer>> {
        self.one(
            select!("WHERE certificate_id = $1"),
            &[certificate.into()],
            transfer,
        )
    }

    /// Transfers that wait for the other account, in the order of their certificates' registration or the other way
    /// round, beyond `from`.
    pub fn pending_transfers(
        &self,
        ascending: bool,
        from: Option<i64>,
        limit: usize,
    ) -> Result<Vec<Transfer>> {
        let limit = Value::Int(limit as i64);
        match ascending {
            true => self.all(
                select!("WHERE pending = 1 AND certificate_id > $1 ORDER BY certificate_id LIMIT $2"),
                &[from.unwrap_or(0).into(), limit],
                transfer,
            ),
            false => self.all(
                select!("WHERE pending = 1 AND certificate_id < $1 ORDER BY certificate_id DESC LIMIT $2"),
                &[from.unwrap_or(i64::MAX).into(), limit],
                transfer,
            ),
        }
    }
}

impl Tx<'_> {
    /// Keeps a certificate's transfer, in the place of an earlier one.
    pub fn put_transfer(&mut self, transfer: &Transfer) -> Result<()> {
        self.write(
            "INSERT INTO certificate_transfer (certificate_id, target, message, offered, pending)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (certificate_id) DO UPDATE SET target = excluded.target, message = excluded.message,
             offered = excluded.offered, pending = excluded.pending",
            &[
                transfer.certificate.into(),
                (&transfer.target).into(),
                transfer.message.as_deref().into(),
                transfer.offered.0.into(),
                transfer.pending.into(),
            ],
        )?;
        Ok(())
    }
}
