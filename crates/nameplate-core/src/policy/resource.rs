//! Which resources an operation of `iot` or `iotdata` is checked on.
//!
//! Owns the table from operations to the members that name their resources, and the ARNs of those. Follows AWS's
//! service authorization reference; where the IoT guide says more, the guide. Must not know requests: the caller
//! brings the members' values.

use crate::arn::{Arn, Realm};
use crate::pki::CertificateId;

/// What a member of a request names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResourceKind {
    /// A thing, by name.
    Thing,
    /// A thing type, by name.
    ThingType,
    /// A static or dynamic thing group, by name.
    ThingGroup,
    /// A billing group, by name.
    BillingGroup,
    /// A device certificate, by id.
    Certificate,
    /// A CA certificate, by id.
    CaCertificate,
    /// An IoT policy, by name.
    Policy,
    /// A provisioning template, by name.
    ProvisioningTemplate,
    /// A topic rule, by name.
    Rule,
    /// A role alias, by name.
    RoleAlias,
    /// A custom authorizer, by name.
    Authorizer,
    /// A domain configuration, by name.
    DomainConfiguration,
    /// A certificate provider, by name.
    CertificateProvider,
    /// A job, by id.
    Job,
    /// A job template, by id.
    JobTemplate,
    /// A job template of the service's, by name.
    ManagedJobTemplate,
    /// A stream of file delivery, by id.
    Stream,
    /// A search index, by name.
    Index,
    /// A topic, by name.
    Topic,
    /// A connected client, by client identifier.
    Client,
    /// Anything, by its full ARN, for example a policy's target.
    Arn,
}

/// A member and what it names. A member that is a list names one of them with each item.
type Names = &'static [(ResourceKind, &'static str)];

/// The name of the index that is meant where a request names none. API: `indexName`.
const DEFAULT_INDEX: &str = "AWS_Things";

/// The condition key that names the thing a certificate is attached to or detached from. AWS service authorization
/// reference: AttachThingPrincipal.
pub const THING_ARN: &str = "iot:thingArn";

impl ResourceKind {
    /// The ARN of the resource that `name` names.
    pub fn arn(self, realm: &Realm, name: &str) -> String {
        let prefix = match self {
            ResourceKind::Arn => return canonical_arn(name),
            ResourceKind::Thing => return realm.thing(name),
            ResourceKind::ThingType => return realm.thing_type(name),
            ResourceKind::ThingGroup => return realm.thing_group(name),
            ResourceKind::BillingGroup => return realm.billing_group(name),
            ResourceKind::Certificate => return realm.certificate(&canonical_id(name)),
            ResourceKind::CaCertificate => return realm.ca_certificate(&canonical_id(name)),
            ResourceKind::Policy => return realm.policy(name),
            ResourceKind::ProvisioningTemplate => return realm.provisioning_template(name),
            ResourceKind::RoleAlias => return realm.role_alias(name),
            ResourceKind::Authorizer => return realm.authorizer(name),
            ResourceKind::DomainConfiguration => return realm.domain_configuration(name),
            // AWS's own belong to no account.
            ResourceKind::ManagedJobTemplate => {
                let (partition, region) = (realm.partition(), &realm.region);
                return format!("arn:{partition}:iot:{region}::jobtemplate/{name}");
            }
            ResourceKind::Rule => "rule",
            ResourceKind::CertificateProvider => "certificateprovider",
            ResourceKind::Job => "job",
            ResourceKind::JobTemplate => "jobtemplate",
            ResourceKind::Stream => "stream",
            ResourceKind::Index => "index",
            ResourceKind::Topic => "topic",
            ResourceKind::Client => "client",
        };
        realm.iot(format_args!("{prefix}/{name}"))
    }
}

/// The one form of a certificate's id, 64 lower-case hex digits. Callers may write it in upper case and behind `0x`
/// (API: `CertificateId`, `(0x)?[a-fA-F0-9]+`). What is no id stays as it is: it names nothing.
pub fn canonical_id(text: &str) -> String {
    match text.parse::<CertificateId>() {
        Ok(id) => id.to_string(),
        Err(_) => text.to_owned(),
    }
}

