//! AWS's published default rates of API operations, in calls a second for one account and region.
//!
//! Source: General Reference, "AWS IoT Core endpoints and quotas" (API throttling limits, message broker) and "AWS IoT
//! Device Management endpoints and quotas" (fleet indexing). The second number counts in the regions of
//! [`super::SMALL`]. An operation without a published rate is not here and has none.

use super::Rate;

/// One operation's rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation {
    /// Name of its service in credential scopes.
    pub service: &'static str,
    /// Its name in the API, such as `CreateThing`.
    pub name: &'static str,
    rates: (u32, u32),
}

impl Operation {
    /// Calls a second, and the same in the smaller regions.
    pub fn rates(&self) -> (u32, u32) {
        self.rates
    }

    /// Its rate in one of the two kinds of regions.
    pub fn rate(&self, small: bool) -> Rate {
        Rate::per_second(if small { self.rates.1 } else { self.rates.0 })
    }
}

const fn of(service: &'static str, name: &'static str, most: u32, small: u32) -> Operation {
    Operation {
        service,
        name,
        rates: (most, small),
    }
}

/// The place of an operation in [`OPERATIONS`].
pub fn position(service: &str, name: &str) -> Option<usize> {
    OPERATIONS
        .binary_search_by(|entry| (entry.service, entry.name).cmp(&(service, name)))
        .ok()
}

