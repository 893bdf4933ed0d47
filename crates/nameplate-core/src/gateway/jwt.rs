//! Tokens that JWT authorizers of HTTP APIs take: read, held against the issuer's keys and against what the authorizer and
//! the route ask for. [API Gateway developer guide: JWT authorizers; RFC 7515, 7517, 7518, 7519]

use super::Refusal;
use crate::ctx::Millis;
use aws_lc_rs::signature::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
    RsaParameters, RsaPublicKeyComponents,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use thiserror::Error;

/// Keys of an issuer that are looked at; it has a few.
const KEYS: usize = 100;

/// Why a token does not count. The texts are told to clients, and have nothing of the token in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refused {
    /// It is no token, or none of this issuer for this API.
    #[error("{0}")]
    Token(&'static str),
    /// It has none of the scopes that the route asks for.
    #[error("the token has none of the scopes that the route asks for")]
    Scope,
}

/// A token, read and not yet verified.
#[derive(Debug)]
pub struct Token<'t> {
    parameters: &'static RsaParameters,
    /// Which of the issuer's keys it says signed it.
    pub key: Option<String>,
    signed: &'t [u8],
    signature: Vec<u8>,
    claims: Map<String, Value>,
}

/// The RSA keys of an issuer, as its `jwks_uri` has them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keys(Vec<Key>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Key {
    id: Option<String>,
    modulus: Vec<u8>,
    exponent: Vec<u8>,
}

/// Whether a JWT authorizer, in AWS's shape, can be asked here.
///
/// # Errors
/// What is wrong.
pub fn check_authorizer(authorizer: &Value) -> Result<(), Refusal> {
    let wrong = |text: &str| Err(Refusal::Invalid(text.to_owned()));
    let of_functions = [
        "authorizerUri",
        "authorizerPayloadFormatVersion",
        "authorizerResultTtlInSeconds",
    ];
    if of_functions
        .iter()
        .any(|name| authorizer.get(name).is_some())
        || authorizer["enableSimpleResponses"] == true
    {
        return wrong(
            "AuthorizerUri, AuthorizerPayloadFormatVersion, AuthorizerResultTtlInSeconds and EnableSimpleResponses are not for JWT authorizers",
        );
    }
    let sources = authorizer["identitySource"].as_array();
    let sources = sources.map(Vec::as_slice).unwrap_or_default();
    let source = match sources {
        [source] => source.as_str().unwrap_or_default(),
        _ => return wrong("A JWT authorizer has exactly one identity source"),
    };
    let known = ["$request.header.", "$request.querystring."];
    if !known
        .iter()
        .any(|prefix| source.len() > prefix.len() && source.starts_with(prefix))
    {
        return Err(Refusal::Invalid(format!(
            "Invalid identity source: {source}"
        )));
    }
    let configured = &authorizer["jwtConfiguration"];
    let audience = configured["audience"].as_array();
    if audience.is_none_or(Vec::is_empty) {
        return wrong("Audience is a required parameter for JWT authorizers");
    }
    match configured["issuer"].as_str() {
        Some(issuer) if may_be_asked(issuer) => Ok(()),
        Some(_) => wrong(
            "Invalid issuer: it must be an https URL, or an http one of this machine's loopback addresses, without query and fragment",
        ),
        None => wrong("Issuer is a required parameter for JWT authorizers"),
    }
}

/// Whether keys may be asked for at a URL: whoever is on the way must not be able to put others in their place.
pub fn may_be_asked(url: &str) -> bool {
    let printable = url.bytes().all(|byte| (b'!'..=b'~').contains(&byte));
    let Some((scheme, rest)) = url.split_once("://") else {
        return false;
    };
    let host = rest.split('/').next().unwrap_or_default();
    let name = match host.strip_prefix('[') {
        Some(inner) => inner.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let local = name == "localhost"
        || name
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback());
    printable
        && !name.is_empty()
        && !url.contains(['?', '#', '@', '\\'])
        && (scheme == "https" || scheme == "http" && local)
}

