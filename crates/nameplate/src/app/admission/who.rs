//! Who a connection belongs to: the device of a certificate, a caller of the API, or somebody whom an authorizer knows.

use super::{Admission, Admitted, Authenticated, Refused, Stage};
use crate::app::cached::Kept;
use crate::app::iam::Identity;
use std::sync::Arc;

/// Whoever has proved to be somebody, before policies are asked.
#[derive(Debug, Clone)]
pub enum Who {
    /// A device, by its certificate. What it may do is said by the policies of the certificate and of thing groups.
    Certificate(Admitted),
    /// A device, by a temporary claim for this template. What it may do is fixed; the key is that of the claim's row.
    Claim(Admitted, String),
    /// A device whose certificate has expired, and which may do nothing but renew it.
    Late(Admitted),
    /// Who signed a WebSocket's upgrade. What they may do is said by their IAM policies alone.
    Caller(Box<Identity>),
    /// Whom a custom authorizer knows. What they may do is said by its answer alone.
    Custom(Arc<Authenticated>),
}

impl Who {
    /// The certificate's id, the unique id of the caller, or what the authorizer calls its client.
    pub fn principal(&self) -> String {
        match self {
            Who::Certificate(admitted) | Who::Claim(admitted, _) | Who::Late(admitted) => {
                hex::encode(admitted.hash)
            }
            Who::Caller(identity) => identity.principal().to_owned(),
            // Found by its certificate where it has one, whose owner may switch it off.
            Who::Custom(known) => match &known.certificate {
                Some(admitted) => hex::encode(admitted.hash),
                None => known.principal.as_ref().to_owned(),
            },
        }
    }

    /// The certificate, where it is a device's.
    pub fn certificate(&self) -> Option<&Admitted> {
        match self {
            Who::Certificate(admitted) | Who::Claim(admitted, _) | Who::Late(admitted) => {
                Some(admitted)
            }
            Who::Caller(_) => None,
            Who::Custom(known) => known.certificate.as_ref(),
        }
    }
}

impl From<Admitted> for Who {
    fn from(admitted: Admitted) -> Self {
        Who::Certificate(admitted)
    }
}

impl Refused {
    /// A WebSocket that was asked for without a signature that counts.
    pub fn signature(reason: String) -> Self {
        Refused::new(Stage::Authenticated, "signature-refused", reason)
    }
}

/// Whether a connection of this principal belongs to a caller of the API. Certificates have ids of 64 hex digits, and
/// IAM no id of that length.
pub(crate) fn is_caller(principal: &str) -> bool {
    principal.len() != 64
}

impl Admission {
    /// A number that any change which may concern a connection of this one moves. Taken before a decision and compared
    /// after the connection has been registered, it tells whether the decision may still stand.
    pub fn mark(&self, who: &Who) -> (u64, u64) {
        match who {
            Who::Certificate(admitted) | Who::Claim(admitted, _) | Who::Late(admitted) => {
                self.kernel.generations.mark(&admitted.hash)
            }
            Who::Caller(_) => (self.kernel.generations.of(Kept::Iam), 0),
            Who::Custom(known) => match &known.certificate {
                Some(admitted) => self.kernel.generations.mark(&admitted.hash),
                None => (0, 0),
            },
        }
    }

    /// Whether connections of callers may be open.
    pub(crate) fn has_callers(&self) -> bool {
        Arc::strong_count(&self.callers) > 1
    }

    /// The caller as IAM has them now.
    pub(super) async fn caller_again(&self, identity: &Identity) -> Result<Identity, Refused> {
        match self.iam.identity_again(identity).await {
            Ok(Some(identity)) => Ok(identity),
            Ok(None) => Err(Refused::new(
                Stage::Authorized,
                "access-key-gone",
                "the access key that the connection was signed with is no longer there or no longer active, or its session \
                 is over",
            )),
            Err(error) => Err(Refused::internal(Stage::Authorized, &error)),
        }
    }
}
