//! What a device may ask over HTTP, by the certificate of its handshake or because a custom authorizer knows it.
//!
//! There is no client id then, nor a connection of a thing: variables of either have no value, and `iot:Connect` is asked
//! of nobody. [AWS guide: http, thing-policy-variables]

use super::attempt::{Attempt, Stage};
use super::{Admission, Admit, Admitted, Entrance, Offer, OverHttp, Peer, Refused, Who};
use crate::app::error::{Error, Kind, Result};
use crate::app::iam::PublishPermit;
use nameplate_core::ctx::Ctx;
use nameplate_core::custom_auth::{Kept, Shown};
use nameplate_core::policy::resource::ResourceKind;
use nameplate_core::policy::{Association, Context, Decision, PolicySet, Request, decide};
use parking_lot::Mutex;
use std::net::IpAddr;
use std::sync::Arc;

/// A device that asks over HTTP: its certificate is registered and ACTIVE, or an authorizer knows it.
#[derive(Debug, Clone)]
pub struct Requester {
    policies: Arc<PolicySet>,
    context: Arc<Context>,
    principal: String,
    source_ip: IpAddr,
    // Its certificate, where it asks by that.
    admitted: Option<Admitted>,
}

/// What authorizers have answered on one HTTP connection, where they have `enableCachingForHttp`.
#[derive(Default)]
pub struct Answers(Mutex<Kept<Known>>);

/// Whom an authorizer knows, as far as a request needs it.
#[derive(Clone)]
struct Known {
    principal: Arc<str>,
    policies: Arc<PolicySet>,
}

impl Requester {
    /// Id of its certificate, or what the authorizer calls it.
    pub fn principal(&self) -> &str {
        &self.principal
    }

    /// Address that it asks from.
    pub(crate) fn source_ip(&self) -> IpAddr {
        self.source_ip
    }

    /// What the policies say of an action on a resource, by its ARN. `keys` are condition keys that the request has beside
    /// those of its asker.
    pub fn decide(&self, action: &str, resource: &str, keys: &[(String, String)]) -> Decision {
        let request = Request { action, resource };
        let policies = self.policies.policies();
        if keys.is_empty() {
            return decide(policies, request, &self.context);
        }
        let context = keys
            .iter()
            .fold(Context::clone(&self.context), |context, (key, value)| {
                context.with(key, value.as_str())
            });
        decide(policies, request, &context)
    }

    /// Whether the device may do this; the refusal says why.
    pub fn may(&self, action: &str, resource: &str, keys: &[(String, String)]) -> Result<()> {
        let decision = self.decide(action, resource, keys);
        match decision.is_allowed() {
            true => Ok(()),
            false => Err(Error::denied(decision.to_string())),
        }
    }

    /// Whether it may publish to the topic, with RETAIN or without.
    pub fn may_publish(&self, ctx: &Ctx, topic: &str, retain: bool) -> Result<PublishPermit> {
        let arn = ResourceKind::Topic.arn(&ctx.realm, topic);
        self.may("iot:Publish", &arn, &[])?;
        if retain {
            self.may("iot:RetainPublish", &arn, &[])?;
        }
        Ok(PublishPermit::of_device(
            topic,
            retain,
            &self.principal,
            self.source_ip,
        ))
    }
}

impl Admission {
    /// Decides by its certificate whether a peer may ask. A first request registers or provisions it as a first
    /// connection would. What is refused goes on record, and so does a first request; others do not.
    ///
    /// # Errors
    /// Denied, with the reason of the refusal.
    pub async fn requester(&self, peer: Peer, attempt: Attempt) -> Result<Requester> {
        let source_ip = peer.address.ip().to_canonical();
        let (admitted, _) = self.admitted_over_https(peer, attempt).await?;
        self.requester_of(&admitted, source_ip).await
    }

    pub(super) async fn requester_of(
        &self,
        admitted: &Admitted,
        source_ip: IpAddr,
    ) -> Result<Requester> {
        let policies = self.policies_over_https(admitted, None).await?;
        let context = self.context_over_https(admitted, source_ip, Association::NotAsked);
        Ok(Requester {
            policies,
            context: Arc::new(context),
            principal: hex::encode(admitted.hash),
            source_ip,
            admitted: Some(admitted.clone()),
        })
    }

    /// The same device with the policies that it has now. Those that an authorizer answered are the same.
    ///
    /// # Errors
    /// Denied, where its certificate is ACTIVE no more.
    pub(crate) async fn requester_again(&self, requester: &Requester) -> Result<Requester> {
        let Some(admitted) = &requester.admitted else {
            return Ok(requester.clone());
        };
        let active = self.check_active(admitted, None).await;
        active.map_err(|refused| turned_away(&refused))?;
        self.requester_of(admitted, requester.source_ip).await
    }

