//! Names and types of the fields that can be searched and aggregated.

use std::collections::BTreeSet;

/// What an index is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// Things: the index `AWS_Things`.
    Things,
    /// Thing groups: the index `AWS_ThingGroups`.
    ThingGroups,
}

/// Type of a field, which decides how it may be aggregated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldType {
    /// A number.
    Number,
    /// A text.
    String,
    /// `true` or `false`.
    Boolean,
}

impl FieldType {
    /// AWS's spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            FieldType::Number => "Number",
            FieldType::String => "String",
            FieldType::Boolean => "Boolean",
        }
    }

    /// From AWS's spelling.
    pub fn parse(text: &str) -> Option<Self> {
        [FieldType::Number, FieldType::String, FieldType::Boolean]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }

    /// Whether a value is one of this type; others are left out of aggregates (AWS guide: managing-index).
    pub fn admits(self, value: &str) -> bool {
        match self {
            FieldType::Number => number(value).is_some(),
            FieldType::String => true,
            FieldType::Boolean => boolean(value).is_some(),
        }
    }
}

/// A field by its name, with its type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// For example `attributes.model`.
    pub name: String,
    /// Its type.
    pub kind: FieldType,
}

/// What is indexed. AWS guide: managing-fleet-index.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Configuration {
    /// Things are indexed.
    pub things: bool,
    /// With things, whether they are connected.
    pub connectivity: bool,
    /// With things, their classic shadows.
    pub shadows: bool,
    /// With things, their shadows of these names.
    pub named_shadows: Vec<String>,
    /// Fields of things that can be aggregated beyond the managed ones.
    pub thing_fields: Vec<Field>,
    /// Thing groups are indexed.
    pub groups: bool,
    /// Fields of thing groups that can be aggregated beyond the managed ones.
    pub group_fields: Vec<Field>,
}

/// Fields that [`Configuration`] cannot take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FieldError {
    /// More than [`CUSTOM_FIELDS`].
    #[error("At most {CUSTOM_FIELDS} custom fields can be indexed, and these are {count}")]
    TooMany {
        /// How many.
        count: usize,
    },
    /// More than [`NAMED_SHADOWS`].
    #[error("At most {NAMED_SHADOWS} named shadows can be indexed, and these are {count}")]
    TooManyShadows {
        /// How many.
        count: usize,
    },
    /// Not a field, or one that what is indexed does not bring.
    #[error("{name} cannot be a custom field: {why}")]
    Unusable {
        /// The field as the caller wrote it.
        name: String,
        /// Which rule it breaks, as the end of a sentence.
        why: &'static str,
    },
}

/// Custom fields of one index (General Reference, AWS IoT Device Management quotas).
pub const CUSTOM_FIELDS: usize = 5;
/// Named shadows that are indexed (the same).
pub const NAMED_SHADOWS: usize = 10;

/// Managed fields of things from the registry, those from connectivity, and those of thing groups.
const REGISTRY: &[(&str, FieldType)] = &[
    ("thingId", FieldType::String),
    ("thingName", FieldType::String),
    ("registry.version", FieldType::Number),
    ("registry.thingTypeName", FieldType::String),
    ("registry.thingGroupNames", FieldType::String),
];
const CONNECTIVITY: &[(&str, FieldType)] = &[
    ("connectivity.timestamp", FieldType::Number),
    ("connectivity.version", FieldType::Number),
    ("connectivity.connected", FieldType::Boolean),
    ("connectivity.disconnectReason", FieldType::String),
];
const SHADOW: &[(&str, FieldType)] = &[
    ("shadow.version", FieldType::Number),
    ("shadow.hasDelta", FieldType::Boolean),
];
const NAMED_SHADOW: &[(&str, FieldType)] = &[
    ("shadow.name.*.version", FieldType::Number),
    ("shadow.name.*.hasDelta", FieldType::Boolean),
];
const GROUPS: &[(&str, FieldType)] = &[
    ("description", FieldType::String),
    ("parentGroupNames", FieldType::String),
    ("thingGroupId", FieldType::String),
    ("thingGroupName", FieldType::String),
    ("version", FieldType::Number),
];

impl Configuration {
    /// Whether this subject is indexed.
    pub fn has(&self, subject: Subject) -> bool {
        match subject {
            Subject::Things => self.things,
            Subject::ThingGroups => self.groups,
        }
    }

