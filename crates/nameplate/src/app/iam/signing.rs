//! Signing keys, derived once for each credential, day, region and service: the expensive half of SigV4.

use super::{Credential, Iam};
use nameplate_aws::sigv4::{Scope, SigningKey};
use parking_lot::Mutex;
use std::collections::HashMap;

/// Derived keys. A key whose secret has changed does not match its entry.
#[derive(Default)]
pub(crate) struct SigningKeys(Mutex<HashMap<(String, String), (String, SigningKey)>>);

const HELD: usize = 4096;

impl Iam {
    /// The signing key of a credential for a scope.
    pub fn signing_key(&self, credential: &Credential, scope: &Scope) -> SigningKey {
        let at = (credential.key.id.clone(), scope.to_string());
        if let Some((secret, key)) = self.signing_keys.0.lock().get(&at)
            && *secret == credential.key.secret
        {
            return key.clone();
        }
        let key = SigningKey::derive(&credential.key.secret, scope);
        let mut held = self.signing_keys.0.lock();
        if held.len() >= HELD {
            held.clear();
        }
        held.insert(at, (credential.key.secret.clone(), key.clone()));
        key
    }
}
