//! AWS's managed policies that tutorials attach by ARN; they exist without being created.
//!
//! Owns their names and what they allow, as far as this server has the services. The documents are our
//! own wording of those facts. Must not know who has them attached.

use serde_json::{Map, Value, json};

/// One managed policy.
#[derive(Debug)]
pub struct ManagedPolicy {
    /// `/` or `/service-role/`.
    pub path: &'static str,
    /// For example `AWSIoTThingsRegistration`.
    pub name: &'static str,
    /// One line for lists.
    pub description: &'static str,
    grants: &'static [Grant],
}

/// An Allow statement, on all resources where it names none.
#[derive(Debug)]
enum Grant {
    Actions(&'static [&'static str]),
    /// Everything but these.
    AllBut(&'static [&'static str]),
    /// These, on resources that a pattern names.
    On(&'static [&'static str], &'static str),
    /// `iam:PassRole` to this service only.
    PassRoleTo(&'static str),
}

impl ManagedPolicy {
    /// `arn:aws:iam::aws:policy/NAME` in the given partition.
    pub fn arn(&self, partition: &str) -> String {
        format!("arn:{partition}:iam::aws:policy{}{}", self.path, self.name)
    }

    /// The policy document, as JSON text.
    pub fn document(&self) -> String {
        let statements: Vec<Value> = self.grants.iter().map(Grant::statement).collect();
        json!({"Version": "2012-10-17", "Statement": statements}).to_string()
    }
}

impl Grant {
    fn statement(&self) -> Value {
        let mut statement = Map::new();
        statement.insert("Effect".into(), json!("Allow"));
        match self {
            Grant::Actions(actions) | Grant::On(actions, _) => {
                statement.insert("Action".into(), json!(actions))
            }
            Grant::AllBut(actions) => statement.insert("NotAction".into(), json!(actions)),
            Grant::PassRoleTo(_) => statement.insert("Action".into(), json!("iam:PassRole")),
        };
        let resource = match self {
            Grant::On(_, resource) => *resource,
            _ => "*",
        };
        statement.insert("Resource".into(), json!(resource));
        if let Grant::PassRoleTo(service) = self {
            let condition = json!({"StringEquals": {"iam:PassedToService": service}});
            statement.insert("Condition".into(), condition);
        }
        Value::Object(statement)
    }
}

/// The policy with this ARN, in any partition.
pub fn find(arn: &str) -> Option<&'static ManagedPolicy> {
    let parsed = crate::arn::Arn::parse(arn)?;
    if (parsed.service, parsed.region, parsed.account) != ("iam", "", "aws") {
        return None;
    }
    let path_and_name = parsed.resource.strip_prefix("policy")?;
    ALL.iter()
        .find(|policy| path_and_name.strip_prefix(policy.path) == Some(policy.name))
}

/// All of them, by name.
pub fn all() -> &'static [ManagedPolicy] {
    ALL
}

const SERVICE_ROLE: &str = "/service-role/";

