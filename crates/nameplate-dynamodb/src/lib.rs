//! Amazon DynamoDB as a language: values, keys, tables, expressions and requests, and what is refused in which words.
//!
//! Values in, values out. Owns what a request means; must not know where items are kept, who asks, or the time.
//! Source of rules and texts: DynamoDB developer guide and API reference.

pub mod error;
pub mod expression;
pub mod import;
pub mod key;
mod legacy;
pub mod number;
pub mod partiql;
pub mod request;
pub mod table;
mod token;
pub mod value;

pub use error::{Invalid, Result};
pub use key::{KeyBytes, KeyKind, KeySchema};
pub use number::Number;
pub use value::{AttributeValue, Item};
