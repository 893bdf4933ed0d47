//! What functions of the language ask other services.

use super::action::dynamodb;
use super::engine::{Engine, Invocation, again};
use super::live::Compiled;
use crate::outbound::aws::SECRETS;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use nameplate_core::shadow::ShadowName;
use nameplate_rules::{Lookup, Permission};
use serde_json::{Map, Value, json};
use std::time::Duration;

/// How long `aws_lambda` waits (AWS guide: iot-sql-functions).
const FUNCTION_TIME: Duration = Duration::from_secs(2);
/// Groups that `get_registry_data` lists.
const GROUPS: usize = 250;

type Answer = Result<String, String>;

fn one(action: &'static str, resource: String) -> [Permission; 1] {
    [Permission { action, resource }]
}

impl Engine {
    pub(super) async fn look_up(&self, rule: &Compiled, lookup: &Lookup) -> Answer {
        match lookup {
            Lookup::Lambda {
                function_arn,
                input,
            } => {
                let how = Invocation::Synchronous {
                    limit: FUNCTION_TIME,
                };
                let event = input.clone().into_bytes().into();
                let answer = self.invoke(rule, function_arn, event, how).await?;
                let answer = answer.ok_or("the function did not answer")?;
                String::from_utf8(answer.to_vec())
                    .map_err(|_| "the function's answer is not text in UTF-8".to_owned())
            }
            Lookup::ThingShadow {
                thing,
                shadow,
                role_arn,
            } => {
                let of = ShadowName::new(thing, shadow.as_deref())
                    .map_err(|refusal| refusal.to_string())?;
                let realm = self.kernel.realm();
                let resource = match shadow {
                    Some(name) => realm.shadow(thing, name),
                    None => realm.thing(thing),
                };
                self.role_may(rule, role_arn, &one("iot:GetThingShadow", resource))
                    .await?;
                let found = again(|| async { Ok(self.messaging.shadow(&of, None).await?) }).await?;
                Ok(found.to_string())
            }
            Lookup::Registry {
                operation,
                thing,
                role_arn,
            } => self.registry_data(rule, operation, thing, role_arn).await,
            Lookup::DynamoDb {
                table,
                key,
                role_arn,
            } => self.item(rule, table, key, role_arn).await,
            Lookup::Secret {
                id,
                binary,
                role_arn,
            } => self.secret(rule, id, *binary, role_arn).await,
        }
    }

    async fn registry_data(
        &self,
        rule: &Compiled,
        operation: &str,
        name: &str,
        role_arn: &str,
    ) -> Answer {
        let realm = self.kernel.realm();
        let arn = realm.thing(name);
        if operation == "ListThingGroupsForThing" {
            self.role_may(rule, role_arn, &one("iot:ListThingGroupsForThing", arn))
                .await?;
            let groups = again(|| async { Ok(self.registry.groups_of_thing(name).await?) }).await?;
            let groups: Vec<Value> = groups
                .iter()
                .take(GROUPS)
                .map(|group| {
                    json!({"groupName": group.name, "groupArn": realm.thing_group(&group.name)})
                })
                .collect();
            return Ok(json!({"thingGroups": groups}).to_string());
        }
        self.role_may(rule, role_arn, &one("iot:DescribeThing", arn.clone()))
            .await?;
        let thing = again(|| async { Ok(self.registry.thing(name).await?) }).await?;
        let mut members = json!({
            "defaultClientId": thing.name,
            "thingName": thing.name,
            "thingId": thing.thing_id,
            "thingArn": arn,
            "attributes": thing.attributes,
            "version": thing.version,
        });
        if let Some(kind) = &thing.thing_type {
            members["thingTypeName"] = json!(kind);
        }
        if let Some(group) = &thing.billing_group {
            members["billingGroupName"] = json!(group);
        }
        Ok(members.to_string())
    }

    async fn item(
        &self,
        rule: &Compiled,
        table: &str,
        key: &[(String, String)],
        role_arn: &str,
    ) -> Answer {
        let realm = self.kernel.realm();
        let resource = match table.starts_with("arn:") {
            true => table.to_owned(),
            false => format!(
                "arn:{}:dynamodb:{}:{}:table/{table}",
                realm.partition(),
                realm.region,
                realm.account
            ),
        };
        self.role_may(rule, role_arn, &one("dynamodb:GetItem", resource))
            .await?;
        let mut members = Map::new();
        for (name, value) in key {
            let value: Value = serde_json::from_str(value)
                .map_err(|_| format!("the value of the key {name} is not JSON"))?;
            members.insert(name.clone(), dynamodb::attribute(&value));
        }
        let body = json!({"TableName": table, "Key": members});
        let answer = self.dynamodb("GetItem", &body).await?;
        Ok(match answer.get("Item").and_then(Value::as_object) {
            Some(item) => {
                let plain: Map<String, Value> = item
                    .iter()
                    .map(|(name, value)| (name.clone(), dynamodb::plain(value)))
                    .collect();
                Value::Object(plain).to_string()
            }
            None => "{}".to_owned(),
        })
    }

    async fn secret(&self, rule: &Compiled, id: &str, binary: bool, role_arn: &str) -> Answer {
        let body = json!({"SecretId": id});
        let answer =
            again(|| async { Ok(self.aws.json(SECRETS, "GetSecretValue", &body).await?) }).await?;
        // Policies name a secret by its ARN, whose last letters only the service knows.
        let arn = answer.get("ARN").and_then(Value::as_str);
        let resource = arn.ok_or("the secret has no ARN")?.to_owned();
        let both = [
            Permission {
                action: "secretsmanager:GetSecretValue",
                resource: resource.clone(),
            },
            Permission {
                action: "secretsmanager:DescribeSecret",
                resource,
            },
        ];
        self.role_may(rule, role_arn, &both).await?;
        let member = if binary {
            "SecretBinary"
        } else {
            "SecretString"
        };
        let text = answer.get(member).and_then(Value::as_str);
        let text = text.ok_or_else(|| format!("the secret {id} has no {member}"))?;
        if binary && STANDARD.decode(text).is_err() {
            return Err(format!("the secret {id} has no readable {member}"));
        }
        Ok(text.to_owned())
    }
}
