//! Why a request is not carried out: what the device is told, and what is on record for the owner.

use crate::app::error::{Error, Kind, log_failure};
use crate::app::provisioning::{HookRefused, Stop};
use crate::app::quota::Exceeded;
use nameplate_core::fleet_provisioning::{Rejection, Why};
use nameplate_core::provisioning::PlanError;
use nameplate_core::template::FailureClass;
use std::borrow::Cow;

/// A refusal.
#[derive(Debug)]
pub(super) struct Refused {
    /// For the device.
    pub(super) rejection: Rejection,
    /// Stable word for records and counters.
    pub(super) code: Cow<'static, str>,
    /// For the owner.
    pub(super) reason: String,
    /// What the owner may do.
    pub(super) remedy: Option<String>,
}

impl Refused {
    /// A refusal that the device is told as it is on record.
    pub(super) fn new(
        why: Why,
        code: impl Into<Cow<'static, str>>,
        reason: impl Into<String>,
    ) -> Self {
        let reason = reason.into();
        Self {
            rejection: Rejection::new(why, reason.clone()),
            code: code.into(),
            reason,
            remedy: None,
        }
    }

    /// A refusal of which the device learns that it is not allowed, and no more.
    pub(super) fn denied(code: impl Into<Cow<'static, str>>, reason: impl Into<String>) -> Self {
        let told = "The device may not be provisioned.";
        Self {
            rejection: Rejection::new(Why::Denied, told),
            ..Self::new(Why::Denied, code, reason)
        }
    }
}

impl From<Rejection> for Refused {
    fn from(rejection: Rejection) -> Self {
        let code = match rejection.why {
            Why::Payload => "fleet-payload",
            Why::Token => "fleet-token",
            Why::Csr => "fleet-csr",
            _ => "fleet-refused",
        };
        Self::new(rejection.why, code, rejection.message)
    }
}

impl From<PlanError> for Refused {
    fn from(refusal: PlanError) -> Self {
        let code = format!("provisioning-{}", refusal.code());
        let reason = refusal.to_string();
        let refused = match refusal.class() {
            FailureClass::Denied => Self::denied(code, reason),
            FailureClass::MissingValue | FailureClass::Invalid | FailureClass::Limit => {
                Self::new(Why::Parameters, code, reason)
            }
            FailureClass::Absent => Self::new(Why::Absent, code, reason),
            FailureClass::Conflict => Self::new(Why::Conflict, code, reason),
        };
        Self {
            remedy: refusal.remedy_text().map(str::to_owned),
            ..refused
        }
    }
}

impl From<HookRefused> for Refused {
    fn from(refused: HookRefused) -> Self {
        let code = match refused.code {
            "internal" => "fleet-internal",
            code => code,
        };
        Self::denied(code, refused.reason)
    }
}

impl From<Exceeded> for Refused {
    fn from(exceeded: Exceeded) -> Self {
        let why = format!("Rate exceeded: {exceeded}");
        Self::new(Why::Throttled, "fleet-throttled", why)
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        match error.kind {
            Kind::Throttled(_) => Self::new(Why::Throttled, "fleet-throttled", error.message),
            Kind::Unavailable => Self::new(Why::Unavailable, "fleet-unavailable", error.message),
            _ => {
                log_failure!(error, "fleet provisioning failed: {error:?}");
                let why = "the server failed; its log says why";
                Self {
                    rejection: Rejection::new(Why::Internal, "Internal failure"),
                    ..Self::new(Why::Internal, "fleet-internal", why)
                }
            }
        }
    }
}

impl From<nameplate_store::Error> for Refused {
    fn from(error: nameplate_store::Error) -> Self {
        Error::from(error).into()
    }
}

impl From<Stop> for Refused {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Refused(refusal) => refusal.into(),
            Stop::Failed(error) => error.into(),
        }
    }
}
