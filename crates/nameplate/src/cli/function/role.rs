//! Roles of functions: one that is named, or one of the function's own.

use crate::cli::client::{Client, ClientError, xml_text};
use anyhow::{Context as _, bail};
use nameplate_core::arn::Arn;
use nameplate_core::policy::managed;
use serde_json::json;

/// IAM's version of its API.
const VERSION: (&str, &str) = ("Version", "2010-05-08");
/// What every function's own role may do: write its log.
const BASIC: &str = "AWSLambdaBasicExecutionRole";
/// Characters of a role's name (API: CreateRole).
const NAME: usize = 64;

/// The ARN of a role that is named by name or ARN.
pub async fn named(client: &Client, role: &str) -> anyhow::Result<String> {
    if role.starts_with("arn:") {
        return Ok(role.to_owned());
    }
    let fields = [("Action", "GetRole"), VERSION, ("RoleName", role)];
    match client.form("iam", &fields).await {
        Ok(answer) => xml_text(&answer, "Arn").context("IAM's answer names no ARN"),
        Err(error) if error.is("NoSuchEntity") => bail!(
            "there is no role {role}: make it with aws iam create-role, or leave the role out to have one made"
        ),
        Err(error) => Err(error.into()),
    }
}

/// Makes the role of a function's own unless it is there, and attaches policies; its name and ARN.
pub async fn own(
    client: &Client,
    function: &str,
    policies: &[String],
) -> anyhow::Result<(String, String)> {
    let mut name = format!("nameplate-function-{function}");
    name.truncate(NAME);
    let trust = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }]})
    .to_string();
    let fields = [
        ("Action", "CreateRole"),
        VERSION,
        ("RoleName", name.as_str()),
        ("AssumeRolePolicyDocument", trust.as_str()),
    ];
    let arn = match client.form("iam", &fields).await {
        Ok(answer) => xml_text(&answer, "Arn").context("IAM's answer names no ARN")?,
        Err(error) if error.is("EntityAlreadyExists") => named(client, &name).await?,
        Err(error) => return Err(error.into()),
    };
    let partition = Arn::parse(&arn)
        .context("the role's ARN is none")?
        .partition
        .to_owned();
    for policy in std::iter::once(BASIC).chain(policies.iter().map(String::as_str)) {
        attach(client, &name, policy, &partition).await?;
    }
    Ok((name, arn))
}

async fn attach(client: &Client, role: &str, policy: &str, partition: &str) -> anyhow::Result<()> {
    let arn = match managed::all().iter().find(|known| known.name == policy) {
        _ if policy.starts_with("arn:") => policy.to_owned(),
        Some(known) => known.arn(partition),
        None => bail!(
            "{policy} is none of AWS's managed policies that are known here; name one of your own by its ARN, or give \
             the function a role of yours with --role"
        ),
    };
    let fields = [
        ("Action", "AttachRolePolicy"),
        VERSION,
        ("RoleName", role),
        ("PolicyArn", arn.as_str()),
    ];
    match client.form("iam", &fields).await {
        Err(error @ ClientError::Refused { .. }) => {
            Err(error).with_context(|| format!("{policy} cannot be attached to the role {role}"))
        }
        other => Ok(other.map(drop)?),
    }
}
