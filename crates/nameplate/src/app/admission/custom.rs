//! Custom authorizers on real connections: which one is asked, what it answers, and for how long that holds.
//!
//! AWS guide: custom-authentication. Every protocol comes here with what its client has shown. Fails closed: nothing but a
//! valid answer that says so lets anybody in. Must not know MQTT, HTTP or how a policy decides.

use super::attempt::Stage;
use super::authorize::Asker;
use super::{Admission, Admitted, Permit, Refused, Who};
use crate::app::error::{Error, Kind, Result};
use crate::app::functions::{Silence, Source};
use crate::app::iam::IOT_SERVICE;
use crate::app::ids;
use crate::app::spent::{MOST_ELSEWHERE, Spend};
use nameplate_core::custom_auth::{
    Answer, Credentials, Event, NoAuthorizer, ProtocolData, check_token, choose,
};
use nameplate_core::escape;
use nameplate_core::policy::{
    self, Association, Context, Dialect, NamedPolicy, PolicyDocument, PolicySet,
};
use nameplate_core::registry::authorizer::Authorizer;
use nameplate_core::registry::domain::Domain;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

/// How long an authorizer's function may take (AWS guide: custom-auth-lambda).
pub(super) const LIMIT: Duration = Duration::from_secs(5);
/// Longest token, characters (API: `Token`).
const TOKEN: usize = 6144;
/// Longest signature of a token, characters (API: `TokenSignature`).
const SIGNATURE: usize = 2560;

/// What somebody shows who wants in by a custom authorizer. Cannot be printed: nearly all of it may be secret.
#[derive(Clone)]
pub struct Offer {
    /// What the protocols told: of the client's TLS, its HTTP request, its CONNECT.
    pub data: ProtocolData,
    /// The domain configuration whose name was dialled.
    pub domain: Option<Arc<Domain>>,
    /// The peer's address.
    pub address: IpAddr,
}

impl std::fmt::Debug for Offer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Offer(…)")
    }
}

impl Offer {
    /// The credentials, wherever they stand.
    pub fn credentials(&self) -> Credentials {
        let http = self.data.http.as_ref().map(Credentials::of_http);
        let username = self
            .data
            .mqtt
            .as_ref()
            .and_then(|mqtt| mqtt.username.as_deref());
        let of_connect = username.map(Credentials::of_username).unwrap_or_default();
        http.unwrap_or_default().or(of_connect)
    }

    /// Whether it came over TLS.
    fn is_encrypted(&self) -> bool {
        self.data.tls.is_some()
    }

    /// Where it comes from, as far as a peer cannot choose.
    fn source(&self) -> IpAddr {
        match self.address.to_canonical() {
            IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() >> 64 << 64)),
            ip @ IpAddr::V4(_) => ip,
        }
    }

    /// Whose guess it is: the name without what follows it, or the client identifier.
    fn user(&self) -> &str {
        let Some(mqtt) = &self.data.mqtt else {
            return "";
        };
        let name = mqtt.username.as_deref().unwrap_or_default();
        let name = name.split('?').next().unwrap_or_default();
        match name {
            "" => mqtt.client_id.as_deref().unwrap_or_default(),
            name => name,
        }
    }
}

/// Somebody whom an authorizer's function knows.
#[derive(Debug, Clone)]
pub struct Authenticated {
    /// The authorizer that was asked.
    pub authorizer: Arc<str>,
    /// `principalId` of the answer.
    pub principal: Arc<str>,
    /// What it may do, by the policies of the answer alone.
    pub policies: Arc<PolicySet>,
    /// When the function is to be asked again, from its answer on.
    pub refresh_after: Option<Duration>,
    /// How long the connection may last; what a later answer says of it has no effect.
    pub disconnect_after: Duration,
    /// The certificate that was asked for beside the authorizer.
    pub certificate: Option<Admitted>,
    id: Arc<str>,
    offer: Arc<Offer>,
}

fn refuse<T>(code: &str, reason: impl Into<String>) -> std::result::Result<T, Refused> {
    Err(Refused::new(Stage::Authenticated, code, reason))
}

fn not_slowed(seconds: u64) -> std::result::Result<(), Refused> {
    match seconds {
        0 => Ok(()),
        seconds => refuse(
            "authorizer-slowed",
            format!(
                "too many attempts have failed from this address; the next may be made in {seconds} s"
            ),
        ),
    }
}

fn code(why: Silence) -> &'static str {
    match why {
        Silence::Absent => "authorizer-function-absent",
        Silence::NotPermitted => "authorizer-not-permitted",
        Silence::Throttled => "authorizer-throttled",
        Silence::Late => "authorizer-timeout",
        Silence::Failed => "authorizer-failed",
        Silence::Internal => "internal",
    }
}

/// Whether a refusal is what somebody who guesses would be told.
fn is_guess(refused: &Refused) -> bool {
    [
        "authorizer-absent",
        "authorizer-signature",
        "authorizer-denied",
        "authorizer-failed",
    ]
    .contains(&refused.code.as_str())
}

