//! What provisioning alone refuses, in domain words.

/// Why a template is not carried out, beyond what every service may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// A resource that exists differs, and the template says to fail then.
    Conflict,
    /// A resource that it needs does not exist.
    Absent,
}