/// Where an issuer says where its keys are. OpenID Connect Discovery 1.0, 4.
pub fn discovery(issuer: &str) -> String {
    let issuer = issuer.trim_end_matches('/');
    format!("{issuer}/.well-known/openid-configuration")
}

/// Where the keys are, by the issuer's document.
///
/// # Errors
/// It is none, is another issuer's, or names a place that cannot be asked.
pub fn keys_at(document: &[u8], issuer: &str) -> Result<String, &'static str> {
    let document: Value =
        serde_json::from_slice(document).map_err(|_| "its discovery document is not JSON")?;
    let told = document["issuer"].as_str().unwrap_or_default();
    if told.trim_end_matches('/') != issuer.trim_end_matches('/') {
        return Err("its discovery document is of another issuer");
    }
    match document["jwks_uri"].as_str() {
        Some(url) if may_be_asked(url) => Ok(url.to_owned()),
        _ => Err("its discovery document has no jwks_uri of https"),
    }
}

fn decoded(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()
}

impl Keys {
    /// Reads a set of keys; what is no RSA key for signatures is left out.
    ///
    /// # Errors
    /// It is no set of keys.
    pub fn read(document: &[u8]) -> Result<Self, &'static str> {
        let document: Value =
            serde_json::from_slice(document).map_err(|_| "its keys are not JSON")?;
        let all = document["keys"].as_array().ok_or("it has no keys")?;
        let number = |key: &Value, name: &str| {
            let bytes = decoded(key[name].as_str()?)?;
            let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
            Some(bytes[zeros..].to_vec())
        };
        let key = |key: &Value| {
            let signs = key["use"].as_str().is_none_or(|of| of == "sig");
            (signs && key["kty"] == "RSA").then_some(())?;
            Some(Key {
                id: key["kid"].as_str().map(str::to_owned),
                modulus: number(key, "n")?,
                exponent: number(key, "e")?,
            })
        };
        Ok(Self(all.iter().take(KEYS).filter_map(key).collect()))
    }

    /// Whether there is a key that a token with this `kid` can be signed with.
    pub fn has(&self, id: Option<&str>) -> bool {
        self.of(id).next().is_some()
    }

    fn of<'k>(&'k self, id: Option<&'k str>) -> impl Iterator<Item = &'k Key> {
        self.0
            .iter()
            .filter(move |key| id.is_none() || key.id.as_deref() == id)
    }
}

impl<'t> Token<'t> {
    /// Reads a token, with or without `Bearer` before it.
    ///
    /// # Errors
    /// It is none, or not signed by RSASSA-PKCS1-v1_5, which is all that the service takes.
    pub fn read(text: &'t str) -> Result<Self, Refused> {
        let text = match text.get(..7) {
            Some(scheme) if scheme.eq_ignore_ascii_case("bearer ") => text[7..].trim(),
            _ => text.trim(),
        };
        let parts: Vec<&str> = text.split('.').collect();
        let [header, claims, signature] = parts[..] else {
            return Err(Refused::Token("the token has not three parts"));
        };
        let object = |part: &str| -> Option<Map<String, Value>> {
            serde_json::from_slice(&decoded(part)?).ok()
        };
        let unread = Refused::Token("the token cannot be read");
        let header_members = object(header).ok_or(unread)?;
        // What must be understood and is not makes a token void (RFC 7515, 4.1.11).
        if header_members.contains_key("crit") {
            return Err(unread);
        }
        let parameters = match header_members.get("alg").and_then(Value::as_str) {
            Some("RS256") => &RSA_PKCS1_2048_8192_SHA256,
            Some("RS384") => &RSA_PKCS1_2048_8192_SHA384,
            Some("RS512") => &RSA_PKCS1_2048_8192_SHA512,
            _ => return Err(Refused::Token("the signing method is not RSA's")),
        };
        Ok(Self {
            parameters,
            key: header_members
                .get("kid")
                .and_then(Value::as_str)
                .map(str::to_owned),
            signed: &text.as_bytes()[..header.len() + 1 + claims.len()],
            signature: decoded(signature).ok_or(unread)?,
            claims: object(claims).ok_or(unread)?,
        })
    }

