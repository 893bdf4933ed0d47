//! The keys of TLS tickets where several servers have the same: a device goes on with its session at any of them.
//!
//! Unlike other secrets they are in no file, and gone from the database when no ticket is good any more: who has that later
//! opens no session that was recorded.

use super::shared::{SharedError, SharedSecrets};
use nameplate_store::{SharedSecret, forget_ticket_keys, ticket_keys};
use std::time::Duration;

/// Bytes of a key.
const BYTES: usize = 32;
/// What they are sealed as.
const NAME: &str = "a key of tickets";
/// How long a key seals, and how long it then opens.
const TURN: Duration = Duration::from_secs(6 * 3600);
const LIFE: Duration = Duration::from_secs(18 * 3600);

/// A key of tickets.
pub struct TicketKey {
    /// Which it is.
    pub number: u64,
    /// Itself.
    pub secret: [u8; BYTES],
    /// Since when it is there, by the database's clock.
    pub age: Duration,
}

impl SharedSecrets {
    /// The keys of tickets, the newest last: one of them is made now where it is time. Blocks.
    ///
    /// # Errors
    /// That the database does not say.
    pub fn ticket_keys(&self) -> Result<Vec<TicketKey>, SharedError> {
        let mut next = vec![0; BYTES];
        self.random(&mut next)?;
        let next = self.seal(NAME.to_owned(), next)?;
        let keys = ticket_keys(self.server(), (&next.key_id, &next.sealed), (TURN, LIFE))?;
        let keys = keys.into_iter().filter_map(|key| {
            let sealed = SharedSecret {
                name: NAME.to_owned(),
                key_id: key.key_id,
                sealed: key.sealed,
            };
            // One that the owner has sealed with a key that is not here yet costs a full handshake.
            Some(TicketKey {
                number: key.number.unsigned_abs(),
                secret: self.unseal(&sealed)?.try_into().ok()?,
                age: key.age,
            })
        });
        Ok(keys.collect())
    }

    /// Forgets those that are sealed with another than the first of the owner's keys. Blocks.
    pub(super) fn forget_ticket_keys(&self) -> Result<(), SharedError> {
        match self.first_key() {
            Some(id) => Ok(forget_ticket_keys(self.server(), &id)?),
            None => Ok(()),
        }
    }
}