    /// Whether a shadow of this name is indexed; the classic one has none.
    pub fn has_shadow(&self, name: &str) -> bool {
        if name.is_empty() {
            self.shadows
        } else {
            self.named_shadows.iter().any(|indexed| indexed == name)
        }
    }

    /// Whether any shadow is indexed.
    pub fn has_shadows(&self) -> bool {
        self.shadows || !self.named_shadows.is_empty()
    }

    /// Fields that are always there, with types of their own. In those of named shadows, `*` stands for any of the
    /// names that are indexed.
    pub fn managed(&self, subject: Subject) -> Vec<Field> {
        let sources: &[(bool, &[(&str, FieldType)])] = match subject {
            Subject::Things => &[
                (true, REGISTRY),
                (self.shadows, SHADOW),
                (!self.named_shadows.is_empty(), NAMED_SHADOW),
                (self.connectivity, CONNECTIVITY),
            ],
            Subject::ThingGroups => &[(true, GROUPS)],
        };
        sources
            .iter()
            .filter(|(indexed, _)| *indexed)
            .flat_map(|(_, fields)| *fields)
            .copied()
            .map(|(name, kind)| Field {
                name: name.to_owned(),
                kind,
            })
            .collect()
    }

    /// Fields that were asked for.
    pub fn custom(&self, subject: Subject) -> &[Field] {
        match subject {
            Subject::Things => &self.thing_fields,
            Subject::ThingGroups => &self.group_fields,
        }
    }

    /// The field of this name, where it can be aggregated.
    pub fn aggregatable(&self, subject: Subject, name: &str) -> Option<Field> {
        // Managed fields of named shadows are listed by a pattern.
        let listed = match shadow_path(name) {
            Some((of, path)) if !of.is_empty() && self.has_shadow(of) && !path.contains('.') => {
                format!("shadow.name.*.{path}")
            }
            _ => name.to_owned(),
        };
        self.managed(subject)
            .into_iter()
            .chain(self.custom(subject).iter().cloned())
            .find(|field| field.name == listed)
            .map(|field| Field {
                name: name.to_owned(),
                ..field
            })
    }

    /// Why a field cannot be a custom one, if it cannot.
    fn unusable(&self, name: &str) -> Option<&'static str> {
        if name
            .strip_prefix("attributes.")
            .is_some_and(|rest| !rest.is_empty())
        {
            return None;
        }
        match shadow_path(name) {
            Some((of, _)) if shadow(name) && self.has_shadow(of) => None,
            Some(_) if shadow(name) => Some("that shadow is not indexed"),
            _ => Some("only attributes.NAME and values of shadows are indexed"),
        }
    }

    /// Refuses custom fields that are too many or cannot be indexed.
    pub fn check(&self) -> Result<(), FieldError> {
        if self.named_shadows.len() > NAMED_SHADOWS {
            return Err(FieldError::TooManyShadows {
                count: self.named_shadows.len(),
            });
        }
        for subject in [Subject::Things, Subject::ThingGroups] {
            let custom = self.custom(subject);
            if custom.len() > CUSTOM_FIELDS {
                return Err(FieldError::TooMany {
                    count: custom.len(),
                });
            }
            let managed = self.managed(subject);
            let mut seen = BTreeSet::new();
            for field in custom {
                let unusable = |why| FieldError::Unusable {
                    name: field.name.clone(),
                    why,
                };
                if !self.has(subject) {
                    return Err(unusable("its index is off"));
                }
                if managed.iter().any(|other| other.name == field.name) {
                    return Err(unusable("it is a managed field"));
                }
                if let Some(why) = self.unusable(&field.name) {
                    return Err(unusable(why));
                }
                if !seen.insert(&field.name) {
                    return Err(unusable("it is given twice"));
                }
            }
        }
        Ok(())
    }
}

