//! Values of the store that are kept in memory, and how they follow commits: one way for all.
//!
//! A commit leaves notices, which say what is another now and not what it has become. Each moves the number of its
//! kind. What is kept has the number that it was read at; whoever asks for it where the number is another reads it
//! again first. So what a call has changed is in force when the call returns, and a notice that comes from another
//! server is followed in the same way. A value that nobody asks for costs a commit one addition.
//!
//! Must not know what is kept.

use super::error::Result;
use arc_swap::ArcSwapOption;
use nameplate_store::{Conn, Notice, Store};
use parking_lot::Mutex;
use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What is kept as a whole, by the notices that concern it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    /// The registered CAs and what they provision by.
    Authorities,
    /// Policies of certificates and groups, compiled.
    Policies,
    /// Credentials and roles.
    Iam,
    /// Domain configurations.
    Domains,
    /// Log levels.
    Logging,
    /// The kinds of events that are switched on.
    EventKinds,
    /// What is indexed.
    Indexing,
    /// Functions and who may invoke them.
    Functions,
    /// Topic rules and their destinations.
    Rules,
    /// Definitions of DynamoDB tables.
    Tables,
    /// APIs of API Gateway and what belongs to them.
    Gateway,
    /// Revocation lists of registered CAs.
    Revocations,
    /// Certificates for names of owners' own.
    ServerCertificates,
}

/// How many kinds there are.
pub(super) const KINDS: usize = 13;

/// The numbers that notices move.
#[derive(Debug)]
pub(super) struct Generations {
    kept: [AtomicU64; KINDS],
    // By the first byte of the digest, so that one device's change seldom concerns another.
    certificates: [AtomicU64; 256],
    everyone: AtomicU64,
}

impl Default for Generations {
    fn default() -> Self {
        Self {
            kept: [const { AtomicU64::new(0) }; KINDS],
            certificates: [const { AtomicU64::new(0) }; 256],
            everyone: AtomicU64::new(0),
        }
    }
}

impl Generations {
    /// The number of a kind. To be read before the value is.
    pub(super) fn of(&self, kind: Kept) -> u64 {
        self.kept[kind as usize].load(Ordering::Acquire)
    }

    /// A number that any change which may concern a connection of this certificate moves. Taken before a decision
    /// and compared after the connection has been registered, it tells whether the decision may still stand.
    pub(super) fn mark(&self, hash: &[u8; 32]) -> (u64, u64) {
        (
            self.certificate(hash).load(Ordering::Acquire),
            self.everyone.load(Ordering::Acquire),
        )
    }

    fn certificate(&self, hash: &[u8; 32]) -> &AtomicU64 {
        &self.certificates[usize::from(hash[0])]
    }

    /// Something that may concern every connection is another now.
    pub(super) fn move_everyone(&self) {
        self.everyone.fetch_add(1, Ordering::Release);
    }

    /// Follows a notice.
    pub(super) fn follow(&self, notice: &Notice) {
        let moved = |kind: Kept| self.kept[kind as usize].fetch_add(1, Ordering::Release);
        match notice {
            Notice::Certificate(hash) => {
                self.certificate(hash).fetch_add(1, Ordering::Release);
            }
            Notice::Thing(_) => {
                self.everyone.fetch_add(1, Ordering::Release);
            }
            Notice::Policy(_) | Notice::Group(_) => {
                moved(Kept::Policies);
                self.everyone.fetch_add(1, Ordering::Release);
            }
            Notice::Authorities => {
                moved(Kept::Authorities);
            }
            Notice::Iam => {
                moved(Kept::Iam);
            }
            Notice::Domains => {
                moved(Kept::Domains);
            }
            Notice::Logging => {
                moved(Kept::Logging);
            }
            Notice::EventKinds => {
                moved(Kept::EventKinds);
            }
            Notice::Indexing => {
                moved(Kept::Indexing);
            }
            Notice::Functions => {
                moved(Kept::Functions);
            }
            Notice::Rules => {
                moved(Kept::Rules);
            }
            Notice::Tables => {
                moved(Kept::Tables);
            }
            Notice::Gateway => {
                moved(Kept::Gateway);
            }
            Notice::Revocations => {
                moved(Kept::Revocations);
                self.everyone.fetch_add(1, Ordering::Release);
            }
            Notice::ServerCertificates => {
                moved(Kept::ServerCertificates);
            }
            Notice::Everything => {
                for number in self.kept.iter().chain(&self.certificates) {
                    number.fetch_add(1, Ordering::Release);
                }
                self.everyone.fetch_add(1, Ordering::Release);
            }
            // The fleet's index reads these rows by their keys; nothing keeps them whole.
            Notice::NewThing(_)
            | Notice::GroupData(_)
            | Notice::GroupGone { .. }
            | Notice::Shadow(_)
            | Notice::Connectivity { .. }
            | Notice::Secrets
            | Notice::Claimed { .. }
            | Notice::NodeCame(_)
            | Notice::NodeGone(_) => {}
        }
    }
}

