//! What became of a line: as it is kept until the reports are on disk, and as the reports say it.

use crate::app::error::{Error, Result};
use nameplate_core::arn::Realm;
use nameplate_core::pki::CertificateId;
use nameplate_core::provisioning::Plan;
use nameplate_core::template::Named;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// What became of one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Outcome {
    /// Its number in the file, from 1.
    #[serde(rename = "n")]
    pub(super) line: u64,
    /// Position of its first byte.
    #[serde(rename = "o")]
    pub(super) offset: u64,
    /// The device, or why there is none.
    #[serde(flatten)]
    pub(super) result: Outcomes,
}

/// A device, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Outcomes {
    /// Registered: logical names and names. `c` is the certificate's id.
    #[serde(rename = "d")]
    Device {
        /// The thing.
        #[serde(rename = "t", skip_serializing_if = "Option::is_none")]
        thing: Option<(String, String)>,
        /// The certificate, by id.
        #[serde(rename = "c", skip_serializing_if = "Option::is_none")]
        certificate: Option<(String, String)>,
        /// The policies.
        #[serde(rename = "p", default, skip_serializing_if = "Vec::is_empty")]
        policies: Vec<(String, String)>,
    },
    /// Not registered, and why.
    #[serde(rename = "e")]
    Failed(String),
}

impl Outcome {
    /// Whether the line is a device now.
    pub(super) fn is_device(&self) -> bool {
        matches!(self.result, Outcomes::Device { .. })
    }
}

impl Outcomes {
    /// A device by its plan.
    pub(super) fn device(plan: Plan) -> Self {
        let pair = |named: Named| (named.logical, named.name);
        Outcomes::Device {
            thing: plan.thing.map(pair),
            certificate: plan.certificate.map(pair),
            policies: plan.policies.into_iter().map(pair).collect(),
        }
    }
}

/// The text that is kept of a chunk.
pub(super) fn encode(outcomes: &[Outcome]) -> Result<String> {
    serde_json::to_string(outcomes).map_err(Error::internal)
}

/// What was kept of a chunk.
pub(super) fn decode(text: &str) -> Result<Vec<Outcome>> {
    serde_json::from_str(text).map_err(Error::internal)
}

/// Lines of the two reports.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Reports {
    /// RESULTS.
    pub(super) results: Vec<u8>,
    /// ERRORS.
    pub(super) errors: Vec<u8>,
}

impl Reports {
    /// Adds what became of one line. `pem` finds the text of a certificate.
    pub(super) fn add(
        &mut self,
        outcome: &Outcome,
        realm: &Realm,
        pem: impl FnOnce(&CertificateId) -> Result<Option<String>>,
    ) -> Result<()> {
        let (line, offset) = (outcome.line, outcome.offset);
        match &outcome.result {
            Outcomes::Device {
                thing,
                certificate,
                policies,
            } => {
                let mut response = serde_json::Map::new();
                let mut arns = serde_json::Map::new();
                if let Some((logical, name)) = thing {
                    arns.insert(logical.clone(), realm.thing(name).into());
                }
                if let Some((logical, id)) = certificate {
                    arns.insert(logical.clone(), realm.certificate(id).into());
                    // Absent where the certificate was deleted since.
                    if let Some(pem) = pem(&id.parse().map_err(Error::internal)?)? {
                        response.insert("CertificatePem".into(), pem.into());
                    }
                }
                for (logical, name) in policies {
                    arns.insert(logical.clone(), realm.policy(name).into());
                }
                response.insert("ResourceArns".into(), arns.into());
                let report = json!({"lineNumber": line, "offset": offset, "response": response});
                append(&mut self.results, &report)
            }
            Outcomes::Failed(why) => {
                let report = json!({
                    "lineNumber": line, "offset": offset, "errorMessage": why, "response": null,
                });
                append(&mut self.errors, &report)
            }
        }
    }
}

fn append(report: &mut Vec<u8>, line: &serde_json::Value) -> Result<()> {
    serde_json::to_writer(&mut *report, line).map_err(Error::internal)?;
    report.push(b'\n');
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_what_is_reported() {
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        let id = "ab".repeat(32);
        let outcomes = vec![
            Outcome {
                line: 1,
                offset: 0,
                result: Outcomes::Device {
                    thing: Some(pair("thing", "lamp")),
                    certificate: Some(pair("certificate", &id)),
                    policies: vec![pair("policy", "P")],
                },
            },
            Outcome {
                line: 2,
                offset: 240,
                result: Outcomes::Failed("no \"name\"".into()),
            },
        ];
        let kept = encode(&outcomes).expect("a text");
        let read = decode(&kept).expect("outcomes");
        assert_eq!(read, outcomes);
        let realm = Realm {
            account: "123456789012".into(),
            region: "us-east-1".into(),
        };
        let mut reports = Reports::default();
        for outcome in &read {
            let added = reports.add(outcome, &realm, |_| Ok(Some("PEM\n".into())));
            added.expect("a report");
        }
        let arn = "arn:aws:iot:us-east-1:123456789012";
        assert_eq!(
            String::from_utf8_lossy(&reports.results),
            format!(
                "{{\"lineNumber\":1,\"offset\":0,\"response\":{{\"CertificatePem\":\"PEM\\n\",\"ResourceArns\":{{\"thing\":\"{arn}:thing/lamp\",\"certificate\":\"{arn}:cert/{id}\",\"policy\":\"{arn}:policy/P\"}}}}}}\n"
            )
        );
        assert_eq!(
            String::from_utf8_lossy(&reports.errors),
            "{\"lineNumber\":2,\"offset\":240,\"errorMessage\":\"no \\\"name\\\"\",\"response\":null}\n"
        );
    }
}
