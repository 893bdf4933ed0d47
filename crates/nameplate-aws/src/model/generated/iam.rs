//! Generated from botocore 1.44.8 by `cargo run -p xtask -- models`: iam 2010-05-08.
//! Do not edit.

use crate::model::*;

pub(in crate::model) static MODEL: Model = Model { service: Service::Iam, api_version: "2010-05-08", xml_namespace: "https://iam.amazonaws.com/doc/2010-05-08/", target: "", operations: OPERATIONS, errors: ERRORS };

static OPERATIONS: &[Operation] = &[
    Operation::new(Service::Iam, "AcceptDelegationRequest", "POST", "/", 200).input(&AcceptDelegationRequestRequest).errors(&["ConcurrentModification", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "AcquireRole", "POST", "/", 200).input(&AcquireRoleRequest).output().errors(&["ConcurrentModification", "EntityAlreadyExists", "InvalidInput", "LimitExceeded", "MalformedPolicyDocument", "NameConflict", "NoSuchEntity", "RoleModified", "RoleTemplateDisabled", "ServiceFailure"]),
    Operation::new(Service::Iam, "AddClientIDToOpenIDConnectProvider", "POST", "/", 200).input(&AddClientIDToOpenIDConnectProviderRequest).errors(&["ConcurrentModification", "InvalidInput", "LimitExceeded", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "AddRoleToInstanceProfile", "POST", "/", 200).input(&AddRoleToInstanceProfileRequest).errors(&["EntityAlreadyExists", "LimitExceeded", "NoSuchEntity", "ServiceFailure", "UnmodifiableEntity"]),
    Operation::new(Service::Iam, "AddUserToGroup", "POST", "/", 200).input(&AddUserToGroupRequest).errors(&["LimitExceeded", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "AssociateDelegationRequest", "POST", "/", 200).input(&AssociateDelegationRequestRequest).errors(&["ConcurrentModification", "InvalidInput", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "AttachGroupPolicy", "POST", "/", 200).input(&AttachGroupPolicyRequest).errors(&["InvalidInput", "LimitExceeded", "NoSuchEntity", "PolicyNotAttachable", "ServiceFailure"]),
    Operation::new(Service::Iam, "AttachRolePolicy", "POST", "/", 200).input(&AttachRolePolicyRequest).errors(&["InvalidInput", "LimitExceeded", "NoSuchEntity", "PolicyNotAttachable", "ServiceFailure", "UnmodifiableEntity"]),
    Operation::new(Service::Iam, "AttachUserPolicy", "POST", "/", 200).input(&AttachUserPolicyRequest).errors(&["InvalidInput", "LimitExceeded", "NoSuchEntity", "PolicyNotAttachable", "ServiceFailure"]),
    Operation::new(Service::Iam, "ChangePassword", "POST", "/", 200).input(&ChangePasswordRequest).errors(&["EntityTemporarilyUnmodifiable", "InvalidUserType", "LimitExceeded", "NoSuchEntity", "PasswordPolicyViolation", "ServiceFailure"]),
    Operation::new(Service::Iam, "CreateAccessKey", "POST", "/", 200).input(&CreateAccessKeyRequest).output().errors(&["LimitExceeded", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "CreateAccountAlias", "POST", "/", 200).input(&CreateAccountAliasRequest).errors(&["ConcurrentModification", "EntityAlreadyExists", "LimitExceeded", "ServiceFailure"]),
    Operation::new(Service::Iam, "CreateDelegationRequest", "POST", "/", 200).input(&CreateDelegationRequestRequest).output().errors(&["ConcurrentModification", "EntityAlreadyExists", "InvalidInput", "LimitExceeded", "ServiceFailure"]),
    Operation::new(Service::Iam, "CreateGroup", "POST", "/", 200).input(&CreateGroupRequest).output().errors(&["EntityAlreadyExists", "LimitExceeded", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "CreateInstanceProfile", "POST", "/", 200).input(&CreateInstanceProfileRequest).output().errors(&["ConcurrentModification", "EntityAlreadyExists", "InvalidInput", "LimitExceeded", "ServiceFailure"]),
    Operation::new(Service::Iam, "CreateLoginProfile", "POST", "/", 200).input(&CreateLoginProfileRequest).output().errors(&["EntityAlreadyExists", "LimitExceeded", "NoSuchEntity", "PasswordPolicyViolation", "ServiceFailure"]),
    Operation::new(Service::Iam, "CreateOpenIDConnectProvider", "POST", "/", 200).input(&CreateOpenIDConnectProviderRequest).output().errors(&["ConcurrentModification", "EntityAlreadyExists", "InvalidInput", "LimitExceeded", "OpenIdIdpCommunicationError", "ServiceFailure"]),
    Operation::new(Service::Iam, "CreatePolicy", "POST", "/", 200).input(&CreatePolicyRequest).output().errors(&["ConcurrentModification", "EntityAlreadyExists", "InvalidInput", "LimitExceeded", "MalformedPolicyDocument", "ServiceFailure"]),
    Operation::new(Service::Iam, "CreatePolicyVersion", "POST", "/", 200).input(&CreatePolicyVersionRequest).output().errors(&["InvalidInput", "LimitExceeded", "MalformedPolicyDocument", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "CreateRole", "POST", "/", 200).input(&CreateRoleRequest).output().errors(&["ConcurrentModification", "EntityAlreadyExists", "InvalidInput", "LimitExceeded", "MalformedPolicyDocument", "ServiceFailure"]),
    Operation::new(Service::Iam, "CreateSAMLProvider", "POST", "/", 200).input(&CreateSAMLProviderRequest).output().errors(&["ConcurrentModification", "EntityAlreadyExists", "InvalidInput", "LimitExceeded", "ServiceFailure"]),
    Operation::new(Service::Iam, "CreateServiceLinkedRole", "POST", "/", 200).input(&CreateServiceLinkedRoleRequest).output().errors(&["InvalidInput", "LimitExceeded", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "CreateServiceSpecificCredential", "POST", "/", 200).input(&CreateServiceSpecificCredentialRequest).output().errors(&["LimitExceeded", "NoSuchEntity", "NotSupportedService"]),
    Operation::new(Service::Iam, "CreateUser", "POST", "/", 200).input(&CreateUserRequest).output().errors(&["ConcurrentModification", "EntityAlreadyExists", "InvalidInput", "LimitExceeded", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "CreateVirtualMFADevice", "POST", "/", 200).input(&CreateVirtualMFADeviceRequest).output().errors(&["ConcurrentModification", "EntityAlreadyExists", "InvalidInput", "LimitExceeded", "ServiceFailure"]),
    Operation::new(Service::Iam, "DeactivateMFADevice", "POST", "/", 200).input(&DeactivateMFADeviceRequest).errors(&["ConcurrentModification", "EntityTemporarilyUnmodifiable", "LimitExceeded", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "DeleteAccessKey", "POST", "/", 200).input(&DeleteAccessKeyRequest).errors(&["LimitExceeded", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "DeleteAccountAlias", "POST", "/", 200).input(&DeleteAccountAliasRequest).errors(&["ConcurrentModification", "LimitExceeded", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "DeleteAccountPasswordPolicy", "POST", "/", 200).errors(&["LimitExceeded", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "DeleteGroup", "POST", "/", 200).input(&DeleteGroupRequest).errors(&["DeleteConflict", "LimitExceeded", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "DeleteGroupPolicy", "POST", "/", 200).input(&DeleteGroupPolicyRequest).errors(&["LimitExceeded", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "DeleteInstanceProfile", "POST", "/", 200).input(&DeleteInstanceProfileRequest).errors(&["DeleteConflict", "LimitExceeded", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "DeleteLoginProfile", "POST", "/", 200).input(&DeleteLoginProfileRequest).errors(&["EntityTemporarilyUnmodifiable", "LimitExceeded", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "DeleteOpenIDConnectProvider", "POST", "/", 200).input(&DeleteOpenIDConnectProviderRequest).errors(&["ConcurrentModification", "InvalidInput", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "DeletePolicy", "POST", "/", 200).input(&DeletePolicyRequest).errors(&["DeleteConflict", "InvalidInput", "LimitExceeded", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "DeletePolicyVersion", "POST", "/", 200).input(&DeletePolicyVersionRequest).errors(&["DeleteConflict", "InvalidInput", "LimitExceeded", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "DeleteRole", "POST", "/", 200).input(&DeleteRoleRequest).errors(&["ConcurrentModification", "DeleteConflict", "LimitExceeded", "NoSuchEntity", "ServiceFailure", "UnmodifiableEntity"]),
    Operation::new(Service::Iam, "DeleteRolePermissionsBoundary", "POST", "/", 200).input(&DeleteRolePermissionsBoundaryRequest).errors(&["NoSuchEntity", "ServiceFailure", "UnmodifiableEntity"]),
    Operation::new(Service::Iam, "DeleteRolePolicy", "POST", "/", 200).input(&DeleteRolePolicyRequest).errors(&["LimitExceeded", "NoSuchEntity", "ServiceFailure", "UnmodifiableEntity"]),
    Operation::new(Service::Iam, "DeleteSAMLProvider", "POST", "/", 200).input(&DeleteSAMLProviderRequest).errors(&["ConcurrentModification", "InvalidInput", "LimitExceeded", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "DeleteSSHPublicKey", "POST", "/", 200).input(&DeleteSSHPublicKeyRequest).errors(&["NoSuchEntity"]),
    Operation::new(Service::Iam, "DeleteServerCertificate", "POST", "/", 200).input(&DeleteServerCertificateRequest).errors(&["DeleteConflict", "LimitExceeded", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "DeleteServiceLinkedRole", "POST", "/", 200).input(&DeleteServiceLinkedRoleRequest).output().errors(&["LimitExceeded", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "DeleteServiceSpecificCredential", "POST", "/", 200).input(&DeleteServiceSpecificCredentialRequest).errors(&["NoSuchEntity"]),
    Operation::new(Service::Iam, "DeleteSigningCertificate", "POST", "/", 200).input(&DeleteSigningCertificateRequest).errors(&["ConcurrentModification", "LimitExceeded", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "DeleteUser", "POST", "/", 200).input(&DeleteUserRequest).errors(&["ConcurrentModification", "DeleteConflict", "LimitExceeded", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "DeleteUserPermissionsBoundary", "POST", "/", 200).input(&DeleteUserPermissionsBoundaryRequest).errors(&["NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "DeleteUserPolicy", "POST", "/", 200).input(&DeleteUserPolicyRequest).errors(&["LimitExceeded", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "DeleteVirtualMFADevice", "POST", "/", 200).input(&DeleteVirtualMFADeviceRequest).errors(&["ConcurrentModification", "DeleteConflict", "LimitExceeded", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "DetachGroupPolicy", "POST", "/", 200).input(&DetachGroupPolicyRequest).errors(&["InvalidInput", "LimitExceeded", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "DetachRolePolicy", "POST", "/", 200).input(&DetachRolePolicyRequest).errors(&["InvalidInput", "LimitExceeded", "NoSuchEntity", "ServiceFailure", "UnmodifiableEntity"]),
    Operation::new(Service::Iam, "DetachUserPolicy", "POST", "/", 200).input(&DetachUserPolicyRequest).errors(&["InvalidInput", "LimitExceeded", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "DisableOrganizationsRootCredentialsManagement", "POST", "/", 200).input(&DisableOrganizationsRootCredentialsManagementRequest).output().errors(&["AccountNotManagementOrDelegatedAdministratorException", "OrganizationNotFoundException", "OrganizationNotInAllFeaturesModeException", "ServiceAccessNotEnabledException"]),
    Operation::new(Service::Iam, "DisableOrganizationsRootSessions", "POST", "/", 200).input(&DisableOrganizationsRootSessionsRequest).output().errors(&["AccountNotManagementOrDelegatedAdministratorException", "OrganizationNotFoundException", "OrganizationNotInAllFeaturesModeException", "ServiceAccessNotEnabledException"]),
    Operation::new(Service::Iam, "DisableOutboundWebIdentityFederation", "POST", "/", 200).errors(&["FeatureDisabled"]),
    Operation::new(Service::Iam, "EnableMFADevice", "POST", "/", 200).input(&EnableMFADeviceRequest).errors(&["ConcurrentModification", "EntityAlreadyExists", "EntityTemporarilyUnmodifiable", "InvalidAuthenticationCode", "LimitExceeded", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "EnableOrganizationsRootCredentialsManagement", "POST", "/", 200).input(&EnableOrganizationsRootCredentialsManagementRequest).output().errors(&["AccountNotManagementOrDelegatedAdministratorException", "CallerIsNotManagementAccountException", "OrganizationNotFoundException", "OrganizationNotInAllFeaturesModeException", "ServiceAccessNotEnabledException"]),
    Operation::new(Service::Iam, "EnableOrganizationsRootSessions", "POST", "/", 200).input(&EnableOrganizationsRootSessionsRequest).output().errors(&["AccountNotManagementOrDelegatedAdministratorException", "CallerIsNotManagementAccountException", "OrganizationNotFoundException", "OrganizationNotInAllFeaturesModeException", "ServiceAccessNotEnabledException"]),
    Operation::new(Service::Iam, "EnableOutboundWebIdentityFederation", "POST", "/", 200).output().errors(&["FeatureEnabled"]),
    Operation::new(Service::Iam, "GenerateCredentialReport", "POST", "/", 200).output().errors(&["LimitExceeded", "ServiceFailure"]),
    Operation::new(Service::Iam, "GenerateOrganizationsAccessReport", "POST", "/", 200).input(&GenerateOrganizationsAccessReportRequest).output().errors(&["ReportGenerationLimitExceeded"]),
    Operation::new(Service::Iam, "GenerateServiceLastAccessedDetails", "POST", "/", 200).input(&GenerateServiceLastAccessedDetailsRequest).output().errors(&["InvalidInput", "NoSuchEntity"]),
    Operation::new(Service::Iam, "GetAccessKeyLastUsed", "POST", "/", 200).input(&GetAccessKeyLastUsedRequest).output(),
    Operation::new(Service::Iam, "GetAccountAuthorizationDetails", "POST", "/", 200).input(&GetAccountAuthorizationDetailsRequest).output().errors(&["ServiceFailure"]),
    Operation::new(Service::Iam, "GetAccountPasswordPolicy", "POST", "/", 200).output().errors(&["NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "GetAccountProperties", "POST", "/", 200).input(&GetAccountPropertiesRequest).output().errors(&["InvalidInput", "ServiceFailure"]),
    Operation::new(Service::Iam, "GetAccountSummary", "POST", "/", 200).output().errors(&["ServiceFailure"]),
    Operation::new(Service::Iam, "GetContextKeysForCustomPolicy", "POST", "/", 200).input(&GetContextKeysForCustomPolicyRequest).output().errors(&["InvalidInput"]),
    Operation::new(Service::Iam, "GetContextKeysForPrincipalPolicy", "POST", "/", 200).input(&GetContextKeysForPrincipalPolicyRequest).output().errors(&["InvalidInput", "NoSuchEntity"]),
    Operation::new(Service::Iam, "GetCredentialReport", "POST", "/", 200).output().errors(&["ReportExpired", "ReportInProgress", "ReportNotPresent", "ServiceFailure"]),
    Operation::new(Service::Iam, "GetDelegationRequest", "POST", "/", 200).input(&GetDelegationRequestRequest).output().errors(&["NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "GetGroup", "POST", "/", 200).input(&GetGroupRequest).output().errors(&["NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "GetGroupPolicy", "POST", "/", 200).input(&GetGroupPolicyRequest).output().errors(&["NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "GetHumanReadableSummary", "POST", "/", 200).input(&GetHumanReadableSummaryRequest).output().errors(&["InvalidInput", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "GetInstanceProfile", "POST", "/", 200).input(&GetInstanceProfileRequest).output().errors(&["NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "GetLoginProfile", "POST", "/", 200).input(&GetLoginProfileRequest).output().errors(&["NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "GetMFADevice", "POST", "/", 200).input(&GetMFADeviceRequest).output().errors(&["NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "GetOpenIDConnectProvider", "POST", "/", 200).input(&GetOpenIDConnectProviderRequest).output().errors(&["InvalidInput", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "GetOrganizationsAccessReport", "POST", "/", 200).input(&GetOrganizationsAccessReportRequest).output().errors(&["NoSuchEntity"]),
    Operation::new(Service::Iam, "GetOutboundWebIdentityFederationInfo", "POST", "/", 200).output().errors(&["FeatureDisabled"]),
    Operation::new(Service::Iam, "GetPolicy", "POST", "/", 200).input(&GetPolicyRequest).output().errors(&["InvalidInput", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "GetPolicyVersion", "POST", "/", 200).input(&GetPolicyVersionRequest).output().errors(&["InvalidInput", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "GetRole", "POST", "/", 200).input(&GetRoleRequest).output().errors(&["NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "GetRolePolicy", "POST", "/", 200).input(&GetRolePolicyRequest).output().errors(&["NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "GetRoleTemplateVersion", "POST", "/", 200).input(&GetRoleTemplateVersionRequest).output().errors(&["InvalidInput", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "GetSAMLProvider", "POST", "/", 200).input(&GetSAMLProviderRequest).output().errors(&["InvalidInput", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "GetSSHPublicKey", "POST", "/", 200).input(&GetSSHPublicKeyRequest).output().errors(&["NoSuchEntity", "UnrecognizedPublicKeyEncoding"]),
    Operation::new(Service::Iam, "GetServerCertificate", "POST", "/", 200).input(&GetServerCertificateRequest).output().errors(&["NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "GetServiceLastAccessedDetails", "POST", "/", 200).input(&GetServiceLastAccessedDetailsRequest).output().errors(&["InvalidInput", "NoSuchEntity"]),
    Operation::new(Service::Iam, "GetServiceLastAccessedDetailsWithEntities", "POST", "/", 200).input(&GetServiceLastAccessedDetailsWithEntitiesRequest).output().errors(&["InvalidInput", "NoSuchEntity"]),
    Operation::new(Service::Iam, "GetServiceLinkedRoleDeletionStatus", "POST", "/", 200).input(&GetServiceLinkedRoleDeletionStatusRequest).output().errors(&["InvalidInput", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "GetUser", "POST", "/", 200).input(&GetUserRequest).output().errors(&["NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "GetUserPolicy", "POST", "/", 200).input(&GetUserPolicyRequest).output().errors(&["NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "ListAccessKeys", "POST", "/", 200).input(&ListAccessKeysRequest).output().errors(&["NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "ListAccountAliases", "POST", "/", 200).input(&ListAccountAliasesRequest).output().errors(&["ServiceFailure"]),
    Operation::new(Service::Iam, "ListAttachedGroupPolicies", "POST", "/", 200).input(&ListAttachedGroupPoliciesRequest).output().errors(&["InvalidInput", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "ListAttachedRolePolicies", "POST", "/", 200).input(&ListAttachedRolePoliciesRequest).output().errors(&["InvalidInput", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "ListAttachedUserPolicies", "POST", "/", 200).input(&ListAttachedUserPoliciesRequest).output().errors(&["InvalidInput", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "ListDelegationRequests", "POST", "/", 200).input(&ListDelegationRequestsRequest).output().errors(&["InvalidInput", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "ListEntitiesForPolicy", "POST", "/", 200).input(&ListEntitiesForPolicyRequest).output().errors(&["InvalidInput", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "ListGroupPolicies", "POST", "/", 200).input(&ListGroupPoliciesRequest).output().errors(&["NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "ListGroups", "POST", "/", 200).input(&ListGroupsRequest).output().errors(&["ServiceFailure"]),
    Operation::new(Service::Iam, "ListGroupsForUser", "POST", "/", 200).input(&ListGroupsForUserRequest).output().errors(&["NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "ListInstanceProfileTags", "POST", "/", 200).input(&ListInstanceProfileTagsRequest).output().errors(&["NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "ListInstanceProfiles", "POST", "/", 200).input(&ListInstanceProfilesRequest).output().errors(&["ServiceFailure"]),
    Operation::new(Service::Iam, "ListInstanceProfilesForRole", "POST", "/", 200).input(&ListInstanceProfilesForRoleRequest).output().errors(&["NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "ListMFADeviceTags", "POST", "/", 200).input(&ListMFADeviceTagsRequest).output().errors(&["InvalidInput", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "ListMFADevices", "POST", "/", 200).input(&ListMFADevicesRequest).output().errors(&["NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "ListOpenIDConnectProviderTags", "POST", "/", 200).input(&ListOpenIDConnectProviderTagsRequest).output().errors(&["InvalidInput", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "ListOpenIDConnectProviders", "POST", "/", 200).input(&ListOpenIDConnectProvidersRequest).output().errors(&["ServiceFailure"]),
    Operation::new(Service::Iam, "ListOrganizationsFeatures", "POST", "/", 200).input(&ListOrganizationsFeaturesRequest).output().errors(&["AccountNotManagementOrDelegatedAdministratorException", "OrganizationNotFoundException", "OrganizationNotInAllFeaturesModeException", "ServiceAccessNotEnabledException"]),
    Operation::new(Service::Iam, "ListPolicies", "POST", "/", 200).input(&ListPoliciesRequest).output().errors(&["ServiceFailure"]),
    Operation::new(Service::Iam, "ListPoliciesGrantingServiceAccess", "POST", "/", 200).input(&ListPoliciesGrantingServiceAccessRequest).output().errors(&["InvalidInput", "NoSuchEntity"]),
    Operation::new(Service::Iam, "ListPolicyTags", "POST", "/", 200).input(&ListPolicyTagsRequest).output().errors(&["InvalidInput", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "ListPolicyVersions", "POST", "/", 200).input(&ListPolicyVersionsRequest).output().errors(&["InvalidInput", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "ListRolePolicies", "POST", "/", 200).input(&ListRolePoliciesRequest).output().errors(&["NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "ListRoleTags", "POST", "/", 200).input(&ListRoleTagsRequest).output().errors(&["NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "ListRoles", "POST", "/", 200).input(&ListRolesRequest).output().errors(&["ServiceFailure"]),
    Operation::new(Service::Iam, "ListSAMLProviderTags", "POST", "/", 200).input(&ListSAMLProviderTagsRequest).output().errors(&["InvalidInput", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "ListSAMLProviders", "POST", "/", 200).input(&ListSAMLProvidersRequest).output().errors(&["ServiceFailure"]),
    Operation::new(Service::Iam, "ListSSHPublicKeys", "POST", "/", 200).input(&ListSSHPublicKeysRequest).output().errors(&["NoSuchEntity"]),
    Operation::new(Service::Iam, "ListServerCertificateTags", "POST", "/", 200).input(&ListServerCertificateTagsRequest).output().errors(&["NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "ListServerCertificates", "POST", "/", 200).input(&ListServerCertificatesRequest).output().errors(&["ServiceFailure"]),
    Operation::new(Service::Iam, "ListServiceSpecificCredentials", "POST", "/", 200).input(&ListServiceSpecificCredentialsRequest).output().errors(&["NoSuchEntity", "NotSupportedService"]),
    Operation::new(Service::Iam, "ListSigningCertificates", "POST", "/", 200).input(&ListSigningCertificatesRequest).output().errors(&["NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "ListUserPolicies", "POST", "/", 200).input(&ListUserPoliciesRequest).output().errors(&["NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "ListUserTags", "POST", "/", 200).input(&ListUserTagsRequest).output().errors(&["NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "ListUsers", "POST", "/", 200).input(&ListUsersRequest).output().errors(&["ServiceFailure"]),
    Operation::new(Service::Iam, "ListVirtualMFADevices", "POST", "/", 200).input(&ListVirtualMFADevicesRequest).output(),
    Operation::new(Service::Iam, "PutAccountProperties", "POST", "/", 200).input(&PutAccountPropertiesRequest).output().errors(&["ConcurrentModification", "InvalidInput", "ServiceFailure"]),
    Operation::new(Service::Iam, "PutGroupPolicy", "POST", "/", 200).input(&PutGroupPolicyRequest).errors(&["LimitExceeded", "MalformedPolicyDocument", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "PutRolePermissionsBoundary", "POST", "/", 200).input(&PutRolePermissionsBoundaryRequest).errors(&["InvalidInput", "NoSuchEntity", "PolicyNotAttachable", "ServiceFailure", "UnmodifiableEntity"]),
    Operation::new(Service::Iam, "PutRolePolicy", "POST", "/", 200).input(&PutRolePolicyRequest).errors(&["LimitExceeded", "MalformedPolicyDocument", "NoSuchEntity", "ServiceFailure", "UnmodifiableEntity"]),
    Operation::new(Service::Iam, "PutUserPermissionsBoundary", "POST", "/", 200).input(&PutUserPermissionsBoundaryRequest).errors(&["InvalidInput", "NoSuchEntity", "PolicyNotAttachable", "ServiceFailure"]),
    Operation::new(Service::Iam, "PutUserPolicy", "POST", "/", 200).input(&PutUserPolicyRequest).errors(&["LimitExceeded", "MalformedPolicyDocument", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "RejectDelegationRequest", "POST", "/", 200).input(&RejectDelegationRequestRequest).errors(&["ConcurrentModification", "InvalidInput", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "RemoveClientIDFromOpenIDConnectProvider", "POST", "/", 200).input(&RemoveClientIDFromOpenIDConnectProviderRequest).errors(&["ConcurrentModification", "InvalidInput", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "RemoveRoleFromInstanceProfile", "POST", "/", 200).input(&RemoveRoleFromInstanceProfileRequest).errors(&["LimitExceeded", "NoSuchEntity", "ServiceFailure", "UnmodifiableEntity"]),
    Operation::new(Service::Iam, "RemoveUserFromGroup", "POST", "/", 200).input(&RemoveUserFromGroupRequest).errors(&["LimitExceeded", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "ResetServiceSpecificCredential", "POST", "/", 200).input(&ResetServiceSpecificCredentialRequest).output().errors(&["NoSuchEntity"]),
    Operation::new(Service::Iam, "ResyncMFADevice", "POST", "/", 200).input(&ResyncMFADeviceRequest).errors(&["ConcurrentModification", "InvalidAuthenticationCode", "LimitExceeded", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "SendDelegationToken", "POST", "/", 200).input(&SendDelegationTokenRequest).errors(&["ConcurrentModification", "InvalidInput", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "SetDefaultPolicyVersion", "POST", "/", 200).input(&SetDefaultPolicyVersionRequest).errors(&["InvalidInput", "LimitExceeded", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "SetSecurityTokenServicePreferences", "POST", "/", 200).input(&SetSecurityTokenServicePreferencesRequest).errors(&["ServiceFailure"]),
    Operation::new(Service::Iam, "SimulateCustomPolicy", "POST", "/", 200).input(&SimulateCustomPolicyRequest).output().errors(&["InvalidInput", "PolicyEvaluation"]),
    Operation::new(Service::Iam, "SimulatePrincipalPolicy", "POST", "/", 200).input(&SimulatePrincipalPolicyRequest).output().errors(&["InvalidInput", "NoSuchEntity", "PolicyEvaluation"]),
    Operation::new(Service::Iam, "TagInstanceProfile", "POST", "/", 200).input(&TagInstanceProfileRequest).errors(&["ConcurrentModification", "InvalidInput", "LimitExceeded", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "TagMFADevice", "POST", "/", 200).input(&TagMFADeviceRequest).errors(&["ConcurrentModification", "InvalidInput", "LimitExceeded", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "TagOpenIDConnectProvider", "POST", "/", 200).input(&TagOpenIDConnectProviderRequest).errors(&["ConcurrentModification", "InvalidInput", "LimitExceeded", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "TagPolicy", "POST", "/", 200).input(&TagPolicyRequest).errors(&["ConcurrentModification", "InvalidInput", "LimitExceeded", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "TagRole", "POST", "/", 200).input(&TagRoleRequest).errors(&["ConcurrentModification", "InvalidInput", "LimitExceeded", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "TagSAMLProvider", "POST", "/", 200).input(&TagSAMLProviderRequest).errors(&["ConcurrentModification", "InvalidInput", "LimitExceeded", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "TagServerCertificate", "POST", "/", 200).input(&TagServerCertificateRequest).errors(&["ConcurrentModification", "InvalidInput", "LimitExceeded", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "TagUser", "POST", "/", 200).input(&TagUserRequest).errors(&["ConcurrentModification", "InvalidInput", "LimitExceeded", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "UntagInstanceProfile", "POST", "/", 200).input(&UntagInstanceProfileRequest).errors(&["ConcurrentModification", "InvalidInput", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "UntagMFADevice", "POST", "/", 200).input(&UntagMFADeviceRequest).errors(&["ConcurrentModification", "InvalidInput", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "UntagOpenIDConnectProvider", "POST", "/", 200).input(&UntagOpenIDConnectProviderRequest).errors(&["ConcurrentModification", "InvalidInput", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "UntagPolicy", "POST", "/", 200).input(&UntagPolicyRequest).errors(&["ConcurrentModification", "InvalidInput", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "UntagRole", "POST", "/", 200).input(&UntagRoleRequest).errors(&["ConcurrentModification", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "UntagSAMLProvider", "POST", "/", 200).input(&UntagSAMLProviderRequest).errors(&["ConcurrentModification", "InvalidInput", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "UntagServerCertificate", "POST", "/", 200).input(&UntagServerCertificateRequest).errors(&["ConcurrentModification", "InvalidInput", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "UntagUser", "POST", "/", 200).input(&UntagUserRequest).errors(&["ConcurrentModification", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "UpdateAccessKey", "POST", "/", 200).input(&UpdateAccessKeyRequest).errors(&["InvalidInput", "LimitExceeded", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "UpdateAccountPasswordPolicy", "POST", "/", 200).input(&UpdateAccountPasswordPolicyRequest).errors(&["LimitExceeded", "MalformedPolicyDocument", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "UpdateAssumeRolePolicy", "POST", "/", 200).input(&UpdateAssumeRolePolicyRequest).errors(&["LimitExceeded", "MalformedPolicyDocument", "NoSuchEntity", "ServiceFailure", "UnmodifiableEntity"]),
    Operation::new(Service::Iam, "UpdateDelegationRequest", "POST", "/", 200).input(&UpdateDelegationRequestRequest).errors(&["ConcurrentModification", "InvalidInput", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "UpdateGroup", "POST", "/", 200).input(&UpdateGroupRequest).errors(&["EntityAlreadyExists", "LimitExceeded", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "UpdateLoginProfile", "POST", "/", 200).input(&UpdateLoginProfileRequest).errors(&["EntityTemporarilyUnmodifiable", "InvalidInput", "LimitExceeded", "NoSuchEntity", "PasswordPolicyViolation", "ServiceFailure"]),
    Operation::new(Service::Iam, "UpdateOpenIDConnectProvider", "POST", "/", 200).input(&UpdateOpenIDConnectProviderRequest).errors(&["ConcurrentModification", "InvalidInput", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "UpdateOpenIDConnectProviderThumbprint", "POST", "/", 200).input(&UpdateOpenIDConnectProviderThumbprintRequest).errors(&["ConcurrentModification", "InvalidInput", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "UpdateRole", "POST", "/", 200).input(&UpdateRoleRequest).output().errors(&["InvalidInput", "NoSuchEntity", "ServiceFailure", "UnmodifiableEntity"]),
    Operation::new(Service::Iam, "UpdateRoleDescription", "POST", "/", 200).input(&UpdateRoleDescriptionRequest).output().errors(&["NoSuchEntity", "ServiceFailure", "UnmodifiableEntity"]),
    Operation::new(Service::Iam, "UpdateSAMLProvider", "POST", "/", 200).input(&UpdateSAMLProviderRequest).output().errors(&["ConcurrentModification", "InvalidInput", "LimitExceeded", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "UpdateSSHPublicKey", "POST", "/", 200).input(&UpdateSSHPublicKeyRequest).errors(&["InvalidInput", "NoSuchEntity"]),
    Operation::new(Service::Iam, "UpdateServerCertificate", "POST", "/", 200).input(&UpdateServerCertificateRequest).errors(&["EntityAlreadyExists", "LimitExceeded", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "UpdateServiceSpecificCredential", "POST", "/", 200).input(&UpdateServiceSpecificCredentialRequest).errors(&["NoSuchEntity"]),
    Operation::new(Service::Iam, "UpdateSigningCertificate", "POST", "/", 200).input(&UpdateSigningCertificateRequest).errors(&["InvalidInput", "LimitExceeded", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "UpdateUser", "POST", "/", 200).input(&UpdateUserRequest).errors(&["ConcurrentModification", "EntityAlreadyExists", "EntityTemporarilyUnmodifiable", "LimitExceeded", "NoSuchEntity", "ServiceFailure"]),
    Operation::new(Service::Iam, "UploadSSHPublicKey", "POST", "/", 200).input(&UploadSSHPublicKeyRequest).output().errors(&["DuplicateSSHPublicKey", "InvalidPublicKey", "LimitExceeded", "NoSuchEntity", "UnrecognizedPublicKeyEncoding"]),
    Operation::new(Service::Iam, "UploadServerCertificate", "POST", "/", 200).input(&UploadServerCertificateRequest).output().errors(&["ConcurrentModification", "EntityAlreadyExists", "InvalidInput", "KeyPairMismatch", "LimitExceeded", "MalformedCertificate", "ServiceFailure"]),
    Operation::new(Service::Iam, "UploadSigningCertificate", "POST", "/", 200).input(&UploadSigningCertificateRequest).output().errors(&["ConcurrentModification", "DuplicateCertificate", "EntityAlreadyExists", "InvalidCertificate", "LimitExceeded", "MalformedCertificate", "NoSuchEntity", "ServiceFailure"]),
];

static ERRORS: &[ErrorName] = &[
    ErrorName { code: "AccountNotManagementOrDelegatedAdministratorException", status: 400 },
    ErrorName { code: "CallerIsNotManagementAccountException", status: 400 },
    ErrorName { code: "ConcurrentModification", status: 409 },
    ErrorName { code: "DeleteConflict", status: 409 },
    ErrorName { code: "DuplicateCertificate", status: 409 },
    ErrorName { code: "DuplicateSSHPublicKey", status: 400 },
    ErrorName { code: "EntityAlreadyExists", status: 409 },
    ErrorName { code: "EntityTemporarilyUnmodifiable", status: 409 },
    ErrorName { code: "FeatureDisabled", status: 404 },
    ErrorName { code: "FeatureEnabled", status: 409 },
    ErrorName { code: "InvalidAuthenticationCode", status: 403 },
    ErrorName { code: "InvalidCertificate", status: 400 },
    ErrorName { code: "InvalidInput", status: 400 },
    ErrorName { code: "InvalidPublicKey", status: 400 },
    ErrorName { code: "InvalidUserType", status: 400 },
    ErrorName { code: "KeyPairMismatch", status: 400 },
    ErrorName { code: "LimitExceeded", status: 409 },
    ErrorName { code: "MalformedCertificate", status: 400 },
    ErrorName { code: "MalformedPolicyDocument", status: 400 },
    ErrorName { code: "NameConflict", status: 409 },
    ErrorName { code: "NoSuchEntity", status: 404 },
    ErrorName { code: "NotSupportedService", status: 404 },
    ErrorName { code: "OpenIdIdpCommunicationError", status: 400 },
    ErrorName { code: "OrganizationNotFoundException", status: 400 },
    ErrorName { code: "OrganizationNotInAllFeaturesModeException", status: 400 },
    ErrorName { code: "PasswordPolicyViolation", status: 400 },
    ErrorName { code: "PolicyEvaluation", status: 500 },
    ErrorName { code: "PolicyNotAttachable", status: 400 },
    ErrorName { code: "ReportExpired", status: 410 },
    ErrorName { code: "ReportGenerationLimitExceeded", status: 409 },
    ErrorName { code: "ReportInProgress", status: 404 },
    ErrorName { code: "ReportNotPresent", status: 410 },
    ErrorName { code: "RoleModified", status: 409 },
    ErrorName { code: "RoleTemplateDisabled", status: 400 },
    ErrorName { code: "ServiceAccessNotEnabledException", status: 400 },
    ErrorName { code: "ServiceFailure", status: 500 },
    ErrorName { code: "UnmodifiableEntity", status: 400 },
    ErrorName { code: "UnrecognizedPublicKeyEncoding", status: 400 },
];

static AcceptDelegationRequestRequest: Shape = Shape::structure(&[
    Member::body("DelegationRequestId", "DelegationRequestId", &delegationRequestIdType).required(),
]);
static AccessAdvisorUsageGranularityType: Shape = Shape::string().one_of(&["SERVICE_LEVEL", "ACTION_LEVEL"]);
static AcquireRoleRequest: Shape = Shape::structure(&[
    Member::body("TemplateArn", "TemplateArn", &arnType).required(),
    Member::body("TemplateMinorVersion", "TemplateMinorVersion", &integerType),
    Member::body("ReplacementValues", "ReplacementValues", &mapStringReplacementValueEntry),
]);
static ActionNameListType: Shape = Shape::list(&ActionNameType);
static ActionNameType: Shape = Shape::string().min(3.0).max(128.0);
static AddClientIDToOpenIDConnectProviderRequest: Shape = Shape::structure(&[
    Member::body("OpenIDConnectProviderArn", "OpenIDConnectProviderArn", &arnType).required(),
    Member::body("ClientID", "ClientID", &clientIDType).required(),
]);
static AddRoleToInstanceProfileRequest: Shape = Shape::structure(&[
    Member::body("InstanceProfileName", "InstanceProfileName", &instanceProfileNameType).required(),
    Member::body("RoleName", "RoleName", &roleNameType).required(),
]);
static AddUserToGroupRequest: Shape = Shape::structure(&[
    Member::body("GroupName", "GroupName", &groupNameType).required(),
    Member::body("UserName", "UserName", &existingUserNameType).required(),
]);
static AssociateDelegationRequestRequest: Shape = Shape::structure(&[
    Member::body("DelegationRequestId", "DelegationRequestId", &delegationRequestIdType).required(),
]);
static AttachGroupPolicyRequest: Shape = Shape::structure(&[
    Member::body("GroupName", "GroupName", &groupNameType).required(),
    Member::body("PolicyArn", "PolicyArn", &arnType).required(),
]);
static AttachRolePolicyRequest: Shape = Shape::structure(&[
    Member::body("RoleName", "RoleName", &roleNameType).required(),
    Member::body("PolicyArn", "PolicyArn", &arnType).required(),
]);
static AttachUserPolicyRequest: Shape = Shape::structure(&[
    Member::body("UserName", "UserName", &userNameType).required(),
    Member::body("PolicyArn", "PolicyArn", &arnType).required(),
]);
static AttachmentName: Shape = Shape::string().min(1.0).max(128.0).pattern("[\\w+=,.@-]+");
static AttachmentType: Shape = Shape::string().one_of(&["user", "group", "role"]);
static ChangePasswordRequest: Shape = Shape::structure(&[
    Member::body("OldPassword", "OldPassword", &passwordType).required(),
    Member::body("NewPassword", "NewPassword", &passwordType).required(),
]);
static ContextEntry: Shape = Shape::structure(&[
    Member::body("ContextKeyName", "ContextKeyName", &ContextKeyNameType),
    Member::body("ContextKeyValues", "ContextKeyValues", &ContextKeyValueListType),
    Member::body("ContextKeyType", "ContextKeyType", &ContextKeyTypeEnum),
]);
static ContextEntryListType: Shape = Shape::list(&ContextEntry);
static ContextKeyNameType: Shape = Shape::string().min(5.0).max(256.0);
static ContextKeyTypeEnum: Shape = Shape::string().one_of(&["string", "stringList", "numeric", "numericList", "boolean", "booleanList", "ip", "ipList", "binary", "binaryList", "date", "dateList"]);
static ContextKeyValueListType: Shape = Shape::list(&ContextKeyValueType);
static ContextKeyValueType: Shape = Shape::string();
static ContextProvider: Shape = Shape::structure(&[
    Member::body("KeyDefinitionList", "KeyDefinitionList", &keyDefinitionListType),
    Member::body("SubjectSourceKey", "SubjectSourceKey", &contextProviderSourceKeyType).required(),
    Member::body("SubjectTypeValue", "SubjectTypeValue", &subjectTypeValueType),
    Member::body("SubjectTypeSourceKey", "SubjectTypeSourceKey", &contextProviderSourceKeyType),
]);
static ContextProviderKeyDefinition: Shape = Shape::structure(&[
    Member::body("SourceKey", "SourceKey", &contextProviderSourceKeyType).required(),
    Member::body("TargetKey", "TargetKey", &contextProviderTargetKeyType),
]);
static CreateAccessKeyRequest: Shape = Shape::structure(&[
    Member::body("UserName", "UserName", &existingUserNameType),
]);
static CreateAccountAliasRequest: Shape = Shape::structure(&[
    Member::body("AccountAlias", "AccountAlias", &accountAliasType).required(),
]);
static CreateDelegationRequestRequest: Shape = Shape::structure(&[
    Member::body("OwnerAccountId", "OwnerAccountId", &accountIdType),
    Member::body("Description", "Description", &delegationRequestDescriptionType).required(),
    Member::body("Permissions", "Permissions", &DelegationPermission).required(),
    Member::body("RequestMessage", "RequestMessage", &requestMessageType),
    Member::body("RequestorWorkflowId", "RequestorWorkflowId", &requestorWorkflowIdType).required(),
    Member::body("RedirectUrl", "RedirectUrl", &redirectUrlType),
    Member::body("NotificationChannel", "NotificationChannel", &notificationChannelType).required(),
    Member::body("SessionDuration", "SessionDuration", &sessionDurationType).required(),
    Member::body("OnlySendByOwner", "OnlySendByOwner", &booleanType),
]);
static CreateGroupRequest: Shape = Shape::structure(&[
    Member::body("Path", "Path", &pathType),
    Member::body("GroupName", "GroupName", &groupNameType).required(),
]);
static CreateInstanceProfileRequest: Shape = Shape::structure(&[
    Member::body("InstanceProfileName", "InstanceProfileName", &instanceProfileNameType).required(),
    Member::body("Path", "Path", &pathType),
    Member::body("Tags", "Tags", &tagListType),
]);
static CreateLoginProfileRequest: Shape = Shape::structure(&[
    Member::body("UserName", "UserName", &userNameType),
    Member::body("Password", "Password", &passwordType),
    Member::body("PasswordResetRequired", "PasswordResetRequired", &booleanType),
    Member::body("MaxSigninSessionDuration", "MaxSigninSessionDuration", &maxSigninSessionDurationType),
]);
static CreateOpenIDConnectProviderRequest: Shape = Shape::structure(&[
    Member::body("Url", "Url", &OpenIDConnectProviderUrlType).required(),
    Member::body("ClientIDList", "ClientIDList", &clientIDListType),
    Member::body("ThumbprintList", "ThumbprintList", &thumbprintListType),
    Member::body("Tags", "Tags", &tagListType),
    Member::body("ContextProvider", "ContextProvider", &ContextProvider),
    Member::body("IdentityCenterInstanceArn", "IdentityCenterInstanceArn", &identityCenterInstanceArnType),
]);
static CreatePolicyRequest: Shape = Shape::structure(&[
    Member::body("PolicyName", "PolicyName", &policyNameType).required(),
    Member::body("Path", "Path", &policyPathType),
    Member::body("PolicyDocument", "PolicyDocument", &policyDocumentType).required(),
    Member::body("Description", "Description", &policyDescriptionType),
    Member::body("Tags", "Tags", &tagListType),
]);
static CreatePolicyVersionRequest: Shape = Shape::structure(&[
    Member::body("PolicyArn", "PolicyArn", &arnType).required(),
    Member::body("PolicyDocument", "PolicyDocument", &policyDocumentType).required(),
    Member::body("SetAsDefault", "SetAsDefault", &booleanType),
]);
static CreateRoleRequest: Shape = Shape::structure(&[
    Member::body("Path", "Path", &pathType),
    Member::body("RoleName", "RoleName", &roleNameType).required(),
    Member::body("AssumeRolePolicyDocument", "AssumeRolePolicyDocument", &policyDocumentType).required(),
    Member::body("Description", "Description", &roleDescriptionType),
    Member::body("MaxSessionDuration", "MaxSessionDuration", &roleMaxSessionDurationType),
    Member::body("MaxSigninSessionDuration", "MaxSigninSessionDuration", &maxSigninSessionDurationType),
    Member::body("PermissionsBoundary", "PermissionsBoundary", &arnType),
    Member::body("Tags", "Tags", &tagListType),
]);
static CreateSAMLProviderRequest: Shape = Shape::structure(&[
    Member::body("SAMLMetadataDocument", "SAMLMetadataDocument", &SAMLMetadataDocumentType).required(),
    Member::body("Name", "Name", &SAMLProviderNameType).required(),
    Member::body("Tags", "Tags", &tagListType),
    Member::body("AssertionEncryptionMode", "AssertionEncryptionMode", &assertionEncryptionModeType),
    Member::body("AddPrivateKey", "AddPrivateKey", &privateKeyType),
    Member::body("ContextProvider", "ContextProvider", &ContextProvider),
    Member::body("IdentityCenterInstanceArn", "IdentityCenterInstanceArn", &identityCenterInstanceArnType),
]);
static CreateServiceLinkedRoleRequest: Shape = Shape::structure(&[
    Member::body("AWSServiceName", "AWSServiceName", &groupNameType).required(),
    Member::body("Description", "Description", &roleDescriptionType),
    Member::body("CustomSuffix", "CustomSuffix", &customSuffixType),
]);
static CreateServiceSpecificCredentialRequest: Shape = Shape::structure(&[
    Member::body("UserName", "UserName", &userNameType).required(),
    Member::body("ServiceName", "ServiceName", &serviceName).required(),
    Member::body("CredentialAgeDays", "CredentialAgeDays", &credentialAgeDays),
]);
static CreateUserRequest: Shape = Shape::structure(&[
    Member::body("Path", "Path", &pathType),
    Member::body("UserName", "UserName", &userNameType).required(),
    Member::body("PermissionsBoundary", "PermissionsBoundary", &arnType),
    Member::body("Tags", "Tags", &tagListType),
]);
static CreateVirtualMFADeviceRequest: Shape = Shape::structure(&[
    Member::body("Path", "Path", &pathType),
    Member::body("VirtualMFADeviceName", "VirtualMFADeviceName", &virtualMFADeviceName).required(),
    Member::body("Tags", "Tags", &tagListType),
]);
static DeactivateMFADeviceRequest: Shape = Shape::structure(&[
    Member::body("UserName", "UserName", &existingUserNameType),
    Member::body("SerialNumber", "SerialNumber", &serialNumberType).required(),
]);
static DelegationPermission: Shape = Shape::structure(&[
    Member::body("PolicyTemplateArn", "PolicyTemplateArn", &arnType),
    Member::body("Parameters", "Parameters", &policyParameterListType),
]);
static DeleteAccessKeyRequest: Shape = Shape::structure(&[
    Member::body("UserName", "UserName", &existingUserNameType),
    Member::body("AccessKeyId", "AccessKeyId", &accessKeyIdType).required(),
]);
static DeleteAccountAliasRequest: Shape = Shape::structure(&[
    Member::body("AccountAlias", "AccountAlias", &accountAliasType).required(),
]);
static DeleteGroupPolicyRequest: Shape = Shape::structure(&[
    Member::body("GroupName", "GroupName", &groupNameType).required(),
    Member::body("PolicyName", "PolicyName", &policyNameType).required(),
]);
static DeleteGroupRequest: Shape = Shape::structure(&[
    Member::body("GroupName", "GroupName", &groupNameType).required(),
]);
static DeleteInstanceProfileRequest: Shape = Shape::structure(&[
    Member::body("InstanceProfileName", "InstanceProfileName", &instanceProfileNameType).required(),
]);
static DeleteLoginProfileRequest: Shape = Shape::structure(&[
    Member::body("UserName", "UserName", &userNameType),
]);
static DeleteOpenIDConnectProviderRequest: Shape = Shape::structure(&[
    Member::body("OpenIDConnectProviderArn", "OpenIDConnectProviderArn", &arnType).required(),
]);
static DeletePolicyRequest: Shape = Shape::structure(&[
    Member::body("PolicyArn", "PolicyArn", &arnType).required(),
]);
static DeletePolicyVersionRequest: Shape = Shape::structure(&[
    Member::body("PolicyArn", "PolicyArn", &arnType).required(),
    Member::body("VersionId", "VersionId", &policyVersionIdType).required(),
]);
static DeleteRolePermissionsBoundaryRequest: Shape = Shape::structure(&[
    Member::body("RoleName", "RoleName", &roleNameType).required(),
]);
static DeleteRolePolicyRequest: Shape = Shape::structure(&[
    Member::body("RoleName", "RoleName", &roleNameType).required(),
    Member::body("PolicyName", "PolicyName", &policyNameType).required(),
]);
static DeleteRoleRequest: Shape = Shape::structure(&[
    Member::body("RoleName", "RoleName", &roleNameType).required(),
]);
static DeleteSAMLProviderRequest: Shape = Shape::structure(&[
    Member::body("SAMLProviderArn", "SAMLProviderArn", &arnType).required(),
]);
static DeleteSSHPublicKeyRequest: Shape = Shape::structure(&[
    Member::body("UserName", "UserName", &userNameType).required(),
    Member::body("SSHPublicKeyId", "SSHPublicKeyId", &publicKeyIdType).required(),
]);
static DeleteServerCertificateRequest: Shape = Shape::structure(&[
    Member::body("ServerCertificateName", "ServerCertificateName", &serverCertificateNameType).required(),
]);
static DeleteServiceLinkedRoleRequest: Shape = Shape::structure(&[
    Member::body("RoleName", "RoleName", &roleNameType).required(),
]);
static DeleteServiceSpecificCredentialRequest: Shape = Shape::structure(&[
    Member::body("UserName", "UserName", &userNameType),
    Member::body("ServiceSpecificCredentialId", "ServiceSpecificCredentialId", &serviceSpecificCredentialId).required(),
]);
static DeleteSigningCertificateRequest: Shape = Shape::structure(&[
    Member::body("UserName", "UserName", &existingUserNameType),
    Member::body("CertificateId", "CertificateId", &certificateIdType).required(),
]);
static DeleteUserPermissionsBoundaryRequest: Shape = Shape::structure(&[
    Member::body("UserName", "UserName", &userNameType).required(),
]);
static DeleteUserPolicyRequest: Shape = Shape::structure(&[
    Member::body("UserName", "UserName", &existingUserNameType).required(),
    Member::body("PolicyName", "PolicyName", &policyNameType).required(),
]);
static DeleteUserRequest: Shape = Shape::structure(&[
    Member::body("UserName", "UserName", &existingUserNameType).required(),
]);
static DeleteVirtualMFADeviceRequest: Shape = Shape::structure(&[
    Member::body("SerialNumber", "SerialNumber", &serialNumberType).required(),
]);
static DeletionTaskIdType: Shape = Shape::string().min(1.0).max(1000.0);
static DetachGroupPolicyRequest: Shape = Shape::structure(&[
    Member::body("GroupName", "GroupName", &groupNameType).required(),
    Member::body("PolicyArn", "PolicyArn", &arnType).required(),
]);
static DetachRolePolicyRequest: Shape = Shape::structure(&[
    Member::body("RoleName", "RoleName", &roleNameType).required(),
    Member::body("PolicyArn", "PolicyArn", &arnType).required(),
]);
static DetachUserPolicyRequest: Shape = Shape::structure(&[
    Member::body("UserName", "UserName", &userNameType).required(),
    Member::body("PolicyArn", "PolicyArn", &arnType).required(),
]);
static DisableOrganizationsRootCredentialsManagementRequest: Shape = Shape::structure(&[]);
static DisableOrganizationsRootSessionsRequest: Shape = Shape::structure(&[]);
static EnableMFADeviceRequest: Shape = Shape::structure(&[
    Member::body("UserName", "UserName", &existingUserNameType).required(),
    Member::body("SerialNumber", "SerialNumber", &serialNumberType).required(),
    Member::body("AuthenticationCode1", "AuthenticationCode1", &authenticationCodeType).required(),
    Member::body("AuthenticationCode2", "AuthenticationCode2", &authenticationCodeType).required(),
]);
static EnableOrganizationsRootCredentialsManagementRequest: Shape = Shape::structure(&[]);
static EnableOrganizationsRootSessionsRequest: Shape = Shape::structure(&[]);
static EntityType: Shape = Shape::string().one_of(&["User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"]);
static GenerateOrganizationsAccessReportRequest: Shape = Shape::structure(&[
    Member::body("EntityPath", "EntityPath", &organizationsEntityPathType).required(),
    Member::body("OrganizationsPolicyId", "OrganizationsPolicyId", &organizationsPolicyIdType),
]);
static GenerateServiceLastAccessedDetailsRequest: Shape = Shape::structure(&[
    Member::body("Arn", "Arn", &arnType).required(),
    Member::body("Granularity", "Granularity", &AccessAdvisorUsageGranularityType),
]);
static GetAccessKeyLastUsedRequest: Shape = Shape::structure(&[
    Member::body("AccessKeyId", "AccessKeyId", &accessKeyIdType).required(),
]);
static GetAccountAuthorizationDetailsRequest: Shape = Shape::structure(&[
    Member::body("Filter", "Filter", &entityListType),
    Member::body("MaxItems", "MaxItems", &maxItemsType),
    Member::body("Marker", "Marker", &markerType),
]);
static GetAccountPropertiesRequest: Shape = Shape::structure(&[]);
static GetContextKeysForCustomPolicyRequest: Shape = Shape::structure(&[
    Member::body("PolicyInputList", "PolicyInputList", &SimulationPolicyListType).required(),
]);
static GetContextKeysForPrincipalPolicyRequest: Shape = Shape::structure(&[
    Member::body("PolicySourceArn", "PolicySourceArn", &arnType).required(),
    Member::body("PolicyInputList", "PolicyInputList", &SimulationPolicyListType),
]);
static GetDelegationRequestRequest: Shape = Shape::structure(&[
    Member::body("DelegationRequestId", "DelegationRequestId", &delegationRequestIdType).required(),
    Member::body("DelegationPermissionCheck", "DelegationPermissionCheck", &booleanType),
]);
static GetGroupPolicyRequest: Shape = Shape::structure(&[
    Member::body("GroupName", "GroupName", &groupNameType).required(),
    Member::body("PolicyName", "PolicyName", &policyNameType).required(),
]);
static GetGroupRequest: Shape = Shape::structure(&[
    Member::body("GroupName", "GroupName", &groupNameType).required(),
    Member::body("Marker", "Marker", &markerType),
    Member::body("MaxItems", "MaxItems", &maxItemsType),
]);
static GetHumanReadableSummaryRequest: Shape = Shape::structure(&[
    Member::body("EntityArn", "EntityArn", &arnType).required(),
    Member::body("Locale", "Locale", &localeType),
]);
static GetInstanceProfileRequest: Shape = Shape::structure(&[
    Member::body("InstanceProfileName", "InstanceProfileName", &instanceProfileNameType).required(),
]);
static GetLoginProfileRequest: Shape = Shape::structure(&[
    Member::body("UserName", "UserName", &userNameType),
]);
static GetMFADeviceRequest: Shape = Shape::structure(&[
    Member::body("SerialNumber", "SerialNumber", &serialNumberType).required(),
    Member::body("UserName", "UserName", &userNameType),
]);
static GetOpenIDConnectProviderRequest: Shape = Shape::structure(&[
    Member::body("OpenIDConnectProviderArn", "OpenIDConnectProviderArn", &arnType).required(),
]);
static GetOrganizationsAccessReportRequest: Shape = Shape::structure(&[
    Member::body("JobId", "JobId", &jobIDType).required(),
    Member::body("MaxItems", "MaxItems", &maxItemsType),
    Member::body("Marker", "Marker", &markerType),
    Member::body("SortKey", "SortKey", &sortKeyType),
]);
static GetPolicyRequest: Shape = Shape::structure(&[
    Member::body("PolicyArn", "PolicyArn", &arnType).required(),
]);
static GetPolicyVersionRequest: Shape = Shape::structure(&[
    Member::body("PolicyArn", "PolicyArn", &arnType).required(),
    Member::body("VersionId", "VersionId", &policyVersionIdType).required(),
]);
static GetRolePolicyRequest: Shape = Shape::structure(&[
    Member::body("RoleName", "RoleName", &roleNameType).required(),
    Member::body("PolicyName", "PolicyName", &policyNameType).required(),
]);
static GetRoleRequest: Shape = Shape::structure(&[
    Member::body("RoleName", "RoleName", &roleNameType).required(),
]);
static GetRoleTemplateVersionRequest: Shape = Shape::structure(&[
    Member::body("TemplateArn", "TemplateArn", &arnType).required(),
    Member::body("MinorVersion", "MinorVersion", &minorVersionType),
]);
static GetSAMLProviderRequest: Shape = Shape::structure(&[
    Member::body("SAMLProviderArn", "SAMLProviderArn", &arnType).required(),
]);
static GetSSHPublicKeyRequest: Shape = Shape::structure(&[
    Member::body("UserName", "UserName", &userNameType).required(),
    Member::body("SSHPublicKeyId", "SSHPublicKeyId", &publicKeyIdType).required(),
    Member::body("Encoding", "Encoding", &encodingType).required(),
]);
static GetServerCertificateRequest: Shape = Shape::structure(&[
    Member::body("ServerCertificateName", "ServerCertificateName", &serverCertificateNameType).required(),
]);
static GetServiceLastAccessedDetailsRequest: Shape = Shape::structure(&[
    Member::body("JobId", "JobId", &jobIDType).required(),
    Member::body("MaxItems", "MaxItems", &maxItemsType),
    Member::body("Marker", "Marker", &markerType),
]);
static GetServiceLastAccessedDetailsWithEntitiesRequest: Shape = Shape::structure(&[
    Member::body("JobId", "JobId", &jobIDType).required(),
    Member::body("ServiceNamespace", "ServiceNamespace", &serviceNamespaceType).required(),
    Member::body("MaxItems", "MaxItems", &maxItemsType),
    Member::body("Marker", "Marker", &markerType),
]);
static GetServiceLinkedRoleDeletionStatusRequest: Shape = Shape::structure(&[
    Member::body("DeletionTaskId", "DeletionTaskId", &DeletionTaskIdType).required(),
]);
static GetUserPolicyRequest: Shape = Shape::structure(&[
    Member::body("UserName", "UserName", &existingUserNameType).required(),
    Member::body("PolicyName", "PolicyName", &policyNameType).required(),
]);
static GetUserRequest: Shape = Shape::structure(&[
    Member::body("UserName", "UserName", &existingUserNameType),
]);
static InlinePolicyIdentifierType: Shape = Shape::structure(&[
    Member::body("PolicyName", "PolicyName", &policyNameType).required(),
    Member::body("AttachmentType", "AttachmentType", &AttachmentType).required(),
    Member::body("AttachmentName", "AttachmentName", &AttachmentName).required(),
]);
static ListAccessKeysRequest: Shape = Shape::structure(&[
    Member::body("UserName", "UserName", &existingUserNameType),
    Member::body("Marker", "Marker", &markerType),
    Member::body("MaxItems", "MaxItems", &maxItemsType),
]);
static ListAccountAliasesRequest: Shape = Shape::structure(&[
    Member::body("Marker", "Marker", &markerType),
    Member::body("MaxItems", "MaxItems", &maxItemsType),
]);
static ListAttachedGroupPoliciesRequest: Shape = Shape::structure(&[
    Member::body("GroupName", "GroupName", &groupNameType).required(),
    Member::body("PathPrefix", "PathPrefix", &policyPathType),
    Member::body("Marker", "Marker", &markerType),
    Member::body("MaxItems", "MaxItems", &maxItemsType),
]);
static ListAttachedRolePoliciesRequest: Shape = Shape::structure(&[
    Member::body("RoleName", "RoleName", &roleNameType).required(),
    Member::body("PathPrefix", "PathPrefix", &policyPathType),
    Member::body("Marker", "Marker", &markerType),
    Member::body("MaxItems", "MaxItems", &maxItemsType),
]);
static ListAttachedUserPoliciesRequest: Shape = Shape::structure(&[
    Member::body("UserName", "UserName", &userNameType).required(),
    Member::body("PathPrefix", "PathPrefix", &policyPathType),
    Member::body("Marker", "Marker", &markerType),
    Member::body("MaxItems", "MaxItems", &maxItemsType),
]);
static ListDelegationRequestsRequest: Shape = Shape::structure(&[
    Member::body("OwnerId", "OwnerId", &ownerIdType),
    Member::body("Marker", "Marker", &markerType),
    Member::body("MaxItems", "MaxItems", &maxItemsType),
]);
static ListEntitiesForPolicyRequest: Shape = Shape::structure(&[
    Member::body("PolicyArn", "PolicyArn", &arnType).required(),
    Member::body("EntityFilter", "EntityFilter", &EntityType),
    Member::body("PathPrefix", "PathPrefix", &pathType),
    Member::body("PolicyUsageFilter", "PolicyUsageFilter", &PolicyUsageType),
    Member::body("Marker", "Marker", &markerType),
    Member::body("MaxItems", "MaxItems", &maxItemsType),
]);
static ListGroupPoliciesRequest: Shape = Shape::structure(&[
    Member::body("GroupName", "GroupName", &groupNameType).required(),
    Member::body("Marker", "Marker", &markerType),
    Member::body("MaxItems", "MaxItems", &maxItemsType),
]);
static ListGroupsForUserRequest: Shape = Shape::structure(&[
    Member::body("UserName", "UserName", &existingUserNameType).required(),
    Member::body("Marker", "Marker", &markerType),
    Member::body("MaxItems", "MaxItems", &maxItemsType),
]);
static ListGroupsRequest: Shape = Shape::structure(&[
    Member::body("PathPrefix", "PathPrefix", &pathPrefixType),
    Member::body("Marker", "Marker", &markerType),
    Member::body("MaxItems", "MaxItems", &maxItemsType),
]);
static ListInstanceProfileTagsRequest: Shape = Shape::structure(&[
    Member::body("InstanceProfileName", "InstanceProfileName", &instanceProfileNameType).required(),
    Member::body("Marker", "Marker", &markerType),
    Member::body("MaxItems", "MaxItems", &maxItemsType),
]);
static ListInstanceProfilesForRoleRequest: Shape = Shape::structure(&[
    Member::body("RoleName", "RoleName", &roleNameType).required(),
    Member::body("Marker", "Marker", &markerType),
    Member::body("MaxItems", "MaxItems", &maxItemsType),
]);
static ListInstanceProfilesRequest: Shape = Shape::structure(&[
    Member::body("PathPrefix", "PathPrefix", &pathPrefixType),
    Member::body("Marker", "Marker", &markerType),
    Member::body("MaxItems", "MaxItems", &maxItemsType),
]);
static ListMFADeviceTagsRequest: Shape = Shape::structure(&[
    Member::body("SerialNumber", "SerialNumber", &serialNumberType).required(),
    Member::body("Marker", "Marker", &markerType),
    Member::body("MaxItems", "MaxItems", &maxItemsType),
]);
static ListMFADevicesRequest: Shape = Shape::structure(&[
    Member::body("UserName", "UserName", &existingUserNameType),
    Member::body("Marker", "Marker", &markerType),
    Member::body("MaxItems", "MaxItems", &maxItemsType),
]);
static ListOpenIDConnectProviderTagsRequest: Shape = Shape::structure(&[
    Member::body("OpenIDConnectProviderArn", "OpenIDConnectProviderArn", &arnType).required(),
    Member::body("Marker", "Marker", &markerType),
    Member::body("MaxItems", "MaxItems", &maxItemsType),
]);
static ListOpenIDConnectProvidersRequest: Shape = Shape::structure(&[]);
static ListOrganizationsFeaturesRequest: Shape = Shape::structure(&[]);
static ListPoliciesGrantingServiceAccessRequest: Shape = Shape::structure(&[
    Member::body("Marker", "Marker", &markerType),
    Member::body("Arn", "Arn", &arnType).required(),
    Member::body("ServiceNamespaces", "ServiceNamespaces", &serviceNamespaceListType).required(),
]);
static ListPoliciesRequest: Shape = Shape::structure(&[
    Member::body("Scope", "Scope", &policyScopeType),
    Member::body("OnlyAttached", "OnlyAttached", &booleanType),
    Member::body("PathPrefix", "PathPrefix", &policyPathType),
    Member::body("PolicyUsageFilter", "PolicyUsageFilter", &PolicyUsageType),
    Member::body("Marker", "Marker", &markerType),
    Member::body("MaxItems", "MaxItems", &maxItemsType),
]);
static ListPolicyTagsRequest: Shape = Shape::structure(&[
    Member::body("PolicyArn", "PolicyArn", &arnType).required(),
    Member::body("Marker", "Marker", &markerType),
    Member::body("MaxItems", "MaxItems", &maxItemsType),
]);
static ListPolicyVersionsRequest: Shape = Shape::structure(&[
    Member::body("PolicyArn", "PolicyArn", &arnType).required(),
    Member::body("Marker", "Marker", &markerType),
    Member::body("MaxItems", "MaxItems", &maxItemsType),
]);
static ListRolePoliciesRequest: Shape = Shape::structure(&[
    Member::body("RoleName", "RoleName", &roleNameType).required(),
    Member::body("Marker", "Marker", &markerType),
    Member::body("MaxItems", "MaxItems", &maxItemsType),
]);
static ListRoleTagsRequest: Shape = Shape::structure(&[
    Member::body("RoleName", "RoleName", &roleNameType).required(),
    Member::body("Marker", "Marker", &markerType),
    Member::body("MaxItems", "MaxItems", &maxItemsType),
]);
static ListRolesRequest: Shape = Shape::structure(&[
    Member::body("PathPrefix", "PathPrefix", &pathPrefixType),
    Member::body("Marker", "Marker", &markerType),
    Member::body("MaxItems", "MaxItems", &maxItemsType),
]);
static ListSAMLProviderTagsRequest: Shape = Shape::structure(&[
    Member::body("SAMLProviderArn", "SAMLProviderArn", &arnType).required(),
    Member::body("Marker", "Marker", &markerType),
    Member::body("MaxItems", "MaxItems", &maxItemsType),
]);
static ListSAMLProvidersRequest: Shape = Shape::structure(&[]);
static ListSSHPublicKeysRequest: Shape = Shape::structure(&[
    Member::body("UserName", "UserName", &userNameType),
    Member::body("Marker", "Marker", &markerType),
    Member::body("MaxItems", "MaxItems", &maxItemsType),
]);
static ListServerCertificateTagsRequest: Shape = Shape::structure(&[
    Member::body("ServerCertificateName", "ServerCertificateName", &serverCertificateNameType).required(),
    Member::body("Marker", "Marker", &markerType),
    Member::body("MaxItems", "MaxItems", &maxItemsType),
]);
static ListServerCertificatesRequest: Shape = Shape::structure(&[
    Member::body("PathPrefix", "PathPrefix", &pathPrefixType),
    Member::body("Marker", "Marker", &markerType),
    Member::body("MaxItems", "MaxItems", &maxItemsType),
]);
static ListServiceSpecificCredentialsRequest: Shape = Shape::structure(&[
    Member::body("UserName", "UserName", &userNameType),
    Member::body("ServiceName", "ServiceName", &serviceName),
    Member::body("AllUsers", "AllUsers", &allUsers),
    Member::body("Marker", "Marker", &markerType),
    Member::body("MaxItems", "MaxItems", &maxItemsType),
]);
static ListSigningCertificatesRequest: Shape = Shape::structure(&[
    Member::body("UserName", "UserName", &existingUserNameType),
    Member::body("Marker", "Marker", &markerType),
    Member::body("MaxItems", "MaxItems", &maxItemsType),
]);
static ListUserPoliciesRequest: Shape = Shape::structure(&[
    Member::body("UserName", "UserName", &existingUserNameType).required(),
    Member::body("Marker", "Marker", &markerType),
    Member::body("MaxItems", "MaxItems", &maxItemsType),
]);
static ListUserTagsRequest: Shape = Shape::structure(&[
    Member::body("UserName", "UserName", &existingUserNameType).required(),
    Member::body("Marker", "Marker", &markerType),
    Member::body("MaxItems", "MaxItems", &maxItemsType),
]);
static ListUsersRequest: Shape = Shape::structure(&[
    Member::body("PathPrefix", "PathPrefix", &pathPrefixType),
    Member::body("Marker", "Marker", &markerType),
    Member::body("MaxItems", "MaxItems", &maxItemsType),
]);
static ListVirtualMFADevicesRequest: Shape = Shape::structure(&[
    Member::body("AssignmentStatus", "AssignmentStatus", &assignmentStatusType),
    Member::body("Marker", "Marker", &markerType),
    Member::body("MaxItems", "MaxItems", &maxItemsType),
]);
static OpenIDConnectProviderUrlType: Shape = Shape::string().min(1.0).max(255.0);
static OrderedOrganizationPolicyType: Shape = Shape::structure(&[
    Member::body("ServiceControlPolicyInputList", "ServiceControlPolicyInputList", &SimulationPolicyListType),
]);
static OrganizationPolicyListType: Shape = Shape::list(&OrderedOrganizationPolicyType).max(7.0);
static PolicyExclusionsListType: Shape = Shape::list(&PolicyIdentifier).max(256.0);
static PolicyIdentifier: Shape = Shape::structure(&[
    Member::body("PolicyType", "PolicyType", &PolicyIdentifierPolicyType),
    Member::body("PolicyArn", "PolicyArn", &arnType),
    Member::body("InlinePolicyIdentifier", "InlinePolicyIdentifier", &InlinePolicyIdentifierType),
]);
static PolicyIdentifierPolicyType: Shape = Shape::string().one_of(&["inline", "aws-managed", "user-managed", "permission-boundary", "scp", "rcp"]);
static PolicyParameter: Shape = Shape::structure(&[
    Member::body("Name", "Name", &policyParameterNameType),
    Member::body("Values", "Values", &policyParameterValuesListType),
    Member::body("Type", "Type", &PolicyParameterTypeEnum),
]);
static PolicyParameterTypeEnum: Shape = Shape::string().one_of(&["string", "stringList"]);
static PolicyUsageType: Shape = Shape::string().one_of(&["PermissionsPolicy", "PermissionsBoundary"]);
static PutAccountPropertiesRequest: Shape = Shape::structure(&[
    Member::body("Properties", "Properties", &accountPropertiesMapType).required(),
]);
static PutGroupPolicyRequest: Shape = Shape::structure(&[
    Member::body("GroupName", "GroupName", &groupNameType).required(),
    Member::body("PolicyName", "PolicyName", &policyNameType).required(),
    Member::body("PolicyDocument", "PolicyDocument", &policyDocumentType).required(),
]);
static PutRolePermissionsBoundaryRequest: Shape = Shape::structure(&[
    Member::body("RoleName", "RoleName", &roleNameType).required(),
    Member::body("PermissionsBoundary", "PermissionsBoundary", &arnType).required(),
]);
static PutRolePolicyRequest: Shape = Shape::structure(&[
    Member::body("RoleName", "RoleName", &roleNameType).required(),
    Member::body("PolicyName", "PolicyName", &policyNameType).required(),
    Member::body("PolicyDocument", "PolicyDocument", &policyDocumentType).required(),
]);
static PutUserPermissionsBoundaryRequest: Shape = Shape::structure(&[
    Member::body("UserName", "UserName", &userNameType).required(),
    Member::body("PermissionsBoundary", "PermissionsBoundary", &arnType).required(),
]);
static PutUserPolicyRequest: Shape = Shape::structure(&[
    Member::body("UserName", "UserName", &existingUserNameType).required(),
    Member::body("PolicyName", "PolicyName", &policyNameType).required(),
    Member::body("PolicyDocument", "PolicyDocument", &policyDocumentType).required(),
]);
static RejectDelegationRequestRequest: Shape = Shape::structure(&[
    Member::body("DelegationRequestId", "DelegationRequestId", &delegationRequestIdType).required(),
    Member::body("Notes", "Notes", &notesType),
]);
static RemoveClientIDFromOpenIDConnectProviderRequest: Shape = Shape::structure(&[
    Member::body("OpenIDConnectProviderArn", "OpenIDConnectProviderArn", &arnType).required(),
    Member::body("ClientID", "ClientID", &clientIDType).required(),
]);
static RemoveRoleFromInstanceProfileRequest: Shape = Shape::structure(&[
    Member::body("InstanceProfileName", "InstanceProfileName", &instanceProfileNameType).required(),
    Member::body("RoleName", "RoleName", &roleNameType).required(),
]);
static RemoveUserFromGroupRequest: Shape = Shape::structure(&[
    Member::body("GroupName", "GroupName", &groupNameType).required(),
    Member::body("UserName", "UserName", &existingUserNameType).required(),
]);
static ReplacementValueEntry: Shape = Shape::structure(&[
    Member::body("Values", "Values", &replacementValueListType).required(),
]);
static ResetServiceSpecificCredentialRequest: Shape = Shape::structure(&[
    Member::body("UserName", "UserName", &userNameType),
    Member::body("ServiceSpecificCredentialId", "ServiceSpecificCredentialId", &serviceSpecificCredentialId).required(),
]);
static ResourceHandlingOptionType: Shape = Shape::string().min(1.0).max(64.0);
static ResourceNameListType: Shape = Shape::list(&ResourceNameType);
static ResourceNameType: Shape = Shape::string().min(1.0).max(2048.0);
static ResyncMFADeviceRequest: Shape = Shape::structure(&[
    Member::body("UserName", "UserName", &existingUserNameType).required(),
    Member::body("SerialNumber", "SerialNumber", &serialNumberType).required(),
    Member::body("AuthenticationCode1", "AuthenticationCode1", &authenticationCodeType).required(),
    Member::body("AuthenticationCode2", "AuthenticationCode2", &authenticationCodeType).required(),
]);
static SAMLMetadataDocumentType: Shape = Shape::string().min(1000.0).max(10000000.0);
static SAMLProviderNameType: Shape = Shape::string().min(1.0).max(128.0).pattern("[\\w._-]+");
static SendDelegationTokenRequest: Shape = Shape::structure(&[
    Member::body("DelegationRequestId", "DelegationRequestId", &delegationRequestIdType).required(),
]);
static SetDefaultPolicyVersionRequest: Shape = Shape::structure(&[
    Member::body("PolicyArn", "PolicyArn", &arnType).required(),
    Member::body("VersionId", "VersionId", &policyVersionIdType).required(),
]);
static SetSecurityTokenServicePreferencesRequest: Shape = Shape::structure(&[
    Member::body("GlobalEndpointTokenVersion", "GlobalEndpointTokenVersion", &globalEndpointTokenVersion).required(),
]);
static SimulateCustomPolicyRequest: Shape = Shape::structure(&[
    Member::body("PolicyInputList", "PolicyInputList", &SimulationPolicyListType).required(),
    Member::body("PermissionsBoundaryPolicyInputList", "PermissionsBoundaryPolicyInputList", &SimulationPolicyListType),
    Member::body("OrderedOrganizationPolicyInputList", "OrderedOrganizationPolicyInputList", &OrganizationPolicyListType),
    Member::body("ActionNames", "ActionNames", &ActionNameListType).required(),
    Member::body("ResourceArns", "ResourceArns", &ResourceNameListType),
    Member::body("ResourcePolicy", "ResourcePolicy", &policyDocumentType),
    Member::body("ResourceOwner", "ResourceOwner", &ResourceNameType),
    Member::body("CallerArn", "CallerArn", &ResourceNameType),
    Member::body("ContextEntries", "ContextEntries", &ContextEntryListType),
    Member::body("ResourceHandlingOption", "ResourceHandlingOption", &ResourceHandlingOptionType),
    Member::body("MaxItems", "MaxItems", &maxItemsType),
    Member::body("Marker", "Marker", &markerType),
]);
static SimulatePrincipalPolicyRequest: Shape = Shape::structure(&[
    Member::body("PolicySourceArn", "PolicySourceArn", &arnType).required(),
    Member::body("PolicyInputList", "PolicyInputList", &SimulationPolicyListType),
    Member::body("PermissionsBoundaryPolicyInputList", "PermissionsBoundaryPolicyInputList", &SimulationPolicyListType),
    Member::body("PolicyExclusionList", "PolicyExclusionList", &PolicyExclusionsListType),
    Member::body("ActionNames", "ActionNames", &ActionNameListType).required(),
    Member::body("ResourceArns", "ResourceArns", &ResourceNameListType),
    Member::body("ResourcePolicy", "ResourcePolicy", &policyDocumentType),
    Member::body("ResourceOwner", "ResourceOwner", &ResourceNameType),
    Member::body("CallerArn", "CallerArn", &ResourceNameType),
    Member::body("ContextEntries", "ContextEntries", &ContextEntryListType),
    Member::body("ResourceHandlingOption", "ResourceHandlingOption", &ResourceHandlingOptionType),
    Member::body("MaxItems", "MaxItems", &maxItemsType),
    Member::body("Marker", "Marker", &markerType),
]);
static SimulationPolicyListType: Shape = Shape::list(&policyDocumentType);
static Tag: Shape = Shape::structure(&[
    Member::body("Key", "Key", &tagKeyType).required(),
    Member::body("Value", "Value", &tagValueType).required(),
]);
static TagInstanceProfileRequest: Shape = Shape::structure(&[
    Member::body("InstanceProfileName", "InstanceProfileName", &instanceProfileNameType).required(),
    Member::body("Tags", "Tags", &tagListType).required(),
]);
static TagMFADeviceRequest: Shape = Shape::structure(&[
    Member::body("SerialNumber", "SerialNumber", &serialNumberType).required(),
    Member::body("Tags", "Tags", &tagListType).required(),
]);
static TagOpenIDConnectProviderRequest: Shape = Shape::structure(&[
    Member::body("OpenIDConnectProviderArn", "OpenIDConnectProviderArn", &arnType).required(),
    Member::body("Tags", "Tags", &tagListType).required(),
]);
static TagPolicyRequest: Shape = Shape::structure(&[
    Member::body("PolicyArn", "PolicyArn", &arnType).required(),
    Member::body("Tags", "Tags", &tagListType).required(),
]);
static TagRoleRequest: Shape = Shape::structure(&[
    Member::body("RoleName", "RoleName", &roleNameType).required(),
    Member::body("Tags", "Tags", &tagListType).required(),
]);
static TagSAMLProviderRequest: Shape = Shape::structure(&[
    Member::body("SAMLProviderArn", "SAMLProviderArn", &arnType).required(),
    Member::body("Tags", "Tags", &tagListType).required(),
]);
static TagServerCertificateRequest: Shape = Shape::structure(&[
    Member::body("ServerCertificateName", "ServerCertificateName", &serverCertificateNameType).required(),
    Member::body("Tags", "Tags", &tagListType).required(),
]);
static TagUserRequest: Shape = Shape::structure(&[
    Member::body("UserName", "UserName", &existingUserNameType).required(),
    Member::body("Tags", "Tags", &tagListType).required(),
]);
static UntagInstanceProfileRequest: Shape = Shape::structure(&[
    Member::body("InstanceProfileName", "InstanceProfileName", &instanceProfileNameType).required(),
    Member::body("TagKeys", "TagKeys", &tagKeyListType).required(),
]);
static UntagMFADeviceRequest: Shape = Shape::structure(&[
    Member::body("SerialNumber", "SerialNumber", &serialNumberType).required(),
    Member::body("TagKeys", "TagKeys", &tagKeyListType).required(),
]);
static UntagOpenIDConnectProviderRequest: Shape = Shape::structure(&[
    Member::body("OpenIDConnectProviderArn", "OpenIDConnectProviderArn", &arnType).required(),
    Member::body("TagKeys", "TagKeys", &tagKeyListType).required(),
]);
static UntagPolicyRequest: Shape = Shape::structure(&[
    Member::body("PolicyArn", "PolicyArn", &arnType).required(),
    Member::body("TagKeys", "TagKeys", &tagKeyListType).required(),
]);
static UntagRoleRequest: Shape = Shape::structure(&[
    Member::body("RoleName", "RoleName", &roleNameType).required(),
    Member::body("TagKeys", "TagKeys", &tagKeyListType).required(),
]);
static UntagSAMLProviderRequest: Shape = Shape::structure(&[
    Member::body("SAMLProviderArn", "SAMLProviderArn", &arnType).required(),
    Member::body("TagKeys", "TagKeys", &tagKeyListType).required(),
]);
static UntagServerCertificateRequest: Shape = Shape::structure(&[
    Member::body("ServerCertificateName", "ServerCertificateName", &serverCertificateNameType).required(),
    Member::body("TagKeys", "TagKeys", &tagKeyListType).required(),
]);
static UntagUserRequest: Shape = Shape::structure(&[
    Member::body("UserName", "UserName", &existingUserNameType).required(),
    Member::body("TagKeys", "TagKeys", &tagKeyListType).required(),
]);
static UpdateAccessKeyRequest: Shape = Shape::structure(&[
    Member::body("UserName", "UserName", &existingUserNameType),
    Member::body("AccessKeyId", "AccessKeyId", &accessKeyIdType).required(),
    Member::body("Status", "Status", &statusType).required(),
]);
static UpdateAccountPasswordPolicyRequest: Shape = Shape::structure(&[
    Member::body("MinimumPasswordLength", "MinimumPasswordLength", &minimumPasswordLengthType),
    Member::body("RequireSymbols", "RequireSymbols", &booleanType),
    Member::body("RequireNumbers", "RequireNumbers", &booleanType),
    Member::body("RequireUppercaseCharacters", "RequireUppercaseCharacters", &booleanType),
    Member::body("RequireLowercaseCharacters", "RequireLowercaseCharacters", &booleanType),
    Member::body("AllowUsersToChangePassword", "AllowUsersToChangePassword", &booleanType),
    Member::body("MaxPasswordAge", "MaxPasswordAge", &maxPasswordAgeType),
    Member::body("PasswordReusePrevention", "PasswordReusePrevention", &passwordReusePreventionType),
    Member::body("HardExpiry", "HardExpiry", &booleanObjectType),
]);
static UpdateAssumeRolePolicyRequest: Shape = Shape::structure(&[
    Member::body("RoleName", "RoleName", &roleNameType).required(),
    Member::body("PolicyDocument", "PolicyDocument", &policyDocumentType).required(),
]);
static UpdateDelegationRequestRequest: Shape = Shape::structure(&[
    Member::body("DelegationRequestId", "DelegationRequestId", &delegationRequestIdType).required(),
    Member::body("Notes", "Notes", &notesType),
]);
static UpdateGroupRequest: Shape = Shape::structure(&[
    Member::body("GroupName", "GroupName", &groupNameType).required(),
    Member::body("NewPath", "NewPath", &pathType),
    Member::body("NewGroupName", "NewGroupName", &groupNameType),
]);
static UpdateLoginProfileRequest: Shape = Shape::structure(&[
    Member::body("UserName", "UserName", &userNameType).required(),
    Member::body("Password", "Password", &passwordType),
    Member::body("PasswordResetRequired", "PasswordResetRequired", &booleanObjectType),
    Member::body("MaxSigninSessionDuration", "MaxSigninSessionDuration", &maxSigninSessionDurationType),
    Member::body("ResetMaxSigninSessionDuration", "ResetMaxSigninSessionDuration", &booleanObjectType),
]);
static UpdateOpenIDConnectProviderRequest: Shape = Shape::structure(&[
    Member::body("OpenIDConnectProviderArn", "OpenIDConnectProviderArn", &arnType).required(),
    Member::body("ContextProvider", "ContextProvider", &ContextProvider),
    Member::body("IdentityCenterInstanceArn", "IdentityCenterInstanceArn", &identityCenterInstanceArnType),
    Member::body("RemoveContextProvider", "RemoveContextProvider", &booleanType),
    Member::body("RemoveIdentityCenterInstance", "RemoveIdentityCenterInstance", &booleanType),
]);
static UpdateOpenIDConnectProviderThumbprintRequest: Shape = Shape::structure(&[
    Member::body("OpenIDConnectProviderArn", "OpenIDConnectProviderArn", &arnType).required(),
    Member::body("ThumbprintList", "ThumbprintList", &thumbprintListType).required(),
]);
static UpdateRoleDescriptionRequest: Shape = Shape::structure(&[
    Member::body("RoleName", "RoleName", &roleNameType).required(),
    Member::body("Description", "Description", &roleDescriptionType).required(),
]);
static UpdateRoleRequest: Shape = Shape::structure(&[
    Member::body("RoleName", "RoleName", &roleNameType).required(),
    Member::body("Description", "Description", &roleDescriptionType),
    Member::body("MaxSessionDuration", "MaxSessionDuration", &roleMaxSessionDurationType),
    Member::body("MaxSigninSessionDuration", "MaxSigninSessionDuration", &maxSigninSessionDurationType),
    Member::body("ResetMaxSigninSessionDuration", "ResetMaxSigninSessionDuration", &booleanObjectType),
]);
static UpdateSAMLProviderRequest: Shape = Shape::structure(&[
    Member::body("SAMLMetadataDocument", "SAMLMetadataDocument", &SAMLMetadataDocumentType),
    Member::body("SAMLProviderArn", "SAMLProviderArn", &arnType).required(),
    Member::body("AssertionEncryptionMode", "AssertionEncryptionMode", &assertionEncryptionModeType),
    Member::body("AddPrivateKey", "AddPrivateKey", &privateKeyType),
    Member::body("RemovePrivateKey", "RemovePrivateKey", &privateKeyIdType),
    Member::body("ContextProvider", "ContextProvider", &ContextProvider),
    Member::body("IdentityCenterInstanceArn", "IdentityCenterInstanceArn", &identityCenterInstanceArnType),
    Member::body("RemoveContextProvider", "RemoveContextProvider", &booleanType),
    Member::body("RemoveIdentityCenterInstance", "RemoveIdentityCenterInstance", &booleanType),
]);
static UpdateSSHPublicKeyRequest: Shape = Shape::structure(&[
    Member::body("UserName", "UserName", &userNameType).required(),
    Member::body("SSHPublicKeyId", "SSHPublicKeyId", &publicKeyIdType).required(),
    Member::body("Status", "Status", &statusType).required(),
]);
static UpdateServerCertificateRequest: Shape = Shape::structure(&[
    Member::body("ServerCertificateName", "ServerCertificateName", &serverCertificateNameType).required(),
    Member::body("NewPath", "NewPath", &pathType),
    Member::body("NewServerCertificateName", "NewServerCertificateName", &serverCertificateNameType),
]);
static UpdateServiceSpecificCredentialRequest: Shape = Shape::structure(&[
    Member::body("UserName", "UserName", &userNameType),
    Member::body("ServiceSpecificCredentialId", "ServiceSpecificCredentialId", &serviceSpecificCredentialId).required(),
    Member::body("Status", "Status", &statusType).required(),
]);
static UpdateSigningCertificateRequest: Shape = Shape::structure(&[
    Member::body("UserName", "UserName", &existingUserNameType),
    Member::body("CertificateId", "CertificateId", &certificateIdType).required(),
    Member::body("Status", "Status", &statusType).required(),
]);
static UpdateUserRequest: Shape = Shape::structure(&[
    Member::body("UserName", "UserName", &existingUserNameType).required(),
    Member::body("NewPath", "NewPath", &pathType),
    Member::body("NewUserName", "NewUserName", &userNameType),
]);
static UploadSSHPublicKeyRequest: Shape = Shape::structure(&[
    Member::body("UserName", "UserName", &userNameType).required(),
    Member::body("SSHPublicKeyBody", "SSHPublicKeyBody", &publicKeyMaterialType).required(),
]);
static UploadServerCertificateRequest: Shape = Shape::structure(&[
    Member::body("Path", "Path", &pathType),
    Member::body("ServerCertificateName", "ServerCertificateName", &serverCertificateNameType).required(),
    Member::body("CertificateBody", "CertificateBody", &certificateBodyType).required(),
    Member::body("PrivateKey", "PrivateKey", &privateKeyType).required(),
    Member::body("CertificateChain", "CertificateChain", &certificateChainType),
    Member::body("Tags", "Tags", &tagListType),
]);
static UploadSigningCertificateRequest: Shape = Shape::structure(&[
    Member::body("UserName", "UserName", &existingUserNameType),
    Member::body("CertificateBody", "CertificateBody", &certificateBodyType).required(),
]);
static accessKeyIdType: Shape = Shape::string().min(16.0).max(128.0).pattern("[\\w]+");
static accountAliasType: Shape = Shape::string().min(3.0).max(63.0).pattern("^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$");
static accountIdType: Shape = Shape::string().pattern("\\d{12}");
static accountPropertiesMapType: Shape = Shape::map(&accountPropertyKeyType, &accountPropertyValueType);
static accountPropertyKeyType: Shape = Shape::string().min(1.0).max(50.0).pattern("^[A-Za-z][A-Za-z0-9/_-]*$");
static accountPropertyValueType: Shape = Shape::string().min(1.0).max(1024.0);
static allUsers: Shape = Shape::boolean();
static arnType: Shape = Shape::string().min(20.0).max(2048.0);
static assertionEncryptionModeType: Shape = Shape::string().one_of(&["Required", "Allowed"]);
static assignmentStatusType: Shape = Shape::string().one_of(&["Assigned", "Unassigned", "Any"]);
static authenticationCodeType: Shape = Shape::string().min(6.0).max(6.0).pattern("[\\d]+");
static booleanObjectType: Shape = Shape::boolean();
static booleanType: Shape = Shape::boolean();
static certificateBodyType: Shape = Shape::string().min(1.0).max(16384.0).pattern("[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+");
static certificateChainType: Shape = Shape::string().min(1.0).max(2097152.0).pattern("[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+");
static certificateIdType: Shape = Shape::string().min(24.0).max(128.0).pattern("[\\w]+");
static clientIDListType: Shape = Shape::list(&clientIDType);
static clientIDType: Shape = Shape::string().min(1.0).max(255.0);
static contextProviderSourceKeyType: Shape = Shape::string().min(1.0).max(128.0);
static contextProviderTargetKeyType: Shape = Shape::string().min(1.0).max(128.0);
static credentialAgeDays: Shape = Shape::integer().min(1.0).max(36600.0);
static customSuffixType: Shape = Shape::string().min(1.0).max(64.0).pattern("[\\w+=,.@-]+");
static delegationRequestDescriptionType: Shape = Shape::string().max(1000.0).pattern("[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*");
static delegationRequestIdType: Shape = Shape::string().min(16.0).max(128.0).pattern("[\\w-]+");
static encodingType: Shape = Shape::string().one_of(&["SSH", "PEM"]);
static entityListType: Shape = Shape::list(&EntityType);
static existingUserNameType: Shape = Shape::string().min(1.0).max(128.0).pattern("[\\w+=,.@-]+");
static globalEndpointTokenVersion: Shape = Shape::string().one_of(&["v1Token", "v2Token"]);
static groupNameType: Shape = Shape::string().min(1.0).max(128.0).pattern("[\\w+=,.@-]+");
static identityCenterInstanceArnType: Shape = Shape::string().min(1.0).max(1224.0);
static instanceProfileNameType: Shape = Shape::string().min(1.0).max(128.0).pattern("[\\w+=,.@-]+");
static integerType: Shape = Shape::integer();
static jobIDType: Shape = Shape::string().min(36.0).max(36.0);
static keyDefinitionListType: Shape = Shape::list(&ContextProviderKeyDefinition).min(0.0).max(10.0);
static localeType: Shape = Shape::string().min(2.0).max(12.0);
static mapStringReplacementValueEntry: Shape = Shape::map(&stringType, &ReplacementValueEntry).max(30.0);
static markerType: Shape = Shape::string().min(1.0).max(320.0).pattern("[\\u0020-\\u00FF]+");
static maxItemsType: Shape = Shape::integer().min(1.0).max(1000.0);
static maxPasswordAgeType: Shape = Shape::integer().min(1.0).max(1095.0);
static maxSigninSessionDurationType: Shape = Shape::integer().min(3600.0).max(7776000.0);
static minimumPasswordLengthType: Shape = Shape::integer().min(6.0).max(128.0);
static minorVersionType: Shape = Shape::integer();
static notesType: Shape = Shape::string().max(500.0).pattern("[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*");
static notificationChannelType: Shape = Shape::string().min(2.0).max(400.0).pattern("^[a-zA-Z0-9:_.-]+$");
static organizationsEntityPathType: Shape = Shape::string().min(19.0).max(427.0).pattern("^o-[0-9a-z]{10,32}\\/r-[0-9a-z]{4,32}[0-9a-z-\\/]*");
static organizationsPolicyIdType: Shape = Shape::string().pattern("^p-[0-9a-zA-Z_]{8,128}$");
static ownerIdType: Shape = Shape::string().min(20.0).max(2048.0).pattern("^[a-zA-Z0-9:/+=,.@_-]+$");
static passwordReusePreventionType: Shape = Shape::integer().min(1.0).max(24.0);
static passwordType: Shape = Shape::string().min(1.0).max(128.0).pattern("[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+").secret();
static pathPrefixType: Shape = Shape::string().min(1.0).max(512.0).pattern("\\u002F[\\u0021-\\u007F]*");
static pathType: Shape = Shape::string().min(1.0).max(512.0).pattern("(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)");
static policyDescriptionType: Shape = Shape::string().max(1000.0);
static policyDocumentType: Shape = Shape::string().min(1.0).max(131072.0).pattern("[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+");
static policyNameType: Shape = Shape::string().min(1.0).max(128.0).pattern("[\\w+=,.@-]+");
static policyParameterListType: Shape = Shape::list(&PolicyParameter).max(50.0);
static policyParameterNameType: Shape = Shape::string().min(5.0).max(256.0).pattern("[ -~]+");
static policyParameterValueType: Shape = Shape::string().pattern("[ -~]+");
static policyParameterValuesListType: Shape = Shape::list(&policyParameterValueType);
static policyPathType: Shape = Shape::string().min(1.0).max(512.0).pattern("((/[A-Za-z0-9\\.,\\+@=_-]+)*)/");
static policyScopeType: Shape = Shape::string().one_of(&["All", "AWS", "Local"]);
static policyVersionIdType: Shape = Shape::string().pattern("v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?");
static privateKeyIdType: Shape = Shape::string().min(22.0).max(64.0).pattern("[A-Z0-9]+");
static privateKeyType: Shape = Shape::string().min(1.0).max(16384.0).pattern("[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+").secret();
static publicKeyIdType: Shape = Shape::string().min(20.0).max(128.0).pattern("[\\w]+");
static publicKeyMaterialType: Shape = Shape::string().min(1.0).max(16384.0).pattern("[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+");
static redirectUrlType: Shape = Shape::string().min(1.0).max(255.0).pattern("^http(s?)://[a-zA-Z0-9._/-]*(\\?[a-zA-Z0-9._=&-]*)?(#[a-zA-Z0-9._/-]*)?$");
static replacementValueListType: Shape = Shape::list(&stringType).min(1.0).max(20.0);
static requestMessageType: Shape = Shape::string().max(200.0).pattern("[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*");
static requestorWorkflowIdType: Shape = Shape::string().min(5.0).max(400.0).pattern("[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]+");
static roleDescriptionType: Shape = Shape::string().max(1000.0).pattern("[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*");
static roleMaxSessionDurationType: Shape = Shape::integer().min(3600.0).max(43200.0);
static roleNameType: Shape = Shape::string().min(1.0).max(64.0).pattern("[\\w+=,.@-]+");
static serialNumberType: Shape = Shape::string().min(9.0).max(256.0).pattern("[\\w+=/:,.@-]+");
static serverCertificateNameType: Shape = Shape::string().min(1.0).max(128.0).pattern("[\\w+=,.@-]+");
static serviceName: Shape = Shape::string();
static serviceNamespaceListType: Shape = Shape::list(&serviceNamespaceType).min(1.0).max(200.0);
static serviceNamespaceType: Shape = Shape::string().min(1.0).max(64.0).pattern("[\\w-]*");
static serviceSpecificCredentialId: Shape = Shape::string().min(20.0).max(128.0).pattern("[\\w]+");
static sessionDurationType: Shape = Shape::integer().min(300.0).max(43200.0);
static sortKeyType: Shape = Shape::string().one_of(&["SERVICE_NAMESPACE_ASCENDING", "SERVICE_NAMESPACE_DESCENDING", "LAST_AUTHENTICATED_TIME_ASCENDING", "LAST_AUTHENTICATED_TIME_DESCENDING"]);
static statusType: Shape = Shape::string().one_of(&["Active", "Inactive", "Expired"]);
static stringType: Shape = Shape::string();
static subjectTypeValueType: Shape = Shape::string().min(0.0).max(128.0);
static tagKeyListType: Shape = Shape::list(&tagKeyType).max(50.0);
static tagKeyType: Shape = Shape::string().min(1.0).max(128.0).pattern("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+");
static tagListType: Shape = Shape::list(&Tag).max(50.0);
static tagValueType: Shape = Shape::string().min(0.0).max(256.0).pattern("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*");
static thumbprintListType: Shape = Shape::list(&thumbprintType);
static thumbprintType: Shape = Shape::string().min(40.0).max(40.0);
static userNameType: Shape = Shape::string().min(1.0).max(64.0).pattern("[\\w+=,.@-]+");
static virtualMFADeviceName: Shape = Shape::string().min(1.0).pattern("[\\w+=,.@-]+");
