//! What IAM says of a text that is no policy, and of one that is none for it.
//!
//! Owns IAM's sentences, the rules that it has beside the language's, and which of several faults it tells. Which
//! statement it is it does not say.
//! Sources: IAM user guide: policy grammar; sentences as IAM answers with them; which it tells first, moto's
//! `test_iam_policies`.

use super::document::{Dialect, PolicyDocument, document, tree};
use super::error::{PolicyError, Problem};
use super::json::Node;

const SYNTAX: &str = "Syntax errors in policy.";
const LEGACY: &str = "The policy failed legacy parsing";
const NO_ACTIONS: &str = "Policy statement must contain actions.";
const NO_RESOURCES: &str = "Policy statement must contain resources.";
const NO_VENDOR: &str =
    "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";
const COLONS: &str = "Actions/Condition can contain only one colon.";
const SID_TWICE: &str = "Statement IDs (SID) in a single policy must be unique.";
const SID_CHARS: &str = "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular \
                         expression [0-9A-Za-z]*";
const VERSION: &str = "Policy document must be version 2012-10-17 or greater.";
const VENDOR: &str = "Resource vendor must be fully qualified and cannot contain regexes.";
/// What a resource of IAM begins with.
const IAM_PATHS: [&str; 13] = [
    "user/",
    "federated-user/",
    "role/",
    "group/",
    "instance-profile/",
    "mfa/",
    "server-certificate/",
    "policy/",
    "sms-mfa/",
    "saml-provider/",
    "oidc-provider/",
    "report/",
    "access-report/",
];

/// What IAM looks at first, over the whole document, and what after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Syntax,
    Version,
    Legacy,
    Sid,
    NoActions,
    Resource,
    Action,
    NoResources,
}

type Fault = (Stage, String);

/// Reads a policy as IAM takes it.
///
/// # Errors
/// IAM's sentence.
pub fn parse(text: &str, dialect: Dialect) -> Result<PolicyDocument, String> {
    read(text, dialect, false)
}

/// The same of a managed policy, which must be of the language's present version.
///
/// # Errors
/// IAM's sentence.
pub fn parse_managed(text: &str) -> Result<PolicyDocument, String> {
    read(text, Dialect::IamIdentity, true)
}

fn read(text: &str, dialect: Dialect, managed: bool) -> Result<PolicyDocument, String> {
    let node = tree(text, dialect).map_err(|why| sentence(why, dialect).1)?;
    let texts = faults_of_texts(&node);
    let (read, faults) = document(node, dialect);
    let version =
        (managed && !read.is_present_version).then(|| (Stage::Version, VERSION.to_owned()));
    let language = faults.into_iter().map(|why| sentence(why, dialect));
    let told = match dialect {
        // What is told first of a trust policy is not known: here what comes first in the document.
        Dialect::IamTrust => language.chain(texts).next(),
        _ => language
            .chain(version)
            .chain(texts)
            .min_by_key(|(stage, _)| *stage),
    };
    if let Some((_, text)) = told {
        return Err(text);
    }
    PolicyDocument::parse(text, dialect).map_err(|why| sentence(why, dialect).1)
}

fn sentence(error: PolicyError, dialect: Dialect) -> Fault {
    let syntax = |text: &str| (Stage::Syntax, text.to_owned());
    let problem = match error {
        PolicyError::Invalid { problem, .. } => problem,
        PolicyError::NotJson { .. } if dialect == Dialect::IamTrust => {
            return syntax("This policy contains invalid Json");
        }
        PolicyError::NotJson { .. } => return syntax(SYNTAX),
        other => return syntax(&other.to_string()),
    };
    match (problem, dialect) {
        (Problem::Missing { key }, Dialect::IamTrust) => {
            let key = key.split(' ').next().unwrap_or(key);
            syntax(&format!("Missing required field {key}"))
        }
        (Problem::Unexpected { key }, Dialect::IamTrust) => {
            syntax(&format!("Has prohibited field {key}"))
        }
        (Problem::Missing { key }, _) => lacking(key.split(' ').next().unwrap_or(key)),
        (Problem::Empty { key }, _) => lacking(key.trim_start_matches("Not")),
        (Problem::Value { key, value, .. }, _) => of_value(&key, &value),
        _ => syntax(SYNTAX),
    }
}

fn lacking(key: &str) -> Fault {
    let (stage, text) = match key {
        "Action" => (Stage::NoActions, NO_ACTIONS),
        "Resource" => (Stage::NoResources, NO_RESOURCES),
        _ => (Stage::Syntax, SYNTAX),
    };
    (stage, text.to_owned())
}