/// The one form of an ARN: the id of a certificate or CA certificate in it as [`canonical_id`] has it. Other names
/// have one spelling only.
pub fn canonical_arn(text: &str) -> String {
    let Some(arn) = Arn::parse(text).filter(|arn| arn.service == "iot") else {
        return text.to_owned();
    };
    let Some(id) = ["cert", "cacert"].iter().find_map(|kind| arn.name_of(kind)) else {
        return text.to_owned();
    };
    let before = text.strip_suffix(id).unwrap_or(text);
    format!("{before}{}", canonical_id(id))
}

/// The ARNs that an operation is checked on, all of which must be allowed; `*` where it has no resource. `values`
/// gives the texts of a member, which are none where the request lacks it.
pub fn resources(
    operation: &str,
    realm: &Realm,
    values: impl Fn(&str) -> Vec<String>,
) -> Vec<String> {
    let names = names(operation);
    let mut found: Vec<String> = Vec::new();
    for (kind, member) in names {
        for value in values(member) {
            let arn = kind.arn(realm, &value);
            if !found.contains(&arn) {
                found.push(arn);
            }
        }
    }
    if let ("GetThingShadow" | "UpdateThingShadow" | "DeleteThingShadow", [thing], [shadow]) = (
        operation,
        values("thingName").as_slice(),
        values("shadowName").as_slice(),
    ) {
        return vec![realm.shadow(thing, shadow)];
    }
    if found.is_empty() {
        let index = names.iter().any(|(kind, _)| *kind == ResourceKind::Index);
        found.push(if index {
            ResourceKind::Index.arn(realm, DEFAULT_INDEX)
        } else {
            "*".to_owned()
        });
    }
    found
}