static ALL: &[ManagedPolicy] = &[
    ManagedPolicy {
        path: "/",
        name: "AWSCertificateManagerFullAccess",
        description: "Everything in ACM",
        grants: &[Grant::Actions(&["acm:*"])],
    },
    ManagedPolicy {
        path: "/",
        name: "AWSCertificateManagerReadOnly",
        description: "Read what is in ACM",
        grants: &[Grant::Actions(&[
            "acm:DescribeCertificate",
            "acm:ListCertificates",
            "acm:GetCertificate",
            "acm:ListTagsForCertificate",
            "acm:GetAccountConfiguration",
        ])],
    },
    ManagedPolicy {
        path: "/",
        name: "AWSIoTConfigAccess",
        description: "Configure IoT, without data-plane access",
        grants: &[Grant::Actions(CONFIG), Grant::Actions(CONFIG_READ)],
    },
    ManagedPolicy {
        path: "/",
        name: "AWSIoTConfigReadOnlyAccess",
        description: "Read the IoT configuration",
        grants: &[Grant::Actions(CONFIG_READ)],
    },
    ManagedPolicy {
        path: "/",
        name: "AWSIoTDataAccess",
        description: "Connect, publish, subscribe, and use shadows",
        grants: &[Grant::Actions(&[
            "iot:Connect",
            "iot:Publish",
            "iot:Subscribe",
            "iot:Receive",
            "iot:GetThingShadow",
            "iot:UpdateThingShadow",
            "iot:DeleteThingShadow",
            "iot:ListNamedShadowsForThing",
        ])],
    },
    ManagedPolicy {
        path: "/",
        name: "AWSIoTFullAccess",
        description: "Everything in IoT",
        grants: &[Grant::Actions(&["iot:*", "iotjobsdata:*"])],
    },
    ManagedPolicy {
        path: SERVICE_ROLE,
        name: "AWSIoTLogging",
        description: "Lets IoT write its logs",
        grants: &[Grant::Actions(&[
            "logs:CreateLogGroup",
            "logs:CreateLogStream",
            "logs:PutLogEvents",
            "logs:PutMetricFilter",
            "logs:PutRetentionPolicy",
            "logs:GetLogEvents",
            "logs:DeleteLogStream",
        ])],
    },
    ManagedPolicy {
        path: SERVICE_ROLE,
        name: "AWSIoTRuleActions",
        description: "Lets topic rules reach the services their actions use",
        grants: &[Grant::Actions(&[
            "dynamodb:PutItem",
            "kinesis:PutRecord",
            "iot:Publish",
            "s3:PutObject",
            "sns:Publish",
            "sqs:SendMessage*",
            "cloudwatch:SetAlarmState",
            "cloudwatch:PutMetricData",
            "es:ESHttpPut",
            "firehose:PutRecord",
        ])],
    },
    ManagedPolicy {
        path: SERVICE_ROLE,
        name: "AWSIoTThingsRegistration",
        description: "Lets IoT register things, certificates and policies for provisioning",
        grants: &[Grant::Actions(THINGS_REGISTRATION)],
    },
    ManagedPolicy {
        path: SERVICE_ROLE,
        name: "AWSLambdaBasicExecutionRole",
        description: "Lets a function write its log",
        grants: &[Grant::Actions(&[
            "logs:CreateLogGroup",
            "logs:CreateLogStream",
            "logs:PutLogEvents",
        ])],
    },
    ManagedPolicy {
        path: SERVICE_ROLE,
        name: "AWSLambdaDynamoDBExecutionRole",
        description: "Lets a function read streams of DynamoDB, and write its log",
        grants: &[Grant::Actions(&[
            "dynamodb:DescribeStream",
            "dynamodb:GetRecords",
            "dynamodb:GetShardIterator",
            "dynamodb:ListStreams",
            "logs:CreateLogGroup",
            "logs:CreateLogStream",
            "logs:PutLogEvents",
        ])],
    },
    ManagedPolicy {
        path: "/",
        name: "AWSLambdaExecute",
        description: "Objects of S3, and everything in CloudWatch Logs",
        grants: &[Grant::Actions(&["logs:*", "s3:GetObject", "s3:PutObject"])],
    },
    ManagedPolicy {
        path: SERVICE_ROLE,
        name: "AWSLambdaKinesisExecutionRole",
        description: "Lets a function read streams of Kinesis, and write its log",
        grants: &[Grant::Actions(&[
            "kinesis:DescribeStream",
            "kinesis:DescribeStreamSummary",
            "kinesis:GetRecords",
            "kinesis:GetShardIterator",
            "kinesis:ListShards",
            "kinesis:ListStreams",
            "kinesis:SubscribeToShard",
            "logs:CreateLogGroup",
            "logs:CreateLogStream",
            "logs:PutLogEvents",
        ])],
    },
    ManagedPolicy {
        path: SERVICE_ROLE,
        name: "AWSLambdaRole",
        description: "Invoke functions",
        grants: &[Grant::Actions(&["lambda:InvokeFunction"])],
    },
    ManagedPolicy {
        path: SERVICE_ROLE,
        name: "AWSLambdaSQSQueueExecutionRole",
        description: "Lets a function take messages of SQS, and write its log",
        grants: &[Grant::Actions(&[
            "sqs:ReceiveMessage",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            "logs:CreateLogGroup",
            "logs:CreateLogStream",
            "logs:PutLogEvents",
        ])],
    },
    ManagedPolicy {
        path: SERVICE_ROLE,
        name: "AWSLambdaVPCAccessExecutionRole",
        description: "Lets a function write its log, and be in a VPC",
        grants: &[Grant::Actions(&[
            "logs:CreateLogGroup",
            "logs:CreateLogStream",
            "logs:PutLogEvents",
            "ec2:CreateNetworkInterface",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSubnets",
            "ec2:DeleteNetworkInterface",
            "ec2:AssignPrivateIpAddresses",
            "ec2:UnassignPrivateIpAddresses",
        ])],
    },
    ManagedPolicy {
        path: "/",
        name: "AWSLambda_FullAccess",
        description: "Everything in Lambda, and passing roles to it",
        grants: &[
            Grant::Actions(&[
                "lambda:*",
                "iam:GetRole",
                "iam:GetRolePolicy",
                "iam:ListAttachedRolePolicies",
                "iam:ListRolePolicies",
                "iam:ListRoles",
                "logs:DescribeLogGroups",
                "logs:DescribeLogStreams",
                "logs:GetLogEvents",
                "logs:FilterLogEvents",
                "cloudwatch:ListMetrics",
                "cloudwatch:GetMetricData",
            ]),
            Grant::PassRoleTo("lambda.amazonaws.com"),
        ],
    },
    ManagedPolicy {
        path: "/",
        name: "AWSLambda_ReadOnlyAccess",
        description: "Read functions, and what they logged",
        grants: &[
            Grant::Actions(&[
                "lambda:Get*",
                "lambda:List*",
                "iam:GetPolicy",
                "iam:GetPolicyVersion",
                "iam:GetRole",
                "iam:GetRolePolicy",
                "iam:ListAttachedRolePolicies",
                "iam:ListRolePolicies",
                "iam:ListRoles",
                "logs:DescribeLogGroups",
                "cloudwatch:GetMetricData",
                "cloudwatch:ListMetrics",
            ]),
            Grant::On(
                &[
                    "logs:DescribeLogStreams",
                    "logs:GetLogEvents",
                    "logs:FilterLogEvents",
                ],
                "arn:*:logs:*:*:log-group:/aws/lambda/*",
            ),
        ],
    },
    ManagedPolicy {
        path: "/",
        name: "AWSXRayDaemonWriteAccess",
        description: "Write traces to X-Ray",
        grants: &[Grant::Actions(TRACES)],
    },
    ManagedPolicy {
        path: "/",
        name: "AWSXrayWriteOnlyAccess",
        description: "Write traces to X-Ray",
        grants: &[Grant::Actions(TRACES)],
    },
    ManagedPolicy {
        path: "/",
        name: "AdministratorAccess",
        description: "Everything",
        grants: &[Grant::Actions(&["*"])],
    },
    ManagedPolicy {
        path: "/",
        name: "AmazonAPIGatewayAdministrator",
        description: "Everything in API Gateway but calling APIs",
        grants: &[Grant::Actions(&["apigateway:*"])],
    },
    ManagedPolicy {
        path: "/",
        name: "AmazonAPIGatewayInvokeFullAccess",
        description: "Call APIs of API Gateway",
        grants: &[Grant::Actions(&[
            "execute-api:Invoke",
            "execute-api:ManageConnections",
        ])],
    },
    ManagedPolicy {
        path: SERVICE_ROLE,
        name: "AmazonAPIGatewayPushToCloudWatchLogs",
        description: "Lets API Gateway write logs of APIs",
        grants: &[Grant::Actions(&[
            "logs:CreateLogGroup",
            "logs:CreateLogStream",
            "logs:DescribeLogGroups",
            "logs:DescribeLogStreams",
            "logs:PutLogEvents",
            "logs:GetLogEvents",
            "logs:FilterLogEvents",
        ])],
    },
    ManagedPolicy {
        path: "/",
        name: "AmazonDynamoDBFullAccess",
        description: "Everything in DynamoDB",
        grants: &[Grant::Actions(&[
            "dynamodb:*",
            "dax:*",
            "cloudwatch:GetMetricStatistics",
            "cloudwatch:ListMetrics",
            "iam:GetRole",
            "iam:ListRoles",
        ])],
    },
    ManagedPolicy {
        path: "/",
        name: "AmazonDynamoDBReadOnlyAccess",
        description: "Read tables and items",
        grants: &[Grant::Actions(&[
            "dynamodb:BatchGetItem",
            "dynamodb:Describe*",
            "dynamodb:List*",
            "dynamodb:GetAbacStatus",
            "dynamodb:GetItem",
            "dynamodb:GetResourcePolicy",
            "dynamodb:Query",
            "dynamodb:Scan",
            "dynamodb:PartiQLSelect",
            "iam:GetRole",
            "iam:ListRoles",
            "lambda:ListFunctions",
            "lambda:ListEventSourceMappings",
            "lambda:GetFunctionConfiguration",
            "cloudwatch:GetMetricData",
            "cloudwatch:GetMetricStatistics",
            "cloudwatch:ListMetrics",
        ])],
    },
    ManagedPolicy {
        path: "/",
        name: "AmazonS3FullAccess",
        description: "Everything in S3",
        grants: &[Grant::Actions(&["s3:*", "s3-object-lambda:*"])],
    },
    ManagedPolicy {
        path: "/",
        name: "AmazonS3ReadOnlyAccess",
        description: "Read buckets and objects",
        grants: &[Grant::Actions(&[
            "s3:Get*",
            "s3:List*",
            "s3:Describe*",
            "s3-object-lambda:Get*",
            "s3-object-lambda:List*",
        ])],
    },
    ManagedPolicy {
        path: "/",
        name: "AmazonSNSFullAccess",
        description: "Everything in SNS",
        grants: &[Grant::Actions(&["sns:*"])],
    },
    ManagedPolicy {
        path: "/",
        name: "AmazonSQSFullAccess",
        description: "Everything in SQS",
        grants: &[Grant::Actions(&["sqs:*"])],
    },
    ManagedPolicy {
        path: "/",
        name: "CloudWatchFullAccess",
        description: "Everything in CloudWatch and its logs",
        grants: &[Grant::Actions(&[
            "autoscaling:Describe*",
            "cloudwatch:*",
            "logs:*",
            "sns:*",
            "iam:GetPolicy",
            "iam:GetPolicyVersion",
            "iam:GetRole",
        ])],
    },
    ManagedPolicy {
        path: "/",
        name: "CloudWatchLogsFullAccess",
        description: "Everything in CloudWatch Logs",
        grants: &[Grant::Actions(&["logs:*"])],
    },
    ManagedPolicy {
        path: "/",
        name: "CloudWatchLogsReadOnlyAccess",
        description: "Read logs",
        grants: &[Grant::Actions(&[
            "logs:Describe*",
            "logs:Get*",
            "logs:List*",
            "logs:StartQuery",
            "logs:StopQuery",
            "logs:TestMetricFilter",
            "logs:FilterLogEvents",
            "logs:StartLiveTail",
            "logs:StopLiveTail",
        ])],
    },
    ManagedPolicy {
        path: "/",
        name: "IAMFullAccess",
        description: "Everything in IAM",
        grants: &[Grant::Actions(&["iam:*"])],
    },
    ManagedPolicy {
        path: "/",
        name: "IAMReadOnlyAccess",
        description: "Read IAM",
        grants: &[Grant::Actions(&[
            "iam:GenerateCredentialReport",
            "iam:GenerateServiceLastAccessedDetails",
            "iam:Get*",
            "iam:List*",
            "iam:SimulateCustomPolicy",
            "iam:SimulatePrincipalPolicy",
        ])],
    },
    ManagedPolicy {
        path: "/",
        name: "PowerUserAccess",
        description: "Everything but users, roles and accounts",
        grants: &[
            Grant::AllBut(&["iam:*", "organizations:*", "account:*"]),
            Grant::Actions(&["iam:ListRoles", "iam:CreateServiceLinkedRole"]),
        ],
    },
    ManagedPolicy {
        path: "/",
        name: "ReadOnlyAccess",
        description: "Read everything",
        grants: &[Grant::Actions(&[
            "iot:Describe*",
            "iot:Get*",
            "iot:List*",
            "iot:SearchIndex",
            "iotjobsdata:DescribeJobExecution",
            "iotjobsdata:GetPendingJobExecutions",
            "iam:Get*",
            "iam:List*",
            "iam:Generate*",
            "iam:Simulate*",
            "s3:Get*",
            "s3:List*",
            "lambda:Get*",
            "lambda:List*",
            "logs:Describe*",
            "logs:FilterLogEvents",
            "logs:Get*",
            "logs:List*",
            "dynamodb:BatchGet*",
            "dynamodb:Describe*",
            "dynamodb:Get*",
            "dynamodb:List*",
            "dynamodb:Query",
            "dynamodb:Scan",
            "cloudwatch:Describe*",
            "cloudwatch:Get*",
            "cloudwatch:List*",
            "sns:Get*",
            "sns:List*",
            "sqs:Get*",
            "sqs:List*",
            "sts:GetAccessKeyInfo",
            "acm:Describe*",
            "acm:Get*",
            "acm:List*",
            "apigateway:GET",
        ])],
    },
];

