//! What the registry alone refuses, in domain words.

/// Why the registry does not change as asked, beyond what every service may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The expected version is not the current one.
    VersionConflict,
    /// A certificate's status forbids it.
    CertificateState,
    /// Something is attached to a certificate that is to be transferred.
    TransferConflict,
    /// A transfer has ended already.
    TransferCompleted,
    /// It must be set up first.
    NotConfigured,
    /// A certificate does not verify.
    CertificateInvalid,
    /// The verification certificate does not carry the registration code.
    RegistrationCode,
    /// Several registered CAs could have issued the certificate.
    AmbiguousCa,
    /// A policy or template has as many versions as it may.
    VersionsLimit,
}
