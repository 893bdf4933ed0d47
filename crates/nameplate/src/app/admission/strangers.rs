//! How many records a source gets for certificates that nobody vouches for.
//!
//! A certificate of one's own making costs a stranger nothing. Were each of its attempts a record, one peer could push
//! those of real devices out of the bounded number that is kept. A factory whose CA is not registered yet is such a
//! stranger too, so the first attempts are recorded whole; behind those, one record with a count stands for all.

use nameplate_core::ctx::Millis;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::net::IpAddr;

/// Whole records for each source in an hour: a tenth of those that are kept, but not more than this.
const WHOLE: u32 = 100;
const HOUR_MILLIS: i64 = 3_600_000;
/// Sources that are counted. When there are more, all are counted anew.
const SOURCES: usize = 4096;

/// The sources of such attempts, in this hour of theirs.
#[derive(Debug, Default)]
pub(crate) struct Strangers(Mutex<HashMap<IpAddr, (Millis, u32)>>);

impl Strangers {
    /// Whether one more attempt of this source is to be recorded whole, where so many `kept` are kept in all.
    pub(super) fn is_whole(&self, source: IpAddr, kept: u32, now: Millis) -> bool {
        let mut all = self.0.lock();
        if all.len() >= SOURCES && !all.contains_key(&source) {
            all.clear();
        }
        let (since, count) = all.entry(source).or_insert((now, 0));
        if now.0 - since.0 >= HOUR_MILLIS {
            (*since, *count) = (now, 0);
        }
        *count = count.saturating_add(1);
        *count <= WHOLE.min(kept / 10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    #[test]
    fn a_source_gets_so_many_in_an_hour() {
        let all = Strangers::default();
        let (one, other) = (
            IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)),
            IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2)),
        );
        let whole = |source, at| {
            (0..1000)
                .filter(|_| all.is_whole(source, 100_000, at))
                .count()
        };
        assert_eq!(whole(one, Millis(0)), 100);
        assert_eq!(whole(other, Millis(1)), 100);
        assert_eq!(whole(one, Millis(HOUR_MILLIS - 1)), 0);
        assert_eq!(whole(one, Millis(HOUR_MILLIS)), 100);
        for n in 0..2 * SOURCES as u32 {
            assert!(all.is_whole(IpAddr::V4(Ipv4Addr::from_bits(n)), 100, Millis(0)));
        }
        assert!(all.0.lock().len() <= SOURCES);
    }
}