/// What programs that trace need of X-Ray.
const TRACES: &[&str] = &[
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:GetSamplingStatisticSummaries",
];

/// The 30 actions of AWSIoTThingsRegistration.
const THINGS_REGISTRATION: &[&str] = &[
    "iot:AddThingToBillingGroup",
    "iot:AddThingToThingGroup",
    "iot:AttachPolicy",
    "iot:AttachPrincipalPolicy",
    "iot:AttachThingPrincipal",
    "iot:CreateCertificateFromCsr",
    "iot:CreatePolicy",
    "iot:CreateThing",
    "iot:DescribeBillingGroup",
    "iot:DescribeCertificate",
    "iot:DescribeThing",
    "iot:DescribeThingGroup",
    "iot:DescribeThingType",
    "iot:DetachPolicy",
    "iot:DetachThingPrincipal",
    "iot:GetPolicy",
    "iot:ListAttachedPolicies",
    "iot:ListPolicyPrincipals",
    "iot:ListPrincipalPolicies",
    "iot:ListPrincipalThings",
    "iot:ListTargetsForPolicy",
    "iot:ListThingGroupsForThing",
    "iot:ListThingPrincipals",
    "iot:RegisterCertificate",
    "iot:RegisterThing",
    "iot:RemoveThingFromBillingGroup",
    "iot:RemoveThingFromThingGroup",
    "iot:UpdateCertificate",
    "iot:UpdateThing",
    "iot:UpdateThingGroupsForThing",
];