fn of_value(key: &str, value: &str) -> Fault {
    let syntax = || (Stage::Syntax, SYNTAX.to_owned());
    let legacy = || (Stage::Legacy, LEGACY.to_owned());
    match key.trim_start_matches("Not") {
        "Effect" if ["allow", "deny"].contains(&&*value.to_ascii_lowercase()) => legacy(),
        "Action" => of_action(value).unwrap_or_else(|| (Stage::Action, NO_VENDOR.to_owned())),
        "Resource" => of_resource(value).unwrap_or_else(syntax),
        "Sid" if value.chars().all(|c| c.is_ascii_alphanumeric()) => {
            (Stage::Sid, SID_TWICE.to_owned())
        }
        "Sid" => (Stage::Sid, SID_CHARS.to_owned()),
        // `DateLessThan of aws:CurrentTime`: the value is no date.
        operator if operator.starts_with("Date") => legacy(),
        _ => syntax(),
    }
}

/// What is wrong with the actions and resources of a document, whatever else is.
fn faults_of_texts(document: &Node) -> Vec<Fault> {
    let statements = match member(document, "Statement") {
        Some(Node::List(all)) => all.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let of = |keys: [&'static str; 2], judge: fn(&str) -> Option<Fault>| {
        statements.iter().flat_map(move |statement| {
            let lists = keys.into_iter().filter_map(|key| member(statement, key));
            lists.flat_map(texts).filter_map(judge)
        })
    };
    let actions = of(["Action", "NotAction"], of_action);
    actions
        .chain(of(["Resource", "NotResource"], of_resource))
        .collect()
}

fn member<'n>(of: &'n Node, name: &str) -> Option<&'n Node> {
    let Node::Object(entries) = of else {
        return None;
    };
    let found = entries.iter().find(|(key, _)| key == name);
    found.map(|(_, value)| value)
}

/// The texts of a value: itself, or those of a list.
fn texts(value: &Node) -> impl Iterator<Item = &str> {
    let all = match value {
        Node::List(all) => all.as_slice(),
        one => std::slice::from_ref(one),
    };
    all.iter().filter_map(|one| match one {
        Node::Text(text) => Some(text.as_str()),
        _ => None,
    })
}

/// What is wrong with an action.
fn of_action(action: &str) -> Option<Fault> {
    let wrong = |text: &str| Some((Stage::Action, text.to_owned()));
    if action == "*" {
        return None;
    }
    let Some((vendor, name)) = action.split_once(':') else {
        return wrong(NO_VENDOR);
    };
    let of_vendor = |c: char| c.is_ascii_alphanumeric() || "-_.*?".contains(c);
    if name.contains(':') {
        return wrong(COLONS);
    }
    match vendor.chars().all(of_vendor) {
        true => None,
        false => wrong(&format!("Vendor {vendor} is not valid")),
    }
}

/// What is wrong with a resource.
fn of_resource(resource: &str) -> Option<Fault> {
    let wrong = |text: String| Some((Stage::Resource, text));
    let legacy = || Some((Stage::Legacy, LEGACY.to_owned()));
    if resource == "*" {
        return None;
    }
    if !resource.contains(':') {
        return wrong(format!(
            "Resource {resource} must be in ARN format or \"*\"."
        ));
    }
    let parts: Vec<&str> = resource.splitn(6, ':').collect();
    let open = |part: &str| part.contains(['*', '?', '$']);
    let partition = parts[1];
    let known = open(partition) || partition == "aws" || partition.starts_with("aws-");
    if parts[0] != "arn" || !known {
        // Read as though the first were `arn`, and what is missing stood at the end as `*`.
        let mut whole: Vec<&str> = parts[1..].to_vec();
        whole.resize(5.max(whole.len()), "*");
        return wrong(format!(
            "Partition \"{partition}\" is not valid for resource \"arn:{}\".",
            whole.join(":")
        ));
    }
    match parts.as_slice() {
        [_, _] => wrong(VENDOR.to_owned()),
        [_, _, service, region, _, path] => of_arn(resource, service, region, path),
        // Taken as a vendor's, whatever it means.
        [_, _, vendor] if !vendor.is_empty() => None,
        // Wildcards may stand for what is not written out.
        _ if open(resource) => None,
        _ => legacy(),
    }
}

