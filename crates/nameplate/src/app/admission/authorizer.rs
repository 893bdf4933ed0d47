//! Asking a custom authorizer's function who calls. API: TestInvokeAuthorizer. AWS guide: custom-authentication.

use super::Admission;
use crate::app::caller::Caller;
use crate::app::error::{Error, Kind, Result};
use crate::app::functions::{self, How, Source};
use crate::app::ids;
use nameplate_core::custom_auth::{Answer, Event, ProtocolData, check_token};
use nameplate_core::escape;
use std::time::Duration;

/// The principal that an authorizer's function must let in.
const SERVICE: &str = "iot.amazonaws.com";
/// How long the function may take (AWS guide: custom-auth-lambda).
const LIMIT: Duration = Duration::from_secs(5);

/// Why an authorizer gives no answer, beyond what every service may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthorizerRefusal {
    /// Its function's policy does not let IoT call it.
    NotPermitted,
    /// The function failed, was late, or its answer breaks a rule.
    Answer,
}

impl AuthorizerRefusal {
    fn because(self, message: impl Into<String>) -> Error {
        Error::new(Kind::Authorizer(self), message)
    }
}

/// What somebody shows to an authorizer.
pub struct Shown {
    /// The token.
    pub token: Option<String>,
    /// Base64 of the token's signature.
    pub signature: Option<String>,
    /// What the protocols told.
    pub data: ProtocolData,
}

/// What a call that did not end well means for who asked the authorizer.
fn unanswered(error: Error) -> Error {
    match error.kind {
        Kind::Denied => AuthorizerRefusal::NotPermitted.because(error.message),
        Kind::Function(functions::Refusal::Late) => {
            AuthorizerRefusal::Answer.because(error.message)
        }
        _ => error,
    }
}

impl Admission {
    /// Asks the authorizer of this name, whatever its status, as it would be asked for a connection.
    ///
    /// # Errors
    /// [`Kind::Invalid`] where the token's signature does not count: the function is then not called.
    pub async fn test_authorizer(
        &self,
        caller: &Caller,
        name: &str,
        shown: Shown,
    ) -> Result<Answer> {
        let authorizer = self.registry.custom_authorizer(name).await?;
        let verified = check_token(
            &authorizer,
            shown.token.as_deref(),
            shown.signature.as_deref(),
        )
        .map_err(|bad| Error::invalid(bad.to_string()))?;
        let event = Event::new(shown.token, verified, shown.data, ids::uuid());
        let event = serde_json::to_vec(&event).map_err(Error::internal)?;
        let source = Source {
            service: SERVICE,
            arn: self.kernel.realm().authorizer(name),
        };
        let function = &authorizer.function_arn;
        let answered = self
            .functions
            .invoke_for_service(
                &caller.ctx,
                &source,
                function,
                event.into(),
                How::Within(LIMIT),
            )
            .await
            .map_err(unanswered)?
            .ok_or_else(|| Error::internal("a call that was waited for has no answer"))?;
        if let Some(failure) = answered.failure() {
            return Err(AuthorizerRefusal::Answer.because(format!(
                "the function {function} failed: {}",
                escape::line(&failure)
            )));
        }
        Answer::parse(&answered.payload)
            .map_err(|why| AuthorizerRefusal::Answer.because(why.to_string()))
    }
}
