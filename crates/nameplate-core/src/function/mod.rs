//! AWS Lambda's functions: how they are named, what is set for them, and who may invoke them.
//!
//! Must not know: how a function is run, where code and rows are kept.

pub mod payload;
mod permission;
mod reference;
mod settings;

pub use permission::{Grant, policy_text};
pub use reference::{BadReference, Reference};
pub use settings::{EventSettings, Place, Settings};

use crate::ctx::Millis;

/// The version that changes with every update; others are published and stay.
pub const LATEST: &str = "$LATEST";

/// A version of a function, as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    /// Key of the function.
    pub function: i64,
    /// 0 for `$LATEST`, else the number it was published under.
    pub number: i64,
    /// What is set for it.
    pub settings: Settings,
    /// SHA-256 of the zip, or of the folder's path or the URL, in base64, as `CodeSha256` has it.
    pub code_sha256: String,
    /// Bytes of the zip; 0 where there is none.
    pub code_size: i64,
    /// When it was last changed.
    pub modified: Millis,
    /// Another one after each change.
    pub revision: String,
}

impl Version {
    /// As AWS writes the version.
    pub fn name(&self) -> String {
        match self.number {
            0 => LATEST.to_owned(),
            number => number.to_string(),
        }
    }
}

/// A function: what its versions share.
#[derive(Debug, Clone, PartialEq)]
pub struct Function {
    /// Key of its row.
    pub key: i64,
    /// Its name.
    pub name: String,
    /// How many calls may run at once; `None` where only the host's bound holds, 0 where none may.
    pub concurrency: Option<u32>,
    /// The number that the next published version gets.
    pub next_version: i64,
    /// When it was created.
    pub created: Millis,
}

/// A name for a version.
#[derive(Debug, Clone, PartialEq)]
pub struct Alias {
    /// Key of the function.
    pub function: i64,
    /// Its name.
    pub name: String,
    /// The version that it stands for.
    pub version: i64,
    /// Another version, and the share of calls that goes there, 0 to 1.
    pub routing: Option<(i64, f64)>,
    /// A text of the owner's.
    pub description: String,
    /// Another one after each change.
    pub revision: String,
}

/// A version of a layer: files that functions find under `/opt`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerVersion {
    /// Name of the layer.
    pub layer: String,
    /// From 1.
    pub number: i64,
    /// A text of the owner's.
    pub description: String,
    /// A text of the owner's.
    pub license: Option<String>,
    /// The runtimes it is meant for.
    pub runtimes: Vec<String>,
    /// The architectures it is meant for.
    pub architectures: Vec<String>,
    /// SHA-256 of the zip, in base64.
    pub code_sha256: String,
    /// Bytes of the zip.
    pub code_size: i64,
    /// When it was published.
    pub created: Millis,
}

/// A call that was taken for later (`X-Amz-Invocation-Type: Event`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Key of its row, in the order in which calls came.
    pub key: i64,
    /// Request id, the same at every attempt.
    pub request_id: String,
    /// Name of the function.
    pub function: String,
    /// The qualifier that was named.
    pub qualifier: Option<String>,
    /// JSON.
    pub payload: Vec<u8>,
    /// How many functions called one another before it.
    pub depth: u32,
    /// Attempts made.
    pub attempts: i64,
    /// When it came.
    pub created: Millis,
    /// When the next attempt is due.
    pub due: Millis,
}
