//! The certificates that newcomers have presented lately, in memory: what a template is tried on before it is saved. Those
//! of devices that were refused are nowhere else.

use parking_lot::Mutex;
use std::collections::{HashMap, VecDeque};

/// Devices that are remembered.
const MOST: usize = 256;
/// Certificates of one device, its own included, and bytes of all of them.
const CHAIN: (usize, usize) = (4, 16 * 1024);

/// What newcomers have presented.
#[derive(Default)]
pub(super) struct Presented {
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    chains: HashMap<[u8; 32], Vec<Vec<u8>>>,
    // The oldest first.
    order: VecDeque<[u8; 32]>,
}

impl Presented {
    /// Remembers a chain, leaf first, by the leaf's SHA-256.
    pub(super) fn note(&self, hash: [u8; 32], chain: &[Vec<u8>]) {
        let mut known = self.known.lock();
        if known.chains.contains_key(&hash) {
            return;
        }
        let mut room = CHAIN.1;
        let kept = chain.iter().take(CHAIN.0).take_while(|der| {
            let fits = der.len() <= room;
            room = room.saturating_sub(der.len());
            fits
        });
        let kept: Vec<Vec<u8>> = kept.cloned().collect();
        if kept.is_empty() {
            return;
        }
        if known.order.len() == MOST
            && let Some(oldest) = known.order.pop_front()
        {
            known.chains.remove(&oldest);
        }
        known.order.push_back(hash);
        known.chains.insert(hash, kept);
    }

    /// What the holder of this certificate has presented.
    pub(super) fn chain(&self, hash: &[u8; 32]) -> Option<Vec<Vec<u8>>> {
        self.known.lock().chains.get(hash).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nameplate_core::pki::CertificateId;

    #[test]
    fn the_newest_are_remembered_and_no_more() {
        let presented = Presented::default();
        let chain = |number: usize| vec![number.to_be_bytes().to_vec(), vec![0; 20 * 1024]];
        let hash = |number: usize| CertificateId::of(&number.to_be_bytes()).0;
        for number in 0..MOST + 3 {
            presented.note(hash(number), &chain(number));
            presented.note(hash(number), &chain(number));
        }
        assert_eq!(presented.chain(&hash(2)), None);
        // What is too long is left out, the leaf's own never for the sake of it.
        assert_eq!(
            presented.chain(&hash(3)),
            Some(vec![3_usize.to_be_bytes().to_vec()])
        );
        assert_eq!(presented.known.lock().order.len(), MOST);
    }
}