/// What changes the IoT configuration.
const CONFIG: &[&str] = &[
    "iot:AcceptCertificateTransfer",
    "iot:Add*",
    "iot:AssociateTargetsWithJob",
    "iot:Attach*",
    "iot:Cancel*",
    "iot:ClearDefaultAuthorizer",
    "iot:Create*",
    "iot:DeleteAuthorizer",
    "iot:DeleteBillingGroup",
    "iot:DeleteCACertificate",
    "iot:DeleteCertificate*",
    "iot:DeleteDomainConfiguration",
    "iot:DeleteDynamicThingGroup",
    "iot:DeleteJob*",
    "iot:DeletePolicy*",
    "iot:DeleteProvisioningTemplate*",
    "iot:DeleteRegistrationCode",
    "iot:DeleteRoleAlias",
    "iot:DeleteThing",
    "iot:DeleteThingGroup",
    "iot:DeleteThingType",
    "iot:DeleteTopicRule*",
    "iot:DeleteV2LoggingLevel",
    "iot:DeprecateThingType",
    "iot:Detach*",
    "iot:DisableTopicRule",
    "iot:EnableTopicRule",
    "iot:Register*",
    "iot:RejectCertificateTransfer",
    "iot:RemoveThingFrom*",
    "iot:ReplaceTopicRule",
    "iot:SearchIndex",
    "iot:Set*",
    "iot:StartThingRegistrationTask",
    "iot:StopThingRegistrationTask",
    "iot:TagResource",
    "iot:TransferCertificate",
    "iot:UntagResource",
    "iot:UpdateAuthorizer",
    "iot:UpdateBillingGroup",
    "iot:UpdateCACertificate",
    "iot:UpdateCertificate*",
    "iot:UpdateDomainConfiguration",
    "iot:UpdateDynamicThingGroup",
    "iot:UpdateEventConfigurations",
    "iot:UpdateIndexingConfiguration",
    "iot:UpdateJob",
    "iot:UpdateProvisioningTemplate",
    "iot:UpdateRoleAlias",
    "iot:UpdateThing",
    "iot:UpdateThingGroup*",
    "iot:UpdateThingType",
    "iot:UpdateTopicRuleDestination",
];

