//! Generated from botocore 1.44.8 by `cargo run -p xtask -- models`: apigateway 2015-07-09.
//! Do not edit.

use crate::model::*;

pub(in crate::model) static MODEL: Model = Model { service: Service::ApiGateway, api_version: "2015-07-09", xml_namespace: "", target: "", operations: OPERATIONS, errors: ERRORS };

static OPERATIONS: &[Operation] = &[
    Operation::new(Service::ApiGateway, "CreateApiKey", "POST", "/apikeys", 201).input(&CreateApiKeyRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "CreateAuthorizer", "POST", "/restapis/{restapi_id}/authorizers", 201).input(&CreateAuthorizerRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "CreateBasePathMapping", "POST", "/domainnames/{domain_name}/basepathmappings", 201).input(&CreateBasePathMappingRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "CreateDeployment", "POST", "/restapis/{restapi_id}/deployments", 201).input(&CreateDeploymentRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "ServiceUnavailableException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "CreateDocumentationPart", "POST", "/restapis/{restapi_id}/documentation/parts", 201).input(&CreateDocumentationPartRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "CreateDocumentationVersion", "POST", "/restapis/{restapi_id}/documentation/versions", 201).input(&CreateDocumentationVersionRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "CreateDomainName", "POST", "/domainnames", 201).input(&CreateDomainNameRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "CreateDomainNameAccessAssociation", "POST", "/domainnameaccessassociations", 201).input(&CreateDomainNameAccessAssociationRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "CreateModel", "POST", "/restapis/{restapi_id}/models", 201).input(&CreateModelRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "CreateRequestValidator", "POST", "/restapis/{restapi_id}/requestvalidators", 201).input(&CreateRequestValidatorRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "CreateResource", "POST", "/restapis/{restapi_id}/resources/{parent_id}", 201).input(&CreateResourceRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "CreateRestApi", "POST", "/restapis", 201).input(&CreateRestApiRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "CreateStage", "POST", "/restapis/{restapi_id}/stages", 201).input(&CreateStageRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "CreateUsagePlan", "POST", "/usageplans", 201).input(&CreateUsagePlanRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "CreateUsagePlanKey", "POST", "/usageplans/{usageplanId}/keys", 201).input(&CreateUsagePlanKeyRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "CreateVpcLink", "POST", "/vpclinks", 202).input(&CreateVpcLinkRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "DeleteApiKey", "DELETE", "/apikeys/{api_Key}", 202).input(&DeleteApiKeyRequest).errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "DeleteAuthorizer", "DELETE", "/restapis/{restapi_id}/authorizers/{authorizer_id}", 202).input(&DeleteAuthorizerRequest).errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "DeleteBasePathMapping", "DELETE", "/domainnames/{domain_name}/basepathmappings/{base_path}", 202).input(&DeleteBasePathMappingRequest).errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "DeleteClientCertificate", "DELETE", "/clientcertificates/{clientcertificate_id}", 202).input(&DeleteClientCertificateRequest).errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "DeleteDeployment", "DELETE", "/restapis/{restapi_id}/deployments/{deployment_id}", 202).input(&DeleteDeploymentRequest).errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "DeleteDocumentationPart", "DELETE", "/restapis/{restapi_id}/documentation/parts/{part_id}", 202).input(&DeleteDocumentationPartRequest).errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "DeleteDocumentationVersion", "DELETE", "/restapis/{restapi_id}/documentation/versions/{doc_version}", 202).input(&DeleteDocumentationVersionRequest).errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "DeleteDomainName", "DELETE", "/domainnames/{domain_name}", 202).input(&DeleteDomainNameRequest).errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "DeleteDomainNameAccessAssociation", "DELETE", "/domainnameaccessassociations/{domain_name_access_association_arn}", 202).input(&DeleteDomainNameAccessAssociationRequest).errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "DeleteGatewayResponse", "DELETE", "/restapis/{restapi_id}/gatewayresponses/{response_type}", 202).input(&DeleteGatewayResponseRequest).errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "DeleteIntegration", "DELETE", "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration", 204).input(&DeleteIntegrationRequest).errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "DeleteIntegrationResponse", "DELETE", "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration/responses/{status_code}", 204).input(&DeleteIntegrationResponseRequest).errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "DeleteMethod", "DELETE", "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}", 204).input(&DeleteMethodRequest).errors(&["ConflictException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "DeleteMethodResponse", "DELETE", "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/responses/{status_code}", 204).input(&DeleteMethodResponseRequest).errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "DeleteModel", "DELETE", "/restapis/{restapi_id}/models/{model_name}", 202).input(&DeleteModelRequest).errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "DeleteRequestValidator", "DELETE", "/restapis/{restapi_id}/requestvalidators/{requestvalidator_id}", 202).input(&DeleteRequestValidatorRequest).errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "DeleteResource", "DELETE", "/restapis/{restapi_id}/resources/{resource_id}", 202).input(&DeleteResourceRequest).errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "DeleteRestApi", "DELETE", "/restapis/{restapi_id}", 202).input(&DeleteRestApiRequest).errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "DeleteStage", "DELETE", "/restapis/{restapi_id}/stages/{stage_name}", 202).input(&DeleteStageRequest).errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "DeleteUsagePlan", "DELETE", "/usageplans/{usageplanId}", 202).input(&DeleteUsagePlanRequest).errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "DeleteUsagePlanKey", "DELETE", "/usageplans/{usageplanId}/keys/{keyId}", 202).input(&DeleteUsagePlanKeyRequest).errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "DeleteVpcLink", "DELETE", "/vpclinks/{vpclink_id}", 202).input(&DeleteVpcLinkRequest).errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "FlushStageAuthorizersCache", "DELETE", "/restapis/{restapi_id}/stages/{stage_name}/cache/authorizers", 202).input(&FlushStageAuthorizersCacheRequest).errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "FlushStageCache", "DELETE", "/restapis/{restapi_id}/stages/{stage_name}/cache/data", 202).input(&FlushStageCacheRequest).errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GenerateClientCertificate", "POST", "/clientcertificates", 201).input(&GenerateClientCertificateRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GetAccount", "GET", "/account", 200).input(&GetAccountRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GetApiKey", "GET", "/apikeys/{api_Key}", 200).input(&GetApiKeyRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GetApiKeys", "GET", "/apikeys", 200).input(&GetApiKeysRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GetAuthorizer", "GET", "/restapis/{restapi_id}/authorizers/{authorizer_id}", 200).input(&GetAuthorizerRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GetAuthorizers", "GET", "/restapis/{restapi_id}/authorizers", 200).input(&GetAuthorizersRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GetBasePathMapping", "GET", "/domainnames/{domain_name}/basepathmappings/{base_path}", 200).input(&GetBasePathMappingRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GetBasePathMappings", "GET", "/domainnames/{domain_name}/basepathmappings", 200).input(&GetBasePathMappingsRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GetClientCertificate", "GET", "/clientcertificates/{clientcertificate_id}", 200).input(&GetClientCertificateRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GetClientCertificates", "GET", "/clientcertificates", 200).input(&GetClientCertificatesRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GetDeployment", "GET", "/restapis/{restapi_id}/deployments/{deployment_id}", 200).input(&GetDeploymentRequest).output().errors(&["BadRequestException", "NotFoundException", "ServiceUnavailableException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GetDeployments", "GET", "/restapis/{restapi_id}/deployments", 200).input(&GetDeploymentsRequest).output().errors(&["BadRequestException", "NotFoundException", "ServiceUnavailableException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GetDocumentationPart", "GET", "/restapis/{restapi_id}/documentation/parts/{part_id}", 200).input(&GetDocumentationPartRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GetDocumentationParts", "GET", "/restapis/{restapi_id}/documentation/parts", 200).input(&GetDocumentationPartsRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GetDocumentationVersion", "GET", "/restapis/{restapi_id}/documentation/versions/{doc_version}", 200).input(&GetDocumentationVersionRequest).output().errors(&["NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GetDocumentationVersions", "GET", "/restapis/{restapi_id}/documentation/versions", 200).input(&GetDocumentationVersionsRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GetDomainName", "GET", "/domainnames/{domain_name}", 200).input(&GetDomainNameRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GetDomainNameAccessAssociations", "GET", "/domainnameaccessassociations", 200).input(&GetDomainNameAccessAssociationsRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GetDomainNames", "GET", "/domainnames", 200).input(&GetDomainNamesRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GetExport", "GET", "/restapis/{restapi_id}/stages/{stage_name}/exports/{export_type}", 200).input(&GetExportRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GetGatewayResponse", "GET", "/restapis/{restapi_id}/gatewayresponses/{response_type}", 200).input(&GetGatewayResponseRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GetGatewayResponses", "GET", "/restapis/{restapi_id}/gatewayresponses", 200).input(&GetGatewayResponsesRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GetIntegration", "GET", "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration", 200).input(&GetIntegrationRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GetIntegrationResponse", "GET", "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration/responses/{status_code}", 200).input(&GetIntegrationResponseRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GetMethod", "GET", "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}", 200).input(&GetMethodRequest).output().errors(&["NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GetMethodResponse", "GET", "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/responses/{status_code}", 200).input(&GetMethodResponseRequest).output().errors(&["NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GetModel", "GET", "/restapis/{restapi_id}/models/{model_name}", 200).input(&GetModelRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GetModelTemplate", "GET", "/restapis/{restapi_id}/models/{model_name}/default_template", 200).input(&GetModelTemplateRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GetModels", "GET", "/restapis/{restapi_id}/models", 200).input(&GetModelsRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GetRequestValidator", "GET", "/restapis/{restapi_id}/requestvalidators/{requestvalidator_id}", 200).input(&GetRequestValidatorRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GetRequestValidators", "GET", "/restapis/{restapi_id}/requestvalidators", 200).input(&GetRequestValidatorsRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GetResource", "GET", "/restapis/{restapi_id}/resources/{resource_id}", 200).input(&GetResourceRequest).output().errors(&["NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GetResources", "GET", "/restapis/{restapi_id}/resources", 200).input(&GetResourcesRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GetRestApi", "GET", "/restapis/{restapi_id}", 200).input(&GetRestApiRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GetRestApis", "GET", "/restapis", 200).input(&GetRestApisRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GetSdk", "GET", "/restapis/{restapi_id}/stages/{stage_name}/sdks/{sdk_type}", 200).input(&GetSdkRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GetSdkType", "GET", "/sdktypes/{sdktype_id}", 200).input(&GetSdkTypeRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GetSdkTypes", "GET", "/sdktypes", 200).input(&GetSdkTypesRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GetStage", "GET", "/restapis/{restapi_id}/stages/{stage_name}", 200).input(&GetStageRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GetStages", "GET", "/restapis/{restapi_id}/stages", 200).input(&GetStagesRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GetTags", "GET", "/tags/{resource_arn}", 200).input(&GetTagsRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GetUsage", "GET", "/usageplans/{usageplanId}/usage", 200).input(&GetUsageRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GetUsagePlan", "GET", "/usageplans/{usageplanId}", 200).input(&GetUsagePlanRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GetUsagePlanKey", "GET", "/usageplans/{usageplanId}/keys/{keyId}", 200).input(&GetUsagePlanKeyRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GetUsagePlanKeys", "GET", "/usageplans/{usageplanId}/keys", 200).input(&GetUsagePlanKeysRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GetUsagePlans", "GET", "/usageplans", 200).input(&GetUsagePlansRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GetVpcLink", "GET", "/vpclinks/{vpclink_id}", 200).input(&GetVpcLinkRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "GetVpcLinks", "GET", "/vpclinks", 200).input(&GetVpcLinksRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "ImportApiKeys", "POST", "/apikeys?mode=import", 201).input(&ImportApiKeysRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "ImportDocumentationParts", "PUT", "/restapis/{restapi_id}/documentation/parts", 200).input(&ImportDocumentationPartsRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "ImportRestApi", "POST", "/restapis?mode=import", 201).input(&ImportRestApiRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "PutGatewayResponse", "PUT", "/restapis/{restapi_id}/gatewayresponses/{response_type}", 201).input(&PutGatewayResponseRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "PutIntegration", "PUT", "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration", 201).input(&PutIntegrationRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "PutIntegrationResponse", "PUT", "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration/responses/{status_code}", 201).input(&PutIntegrationResponseRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "PutMethod", "PUT", "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}", 201).input(&PutMethodRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "PutMethodResponse", "PUT", "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/responses/{status_code}", 201).input(&PutMethodResponseRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "PutRestApi", "PUT", "/restapis/{restapi_id}", 200).input(&PutRestApiRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "RejectDomainNameAccessAssociation", "POST", "/rejectdomainnameaccessassociations", 202).input(&RejectDomainNameAccessAssociationRequest).errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "TagResource", "PUT", "/tags/{resource_arn}", 204).input(&TagResourceRequest).errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "TestInvokeAuthorizer", "POST", "/restapis/{restapi_id}/authorizers/{authorizer_id}", 200).input(&TestInvokeAuthorizerRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "TestInvokeMethod", "POST", "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}", 200).input(&TestInvokeMethodRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "UntagResource", "DELETE", "/tags/{resource_arn}", 204).input(&UntagResourceRequest).errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "UpdateAccount", "PATCH", "/account", 200).input(&UpdateAccountRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "UpdateApiKey", "PATCH", "/apikeys/{api_Key}", 200).input(&UpdateApiKeyRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "UpdateAuthorizer", "PATCH", "/restapis/{restapi_id}/authorizers/{authorizer_id}", 200).input(&UpdateAuthorizerRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "UpdateBasePathMapping", "PATCH", "/domainnames/{domain_name}/basepathmappings/{base_path}", 200).input(&UpdateBasePathMappingRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "UpdateClientCertificate", "PATCH", "/clientcertificates/{clientcertificate_id}", 200).input(&UpdateClientCertificateRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "UpdateDeployment", "PATCH", "/restapis/{restapi_id}/deployments/{deployment_id}", 200).input(&UpdateDeploymentRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "ServiceUnavailableException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "UpdateDocumentationPart", "PATCH", "/restapis/{restapi_id}/documentation/parts/{part_id}", 200).input(&UpdateDocumentationPartRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "UpdateDocumentationVersion", "PATCH", "/restapis/{restapi_id}/documentation/versions/{doc_version}", 200).input(&UpdateDocumentationVersionRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "UpdateDomainName", "PATCH", "/domainnames/{domain_name}", 200).input(&UpdateDomainNameRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "UpdateGatewayResponse", "PATCH", "/restapis/{restapi_id}/gatewayresponses/{response_type}", 200).input(&UpdateGatewayResponseRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "UpdateIntegration", "PATCH", "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration", 200).input(&UpdateIntegrationRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "UpdateIntegrationResponse", "PATCH", "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration/responses/{status_code}", 200).input(&UpdateIntegrationResponseRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "UpdateMethod", "PATCH", "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}", 200).input(&UpdateMethodRequest).output().errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "UpdateMethodResponse", "PATCH", "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/responses/{status_code}", 201).input(&UpdateMethodResponseRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "UpdateModel", "PATCH", "/restapis/{restapi_id}/models/{model_name}", 200).input(&UpdateModelRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "UpdateRequestValidator", "PATCH", "/restapis/{restapi_id}/requestvalidators/{requestvalidator_id}", 200).input(&UpdateRequestValidatorRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "UpdateResource", "PATCH", "/restapis/{restapi_id}/resources/{resource_id}", 200).input(&UpdateResourceRequest).output().errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "UpdateRestApi", "PATCH", "/restapis/{restapi_id}", 200).input(&UpdateRestApiRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "UpdateStage", "PATCH", "/restapis/{restapi_id}/stages/{stage_name}", 200).input(&UpdateStageRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "UpdateUsage", "PATCH", "/usageplans/{usageplanId}/keys/{keyId}/usage", 200).input(&UpdateUsageRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "UpdateUsagePlan", "PATCH", "/usageplans/{usageplanId}", 200).input(&UpdateUsagePlanRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
    Operation::new(Service::ApiGateway, "UpdateVpcLink", "PATCH", "/vpclinks/{vpclink_id}", 200).input(&UpdateVpcLinkRequest).output().errors(&["BadRequestException", "ConflictException", "LimitExceededException", "NotFoundException", "TooManyRequestsException", "UnauthorizedException"]),
];