impl Subject {
    /// Name of the index.
    pub fn index_name(self) -> &'static str {
        match self {
            Subject::Things => "AWS_Things",
            Subject::ThingGroups => "AWS_ThingGroups",
        }
    }

    /// From the name of the index.
    pub fn of_index(name: &str) -> Option<Self> {
        [Subject::Things, Subject::ThingGroups]
            .into_iter()
            .find(|subject| subject.index_name() == name)
    }

    /// The field that is aggregated where none is named (AWS guide: index-aggregate).
    pub fn default_aggregation_field(self) -> &'static str {
        match self {
            Subject::Things => "registry.version",
            Subject::ThingGroups => "version",
        }
    }

    /// Whether a query may name this field. Fields of shadows and of Device Defender are part of the language also
    /// where they are not indexed; nothing matches them then.
    pub fn knows(self, field: &str) -> bool {
        let below = |prefix: &str| {
            field
                .strip_prefix(prefix)
                .is_some_and(|rest| !rest.is_empty() && !rest.starts_with('.'))
        };
        match self {
            Subject::Things => {
                matches!(
                    field,
                    "thingName"
                        | "thingId"
                        | "thingTypeName"
                        | "thingGroupNames"
                        | "connectivity.connected"
                        | "connectivity.timestamp"
                        | "connectivity.disconnectReason"
                ) || below("attributes.")
                    || below("deviceDefender.")
                    || shadow(field)
            }
            Subject::ThingGroups => {
                matches!(
                    field,
                    "thingGroupName"
                        | "thingGroupId"
                        | "thingGroupDescription"
                        | "description"
                        | "parentGroupNames"
                ) || below("attributes.")
            }
        }
    }
}

/// `shadow.…` of the classic shadow, or `shadow.name.NAME.…` of a named one.
fn shadow(field: &str) -> bool {
    let Some((_, path)) = shadow_path(field) else {
        return false;
    };
    path == "hasDelta"
        || ["reported.", "desired.", "delta.", "metadata."]
            .iter()
            .any(|section| {
                path.strip_prefix(section)
                    .is_some_and(|rest| !rest.is_empty())
            })
}

/// The shadow's name, empty for the classic one, and the field within it.
fn shadow_path(field: &str) -> Option<(&str, &str)> {
    let path = field.strip_prefix("shadow.")?;
    match path.strip_prefix("name.") {
        Some(named) => named.split_once('.').filter(|(name, _)| !name.is_empty()),
        None => Some(("", path)),
    }
}

/// Name under which a document holds the field that a query or an aggregation names.
pub fn indexed_name(field: &str) -> &str {
    match field {
        "registry.thingTypeName" => "thingTypeName",
        "registry.thingGroupNames" => "thingGroupNames",
        "thingGroupDescription" => "description",
        other => other,
    }
}

/// Fields that are aggregated but cannot be searched (AWS guide: query-syntax, notes).
pub(super) fn is_hidden(name: &str) -> bool {
    matches!(
        name,
        "registry.version" | "connectivity.version" | "version"
    ) || shadow_path(name).is_some_and(|(_, path)| path == "version")
}

/// A value read as a number: decimal, finite.
pub(super) fn number(text: &str) -> Option<f64> {
    // Rust also reads words such as `inf`.
    let first = text.bytes().find(|byte| !matches!(byte, b'+' | b'-'))?;
    if !first.is_ascii_digit() && first != b'.' {
        return None;
    }
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// A number in one form, so that `10`, `10.0` and `1e1` are the same text. Exact, however many digits there are:
/// two serial numbers of twenty digits are not one because a double cannot tell them apart.
pub(super) fn decimal(text: &str) -> Option<String> {
    number(text)?;
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let significant = digits.trim_end_matches('0');
    let dropped = digits.len() - significant.len();
    let exponent = exponent
        .checked_sub(i64::try_from(fraction.len()).ok()?)?
        .checked_add(i64::try_from(dropped).ok()?)?;
    let significant = significant.trim_start_matches('0');
    Some(if significant.is_empty() {
        "0".to_owned()
    } else {
        format!("{sign}{significant}e{exponent}")
    })
}

/// Whether a value of this field that looks like a number is one. In a name it is not: the thing `007` is not the
/// thing `7`.
pub(super) fn holds_numbers(field: &str) -> bool {
    !matches!(
        field,
        "thingName"
            | "thingId"
            | "thingTypeName"
            | "thingGroupNames"
            | "thingGroupName"
            | "thingGroupId"
            | "parentGroupNames"
            | "description"
    )
}

/// A value read as a truth.
pub(super) fn boolean(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}
