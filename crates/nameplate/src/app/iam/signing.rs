//! Signing keys, derived once for each credential, day, region and service: the expensive half of SigV4.

use super::{Credential, Iam};
use nameplate_aws::sigv4::{Scope, SigningKey};
use parking_lot::Mutex;
use std::collections::HashMap;

/// Derived keys. A key whose secret has changed does not match its entry.
#[derive(Default)]
pub(crate) struct SigningKeys(Mutex<Held>);

#[derive(Default)]
struct Held {
    by_access_key: HashMap<String, Vec<Derived>>,
    count: usize,
}

struct Derived {
    scope: Scope,
    secret: String,
    key: SigningKey,
}

/// Keys that are held.
const HELD: usize = 4096;
/// Those of one access key. Who does not know its secret can name it and any scope: they are looked through one by one.
const HELD_EACH: usize = 32;

impl Iam {
    /// The signing key of a credential for a scope.
    pub fn signing_key(&self, credential: &Credential, scope: &Scope) -> SigningKey {
        let (id, secret) = (&credential.key.id, &credential.key.secret);
        if let Some(key) = self.signing_keys.0.lock().find(id, secret, scope) {
            return key;
        }
        let key = SigningKey::derive(secret, scope);
        let derived = Derived {
            scope: scope.clone(),
            secret: secret.clone(),
            key: key.clone(),
        };
        self.signing_keys.0.lock().hold(id, derived);
        key
    }
}

impl Held {
    fn find(&self, id: &str, secret: &str, scope: &Scope) -> Option<SigningKey> {
        let derived = self.by_access_key.get(id)?;
        let found = derived.iter().find(|derived| derived.scope == *scope)?;
        (found.secret == secret).then(|| found.key.clone())
    }

    fn hold(&mut self, id: &str, derived: Derived) {
        if self.count >= HELD {
            *self = Self::default();
        }
        let held = self.by_access_key.entry(id.to_owned()).or_default();
        // One of another secret, too: it opens nothing any more.
        self.count -= held.len();
        held.retain(|other| other.scope != derived.scope);
        if held.len() >= HELD_EACH {
            held.clear();
        }
        held.push(derived);
        self.count += held.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn derived(secret: &str, region: usize) -> Derived {
        let scope = Scope {
            date: "20261128".into(),
            region: region.to_string(),
            service: "iot".into(),
        };
        Derived {
            key: SigningKey::derive(secret, &scope),
            secret: secret.into(),
            scope,
        }
    }

    #[test]
    fn a_key_is_of_its_access_key_its_secret_and_its_scope() {
        let mut held = Held::default();
        held.hold("A", derived("one", 1));
        let [here, elsewhere] = [1, 2].map(|region| derived("", region).scope);
        assert!(held.find("A", "one", &here).is_some());
        assert!(held.find("B", "one", &here).is_none());
        assert!(held.find("A", "two", &here).is_none());
        assert!(held.find("A", "one", &elsewhere).is_none());
        held.hold("A", derived("two", 1));
        assert!(held.find("A", "one", &here).is_none());
        assert!(held.find("A", "two", &here).is_some());
        assert_eq!(held.count, 1);
    }

    #[test]
    fn no_more_are_held_than_said() {
        let mut held = Held::default();
        for region in 0..3 * HELD_EACH {
            held.hold("A", derived("one", region));
            assert!((1..=HELD_EACH).contains(&held.count));
        }
        for id in 0..3 * HELD {
            held.hold(&id.to_string(), derived("one", 1));
            let all: usize = held.by_access_key.values().map(Vec::len).sum();
            assert_eq!(held.count, all);
            assert!(held.count <= HELD);
        }
    }
}
