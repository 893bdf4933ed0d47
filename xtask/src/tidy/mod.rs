//! `xtask tidy`: the rules of the house that no compiler checks.
//!
//! Each rule says what it found, where, and what to do instead; exceptions stand beside the rule with their reason.
//! What a rule reads is in `source.rs` (text) and `tree.rs` (dependencies).

mod licence;
mod source;
mod tree;

use anyhow::{Result, bail};
use std::path::Path;

/// One breach of a rule.
#[derive(Debug, PartialEq, Eq)]
struct Breach {
    /// File and line, or crate.
    place: String,
    /// What is there, and what should be.
    text: String,
}

/// Runs the task.
pub fn run(arguments: &[String]) -> Result<()> {
    if !arguments.is_empty() {
        bail!("tidy takes no arguments");
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut breaches = source::check(&root)?;
    breaches.extend(tree::check(&root)?);
    for breach in &breaches {
        eprintln!("{}: {}", breach.place, breach.text);
    }
    match breaches.len() {
        0 => {
            println!("tidy: {} rules keep", source::RULES.len() + tree::RULES);
            Ok(())
        }
        count => bail!("tidy: {count} breaches"),
    }
}