/// A value that is read from the store when it is asked for and has changed.
pub(super) struct Cached<T> {
    kind: Kept,
    read: fn(&Conn<'_>) -> Result<T>,
    held: ArcSwapOption<(u64, Arc<T>)>,
}

impl<T: Send + Sync> Cached<T> {
    /// Nothing is read yet.
    pub(super) fn new(kind: Kept, read: fn(&Conn<'_>) -> Result<T>) -> Self {
        Self {
            kind,
            read,
            held: ArcSwapOption::empty(),
        }
    }

    /// The value as of the last commit.
    ///
    /// # Errors
    /// That it changed and cannot be read.
    pub(super) async fn get(&self, store: &Store, generations: &Generations) -> Result<Arc<T>> {
        // The number first: what is committed meanwhile makes this value stale, never a stale one current.
        let now = generations.of(self.kind);
        if let Some(held) = &*self.held.load()
            && held.0 == now
        {
            return Ok(Arc::clone(&held.1));
        }
        let value = Arc::new(store.read(|conn| (self.read)(conn)).await?);
        self.held.store(Some(Arc::new((now, Arc::clone(&value)))));
        Ok(value)
    }
}

/// Values by key, as of one number: where a notice of their kind came, all are forgotten.
pub(super) struct Keyed<K, V>(Mutex<(u64, HashMap<K, V>)>);

/// Values of a [`Keyed`] held at most; when there are more, all are forgotten.
const KEYED: usize = 10_000;

impl<K, V> Default for Keyed<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash, V: Clone> Keyed<K, V> {
    /// What is held of a key as of the number `now`.
    pub(super) fn get<Q>(&self, now: u64, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        let held = self.0.lock();
        let current = held.0 == now;
        current.then(|| held.1.get(key).cloned()).flatten()
    }

    /// Holds a value that was read when the number was `now`, unless it is another one by now.
    pub(super) fn put(&self, now: u64, key: K, value: V) {
        let mut held = self.0.lock();
        // Numbers only grow: who read before a notice must not push out who read after it.
        if held.0 > now {
            return;
        }
        if held.0 < now || held.1.len() >= KEYED {
            *held = (now, HashMap::new());
        }
        held.1.insert(key, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestApp;

    #[tokio::test]
    async fn a_value_is_read_again_when_a_notice_of_its_kind_came() {
        let test = TestApp::new().await;
        let kernel = &test.app.kernel;
        let names: Cached<usize> = Cached::new(Kept::Domains, |conn| Ok(conn.domains()?.len()));
        let generations = Generations::default();
        let first = names.get(&kernel.store, &generations).await.expect("read");
        let again = names.get(&kernel.store, &generations).await.expect("held");
        assert!(Arc::ptr_eq(&first, &again));
        generations.follow(&Notice::Logging);
        let again = names.get(&kernel.store, &generations).await.expect("held");
        assert!(Arc::ptr_eq(&first, &again), "a notice of another kind");
        generations.follow(&Notice::Domains);
        let again = names.get(&kernel.store, &generations).await.expect("read");
        assert!(!Arc::ptr_eq(&first, &again));
        generations.follow(&Notice::Everything);
        let third = names.get(&kernel.store, &generations).await.expect("read");
        assert!(!Arc::ptr_eq(&third, &again));
    }

    #[test]
    fn values_by_key_are_those_of_one_number() {
        let held: Keyed<String, u32> = Keyed::default();
        held.put(1, "a".into(), 10);
        assert_eq!(held.get(1, "a"), Some(10));
        assert_eq!(held.get(2, "a"), None, "a notice came");
        held.put(2, "b".into(), 20);
        assert_eq!(held.get(2, "a"), None, "it is forgotten");
        held.put(1, "b".into(), 11);
        assert_eq!(
            held.get(2, "b"),
            Some(20),
            "what was read before is no news"
        );
        for number in 0..KEYED {
            held.put(2, number.to_string(), 0);
        }
        assert_eq!(held.get(2, "b"), None, "there is a bound");
        assert_eq!(held.get(2, "9999"), Some(0));
    }

    #[test]
    fn a_mark_moves_with_what_may_concern_the_certificate() {
        let check = |notice: Notice, moves: bool| {
            let generations = Generations::default();
            let before = generations.mark(&[7; 32]);
            generations.follow(&notice);
            assert_eq!(generations.mark(&[7; 32]) != before, moves, "{notice:?}");
        };
        check(Notice::Certificate([7; 32]), true);
        check(Notice::Certificate([8; 32]), false);
        check(Notice::Thing(1), true);
        check(Notice::Policy(1), true);
        check(Notice::Group(1), true);
        check(Notice::NewThing(1), false);
        check(Notice::Revocations, true);
        check(Notice::Everything, true);
        check(Notice::NodeGone(1), false);
        check(Notice::Authorities, false);
        check(Notice::Iam, false);
        check(Notice::Shadow(1), false);
    }
}
