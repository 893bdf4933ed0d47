//! A bucket for each of many names, such as client ids.

use super::{Bucket, Rate};
use crate::ctx::Millis;
use std::collections::BTreeMap;

/// Milliseconds for which a bucket is looked after at least; it is full again by then.
const PERIOD: i64 = 1000;

/// Buckets by name. One that has not been used for a while is full, and forgotten: what is held is what was used within
/// two seconds, which a rate over all of them bounds.
#[derive(Debug, Default)]
pub struct Keyed {
    young: BTreeMap<Box<str>, Bucket>,
    old: BTreeMap<Box<str>, Bucket>,
    began: i64,
}

impl Keyed {
    /// Takes one from the bucket of `name`, or none where it is empty.
    pub fn take(&mut self, name: &str, rate: Rate, now: Millis) -> bool {
        let mut taken = false;
        self.with(name, now, |bucket| taken = bucket.take(rate, 1, now));
        taken
    }

    /// Takes so many though they be not there.
    pub fn charge(&mut self, name: &str, rate: Rate, count: u64, now: Millis) {
        self.with(name, now, |bucket| bucket.charge(rate, count, now));
    }

    /// How many buckets are held.
    pub fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }

    /// Whether none is held.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn with(&mut self, name: &str, now: Millis, change: impl FnOnce(&mut Bucket)) {
        // A clock that steps back begins anew, too.
        if !(0..PERIOD).contains(&(now.0 - self.began)) {
            self.old = std::mem::take(&mut self.young);
            self.began = now.0;
        }
        match self.young.get_mut(name) {
            Some(bucket) => change(bucket),
            None => {
                let mut bucket = self.old.remove(name).unwrap_or_default();
                change(&mut bucket);
                self.young.insert(name.into(), bucket);
            }
        }
    }
}
