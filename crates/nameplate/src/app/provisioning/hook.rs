//! Asking a template's pre-provisioning hook whether a device may be provisioned. AWS guide: pre-provisioning-hook.
//!
//! Asked for each device of provisioning by claim and by trusted user; RegisterThing, bulk registration and
//! just-in-time provisioning have no hook. Must not know what a device is told.

use super::Provisioning;
use crate::app::faults::Fault;
use crate::app::functions::{Silence, Source};
use crate::app::iam::IOT_SERVICE;
use crate::app::registry::template::Hook;
use nameplate_core::ctx::Ctx;
use nameplate_core::escape;
use nameplate_core::provisioning::{HookAnswer, HookRequest};
use std::collections::BTreeMap;
use std::time::Duration;

/// How long the function may take (AWS guide: pre-provisioning-hook).
const LIMIT: Duration = Duration::from_secs(5);

/// Why a hook did not let a device be provisioned. AWS tells a device no more than that it is not allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookRefused {
    /// Stable word for records and counters, `hook-…`.
    pub code: &'static str,
    /// In words for the owner, escaped; with the function's error and its last line, where it failed.
    pub reason: String,
    /// The function answered, and its answer is no. Otherwise it could not be asked, or its answer is none.
    pub denied: bool,
}

impl HookRefused {
    fn failed(code: &'static str, reason: String) -> Self {
        Self {
            code,
            reason,
            denied: false,
        }
    }
}

fn code(why: Silence) -> &'static str {
    match why {
        Silence::Absent => "hook-absent",
        Silence::NotPermitted => "hook-not-permitted",
        Silence::Throttled => "hook-throttled",
        Silence::Late => "hook-timeout",
        Silence::Failed => "hook-failed",
        Silence::Internal => "internal",
    }
}

