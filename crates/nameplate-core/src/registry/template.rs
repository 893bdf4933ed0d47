//! Named provisioning templates as the registry holds them.

use crate::ctx::Millis;

/// What a named template is for; never changes. API: `TemplateType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TemplateType {
    /// Fleet provisioning by claim or trusted user.
    FleetProvisioning,
    /// Just-in-time provisioning.
    Jitp,
}

impl TemplateType {
    /// AWS's spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            TemplateType::FleetProvisioning => "FLEET_PROVISIONING",
            TemplateType::Jitp => "JITP",
        }
    }

    /// From AWS's spelling.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "FLEET_PROVISIONING" => Some(TemplateType::FleetProvisioning),
            "JITP" => Some(TemplateType::Jitp),
            _ => None,
        }
    }
}

/// A named template without its bodies. AWS guide: provision-template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedTemplate {
    /// The store's own growing key.
    pub key: i64,
    /// Unique in the account.
    pub name: String,
    /// What it is for.
    pub kind: TemplateType,
    /// At most 500 characters.
    pub description: Option<String>,
    /// A disabled template provisions nobody.
    pub enabled: bool,
    /// The version in force.
    pub default_version: i64,
    /// Number that the next version gets; never reused.
    pub next_version: i64,
    /// Role its runs assume.
    pub role_arn: String,
    /// `preProvisioningHook` as JSON text.
    pub hook: Option<String>,
    /// When it was created.
    pub created: Millis,
    /// When it last changed.
    pub modified: Millis,
}

/// One version of a named template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateVersion {
    /// 1, 2, …
    pub version: i64,
    /// The body as it was given.
    pub body: String,
    /// When it was created.
    pub created: Millis,
}