fn of_arn(resource: &str, service: &str, region: &str, path: &str) -> Option<Fault> {
    let wrong = |text: String| Some((Stage::Resource, text));
    match service {
        "" => Some((Stage::Legacy, LEGACY.to_owned())),
        "iam" if !region.is_empty() && region != "*" => wrong(format!(
            "IAM resource {resource} cannot contain region information."
        )),
        "iam" if path != "root" && !path.starts_with(['*', '$', '?']) && !is_of_iam(path) => {
            wrong(format!(
                "IAM resource path must either be \"*\" or start with {}.",
                IAM_PATHS.join(", ")
            ))
        }
        "s3" if !region.is_empty() && region != "*" && !path.starts_with("accesspoint") => wrong(
            format!("Resource {resource} can not contain region information."),
        ),
        _ => None,
    }
}

/// Whether it begins as a resource of IAM does; a wildcard may stand in that beginning.
fn is_of_iam(path: &str) -> bool {
    let fixed = path.split(['*', '?', '$']).next().unwrap_or_default();
    IAM_PATHS
        .iter()
        .any(|kind| path.starts_with(kind) || (fixed.len() < path.len() && kind.starts_with(fixed)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(statement: &str, wanted: Option<&str>) {
        let text = format!(r#"{{"Version":"2012-10-17","Statement":{statement}}}"#);
        let refused = parse_managed(&text).err();
        assert_eq!(refused.as_deref(), wanted, "{text}");
    }

    #[test]
    fn documents() {
        let refused = |text: &str| parse_managed(text).expect_err(text);
        assert_eq!(refused("no JSON"), SYNTAX);
        assert_eq!(refused(r#"{"Version":"2012-10-17"}"#), SYNTAX);
        let one = r#""Statement":{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}"#;
        assert_eq!(refused(&format!("{{{one}}}")), VERSION);
        assert_eq!(
            refused(&format!(r#"{{"Version":"2008-10-17",{one}}}"#)),
            VERSION
        );
        assert_eq!(
            refused(&format!(r#"{{"Version":"2013-10-17",{one}}}"#)),
            SYNTAX
        );
        let trust = |text: &str| parse(text, Dialect::IamTrust).expect_err(text);
        assert_eq!(trust("no JSON"), "This policy contains invalid Json");
        let with = |more: &str| {
            format!(r#"{{"Statement":{{"Effect":"Allow","Action":"sts:AssumeRole"{more}}}}}"#)
        };
        assert_eq!(trust(&with("")), "Missing required field Principal");
        assert_eq!(
            trust(&with(r#","Principal":"*","Resource":"*""#)),
            "Has prohibited field Resource"
        );
    }

    #[test]
    fn statements() {
        let of = |members: &str| format!(r#"{{"Effect":"Allow",{members}}}"#);
        let s3 = r#""Action":"s3:ListBucket""#;
        check(
            &of(&format!(r#"{s3},"Resource":"arn:aws:s3:::lamps/*""#)),
            None,
        );
        check(&of(r#""Action":"*","Resource":"*""#), None);
        check("[]", Some(SYNTAX));
        check(&of(s3), Some(NO_RESOURCES));
        check(&of(&format!(r#"{s3},"Resource":[]"#)), Some(NO_RESOURCES));
        check(&of(r#""Resource":"*""#), Some(NO_ACTIONS));
        check(&of(r#""Action":[],"Resource":"*""#), Some(NO_ACTIONS));
        check(r#"{"Effect":"Allow"}"#, Some(NO_ACTIONS));
        check(&of(r#""Action":"invalid","Resource":"*""#), Some(NO_VENDOR));
        check(&of(r#""NotAction":"","Resource":"*""#), Some(NO_VENDOR));
        check(
            &of(r#""Action":"s3:List:Bucket","Resource":"*""#),
            Some(COLONS),
        );
        check(
            &of(r#""Action":"a a:ListBucket","Resource":"*""#),
            Some("Vendor a a is not valid"),
        );
        check(
            &of(&format!(r#"{s3},"Resource":"*","NotResource":"*""#)),
            Some(SYNTAX),
        );
        check(
            &format!(r#"{{"Effect":"denY",{s3},"Resource":"*"}}"#),
            Some(LEGACY),
        );
        let named = format!(r#"{{"Sid":"a","Effect":"Allow",{s3},"Resource":"*"}}"#);
        check(&format!("[{named},{named}]"), Some(SID_TWICE));
        let date = r#""Condition":{"DateGreaterThan":{"a":"soon"}}"#;
        check(&of(&format!(r#"{s3},"Resource":"*",{date}"#)), Some(LEGACY));
    }

    /// moto's `test_iam_policies`, where a document has several faults.
    #[test]
    fn which_fault_is_told() {
        let document = |text: &str, wanted: &str| {
            assert_eq!(parse_managed(text).expect_err(text), wanted, "{text}");
        };
        let of = |members: &str| format!(r#"{{"Effect":"Allow",{members}}}"#);
        let told = |members: &str, wanted| check(&of(members), Some(wanted));
        let (s3, lamps) = (
            r#""Action":"s3:Get*""#,
            r#""Resource":"arn:aws:s3:::lamps""#,
        );
        let broken = r#""Resource":"arn:aws:s3::lamps""#;
        let soon = r#""Condition":{"DateGreaterThan":{"a":"soon"}}"#;
        told(broken, LEGACY);
        told(soon, LEGACY);
        told(&format!(r#"{s3},{lamps},"NotResource":[]"#), SYNTAX);
        told(
            &format!(r#"{lamps},"NotAction":"s3:*","Action":[]"#),
            SYNTAX,
        );
        told(
            &format!(r#"{s3},"Resource":"arn:error:s3:::lamps",{soon}"#),
            LEGACY,
        );
        told(r#""Action":"invalid""#, NO_VENDOR);
        told(
            r#""Action":"s:3:Get","Resource":"lamps""#,
            "Resource lamps must be in ARN format or \"*\".",
        );
        let named =
            |effect: &str, more: &str| format!(r#"{{"Sid":"a","Effect":"{effect}"{more}}}"#);
        let whole = format!(",{s3},{lamps}");
        let twice = |effect: &str| format!("[{},{}]", named(effect, &whole), named("Allow", ""));
        check(&twice("Allow"), Some(SID_TWICE));
        check(&twice("aLLow"), Some(LEGACY));
        document(&format!(r#"{{"Statement":{}}}"#, twice("Allow")), VERSION);
        document(
            &format!(r#"{{"Statement":{}}}"#, named("denY", &whole)),
            VERSION,
        );
        document(
            &format!(r#"{{"Statement":{}}}"#, of(&format!("{s3},{lamps},{soon}"))),
            VERSION,
        );
        // What stands in a document that is one.
        for date in ["01T", "2016-12-13t2:00:00.593194+23", "-292275054"] {
            let condition = format!(r#""Condition":{{"DateLessThan":{{"a":"{date}"}}}}"#);
            check(&of(&format!("{s3},{lamps},{condition}")), None);
        }
    }

    #[test]
    fn resources() {
        let resource = |text: &str, wanted: Option<&str>| {
            let statement =
                format!(r#"{{"Effect":"Allow","Action":"s3:ListBucket","Resource":"{text}"}}"#);
            check(&statement, wanted);
        };
        resource(
            "lamps",
            Some("Resource lamps must be in ARN format or \"*\"."),
        );
        resource("", Some("Resource  must be in ARN format or \"*\"."));
        resource(
            "aws:s3:::lamps",
            Some("Partition \"s3\" is not valid for resource \"arn:s3:::lamps:*\"."),
        );
        resource(
            "a:b:c",
            Some("Partition \"b\" is not valid for resource \"arn:b:c:*:*:*\"."),
        );
        resource(
            "a:b:c:d:e:f:g:h",
            Some("Partition \"b\" is not valid for resource \"arn:b:c:d:e:f:g:h\"."),
        );
        resource(
            "arn:error:s3:::lamps",
            Some("Partition \"error\" is not valid for resource \"arn:error:s3:::lamps\"."),
        );
        resource("arn:aws", Some(VENDOR));
        resource("arn:aws:s3::lamps", Some(LEGACY));
        resource("arn:aws::::lamps", Some(LEGACY));
        resource(
            "arn:aws:s3:us-east-1::lamps",
            Some("Resource arn:aws:s3:us-east-1::lamps can not contain region information."),
        );
        resource(
            "arn:aws:iam:us-east-1::lamps",
            Some("IAM resource arn:aws:iam:us-east-1::lamps cannot contain region information."),
        );
        resource(
            "arn:aws:iam:::lamps",
            Some(
                "IAM resource path must either be \"*\" or start with user/, federated-user/, role/, group/, \
                 instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, \
                 report/, access-report/.",
            ),
        );
        for fine in [
            "arn:aws:iam::123456789012:role/*",
            "arn:aws:iam::*:user/${aws:username}",
            "arn:aws:iam::123456789012:ro*",
            "arn:aws:iam::123456789012:root",
            "arn:aws-cn:iot:*:*:topic/a/b",
            "arn:*:s3:::lamps",
            "arn:aws:s3*",
            "arn:aws:lamps",
        ] {
            resource(fine, None);
        }
    }
}