/// The members of an operation's request that name what it is checked on.
fn names(operation: &str) -> Names {
    use ResourceKind::*;
    match operation {
        "CreateThing" => &[(Thing, "thingName"), (BillingGroup, "billingGroupName")],
        "UpdateThing"
        | "DeleteThing"
        | "DescribeThing"
        | "ListThingPrincipals"
        | "ListThingPrincipalsV2"
        | "ListThingGroupsForThing"
        | "GetThingConnectivityData"
        | "GetThingShadow"
        | "UpdateThingShadow"
        | "DeleteThingShadow"
        | "ListNamedShadowsForThing"
        | "ListJobExecutionsForThing"
        | "GetPendingJobExecutions"
        | "StartNextPendingJobExecution"
        | "UpdateJobExecution" => &[(Thing, "thingName")],
        "CancelJobExecution" | "DeleteJobExecution" | "DescribeJobExecution" => {
            &[(Job, "jobId"), (Thing, "thingName")]
        }
        "UpdateThingGroupsForThing" => &[
            (Thing, "thingName"),
            (ThingGroup, "thingGroupsToAdd"),
            (ThingGroup, "thingGroupsToRemove"),
        ],
        "AddThingToThingGroup" | "RemoveThingFromThingGroup" => &[
            (Thing, "thingName"),
            (Arn, "thingArn"),
            (ThingGroup, "thingGroupName"),
            (Arn, "thingGroupArn"),
        ],
        "AddThingToBillingGroup" | "RemoveThingFromBillingGroup" => &[
            (Thing, "thingName"),
            (Arn, "thingArn"),
            (BillingGroup, "billingGroupName"),
            (Arn, "billingGroupArn"),
        ],
        "CreateThingType" | "UpdateThingType" | "DeleteThingType" | "DescribeThingType"
        | "DeprecateThingType" => &[(ThingType, "thingTypeName")],
        "CreateThingGroup"
        | "UpdateThingGroup"
        | "DeleteThingGroup"
        | "DescribeThingGroup"
        | "ListThingsInThingGroup"
        | "CreateDynamicThingGroup"
        | "UpdateDynamicThingGroup"
        | "DeleteDynamicThingGroup" => &[(ThingGroup, "thingGroupName")],
        "CreateBillingGroup"
        | "UpdateBillingGroup"
        | "DeleteBillingGroup"
        | "DescribeBillingGroup"
        | "ListThingsInBillingGroup" => &[(BillingGroup, "billingGroupName")],
        "UpdateCertificate"
        | "DeleteCertificate"
        | "DescribeCertificate"
        | "TransferCertificate"
        | "AcceptCertificateTransfer"
        | "RejectCertificateTransfer"
        | "CancelCertificateTransfer" => &[(Certificate, "certificateId")],
        "UpdateCACertificate" | "DeleteCACertificate" | "DescribeCACertificate" => {
            &[(CaCertificate, "certificateId")]
        }
        "CreatePolicy"
        | "GetPolicy"
        | "DeletePolicy"
        | "CreatePolicyVersion"
        | "GetPolicyVersion"
        | "DeletePolicyVersion"
        | "ListPolicyVersions"
        | "SetDefaultPolicyVersion"
        | "ListTargetsForPolicy" => &[(Policy, "policyName")],
        "CreateProvisioningTemplate"
        | "UpdateProvisioningTemplate"
        | "DeleteProvisioningTemplate"
        | "DescribeProvisioningTemplate"
        | "CreateProvisioningTemplateVersion"
        | "DeleteProvisioningTemplateVersion"
        | "DescribeProvisioningTemplateVersion"
        | "ListProvisioningTemplateVersions"
        | "CreateProvisioningClaim" => &[(ProvisioningTemplate, "templateName")],
        "CreateTopicRule" | "ReplaceTopicRule" | "GetTopicRule" | "DeleteTopicRule"
        | "EnableTopicRule" | "DisableTopicRule" => &[(Rule, "ruleName")],
        "GetTopicRuleDestination" | "DeleteTopicRuleDestination" | "UpdateTopicRuleDestination" => {
            &[(Arn, "arn")]
        }
        "CreateRoleAlias" | "UpdateRoleAlias" | "DeleteRoleAlias" | "DescribeRoleAlias" => {
            &[(RoleAlias, "roleAlias")]
        }
        "CreateAuthorizer"
        | "UpdateAuthorizer"
        | "DeleteAuthorizer"
        | "DescribeAuthorizer"
        | "SetDefaultAuthorizer"
        | "TestInvokeAuthorizer" => &[(Authorizer, "authorizerName")],
        "CreateDomainConfiguration"
        | "UpdateDomainConfiguration"
        | "DeleteDomainConfiguration"
        | "DescribeDomainConfiguration" => &[(DomainConfiguration, "domainConfigurationName")],
        "CreateCertificateProvider"
        | "UpdateCertificateProvider"
        | "DeleteCertificateProvider"
        | "DescribeCertificateProvider" => &[(CertificateProvider, "certificateProviderName")],
        "CreateJob" => &[(Job, "jobId"), (Arn, "targets"), (Arn, "jobTemplateArn")],
        "AssociateTargetsWithJob" => &[(Job, "jobId"), (Arn, "targets")],
        "UpdateJob"
        | "DeleteJob"
        | "DescribeJob"
        | "CancelJob"
        | "GetJobDocument"
        | "ListJobExecutionsForJob" => &[(Job, "jobId")],
        "CreateStream" | "UpdateStream" | "DeleteStream" | "DescribeStream" => {
            &[(Stream, "streamId")]
        }
        "ListJobs" => &[(ThingGroup, "thingGroupName")],
        "CreateJobTemplate" => &[(JobTemplate, "jobTemplateId"), (Arn, "jobArn")],
        "DeleteJobTemplate" | "DescribeJobTemplate" => &[(JobTemplate, "jobTemplateId")],
        "DescribeManagedJobTemplate" => &[(ManagedJobTemplate, "templateName")],
        "SearchIndex"
        | "DescribeIndex"
        | "GetStatistics"
        | "GetCardinality"
        | "GetPercentiles"
        | "GetBucketsAggregation" => &[(Index, "indexName")],
        "Publish" | "GetRetainedMessage" => &[(Topic, "topic")],
        "GetConnection" | "ListSubscriptions" | "DeleteConnection" | "SendDirectMessage" => {
            &[(Client, "clientId")]
        }
        "AttachPolicy" | "DetachPolicy" => &[(Arn, "target")],
        "AttachPrincipalPolicy"
        | "DetachPrincipalPolicy"
        | "AttachThingPrincipal"
        | "DetachThingPrincipal"
        | "ListPrincipalThings"
        | "ListPrincipalThingsV2"
        | "GetEffectivePolicies"
        | "TestAuthorization" => &[(Arn, "principal")],
        "TagResource" | "UntagResource" | "ListTagsForResource" => &[(Arn, "resourceArn")],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:iot:us-east-1:123456789012:";

    fn realm() -> Realm {
        Realm {
            account: "123456789012".into(),
            region: "us-east-1".into(),
        }
    }

    #[test]
    fn an_operation_is_checked_on_all_that_it_names() {
        let check = |operation, members: &[(&str, &str)], expected: &[&str]| {
            let found = resources(operation, &realm(), |member| {
                let of = members.iter().filter(|(name, _)| *name == member);
                of.map(|(_, value)| (*value).to_owned()).collect()
            });
            let expected: Vec<String> = expected.iter().map(|end| format!("{ARN}{end}")).collect();
            assert_eq!(found, expected, "{operation} {members:?}");
        };
        let thing = ("thingName", "t");
        check("CreateThing", &[thing], &["thing/t"]);
        let billing = ("billingGroupName", "b");
        check(
            "CreateThing",
            &[thing, billing],
            &["thing/t", "billinggroup/b"],
        );
        check("Publish", &[("topic", "a/b")], &["topic/a/b"]);
        check("SearchIndex", &[], &["index/AWS_Things"]);
        check("SearchIndex", &[("indexName", "x")], &["index/x"]);
        // AWS guide: iot-policy-actions.
        let shadow = ("shadowName", "s");
        for operation in ["GetThingShadow", "UpdateThingShadow", "DeleteThingShadow"] {
            check(operation, &[thing], &["thing/t"]);
            check(operation, &[thing, shadow], &["thing/t/s"]);
        }
        check("ListNamedShadowsForThing", &[thing], &["thing/t"]);
        let arn = format!("{ARN}thing/t");
        check(
            "AddThingToThingGroup",
            &[("thingArn", &arn), ("thingGroupName", "g")],
            &["thing/t", "thinggroup/g"],
        );
        // By name and by ARN is once.
        check(
            "AddThingToThingGroup",
            &[("thingArn", &arn), thing, ("thingGroupName", "g")],
            &["thing/t", "thinggroup/g"],
        );
        check(
            "UpdateThingGroupsForThing",
            &[
                thing,
                ("thingGroupsToAdd", "a"),
                ("thingGroupsToAdd", "b"),
                ("thingGroupsToRemove", "c"),
            ],
            &["thing/t", "thinggroup/a", "thinggroup/b", "thinggroup/c"],
        );
        let nothing = |_: &str| Vec::new();
        for operation in ["ListThings", "RegisterCACertificate", "TestAuthorization"] {
            assert_eq!(resources(operation, &realm(), nothing), ["*"]);
        }
    }

    #[test]
    fn a_certificate_has_one_resource_however_its_id_is_written() {
        let id = "ab".repeat(32);
        let upper = id.to_ascii_uppercase();
        for text in [
            id.clone(),
            upper.clone(),
            format!("0x{id}"),
            format!("0x{upper}"),
        ] {
            assert_eq!(canonical_id(&text), id);
            for kind in ["cert", "cacert"] {
                let arn = format!("{ARN}{kind}/{text}");
                assert_eq!(canonical_arn(&arn), format!("{ARN}{kind}/{id}"));
            }
            let of = |operation| resources(operation, &realm(), |_| vec![text.clone()]);
            assert_eq!(of("DeleteCertificate"), [format!("{ARN}cert/{id}")]);
            assert_eq!(of("DeleteCACertificate"), [format!("{ARN}cacert/{id}")]);
        }
    }

    #[test]
    fn other_names_have_one_spelling() {
        let upper = "AB".repeat(32);
        for text in [
            format!("{ARN}thing/{upper}"),
            format!("{ARN}cert/0xZZ"),
            format!("arn:aws:iam::123456789012:cert/{upper}"),
            "nonsense".to_owned(),
        ] {
            assert_eq!(canonical_arn(&text), text);
        }
    }
}