    /// The claims as a function's event has them, all of them texts, once the token is one of an issuer's keys, for the
    /// authorizer `configured`, with one of the `scopes` where there are some.
    ///
    /// # Errors
    /// Why it does not count.
    pub fn verified(
        self,
        keys: &Keys,
        configured: &Value,
        scopes: &[&str],
        now: Millis,
    ) -> Result<Map<String, Value>, Refused> {
        let made = |key: &Key| {
            let components = RsaPublicKeyComponents {
                n: &key.modulus,
                e: &key.exponent,
            };
            components
                .verify(self.parameters, self.signed, &self.signature)
                .is_ok()
        };
        if !keys.of(self.key.as_deref()).any(made) {
            return Err(Refused::Token("the signature is none of the issuer's keys"));
        }
        self.fits(configured, now)?;
        let has = self.scopes();
        if !scopes.is_empty() && !scopes.iter().any(|scope| has.contains(scope)) {
            return Err(Refused::Scope);
        }
        let claims = self.claims.into_iter();
        Ok(claims
            .map(|(name, value)| (name, Value::String(text(&value))))
            .collect())
    }

    fn fits(&self, configured: &Value, now: Millis) -> Result<(), Refused> {
        let claim = |name: &str| self.claims.get(name);
        if claim("iss") != configured.get("issuer") {
            return Err(Refused::Token("the token is of another issuer"));
        }
        let audience = configured["audience"].as_array();
        let wanted = |of: &Value| audience.is_some_and(|all| all.contains(of));
        let meant = match claim("aud") {
            Some(Value::Array(all)) => all.iter().any(wanted),
            Some(one) => wanted(one),
            // As tokens of Cognito have it.
            None => claim("client_id").is_some_and(wanted),
        };
        if !meant {
            return Err(Refused::Token("the token is for another audience"));
        }
        let seconds = now.0 as f64 / 1000.0;
        let at = |name: &str| claim(name).map(|at| at.as_f64());
        match at("exp") {
            Some(Some(end)) if end > seconds => {}
            Some(Some(_)) => return Err(Refused::Token("the token has expired")),
            _ => return Err(Refused::Token("the token has no end")),
        }
        for name in ["nbf", "iat"] {
            if at(name).is_some_and(|at| at.is_none_or(|at| at > seconds)) {
                return Err(Refused::Token("the token is not valid yet"));
            }
        }
        Ok(())
    }

    fn scopes(&self) -> Vec<&str> {
        match self.claims.get("scope").or_else(|| self.claims.get("scp")) {
            Some(Value::String(all)) => all.split_ascii_whitespace().collect(),
            Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }
}

/// A claim as functions read it: lists in brackets.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(text).collect();
            format!("[{}]", items.join(" "))
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::rsa::{KeyPair, KeySize};
    use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
    use serde_json::json;

    const NOW: Millis = Millis(1_795_448_532_345);
    const ISSUER: &str = "https://issuer.example";

    struct Issuer(KeyPair);

    impl Issuer {
        fn new() -> Self {
            Self(KeyPair::generate(KeySize::Rsa2048).expect("a key"))
        }

        fn keys(&self, id: &str) -> Keys {
            let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
            let public = self.0.public_key();
            let key = json!({"kty": "RSA", "kid": id, "use": "sig",
                "n": encode(public.modulus().big_endian_without_leading_zero()),
                "e": encode(public.exponent().big_endian_without_leading_zero())});
            let all = json!({"keys": [{"kty": "EC", "kid": id}, key]});
            Keys::read(all.to_string().as_bytes()).expect("keys")
        }

        fn token(&self, header: &Value, claims: &Value) -> String {
            let encode = |part: &[u8]| URL_SAFE_NO_PAD.encode(part);
            let signed = format!(
                "{}.{}",
                encode(header.to_string().as_bytes()),
                encode(claims.to_string().as_bytes())
            );
            let mut signature = vec![0; self.0.public_modulus_len()];
            let rng = SystemRandom::new();
            self.0
                .sign(&RSA_PKCS1_SHA256, &rng, signed.as_bytes(), &mut signature)
                .expect("signed");
            format!("{signed}.{}", encode(&signature))
        }
    }