static ERRORS: &[ErrorName] = &[
    ErrorName { code: "BadRequestException", status: 400 },
    ErrorName { code: "ConflictException", status: 409 },
    ErrorName { code: "LimitExceededException", status: 429 },
    ErrorName { code: "NotFoundException", status: 404 },
    ErrorName { code: "ServiceUnavailableException", status: 503 },
    ErrorName { code: "TooManyRequestsException", status: 429 },
    ErrorName { code: "UnauthorizedException", status: 401 },
];

static AccessAssociationSourceType: Shape = Shape::string().one_of(&["VPCE"]);
static ApiKeySourceType: Shape = Shape::string().one_of(&["HEADER", "AUTHORIZER"]);
static ApiKeysFormat: Shape = Shape::string().one_of(&["csv"]);
static ApiStage: Shape = Shape::structure(&[
    Member::body("apiId", "apiId", &String),
    Member::body("stage", "stage", &String),
    Member::body("throttle", "throttle", &MapOfApiStageThrottleSettings),
]);
static AuthorizerType: Shape = Shape::string().one_of(&["TOKEN", "REQUEST", "COGNITO_USER_POOLS", "JWT"]);
static Blob: Shape = Shape::blob();
static Boolean: Shape = Shape::boolean();
static CacheClusterSize: Shape = Shape::string().one_of(&["0.5", "1.6", "6.1", "13.5", "28.4", "58.2", "118", "237"]);
static CanarySettings: Shape = Shape::structure(&[
    Member::body("percentTraffic", "percentTraffic", &Double),
    Member::body("deploymentId", "deploymentId", &String),
    Member::body("stageVariableOverrides", "stageVariableOverrides", &MapOfStringToString),
    Member::body("useStageCache", "useStageCache", &Boolean),
]);
static ConnectionType: Shape = Shape::string().one_of(&["INTERNET", "VPC_LINK"]);
static ContentHandlingStrategy: Shape = Shape::string().one_of(&["CONVERT_TO_BINARY", "CONVERT_TO_TEXT"]);
static CreateApiKeyRequest: Shape = Shape::structure(&[
    Member::body("name", "name", &String),
    Member::body("description", "description", &String),
    Member::body("enabled", "enabled", &Boolean),
    Member::body("generateDistinctId", "generateDistinctId", &Boolean),
    Member::body("value", "value", &String),
    Member::body("stageKeys", "stageKeys", &ListOfStageKeys),
    Member::body("customerId", "customerId", &String),
    Member::body("tags", "tags", &MapOfStringToString),
]);
static CreateAuthorizerRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::body("name", "name", &String).required(),
    Member::body("type", "type", &AuthorizerType).required(),
    Member::body("providerARNs", "providerARNs", &ListOfARNs),
    Member::body("authType", "authType", &String),
    Member::body("authorizerUri", "authorizerUri", &String),
    Member::body("authorizerCredentials", "authorizerCredentials", &String),
    Member::body("identitySource", "identitySource", &String),
    Member::body("identityValidationExpression", "identityValidationExpression", &String),
    Member::body("authorizerResultTtlInSeconds", "authorizerResultTtlInSeconds", &NullableInteger),
    Member::body("jwtConfiguration", "jwtConfiguration", &JwtConfigurationInput),
]);
static CreateBasePathMappingRequest: Shape = Shape::structure(&[
    Member::path("domainName", "domain_name", &String).required(),
    Member::query("domainNameId", "domainNameId", &String),
    Member::body("basePath", "basePath", &String),
    Member::body("restApiId", "restApiId", &String).required(),
    Member::body("stage", "stage", &String),
]);
static CreateDeploymentRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::body("stageName", "stageName", &String),
    Member::body("stageDescription", "stageDescription", &String),
    Member::body("description", "description", &String),
    Member::body("cacheClusterEnabled", "cacheClusterEnabled", &NullableBoolean),
    Member::body("cacheClusterSize", "cacheClusterSize", &CacheClusterSize),
    Member::body("variables", "variables", &MapOfStringToString),
    Member::body("canarySettings", "canarySettings", &DeploymentCanarySettings),
    Member::body("tracingEnabled", "tracingEnabled", &NullableBoolean),
]);
static CreateDocumentationPartRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::body("location", "location", &DocumentationPartLocation).required(),
    Member::body("properties", "properties", &String).required(),
]);
static CreateDocumentationVersionRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::body("documentationVersion", "documentationVersion", &String).required(),
    Member::body("stageName", "stageName", &String),
    Member::body("description", "description", &String),
]);
static CreateDomainNameAccessAssociationRequest: Shape = Shape::structure(&[
    Member::body("domainNameArn", "domainNameArn", &String).required(),
    Member::body("accessAssociationSourceType", "accessAssociationSourceType", &AccessAssociationSourceType).required(),
    Member::body("accessAssociationSource", "accessAssociationSource", &String).required(),
    Member::body("tags", "tags", &MapOfStringToString),
]);
static CreateDomainNameRequest: Shape = Shape::structure(&[
    Member::body("domainName", "domainName", &String).required(),
    Member::body("certificateName", "certificateName", &String),
    Member::body("certificateBody", "certificateBody", &String),
    Member::body("certificatePrivateKey", "certificatePrivateKey", &String),
    Member::body("certificateChain", "certificateChain", &String),
    Member::body("certificateArn", "certificateArn", &String),
    Member::body("regionalCertificateName", "regionalCertificateName", &String),
    Member::body("regionalCertificateArn", "regionalCertificateArn", &String),
    Member::body("endpointConfiguration", "endpointConfiguration", &EndpointConfiguration),
    Member::body("tags", "tags", &MapOfStringToString),
    Member::body("securityPolicy", "securityPolicy", &SecurityPolicy),
    Member::body("endpointAccessMode", "endpointAccessMode", &EndpointAccessMode),
    Member::body("mutualTlsAuthentication", "mutualTlsAuthentication", &MutualTlsAuthenticationInput),
    Member::body("ownershipVerificationCertificateArn", "ownershipVerificationCertificateArn", &String),
    Member::body("policy", "policy", &String),
    Member::body("routingMode", "routingMode", &RoutingMode),
]);
static CreateModelRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::body("name", "name", &String).required(),
    Member::body("description", "description", &String),
    Member::body("schema", "schema", &String),
    Member::body("contentType", "contentType", &String).required(),
]);
static CreateRequestValidatorRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::body("name", "name", &String),
    Member::body("validateRequestBody", "validateRequestBody", &Boolean),
    Member::body("validateRequestParameters", "validateRequestParameters", &Boolean),
]);
static CreateResourceRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("parentId", "parent_id", &String).required(),
    Member::body("pathPart", "pathPart", &String).required(),
]);
static CreateRestApiRequest: Shape = Shape::structure(&[
    Member::body("name", "name", &String).required(),
    Member::body("description", "description", &String),
    Member::body("version", "version", &String),
    Member::body("cloneFrom", "cloneFrom", &String),
    Member::body("binaryMediaTypes", "binaryMediaTypes", &ListOfString),
    Member::body("minimumCompressionSize", "minimumCompressionSize", &NullableInteger),
    Member::body("apiKeySource", "apiKeySource", &ApiKeySourceType),
    Member::body("endpointConfiguration", "endpointConfiguration", &EndpointConfiguration),
    Member::body("policy", "policy", &String),
    Member::body("tags", "tags", &MapOfStringToString),
    Member::body("disableExecuteApiEndpoint", "disableExecuteApiEndpoint", &Boolean),
    Member::body("securityPolicy", "securityPolicy", &SecurityPolicy),
    Member::body("endpointAccessMode", "endpointAccessMode", &EndpointAccessMode),
]);
static CreateStageRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::body("stageName", "stageName", &String).required(),
    Member::body("deploymentId", "deploymentId", &String).required(),
    Member::body("description", "description", &String),
    Member::body("cacheClusterEnabled", "cacheClusterEnabled", &Boolean),
    Member::body("cacheClusterSize", "cacheClusterSize", &CacheClusterSize),
    Member::body("variables", "variables", &MapOfStringToString),
    Member::body("documentationVersion", "documentationVersion", &String),
    Member::body("canarySettings", "canarySettings", &CanarySettings),
    Member::body("tracingEnabled", "tracingEnabled", &Boolean),
    Member::body("tags", "tags", &MapOfStringToString),
]);
static CreateUsagePlanKeyRequest: Shape = Shape::structure(&[
    Member::path("usagePlanId", "usageplanId", &String).required(),
    Member::body("keyId", "keyId", &String).required(),
    Member::body("keyType", "keyType", &String).required(),
]);
static CreateUsagePlanRequest: Shape = Shape::structure(&[
    Member::body("name", "name", &String).required(),
    Member::body("description", "description", &String),
    Member::body("apiStages", "apiStages", &ListOfApiStage),
    Member::body("throttle", "throttle", &ThrottleSettings),
    Member::body("quota", "quota", &QuotaSettings),
    Member::body("tags", "tags", &MapOfStringToString),
]);
static CreateVpcLinkRequest: Shape = Shape::structure(&[
    Member::body("name", "name", &String).required(),
    Member::body("description", "description", &String),
    Member::body("targetArns", "targetArns", &ListOfString).required(),
    Member::body("tags", "tags", &MapOfStringToString),
]);
static DeleteApiKeyRequest: Shape = Shape::structure(&[
    Member::path("apiKey", "api_Key", &String).required(),
]);
static DeleteAuthorizerRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("authorizerId", "authorizer_id", &String).required(),
]);
static DeleteBasePathMappingRequest: Shape = Shape::structure(&[
    Member::path("domainName", "domain_name", &String).required(),
    Member::query("domainNameId", "domainNameId", &String),
    Member::path("basePath", "base_path", &String).required(),
]);
static DeleteClientCertificateRequest: Shape = Shape::structure(&[
    Member::path("clientCertificateId", "clientcertificate_id", &String).required(),
]);
static DeleteDeploymentRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("deploymentId", "deployment_id", &String).required(),
]);
static DeleteDocumentationPartRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("documentationPartId", "part_id", &String).required(),
]);
static DeleteDocumentationVersionRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("documentationVersion", "doc_version", &String).required(),
]);
static DeleteDomainNameAccessAssociationRequest: Shape = Shape::structure(&[
    Member::path("domainNameAccessAssociationArn", "domain_name_access_association_arn", &String).required(),
]);
static DeleteDomainNameRequest: Shape = Shape::structure(&[
    Member::path("domainName", "domain_name", &String).required(),
    Member::query("domainNameId", "domainNameId", &String),
]);
static DeleteGatewayResponseRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("responseType", "response_type", &GatewayResponseType).required(),
]);
static DeleteIntegrationRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("resourceId", "resource_id", &String).required(),
    Member::path("httpMethod", "http_method", &String).required(),
]);
static DeleteIntegrationResponseRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("resourceId", "resource_id", &String).required(),
    Member::path("httpMethod", "http_method", &String).required(),
    Member::path("statusCode", "status_code", &StatusCode).required(),
]);
static DeleteMethodRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("resourceId", "resource_id", &String).required(),
    Member::path("httpMethod", "http_method", &String).required(),
]);
static DeleteMethodResponseRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("resourceId", "resource_id", &String).required(),
    Member::path("httpMethod", "http_method", &String).required(),
    Member::path("statusCode", "status_code", &StatusCode).required(),
]);
static DeleteModelRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("modelName", "model_name", &String).required(),
]);
static DeleteRequestValidatorRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("requestValidatorId", "requestvalidator_id", &String).required(),
]);
static DeleteResourceRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("resourceId", "resource_id", &String).required(),
]);
static DeleteRestApiRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
]);
static DeleteStageRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("stageName", "stage_name", &String).required(),
]);
static DeleteUsagePlanKeyRequest: Shape = Shape::structure(&[
    Member::path("usagePlanId", "usageplanId", &String).required(),
    Member::path("keyId", "keyId", &String).required(),
]);
static DeleteUsagePlanRequest: Shape = Shape::structure(&[
    Member::path("usagePlanId", "usageplanId", &String).required(),
]);
static DeleteVpcLinkRequest: Shape = Shape::structure(&[
    Member::path("vpcLinkId", "vpclink_id", &String).required(),
]);
static DeploymentCanarySettings: Shape = Shape::structure(&[
    Member::body("percentTraffic", "percentTraffic", &Double),
    Member::body("stageVariableOverrides", "stageVariableOverrides", &MapOfStringToString),
    Member::body("useStageCache", "useStageCache", &Boolean),
]);
static DocumentationPartLocation: Shape = Shape::structure(&[
    Member::body("type", "type", &DocumentationPartType).required(),
    Member::body("path", "path", &String),
    Member::body("method", "method", &String),
    Member::body("statusCode", "statusCode", &DocumentationPartLocationStatusCode),
    Member::body("name", "name", &String),
]);
static DocumentationPartLocationStatusCode: Shape = Shape::string().pattern("^([1-5]\\d\\d|\\*|\\s*)$");
static DocumentationPartType: Shape = Shape::string().one_of(&["API", "AUTHORIZER", "MODEL", "RESOURCE", "METHOD", "PATH_PARAMETER", "QUERY_PARAMETER", "REQUEST_HEADER", "REQUEST_BODY", "RESPONSE", "RESPONSE_HEADER", "RESPONSE_BODY"]);
static Double: Shape = Shape::double();
static EndpointAccessMode: Shape = Shape::string().one_of(&["BASIC", "STRICT"]);
static EndpointConfiguration: Shape = Shape::structure(&[
    Member::body("types", "types", &ListOfEndpointType),
    Member::body("ipAddressType", "ipAddressType", &IpAddressType),
    Member::body("vpcEndpointIds", "vpcEndpointIds", &ListOfString),
]);
static EndpointType: Shape = Shape::string().one_of(&["REGIONAL", "EDGE", "PRIVATE"]);
static FlushStageAuthorizersCacheRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("stageName", "stage_name", &String).required(),
]);
static FlushStageCacheRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("stageName", "stage_name", &String).required(),
]);
static GatewayResponseType: Shape = Shape::string().one_of(&["DEFAULT_4XX", "DEFAULT_5XX", "RESOURCE_NOT_FOUND", "UNAUTHORIZED", "INVALID_API_KEY", "ACCESS_DENIED", "AUTHORIZER_FAILURE", "AUTHORIZER_CONFIGURATION_ERROR", "INVALID_SIGNATURE", "EXPIRED_TOKEN", "MISSING_AUTHENTICATION_TOKEN", "INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT", "API_CONFIGURATION_ERROR", "UNSUPPORTED_MEDIA_TYPE", "BAD_REQUEST_PARAMETERS", "BAD_REQUEST_BODY", "REQUEST_TOO_LARGE", "THROTTLED", "QUOTA_EXCEEDED", "WAF_FILTERED"]);
static GenerateClientCertificateRequest: Shape = Shape::structure(&[
    Member::body("description", "description", &String),
    Member::body("tags", "tags", &MapOfStringToString),
]);
static GetAccountRequest: Shape = Shape::structure(&[]);
static GetApiKeyRequest: Shape = Shape::structure(&[
    Member::path("apiKey", "api_Key", &String).required(),
    Member::query("includeValue", "includeValue", &NullableBoolean),
]);
static GetApiKeysRequest: Shape = Shape::structure(&[
    Member::query("position", "position", &String),
    Member::query("limit", "limit", &NullableInteger),
    Member::query("nameQuery", "name", &String),
    Member::query("customerId", "customerId", &String),
    Member::query("includeValues", "includeValues", &NullableBoolean),
]);
static GetAuthorizerRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("authorizerId", "authorizer_id", &String).required(),
]);
static GetAuthorizersRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::query("position", "position", &String),
    Member::query("limit", "limit", &NullableInteger),
]);
static GetBasePathMappingRequest: Shape = Shape::structure(&[
    Member::path("domainName", "domain_name", &String).required(),
    Member::query("domainNameId", "domainNameId", &String),
    Member::path("basePath", "base_path", &String).required(),
]);
static GetBasePathMappingsRequest: Shape = Shape::structure(&[
    Member::path("domainName", "domain_name", &String).required(),
    Member::query("domainNameId", "domainNameId", &String),
    Member::query("position", "position", &String),
    Member::query("limit", "limit", &NullableInteger),
]);
static GetClientCertificateRequest: Shape = Shape::structure(&[
    Member::path("clientCertificateId", "clientcertificate_id", &String).required(),
]);
static GetClientCertificatesRequest: Shape = Shape::structure(&[
    Member::query("position", "position", &String),
    Member::query("limit", "limit", &NullableInteger),
]);
static GetDeploymentRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("deploymentId", "deployment_id", &String).required(),
    Member::query("embed", "embed", &ListOfString),
]);
static GetDeploymentsRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::query("position", "position", &String),
    Member::query("limit", "limit", &NullableInteger),
]);
static GetDocumentationPartRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("documentationPartId", "part_id", &String).required(),
]);
static GetDocumentationPartsRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::query("type", "type", &DocumentationPartType),
    Member::query("nameQuery", "name", &String),
    Member::query("path", "path", &String),
    Member::query("position", "position", &String),
    Member::query("limit", "limit", &NullableInteger),
    Member::query("locationStatus", "locationStatus", &LocationStatusType),
]);
static GetDocumentationVersionRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("documentationVersion", "doc_version", &String).required(),
]);
static GetDocumentationVersionsRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::query("position", "position", &String),
    Member::query("limit", "limit", &NullableInteger),
]);
static GetDomainNameAccessAssociationsRequest: Shape = Shape::structure(&[
    Member::query("position", "position", &String),
    Member::query("limit", "limit", &NullableInteger),
    Member::query("resourceOwner", "resourceOwner", &ResourceOwner),
]);
static GetDomainNameRequest: Shape = Shape::structure(&[
    Member::path("domainName", "domain_name", &String).required(),
    Member::query("domainNameId", "domainNameId", &String),
]);
static GetDomainNamesRequest: Shape = Shape::structure(&[
    Member::query("position", "position", &String),
    Member::query("limit", "limit", &NullableInteger),
    Member::query("resourceOwner", "resourceOwner", &ResourceOwner),
]);
static GetExportRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("stageName", "stage_name", &String).required(),
    Member::path("exportType", "export_type", &String).required(),
    Member::query("parameters", "parameters", &MapOfStringToString),
    Member::header("accepts", "Accept", &String),
]);
static GetGatewayResponseRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("responseType", "response_type", &GatewayResponseType).required(),
]);
static GetGatewayResponsesRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::query("position", "position", &String),
    Member::query("limit", "limit", &NullableInteger),
]);
static GetIntegrationRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("resourceId", "resource_id", &String).required(),
    Member::path("httpMethod", "http_method", &String).required(),
]);
static GetIntegrationResponseRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("resourceId", "resource_id", &String).required(),
    Member::path("httpMethod", "http_method", &String).required(),
    Member::path("statusCode", "status_code", &StatusCode).required(),
]);
static GetMethodRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("resourceId", "resource_id", &String).required(),
    Member::path("httpMethod", "http_method", &String).required(),
]);
static GetMethodResponseRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("resourceId", "resource_id", &String).required(),
    Member::path("httpMethod", "http_method", &String).required(),
    Member::path("statusCode", "status_code", &StatusCode).required(),
]);
static GetModelRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("modelName", "model_name", &String).required(),
    Member::query("flatten", "flatten", &Boolean),
]);
static GetModelTemplateRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("modelName", "model_name", &String).required(),
]);
static GetModelsRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::query("position", "position", &String),
    Member::query("limit", "limit", &NullableInteger),
]);
static GetRequestValidatorRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("requestValidatorId", "requestvalidator_id", &String).required(),
]);
static GetRequestValidatorsRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::query("position", "position", &String),
    Member::query("limit", "limit", &NullableInteger),
]);
static GetResourceRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("resourceId", "resource_id", &String).required(),
    Member::query("embed", "embed", &ListOfString),
]);
static GetResourcesRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::query("position", "position", &String),
    Member::query("limit", "limit", &NullableInteger),
    Member::query("embed", "embed", &ListOfString),
]);
static GetRestApiRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
]);
static GetRestApisRequest: Shape = Shape::structure(&[
    Member::query("position", "position", &String),
    Member::query("limit", "limit", &NullableInteger),
]);
static GetSdkRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("stageName", "stage_name", &String).required(),
    Member::path("sdkType", "sdk_type", &String).required(),
    Member::query("parameters", "parameters", &MapOfStringToString),
]);
static GetSdkTypeRequest: Shape = Shape::structure(&[
    Member::path("id", "sdktype_id", &String).required(),
]);
static GetSdkTypesRequest: Shape = Shape::structure(&[
    Member::query("position", "position", &String),
    Member::query("limit", "limit", &NullableInteger),
]);
static GetStageRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("stageName", "stage_name", &String).required(),
]);
static GetStagesRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::query("deploymentId", "deploymentId", &String),
]);
static GetTagsRequest: Shape = Shape::structure(&[
    Member::path("resourceArn", "resource_arn", &String).required(),
    Member::query("position", "position", &String),
    Member::query("limit", "limit", &NullableInteger),
]);
static GetUsagePlanKeyRequest: Shape = Shape::structure(&[
    Member::path("usagePlanId", "usageplanId", &String).required(),
    Member::path("keyId", "keyId", &String).required(),
]);
static GetUsagePlanKeysRequest: Shape = Shape::structure(&[
    Member::path("usagePlanId", "usageplanId", &String).required(),
    Member::query("position", "position", &String),
    Member::query("limit", "limit", &NullableInteger),
    Member::query("nameQuery", "name", &String),
]);
static GetUsagePlanRequest: Shape = Shape::structure(&[
    Member::path("usagePlanId", "usageplanId", &String).required(),
]);
static GetUsagePlansRequest: Shape = Shape::structure(&[
    Member::query("position", "position", &String),
    Member::query("keyId", "keyId", &String),
    Member::query("limit", "limit", &NullableInteger),
]);
static GetUsageRequest: Shape = Shape::structure(&[
    Member::path("usagePlanId", "usageplanId", &String).required(),
    Member::query("keyId", "keyId", &String),
    Member::query("startDate", "startDate", &String).required(),
    Member::query("endDate", "endDate", &String).required(),
    Member::query("position", "position", &String),
    Member::query("limit", "limit", &NullableInteger),
]);
static GetVpcLinkRequest: Shape = Shape::structure(&[
    Member::path("vpcLinkId", "vpclink_id", &String).required(),
]);
static GetVpcLinksRequest: Shape = Shape::structure(&[
    Member::query("position", "position", &String),
    Member::query("limit", "limit", &NullableInteger),
]);
static ImportApiKeysRequest: Shape = Shape::structure(&[
    Member::payload("body", "body", &Blob).required(),
    Member::query("format", "format", &ApiKeysFormat).required(),
    Member::query("failOnWarnings", "failonwarnings", &Boolean),
]);
static ImportDocumentationPartsRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::query("mode", "mode", &PutMode),
    Member::query("failOnWarnings", "failonwarnings", &Boolean),
    Member::payload("body", "body", &Blob).required(),
]);
static ImportRestApiRequest: Shape = Shape::structure(&[
    Member::query("failOnWarnings", "failonwarnings", &Boolean),
    Member::query("parameters", "parameters", &MapOfStringToString),
    Member::payload("body", "body", &Blob).required(),
]);
static Integer: Shape = Shape::integer();
static IntegrationType: Shape = Shape::string().one_of(&["HTTP", "AWS", "MOCK", "HTTP_PROXY", "AWS_PROXY"]);
static IpAddressType: Shape = Shape::string().one_of(&["ipv4", "dualstack"]);
static JwtAdditionalClaim: Shape = Shape::structure(&[
    Member::body("claimName", "claimName", &String).required(),
    Member::body("format", "format", &JwtClaimFormat).required(),
    Member::body("required", "required", &Boolean),
    Member::body("expectedValues", "expectedValues", &ListOfString),
]);
static JwtClaimFormat: Shape = Shape::string().one_of(&["SINGLE_STRING"]);
static JwtConfigurationInput: Shape = Shape::structure(&[
    Member::body("issuers", "issuers", &ListOfJwtIssuerInput).required(),
    Member::body("defaultAlgorithms", "defaultAlgorithms", &ListOfJwtSigningAlgorithm).required(),
]);
static JwtIssuerInput: Shape = Shape::structure(&[
    Member::body("issuer", "issuer", &String).required(),
    Member::body("audiences", "audiences", &ListOfString).required(),
    Member::body("additionalClaims", "additionalClaims", &ListOfJwtAdditionalClaim),
]);
static JwtSigningAlgorithm: Shape = Shape::string().one_of(&["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"]);
static ListOfARNs: Shape = Shape::list(&ProviderARN);
static ListOfApiStage: Shape = Shape::list(&ApiStage);
static ListOfEndpointType: Shape = Shape::list(&EndpointType);
static ListOfJwtAdditionalClaim: Shape = Shape::list(&JwtAdditionalClaim);
static ListOfJwtIssuerInput: Shape = Shape::list(&JwtIssuerInput);
static ListOfJwtSigningAlgorithm: Shape = Shape::list(&JwtSigningAlgorithm);
static ListOfPatchOperation: Shape = Shape::list(&PatchOperation);
static ListOfStageKeys: Shape = Shape::list(&StageKey);
static ListOfString: Shape = Shape::list(&String);
static LocationStatusType: Shape = Shape::string().one_of(&["DOCUMENTED", "UNDOCUMENTED"]);
static MapOfApiStageThrottleSettings: Shape = Shape::map(&String, &ThrottleSettings);
static MapOfStringToBoolean: Shape = Shape::map(&String, &NullableBoolean);
static MapOfStringToList: Shape = Shape::map(&String, &ListOfString);
static MapOfStringToString: Shape = Shape::map(&String, &String);
static MutualTlsAuthenticationInput: Shape = Shape::structure(&[
    Member::body("truststoreUri", "truststoreUri", &String),
    Member::body("truststoreVersion", "truststoreVersion", &String),
]);
static NullableBoolean: Shape = Shape::boolean();
static NullableInteger: Shape = Shape::integer();
static Op: Shape = Shape::string().one_of(&["add", "remove", "replace", "move", "copy", "test"]);
static PatchOperation: Shape = Shape::structure(&[
    Member::body("op", "op", &Op),
    Member::body("path", "path", &String),
    Member::body("value", "value", &String),
    Member::body("from", "from", &String),
]);
static ProviderARN: Shape = Shape::string();
static PutGatewayResponseRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("responseType", "response_type", &GatewayResponseType).required(),
    Member::body("statusCode", "statusCode", &StatusCode),
    Member::body("responseParameters", "responseParameters", &MapOfStringToString),
    Member::body("responseTemplates", "responseTemplates", &MapOfStringToString),
]);
static PutIntegrationRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("resourceId", "resource_id", &String).required(),
    Member::path("httpMethod", "http_method", &String).required(),
    Member::body("type", "type", &IntegrationType).required(),
    Member::body("integrationHttpMethod", "httpMethod", &String),
    Member::body("uri", "uri", &String),
    Member::body("connectionType", "connectionType", &ConnectionType),
    Member::body("connectionId", "connectionId", &String),
    Member::body("credentials", "credentials", &String),
    Member::body("requestParameters", "requestParameters", &MapOfStringToString),
    Member::body("requestTemplates", "requestTemplates", &MapOfStringToString),
    Member::body("passthroughBehavior", "passthroughBehavior", &String),
    Member::body("cacheNamespace", "cacheNamespace", &String),
    Member::body("cacheKeyParameters", "cacheKeyParameters", &ListOfString),
    Member::body("contentHandling", "contentHandling", &ContentHandlingStrategy),
    Member::body("timeoutInMillis", "timeoutInMillis", &NullableInteger),
    Member::body("tlsConfig", "tlsConfig", &TlsConfig),
    Member::body("responseTransferMode", "responseTransferMode", &ResponseTransferMode),
    Member::body("integrationTarget", "integrationTarget", &String),
]);
static PutIntegrationResponseRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("resourceId", "resource_id", &String).required(),
    Member::path("httpMethod", "http_method", &String).required(),
    Member::path("statusCode", "status_code", &StatusCode).required(),
    Member::body("selectionPattern", "selectionPattern", &String),
    Member::body("responseParameters", "responseParameters", &MapOfStringToString),
    Member::body("responseTemplates", "responseTemplates", &MapOfStringToString),
    Member::body("contentHandling", "contentHandling", &ContentHandlingStrategy),
]);
static PutMethodRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("resourceId", "resource_id", &String).required(),
    Member::path("httpMethod", "http_method", &String).required(),
    Member::body("authorizationType", "authorizationType", &String).required(),
    Member::body("authorizerId", "authorizerId", &String),
    Member::body("apiKeyRequired", "apiKeyRequired", &Boolean),
    Member::body("operationName", "operationName", &String),
    Member::body("requestParameters", "requestParameters", &MapOfStringToBoolean),
    Member::body("requestModels", "requestModels", &MapOfStringToString),
    Member::body("requestValidatorId", "requestValidatorId", &String),
    Member::body("authorizationScopes", "authorizationScopes", &ListOfString),
]);
static PutMethodResponseRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("resourceId", "resource_id", &String).required(),
    Member::path("httpMethod", "http_method", &String).required(),
    Member::path("statusCode", "status_code", &StatusCode).required(),
    Member::body("responseParameters", "responseParameters", &MapOfStringToBoolean),
    Member::body("responseModels", "responseModels", &MapOfStringToString),
]);
static PutMode: Shape = Shape::string().one_of(&["merge", "overwrite"]);
static PutRestApiRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::query("mode", "mode", &PutMode),
    Member::query("failOnWarnings", "failonwarnings", &Boolean),
    Member::query("parameters", "parameters", &MapOfStringToString),
    Member::payload("body", "body", &Blob).required(),
]);
static QuotaPeriodType: Shape = Shape::string().one_of(&["DAY", "WEEK", "MONTH"]);
static QuotaSettings: Shape = Shape::structure(&[
    Member::body("limit", "limit", &Integer),
    Member::body("offset", "offset", &Integer),
    Member::body("period", "period", &QuotaPeriodType),
]);
static RejectDomainNameAccessAssociationRequest: Shape = Shape::structure(&[
    Member::query("domainNameAccessAssociationArn", "domainNameAccessAssociationArn", &String).required(),
    Member::query("domainNameArn", "domainNameArn", &String).required(),
]);
static ResourceOwner: Shape = Shape::string().one_of(&["SELF", "OTHER_ACCOUNTS"]);
static ResponseTransferMode: Shape = Shape::string().one_of(&["BUFFERED", "STREAM"]);
static RoutingMode: Shape = Shape::string().one_of(&["BASE_PATH_MAPPING_ONLY", "ROUTING_RULE_ONLY", "ROUTING_RULE_THEN_BASE_PATH_MAPPING"]);
static SecurityPolicy: Shape = Shape::string().one_of(&["TLS_1_0", "TLS_1_2", "SecurityPolicy_TLS13_1_3_2025_09", "SecurityPolicy_TLS13_1_3_FIPS_2025_09", "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09", "SecurityPolicy_TLS13_1_2_FIPS_PQ_2025_09", "SecurityPolicy_TLS13_1_2_FIPS_PFS_PQ_2025_09", "SecurityPolicy_TLS13_1_2_Ext2_PQ_2025_09", "SecurityPolicy_TLS13_1_2_Ext2_FIPS_PQ_2025_09", "SecurityPolicy_TLS13_1_2_PQ_2025_09", "SecurityPolicy_TLS13_1_2_2021_06", "SecurityPolicy_TLS13_2025_EDGE", "SecurityPolicy_TLS12_PFS_2025_EDGE", "SecurityPolicy_TLS12_2018_EDGE"]);
static StageKey: Shape = Shape::structure(&[
    Member::body("restApiId", "restApiId", &String),
    Member::body("stageName", "stageName", &String),
]);
static StatusCode: Shape = Shape::string().pattern("[1-5]\\d\\d");
static String: Shape = Shape::string();
static TagResourceRequest: Shape = Shape::structure(&[
    Member::path("resourceArn", "resource_arn", &String).required(),
    Member::body("tags", "tags", &MapOfStringToString).required(),
]);
static TestInvokeAuthorizerRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("authorizerId", "authorizer_id", &String).required(),
    Member::body("headers", "headers", &MapOfStringToString),
    Member::body("multiValueHeaders", "multiValueHeaders", &MapOfStringToList),
    Member::body("pathWithQueryString", "pathWithQueryString", &String),
    Member::body("body", "body", &String),
    Member::body("stageVariables", "stageVariables", &MapOfStringToString),
    Member::body("additionalContext", "additionalContext", &MapOfStringToString),
]);
static TestInvokeMethodRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("resourceId", "resource_id", &String).required(),
    Member::path("httpMethod", "http_method", &String).required(),
    Member::body("pathWithQueryString", "pathWithQueryString", &String),
    Member::body("body", "body", &String),
    Member::body("headers", "headers", &MapOfStringToString),
    Member::body("multiValueHeaders", "multiValueHeaders", &MapOfStringToList),
    Member::body("clientCertificateId", "clientCertificateId", &String),
    Member::body("stageVariables", "stageVariables", &MapOfStringToString),
]);
static ThrottleSettings: Shape = Shape::structure(&[
    Member::body("burstLimit", "burstLimit", &Integer),
    Member::body("rateLimit", "rateLimit", &Double),
]);
static TlsConfig: Shape = Shape::structure(&[
    Member::body("insecureSkipVerification", "insecureSkipVerification", &Boolean),
]);
static UntagResourceRequest: Shape = Shape::structure(&[
    Member::path("resourceArn", "resource_arn", &String).required(),
    Member::query("tagKeys", "tagKeys", &ListOfString).required(),
]);
static UpdateAccountRequest: Shape = Shape::structure(&[
    Member::body("patchOperations", "patchOperations", &ListOfPatchOperation),
]);
static UpdateApiKeyRequest: Shape = Shape::structure(&[
    Member::path("apiKey", "api_Key", &String).required(),
    Member::body("patchOperations", "patchOperations", &ListOfPatchOperation),
]);
static UpdateAuthorizerRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("authorizerId", "authorizer_id", &String).required(),
    Member::body("patchOperations", "patchOperations", &ListOfPatchOperation),
]);
static UpdateBasePathMappingRequest: Shape = Shape::structure(&[
    Member::path("domainName", "domain_name", &String).required(),
    Member::query("domainNameId", "domainNameId", &String),
    Member::path("basePath", "base_path", &String).required(),
    Member::body("patchOperations", "patchOperations", &ListOfPatchOperation),
]);
static UpdateClientCertificateRequest: Shape = Shape::structure(&[
    Member::path("clientCertificateId", "clientcertificate_id", &String).required(),
    Member::body("patchOperations", "patchOperations", &ListOfPatchOperation),
]);
static UpdateDeploymentRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("deploymentId", "deployment_id", &String).required(),
    Member::body("patchOperations", "patchOperations", &ListOfPatchOperation),
]);
static UpdateDocumentationPartRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("documentationPartId", "part_id", &String).required(),
    Member::body("patchOperations", "patchOperations", &ListOfPatchOperation),
]);
static UpdateDocumentationVersionRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("documentationVersion", "doc_version", &String).required(),
    Member::body("patchOperations", "patchOperations", &ListOfPatchOperation),
]);
static UpdateDomainNameRequest: Shape = Shape::structure(&[
    Member::path("domainName", "domain_name", &String).required(),
    Member::query("domainNameId", "domainNameId", &String),
    Member::body("patchOperations", "patchOperations", &ListOfPatchOperation),
]);
static UpdateGatewayResponseRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("responseType", "response_type", &GatewayResponseType).required(),
    Member::body("patchOperations", "patchOperations", &ListOfPatchOperation),
]);
static UpdateIntegrationRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("resourceId", "resource_id", &String).required(),
    Member::path("httpMethod", "http_method", &String).required(),
    Member::body("patchOperations", "patchOperations", &ListOfPatchOperation),
]);
static UpdateIntegrationResponseRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("resourceId", "resource_id", &String).required(),
    Member::path("httpMethod", "http_method", &String).required(),
    Member::path("statusCode", "status_code", &StatusCode).required(),
    Member::body("patchOperations", "patchOperations", &ListOfPatchOperation),
]);
static UpdateMethodRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("resourceId", "resource_id", &String).required(),
    Member::path("httpMethod", "http_method", &String).required(),
    Member::body("patchOperations", "patchOperations", &ListOfPatchOperation),
]);
static UpdateMethodResponseRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("resourceId", "resource_id", &String).required(),
    Member::path("httpMethod", "http_method", &String).required(),
    Member::path("statusCode", "status_code", &StatusCode).required(),
    Member::body("patchOperations", "patchOperations", &ListOfPatchOperation),
]);
static UpdateModelRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("modelName", "model_name", &String).required(),
    Member::body("patchOperations", "patchOperations", &ListOfPatchOperation),
]);
static UpdateRequestValidatorRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("requestValidatorId", "requestvalidator_id", &String).required(),
    Member::body("patchOperations", "patchOperations", &ListOfPatchOperation),
]);
static UpdateResourceRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("resourceId", "resource_id", &String).required(),
    Member::body("patchOperations", "patchOperations", &ListOfPatchOperation),
]);
static UpdateRestApiRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::body("patchOperations", "patchOperations", &ListOfPatchOperation),
]);
static UpdateStageRequest: Shape = Shape::structure(&[
    Member::path("restApiId", "restapi_id", &String).required(),
    Member::path("stageName", "stage_name", &String).required(),
    Member::body("patchOperations", "patchOperations", &ListOfPatchOperation),
]);
static UpdateUsagePlanRequest: Shape = Shape::structure(&[
    Member::path("usagePlanId", "usageplanId", &String).required(),
    Member::body("patchOperations", "patchOperations", &ListOfPatchOperation),
]);
static UpdateUsageRequest: Shape = Shape::structure(&[
    Member::path("usagePlanId", "usageplanId", &String).required(),
    Member::path("keyId", "keyId", &String).required(),
    Member::body("patchOperations", "patchOperations", &ListOfPatchOperation),
]);
static UpdateVpcLinkRequest: Shape = Shape::structure(&[
    Member::path("vpcLinkId", "vpclink_id", &String).required(),
    Member::body("patchOperations", "patchOperations", &ListOfPatchOperation),
]);
