//! Which authorizer is asked: the one that the client names, or a default.

use crate::registry::domain::Domain;

/// Why none is asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoAuthorizer {
    /// None is named, and there is no default.
    #[error(
        "the client names no authorizer in x-amz-customauthorizer-name, and neither the endpoint nor the account has a \
         default one"
    )]
    Unnamed,
    /// The domain configuration fixes it.
    #[error(
        "the client names the authorizer {named:?}, and the domain configuration {domain} does not allow \
         its own to be overridden (allowAuthorizerOverride)"
    )]
    Fixed {
        /// What the client names.
        named: String,
        /// The configuration.
        domain: String,
    },
}

/// The name of the authorizer: `named` by the client, else that of the domain configuration dialled, else the account's
/// `default`. A configuration that says anything of authorizers must allow it to name another than its own.
/// AWS guide: custom-auth, API: AuthorizerConfig.
pub fn choose<'a>(
    named: Option<&'a str>,
    domain: Option<&'a Domain>,
    default: Option<&'a str>,
) -> Result<&'a str, NoAuthorizer> {
    let configured = domain.and_then(|domain| domain.authorizer.as_deref());
    let own = configured.or(default);
    let Some(named) = named else {
        return own.ok_or(NoAuthorizer::Unnamed);
    };
    match domain {
        Some(domain)
            if Some(named) != own
                && (configured.is_some() || domain.authorizer_override.is_some())
                && domain.authorizer_override != Some(true) =>
        {
            Err(NoAuthorizer::Fixed {
                named: named.to_owned(),
                domain: domain.name.clone(),
            })
        }
        _ => Ok(named),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::domain::tests::domain;

    #[test]
    fn who_is_named_and_who_is_the_default() {
        #[track_caller]
        fn check(
            named: Option<&str>,
            configured: Option<(Option<&str>, Option<bool>)>,
            default: Option<&str>,
            wanted: Result<&str, &str>,
        ) {
            let domain = configured.map(|(authorizer, authorizer_override)| Domain {
                authorizer: authorizer.map(str::to_owned),
                authorizer_override,
                ..domain()
            });
            let found = choose(named, domain.as_ref(), default);
            let found = found.map_err(|why| match why {
                NoAuthorizer::Unnamed => "unnamed",
                NoAuthorizer::Fixed { .. } => "fixed",
            });
            assert_eq!(found, wanted);
        }
        check(None, None, None, Err("unnamed"));
        check(None, None, Some("d"), Ok("d"));
        check(Some("n"), None, None, Ok("n"));
        check(Some("n"), None, Some("d"), Ok("n"));
        // The domain configuration says nothing of authorizers.
        check(None, Some((None, None)), Some("d"), Ok("d"));
        check(Some("n"), Some((None, None)), Some("d"), Ok("n"));
        // It has one of its own.
        check(None, Some((Some("o"), None)), Some("d"), Ok("o"));
        check(Some("n"), Some((Some("o"), Some(true))), None, Ok("n"));
        check(
            Some("n"),
            Some((Some("o"), Some(false))),
            None,
            Err("fixed"),
        );
        check(Some("n"), Some((Some("o"), None)), None, Err("fixed"));
        check(Some("o"), Some((Some("o"), Some(false))), None, Ok("o"));
        // It has none, and allows no other than the account's.
        check(
            Some("n"),
            Some((None, Some(false))),
            Some("d"),
            Err("fixed"),
        );
        check(Some("d"), Some((None, Some(false))), Some("d"), Ok("d"));
        check(None, Some((None, Some(false))), None, Err("unnamed"));
    }
}
