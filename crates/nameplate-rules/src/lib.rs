//! The rule language: AWS IoT's SQL, substitution templates, documents of rules, and which rules a topic concerns.
//!
//! Must not know clock, chance, files, sockets, or who stores rules and carries actions out.

mod error;
mod evaluate;
mod index;
mod json;
mod lookup;
mod message;
mod number;
mod statement;
mod syntax;
mod template;
mod time;
mod value;
mod version;
