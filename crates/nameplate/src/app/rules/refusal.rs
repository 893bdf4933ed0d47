//! What the rules alone refuse, in domain words.

/// Why rules do not change as asked, beyond what every service may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// A rule's SQL, or a template of it, is none.
    Sql,
    /// There is no such rule, destination or token, of which AWS tells nobody.
    Unknown,
}
