//! Amazon Resource Names as this server writes and reads them.
//!
//! Owns the form of every ARN; nothing else in the house formats one by hand.

use crate::pki::CertificateId;
use std::fmt;

/// The account and region every ARN of this server is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Realm {
    /// Twelve decimal digits.
    pub account: String,
    /// For example `us-east-1`.
    pub region: String,
}

impl Realm {
    /// `aws`, `aws-cn` for the China regions, `aws-us-gov` for GovCloud.
    pub fn partition(&self) -> &'static str {
        if self.region.starts_with("cn-") {
            "aws-cn"
        } else if self.region.starts_with("us-gov-") {
            "aws-us-gov"
        } else {
            "aws"
        }
    }

    /// The DNS suffix of AWS's own endpoints in this partition.
    pub fn dns_suffix(&self) -> &'static str {
        if self.region.starts_with("cn-") {
            "amazonaws.com.cn"
        } else {
            "amazonaws.com"
        }
    }

    /// The host name that AWS would give a deployed API.
    pub fn execute_api_host(&self, api: &str) -> String {
        format!("{api}.execute-api.{}.{}", self.region, self.dns_suffix())
    }

    /// The sentence to say behind the refusal of an ARN that is of another partition than this realm's, which is how examples
    /// written for other regions fail; empty where it is not.
    pub fn partition_hint(&self, arn: &str) -> String {
        match Arn::parse(arn) {
            Some(parsed) if parsed.partition != self.partition() => format!(
                " It is of the partition {}, and in {} ARNs are of {}: arn:{}:…",
                parsed.partition,
                self.region,
                self.partition(),
                self.partition()
            ),
            _ => String::new(),
        }
    }

    /// `arn:aws:iot:REGION:ACCOUNT:` and then `resource`, which is for example `thing/lamp`.
    pub fn iot(&self, resource: impl fmt::Display) -> String {
        format!(
            "arn:{}:iot:{}:{}:{}",
            self.partition(),
            self.region,
            self.account,
            resource
        )
    }

    /// ARN of an S3 bucket, or with `BUCKET/KEY` of an object. It names neither region nor account.
    pub fn s3(&self, resource: impl fmt::Display) -> String {
        format!("arn:{}:s3:::{resource}", self.partition())
    }

    /// ARN of a thing.
    pub fn thing(&self, name: &str) -> String {
        self.iot(format_args!("thing/{name}"))
    }

    /// ARN of a named shadow, which is a resource beside its thing. AWS guide: iot-policy-actions.
    pub fn shadow(&self, thing: &str, name: &str) -> String {
        self.iot(format_args!("thing/{thing}/{name}"))
    }

    /// ARN of a thing type.
    pub fn thing_type(&self, name: &str) -> String {
        self.iot(format_args!("thingtype/{name}"))
    }

    /// ARN of a static or dynamic thing group.
    pub fn thing_group(&self, name: &str) -> String {
        self.iot(format_args!("thinggroup/{name}"))
    }

    /// ARN of a billing group.
    pub fn billing_group(&self, name: &str) -> String {
        self.iot(format_args!("billinggroup/{name}"))
    }

    /// ARN of a device certificate; `id` is its 64 hex digits.
    pub fn certificate(&self, id: &str) -> String {
        self.iot(format_args!("cert/{id}"))
    }

    /// ARN of a CA certificate; `id` is its 64 hex digits.
    pub fn ca_certificate(&self, id: &str) -> String {
        self.iot(format_args!("cacert/{id}"))
    }

    /// ARN of an IoT policy.
    pub fn policy(&self, name: &str) -> String {
        self.iot(format_args!("policy/{name}"))
    }

    /// ARN of a provisioning template.
    pub fn provisioning_template(&self, name: &str) -> String {
        self.iot(format_args!("provisioningtemplate/{name}"))
    }

    /// ARN of a topic rule.
    pub fn topic_rule(&self, name: &str) -> String {
        self.iot(format_args!("rule/{name}"))
    }

    /// ARN of a destination that rules send to by HTTP.
    pub fn rule_destination(&self, uuid: &str) -> String {
        self.iot(format_args!("ruledestination/http/{uuid}"))
    }

    /// ARN of a role alias.
    pub fn role_alias(&self, name: &str) -> String {
        self.iot(format_args!("rolealias/{name}"))
    }

    /// ARN of a Lambda function, which callers name by its name, by a part of its ARN or by all of it. A qualifier behind
    /// the name stays.
    pub fn function(&self, name: &str) -> String {
        if name.starts_with("arn:") {
            return name.to_owned();
        }
        let name = name.rsplit_once("function:").map_or(name, |(_, name)| name);
        format!(
            "arn:{}:lambda:{}:{}:function:{name}",
            self.partition(),
            self.region,
            self.account
        )
    }

    /// ARN of a custom domain name of API Gateway. It names no account.
    pub fn custom_domain_name(&self, name: &str) -> String {
        format!(
            "arn:{}:apigateway:{}::/domainnames/{name}",
            self.partition(),
            self.region
        )
    }

    /// ARN of a certificate of ACM.
    pub fn acm_certificate(&self, id: &str) -> String {
        format!(
            "arn:{}:acm:{}:{}:certificate/{id}",
            self.partition(),
            self.region,
            self.account
        )
    }

    /// ARN of a table of DynamoDB.
    pub fn table(&self, name: &str) -> String {
        format!(
            "arn:{}:dynamodb:{}:{}:table/{name}",
            self.partition(),
            self.region,
            self.account
        )
    }

    /// ARN of a log group of CloudWatch Logs with its streams, which is what policies name.
    pub fn log_group(&self, name: &str) -> String {
        format!(
            "arn:{}:logs:{}:{}:log-group:{name}:*",
            self.partition(),
            self.region,
            self.account
        )
    }

    /// ARN of a custom authorizer.
    pub fn authorizer(&self, name: &str) -> String {
        self.iot(format_args!("authorizer/{name}"))
    }

    /// ARN of a domain configuration. AWS ends it in five characters of its own choice; here they follow from the
    /// name, so that the ARN of one that is yet to be created is known.
    pub fn domain_configuration(&self, name: &str) -> String {
        let CertificateId(digest) =
            CertificateId::of(format!("{}/{}/{name}", self.account, self.region).as_bytes());
        let end: String = digest[..5]
            .iter()
            .map(|byte| char::from(b"abcdefghijklmnopqrstuvwxyz234567"[usize::from(byte % 32)]))
            .collect();
        self.iot(format_args!("domainconfiguration/{name}/{end}"))
    }

    /// `arn:aws:iam::ACCOUNT:` and then `resource`, for example `role/JITPRole`.
    pub fn iam(&self, resource: impl fmt::Display) -> String {
        format!(
            "arn:{}:iam::{}:{}",
            self.partition(),
            self.account,
            resource
        )
    }
}

