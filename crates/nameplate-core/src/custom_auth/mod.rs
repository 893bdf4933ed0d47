//! Custom authentication: what an authorizer's function is asked, and what may be believed of its answer.
//!
//! AWS guide: custom-authentication. Owns the check of a token's signature, the event and the rules of an answer. Must
//! not know how a function is called.

mod answer;
mod event;
mod token;

pub use answer::{Answer, AnswerError};
pub use event::{Event, Http, Mqtt, ProtocolData, Tls};
pub use token::{TokenError, check_token};
