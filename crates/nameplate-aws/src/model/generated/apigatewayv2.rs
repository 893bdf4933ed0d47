//! Generated from botocore 1.44.8 by `cargo run -p xtask -- models`: apigatewayv2 2018-11-29.
//! Do not edit.

use crate::model::*;

pub(in crate::model) static MODEL: Model = Model { service: Service::ApiGatewayV2, api_version: "2018-11-29", xml_namespace: "", target: "", operations: OPERATIONS, errors: ERRORS };

static OPERATIONS: &[Operation] = &[
    Operation::new(Service::ApiGatewayV2, "CreateApi", "POST", "/v2/apis", 201).input(&CreateApiRequest).output().errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "CreateApiMapping", "POST", "/v2/domainnames/{domainName}/apimappings", 201).input(&CreateApiMappingRequest).output().errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "CreateAuthorizer", "POST", "/v2/apis/{apiId}/authorizers", 201).input(&CreateAuthorizerRequest).output().errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "CreateDeployment", "POST", "/v2/apis/{apiId}/deployments", 201).input(&CreateDeploymentRequest).output().errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "CreateDomainName", "POST", "/v2/domainnames", 201).input(&CreateDomainNameRequest).output().errors(&["AccessDeniedException", "BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "CreateIntegration", "POST", "/v2/apis/{apiId}/integrations", 201).input(&CreateIntegrationRequest).output().errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "CreateIntegrationResponse", "POST", "/v2/apis/{apiId}/integrations/{integrationId}/integrationresponses", 201).input(&CreateIntegrationResponseRequest).output().errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "CreateModel", "POST", "/v2/apis/{apiId}/models", 201).input(&CreateModelRequest).output().errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "CreatePortal", "POST", "/v2/portals", 201).input(&CreatePortalRequest).output().errors(&["AccessDeniedException", "BadRequestException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "CreatePortalProduct", "POST", "/v2/portalproducts", 201).input(&CreatePortalProductRequest).output().errors(&["AccessDeniedException", "BadRequestException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "CreateProductPage", "POST", "/v2/portalproducts/{portalProductId}/productpages", 201).input(&CreateProductPageRequest).output().errors(&["AccessDeniedException", "BadRequestException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "CreateProductRestEndpointPage", "POST", "/v2/portalproducts/{portalProductId}/productrestendpointpages", 201).input(&CreateProductRestEndpointPageRequest).output().errors(&["AccessDeniedException", "BadRequestException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "CreateRoute", "POST", "/v2/apis/{apiId}/routes", 201).input(&CreateRouteRequest).output().errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "CreateRouteResponse", "POST", "/v2/apis/{apiId}/routes/{routeId}/routeresponses", 201).input(&CreateRouteResponseRequest).output().errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "CreateRoutingRule", "POST", "/v2/domainnames/{domainName}/routingrules", 201).input(&CreateRoutingRuleRequest).output().errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "CreateStage", "POST", "/v2/apis/{apiId}/stages", 201).input(&CreateStageRequest).output().errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "CreateVpcLink", "POST", "/v2/vpclinks", 201).input(&CreateVpcLinkRequest).output().errors(&["BadRequestException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "DeleteAccessLogSettings", "DELETE", "/v2/apis/{apiId}/stages/{stageName}/accesslogsettings", 204).input(&DeleteAccessLogSettingsRequest).errors(&["NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "DeleteApi", "DELETE", "/v2/apis/{apiId}", 204).input(&DeleteApiRequest).errors(&["NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "DeleteApiMapping", "DELETE", "/v2/domainnames/{domainName}/apimappings/{apiMappingId}", 204).input(&DeleteApiMappingRequest).errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "DeleteAuthorizer", "DELETE", "/v2/apis/{apiId}/authorizers/{authorizerId}", 204).input(&DeleteAuthorizerRequest).errors(&["NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "DeleteCorsConfiguration", "DELETE", "/v2/apis/{apiId}/cors", 204).input(&DeleteCorsConfigurationRequest).errors(&["NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "DeleteDeployment", "DELETE", "/v2/apis/{apiId}/deployments/{deploymentId}", 204).input(&DeleteDeploymentRequest).errors(&["NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "DeleteDomainName", "DELETE", "/v2/domainnames/{domainName}", 204).input(&DeleteDomainNameRequest).errors(&["NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "DeleteIntegration", "DELETE", "/v2/apis/{apiId}/integrations/{integrationId}", 204).input(&DeleteIntegrationRequest).errors(&["NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "DeleteIntegrationResponse", "DELETE", "/v2/apis/{apiId}/integrations/{integrationId}/integrationresponses/{integrationResponseId}", 204).input(&DeleteIntegrationResponseRequest).errors(&["NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "DeleteModel", "DELETE", "/v2/apis/{apiId}/models/{modelId}", 204).input(&DeleteModelRequest).errors(&["NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "DeletePortal", "DELETE", "/v2/portals/{portalId}", 204).input(&DeletePortalRequest).errors(&["AccessDeniedException", "BadRequestException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "DeletePortalProduct", "DELETE", "/v2/portalproducts/{portalProductId}", 204).input(&DeletePortalProductRequest).errors(&["AccessDeniedException", "BadRequestException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "DeletePortalProductSharingPolicy", "DELETE", "/v2/portalproducts/{portalProductId}/sharingpolicy", 204).input(&DeletePortalProductSharingPolicyRequest).errors(&["AccessDeniedException", "BadRequestException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "DeleteProductPage", "DELETE", "/v2/portalproducts/{portalProductId}/productpages/{productPageId}", 204).input(&DeleteProductPageRequest).errors(&["AccessDeniedException", "BadRequestException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "DeleteProductRestEndpointPage", "DELETE", "/v2/portalproducts/{portalProductId}/productrestendpointpages/{productRestEndpointPageId}", 204).input(&DeleteProductRestEndpointPageRequest).errors(&["AccessDeniedException", "BadRequestException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "DeleteRoute", "DELETE", "/v2/apis/{apiId}/routes/{routeId}", 204).input(&DeleteRouteRequest).errors(&["NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "DeleteRouteRequestParameter", "DELETE", "/v2/apis/{apiId}/routes/{routeId}/requestparameters/{requestParameterKey}", 204).input(&DeleteRouteRequestParameterRequest).errors(&["NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "DeleteRouteResponse", "DELETE", "/v2/apis/{apiId}/routes/{routeId}/routeresponses/{routeResponseId}", 204).input(&DeleteRouteResponseRequest).errors(&["NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "DeleteRouteSettings", "DELETE", "/v2/apis/{apiId}/stages/{stageName}/routesettings/{routeKey}", 204).input(&DeleteRouteSettingsRequest).errors(&["NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "DeleteRoutingRule", "DELETE", "/v2/domainnames/{domainName}/routingrules/{routingRuleId}", 204).input(&DeleteRoutingRuleRequest).errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "DeleteStage", "DELETE", "/v2/apis/{apiId}/stages/{stageName}", 204).input(&DeleteStageRequest).errors(&["NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "DeleteVpcLink", "DELETE", "/v2/vpclinks/{vpcLinkId}", 202).input(&DeleteVpcLinkRequest).output().errors(&["NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "DisablePortal", "DELETE", "/v2/portals/{portalId}/publish", 204).input(&DisablePortalRequest).errors(&["AccessDeniedException", "BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "ExportApi", "GET", "/v2/apis/{apiId}/exports/{specification}", 200).input(&ExportApiRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "GetApi", "GET", "/v2/apis/{apiId}", 200).input(&GetApiRequest).output().errors(&["NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "GetApiMapping", "GET", "/v2/domainnames/{domainName}/apimappings/{apiMappingId}", 200).input(&GetApiMappingRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "GetApiMappings", "GET", "/v2/domainnames/{domainName}/apimappings", 200).input(&GetApiMappingsRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "GetApis", "GET", "/v2/apis", 200).input(&GetApisRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "GetAuthorizer", "GET", "/v2/apis/{apiId}/authorizers/{authorizerId}", 200).input(&GetAuthorizerRequest).output().errors(&["NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "GetAuthorizers", "GET", "/v2/apis/{apiId}/authorizers", 200).input(&GetAuthorizersRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "GetDeployment", "GET", "/v2/apis/{apiId}/deployments/{deploymentId}", 200).input(&GetDeploymentRequest).output().errors(&["NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "GetDeployments", "GET", "/v2/apis/{apiId}/deployments", 200).input(&GetDeploymentsRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "GetDomainName", "GET", "/v2/domainnames/{domainName}", 200).input(&GetDomainNameRequest).output().errors(&["NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "GetDomainNames", "GET", "/v2/domainnames", 200).input(&GetDomainNamesRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "GetIntegration", "GET", "/v2/apis/{apiId}/integrations/{integrationId}", 200).input(&GetIntegrationRequest).output().errors(&["NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "GetIntegrationResponse", "GET", "/v2/apis/{apiId}/integrations/{integrationId}/integrationresponses/{integrationResponseId}", 200).input(&GetIntegrationResponseRequest).output().errors(&["NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "GetIntegrationResponses", "GET", "/v2/apis/{apiId}/integrations/{integrationId}/integrationresponses", 200).input(&GetIntegrationResponsesRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "GetIntegrations", "GET", "/v2/apis/{apiId}/integrations", 200).input(&GetIntegrationsRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "GetModel", "GET", "/v2/apis/{apiId}/models/{modelId}", 200).input(&GetModelRequest).output().errors(&["NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "GetModelTemplate", "GET", "/v2/apis/{apiId}/models/{modelId}/template", 200).input(&GetModelTemplateRequest).output().errors(&["NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "GetModels", "GET", "/v2/apis/{apiId}/models", 200).input(&GetModelsRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "GetPortal", "GET", "/v2/portals/{portalId}", 200).input(&GetPortalRequest).output().errors(&["AccessDeniedException", "BadRequestException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "GetPortalProduct", "GET", "/v2/portalproducts/{portalProductId}", 200).input(&GetPortalProductRequest).output().errors(&["AccessDeniedException", "BadRequestException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "GetPortalProductSharingPolicy", "GET", "/v2/portalproducts/{portalProductId}/sharingpolicy", 200).input(&GetPortalProductSharingPolicyRequest).output().errors(&["AccessDeniedException", "BadRequestException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "GetProductPage", "GET", "/v2/portalproducts/{portalProductId}/productpages/{productPageId}", 200).input(&GetProductPageRequest).output().errors(&["AccessDeniedException", "BadRequestException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "GetProductRestEndpointPage", "GET", "/v2/portalproducts/{portalProductId}/productrestendpointpages/{productRestEndpointPageId}", 200).input(&GetProductRestEndpointPageRequest).output().errors(&["AccessDeniedException", "BadRequestException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "GetRoute", "GET", "/v2/apis/{apiId}/routes/{routeId}", 200).input(&GetRouteRequest).output().errors(&["NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "GetRouteResponse", "GET", "/v2/apis/{apiId}/routes/{routeId}/routeresponses/{routeResponseId}", 200).input(&GetRouteResponseRequest).output().errors(&["NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "GetRouteResponses", "GET", "/v2/apis/{apiId}/routes/{routeId}/routeresponses", 200).input(&GetRouteResponsesRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "GetRoutes", "GET", "/v2/apis/{apiId}/routes", 200).input(&GetRoutesRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "GetRoutingRule", "GET", "/v2/domainnames/{domainName}/routingrules/{routingRuleId}", 200).input(&GetRoutingRuleRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "GetStage", "GET", "/v2/apis/{apiId}/stages/{stageName}", 200).input(&GetStageRequest).output().errors(&["NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "GetStages", "GET", "/v2/apis/{apiId}/stages", 200).input(&GetStagesRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "GetTags", "GET", "/v2/tags/{resource-arn}", 200).input(&GetTagsRequest).output().errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "GetVpcLink", "GET", "/v2/vpclinks/{vpcLinkId}", 200).input(&GetVpcLinkRequest).output().errors(&["NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "GetVpcLinks", "GET", "/v2/vpclinks", 200).input(&GetVpcLinksRequest).output().errors(&["BadRequestException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "ImportApi", "PUT", "/v2/apis", 201).input(&ImportApiRequest).output().errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "ListPortalProducts", "GET", "/v2/portalproducts", 200).input(&ListPortalProductsRequest).output().errors(&["AccessDeniedException", "BadRequestException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "ListPortals", "GET", "/v2/portals", 200).input(&ListPortalsRequest).output().errors(&["AccessDeniedException", "BadRequestException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "ListProductPages", "GET", "/v2/portalproducts/{portalProductId}/productpages", 200).input(&ListProductPagesRequest).output().errors(&["AccessDeniedException", "BadRequestException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "ListProductRestEndpointPages", "GET", "/v2/portalproducts/{portalProductId}/productrestendpointpages", 200).input(&ListProductRestEndpointPagesRequest).output().errors(&["AccessDeniedException", "BadRequestException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "ListRoutingRules", "GET", "/v2/domainnames/{domainName}/routingrules", 200).input(&ListRoutingRulesRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "PreviewPortal", "POST", "/v2/portals/{portalId}/preview", 202).input(&PreviewPortalRequest).output().errors(&["AccessDeniedException", "BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "PublishPortal", "POST", "/v2/portals/{portalId}/publish", 202).input(&PublishPortalRequest).output().errors(&["AccessDeniedException", "BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "PutPortalProductSharingPolicy", "PUT", "/v2/portalproducts/{portalProductId}/sharingpolicy", 200).input(&PutPortalProductSharingPolicyRequest).output().errors(&["AccessDeniedException", "BadRequestException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "PutRoutingRule", "PUT", "/v2/domainnames/{domainName}/routingrules/{routingRuleId}", 200).input(&PutRoutingRuleRequest).output().errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "ReimportApi", "PUT", "/v2/apis/{apiId}", 201).input(&ReimportApiRequest).output().errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "ResetAuthorizersCache", "DELETE", "/v2/apis/{apiId}/stages/{stageName}/cache/authorizers", 204).input(&ResetAuthorizersCacheRequest).errors(&["NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "TagResource", "POST", "/v2/tags/{resource-arn}", 201).input(&TagResourceRequest).output().errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "UntagResource", "DELETE", "/v2/tags/{resource-arn}", 204).input(&UntagResourceRequest).errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "UpdateApi", "PATCH", "/v2/apis/{apiId}", 200).input(&UpdateApiRequest).output().errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "UpdateApiMapping", "PATCH", "/v2/domainnames/{domainName}/apimappings/{apiMappingId}", 200).input(&UpdateApiMappingRequest).output().errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "UpdateAuthorizer", "PATCH", "/v2/apis/{apiId}/authorizers/{authorizerId}", 200).input(&UpdateAuthorizerRequest).output().errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "UpdateDeployment", "PATCH", "/v2/apis/{apiId}/deployments/{deploymentId}", 200).input(&UpdateDeploymentRequest).output().errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "UpdateDomainName", "PATCH", "/v2/domainnames/{domainName}", 200).input(&UpdateDomainNameRequest).output().errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "UpdateIntegration", "PATCH", "/v2/apis/{apiId}/integrations/{integrationId}", 200).input(&UpdateIntegrationRequest).output().errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "UpdateIntegrationResponse", "PATCH", "/v2/apis/{apiId}/integrations/{integrationId}/integrationresponses/{integrationResponseId}", 200).input(&UpdateIntegrationResponseRequest).output().errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "UpdateModel", "PATCH", "/v2/apis/{apiId}/models/{modelId}", 200).input(&UpdateModelRequest).output().errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "UpdatePortal", "PATCH", "/v2/portals/{portalId}", 200).input(&UpdatePortalRequest).output().errors(&["AccessDeniedException", "BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "UpdatePortalProduct", "PATCH", "/v2/portalproducts/{portalProductId}", 200).input(&UpdatePortalProductRequest).output().errors(&["AccessDeniedException", "BadRequestException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "UpdateProductPage", "PATCH", "/v2/portalproducts/{portalProductId}/productpages/{productPageId}", 200).input(&UpdateProductPageRequest).output().errors(&["AccessDeniedException", "BadRequestException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "UpdateProductRestEndpointPage", "PATCH", "/v2/portalproducts/{portalProductId}/productrestendpointpages/{productRestEndpointPageId}", 200).input(&UpdateProductRestEndpointPageRequest).output().errors(&["AccessDeniedException", "BadRequestException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "UpdateRoute", "PATCH", "/v2/apis/{apiId}/routes/{routeId}", 200).input(&UpdateRouteRequest).output().errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "UpdateRouteResponse", "PATCH", "/v2/apis/{apiId}/routes/{routeId}/routeresponses/{routeResponseId}", 200).input(&UpdateRouteResponseRequest).output().errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "UpdateStage", "PATCH", "/v2/apis/{apiId}/stages/{stageName}", 200).input(&UpdateStageRequest).output().errors(&["BadRequestException", "ConflictException", "NotFoundException", "TooManyRequestsException"]),
    Operation::new(Service::ApiGatewayV2, "UpdateVpcLink", "PATCH", "/v2/vpclinks/{vpcLinkId}", 200).input(&UpdateVpcLinkRequest).output().errors(&["BadRequestException", "NotFoundException", "TooManyRequestsException"]),
];

static ERRORS: &[ErrorName] = &[
    ErrorName { code: "AccessDeniedException", status: 403 },
    ErrorName { code: "BadRequestException", status: 400 },
    ErrorName { code: "ConflictException", status: 409 },
    ErrorName { code: "NotFoundException", status: 404 },
    ErrorName { code: "TooManyRequestsException", status: 429 },
];

static ACMManaged: Shape = Shape::structure(&[
    Member::body("CertificateArn", "certificateArn", &__stringMin10Max2048).required(),
    Member::body("DomainName", "domainName", &__stringMin3Max256).required(),
]);
static AccessLogSettings: Shape = Shape::structure(&[
    Member::body("DestinationArn", "destinationArn", &Arn),
    Member::body("Format", "format", &StringWithLengthBetween1And1024),
]);
static Arn: Shape = Shape::string();
static Authorization: Shape = Shape::structure(&[
    Member::body("CognitoConfig", "cognitoConfig", &CognitoConfig),
    Member::body("None", "none", &None),
]);
static AuthorizationScopes: Shape = Shape::list(&StringWithLengthBetween1And64);
static AuthorizationType: Shape = Shape::string().one_of(&["NONE", "AWS_IAM", "CUSTOM", "JWT"]);
static AuthorizerType: Shape = Shape::string().one_of(&["REQUEST", "JWT"]);
static CognitoConfig: Shape = Shape::structure(&[
    Member::body("AppClientId", "appClientId", &__stringMin1Max256).required(),
    Member::body("UserPoolArn", "userPoolArn", &__stringMin20Max2048).required(),
    Member::body("UserPoolDomain", "userPoolDomain", &__stringMin20Max2048).required(),
]);
static ConnectionType: Shape = Shape::string().one_of(&["INTERNET", "VPC_LINK"]);
static ContentHandlingStrategy: Shape = Shape::string().one_of(&["CONVERT_TO_BINARY", "CONVERT_TO_TEXT"]);
static Cors: Shape = Shape::structure(&[
    Member::body("AllowCredentials", "allowCredentials", &__boolean),
    Member::body("AllowHeaders", "allowHeaders", &CorsHeaderList),
    Member::body("AllowMethods", "allowMethods", &CorsMethodList),
    Member::body("AllowOrigins", "allowOrigins", &CorsOriginList),
    Member::body("ExposeHeaders", "exposeHeaders", &CorsHeaderList),
    Member::body("MaxAge", "maxAge", &IntegerWithLengthBetweenMinus1And86400),
]);
static CorsHeaderList: Shape = Shape::list(&__string);
static CorsMethodList: Shape = Shape::list(&StringWithLengthBetween1And64);
static CorsOriginList: Shape = Shape::list(&__string);
static CreateApiMappingRequest: Shape = Shape::structure(&[
    Member::body("ApiId", "apiId", &Id).required(),
    Member::body("ApiMappingKey", "apiMappingKey", &SelectionKey),
    Member::path("DomainName", "domainName", &__string).required(),
    Member::body("Stage", "stage", &StringWithLengthBetween1And128).required(),
]);
static CreateApiRequest: Shape = Shape::structure(&[
    Member::body("ApiKeySelectionExpression", "apiKeySelectionExpression", &SelectionExpression),
    Member::body("CorsConfiguration", "corsConfiguration", &Cors),
    Member::body("CredentialsArn", "credentialsArn", &Arn),
    Member::body("Description", "description", &StringWithLengthBetween0And1024),
    Member::body("DisableSchemaValidation", "disableSchemaValidation", &__boolean),
    Member::body("DisableExecuteApiEndpoint", "disableExecuteApiEndpoint", &__boolean),
    Member::body("IpAddressType", "ipAddressType", &IpAddressType),
    Member::body("Name", "name", &StringWithLengthBetween1And128).required(),
    Member::body("ProtocolType", "protocolType", &ProtocolType).required(),
    Member::body("RouteKey", "routeKey", &SelectionKey),
    Member::body("RouteSelectionExpression", "routeSelectionExpression", &SelectionExpression),
    Member::body("Tags", "tags", &Tags),
    Member::body("Target", "target", &UriWithLengthBetween1And2048),
    Member::body("Version", "version", &StringWithLengthBetween1And64),
]);
static CreateAuthorizerRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
    Member::body("AuthorizerCredentialsArn", "authorizerCredentialsArn", &Arn),
    Member::body("AuthorizerPayloadFormatVersion", "authorizerPayloadFormatVersion", &StringWithLengthBetween1And64),
    Member::body("AuthorizerResultTtlInSeconds", "authorizerResultTtlInSeconds", &IntegerWithLengthBetween0And3600),
    Member::body("AuthorizerType", "authorizerType", &AuthorizerType).required(),
    Member::body("AuthorizerUri", "authorizerUri", &UriWithLengthBetween1And2048),
    Member::body("EnableSimpleResponses", "enableSimpleResponses", &__boolean),
    Member::body("IdentitySource", "identitySource", &IdentitySourceList).required(),
    Member::body("IdentityValidationExpression", "identityValidationExpression", &StringWithLengthBetween0And1024),
    Member::body("JwtConfiguration", "jwtConfiguration", &JWTConfiguration),
    Member::body("Name", "name", &StringWithLengthBetween1And128).required(),
]);
static CreateDeploymentRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
    Member::body("Description", "description", &StringWithLengthBetween0And1024),
    Member::body("StageName", "stageName", &StringWithLengthBetween1And128),
]);
static CreateDomainNameRequest: Shape = Shape::structure(&[
    Member::body("DomainName", "domainName", &StringWithLengthBetween1And512).required(),
    Member::body("DomainNameConfigurations", "domainNameConfigurations", &DomainNameConfigurations),
    Member::body("MutualTlsAuthentication", "mutualTlsAuthentication", &MutualTlsAuthenticationInput),
    Member::body("RoutingMode", "routingMode", &RoutingMode),
    Member::body("Tags", "tags", &Tags),
]);
static CreateIntegrationRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
    Member::body("ConnectionId", "connectionId", &StringWithLengthBetween1And1024),
    Member::body("ConnectionType", "connectionType", &ConnectionType),
    Member::body("ContentHandlingStrategy", "contentHandlingStrategy", &ContentHandlingStrategy),
    Member::body("CredentialsArn", "credentialsArn", &Arn),
    Member::body("Description", "description", &StringWithLengthBetween0And1024),
    Member::body("IntegrationMethod", "integrationMethod", &StringWithLengthBetween1And64),
    Member::body("IntegrationSubtype", "integrationSubtype", &StringWithLengthBetween1And128),
    Member::body("IntegrationType", "integrationType", &IntegrationType).required(),
    Member::body("IntegrationUri", "integrationUri", &UriWithLengthBetween1And2048),
    Member::body("PassthroughBehavior", "passthroughBehavior", &PassthroughBehavior),
    Member::body("PayloadFormatVersion", "payloadFormatVersion", &StringWithLengthBetween1And64),
    Member::body("RequestParameters", "requestParameters", &IntegrationParameters),
    Member::body("RequestTemplates", "requestTemplates", &TemplateMap),
    Member::body("ResponseParameters", "responseParameters", &ResponseParameters),
    Member::body("TemplateSelectionExpression", "templateSelectionExpression", &SelectionExpression),
    Member::body("TimeoutInMillis", "timeoutInMillis", &IntegerWithLengthBetween50And30000),
    Member::body("TlsConfig", "tlsConfig", &TlsConfigInput),
]);
static CreateIntegrationResponseRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
    Member::body("ContentHandlingStrategy", "contentHandlingStrategy", &ContentHandlingStrategy),
    Member::path("IntegrationId", "integrationId", &__string).required(),
    Member::body("IntegrationResponseKey", "integrationResponseKey", &SelectionKey).required(),
    Member::body("ResponseParameters", "responseParameters", &IntegrationParameters),
    Member::body("ResponseTemplates", "responseTemplates", &TemplateMap),
    Member::body("TemplateSelectionExpression", "templateSelectionExpression", &SelectionExpression),
]);
static CreateModelRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
    Member::body("ContentType", "contentType", &StringWithLengthBetween1And256),
    Member::body("Description", "description", &StringWithLengthBetween0And1024),
    Member::body("Name", "name", &StringWithLengthBetween1And128).required(),
    Member::body("Schema", "schema", &StringWithLengthBetween0And32K).required(),
]);
static CreatePortalProductRequest: Shape = Shape::structure(&[
    Member::body("Description", "description", &__stringMin0Max1024),
    Member::body("DisplayName", "displayName", &__stringMin1Max255).required(),
    Member::body("Tags", "tags", &Tags),
]);
static CreatePortalRequest: Shape = Shape::structure(&[
    Member::body("Authorization", "authorization", &Authorization).required(),
    Member::body("EndpointConfiguration", "endpointConfiguration", &EndpointConfigurationRequest).required(),
    Member::body("IncludedPortalProductArns", "includedPortalProductArns", &__listOf__stringMin20Max2048),
    Member::body("LogoUri", "logoUri", &__stringMin0Max1092),
    Member::body("PortalContent", "portalContent", &PortalContent).required(),
    Member::body("RumAppMonitorName", "rumAppMonitorName", &__stringMin0Max255),
    Member::body("Tags", "tags", &Tags),
]);
static CreateProductPageRequest: Shape = Shape::structure(&[
    Member::body("DisplayContent", "displayContent", &DisplayContent).required(),
    Member::path("PortalProductId", "portalProductId", &__string).required(),
]);
static CreateProductRestEndpointPageRequest: Shape = Shape::structure(&[
    Member::body("DisplayContent", "displayContent", &EndpointDisplayContent),
    Member::path("PortalProductId", "portalProductId", &__string).required(),
    Member::body("RestEndpointIdentifier", "restEndpointIdentifier", &RestEndpointIdentifier).required(),
    Member::body("TryItState", "tryItState", &TryItState),
]);
static CreateRouteRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
    Member::body("ApiKeyRequired", "apiKeyRequired", &__boolean),
    Member::body("AuthorizationScopes", "authorizationScopes", &AuthorizationScopes),
    Member::body("AuthorizationType", "authorizationType", &AuthorizationType),
    Member::body("AuthorizerId", "authorizerId", &Id),
    Member::body("ModelSelectionExpression", "modelSelectionExpression", &SelectionExpression),
    Member::body("OperationName", "operationName", &StringWithLengthBetween1And64),
    Member::body("RequestModels", "requestModels", &RouteModels),
    Member::body("RequestParameters", "requestParameters", &RouteParameters),
    Member::body("RouteKey", "routeKey", &SelectionKey).required(),
    Member::body("RouteResponseSelectionExpression", "routeResponseSelectionExpression", &SelectionExpression),
    Member::body("Target", "target", &StringWithLengthBetween1And128),
]);
static CreateRouteResponseRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
    Member::body("ModelSelectionExpression", "modelSelectionExpression", &SelectionExpression),
    Member::body("ResponseModels", "responseModels", &RouteModels),
    Member::body("ResponseParameters", "responseParameters", &RouteParameters),
    Member::path("RouteId", "routeId", &__string).required(),
    Member::body("RouteResponseKey", "routeResponseKey", &SelectionKey).required(),
]);
static CreateRoutingRuleRequest: Shape = Shape::structure(&[
    Member::body("Actions", "actions", &__listOfRoutingRuleAction).required(),
    Member::body("Conditions", "conditions", &__listOfRoutingRuleCondition).required(),
    Member::path("DomainName", "domainName", &__string).required(),
    Member::query("DomainNameId", "domainNameId", &__string),
    Member::body("Priority", "priority", &RoutingRulePriority).required(),
]);
static CreateStageRequest: Shape = Shape::structure(&[
    Member::body("AccessLogSettings", "accessLogSettings", &AccessLogSettings),
    Member::path("ApiId", "apiId", &__string).required(),
    Member::body("AutoDeploy", "autoDeploy", &__boolean),
    Member::body("ClientCertificateId", "clientCertificateId", &Id),
    Member::body("DefaultRouteSettings", "defaultRouteSettings", &RouteSettings),
    Member::body("DeploymentId", "deploymentId", &Id),
    Member::body("Description", "description", &StringWithLengthBetween0And1024),
    Member::body("RouteSettings", "routeSettings", &RouteSettingsMap),
    Member::body("StageName", "stageName", &StringWithLengthBetween1And128).required(),
    Member::body("StageVariables", "stageVariables", &StageVariablesMap),
    Member::body("Tags", "tags", &Tags),
]);
static CreateVpcLinkRequest: Shape = Shape::structure(&[
    Member::body("Name", "name", &StringWithLengthBetween1And128).required(),
    Member::body("SecurityGroupIds", "securityGroupIds", &SecurityGroupIdList),
    Member::body("SubnetIds", "subnetIds", &SubnetIdList).required(),
    Member::body("Tags", "tags", &Tags),
]);
static CustomColors: Shape = Shape::structure(&[
    Member::body("AccentColor", "accentColor", &__stringMin1Max16).required(),
    Member::body("BackgroundColor", "backgroundColor", &__stringMin1Max16).required(),
    Member::body("ErrorValidationColor", "errorValidationColor", &__stringMin1Max16).required(),
    Member::body("HeaderColor", "headerColor", &__stringMin1Max16).required(),
    Member::body("NavigationColor", "navigationColor", &__stringMin1Max16).required(),
    Member::body("TextColor", "textColor", &__stringMin1Max16).required(),
]);
static DeleteAccessLogSettingsRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
    Member::path("StageName", "stageName", &__string).required(),
]);
static DeleteApiMappingRequest: Shape = Shape::structure(&[
    Member::path("ApiMappingId", "apiMappingId", &__string).required(),
    Member::path("DomainName", "domainName", &__string).required(),
]);
static DeleteApiRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
]);
static DeleteAuthorizerRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
    Member::path("AuthorizerId", "authorizerId", &__string).required(),
]);
static DeleteCorsConfigurationRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
]);
static DeleteDeploymentRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
    Member::path("DeploymentId", "deploymentId", &__string).required(),
]);
static DeleteDomainNameRequest: Shape = Shape::structure(&[
    Member::path("DomainName", "domainName", &__string).required(),
]);
static DeleteIntegrationRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
    Member::path("IntegrationId", "integrationId", &__string).required(),
]);
static DeleteIntegrationResponseRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
    Member::path("IntegrationId", "integrationId", &__string).required(),
    Member::path("IntegrationResponseId", "integrationResponseId", &__string).required(),
]);
static DeleteModelRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
    Member::path("ModelId", "modelId", &__string).required(),
]);
static DeletePortalProductRequest: Shape = Shape::structure(&[
    Member::path("PortalProductId", "portalProductId", &__string).required(),
]);
static DeletePortalProductSharingPolicyRequest: Shape = Shape::structure(&[
    Member::path("PortalProductId", "portalProductId", &__string).required(),
]);
static DeletePortalRequest: Shape = Shape::structure(&[
    Member::path("PortalId", "portalId", &__string).required(),
]);
static DeleteProductPageRequest: Shape = Shape::structure(&[
    Member::path("PortalProductId", "portalProductId", &__string).required(),
    Member::path("ProductPageId", "productPageId", &__string).required(),
]);
static DeleteProductRestEndpointPageRequest: Shape = Shape::structure(&[
    Member::path("PortalProductId", "portalProductId", &__string).required(),
    Member::path("ProductRestEndpointPageId", "productRestEndpointPageId", &__string).required(),
]);
static DeleteRouteRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
    Member::path("RouteId", "routeId", &__string).required(),
]);
static DeleteRouteRequestParameterRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
    Member::path("RequestParameterKey", "requestParameterKey", &__string).required(),
    Member::path("RouteId", "routeId", &__string).required(),
]);
static DeleteRouteResponseRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
    Member::path("RouteId", "routeId", &__string).required(),
    Member::path("RouteResponseId", "routeResponseId", &__string).required(),
]);
static DeleteRouteSettingsRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
    Member::path("RouteKey", "routeKey", &__string).required(),
    Member::path("StageName", "stageName", &__string).required(),
]);
static DeleteRoutingRuleRequest: Shape = Shape::structure(&[
    Member::path("DomainName", "domainName", &__string).required(),
    Member::query("DomainNameId", "domainNameId", &__string),
    Member::path("RoutingRuleId", "routingRuleId", &__string).required(),
]);
static DeleteStageRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
    Member::path("StageName", "stageName", &__string).required(),
]);
static DeleteVpcLinkRequest: Shape = Shape::structure(&[
    Member::path("VpcLinkId", "vpcLinkId", &__string).required(),
]);
static DisablePortalRequest: Shape = Shape::structure(&[
    Member::path("PortalId", "portalId", &__string).required(),
]);
static DisplayContent: Shape = Shape::structure(&[
    Member::body("Body", "body", &__stringMin1Max32768).required(),
    Member::body("Title", "title", &__stringMin1Max255).required(),
]);
static DisplayContentOverrides: Shape = Shape::structure(&[
    Member::body("Body", "body", &__stringMin1Max32768),
    Member::body("Endpoint", "endpoint", &__stringMin1Max1024),
    Member::body("OperationName", "operationName", &__stringMin1Max255),
]);
static DisplayOrder: Shape = Shape::structure(&[
    Member::body("Contents", "contents", &__listOfSection),
    Member::body("OverviewPageArn", "overviewPageArn", &__stringMin20Max2048),
    Member::body("ProductPageArns", "productPageArns", &__listOf__stringMin20Max2048),
]);
static DomainNameConfiguration: Shape = Shape::structure(&[
    Member::body("ApiGatewayDomainName", "apiGatewayDomainName", &__string),
    Member::body("CertificateArn", "certificateArn", &Arn),
    Member::body("CertificateName", "certificateName", &StringWithLengthBetween1And128),
    Member::body("CertificateUploadDate", "certificateUploadDate", &__timestampIso8601),
    Member::body("DomainNameStatus", "domainNameStatus", &DomainNameStatus),
    Member::body("DomainNameStatusMessage", "domainNameStatusMessage", &__string),
    Member::body("EndpointType", "endpointType", &EndpointType),
    Member::body("HostedZoneId", "hostedZoneId", &__string),
    Member::body("IpAddressType", "ipAddressType", &IpAddressType),
    Member::body("SecurityPolicy", "securityPolicy", &SecurityPolicy),
    Member::body("OwnershipVerificationCertificateArn", "ownershipVerificationCertificateArn", &Arn),
]);
static DomainNameConfigurations: Shape = Shape::list(&DomainNameConfiguration);
static DomainNameStatus: Shape = Shape::string().one_of(&["AVAILABLE", "UPDATING", "PENDING_CERTIFICATE_REIMPORT", "PENDING_OWNERSHIP_VERIFICATION"]);
static EndpointConfigurationRequest: Shape = Shape::structure(&[
    Member::body("AcmManaged", "acmManaged", &ACMManaged),
    Member::body("None", "none", &None),
]);
static EndpointDisplayContent: Shape = Shape::structure(&[
    Member::body("None", "none", &None),
    Member::body("Overrides", "overrides", &DisplayContentOverrides),
]);
static EndpointType: Shape = Shape::string().one_of(&["REGIONAL", "EDGE"]);
static ExportApiRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
    Member::query("ExportVersion", "exportVersion", &__string),
    Member::query("IncludeExtensions", "includeExtensions", &__boolean),
    Member::query("OutputType", "outputType", &__string).required(),
    Member::path("Specification", "specification", &__string).required(),
    Member::query("StageName", "stageName", &__string),
]);
static GetApiMappingRequest: Shape = Shape::structure(&[
    Member::path("ApiMappingId", "apiMappingId", &__string).required(),
    Member::path("DomainName", "domainName", &__string).required(),
]);
static GetApiMappingsRequest: Shape = Shape::structure(&[
    Member::path("DomainName", "domainName", &__string).required(),
    Member::query("MaxResults", "maxResults", &__string),
    Member::query("NextToken", "nextToken", &__string),
]);
static GetApiRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
]);
static GetApisRequest: Shape = Shape::structure(&[
    Member::query("MaxResults", "maxResults", &__string),
    Member::query("NextToken", "nextToken", &__string),
]);
static GetAuthorizerRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
    Member::path("AuthorizerId", "authorizerId", &__string).required(),
]);
static GetAuthorizersRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
    Member::query("MaxResults", "maxResults", &__string),
    Member::query("NextToken", "nextToken", &__string),
]);
static GetDeploymentRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
    Member::path("DeploymentId", "deploymentId", &__string).required(),
]);
static GetDeploymentsRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
    Member::query("MaxResults", "maxResults", &__string),
    Member::query("NextToken", "nextToken", &__string),
]);
static GetDomainNameRequest: Shape = Shape::structure(&[
    Member::path("DomainName", "domainName", &__string).required(),
]);
static GetDomainNamesRequest: Shape = Shape::structure(&[
    Member::query("MaxResults", "maxResults", &__string),
    Member::query("NextToken", "nextToken", &__string),
]);
static GetIntegrationRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
    Member::path("IntegrationId", "integrationId", &__string).required(),
]);
static GetIntegrationResponseRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
    Member::path("IntegrationId", "integrationId", &__string).required(),
    Member::path("IntegrationResponseId", "integrationResponseId", &__string).required(),
]);
static GetIntegrationResponsesRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
    Member::path("IntegrationId", "integrationId", &__string).required(),
    Member::query("MaxResults", "maxResults", &__string),
    Member::query("NextToken", "nextToken", &__string),
]);
static GetIntegrationsRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
    Member::query("MaxResults", "maxResults", &__string),
    Member::query("NextToken", "nextToken", &__string),
]);
static GetModelRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
    Member::path("ModelId", "modelId", &__string).required(),
]);
static GetModelTemplateRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
    Member::path("ModelId", "modelId", &__string).required(),
]);
static GetModelsRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
    Member::query("MaxResults", "maxResults", &__string),
    Member::query("NextToken", "nextToken", &__string),
]);
static GetPortalProductRequest: Shape = Shape::structure(&[
    Member::path("PortalProductId", "portalProductId", &__string).required(),
    Member::query("ResourceOwnerAccountId", "resourceOwnerAccountId", &__string),
]);
static GetPortalProductSharingPolicyRequest: Shape = Shape::structure(&[
    Member::path("PortalProductId", "portalProductId", &__string).required(),
]);
static GetPortalRequest: Shape = Shape::structure(&[
    Member::path("PortalId", "portalId", &__string).required(),
]);
static GetProductPageRequest: Shape = Shape::structure(&[
    Member::path("PortalProductId", "portalProductId", &__string).required(),
    Member::path("ProductPageId", "productPageId", &__string).required(),
    Member::query("ResourceOwnerAccountId", "resourceOwnerAccountId", &__string),
]);
static GetProductRestEndpointPageRequest: Shape = Shape::structure(&[
    Member::query("IncludeRawDisplayContent", "includeRawDisplayContent", &__string),
    Member::path("PortalProductId", "portalProductId", &__string).required(),
    Member::path("ProductRestEndpointPageId", "productRestEndpointPageId", &__string).required(),
    Member::query("ResourceOwnerAccountId", "resourceOwnerAccountId", &__string),
]);
static GetRouteRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
    Member::path("RouteId", "routeId", &__string).required(),
]);
static GetRouteResponseRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
    Member::path("RouteId", "routeId", &__string).required(),
    Member::path("RouteResponseId", "routeResponseId", &__string).required(),
]);
static GetRouteResponsesRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
    Member::query("MaxResults", "maxResults", &__string),
    Member::query("NextToken", "nextToken", &__string),
    Member::path("RouteId", "routeId", &__string).required(),
]);
static GetRoutesRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
    Member::query("MaxResults", "maxResults", &__string),
    Member::query("NextToken", "nextToken", &__string),
]);
static GetRoutingRuleRequest: Shape = Shape::structure(&[
    Member::path("DomainName", "domainName", &__string).required(),
    Member::query("DomainNameId", "domainNameId", &__string),
    Member::path("RoutingRuleId", "routingRuleId", &__string).required(),
]);
static GetStageRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
    Member::path("StageName", "stageName", &__string).required(),
]);
static GetStagesRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
    Member::query("MaxResults", "maxResults", &__string),
    Member::query("NextToken", "nextToken", &__string),
]);
static GetTagsRequest: Shape = Shape::structure(&[
    Member::path("ResourceArn", "resource-arn", &__string).required(),
]);
static GetVpcLinkRequest: Shape = Shape::structure(&[
    Member::path("VpcLinkId", "vpcLinkId", &__string).required(),
]);
static GetVpcLinksRequest: Shape = Shape::structure(&[
    Member::query("MaxResults", "maxResults", &__string),
    Member::query("NextToken", "nextToken", &__string),
]);
static Id: Shape = Shape::string();
static IdentifierParts: Shape = Shape::structure(&[
    Member::body("Method", "method", &__stringMin1Max20).required(),
    Member::body("Path", "path", &__stringMin1Max4096).required(),
    Member::body("RestApiId", "restApiId", &__stringMin1Max50).required(),
    Member::body("Stage", "stage", &__stringMin1Max128).required(),
]);
static IdentitySourceList: Shape = Shape::list(&__string);
static ImportApiRequest: Shape = Shape::structure(&[
    Member::query("Basepath", "basepath", &__string),
    Member::body("Body", "body", &__string).required(),
    Member::query("FailOnWarnings", "failOnWarnings", &__boolean),
]);
static IntegerWithLengthBetween0And3600: Shape = Shape::integer().min(0.0).max(3600.0);
static IntegerWithLengthBetween50And30000: Shape = Shape::integer().min(50.0).max(30000.0);
static IntegerWithLengthBetweenMinus1And86400: Shape = Shape::integer().min(-1.0).max(86400.0);
static IntegrationParameters: Shape = Shape::map(&__string, &StringWithLengthBetween1And512);
static IntegrationType: Shape = Shape::string().one_of(&["AWS", "HTTP", "MOCK", "HTTP_PROXY", "AWS_PROXY"]);
static IpAddressType: Shape = Shape::string().one_of(&["ipv4", "dualstack"]);
static JWTConfiguration: Shape = Shape::structure(&[
    Member::body("Audience", "audience", &__listOf__string),
    Member::body("Issuer", "issuer", &UriWithLengthBetween1And2048),
]);
static ListPortalProductsRequest: Shape = Shape::structure(&[
    Member::query("MaxResults", "maxResults", &__string),
    Member::query("NextToken", "nextToken", &__string),
    Member::query("ResourceOwner", "resourceOwner", &__string),
]);
static ListPortalsRequest: Shape = Shape::structure(&[
    Member::query("MaxResults", "maxResults", &__string),
    Member::query("NextToken", "nextToken", &__string),
]);
static ListProductPagesRequest: Shape = Shape::structure(&[
    Member::query("MaxResults", "maxResults", &__string),
    Member::query("NextToken", "nextToken", &__string),
    Member::path("PortalProductId", "portalProductId", &__string).required(),
    Member::query("ResourceOwnerAccountId", "resourceOwnerAccountId", &__string),
]);
static ListProductRestEndpointPagesRequest: Shape = Shape::structure(&[
    Member::query("MaxResults", "maxResults", &__string),
    Member::query("NextToken", "nextToken", &__string),
    Member::path("PortalProductId", "portalProductId", &__string).required(),
    Member::query("ResourceOwnerAccountId", "resourceOwnerAccountId", &__string),
]);
static ListRoutingRulesRequest: Shape = Shape::structure(&[
    Member::path("DomainName", "domainName", &__string).required(),
    Member::query("DomainNameId", "domainNameId", &__string),
    Member::query("MaxResults", "maxResults", &MaxResults),
    Member::query("NextToken", "nextToken", &__string),
]);
static LoggingLevel: Shape = Shape::string().one_of(&["ERROR", "INFO", "OFF"]);
static MaxResults: Shape = Shape::integer().min(1.0).max(100.0);
static MutualTlsAuthenticationInput: Shape = Shape::structure(&[
    Member::body("TruststoreUri", "truststoreUri", &UriWithLengthBetween1And2048),
    Member::body("TruststoreVersion", "truststoreVersion", &StringWithLengthBetween1And64),
]);
static None: Shape = Shape::structure(&[]);
static ParameterConstraints: Shape = Shape::structure(&[
    Member::body("Required", "required", &__boolean),
]);
static PassthroughBehavior: Shape = Shape::string().one_of(&["WHEN_NO_MATCH", "NEVER", "WHEN_NO_TEMPLATES"]);
static PortalContent: Shape = Shape::structure(&[
    Member::body("Description", "description", &__stringMin0Max1024),
    Member::body("DisplayName", "displayName", &__stringMin3Max255).required(),
    Member::body("Theme", "theme", &PortalTheme).required(),
]);
static PortalTheme: Shape = Shape::structure(&[
    Member::body("CustomColors", "customColors", &CustomColors).required(),
    Member::body("LogoLastUploaded", "logoLastUploaded", &__timestampIso8601),
]);
static PreviewPortalRequest: Shape = Shape::structure(&[
    Member::path("PortalId", "portalId", &__string).required(),
]);
static ProtocolType: Shape = Shape::string().one_of(&["WEBSOCKET", "HTTP"]);
static PublishPortalRequest: Shape = Shape::structure(&[
    Member::body("Description", "description", &__stringMin0Max1024),
    Member::path("PortalId", "portalId", &__string).required(),
]);
static PutPortalProductSharingPolicyRequest: Shape = Shape::structure(&[
    Member::body("PolicyDocument", "policyDocument", &__stringMin1Max307200).required(),
    Member::path("PortalProductId", "portalProductId", &__string).required(),
]);
static PutRoutingRuleRequest: Shape = Shape::structure(&[
    Member::body("Actions", "actions", &__listOfRoutingRuleAction).required(),
    Member::body("Conditions", "conditions", &__listOfRoutingRuleCondition).required(),
    Member::path("DomainName", "domainName", &__string).required(),
    Member::query("DomainNameId", "domainNameId", &__string),
    Member::body("Priority", "priority", &RoutingRulePriority).required(),
    Member::path("RoutingRuleId", "routingRuleId", &__string).required(),
]);
static ReimportApiRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
    Member::query("Basepath", "basepath", &__string),
    Member::body("Body", "body", &__string).required(),
    Member::query("FailOnWarnings", "failOnWarnings", &__boolean),
]);
static ResetAuthorizersCacheRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
    Member::path("StageName", "stageName", &__string).required(),
]);
static ResponseParameters: Shape = Shape::map(&__string, &IntegrationParameters);
static RestEndpointIdentifier: Shape = Shape::structure(&[
    Member::body("IdentifierParts", "identifierParts", &IdentifierParts),
]);
static RouteModels: Shape = Shape::map(&__string, &StringWithLengthBetween1And128);
static RouteParameters: Shape = Shape::map(&__string, &ParameterConstraints);
static RouteSettings: Shape = Shape::structure(&[
    Member::body("DataTraceEnabled", "dataTraceEnabled", &__boolean),
    Member::body("DetailedMetricsEnabled", "detailedMetricsEnabled", &__boolean),
    Member::body("LoggingLevel", "loggingLevel", &LoggingLevel),
    Member::body("ThrottlingBurstLimit", "throttlingBurstLimit", &__integer),
    Member::body("ThrottlingRateLimit", "throttlingRateLimit", &__double),
]);
static RouteSettingsMap: Shape = Shape::map(&__string, &RouteSettings);
static RoutingMode: Shape = Shape::string().one_of(&["API_MAPPING_ONLY", "ROUTING_RULE_ONLY", "ROUTING_RULE_THEN_API_MAPPING"]);
static RoutingRuleAction: Shape = Shape::structure(&[
    Member::body("InvokeApi", "invokeApi", &RoutingRuleActionInvokeApi).required(),
]);
static RoutingRuleActionInvokeApi: Shape = Shape::structure(&[
    Member::body("ApiId", "apiId", &Id).required(),
    Member::body("Stage", "stage", &StringWithLengthBetween1And128).required(),
    Member::body("StripBasePath", "stripBasePath", &__boolean),
]);
static RoutingRuleCondition: Shape = Shape::structure(&[
    Member::body("MatchBasePaths", "matchBasePaths", &RoutingRuleMatchBasePaths),
    Member::body("MatchHeaders", "matchHeaders", &RoutingRuleMatchHeaders),
]);
static RoutingRuleMatchBasePaths: Shape = Shape::structure(&[
    Member::body("AnyOf", "anyOf", &__listOfSelectionKey).required(),
]);
static RoutingRuleMatchHeaderValue: Shape = Shape::structure(&[
    Member::body("Header", "header", &SelectionKey).required(),
    Member::body("ValueGlob", "valueGlob", &SelectionExpression).required(),
]);
static RoutingRuleMatchHeaders: Shape = Shape::structure(&[
    Member::body("AnyOf", "anyOf", &__listOfRoutingRuleMatchHeaderValue).required(),
]);
static RoutingRulePriority: Shape = Shape::integer().min(1.0).max(1000000.0);
static Section: Shape = Shape::structure(&[
    Member::body("ProductRestEndpointPageArns", "productRestEndpointPageArns", &__listOf__stringMin20Max2048).required(),
    Member::body("SectionName", "sectionName", &__string).required(),
]);
static SecurityGroupIdList: Shape = Shape::list(&__string);
static SecurityPolicy: Shape = Shape::string().one_of(&["TLS_1_0", "TLS_1_2"]);
static SelectionExpression: Shape = Shape::string();
static SelectionKey: Shape = Shape::string();
static StageVariablesMap: Shape = Shape::map(&__string, &StringWithLengthBetween0And2048);
static StringWithLengthBetween0And1024: Shape = Shape::string();
static StringWithLengthBetween0And2048: Shape = Shape::string();
static StringWithLengthBetween0And32K: Shape = Shape::string();
static StringWithLengthBetween1And1024: Shape = Shape::string();
static StringWithLengthBetween1And128: Shape = Shape::string();
static StringWithLengthBetween1And1600: Shape = Shape::string();
static StringWithLengthBetween1And256: Shape = Shape::string();
static StringWithLengthBetween1And512: Shape = Shape::string();
static StringWithLengthBetween1And64: Shape = Shape::string();
static SubnetIdList: Shape = Shape::list(&__string);
static TagResourceRequest: Shape = Shape::structure(&[
    Member::path("ResourceArn", "resource-arn", &__string).required(),
    Member::body("Tags", "tags", &Tags),
]);
static Tags: Shape = Shape::map(&__string, &StringWithLengthBetween1And1600);
static TemplateMap: Shape = Shape::map(&__string, &StringWithLengthBetween0And32K);
static TlsConfigInput: Shape = Shape::structure(&[
    Member::body("ServerNameToVerify", "serverNameToVerify", &StringWithLengthBetween1And512),
]);
static TryItState: Shape = Shape::string().one_of(&["ENABLED", "DISABLED"]);
static UntagResourceRequest: Shape = Shape::structure(&[
    Member::path("ResourceArn", "resource-arn", &__string).required(),
    Member::query("TagKeys", "tagKeys", &__listOf__string).required(),
]);
static UpdateApiMappingRequest: Shape = Shape::structure(&[
    Member::body("ApiId", "apiId", &Id).required(),
    Member::path("ApiMappingId", "apiMappingId", &__string).required(),
    Member::body("ApiMappingKey", "apiMappingKey", &SelectionKey),
    Member::path("DomainName", "domainName", &__string).required(),
    Member::body("Stage", "stage", &StringWithLengthBetween1And128),
]);
static UpdateApiRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
    Member::body("ApiKeySelectionExpression", "apiKeySelectionExpression", &SelectionExpression),
    Member::body("CorsConfiguration", "corsConfiguration", &Cors),
    Member::body("CredentialsArn", "credentialsArn", &Arn),
    Member::body("Description", "description", &StringWithLengthBetween0And1024),
    Member::body("DisableSchemaValidation", "disableSchemaValidation", &__boolean),
    Member::body("DisableExecuteApiEndpoint", "disableExecuteApiEndpoint", &__boolean),
    Member::body("IpAddressType", "ipAddressType", &IpAddressType),
    Member::body("Name", "name", &StringWithLengthBetween1And128),
    Member::body("RouteKey", "routeKey", &SelectionKey),
    Member::body("RouteSelectionExpression", "routeSelectionExpression", &SelectionExpression),
    Member::body("Target", "target", &UriWithLengthBetween1And2048),
    Member::body("Version", "version", &StringWithLengthBetween1And64),
]);
static UpdateAuthorizerRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
    Member::body("AuthorizerCredentialsArn", "authorizerCredentialsArn", &Arn),
    Member::path("AuthorizerId", "authorizerId", &__string).required(),
    Member::body("AuthorizerPayloadFormatVersion", "authorizerPayloadFormatVersion", &StringWithLengthBetween1And64),
    Member::body("AuthorizerResultTtlInSeconds", "authorizerResultTtlInSeconds", &IntegerWithLengthBetween0And3600),
    Member::body("AuthorizerType", "authorizerType", &AuthorizerType),
    Member::body("AuthorizerUri", "authorizerUri", &UriWithLengthBetween1And2048),
    Member::body("EnableSimpleResponses", "enableSimpleResponses", &__boolean),
    Member::body("IdentitySource", "identitySource", &IdentitySourceList),
    Member::body("IdentityValidationExpression", "identityValidationExpression", &StringWithLengthBetween0And1024),
    Member::body("JwtConfiguration", "jwtConfiguration", &JWTConfiguration),
    Member::body("Name", "name", &StringWithLengthBetween1And128),
]);
static UpdateDeploymentRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
    Member::path("DeploymentId", "deploymentId", &__string).required(),
    Member::body("Description", "description", &StringWithLengthBetween0And1024),
]);
static UpdateDomainNameRequest: Shape = Shape::structure(&[
    Member::path("DomainName", "domainName", &__string).required(),
    Member::body("DomainNameConfigurations", "domainNameConfigurations", &DomainNameConfigurations),
    Member::body("MutualTlsAuthentication", "mutualTlsAuthentication", &MutualTlsAuthenticationInput),
    Member::body("RoutingMode", "routingMode", &RoutingMode),
]);
static UpdateIntegrationRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
    Member::body("ConnectionId", "connectionId", &StringWithLengthBetween1And1024),
    Member::body("ConnectionType", "connectionType", &ConnectionType),
    Member::body("ContentHandlingStrategy", "contentHandlingStrategy", &ContentHandlingStrategy),
    Member::body("CredentialsArn", "credentialsArn", &Arn),
    Member::body("Description", "description", &StringWithLengthBetween0And1024),
    Member::path("IntegrationId", "integrationId", &__string).required(),
    Member::body("IntegrationMethod", "integrationMethod", &StringWithLengthBetween1And64),
    Member::body("IntegrationSubtype", "integrationSubtype", &StringWithLengthBetween1And128),
    Member::body("IntegrationType", "integrationType", &IntegrationType),
    Member::body("IntegrationUri", "integrationUri", &UriWithLengthBetween1And2048),
    Member::body("PassthroughBehavior", "passthroughBehavior", &PassthroughBehavior),
    Member::body("PayloadFormatVersion", "payloadFormatVersion", &StringWithLengthBetween1And64),
    Member::body("RequestParameters", "requestParameters", &IntegrationParameters),
    Member::body("RequestTemplates", "requestTemplates", &TemplateMap),
    Member::body("ResponseParameters", "responseParameters", &ResponseParameters),
    Member::body("TemplateSelectionExpression", "templateSelectionExpression", &SelectionExpression),
    Member::body("TimeoutInMillis", "timeoutInMillis", &IntegerWithLengthBetween50And30000),
    Member::body("TlsConfig", "tlsConfig", &TlsConfigInput),
]);
static UpdateIntegrationResponseRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
    Member::body("ContentHandlingStrategy", "contentHandlingStrategy", &ContentHandlingStrategy),
    Member::path("IntegrationId", "integrationId", &__string).required(),
    Member::path("IntegrationResponseId", "integrationResponseId", &__string).required(),
    Member::body("IntegrationResponseKey", "integrationResponseKey", &SelectionKey),
    Member::body("ResponseParameters", "responseParameters", &IntegrationParameters),
    Member::body("ResponseTemplates", "responseTemplates", &TemplateMap),
    Member::body("TemplateSelectionExpression", "templateSelectionExpression", &SelectionExpression),
]);
static UpdateModelRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
    Member::body("ContentType", "contentType", &StringWithLengthBetween1And256),
    Member::body("Description", "description", &StringWithLengthBetween0And1024),
    Member::path("ModelId", "modelId", &__string).required(),
    Member::body("Name", "name", &StringWithLengthBetween1And128),
    Member::body("Schema", "schema", &StringWithLengthBetween0And32K),
]);
static UpdatePortalProductRequest: Shape = Shape::structure(&[
    Member::body("Description", "description", &__stringMin0Max1024),
    Member::body("DisplayName", "displayName", &__stringMin1Max255),
    Member::body("DisplayOrder", "displayOrder", &DisplayOrder),
    Member::path("PortalProductId", "portalProductId", &__string).required(),
]);
static UpdatePortalRequest: Shape = Shape::structure(&[
    Member::body("Authorization", "authorization", &Authorization),
    Member::body("EndpointConfiguration", "endpointConfiguration", &EndpointConfigurationRequest),
    Member::body("IncludedPortalProductArns", "includedPortalProductArns", &__listOf__stringMin20Max2048),
    Member::body("LogoUri", "logoUri", &__stringMin0Max1092),
    Member::body("PortalContent", "portalContent", &PortalContent),
    Member::path("PortalId", "portalId", &__string).required(),
    Member::body("RumAppMonitorName", "rumAppMonitorName", &__stringMin0Max255),
]);
static UpdateProductPageRequest: Shape = Shape::structure(&[
    Member::body("DisplayContent", "displayContent", &DisplayContent),
    Member::path("PortalProductId", "portalProductId", &__string).required(),
    Member::path("ProductPageId", "productPageId", &__string).required(),
]);
static UpdateProductRestEndpointPageRequest: Shape = Shape::structure(&[
    Member::body("DisplayContent", "displayContent", &EndpointDisplayContent),
    Member::path("PortalProductId", "portalProductId", &__string).required(),
    Member::path("ProductRestEndpointPageId", "productRestEndpointPageId", &__string).required(),
    Member::body("TryItState", "tryItState", &TryItState),
]);
static UpdateRouteRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
    Member::body("ApiKeyRequired", "apiKeyRequired", &__boolean),
    Member::body("AuthorizationScopes", "authorizationScopes", &AuthorizationScopes),
    Member::body("AuthorizationType", "authorizationType", &AuthorizationType),
    Member::body("AuthorizerId", "authorizerId", &Id),
    Member::body("ModelSelectionExpression", "modelSelectionExpression", &SelectionExpression),
    Member::body("OperationName", "operationName", &StringWithLengthBetween1And64),
    Member::body("RequestModels", "requestModels", &RouteModels),
    Member::body("RequestParameters", "requestParameters", &RouteParameters),
    Member::path("RouteId", "routeId", &__string).required(),
    Member::body("RouteKey", "routeKey", &SelectionKey),
    Member::body("RouteResponseSelectionExpression", "routeResponseSelectionExpression", &SelectionExpression),
    Member::body("Target", "target", &StringWithLengthBetween1And128),
]);
static UpdateRouteResponseRequest: Shape = Shape::structure(&[
    Member::path("ApiId", "apiId", &__string).required(),
    Member::body("ModelSelectionExpression", "modelSelectionExpression", &SelectionExpression),
    Member::body("ResponseModels", "responseModels", &RouteModels),
    Member::body("ResponseParameters", "responseParameters", &RouteParameters),
    Member::path("RouteId", "routeId", &__string).required(),
    Member::path("RouteResponseId", "routeResponseId", &__string).required(),
    Member::body("RouteResponseKey", "routeResponseKey", &SelectionKey),
]);
static UpdateStageRequest: Shape = Shape::structure(&[
    Member::body("AccessLogSettings", "accessLogSettings", &AccessLogSettings),
    Member::path("ApiId", "apiId", &__string).required(),
    Member::body("AutoDeploy", "autoDeploy", &__boolean),
    Member::body("ClientCertificateId", "clientCertificateId", &Id),
    Member::body("DefaultRouteSettings", "defaultRouteSettings", &RouteSettings),
    Member::body("DeploymentId", "deploymentId", &Id),
    Member::body("Description", "description", &StringWithLengthBetween0And1024),
    Member::body("RouteSettings", "routeSettings", &RouteSettingsMap),
    Member::path("StageName", "stageName", &__string).required(),
    Member::body("StageVariables", "stageVariables", &StageVariablesMap),
]);
static UpdateVpcLinkRequest: Shape = Shape::structure(&[
    Member::body("Name", "name", &StringWithLengthBetween1And128),
    Member::path("VpcLinkId", "vpcLinkId", &__string).required(),
]);
static UriWithLengthBetween1And2048: Shape = Shape::string();
static __boolean: Shape = Shape::boolean();
static __double: Shape = Shape::double();
static __integer: Shape = Shape::integer();
static __listOfRoutingRuleAction: Shape = Shape::list(&RoutingRuleAction);
static __listOfRoutingRuleCondition: Shape = Shape::list(&RoutingRuleCondition);
static __listOfRoutingRuleMatchHeaderValue: Shape = Shape::list(&RoutingRuleMatchHeaderValue);
static __listOfSection: Shape = Shape::list(&Section);
static __listOfSelectionKey: Shape = Shape::list(&SelectionKey);
static __listOf__string: Shape = Shape::list(&__string);
static __listOf__stringMin20Max2048: Shape = Shape::list(&__stringMin20Max2048);
static __string: Shape = Shape::string();
static __stringMin0Max1024: Shape = Shape::string().min(0.0).max(1024.0);
static __stringMin0Max1092: Shape = Shape::string().min(0.0).max(1092.0);
static __stringMin0Max255: Shape = Shape::string().min(0.0).max(255.0);
static __stringMin10Max2048: Shape = Shape::string().min(10.0).max(2048.0);
static __stringMin1Max1024: Shape = Shape::string().min(1.0).max(1024.0);
static __stringMin1Max128: Shape = Shape::string().min(1.0).max(128.0);
static __stringMin1Max16: Shape = Shape::string().min(1.0).max(16.0);
static __stringMin1Max20: Shape = Shape::string().min(1.0).max(20.0);
static __stringMin1Max255: Shape = Shape::string().min(1.0).max(255.0);
static __stringMin1Max256: Shape = Shape::string().min(1.0).max(256.0);
static __stringMin1Max307200: Shape = Shape::string().min(1.0).max(307200.0);
static __stringMin1Max32768: Shape = Shape::string().min(1.0).max(32768.0);
static __stringMin1Max4096: Shape = Shape::string().min(1.0).max(4096.0);
static __stringMin1Max50: Shape = Shape::string().min(1.0).max(50.0);
static __stringMin20Max2048: Shape = Shape::string().min(20.0).max(2048.0);
static __stringMin3Max255: Shape = Shape::string().min(3.0).max(255.0);
static __stringMin3Max256: Shape = Shape::string().min(3.0).max(256.0);
static __timestampIso8601: Shape = Shape::timestamp();