impl Provisioning {
    /// Asks `hook`, which belongs to the template of the request, about a device. What comes back are the values that
    /// stand in the place of the device's or come beside them, for
    /// [`Parameters::with_hook`](nameplate_core::template::Parameters::with_hook).
    ///
    /// # Errors
    /// Where the device may not be provisioned: the function says so, fails, is missing, takes more than 5 s, does not
    /// let `iot.amazonaws.com` call it for the template, or answers otherwise than it must.
    pub async fn ask_hook(
        &self,
        ctx: &Ctx,
        hook: &Hook,
        request: &HookRequest,
    ) -> Result<BTreeMap<String, String>, HookRefused> {
        let source = Source {
            service: IOT_SERVICE,
            role: None,
            arn: request.template_arn.clone(),
        };
        let function = &hook.target_arn;
        let template = request.template_arn.rsplit('/').next().unwrap_or_default();
        if let Some(delay) = self.kernel.faults().due(Fault::SlowHook, template) {
            self.kernel.time().sleep(delay.min(LIMIT)).await;
            if delay >= LIMIT {
                return Err(HookRefused::failed(
                    code(Silence::Late),
                    format!(
                        "the function {function} took more than {} s, as a test had asked by POST /nameplate/faults",
                        LIMIT.as_secs()
                    ),
                ));
            }
        }
        let payload = self
            .functions
            .ask(ctx, &source, function, request, LIMIT)
            .await
            .map_err(|silent| HookRefused::failed(code(silent.why), silent.reason))?;
        match HookAnswer::parse(&payload) {
            Ok(HookAnswer::Allow { overrides, doubts }) => {
                for doubt in doubts {
                    let doubt = escape::line(&doubt).into_owned();
                    tracing::warn!("the hook {function} was understood, but {doubt}");
                }
                Ok(overrides)
            }
            Ok(HookAnswer::Deny) => Err(HookRefused {
                code: "hook-denied",
                reason: format!(
                    "the function {function} answered that the device may not be provisioned"
                ),
                denied: true,
            }),
            Err(why) => Err(HookRefused::failed(
                "hook-answer",
                format!(
                    "the function {function} was asked, and {}",
                    escape::line(&why.to_string())
                ),
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::functions::Refusal;
    use crate::app::{Error, Kind};
    use crate::testing::{ARN, Outcome, TestApp, answered, crashed};
    use serde_json::{Value, json};

    fn request() -> HookRequest {
        HookRequest {
            claim_certificate_id: "claim".into(),
            certificate_id: "new".into(),
            certificate_pem: "PEM".into(),
            template_arn: format!("{ARN}provisioningtemplate/t"),
            client_id: "client".into(),
            parameters: BTreeMap::from([("SerialNumber".into(), "7".into())]),
        }
    }

    async fn ask(
        test: &TestApp,
        function: &str,
    ) -> Result<BTreeMap<String, String>, (&'static str, String)> {
        let hook = Hook {
            target_arn: function.into(),
            payload_version: "2020-04-01".into(),
        };
        let (ctx, request) = (test.app.ctx(), request());
        let asked = test.app.provisioning.ask_hook(&ctx, &hook, &request).await;
        asked.map_err(|refused| (refused.code, refused.reason))
    }

    #[tokio::test]
    async fn the_function_sees_the_device_and_overrides_values() {
        let test = TestApp::new().await;
        let function = test
            .function("hook", |event| {
                assert_eq!(event, serde_json::to_value(request()).expect("it is JSON"));
                let serial = event["parameters"]["SerialNumber"].as_str().expect("text");
                let overrides = json!({"Path": format!("a/{serial}/b"), "AWS::Region": "x"});
                let answer = json!({"allowProvisioning": true, "parameterOverrides": overrides});
                answered(answer.to_string())
            })
            .await;
        let overrides = BTreeMap::from([("Path".to_owned(), "a/7/b".to_owned())]);
        assert_eq!(ask(&test, &function).await, Ok(overrides));
    }

    #[tokio::test]
    async fn nothing_else_lets_a_device_in() {
        let test = TestApp::new().await;
        type Case = (
            &'static str,
            fn(Value) -> Outcome,
            &'static str,
            &'static str,
        );
        let cases: [Case; 6] = [
            (
                "no",
                |_| answered(r#"{"allowProvisioning":false}"#),
                "hook-denied",
                "answered that the device may not be provisioned",
            ),
            (
                "crashes",
                |_| crashed("not on the list\u{1b}[2J", "looking"),
                "hook-failed",
                "failed: Refusal: not on the list\\u{1b}[2J; its last line: looking",
            ),
            (
                "hangs",
                |_| {
                    Err(Error::new(
                        Kind::Function(Refusal::Late),
                        "no answer within 5 s",
                    ))
                },
                "hook-timeout",
                "no answer within 5 s",
            ),
            (
                "busy",
                |_| Err(Error::new(Kind::Throttled(None), "Rate Exceeded.")),
                "hook-throttled",
                "Rate Exceeded.",
            ),
            (
                "garbage",
                |_| answered("\"yes\""),
                "hook-answer",
                "was asked, and its answer is not a JSON object",
            ),
            (
                "unclear",
                |_| answered("{}"),
                "hook-answer",
                "was asked, and allowProvisioning of its answer is missing; it must be true or false",
            ),
        ];
        for (name, answer, code, reason) in cases {
            let function = test.function(name, answer).await;
            let (found, text) = ask(&test, &function)
                .await
                .expect_err("it does not say yes");
            assert_eq!(found, code, "{name}: {text}");
            assert!(text.ends_with(reason), "{name}: {text}");
        }
    }

    #[tokio::test]
    async fn a_function_must_be_there_and_let_the_service_call_it() {
        let test = TestApp::new().await;
        let absent = "arn:aws:lambda:us-east-1:123456789012:function:absent";
        let (code, reason) = ask(&test, absent).await.expect_err("it is absent");
        assert_eq!(
            (code, reason.as_str()),
            (
                "hook-absent",
                format!("Function not found: {absent}").as_str()
            )
        );

        let function = test
            .function("hook", |_| answered(r#"{"allowProvisioning":true}"#))
            .await;
        assert_eq!(ask(&test, &function).await, Ok(BTreeMap::new()));
        let policy = "/2015-03-31/functions/hook/policy";
        let removed = test
            .call("lambda", &format!("DELETE {policy}/iot"), &[], Value::Null)
            .await;
        assert_eq!(removed.status, 204);
        let grant = json!({
            "StatementId": "other", "Action": "lambda:InvokeFunction", "Principal": "iot.amazonaws.com",
            "SourceArn": format!("{ARN}provisioningtemplate/other"),
        });
        test.call("lambda", &format!("POST {policy}"), &[], grant)
            .await;
        let (code, reason) = ask(&test, &function)
            .await
            .expect_err("it may not be called");
        assert_eq!(code, "hook-not-permitted");
        assert!(
            reason
                .contains("--source-arn arn:aws:iot:us-east-1:123456789012:provisioningtemplate/t"),
            "{reason}"
        );
    }
}