    fn claims(change: Value) -> Value {
        let seconds = NOW.0 / 1000;
        let mut claims = json!({"iss": ISSUER, "aud": ["other", "api"], "sub": "lamp", "exp": seconds + 60,
            "nbf": seconds - 1, "iat": seconds - 1, "scope": "read write", "groups": ["a", "b"], "admin": true});
        for (name, value) in change.as_object().expect("an object") {
            claims[name] = value.clone();
        }
        claims
    }

    #[test]
    fn tokens_are_held_against_keys_issuer_audience_times_and_scopes() {
        let (issuer, other) = (Issuer::new(), Issuer::new());
        let keys = issuer.keys("k1");
        let configured = json!({"issuer": ISSUER, "audience": ["api"]});
        let header = json!({"alg": "RS256", "kid": "k1"});
        let verified = |token: &str, scopes: &[&str]| {
            Token::read(token)?.verified(&keys, &configured, scopes, NOW)
        };
        let told = |token: &str, scopes: &[&str]| match verified(token, scopes) {
            Ok(_) => "fine".to_owned(),
            Err(why) => why.to_string(),
        };
        let good = issuer.token(&header, &claims(json!({})));
        let found = verified(&format!("Bearer {good}"), &["write"]).expect("verified");
        assert_eq!(found["groups"], "[a b]");
        assert_eq!(found["admin"], "true");
        assert_eq!(found["exp"], (NOW.0 / 1000 + 60).to_string());
        assert_eq!(told(&good, &["delete", "read"]), "fine");
        assert_eq!(verified(&good, &["delete"]), Err(Refused::Scope));
        let seconds = NOW.0 / 1000;
        for (change, expected) in [
            (json!({"aud": "api"}), "fine"),
            (
                json!({"aud": "nobody", "client_id": "api"}),
                "the token is for another audience",
            ),
            (json!({"aud": null}), "the token is for another audience"),
            (
                json!({"iss": "https://issuer.example/"}),
                "the token is of another issuer",
            ),
            (json!({"exp": seconds}), "the token has expired"),
            (json!({"exp": "soon"}), "the token has no end"),
            (json!({"nbf": seconds + 5}), "the token is not valid yet"),
            (json!({"iat": seconds + 5}), "the token is not valid yet"),
            (json!({"iat": "x"}), "the token is not valid yet"),
        ] {
            let token = issuer.token(&header, &claims(change.clone()));
            assert_eq!(told(&token, &[]), expected, "{change}");
        }
        let mut of_client = claims(json!({"client_id": "api"}));
        of_client.as_object_mut().expect("an object").remove("aud");
        assert_eq!(told(&issuer.token(&header, &of_client), &[]), "fine");
        let scp = claims(json!({"scope": null, "scp": ["read"]}));
        let mut scp = scp;
        scp.as_object_mut().expect("an object").remove("scope");
        assert_eq!(told(&issuer.token(&header, &scp), &["read"]), "fine");
        // Signed by somebody else, or changed since.
        let forged = "the signature is none of the issuer's keys";
        assert_eq!(told(&other.token(&header, &claims(json!({}))), &[]), forged);
        let unknown = json!({"alg": "RS256", "kid": "k2"});
        assert_eq!(
            told(&issuer.token(&unknown, &claims(json!({}))), &[]),
            forged
        );
        let parts: Vec<&str> = good.split('.').collect();
        let changed = URL_SAFE_NO_PAD.encode(claims(json!({"sub": "x"})).to_string());
        assert_eq!(
            told(&format!("{}.{changed}.{}", parts[0], parts[2]), &[]),
            forged
        );
        assert_eq!(told(&format!("{}.{}.", parts[0], parts[1]), &[]), forged);
        assert_eq!(
            told(
                &issuer.token(&json!({"alg": "RS256"}), &claims(json!({}))),
                &[]
            ),
            "fine"
        );
    }

