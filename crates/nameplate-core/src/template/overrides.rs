//! `OverrideSettings`: which keys there are, in both their spellings, and which settings each may have.

use super::error::TemplateError;
use super::json::Value;
use super::parse::members;
use super::refusal::Quoted;
use super::resources::Declared;
use super::suggest::did_you_mean;
use super::syntax::{Override, ThingOverrides};

impl Declared<'_> {
    pub(super) fn thing_overrides(&self) -> Result<ThingOverrides, TemplateError> {
        let mut overrides = ThingOverrides::default();
        self.each_override(
            &[
                ["AttributePayload", "ATTRIBUTE_PAYLOAD"],
                ["ThingTypeName", "THING_TYPE_NAME"],
                ["ThingGroups", "THING_GROUPS"],
            ],
            |key, setting| {
                match key {
                    "AttributePayload" => overrides.attributes = Some(setting),
                    "ThingTypeName" => overrides.thing_type = Some(setting),
                    _ => overrides.groups = Some(setting),
                }
                key != "ThingTypeName" || setting != Override::Merge
            },
        )?;
        Ok(overrides)
    }

    pub(super) fn certificate_override(&self) -> Result<Option<Override>, TemplateError> {
        let mut status = None;
        self.each_override(&[["Status", "STATUS"]], |_, setting| {
            status = Some(setting);
            setting != Override::Merge
        })?;
        Ok(status)
    }

    /// Reads the settings. Each key has the spelling of the guide's examples and that of its prose; `set` gets
    /// the first and says whether the setting is allowed for it.
    fn each_override(
        &self,
        keys: &[[&'static str; 2]],
        mut set: impl FnMut(&'static str, Override) -> bool,
    ) -> Result<(), TemplateError> {
        let Some(node) = self.overrides else {
            return Ok(());
        };
        let place = self.place("OverrideSettings");
        let mut seen: Vec<&str> = Vec::new();
        for member in members(node, place)? {
            let Some([key, _]) = keys.iter().find(|both| both.contains(&member.key.as_str()))
            else {
                let known: Vec<&str> = keys.iter().map(|both| both[0]).collect();
                return Err(place.error(
                    member.position,
                    format_args!(
                        "there is no setting {}{}; there are {}",
                        Quoted(&member.key),
                        did_you_mean(&member.key, known.iter().copied()),
                        known.join(", ")
                    ),
                ));
            };
            if seen.contains(key) {
                return Err(place.error(
                    member.position,
                    format_args!("{key} is set twice, in both its spellings"),
                ));
            }
            seen.push(key);
            let given = match &member.node.value {
                Value::Text(text) => text.as_str(),
                other => {
                    return Err(place.error(
                        member.node.position,
                        format_args!("{key} must be a string, and is {}", other.kind()),
                    ));
                }
            };
            if !Override::parse(given).is_some_and(|setting| set(key, setting)) {
                let merge = if matches!(*key, "AttributePayload" | "ThingGroups") {
                    ", MERGE"
                } else {
                    ""
                };
                return Err(place.error(
                    member.node.position,
                    format_args!(
                        "{key} must be DO_NOTHING, REPLACE{merge} or FAIL, and is {}",
                        Quoted(given)
                    ),
                ));
            }
        }
        Ok(())
    }
}
