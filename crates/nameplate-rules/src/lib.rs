//! The rule language: AWS IoT's SQL, substitution templates, documents of rules, and which rules a topic concerns.
//!
//! Must not know clock, chance, files, sockets, or who stores rules and carries actions out.

mod json;
mod number;
mod value;
mod version;
