//! Why one device is not provisioned: the one error of resolving and planning.
//!
//! A refusal is text for a person, a class and a code for a program, and a pattern for counting: the text with
//! what differs from device to device left out, so that a hundred thousand failures become three lines.

use std::fmt;

/// What kind of failure it is; each flow tells each class in its own way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FailureClass {
    /// A parameter that the template needs has no value.
    MissingValue,
    /// A value, or what it evaluates to, breaks a rule.
    Invalid,
    /// Something that the template names does not exist.
    Absent,
    /// What exists differs from what the template wants, and the template does not allow to change it.
    Conflict,
    /// A count would exceed what the service allows.
    Limit,
    /// The role or caller lacks a permission.
    Denied,
}

impl FailureClass {
    /// One lower-case word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MissingValue => "missing-value",
            Self::Invalid => "invalid",
            Self::Absent => "absent",
            Self::Conflict => "conflict",
            Self::Limit => "limit",
            Self::Denied => "denied",
        }
    }
}

/// A device that is not provisioned, and why. `Display` gives the full text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    class: FailureClass,
    code: &'static str,
    text: String,
    pattern: String,
    remedy: Option<String>,
}

impl Refusal {
    pub(crate) fn new(class: FailureClass, code: &'static str) -> Self {
        Self {
            class,
            code,
            text: String::new(),
            pattern: String::new(),
            remedy: None,
        }
    }

    /// Adds words that are the same for every device that fails for this reason.
    pub(crate) fn words(mut self, words: impl fmt::Display) -> Self {
        let start = self.text.len();
        push(&mut self.text, words);
        self.pattern.push_str(&self.text[start..]);
        self
    }

    /// Adds a value of this one device, quoted; the pattern gets an ellipsis in its place.
    pub(crate) fn value(mut self, value: &str) -> Self {
        push(&mut self.text, Quoted(value));
        self.pattern.push('…');
        self
    }

    /// Adds words of this one device; the pattern gets `general` in their place.
    pub(crate) fn particular(mut self, words: impl fmt::Display, general: &str) -> Self {
        push(&mut self.text, words);
        self.pattern.push_str(general);
        self
    }

    /// Says what the owner can do about it, for example a command.
    pub(crate) fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// There is no template that could run: absent, disabled or unreadable.
    pub fn no_template(why: &str) -> Self {
        Self::new(FailureClass::Absent, "no-template").words(why)
    }

    /// The role of the template cannot be assumed.
    pub fn no_role(role_arn: &str, why: &str) -> Self {
        Self::new(FailureClass::Denied, "no-role")
            .words(why)
            .remedy(format!(
                "make {role_arn} assumable by iot.amazonaws.com, with the policy AWSIoTThingsRegistration attached"
            ))
    }

    /// A connection with the device's certificate that would be refused before any template runs.
    pub fn connection(code: &'static str, why: &str) -> Self {
        Self::new(FailureClass::Denied, code)
            .words("a connection would be refused: ")
            .particular(shortened(why), &code.replace('-', " "))
    }

    /// A step of the plan that `principal`, the role or caller of the run, is not allowed.
    pub fn denied(principal: &str, action: &str, resource: &str) -> Self {
        Self::new(FailureClass::Denied, "denied")
            .words(format_args!("{principal} is not allowed {action} on "))
            .particular(resource, "…")
            .remedy(format!("allow {action} in a policy of {principal}"))
    }

    /// A step of the plan that the caller of the run is not allowed, in IAM's own words.
    pub fn not_authorized(why: &str) -> Self {
        Self::new(FailureClass::Denied, "denied")
            .particular(why, "the caller is not allowed a step of the plan")
    }

    /// A certificate or signing request that the template brings, in the property of that name, cannot be registered
    /// or granted.
    pub fn certificate(
        class: FailureClass,
        code: &'static str,
        logical: &str,
        property: &str,
        why: &str,
    ) -> Self {
        Self::new(class, code)
            .words(format_args!("{logical}, property {property}: "))
            .particular(shortened(why), "…")
    }

    /// What kind of failure it is.
    pub fn class(&self) -> FailureClass {
        self.class
    }

    /// A short stable word for programs, for example `thing-type-absent`.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The text with what is particular to the device left out.
    pub fn pattern(&self) -> &str {
        &self.pattern
    }

    /// What the owner can do about it, where one thing is obvious.
    pub fn remedy_text(&self) -> Option<&str> {
        self.remedy.as_deref()
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Refusal {}

fn push(text: &mut String, words: impl fmt::Display) {
    use fmt::Write as _;
    // Writing to a String fails only where a Display implementation does, and none of ours does.
    let _ = write!(text, "{words}");
}

/// A text cut where it would drown the message it stands in.
pub(crate) fn shortened(text: &str) -> std::borrow::Cow<'_, str> {
    const MOST: usize = 300;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]).into(),
        None => text.into(),
    }
}

/// A value as messages quote it: escaped, and cut where it would drown the message.
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MOST: usize = 200;
        match self.0.char_indices().nth(MOST) {
            Some((end, _)) => write!(f, "{:?}…", &self.0[..end]),
            None => write!(f, "{:?}", self.0),
        }
    }
}
