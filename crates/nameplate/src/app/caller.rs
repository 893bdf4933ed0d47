//! Who calls a use case, and when.
//!
//! Comes first in every use case that changes something or judges its caller, so that one request has one time, one
//! request id and one principal, and what it changed can be told by them.

use super::admission::Requester;
use super::error::{Error, Result};
use super::iam::Identity;
use nameplate_core::ctx::Ctx;
use nameplate_core::policy::caller::Origin;

/// A caller: the same for all that one request does.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Account and region, the time at which the request came, and its id.
    pub ctx: Ctx,
    principal: Principal,
}

#[derive(Debug, Clone)]
enum Principal {
    Identity(Identity),
    Device(Box<Requester>),
    Anonymous(Origin),
    Server,
}

impl Caller {
    /// Whoever signed a request.
    pub fn new(ctx: Ctx, identity: Identity) -> Self {
        Self {
            ctx,
            principal: Principal::Identity(identity),
        }
    }

    /// A device, by its certificate. It has no permissions of IAM's, and none but for the data plane.
    pub fn device(ctx: Ctx, device: Requester) -> Self {
        Self {
            ctx,
            principal: Principal::Device(Box::new(device)),
        }
    }

    /// Whoever has not signed, from where they ask. They may what the policy of a bucket lets anybody do.
    pub(super) fn anonymous(ctx: Ctx, origin: Origin) -> Self {
        Self {
            ctx,
            principal: Principal::Anonymous(origin),
        }
    }

    /// Where a request came from that nobody signed.
    pub(crate) fn as_anonymous(&self) -> Option<&Origin> {
        match &self.principal {
            Principal::Anonymous(origin) => Some(origin),
            _ => None,
        }
    }

    /// The device that asks, where it is one.
    pub fn as_device(&self) -> Option<&Requester> {
        match &self.principal {
            Principal::Device(device) => Some(device),
            Principal::Identity(_) | Principal::Anonymous(_) | Principal::Server => None,
        }
    }

    /// This server, where it does something of its own accord, such as removing the reports of an old task. Nothing
    /// that it does so is asked for in a request, so no policy is asked.
    pub(super) fn server(ctx: Ctx) -> Self {
        Self {
            ctx,
            principal: Principal::Server,
        }
    }

    /// Who signed the request.
    ///
    /// # Errors
    /// Internal for the server itself, which has no permissions that could be judged, and for a device, which has none of
    /// IAM's; [`Kind::Denied`](super::Kind::Denied) where nobody signed.
    pub fn identity(&self) -> Result<&Identity> {
        match &self.principal {
            Principal::Identity(identity) => Ok(identity),
            Principal::Device(_) => Err(Error::internal("a device has no permissions of IAM's")),
            Principal::Anonymous(_) => Err(Error::denied("Access Denied")),
            Principal::Server => Err(Error::internal("the server asked for its own permission")),
        }
    }

    /// ARN of the principal, or the id of its certificate, for logs.
    pub fn arn(&self) -> &str {
        match &self.principal {
            Principal::Identity(identity) => identity.arn(),
            Principal::Device(device) => device.principal(),
            Principal::Anonymous(_) => "anonymous",
            Principal::Server => "the server",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestApp;

    #[tokio::test]
    async fn the_server_itself_has_no_permissions() {
        let test = TestApp::new().await;
        let server = Caller::server(test.app.ctx());
        assert!(server.identity().is_err());
        let asked = test.app.iam.may(&server, "iot:CreateThing", "*", &[]).await;
        assert!(asked.is_err());
        let root = test.app.iam.root();
        let asked = test.app.iam.may(&root, "iot:CreateThing", "*", &[]).await;
        assert!(asked.is_ok());
    }
}
