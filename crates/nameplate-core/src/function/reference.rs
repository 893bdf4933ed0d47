//! Ways to name a function: its name, an ARN whole or in part, each with a version or an alias.

use super::LATEST;
use crate::arn::Realm;

/// A function that is named, and which of its versions.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Reference {
    /// The function's name.
    pub name: String,
    /// A number, `$LATEST` or an alias; `None` where none was named.
    pub qualifier: Option<String>,
}

/// Why a text names no function here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadReference {
    /// It has neither of the forms.
    #[error(
        "{0:?} names no function: it must be a name, ACCOUNT:function:NAME, or an ARN, with :QUALIFIER behind it or not"
    )]
    Form(String),
    /// It names a function of another region.
    #[error("Functions from '{named}' are not reachable in this region ('{here}')")]
    Region {
        /// The region that is named.
        named: String,
        /// That of this server.
        here: String,
    },
    /// It names a function of another account or partition.
    #[error("{0} names a function of another account or partition")]
    Elsewhere(String),
    /// The qualifier is given twice and is not the same.
    #[error("The derived qualifier from the function name does not match the specified qualifier.")]
    TwoQualifiers,
}

impl Reference {
    /// Reads `FunctionName` and, where the call has one, `Qualifier` (API: Invoke).
    ///
    /// # Errors
    /// See [`BadReference`].
    pub fn parse(realm: &Realm, text: &str, qualifier: Option<&str>) -> Result<Self, BadReference> {
        let bad = || BadReference::Form(text.to_owned());
        let parts: Vec<&str> = text.split(':').collect();
        let (name, inner) = match parts.as_slice() {
            [
                "arn",
                partition,
                "lambda",
                region,
                account,
                "function",
                name,
                rest @ ..,
            ] => {
                if *region != realm.region {
                    return Err(BadReference::Region {
                        named: (*region).to_owned(),
                        here: realm.region.clone(),
                    });
                }
                if *partition != realm.partition() || *account != realm.account {
                    return Err(BadReference::Elsewhere(text.to_owned()));
                }
                (*name, rest)
            }
            [account, "function", name, rest @ ..] => {
                if *account != realm.account {
                    return Err(BadReference::Elsewhere(text.to_owned()));
                }
                (*name, rest)
            }
            ["function", name, rest @ ..] | [name, rest @ ..] => (*name, rest),
            [] => return Err(bad()),
        };
        let inner = match inner {
            [] => None,
            [one] if is_qualifier(one) => Some(*one),
            _ => return Err(bad()),
        };
        if !is_name(name) {
            return Err(bad());
        }
        if let (Some(inner), Some(given)) = (inner, qualifier)
            && inner != given
        {
            return Err(BadReference::TwoQualifiers);
        }
        Ok(Self {
            name: name.to_owned(),
            qualifier: inner.or(qualifier).map(str::to_owned),
        })
    }

    /// Its ARN, with the qualifier if there is one.
    pub fn arn(&self, realm: &Realm) -> String {
        let arn = realm.function(&self.name);
        match &self.qualifier {
            Some(qualifier) => format!("{arn}:{qualifier}"),
            None => arn,
        }
    }

    /// Whether it means what may still change.
    pub fn is_latest(&self) -> bool {
        self.qualifier.as_deref().is_none_or(|text| text == LATEST)
    }
}

/// Whether a function may be called so (API: `NamespacedFunctionName`): 1 to 64 letters, digits, `-` and `_`.
fn is_name(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

fn is_qualifier(text: &str) -> bool {
    text == LATEST
        || (1..=128).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_named_in_five_ways() {
        let realm = Realm {
            account: "123456789012".into(),
            region: "us-east-1".into(),
        };
        let check =
            |text: &str, qualifier: Option<&str>, expected: Option<(&str, Option<&str>)>| {
                let found = Reference::parse(&realm, text, qualifier).ok();
                let found = found
                    .as_ref()
                    .map(|r| (r.name.as_str(), r.qualifier.as_deref()));
                assert_eq!(found, expected, "{text} {qualifier:?}");
            };
        const ARN: &str = "arn:aws:lambda:us-east-1:123456789012:function:f";
        check("f", None, Some(("f", None)));
        check("f", Some("live"), Some(("f", Some("live"))));
        check("f:7", None, Some(("f", Some("7"))));
        check("f:$LATEST", Some("$LATEST"), Some(("f", Some("$LATEST"))));
        check("f:7", Some("8"), None);
        check("function:f", None, Some(("f", None)));
        check("123456789012:function:f", None, Some(("f", None)));
        check(
            "123456789012:function:f:live",
            None,
            Some(("f", Some("live"))),
        );
        check(ARN, None, Some(("f", None)));
        check(&format!("{ARN}:live"), None, Some(("f", Some("live"))));
        check(&format!("{ARN}:live:more"), None, None);
        check(
            "arn:aws:lambda:us-east-1:999999999999:function:f",
            None,
            None,
        );
        check(
            "arn:aws:lambda:eu-west-1:123456789012:function:f",
            None,
            None,
        );
        check(
            "arn:aws-cn:lambda:us-east-1:123456789012:function:f",
            None,
            None,
        );
        check("", None, None);
        check("a b", None, None);
        check("../f", None, None);
    }
}