/// What reads the IoT configuration. Shadows, retained messages and connections are data, so `Get*` and
/// `List*` are spelled out.
const CONFIG_READ: &[&str] = &[
    "iot:Describe*",
    "iot:GetBucketsAggregation",
    "iot:GetCardinality",
    "iot:GetEffectivePolicies",
    "iot:GetIndexingConfiguration",
    "iot:GetJobDocument",
    "iot:GetLoggingOptions",
    "iot:GetPercentiles",
    "iot:GetPolicy*",
    "iot:GetRegistrationCode",
    "iot:GetStatistics",
    "iot:GetTopicRule*",
    "iot:GetV2LoggingOptions",
    "iot:ListAttachedPolicies",
    "iot:ListAuthorizers",
    "iot:ListBillingGroups",
    "iot:ListCACertificates",
    "iot:ListCertificate*",
    "iot:ListDomainConfigurations",
    "iot:ListIndices",
    "iot:ListJob*",
    "iot:ListOutgoingCertificates",
    "iot:ListPolic*",
    "iot:ListPrincipal*",
    "iot:ListProvisioningTemplate*",
    "iot:ListRoleAliases",
    "iot:ListTagsForResource",
    "iot:ListTargetsForPolicy",
    "iot:ListThing*",
    "iot:ListTopicRule*",
    "iot:ListV2LoggingLevels",
    "iot:SearchIndex",
    "iot:TestAuthorization",
    "iot:TestInvokeAuthorizer",
];

