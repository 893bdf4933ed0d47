//! The one source of ids that nobody chooses: of requests, things, groups, tasks, bodies of objects.
//!
//! Random (RFC 9562, version 4), so that two nodes never make the same. Must not be used for secrets.

use uuid::Uuid;

/// A new id as AWS writes them: 36 characters in lower case.
pub fn uuid() -> String {
    Uuid::new_v4().to_string()
}

/// A number to begin a sequence with that only has to differ from process to process.
pub fn seed() -> u64 {
    Uuid::new_v4().as_u64_pair().0
}

/// A new id of 32 hexadecimal digits.
pub fn hex() -> String {
    Uuid::new_v4().simple().to_string()
}
