//! What is indexed: kept as one value of the store, in force at once.

use super::{Fleet, Search};
use crate::app::caller::Caller;
use crate::app::error::{Error, Result};
use nameplate_core::search::{Configuration, Field, FieldType, Subject};
use nameplate_store::{Notice, Store};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Name of the value.
const META: &str = "fleet-indexing";

/// New settings for things, as asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThingSettings {
    /// Things are indexed.
    pub registry: bool,
    /// Whether they are connected is, too.
    pub connectivity: bool,
    /// Their classic shadows are, too.
    pub shadows: bool,
    /// Shadows of these names are, too.
    pub named_shadows: Vec<String>,
    /// Custom fields.
    pub fields: Vec<Field>,
    /// Managed fields as the caller believes them to be; they cannot be changed.
    pub managed: Vec<Field>,
}

/// New settings for thing groups, as asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupSettings {
    /// Thing groups are indexed.
    pub on: bool,
    /// Custom fields.
    pub fields: Vec<Field>,
    /// Managed fields as the caller believes them to be; they cannot be changed.
    pub managed: Vec<Field>,
}

impl Fleet {
    /// What is to be done at the start: indexes are built, dynamic groups looked at.
    pub(crate) async fn open(&self, store: &Store) -> Result<()> {
        self.unread.fetch_add(1, Ordering::Release);
        self.current(store).await?;
        self.want(|wanted| wanted.look = true);
        Ok(())
    }

    /// The configuration as of the last commit, which is in force from here on.
    pub(super) async fn current(&self, store: &Store) -> Result<Arc<Configuration>> {
        // The number first: one that is committed meanwhile is read by whoever asks next.
        let number = self.unread.load(Ordering::Acquire);
        if self.taken.load(Ordering::Acquire) < number {
            let kept = store.read(|conn| conn.meta(META)).await?;
            let next = kept.as_deref().map(from_text).transpose()?;
            self.configure(next.unwrap_or_default(), number);
        }
        Ok(self.configuration())
    }
}

impl Search {
    /// What is indexed.
    ///
    /// # Errors
    /// That it changed and cannot be read.
    pub async fn indexing_configuration(&self) -> Result<Arc<Configuration>> {
        self.fleet.current(&self.kernel.store).await
    }

    /// Changes what is indexed; `None` leaves that part as it is.
    pub async fn configure_indexing(
        &self,
        caller: &Caller,
        things: Option<ThingSettings>,
        groups: Option<GroupSettings>,
    ) -> Result<()> {
        self.kernel.change(caller, "configure-indexing", move |tx| {
                let mut next = match tx.meta(META)? {
                    Some(kept) => from_text(&kept)?,
                    None => Configuration::default(),
                };
                let mut managed = Vec::new();
                if let Some(things) = &things {
                    if things.connectivity && !things.registry {
                        return Err(Error::invalid(
                            "thingConnectivityIndexingMode cannot be STATUS while thingIndexingMode is OFF",
                        ));
                    }
                    if !things.named_shadows.is_empty() && !things.registry {
                        return Err(Error::invalid(
                            "namedShadowIndexingMode cannot be ON while thingIndexingMode is OFF",
                        ));
                    }
                    next.things = things.registry;
                    next.shadows = things.shadows;
                    next.named_shadows = things.named_shadows.clone();
                    next.connectivity = things.connectivity;
                    next.thing_fields = things.fields.clone();
                    managed.extend(things.managed.iter().map(|field| {
                        (Subject::Things, field.clone())
                    }));
                }
                if let Some(groups) = &groups {
                    next.groups = groups.on;
                    next.group_fields = groups.fields.clone();
                    managed.extend(groups.managed.iter().map(|field| {
                        (Subject::ThingGroups, field.clone())
                    }));
                }
                next.check().map_err(|error| Error::invalid(error.to_string()))?;
                for (subject, field) in managed {
                    if !next.managed(subject).contains(&field) {
                        return Err(Error::invalid(format!(
                            "Managed fields cannot be changed, and {} of type {} is none",
                            field.name,
                            field.kind.as_str()
                        )));
                    }
                }
                tx.set_meta(META, Some(&to_text(&next)))?;
                tx.notice(Notice::Indexing);
                Ok(())
            })
            .await
    }
}

fn to_text(configuration: &Configuration) -> String {
    let fields = |fields: &[Field]| -> Value {
        fields
            .iter()
            .map(|field| json!({"name": field.name, "type": field.kind.as_str()}))
            .collect()
    };
    json!({
        "things": configuration.things,
        "connectivity": configuration.connectivity,
        "shadows": configuration.shadows,
        "namedShadows": configuration.named_shadows,
        "thingFields": fields(&configuration.thing_fields),
        "groups": configuration.groups,
        "groupFields": fields(&configuration.group_fields),
    })
    .to_string()
}

fn from_text(text: &str) -> Result<Configuration> {
    let kept: Value = serde_json::from_str(text).map_err(Error::internal)?;
    let flag = |name: &str| kept[name].as_bool().unwrap_or_default();
    let fields = |name: &str| {
        let items = kept[name].as_array().map_or(&[][..], Vec::as_slice);
        let field = |item: &Value| {
            Some(Field {
                name: item["name"].as_str()?.to_owned(),
                kind: FieldType::parse(item["type"].as_str()?)?,
            })
        };
        items.iter().filter_map(field).collect()
    };
    let named_shadows = kept["namedShadows"].as_array();
    let named_shadows = named_shadows.map_or(&[][..], Vec::as_slice).iter();
    Ok(Configuration {
        shadows: flag("shadows"),
        named_shadows: named_shadows
            .filter_map(|name| name.as_str().map(str::to_owned))
            .collect(),
        things: flag("things"),
        connectivity: flag("connectivity"),
        thing_fields: fields("thingFields"),
        groups: flag("groups"),
        group_fields: fields("groupFields"),
    })
}
