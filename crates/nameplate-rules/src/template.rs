//! Substitution templates: texts of actions with `${expression}` in them. AWS guide: iot-substitution-templates.
//!
//! Read when the rule is saved, filled in for each message by [`crate::Evaluation::render`].

use crate::error::SqlError;
use crate::statement::Statement;
use crate::syntax;
use crate::syntax::ast::Expr;
use std::fmt;

/// Whose templates they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TemplateUse {
    /// An action's.
    Action,
    /// The error action's, where no function may ask another service (AWS guide: rule-error-handling).
    ErrorAction,
}

/// A text with expressions over the original payload, of which aliases of the SELECT are no part.
#[derive(Clone)]
pub struct Template {
    source: Box<str>,
    parts: Vec<Part>,
    roles: Vec<Box<str>>,
}

#[derive(Debug, Clone)]
pub(crate) enum Part {
    Text(Box<str>),
    /// An expression, and how it is written.
    Expression(Expr, Box<str>),
}

impl Template {
    /// Reads a template by the version and with the variables of its rule's statement.
    pub fn parse(text: &str, statement: &Statement, used: TemplateUse) -> Result<Self, SqlError> {
        let mut template = Self {
            source: text.into(),
            parts: Vec::new(),
            roles: Vec::new(),
        };
        let mut at = 0;
        while let Some(found) = text[at..].find("${") {
            let begin = at + found + 2;
            if found > 0 {
                template.parts.push(Part::Text(text[at..begin - 2].into()));
            }
            let (parsed, end) = syntax::expression_within(
                text,
                begin,
                statement.version(),
                statement.variable_names(),
            )?;
            if used == TemplateUse::ErrorAction
                && let Some(function) = parsed.external.first()
            {
                return Err(SqlError::at(
                    text,
                    begin,
                    format!(
                        "the function {} asks another service, which an error action may not",
                        function.name()
                    ),
                ));
            }
            for role in parsed.roles {
                if !template.roles.contains(&role) {
                    template.roles.push(role);
                }
            }
            let source = text[begin..end - 1].trim().into();
            template.parts.push(Part::Expression(parsed.tree, source));
            at = end;
        }
        if at < text.len() {
            template.parts.push(Part::Text(text[at..].into()));
        }
        Ok(template)
    }

    /// The text as it was written.
    pub fn as_str(&self) -> &str {
        &self.source
    }

    /// The text, where no message changes it.
    pub fn literal(&self) -> Option<&str> {
        match &self.parts[..] {
            [] => Some(""),
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// ARNs of the roles that its functions ask as.
    pub fn roles(&self) -> impl Iterator<Item = &str> {
        self.roles.iter().map(|role| &**role)
    }

    pub(crate) fn parts(&self) -> &[Part] {
        &self.parts
    }
}

/// By their text: equal ones of one rule say the same.
impl PartialEq for Template {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl Eq for Template {}

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.source, f)
    }
}
