//! RSA keys made ahead, in idle time: one takes tens of milliseconds, and devices that ask for keys come in crowds.
//!
//! Nothing is made before somebody has asked. Then, whenever nobody has asked for a second, as many are made as twice the
//! largest crowd so far, and at most [`MOST`]. They are in memory alone, and each is handed out once.

use super::AuthorityError;
use super::key::{Kind, PrivateKey};
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::sync::{Arc, Weak};
use std::thread;
use std::time::{Duration, Instant};

/// Most keys that wait, some 1.5 KiB each.
const MOST: usize = 256;
/// Nobody has asked for so long: idle time.
const IDLE: Duration = Duration::from_secs(1);

/// Keys that wait to be asked for.
#[derive(Clone, Default)]
pub(super) struct SpareKeys(Arc<Mutex<Shelf>>);

#[derive(Default)]
struct Shelf {
    keys: VecDeque<PrivateKey>,
    asked: Option<Instant>,
    // Asked for since it was idle, and the most that it ever was.
    crowd: usize,
    largest: usize,
    filling: bool,
}

impl Shelf {
    fn wanted(&self) -> usize {
        (2 * self.largest).min(MOST)
    }

    fn is_idle(&self) -> bool {
        self.asked.is_none_or(|asked| asked.elapsed() >= IDLE)
    }
}

impl SpareKeys {
    /// An RSA key of 2048 bits: one that waits, or else a new one.
    pub(super) fn take(&self) -> Result<PrivateKey, AuthorityError> {
        let spare = {
            let mut shelf = self.0.lock();
            shelf.crowd = match shelf.is_idle() {
                true => 1,
                false => shelf.crowd + 1,
            };
            shelf.largest = shelf.largest.max(shelf.crowd);
            shelf.asked = Some(Instant::now());
            if !shelf.filling {
                shelf.filling = self.fill();
            }
            shelf.keys.pop_front()
        };
        match spare {
            Some(key) => Ok(key),
            None => PrivateKey::generate(Kind::Rsa2048),
        }
    }

    /// Has keys made whenever it is idle, until there are enough; whether that has begun.
    fn fill(&self) -> bool {
        let shelf = Arc::downgrade(&self.0);
        let thread = thread::Builder::new().name("spare-keys".into());
        thread.spawn(move || fill(&shelf)).is_ok()
    }
}

fn fill(shelf: &Weak<Mutex<Shelf>>) {
    loop {
        thread::sleep(IDLE / 10);
        loop {
            let Some(shelf) = shelf.upgrade() else {
                return;
            };
            {
                let mut shelf = shelf.lock();
                if shelf.keys.len() >= shelf.wanted() {
                    shelf.filling = false;
                    return;
                }
                if !shelf.is_idle() {
                    break;
                }
            }
            let made = PrivateKey::generate(Kind::Rsa2048);
            let mut shelf = shelf.lock();
            match made {
                Ok(key) => shelf.keys.push_back(key),
                Err(_) => {
                    shelf.filling = false;
                    return;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_is_handed_out_once() {
        let spare = SpareKeys::default();
        let taken = |spare: &SpareKeys| spare.take().expect("a key").spki().to_vec();
        let first = taken(&spare);
        assert_ne!(taken(&spare), first);
        let shelf = || spare.0.lock();
        let end = Instant::now() + Duration::from_secs(60);
        while shelf().filling && Instant::now() < end {
            thread::sleep(Duration::from_millis(20));
        }
        let spki = |key: &PrivateKey| key.spki().to_vec();
        let kept: Vec<Vec<u8>> = shelf().keys.iter().map(spki).collect();
        // Two, where the second was asked for within a second of the first.
        let crowd = shelf().largest;
        assert_eq!(kept.len(), 2 * crowd, "twice the crowd");
        assert_eq!(taken(&spare), kept[0]);
        assert_eq!(shelf().keys.len(), 2 * crowd - 1);
    }
}
