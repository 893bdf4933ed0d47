//! Who sends a request: its signature, read and held against the key it names.

use super::Request;
use super::call::Failure;
use super::s3::Sent;
use super::service::{self, Bodies, Row};
use crate::app::iam::{Credential, Identity};
use crate::app::{App, Error};
use nameplate_aws::sigv2::Link;
use nameplate_aws::sigv4::{AuthFailure, Body, SignedRequest};
use nameplate_core::ctx::Ctx;
use std::sync::Arc;

/// Bytes of a body whose signature is checked apart from other work; no operation of AWS's takes as many.
const LARGE_BODY: usize = 4 * 1024 * 1024;

/// A signature that can be read and is not verified yet.
#[allow(
    clippy::large_enum_variant,
    reason = "nearly all are of the large kind, and there is one for each call"
)]
pub enum Signed {
    /// Signature version 4, which names its service.
    V4(SignedRequest),
    /// A link by signature version 2, of a service that takes them.
    Link(&'static Row, Box<Link>),
}

impl Signed {
    /// Finds the signature of a request.
    pub fn read(app: &App, request: &Request<'_>) -> Result<Self, AuthFailure> {
        if let Some(row) = service::signed_for(request)
            && let Some(links) = row.links
            && let Some(link) = links(app, request)?
        {
            return Ok(Self::Link(row, Box::new(link)));
        }
        let parsed = SignedRequest::parse(request.method, request.target, &request.headers)?;
        Ok(Self::V4(parsed))
    }

    fn access_key(&self) -> (&str, Option<&str>) {
        match self {
            Self::V4(parsed) => (parsed.access_key(), parsed.security_token()),
            Self::Link(_, link) => (link.access_key(), link.security_token()),
        }
    }
}

/// Who calls. Where bodies are streamed, leaves in `sent` what the signature says of this one.
pub async fn authenticate(
    app: &Arc<App>,
    request: &Request<'_>,
    signed: &Signed,
    bodies: Bodies,
    sent: &mut Sent,
    ctx: &Ctx,
) -> Result<Identity, Failure> {
    let (access_key, token) = signed.access_key();
    let credential = credential(app, access_key, token, ctx).await?;
    // A client signs by its own clock, which nobody moves here.
    let now = app.time().machine();
    match signed {
        Signed::Link(_, link) => {
            link.verify(&credential.key.secret, now.0)?;
            sent.expect_unsigned(&request.headers)?;
        }
        Signed::V4(parsed) => {
            let key = app.iam.signing_key(&credential, parsed.scope());
            let body = match bodies {
                Bodies::Whole(_) => Body::Bytes(request.body),
                Bodies::Streamed => Body::Unread,
            };
            let verified = async { parsed.verify_with(&key, body, now.0) };
            // A digest of that many bytes takes its time.
            match request.body.len() > LARGE_BODY {
                true => app.heavily(verified).await,
                false => verified.await,
            }?;
            if let Bodies::Streamed = bodies {
                sent.expect_signed(parsed, key, &request.headers)?;
            }
        }
    }
    Ok(app.iam.identity(credential, request.origin()))
}

/// The credential of an access key that is sent with a session token or without.
pub(super) async fn credential(
    app: &Arc<App>,
    access_key: &str,
    token: Option<&str>,
    ctx: &Ctx,
) -> Result<Arc<Credential>, Failure> {
    let unknown = || AuthFailure::UnknownAccessKey {
        access_key: access_key.to_owned(),
    };
    let found: Result<_, Error> = app.iam.credential(access_key).await;
    let Some(credential) = found? else {
        return Err(unknown().into());
    };
    let token_right = match (&credential.key.session_token, token) {
        (None, None) => true,
        (Some(issued), Some(sent)) => {
            aws_lc_rs::constant_time::verify_slices_are_equal(issued.as_bytes(), sent.as_bytes())
                .is_ok()
        }
        _ => false,
    };
    if !token_right {
        return Err(unknown().into());
    }
    if credential.key.expires.is_some_and(|at| at < ctx.now) {
        return Err(AuthFailure::ExpiredToken.into());
    }
    Ok(credential)
}
