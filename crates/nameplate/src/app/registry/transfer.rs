//! The transfer of a certificate to another account, as far as one account goes: it can be offered and taken back.
//!
//! AWS guide: transfer-cert. A server has one account, so nobody can accept what this one offers, and nothing is ever
//! offered to it.

use super::Refusal;
use super::Registry;
use super::certificate::{absent, parse_id};
use crate::app::caller::Caller;
use crate::app::error::{Error, Result};
use nameplate_core::registry::certificate::{Certificate, Status};
use nameplate_core::registry::transfer::{Transfer, may_offer};
use nameplate_store::Conn;

/// What the other account does with an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It takes the certificate.
    Accept,
    /// It gives it back.
    Reject,
}

/// The refusal of what can only be done once to a transfer that has ended.
fn completed(id: &str) -> Error {
    Error::new(
        Refusal::TransferCompleted,
        format!("The transfer of certificate {id} is already completed"),
    )
}

/// A certificate's transfer, which still waits.
fn pending(conn: &Conn<'_>, hash: &[u8; 32]) -> Result<Transfer> {
    let id = hex::encode(hash);
    let entry = conn.certificate_entry(hash)?.ok_or_else(|| absent(hash))?;
    match conn.transfer(entry.key)? {
        Some(transfer) if transfer.pending => Ok(transfer),
        Some(_) => Err(completed(&id)),
        None => Err(Error::not_found(format!(
            "Certificate {id} is not being transferred"
        ))),
    }
}

impl Registry {
    /// Offers a certificate that is not in use to another account.
    pub async fn transfer_certificate(
        &self,
        caller: &Caller,
        id: &str,
        target: &str,
        message: Option<&str>,
    ) -> Result<()> {
        let ctx = &caller.ctx;
        let hash = parse_id(id)?;
        if target == ctx.realm.account {
            return Err(Error::invalid(format!(
                "targetAwsAccount {target} is the account that owns the certificate"
            )));
        }
        let (target, message) = (target.to_owned(), message.map(str::to_owned));
        let now = ctx.now;
        self.kernel
            .change(caller, "transfer-certificate", move |tx| {
                let entry = tx.certificate_entry(&hash)?.ok_or_else(|| absent(&hash))?;
                let id = hex::encode(hash);
                may_offer(entry.status).map_err(|why| {
                    Error::new(
                        Refusal::CertificateState,
                        format!("Certificate {id} cannot be transferred: {why}"),
                    )
                })?;
                let conflict = |what: &str| {
                    Error::new(
                        Refusal::TransferConflict,
                        format!("Certificate {id} cannot be transferred: {what} attached to it"),
                    )
                };
                if !tx.policies_of_certificate(entry.key)?.is_empty() {
                    return Err(conflict("policies are"));
                }
                if !tx.things_of_certificate(entry.key, 0, 1)?.is_empty() {
                    return Err(conflict("it has a thing"));
                }
                tx.put_transfer(&Transfer {
                    certificate: entry.key,
                    target: target.clone(),
                    message: message.clone(),
                    offered: now,
                    pending: true,
                })?;
                Ok(tx.set_certificate_status(&hash, Status::PendingTransfer, now)?)
            })
            .await
    }

    /// Takes an offer back; the certificate is INACTIVE then.
    pub async fn cancel_transfer(&self, caller: &Caller, id: &str) -> Result<()> {
        let ctx = &caller.ctx;
        let (hash, now) = (parse_id(id)?, ctx.now);
        self.kernel
            .change(caller, "cancel-transfer", move |tx| {
                let transfer = pending(tx, &hash)?;
                tx.put_transfer(&Transfer {
                    pending: false,
                    ..transfer
                })?;
                Ok(tx.set_certificate_status(&hash, Status::Inactive, now)?)
            })
            .await
    }

    /// What this account would do with an offer of another: always a refusal, since what is offered from here is for
    /// others to decide on, and nothing is offered to here.
    pub async fn decide_transfer(&self, id: &str, decision: Decision) -> Result<()> {
        let hash = parse_id(id)?;
        let transfer = self.kernel.store.read(|conn| pending(conn, &hash)).await?;
        let verb = match decision {
            Decision::Accept => "accept",
            Decision::Reject => "reject",
        };
        Err(Error::not_found(format!(
            "Certificate {id} is offered to account {}, which alone can {verb} it",
            transfer.target
        )))
    }

    /// Certificates that are offered to other accounts, oldest first or newest first, beyond the key `from`.
    pub async fn outgoing_certificates(
        &self,
        ascending: bool,
        from: Option<i64>,
        limit: usize,
    ) -> Result<Vec<(Certificate, Transfer)>> {
        self.kernel
            .store
            .read(|conn| {
                let mut found = Vec::new();
                for transfer in conn.pending_transfers(ascending, from, limit)? {
                    if let Some(certificate) = conn.certificate_by_key(transfer.certificate)? {
                        found.push((certificate, transfer));
                    }
                }
                Ok(found)
            })
            .await
    }
}
