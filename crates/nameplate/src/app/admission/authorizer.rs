//! Asking a custom authorizer's function who calls. API: TestInvokeAuthorizer. AWS guide: custom-authentication.

use super::Admission;
use super::custom::LIMIT;
use crate::app::caller::Caller;
use crate::app::error::{Error, Kind, Result};
use crate::app::functions::{Silence, Source, Unanswered};
use crate::app::iam::IOT_SERVICE;
use crate::app::ids;
use nameplate_core::custom_auth::{Answer, Event, ProtocolData, check_token};

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

/// What the silence of a function means for who tests the authorizer.
fn unanswered(silent: Unanswered) -> Error {
    match silent.why {
        Silence::NotPermitted => AuthorizerRefusal::NotPermitted.because(silent.reason),
        Silence::Late | Silence::Failed => AuthorizerRefusal::Answer.because(silent.reason),
        Silence::Absent => Error::not_found(silent.reason),
        Silence::Throttled => Error::new(Kind::Throttled(None), silent.reason),
        Silence::Internal => Error::new(Kind::Internal, silent.reason),
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
        let source = Source {
            service: IOT_SERVICE,
            role: None,
            arn: self.kernel.realm().authorizer(name),
        };
        let function = &authorizer.function_arn;
        let payload = self
            .functions
            .ask(&caller.ctx, &source, function, &event, LIMIT)
            .await
            .map_err(unanswered)?;
        Answer::parse(&payload).map_err(|why| AuthorizerRefusal::Answer.because(why.to_string()))
    }
}
