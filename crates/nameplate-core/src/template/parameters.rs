//! The values a run gives to a template's parameters, by where they come from.
//!
//! Owns who may set which name. A device never chooses its own certificate id: names that begin with `AWS::`
//! come from the service in just-in-time and fleet provisioning, whatever the caller sends.

use super::syntax::TemplateKind;
use std::collections::BTreeMap;

/// Parameters that the service supplies from the device's certificate. AWS guide: jit-provisioning.
pub(crate) const CERTIFICATE_PARAMETERS: [&str; 8] = [
    "AWS::IoT::Certificate::Id",
    "AWS::IoT::Certificate::CommonName",
    "AWS::IoT::Certificate::Country",
    "AWS::IoT::Certificate::Organization",
    "AWS::IoT::Certificate::OrganizationalUnit",
    "AWS::IoT::Certificate::DistinguishedNameQualifier",
    "AWS::IoT::Certificate::StateName",
    "AWS::IoT::Certificate::SerialNumber",
];

/// The parameter that holds the certificate's id.
pub(crate) const CERTIFICATE_ID: &str = CERTIFICATE_PARAMETERS[0];

/// A field of a certificate's subject, as far as parameters are made of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubjectField {
    /// 2.5.4.3
    CommonName,
    /// 2.5.4.6
    Country,
    /// 2.5.4.10
    Organization,
    /// 2.5.4.11
    OrganizationalUnit,
    /// 2.5.4.46
    DistinguishedNameQualifier,
    /// 2.5.4.8
    StateName,
    /// 2.5.4.5
    SerialNumber,
    /// Any other attribute, by its dotted OID: no parameter is made of it, but messages list it.
    Other(String),
}

impl SubjectField {
    /// The field with this dotted OID.
    pub fn from_oid(oid: &str) -> Self {
        match oid {
            "2.5.4.3" => Self::CommonName,
            "2.5.4.6" => Self::Country,
            "2.5.4.10" => Self::Organization,
            "2.5.4.11" => Self::OrganizationalUnit,
            "2.5.4.46" => Self::DistinguishedNameQualifier,
            "2.5.4.8" => Self::StateName,
            "2.5.4.5" => Self::SerialNumber,
            other => Self::Other(other.to_owned()),
        }
    }

    fn parameter(&self) -> Option<&'static str> {
        let index = match self {
            Self::CommonName => 1,
            Self::Country => 2,
            Self::Organization => 3,
            Self::OrganizationalUnit => 4,
            Self::DistinguishedNameQualifier => 5,
            Self::StateName => 6,
            Self::SerialNumber => 7,
            Self::Other(_) => return None,
        };
        Some(CERTIFICATE_PARAMETERS[index])
    }

    fn label(&self) -> &str {
        match self {
            Self::CommonName => "CommonName",
            Self::Country => "Country",
            Self::Organization => "Organization",
            Self::OrganizationalUnit => "OrganizationalUnit",
            Self::DistinguishedNameQualifier => "DistinguishedNameQualifier",
            Self::StateName => "StateName",
            Self::SerialNumber => "SerialNumber",
            Self::Other(oid) => oid,
        }
    }
}

/// The values of one run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parameters {
    caller: BTreeMap<String, String>,
    service: BTreeMap<String, String>,
    hook: BTreeMap<String, String>,
    /// Subject fields of the certificate, for messages.
    subject: Vec<String>,
}

impl Parameters {
    /// No values at all.
    pub fn new() -> Self {
        Self::default()
    }

    /// What the caller gives: RegisterThing's `parameters`, a bulk line, a fleet request.
    pub fn from_caller(values: impl IntoIterator<Item = (String, String)>) -> Self {
        Self {
            caller: values.into_iter().collect(),
            ..Self::default()
        }
    }

    /// What just-in-time provisioning reads from a device certificate.
    ///
    /// `subject` holds the fields that could be decoded, in the order of the certificate; the first of a kind
    /// counts. `serial_decimal` is the certificate's own serial number in decimal digits and is used where the
    /// subject has no serial number: devices in the field rely on either.
    pub fn from_certificate(
        certificate_id: &str,
        subject: &[(SubjectField, String)],
        serial_decimal: &str,
    ) -> Self {
        Self::default().with_certificate(certificate_id, subject, serial_decimal)
    }

    /// The same values, beside those the caller gives: fleet provisioning.
    pub fn with_certificate(
        mut self,
        certificate_id: &str,
        subject: &[(SubjectField, String)],
        serial_decimal: &str,
    ) -> Self {
        self.service
            .insert(CERTIFICATE_ID.to_owned(), certificate_id.to_owned());
        for (field, value) in subject {
            self.subject
                .push(format!("{}={}", field.label(), value.escape_debug()));
            if let Some(name) = field.parameter() {
                self.service
                    .entry(name.to_owned())
                    .or_insert_with(|| value.clone());
            }
        }
        self.service
            .entry(CERTIFICATE_PARAMETERS[7].to_owned())
            .or_insert_with(|| serial_decimal.to_owned());
        self
    }

    /// The same values, beside those that the service read from a certificate.
    pub fn with_caller(mut self, values: impl IntoIterator<Item = (String, String)>) -> Self {
        self.caller.extend(values);
        self
    }

    /// What the pre-provisioning hook overrides or adds; names that begin with `AWS::` have no effect.
    pub fn with_hook(mut self, values: impl IntoIterator<Item = (String, String)>) -> Self {
        self.hook.extend(values);
        self
    }

    /// Values as if the service had read them from a certificate, for trying a template without one.
    pub fn with_service(mut self, values: impl IntoIterator<Item = (String, String)>) -> Self {
        self.service.extend(values);
        self
    }

    /// The same values with this certificate id.
    pub(crate) fn with_certificate_id(mut self, id: &str) -> Self {
        self.service
            .insert(CERTIFICATE_ID.to_owned(), id.to_owned());
        self
    }

    /// Whether the service supplied a certificate id.
    pub(crate) fn has_certificate(&self) -> bool {
        self.service.contains_key(CERTIFICATE_ID)
    }

    /// One JSON value as a parameter: text stays, numbers and booleans become their JSON text, anything else
    /// is no parameter. For bulk lines, fleet requests and hook answers.
    pub fn text_of(value: &serde_json::Value) -> Option<String> {
        match value {
            serde_json::Value::String(text) => Some(text.clone()),
            serde_json::Value::Number(number) => Some(number.to_string()),
            serde_json::Value::Bool(truth) => Some(truth.to_string()),
            _ => None,
        }
    }

    /// The subject fields of the certificate as `Name=value`, for messages.
    pub fn subject(&self) -> &[String] {
        &self.subject
    }

    /// Names that were given and that have no effect in a template of this kind, since only the service sets them.
    pub fn dropped(&self, kind: TemplateKind) -> impl Iterator<Item = &str> {
        let caller = (!kind.trusts_caller()).then_some(&self.caller);
        caller
            .into_iter()
            .chain([&self.hook])
            .flat_map(|values| values.keys())
            .map(String::as_str)
            .filter(|name| name.starts_with("AWS::"))
    }

    /// The value that `name` has in a template of this kind, before any default.
    pub(crate) fn get(&self, name: &str, kind: TemplateKind) -> Option<&str> {
        let service_name = name.starts_with("AWS::");
        let found = if service_name {
            self.service.get(name).or_else(|| {
                kind.trusts_caller()
                    .then(|| self.caller.get(name))
                    .flatten()
            })
        } else {
            self.hook.get(name).or_else(|| self.caller.get(name))
        };
        found.map(String::as_str)
    }
}
