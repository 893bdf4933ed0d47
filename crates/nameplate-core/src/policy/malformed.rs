//! What IAM says of a text that is no policy, and of one that is none for it.
//!
//! Owns IAM's sentences, and the rules that it has beside the language's. Which statement it is they do not say.
//! Sources: IAM user guide: policy grammar; sentences as IAM answers with them.

use super::document::{Dialect, PolicyDocument, Statement};
use super::error::{PolicyError, Problem};

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

/// Reads a policy as IAM takes it.
///
/// # Errors
/// IAM's sentence.
pub fn parse(text: &str, dialect: Dialect) -> Result<PolicyDocument, String> {
    let document = PolicyDocument::parse(text, dialect).map_err(|why| sentence(why, dialect))?;
    for statement in &document.statements {
        check(statement)?;
    }
    Ok(document)
}

/// The same of a managed policy, which must be of the language's present version.
///
/// # Errors
/// IAM's sentence.
pub fn parse_managed(text: &str) -> Result<PolicyDocument, String> {
    let document = parse(text, Dialect::IamIdentity)?;
    match document.is_present_version {
        true => Ok(document),
        false => Err(VERSION.to_owned()),
    }
}

fn sentence(error: PolicyError, dialect: Dialect) -> String {
    let problem = match error {
        PolicyError::Invalid { problem, .. } => problem,
        PolicyError::NotJson { .. } if dialect == Dialect::IamTrust => {
            return "This policy contains invalid Json".to_owned();
        }
        PolicyError::NotJson { .. } => return SYNTAX.to_owned(),
        other => return other.to_string(),
    };
    match (problem, dialect) {
        (Problem::Missing { key }, Dialect::IamTrust) => {
            let key = key.split(' ').next().unwrap_or(key);
            format!("Missing required field {key}")
        }
        (Problem::Unexpected { key }, Dialect::IamTrust) => format!("Has prohibited field {key}"),
        (Problem::Missing { key }, _) => match key {
            "Action or NotAction" => NO_ACTIONS,
            "Resource or NotResource" => NO_RESOURCES,
            _ => SYNTAX,
        }
        .to_owned(),
        (Problem::Empty { key }, _) => match key.trim_start_matches("Not") {
            "Action" => NO_ACTIONS,
            "Resource" => NO_RESOURCES,
            _ => SYNTAX,
        }
        .to_owned(),
        (Problem::Value { key, value, .. }, _) => of_value(&key, &value),
        _ => SYNTAX.to_owned(),
    }
}

fn of_value(key: &str, value: &str) -> String {
    match key.trim_start_matches("Not") {
        "Effect" if ["allow", "deny"].contains(&&*value.to_ascii_lowercase()) => LEGACY.to_owned(),
        "Action" => of_action(value).unwrap_or_else(|| NO_VENDOR.to_owned()),
        "Resource" => of_resource(value).unwrap_or_else(|| SYNTAX.to_owned()),
        "Sid" if value.chars().all(|c| c.is_ascii_alphanumeric()) => SID_TWICE.to_owned(),
        "Sid" => SID_CHARS.to_owned(),
        // `DateLessThan of aws:CurrentTime`: the value is no date.
        operator if operator.starts_with("Date") => LEGACY.to_owned(),
        _ => SYNTAX.to_owned(),
    }
}

fn check(statement: &Statement) -> Result<(), String> {
    let wrong = |found: Option<String>| found.map_or(Ok(()), Err);
    for action in &statement.actions.any {
        wrong(of_action(&action.text()))?;
    }
    for resource in statement.resources.iter().flat_map(|list| &list.any) {
        wrong(of_resource(&resource.text()))?;
    }
    Ok(())
}

/// What is wrong with an action.
fn of_action(action: &str) -> Option<String> {
    if action == "*" {
        return None;
    }
    let Some((vendor, name)) = action.split_once(':') else {
        return Some(NO_VENDOR.to_owned());
    };
    let of_vendor = |c: char| c.is_ascii_alphanumeric() || "-_.*?".contains(c);
    if name.contains(':') {
        return Some(COLONS.to_owned());
    }
    (!vendor.chars().all(of_vendor)).then(|| format!("Vendor {vendor} is not valid"))
}

/// What is wrong with a resource.
fn of_resource(resource: &str) -> Option<String> {
    if resource == "*" {
        return None;
    }
    if !resource.contains(':') {
        return Some(format!(
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
        return Some(format!(
            "Partition \"{partition}\" is not valid for resource \"arn:{}\".",
            whole.join(":")
        ));
    }
    match parts.as_slice() {
        [_, _] => Some(VENDOR.to_owned()),
        [_, _, service, region, _, path] => of_arn(resource, service, region, path),
        // Taken as a vendor's, whatever it means.
        [_, _, vendor] if !vendor.is_empty() => None,
        // Wildcards may stand for what is not written out.
        _ if open(resource) => None,
        _ => Some(LEGACY.to_owned()),
    }
}

fn of_arn(resource: &str, service: &str, region: &str, path: &str) -> Option<String> {
    match service {
        "" => Some(LEGACY.to_owned()),
        "iam" if !region.is_empty() && region != "*" => Some(format!(
            "IAM resource {resource} cannot contain region information."
        )),
        "iam" if path != "root" && !path.starts_with(['*', '$', '?']) && !is_of_iam(path) => {
            Some(format!(
                "IAM resource path must either be \"*\" or start with {}.",
                IAM_PATHS.join(", ")
            ))
        }
        "s3" if !region.is_empty() && region != "*" && !path.starts_with("accesspoint") => Some(
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