/// Every published rate, by service and name.
#[rustfmt::skip]
pub const OPERATIONS: &[Operation] = &[
    of("iot", "AcceptCertificateTransfer", 10, 10),
    of("iot", "AddThingToBillingGroup", 60, 60),
    of("iot", "AddThingToThingGroup", 100, 60),
    of("iot", "AttachPolicy", 15, 15),
    of("iot", "AttachPrincipalPolicy", 15, 15),
    of("iot", "AttachThingPrincipal", 100, 50),
    of("iot", "CancelCertificateTransfer", 10, 10),
    of("iot", "ClearDefaultAuthorizer", 10, 10),
    of("iot", "CreateAuthorizer", 10, 10),
    of("iot", "CreateBillingGroup", 25, 25),
    of("iot", "CreateCertificateFromCsr", 15, 15),
    of("iot", "CreateCertificateProvider", 1, 1),
    of("iot", "CreateDomainConfiguration", 1, 1),
    of("iot", "CreateDynamicThingGroup", 5, 5),
    of("iot", "CreateKeysAndCertificate", 10, 10),
    of("iot", "CreatePolicy", 10, 10),
    of("iot", "CreatePolicyVersion", 10, 10),
    of("iot", "CreateProvisioningClaim", 10, 10),
    of("iot", "CreateProvisioningTemplate", 10, 10),
    of("iot", "CreateProvisioningTemplateVersion", 10, 10),
    of("iot", "CreateRoleAlias", 10, 10),
    of("iot", "CreateThing", 100, 50),
    of("iot", "CreateThingGroup", 25, 25),
    of("iot", "CreateThingType", 15, 15),
    of("iot", "CreateTopicRule", 5, 5),
    of("iot", "CreateTopicRuleDestination", 5, 5),
    of("iot", "DeleteAuthorizer", 10, 10),
    of("iot", "DeleteBillingGroup", 15, 15),
    of("iot", "DeleteCACertificate", 10, 10),
    of("iot", "DeleteCertificate", 10, 10),
    of("iot", "DeleteCertificateProvider", 1, 1),
    of("iot", "DeleteDomainConfiguration", 10, 10),
    of("iot", "DeleteDynamicThingGroup", 5, 5),
    of("iot", "DeletePolicy", 10, 10),
    of("iot", "DeletePolicyVersion", 10, 10),
    of("iot", "DeleteProvisioningTemplate", 10, 10),
    of("iot", "DeleteProvisioningTemplateVersion", 10, 10),
    of("iot", "DeleteRegistrationCode", 10, 10),
    of("iot", "DeleteRoleAlias", 10, 10),
    of("iot", "DeleteThing", 100, 50),
    of("iot", "DeleteThingGroup", 15, 15),
    of("iot", "DeleteThingType", 15, 15),
    of("iot", "DeleteTopicRule", 20, 5),
    of("iot", "DeleteTopicRuleDestination", 5, 5),
    of("iot", "DeleteV2LoggingLevel", 2, 2),
    of("iot", "DeprecateThingType", 15, 15),
    of("iot", "DescribeAuthorizer", 10, 10),
    of("iot", "DescribeBillingGroup", 100, 100),
    of("iot", "DescribeCACertificate", 10, 10),
    of("iot", "DescribeCertificate", 10, 10),
    of("iot", "DescribeCertificateProvider", 10, 10),
    of("iot", "DescribeDefaultAuthorizer", 10, 10),
    of("iot", "DescribeDomainConfiguration", 10, 10),
    of("iot", "DescribeEncryptionConfiguration", 10, 10),
    of("iot", "DescribeEndpoint", 10, 10),
    of("iot", "DescribeEventConfigurations", 10, 10),
    of("iot", "DescribeIndex", 10, 10),
    of("iot", "DescribeProvisioningTemplate", 10, 10),
    of("iot", "DescribeProvisioningTemplateVersion", 10, 10),
    of("iot", "DescribeRoleAlias", 10, 10),
    of("iot", "DescribeThing", 350, 350),
    of("iot", "DescribeThingGroup", 100, 100),
    of("iot", "DescribeThingRegistrationTask", 10, 10),
    of("iot", "DescribeThingType", 100, 50),
    of("iot", "DetachPolicy", 15, 15),
    of("iot", "DetachPrincipalPolicy", 15, 15),
    of("iot", "DetachThingPrincipal", 100, 50),
    of("iot", "DisableTopicRule", 5, 5),
    of("iot", "EnableTopicRule", 5, 5),
    of("iot", "GetCardinality", 15, 15),
    of("iot", "GetEffectivePolicies", 5, 5),
    of("iot", "GetIndexingConfiguration", 20, 20),
    of("iot", "GetLoggingOptions", 2, 2),
    of("iot", "GetPercentiles", 15, 15),
    of("iot", "GetPolicy", 10, 10),
    of("iot", "GetPolicyVersion", 15, 15),
    of("iot", "GetRegistrationCode", 10, 10),
    of("iot", "GetStatistics", 15, 15),
    of("iot", "GetThingConnectivityData", 350, 350),
    of("iot", "GetTopicRule", 200, 20),
    of("iot", "GetTopicRuleDestination", 50, 5),
    of("iot", "GetV2LoggingOptions", 2, 2),
    of("iot", "ListAttachedPolicies", 15, 15),
    of("iot", "ListAuthorizers", 10, 10),
    of("iot", "ListBillingGroups", 10, 10),
    of("iot", "ListCACertificates", 10, 10),
    of("iot", "ListCertificateProviders", 10, 10),
    of("iot", "ListCertificates", 10, 10),
    of("iot", "ListCertificatesByCA", 10, 10),
    of("iot", "ListDomainConfigurations", 10, 10),
    of("iot", "ListIndices", 5, 5),
    of("iot", "ListOutgoingCertificates", 10, 10),
    of("iot", "ListPolicies", 10, 10),
    of("iot", "ListPolicyPrincipals", 10, 10),
    of("iot", "ListPolicyVersions", 10, 10),
    of("iot", "ListPrincipalPolicies", 15, 15),
    of("iot", "ListPrincipalThings", 10, 10),
    of("iot", "ListPrincipalThingsV2", 10, 10),
    of("iot", "ListProvisioningTemplateVersions", 10, 10),
    of("iot", "ListProvisioningTemplates", 10, 10),
    of("iot", "ListRoleAliases", 10, 10),
    of("iot", "ListTagsForResource", 10, 10),
    of("iot", "ListTargetsForPolicy", 10, 10),
    of("iot", "ListThingGroups", 10, 10),
    of("iot", "ListThingGroupsForThing", 100, 50),
    of("iot", "ListThingPrincipals", 20, 20),
    of("iot", "ListThingPrincipalsV2", 20, 20),
    of("iot", "ListThingRegistrationTaskReports", 10, 10),
    of("iot", "ListThingRegistrationTasks", 10, 10),
    of("iot", "ListThingTypes", 10, 10),
    of("iot", "ListThings", 10, 10),
    of("iot", "ListThingsInBillingGroup", 25, 25),
    of("iot", "ListThingsInThingGroup", 25, 25),
    of("iot", "ListTopicRuleDestinations", 1, 1),
    of("iot", "ListTopicRules", 2, 2),
    of("iot", "ListV2LoggingLevels", 2, 2),
    of("iot", "RegisterCACertificate", 10, 10),
    of("iot", "RegisterCertificate", 10, 10),
    of("iot", "RegisterCertificateWithoutCA", 10, 10),
    of("iot", "RegisterThing", 10, 10),
    of("iot", "RejectCertificateTransfer", 10, 10),
    of("iot", "RemoveThingFromBillingGroup", 30, 30),
    of("iot", "RemoveThingFromThingGroup", 100, 50),
    of("iot", "ReplaceTopicRule", 5, 5),
    of("iot", "SearchIndex", 15, 15),
    of("iot", "SetDefaultAuthorizer", 10, 10),
    of("iot", "SetDefaultPolicyVersion", 10, 10),
    of("iot", "SetLoggingOptions", 2, 2),
    of("iot", "SetV2LoggingLevel", 2, 2),
    of("iot", "SetV2LoggingOptions", 2, 2),
    of("iot", "StartThingRegistrationTask", 10, 10),
    of("iot", "StopThingRegistrationTask", 10, 10),
    of("iot", "TagResource", 10, 10),
    of("iot", "TestAuthorization", 10, 10),
    of("iot", "TestInvokeAuthorizer", 10, 10),
    of("iot", "TransferCertificate", 10, 10),
    of("iot", "UntagResource", 10, 10),
    of("iot", "UpdateAuthorizer", 10, 10),
    of("iot", "UpdateBillingGroup", 15, 15),
    of("iot", "UpdateCACertificate", 10, 10),
    of("iot", "UpdateCertificate", 10, 10),
    of("iot", "UpdateCertificateMode", 10, 10),
    of("iot", "UpdateCertificateProvider", 1, 1),
    of("iot", "UpdateDomainConfiguration", 10, 10),
    of("iot", "UpdateDynamicThingGroup", 5, 5),
    of("iot", "UpdateEncryptionConfiguration", 1, 1),
    of("iot", "UpdateEventConfigurations", 10, 10),
    of("iot", "UpdateIndexingConfiguration", 1, 1),
    of("iot", "UpdateProvisioningTemplate", 10, 10),
    of("iot", "UpdateRoleAlias", 10, 10),
    of("iot", "UpdateThing", 100, 50),
    of("iot", "UpdateThingGroup", 15, 15),
    of("iot", "UpdateThingGroupsForThing", 10, 10),
    of("iot", "UpdateThingType", 15, 15),
    of("iot", "UpdateTopicRuleDestination", 5, 5),
    of("iotdata", "DeleteConnection", 100, 100),
    of("iotdata", "GetConnection", 100, 100),
    of("iotdata", "GetRetainedMessage", 500, 50),
    of("iotdata", "ListRetainedMessages", 10, 10),
    of("iotdata", "ListSubscriptions", 100, 100),
    of("iotdata", "SendDirectMessage", 20000, 2000),
];
