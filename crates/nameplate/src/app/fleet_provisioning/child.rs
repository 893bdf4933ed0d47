//! A gateway registers a thing that it speaks for: its child, whose attribute `parent` names the gateway's thing.
//!
//! Which names a gateway may register is its policies' to say, since the name is in the topic. Here is whose child a thing may
//! become: nobody's before, so a new one, and never one that another speaks for or that stands by itself.

use super::record::{Record, digest};
use super::refused::Refused;
use super::{Asker, FleetProvisioning};
use crate::app::admission::associated_thing;
use crate::app::error::Error;
use crate::app::ids;
use nameplate_core::fleet_provisioning::{Accepted, Why};
use nameplate_core::registry::name;
use nameplate_core::registry::thing::{Attributes, PARENT, Thing};
use nameplate_store::Tx;
use std::collections::BTreeMap;

/// What a gateway says of a child.
pub(super) struct Wanted {
    pub(super) thing_type: Option<String>,
    pub(super) attributes: BTreeMap<String, String>,
}

fn invalid(why: impl std::fmt::Display) -> Refused {
    Refused::new(Why::Parameters, "child-invalid", why.to_string())
}

impl FleetProvisioning {
    pub(super) async fn register_child(
        &self,
        asker: Asker<'_>,
        child: &str,
        wanted: Wanted,
        record: &mut Record,
    ) -> Result<Accepted, Refused> {
        name::thing(child).map_err(invalid)?;
        if wanted.attributes.contains_key(PARENT) {
            return Err(invalid(
                "the attribute parent is the service's to set: it names the gateway that registers the child",
            ));
        }
        let no_gateway = || {
            let why = "the connection belongs to no thing: a gateway's client id is the name of a thing that its certificate \
                       is attached to";
            Refused::new(Why::Denied, "child-no-gateway", why)
        };
        let hash = digest(asker.principal).ok_or_else(no_gateway)?;
        let ctx = self.kernel.ctx();
        let announcer = self.kernel.announcer(&ctx).await?;
        let (child, client_id, id) = (child.to_owned(), asker.client_id.to_owned(), ids::uuid());
        let done = self.kernel.store.tx("register-child", move |tx| {
            let gateway = match tx.certificate_entry(&hash)? {
                Some(entry) => associated_thing(tx, entry.key, &client_id)?,
                None => None,
            };
            let gateway = match gateway {
                Some(key) => tx.thing_name(key)?,
                None => None,
            };
            let Some(gateway) = gateway else {
                return Ok(Err(no_gateway()));
            };
            if gateway == child {
                return Ok(Err(invalid("a gateway is no child of its own")));
            }
            let found = tx.thing(&child)?;
            let planned = match plan(tx, &gateway, &child, found.as_ref(), &wanted)? {
                Ok(planned) => planned,
                Err(refused) => return Ok(Err(refused)),
            };
            let id = match &found {
                None => {
                    let key =
                        tx.insert_thing(&child, &id, planned.type_key, None, &planned.attributes)?;
                    announcer.thing_created(tx, key)?;
                    id.clone()
                }
                Some(thing) => {
                    let same = planned.thing_type == thing.thing_type
                        && planned.attributes == thing.attributes;
                    if !same {
                        tx.update_thing(thing.key, planned.type_key, &planned.attributes)?;
                        let before = thing.thing_type.as_deref();
                        announcer.thing_updated(tx, thing.key, before)?;
                    }
                    thing.thing_id.clone()
                }
            };
            let arn = ctx.realm.thing(&child);
            Ok::<_, Error>(Ok(Accepted::Child {
                thing: child.clone(),
                id,
                arn,
                parent: gateway,
            }))
        });
        let accepted = done.await??;
        if let Accepted::Child { thing, .. } = &accepted {
            record.thing = Some(thing.clone());
        }
        record.passed("registered", self.kernel.now());
        Ok(accepted)
    }
}

/// What the child is to be.
struct Planned {
    thing_type: Option<String>,
    type_key: Option<i64>,
    attributes: Attributes,
}

fn plan(
    tx: &Tx<'_>,
    gateway: &str,
    child: &str,
    found: Option<&Thing>,
    wanted: &Wanted,
) -> Result<Result<Planned, Refused>, Error> {
    let refused = |why, code: &'static str, text: String| Ok(Err(Refused::new(why, code, text)));
    let parent = found.and_then(|thing| thing.attributes.get(PARENT));
    if found.is_some() && parent.is_none_or(|parent| parent != gateway) {
        // Whose it is, is not the gateway's to know.
        let told = format!("the thing {child} exists, and is no child of {gateway}");
        let mut refused = Refused::new(Why::Denied, "child-of-another", told);
        refused.reason = match parent {
            Some(parent) => format!("the thing {child} is a child of {parent}, not of {gateway}"),
            None => format!("the thing {child} exists, and is nobody's child"),
        };
        refused.remedy = Some(format!(
            "to give it to {gateway}: aws iot update-thing --thing-name {child} --attribute-payload \
             '{{\"attributes\":{{\"parent\":\"{gateway}\"}},\"merge\":true}}'"
        ));
        return Ok(Err(refused));
    }
    let thing_type = wanted
        .thing_type
        .clone()
        .or_else(|| found.and_then(|thing| thing.thing_type.clone()));
    let type_key = match &thing_type {
        None => None,
        Some(name) => match tx.thing_type(name)? {
            None => {
                let text = format!("there is no thing type {name:?}");
                return refused(Why::Absent, "child-thing-type", text);
            }
            // What the child has already it may keep.
            Some(found_type)
                if found_type.deprecated.is_some()
                    && found.and_then(|thing| thing.thing_type.as_ref()) != Some(name) =>
            {
                let text = format!("the thing type {name:?} is deprecated");
                return refused(Why::Parameters, "child-thing-type", text);
            }
            Some(found_type) => Some(found_type.key),
        },
    };
    let mut attributes = found
        .map(|thing| thing.attributes.clone())
        .unwrap_or_default();
    for (name, value) in &wanted.attributes {
        match value.is_empty() {
            true => drop(attributes.remove(name)),
            false => drop(attributes.insert(name.clone(), value.clone())),
        }
    }
    attributes.insert(PARENT.to_owned(), gateway.to_owned());
    if let Err(why) = name::attributes(&attributes, type_key.is_some()) {
        return Ok(Err(invalid(why)));
    }
    Ok(Ok(Planned {
        thing_type,
        type_key,
        attributes,
    }))
}
