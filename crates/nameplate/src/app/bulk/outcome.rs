//! What became of a line: as it is kept until the reports are on disk, and as the reports say it.

use crate::app::error::{Error, Result};
use nameplate_core::arn::Realm;
use nameplate_core::pki::CertificateId;
use nameplate_core::provisioning::Plan;
use nameplate_core::template::Named;
use serde::{Deserialize, Serialize, Serializer};
use std::borrow::Cow;
use std::sync::Arc;

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
        /// The certificate in PEM, where it is at hand; it is not kept, since the registry has it.
        #[serde(skip)]
        pem: Option<Arc<str>>,
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
    /// A device by its plan, and the certificate that its line brought.
    pub(super) fn device(plan: Plan, pem: Option<Arc<str>>) -> Self {
        let pair = |named: Named| (named.logical, named.name);
        Outcomes::Device {
            thing: plan.thing.map(pair),
            certificate: plan.certificate.map(pair),
            policies: plan.policies.into_iter().map(pair).collect(),
            pem,
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

/// A line of a report.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    line_number: u64,
    offset: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<&'a str>,
    response: Option<Response<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Response<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate_pem: Option<Cow<'a, str>>,
    #[serde(serialize_with = "as_object")]
    resource_arns: Vec<(&'a str, String)>,
}

/// Pairs of name and value as an object.
fn as_object<S: Serializer>(pairs: &[(&str, String)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(pairs.iter().map(|(name, value)| (name, value)))
}

impl Reports {
    /// Adds what became of one line. `pem` finds the text of a certificate.
    pub(super) fn add(
        &mut self,
        outcome: &Outcome,
        realm: &Realm,
        pem: impl FnOnce(&CertificateId) -> Result<Option<String>>,
    ) -> Result<()> {
        let (line_number, offset) = (outcome.line, outcome.offset);
        match &outcome.result {
            Outcomes::Device {
                thing,
                certificate,
                policies,
                pem: at_hand,
            } => {
                let mut resource_arns = Vec::with_capacity(2 + policies.len());
                if let Some((logical, name)) = thing {
                    resource_arns.push((logical.as_str(), realm.thing(name)));
                }
                let mut certificate_pem = at_hand.as_deref().map(Cow::Borrowed);
                if let Some((logical, id)) = certificate {
                    resource_arns.push((logical, realm.certificate(id)));
                    if certificate_pem.is_none() {
                        // Absent where the certificate was deleted since.
                        let id = id.parse().map_err(Error::internal)?;
                        certificate_pem = pem(&id)?.map(Cow::Owned);
                    }
                }
                for (logical, name) in policies {
                    resource_arns.push((logical, realm.policy(name)));
                }
                let response = Response {
                    certificate_pem,
                    resource_arns,
                };
                let line = Line {
                    line_number,
                    offset,
                    error_message: None,
                    response: Some(response),
                };
                append(&mut self.results, &line)
            }
            Outcomes::Failed(why) => {
                let line = Line {
                    line_number,
                    offset,
                    error_message: Some(why),
                    response: None,
                };
                append(&mut self.errors, &line)
            }
        }
    }
}

fn append(report: &mut Vec<u8>, line: &Line<'_>) -> Result<()> {
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
                    pem: None,
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