    #[test]
    fn what_is_no_token_is_refused() {
        let encode = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let none = encode(json!({"alg": "none"}));
        let secret = encode(json!({"alg": "HS256"}));
        let critical = encode(json!({"alg": "RS256", "crit": ["b64"]}));
        let rs = encode(json!({"alg": "RS256"}));
        let empty = encode(json!({}));
        for (text, expected) in [
            (String::new(), "the token has not three parts"),
            ("Bearer ".into(), "the token has not three parts"),
            ("a.b".into(), "the token has not three parts"),
            ("ä.ä.ä".into(), "the token cannot be read"),
            (
                format!("{none}.{empty}."),
                "the signing method is not RSA's",
            ),
            (
                format!("{secret}.{empty}.AA"),
                "the signing method is not RSA's",
            ),
            (
                format!("{empty}.{empty}.AA"),
                "the signing method is not RSA's",
            ),
            (format!("{critical}.{empty}.AA"), "the token cannot be read"),
            (format!("{rs}.{rs}!.AA"), "the token cannot be read"),
            (format!("{rs}.{empty}.!"), "the token cannot be read"),
            (
                format!("{rs}.{}.AA", encode(json!([]))),
                "the token cannot be read",
            ),
        ] {
            let found = Token::read(&text).err().map(|why| why.to_string());
            assert_eq!(found.as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn issuers_are_asked_where_nobody_can_stand_in_for_them() {
        for (url, asked) in [
            ("https://issuer.example", true),
            ("https://issuer.example:8443/pool", true),
            ("http://localhost:8080/realms/x", true),
            ("http://127.0.0.1:9", true),
            ("http://[::1]:9/x", true),
            ("http://issuer.example", false),
            ("http://localhost.example", false),
            ("https://", false),
            ("https://user@issuer.example", false),
            ("https://issuer.example/?a", false),
            ("https://issuer.example\r\n", false),
            ("file:///etc/passwd", false),
            ("issuer.example", false),
        ] {
            assert_eq!(may_be_asked(url), asked, "{url}");
        }
        assert_eq!(
            discovery("https://a/b/"),
            "https://a/b/.well-known/openid-configuration"
        );
        let at = |document: Value| keys_at(document.to_string().as_bytes(), "https://a");
        assert_eq!(
            at(json!({"issuer": "https://a/", "jwks_uri": "https://b/keys"})),
            Ok("https://b/keys".to_owned())
        );
        assert!(at(json!({"issuer": "https://b", "jwks_uri": "https://b/keys"})).is_err());
        assert!(at(json!({"issuer": "https://a", "jwks_uri": "http://b/keys"})).is_err());
        assert!(keys_at(b"<html>", "https://a").is_err());
        assert_eq!(Keys::read(b"{}"), Err("it has no keys"));
        assert!(
            !Keys::read(br#"{"keys": [{"kty": "RSA", "n": "!"}]}"#)
                .expect("read")
                .has(None)
        );
    }

    #[test]
    fn authorizers_name_one_source_an_issuer_and_an_audience() {
        let check = |change: Value| {
            let mut all = json!({"authorizerType": "JWT", "name": "a", "identitySource": ["$request.header.Authorization"],
                "jwtConfiguration": {"issuer": ISSUER, "audience": ["api"]}});
            for (name, value) in change.as_object().expect("an object") {
                all[name] = value.clone();
            }
            check_authorizer(&all)
        };
        assert_eq!(check(json!({})), Ok(()));
        for bad in [
            json!({"identitySource": []}),
            json!({"identitySource": ["$request.header.a", "$request.header.b"]}),
            json!({"identitySource": ["$context.path"]}),
            json!({"jwtConfiguration": {"issuer": ISSUER}}),
            json!({"jwtConfiguration": {"issuer": ISSUER, "audience": []}}),
            json!({"jwtConfiguration": {"audience": ["api"]}}),
            json!({"jwtConfiguration": {"issuer": "http://issuer.example", "audience": ["api"]}}),
            json!({"authorizerUri": "arn:aws:lambda:us-east-1:123456789012:function:f"}),
            json!({"enableSimpleResponses": true}),
        ] {
            assert!(check(bad.clone()).is_err(), "{bad}");
        }
    }
}
