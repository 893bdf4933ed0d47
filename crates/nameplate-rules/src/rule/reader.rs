//! Members of a rule's document by their types, refused by their places.

use super::RuleError;
use crate::statement::Statement;
use crate::template::{Template, TemplateUse};
use serde_json::{Map, Value};

/// Headers and User Properties of an action (AWS API: HttpAction, MqttHeaders, KafkaAction).
const PAIRS: usize = 100;

/// An object of the document and its place there.
pub(super) struct Reader<'v> {
    pub(super) members: &'v Map<String, Value>,
    place: String,
}

impl<'v> Reader<'v> {
    pub(super) fn new(value: &'v Value, place: &str) -> Result<Self, RuleError> {
        match value.as_object() {
            Some(members) => Ok(Self {
                members,
                place: place.into(),
            }),
            None => Err(RuleError::Invalid {
                member: match place {
                    "" => "the rule".into(),
                    place => place.into(),
                },
                reason: "must be an object".into(),
            }),
        }
    }

    pub(super) fn invalid(&self, key: &str, reason: &str) -> RuleError {
        RuleError::Invalid {
            member: self.member(key),
            reason: reason.into(),
        }
    }

    fn member(&self, key: &str) -> String {
        match self.place.is_empty() {
            true => key.into(),
            false => format!("{}.{key}", self.place),
        }
    }

    /// A member that is there and not null.
    fn get(&self, key: &str) -> Option<&'v Value> {
        self.members.get(key).filter(|value| !value.is_null())
    }

    pub(super) fn below(&self, key: &str) -> Result<Option<Self>, RuleError> {
        self.get(key)
            .map(|value| Self::new(value, &self.member(key)))
            .transpose()
    }

    pub(super) fn text(&self, key: &str) -> Result<Option<&'v str>, RuleError> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.invalid(key, "must be a string")),
        }
    }

    pub(super) fn required(&self, key: &str) -> Result<&'v str, RuleError> {
        self.text(key)?
            .ok_or_else(|| self.invalid(key, "is required"))
    }

    pub(super) fn boolean(&self, key: &str) -> Result<Option<bool>, RuleError> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::Bool(value)) => Ok(Some(*value)),
            Some(_) => Err(self.invalid(key, "must be true or false")),
        }
    }

    pub(super) fn number(
        &self,
        key: &str,
        least: u64,
        most: u64,
        default: u64,
    ) -> Result<u64, RuleError> {
        match self.get(key) {
            None => Ok(default),
            Some(value) => value
                .as_u64()
                .filter(|value| (least..=most).contains(value))
                .ok_or_else(|| {
                    self.invalid(
                        key,
                        &format!("must be a whole number from {least} to {most}"),
                    )
                }),
        }
    }

    fn list(&self, key: &str) -> Result<Vec<Self>, RuleError> {
        let Some(value) = self.get(key) else {
            return Ok(Vec::new());
        };
        let Some(elements) = value.as_array() else {
            return Err(self.invalid(key, "must be a list"));
        };
        if elements.len() > PAIRS {
            return Err(self.invalid(key, &format!("may have {PAIRS} elements")));
        }
        elements
            .iter()
            .enumerate()
            .map(|(at, element)| Self::new(element, &format!("{}[{at}]", self.member(key))))
            .collect()
    }

    /// The ARN of a role, in which no template may stand.
    pub(super) fn role(&self) -> Result<String, RuleError> {
        let role = self.required("roleArn")?;
        match role.starts_with("arn:") && role.contains(":iam::") && !role.contains("${") {
            true => Ok(role.into()),
            false => Err(self.invalid("roleArn", "must be the ARN of a role")),
        }
    }
}

/// Templates of one action.
pub(super) struct Fields<'v> {
    pub(super) reader: Reader<'v>,
    pub(super) statement: &'v Statement,
    pub(super) used: TemplateUse,
}

impl Fields<'_> {
    pub(super) fn parse(
        &self,
        reader: &Reader<'_>,
        key: &str,
        text: &str,
    ) -> Result<Template, RuleError> {
        Template::parse(text, self.statement, self.used).map_err(|error| RuleError::Sql {
            member: reader.member(key),
            error,
        })
    }

    pub(super) fn template(&self, key: &str) -> Result<Template, RuleError> {
        let text = self.reader.required(key)?;
        if text.is_empty() {
            return Err(self.reader.invalid(key, "must not be empty"));
        }
        self.parse(&self.reader, key, text)
    }

    pub(super) fn optional(&self, key: &str) -> Result<Option<Template>, RuleError> {
        self.optional_of(&self.reader, key)
    }

    pub(super) fn optional_of(
        &self,
        reader: &Reader<'_>,
        key: &str,
    ) -> Result<Option<Template>, RuleError> {
        reader
            .text(key)?
            .map(|text| self.parse(reader, key, text))
            .transpose()
    }

    /// A template that, where it is no template, must be one of some words.
    pub(super) fn one_of(&self, key: &str, words: &[&str]) -> Result<Option<Template>, RuleError> {
        let template = self.optional(key)?;
        match template.as_ref().and_then(Template::literal) {
            Some(literal) if !words.contains(&literal) => Err(self
                .reader
                .invalid(key, &format!("must be one of {}", words.join(", ")))),
            _ => Ok(template),
        }
    }

    /// Objects of `key` and `value`. Where keys may hold no template, `${` in one is refused.
    pub(super) fn pairs(
        &self,
        reader: &Reader<'_>,
        key: &str,
        literal_keys: bool,
    ) -> Result<Vec<(Template, Template)>, RuleError> {
        let mut pairs = Vec::new();
        for pair in reader.list(key)? {
            let name = pair.required("key")?;
            if literal_keys && name.contains("${") {
                return Err(pair.invalid("key", "must hold no substitution template"));
            }
            pairs.push((
                self.parse(&pair, "key", name)?,
                self.parse(&pair, "value", pair.required("value")?)?,
            ));
        }
        Ok(pairs)
    }
}