impl Admission {
    /// Whether somebody who shows these credentials would be asked after by an authorizer: one is named, or there is a
    /// default.
    pub async fn has_authorizer(
        &self,
        credentials: &Credentials,
        domain: Option<&Domain>,
    ) -> std::result::Result<bool, Refused> {
        if credentials.concern_authorizer()
            || domain.is_some_and(|domain| domain.authorizer.is_some())
        {
            return Ok(true);
        }
        let default = self.default_name().await;
        let default = default.map_err(|error| Refused::internal(Stage::Authenticated, &error))?;
        Ok(default.is_some())
    }

    /// Whether anybody could be let in by an authorizer at all.
    pub async fn has_active_authorizers(&self) -> std::result::Result<bool, Refused> {
        let all = self.registry.custom_authorizers().await;
        let all = all.map_err(|error| Refused::internal(Stage::Authenticated, &error))?;
        Ok(all.iter().any(|authorizer| authorizer.active))
    }

    async fn default_name(&self) -> Result<Option<String>> {
        match self.registry.default_authorizer().await {
            Ok(found) => Ok(Some(found.name)),
            Err(none) if none.kind == Kind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Asks the authorizer that the credentials name, or the default one, who this is and what it may do.
    ///
    /// # Errors
    /// With a code that says why not, and nothing of what was shown.
    pub async fn admit_by_authorizer(
        &self,
        offer: Offer,
    ) -> std::result::Result<Authenticated, Refused> {
        let now = self.kernel.now();
        not_slowed(self.guesses.wait(offer.source(), offer.user(), now))?;
        let (source, user) = (offer.source(), offer.user().to_owned());
        let known = self.authenticate(offer).await;
        let right = match &known {
            Ok(_) => true,
            Err(refused) if is_guess(refused) => false,
            Err(_) => return known,
        };
        not_slowed(self.guesses.judged(source, &user, right, self.kernel.now()))?;
        if !right {
            self.kernel.spent.note(|| Spend::Guess { source, user });
        }
        known
    }

    /// So many attempts have failed at another node.
    pub(crate) fn guessed_elsewhere(&self, source: IpAddr, user: &str, count: u32) {
        let now = self.kernel.now();
        for _ in 0..count.min(MOST_ELSEWHERE) {
            self.guesses.failed(source, user, now);
        }
    }

    async fn authenticate(&self, offer: Offer) -> std::result::Result<Authenticated, Refused> {
        let (authorizer, answer, id) = self.ask_for_connection(&offer).await?;
        let name = authorizer.name.as_str().into();
        self.authenticated(&authorizer, name, id.into(), answer, Arc::new(offer))
    }

    /// Asks again about an open connection, as the answer told to: what its client may do from now on.
    ///
    /// # Errors
    /// Where it may not stay; internal where that cannot be found out now.
    pub async fn refresh(&self, permit: &Permit) -> std::result::Result<Permit, Refused> {
        let Who::Custom(before) = &permit.asker.who else {
            return Ok(permit.clone());
        };
        let again = Authenticated {
            certificate: before.certificate.clone(),
            ..self.ask_again(before).await?
        };
        let asker = Asker {
            who: Who::Custom(Arc::new(again)),
            ..Asker::clone(&permit.asker)
        };
        self.permit(Arc::new(asker), None).await
    }

    async fn ask_again(
        &self,
        before: &Authenticated,
    ) -> std::result::Result<Authenticated, Refused> {
        let authorizer = self.authorizer_named(&before.authorizer).await?;
        let (offer, id) = (Arc::clone(&before.offer), Arc::clone(&before.id));
        let answer = self.ask_function(&authorizer, &offer, &id).await?;
        let name = Arc::clone(&before.authorizer);
        let again = self.authenticated(&authorizer, name, id, answer, offer)?;
        if again.principal != before.principal {
            return refuse(
                "authorizer-answer",
                format!(
                    "asked again, the function {} names another principalId",
                    authorizer.function_arn
                ),
            );
        }
        Ok(again)
    }

    fn authenticated(
        &self,
        authorizer: &Authorizer,
        name: Arc<str>,
        id: Arc<str>,
        answer: Answer,
        offer: Arc<Offer>,
    ) -> std::result::Result<Authenticated, Refused> {
        let function = &authorizer.function_arn;
        if !answer.authenticated {
            return refuse(
                "authorizer-denied",
                format!(
                    "the function {function} of the authorizer {name} answered that it does not know the client"
                ),
            );
        }
        let internal = |error| Refused::internal(Stage::Authenticated, &error);
        let policies = self.compile(&name, &answer.policies).map_err(internal)?;
        let seconds = |seconds: u32| Duration::from_secs(u64::from(seconds));
        Ok(Authenticated {
            authorizer: name,
            principal: answer.principal.unwrap_or_default().into(),
            policies,
            refresh_after: answer.refresh_after.map(seconds),
            disconnect_after: seconds(answer.disconnect_after),
            certificate: None,
            id,
            offer,
        })
    }

    fn compile(&self, authorizer: &str, documents: &[String]) -> Result<Arc<PolicySet>> {
        let mut policies = Vec::with_capacity(documents.len());
        for (at, document) in documents.iter().enumerate() {
            // They were checked with the answer.
            let document =
                PolicyDocument::parse(document, Dialect::Iot).map_err(Error::internal)?;
            policies.push(NamedPolicy {
                name: format!("policyDocuments[{at}] of the authorizer {authorizer}").into(),
                document: Arc::new(document),
            });
        }
        Ok(Arc::new(PolicySet::new(self.kernel.realm(), policies)))
    }

    async fn authorizer_named(&self, name: &str) -> std::result::Result<Authorizer, Refused> {
        let shown = escape::line(name);
        let authorizer = match self.registry.custom_authorizer(name).await {
            Ok(found) => found,
            Err(none) if none.kind == Kind::NotFound => {
                return refuse(
                    "authorizer-absent",
                    format!("there is no authorizer of the name {shown:?}"),
                );
            }
            Err(error) => return Err(Refused::internal(Stage::Authenticated, &error)),
        };
        match authorizer.active {
            true => Ok(authorizer),
            false => refuse(
                "authorizer-inactive",
                format!("the authorizer {shown} is INACTIVE"),
            ),
        }
    }

    /// The authorizer that is to be asked about these credentials.
    pub(super) async fn authorizer_for(
        &self,
        offer: &Offer,
    ) -> std::result::Result<Authorizer, Refused> {
        let credentials = offer.credentials();
        let internal = |error| Refused::internal(Stage::Authenticated, &error);
        let default = self.default_name().await.map_err(internal)?;
        let domain = offer.domain.as_deref();
        let name = choose(credentials.authorizer(), domain, default.as_deref());
        match name {
            Ok(name) => self.authorizer_named(name).await,
            Err(none) => {
                let code = match none {
                    NoAuthorizer::Unnamed => "authorizer-unnamed",
                    NoAuthorizer::Fixed { .. } => "authorizer-fixed",
                };
                refuse(code, none.to_string())
            }
        }
    }

    async fn ask_for_connection(
        &self,
        offer: &Offer,
    ) -> std::result::Result<(Authorizer, Answer, String), Refused> {
        let authorizer = self.authorizer_for(offer).await?;
        let id = ids::uuid();
        let answer = self.ask_function(&authorizer, offer, &id).await?;
        Ok((authorizer, answer, id))
    }

    /// Checks the token and asks the function.
    async fn ask_function(
        &self,
        authorizer: &Authorizer,
        offer: &Offer,
        id: &str,
    ) -> std::result::Result<Answer, Refused> {
        let credentials = offer.credentials();
        let key = authorizer.token_key.as_deref();
        let token = key.and_then(|key| credentials.token(key));
        let signature = credentials.signature();
        let long = |text: Option<&str>, most| text.is_some_and(|text| text.len() > most);
        if long(token, TOKEN) || long(signature, SIGNATURE) {
            return refuse(
                "authorizer-signature",
                format!("a token has at most {TOKEN} characters, and its signature {SIGNATURE}"),
            );
        }
        let verified = match check_token(authorizer, token, signature) {
            Ok(verified) => verified,
            Err(bad) => return refuse("authorizer-signature", bad.to_string()),
        };
        let event = Event::new(
            token.map(str::to_owned),
            verified,
            offer.data.clone(),
            id.to_owned(),
        );
        let source = Source {
            service: IOT_SERVICE,
            role: None,
            arn: self.kernel.realm().authorizer(&authorizer.name),
        };
        let function = &authorizer.function_arn;
        let ctx = self.kernel.ctx();
        let asked = self
            .functions
            .ask(&ctx, &source, function, &event, LIMIT)
            .await;
        let payload = asked.map_err(|silent| Refused {
            internal: silent.why == Silence::Internal,
            ..Refused::new(Stage::Authenticated, code(silent.why), silent.reason)
        })?;
        Answer::parse(&payload).or_else(|why| {
            refuse(
                "authorizer-answer",
                format!(
                    "the answer of the function {function} cannot be believed: {}",
                    escape::line(&why.to_string())
                ),
            )
        })
    }

    /// What somebody whom an authorizer knows may do on a connection.
    pub(super) fn authorizer_of(&self, known: &Authenticated, asker: &Asker) -> policy::Authorizer {
        let context = Context {
            client_id: Some(asker.client_id.clone()),
            source_ip: Some(asker.source_ip),
            secure_transport: Some(known.offer.is_encrypted()),
            now: Some(self.kernel.now()),
            connect: Some(asker.connect.clone()),
            association: Association::None,
            ..Context::default()
        };
        policy::Authorizer::build(Arc::clone(&known.policies), Arc::new(context))
    }
}