#[cfg(test)]
mod tests {
    use super::super::{Context, Dialect, NamedPolicy, PolicyDocument, Request, decide};
    use super::*;
    use std::sync::Arc;

    fn allows(arn: &str, action: &str) -> bool {
        let policy = find(arn).expect("a managed policy");
        let document = PolicyDocument::parse(&policy.document(), Dialect::IamIdentity);
        let policy = NamedPolicy {
            name: policy.name.into(),
            document: Arc::new(document.expect("a valid document")),
        };
        let resource = "arn:aws:iot:us-east-1:123456789012:thing/t";
        let context = Context::default().with("iam:PassedToService", "lambda.amazonaws.com");
        decide(&[policy], Request { action, resource }, &context).is_allowed()
    }

    #[test]
    fn all_parse_and_are_found_by_their_own_arn() {
        for policy in all() {
            let found = find(&policy.arn("aws-cn")).expect("found by its ARN");
            assert_eq!(found.name, policy.name);
            if let Err(error) = PolicyDocument::parse(&policy.document(), Dialect::IamIdentity) {
                panic!("{}: {error}", policy.name);
            }
        }
        assert!(find("arn:aws:iam::aws:policy/AWSIoTThingsRegistration").is_none());
        assert!(find("arn:aws:iam::123456789012:policy/AdministratorAccess").is_none());
    }

    #[test]
    fn things_registration_has_its_thirty_actions() {
        let arn = "arn:aws:iam::aws:policy/service-role/AWSIoTThingsRegistration";
        assert_eq!(THINGS_REGISTRATION.len(), 30);
        assert!(allows(arn, "iot:RegisterThing"));
        assert!(!allows(arn, "iot:DeleteThing"));
    }

    #[test]
    fn what_the_others_allow() {
        let check = |name: &str, yes: &[&str], no: &[&str]| {
            let arn = format!("arn:aws:iam::aws:policy/{name}");
            for action in yes {
                assert!(allows(&arn, action), "{name} should allow {action}");
            }
            for action in no {
                assert!(!allows(&arn, action), "{name} should not allow {action}");
            }
        };
        check(
            "AdministratorAccess",
            &["iam:CreateUser", "iot:CreateThing"],
            &[],
        );
        check(
            "AWSCertificateManagerReadOnly",
            &["acm:GetCertificate"],
            &["acm:ImportCertificate"],
        );
        check("PowerUserAccess", &["iot:CreateThing"], &["iam:CreateUser"]);
        check("AWSIoTDataAccess", &["iot:Publish"], &["iot:CreateThing"]);
        check(
            "AWSIoTConfigReadOnlyAccess",
            &["iot:DescribeThing", "iot:ListThings"],
            &["iot:CreateThing", "iot:GetThingShadow"],
        );
        check(
            "AWSIoTConfigAccess",
            &["iot:CreateThing", "iot:DescribeThing"],
            &[
                "iot:Publish",
                "iot:DeleteThingShadow",
                "iot:UpdateThingShadow",
            ],
        );
        check(
            "AmazonS3ReadOnlyAccess",
            &["s3:GetObject"],
            &["s3:PutObject"],
        );
        check(
            "AWSLambda_FullAccess",
            &["iam:PassRole"],
            &["iam:CreateRole"],
        );
        check("ReadOnlyAccess", &["iot:GetThingShadow"], &["iot:Publish"]);
        check(
            "service-role/AWSLambdaVPCAccessExecutionRole",
            &["logs:PutLogEvents"],
            &["logs:GetLogEvents", "dynamodb:GetItem"],
        );
        check(
            "AmazonDynamoDBReadOnlyAccess",
            &["dynamodb:Query"],
            &["dynamodb:PutItem"],
        );
        check(
            "AWSLambda_ReadOnlyAccess",
            &["lambda:GetFunction"],
            // Elsewhere than in functions' own groups.
            &["lambda:InvokeFunction", "logs:GetLogEvents"],
        );
    }
}
