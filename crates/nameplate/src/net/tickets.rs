//! Tickets of TLS sessions that any of several servers can open: their keys come from what the servers share.

use crate::authority::TicketKey;
use arc_swap::ArcSwap;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::rand;
use rustls::server::ProducesTickets;
use std::fmt;
use std::time::Duration;

/// How long a key is known to all servers before it seals.
const KNOWN: Duration = Duration::from_secs(15 * 60);
/// How long a ticket is good, seconds: less than its key lives after it has sealed the last.
const LIFETIME: u32 = 11 * 3600;
/// Bytes of a key's number.
const NUMBER: usize = 8;

/// The keys as they were last read.
#[derive(Default)]
pub struct SharedTickets(ArcSwap<Keys>);

#[derive(Default)]
struct Keys {
    all: Vec<(u64, LessSafeKey)>,
    /// Which of them seals.
    seals: usize,
}

impl fmt::Debug for SharedTickets {
    /// Without the keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedTickets")
    }
}

impl SharedTickets {
    /// Takes over the keys as they are now, the newest last.
    pub fn set(&self, keys: &[TicketKey]) {
        let usable = keys.iter().filter_map(|key| {
            let unbound = UnboundKey::new(&AES_256_GCM, &key.secret).ok()?;
            Some((key.number, LessSafeKey::new(unbound), key.age))
        });
        let (mut all, mut seals) = (Vec::new(), 0);
        for (number, key, age) in usable {
            if age >= KNOWN {
                seals = all.len();
            }
            all.push((number, key));
        }
        self.0.store(Keys { all, seals }.into());
    }
}

impl ProducesTickets for SharedTickets {
    fn enabled(&self) -> bool {
        true
    }

    fn lifetime(&self) -> u32 {
        LIFETIME
    }

    fn encrypt(&self, session: &[u8]) -> Option<Vec<u8>> {
        let keys = self.0.load();
        let (number, key) = keys.all.get(keys.seals)?;
        let mut nonce = [0; NONCE_LEN];
        rand::fill(&mut nonce).ok()?;
        let mut ticket = number.to_be_bytes().to_vec();
        ticket.extend_from_slice(&nonce);
        let mut sealed = session.to_vec();
        let nonce = Nonce::assume_unique_for_key(nonce);
        let number = Aad::from(number.to_be_bytes());
        key.seal_in_place_append_tag(nonce, number, &mut sealed)
            .ok()?;
        ticket.append(&mut sealed);
        Some(ticket)
    }

    fn decrypt(&self, ticket: &[u8]) -> Option<Vec<u8>> {
        let (number, rest) = ticket.split_first_chunk::<NUMBER>()?;
        let (nonce, sealed) = rest.split_at_checked(NONCE_LEN)?;
        let keys = self.0.load();
        let wanted = u64::from_be_bytes(*number);
        let (_, key) = keys.all.iter().find(|(number, _)| *number == wanted)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut session = sealed.to_vec();
        let length = key
            .open_in_place(nonce, Aad::from(*number), &mut session)
            .ok()?
            .len();
        session.truncate(length);
        Some(session)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u64, minutes: u64) -> TicketKey {
        TicketKey {
            number,
            secret: [u8::try_from(number).unwrap_or(0); 32],
            age: Duration::from_secs(minutes * 60),
        }
    }

    fn tickets(keys: &[TicketKey]) -> SharedTickets {
        let tickets = SharedTickets::default();
        tickets.set(keys);
        tickets
    }

    #[test]
    fn one_server_opens_what_another_sealed() {
        let (one, two) = (tickets(&[key(1, 60)]), tickets(&[key(1, 70), key(2, 10)]));
        let ticket = one.encrypt(b"session").expect("a ticket");
        assert_ne!(
            one.encrypt(b"session").as_ref(),
            Some(&ticket),
            "a nonce each"
        );
        assert_eq!(two.decrypt(&ticket).as_deref(), Some(&b"session"[..]));
        // The newest does not seal before all know it.
        let ticket = two.encrypt(b"session").expect("a ticket");
        assert_eq!(one.decrypt(&ticket).as_deref(), Some(&b"session"[..]));
        two.set(&[key(1, 90), key(2, 30)]);
        let ticket = two.encrypt(b"session").expect("a ticket");
        assert_eq!(one.decrypt(&ticket), None, "it does not know that one");
        for spoilt in [
            &ticket[..7],
            &ticket[..15],
            &ticket[..ticket.len() - 1],
            &[0; 60][..],
        ] {
            assert_eq!(two.decrypt(spoilt), None);
        }
        // The first of all seals at once, as there is no other.
        assert!(tickets(&[key(1, 0)]).encrypt(b"x").is_some());
        assert!(tickets(&[]).encrypt(b"x").is_none());
    }
}
