//! Custom authentication: which authorizer is asked, what its function is asked, and what may be believed of its answer;
//! and the same of the function that validates client certificates for a domain configuration.
//!
//! AWS guide: custom-authentication, customize-client-auth. Owns where credentials stand in what a client sends, the check
//! of a token's signature, the events and the rules of an answer. Must not know how a function is called.

mod answer;
mod certificate;
mod choose;
mod credentials;
mod event;
mod kept;
mod token;

pub use answer::{Answer, AnswerError};
pub use certificate::{CertificateAnswerError, CertificateEvent, certificate_answer};
pub use choose::{NoAuthorizer, choose};
pub use credentials::Credentials;
pub use event::{Event, Http, Mqtt, ProtocolData, Tls};
pub use kept::{Kept, Shown};
pub use token::{TokenError, check_token};