/// An ARN taken apart at its first five colons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arn<'a> {
    /// `aws`, `aws-cn`, …
    pub partition: &'a str,
    /// `iot`, `iam`, …
    pub service: &'a str,
    /// Empty for global services.
    pub region: &'a str,
    /// Twelve digits, `aws` for AWS's own policies, or empty.
    pub account: &'a str,
    /// All that follows the fifth colon.
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// Splits `text`; `None` where it is not of the form `arn:partition:service:region:account:resource`.
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        if parts.next()? != "arn" {
            return None;
        }
        let arn = Arn {
            partition: parts.next()?,
            service: parts.next()?,
            region: parts.next()?,
            account: parts.next()?,
            resource: parts.next()?,
        };
        (!arn.partition.is_empty() && !arn.service.is_empty() && !arn.resource.is_empty())
            .then_some(arn)
    }

    /// The name behind `kind/` in the resource, for example the thing's name behind `thing/`.
    pub fn name_of(&self, kind: &str) -> Option<&'a str> {
        self.resource.strip_prefix(kind)?.strip_prefix('/')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn china_regions_have_their_own_partition() {
        let realm = |region: &str| Realm {
            account: "123456789012".into(),
            region: region.into(),
        };
        assert_eq!(
            realm("us-east-1").thing("a:b"),
            "arn:aws:iot:us-east-1:123456789012:thing/a:b"
        );
        assert_eq!(
            realm("cn-north-1").iam("role/x"),
            "arn:aws-cn:iam::123456789012:role/x"
        );
    }

    #[test]
    fn an_arn_of_another_partition_is_told() {
        let check = |region: &str, arn: &str, hint: &str| {
            let realm = Realm {
                account: "123456789012".into(),
                region: region.into(),
            };
            assert_eq!(realm.partition_hint(arn), hint);
        };
        check(
            "cn-north-1",
            "arn:aws:iam::123456789012:role/x",
            " It is of the partition aws, and in cn-north-1 ARNs are of aws-cn: arn:aws-cn:…",
        );
        check("cn-northwest-1", "arn:aws-cn:iam::aws:policy/x", "");
        check(
            "us-east-1",
            "arn:aws-cn:iam::aws:policy/x",
            " It is of the partition aws-cn, and in us-east-1 ARNs are of aws: arn:aws:…",
        );
        check("us-east-1", "no ARN", "");
    }

    #[test]
    fn a_function_has_one_arn_however_it_is_named() {
        let realm = Realm {
            account: "123456789012".into(),
            region: "us-east-1".into(),
        };
        let arn = "arn:aws:lambda:us-east-1:123456789012:function:f:1";
        for name in ["f:1", "123456789012:function:f:1", "function:f:1", arn] {
            assert_eq!(realm.function(name), arn);
        }
    }

    #[test]
    fn an_arn_is_taken_apart_once() {
        let arn = Arn::parse("arn:aws:iot:us-east-1:123456789012:thing/a:b").expect("an ARN");
        assert_eq!(arn.name_of("thing"), Some("a:b"));
        assert_eq!(arn.name_of("cert"), None);
        assert_eq!(Arn::parse("arn:aws:iot"), None);
        assert_eq!(Arn::parse("urn:aws:iot:r:a:x"), None);
    }
}