    /// The certificate of a peer that asks, registered and ACTIVE, and the record so far, in case more is refused.
    pub(super) async fn admitted_over_https(
        &self,
        peer: Peer,
        mut attempt: Attempt,
    ) -> Result<(Admitted, Attempt)> {
        let admitted = match self.admit(peer, &mut attempt).await {
            Admit::Enter(Who::Certificate(admitted)) => admitted,
            Admit::Enter(Who::Claim(..)) => {
                let why = "a temporary claim is for MQTT alone";
                let refused = Refused::new(Stage::Authorized, "policy-denied", why);
                return Err(self.turn_away(attempt, refused).await);
            }
            Admit::Enter(Who::Late(_)) => {
                let why = "the certificate has expired; it may be renewed and do nothing else";
                let refused = Refused::new(Stage::Certificate, "certificate-expired", why);
                return Err(self.turn_away(attempt, refused).await);
            }
            Admit::Enter(Who::Caller(_) | Who::Custom(_)) | Admit::Ask(_) => {
                return Err(Error::internal("a peer is none of a certificate"));
            }
            Admit::Refuse(refused) => return Err(self.turn_away(attempt, refused).await),
            Admit::First(newcomer) => {
                // The client's end of a request is not watched; the wait has a limit of its own.
                let gone = std::future::pending();
                match self.enter(*newcomer, &mut attempt, gone).await {
                    Entrance::Enter(admitted) => {
                        attempt.passed(Stage::Authorized, self.kernel.now());
                        self.record_connected(attempt.clone()).await;
                        admitted
                    }
                    Entrance::Refuse(refused) => {
                        return Err(self.turn_away(attempt, refused).await);
                    }
                    Entrance::ComeBack => {
                        self.record_come_back(attempt).await;
                        let why = "the certificate has been registered; ask once more";
                        return Err(Error::denied(why));
                    }
                }
            }
        };
        Ok((admitted, attempt))
    }

    /// Decides by its certificate whether a peer may ask for the successor of it: also when it has expired, where its owner
    /// lets it. The id of the certificate.
    ///
    /// # Errors
    /// Denied, with the reason of the refusal.
    pub async fn renewer(&self, peer: Peer, attempt: Attempt) -> Result<String> {
        if let Some(leaf) = peer.chain.first()
            && let Some(late) = self.late(&peer, leaf).await?
        {
            return Ok(late.principal());
        }
        let requester = self.requester(peer, attempt).await?;
        Ok(requester.principal().to_owned())
    }

    pub(super) fn context_over_https(
        &self,
        admitted: &Admitted,
        source_ip: IpAddr,
        association: Association,
    ) -> Context {
        Context {
            source_ip: Some(source_ip),
            secure_transport: Some(true),
            now: Some(self.kernel.now()),
            association,
            certificate: Some(Arc::new(super::authorize::certificate_facts(
                &admitted.certificate,
            ))),
            ..Context::default()
        }
    }

    /// Asks an authorizer who makes a request and what may be asked for in it. What it has answered before on the same
    /// connection is `kept` where it may be, and holds. What is refused goes on record; the caller hears no reason.
    ///
    /// # Errors
    /// Denied; Unavailable where it cannot be decided now.
    pub async fn requester_by_authorizer(
        &self,
        caller: OverHttp,
        kept: &Answers,
        mut attempt: Attempt,
    ) -> Result<Requester> {
        let (source_ip, encrypted) = (caller.address.to_canonical(), caller.peer.is_some());
        let known = match self.meet_over_http(caller, &mut attempt).await {
            Ok(guest) => self.known_over_http(guest.offer, kept).await,
            Err(refused) => Err(refused),
        };
        match known {
            Ok(known) => Ok(Requester {
                policies: known.policies,
                context: Arc::new(Context {
                    source_ip: Some(source_ip),
                    secure_transport: Some(encrypted),
                    now: Some(self.kernel.now()),
                    association: Association::NotAsked,
                    ..Context::default()
                }),
                principal: known.principal.as_ref().to_owned(),
                source_ip,
                admitted: None,
            }),
            Err(refused) => {
                let error = refused.told();
                self.record_refused(attempt, &refused).await;
                Err(error)
            }
        }
    }

    async fn known_over_http(
        &self,
        offer: Offer,
        kept: &Answers,
    ) -> std::result::Result<Known, Refused> {
        let shown = offer.data.http.as_ref().map(Shown::of);
        // Whatever is wrong with it is found once more, and counts then.
        let authorizer = self.authorizer_for(&offer).await.ok();
        let keeping = authorizer.filter(|one| one.cache_http).zip(shown);
        if let Some((authorizer, shown)) = &keeping
            && let Some(known) = kept.0.lock().find(authorizer, shown, self.kernel.now())
        {
            return Ok(known);
        }
        let answered = self.admit_by_authorizer(offer).await?;
        let known = Known {
            principal: answered.principal,
            policies: answered.policies,
        };
        if let (Some((authorizer, shown)), Some(after)) = (keeping, answered.refresh_after) {
            let seconds = after.min(answered.disconnect_after).as_secs();
            let now = self.kernel.now();
            let mut kept = kept.0.lock();
            kept.keep(authorizer, shown, known.clone(), now, seconds);
        }
        Ok(known)
    }

    async fn turn_away(&self, attempt: Attempt, refused: Refused) -> Error {
        let error = turned_away(&refused);
        self.record_refused(attempt, &refused).await;
        error
    }
}

/// A device is told why it may not ask.
fn turned_away(refused: &Refused) -> Error {
    match refused.internal {
        true => Error::new(Kind::Unavailable, refused.reason.clone()),
        false => Error::denied(refused.reason.clone()),
    }
}
