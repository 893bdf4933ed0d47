//! What a connection may do: the policies that apply to its certificate, with everything it is known by filled in.

use super::{Admission, Admitted, Who};
use crate::app::cached::Kept;
use crate::app::{Error, Result};
use nameplate_core::pki::Certificate;
use nameplate_core::policy::{
    Association, Authorizer, CertificateFacts, ConnectFacts, Context, Dialect, NamedPolicy,
    PolicyDocument, PolicySet, ThingFacts,
};
use nameplate_core::registry::thing::{PrincipalType, Thing};
use nameplate_store::{Attached, CertificateEntry, Conn};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

/// Compiled policy sets by the keys of their policies.
#[derive(Default)]
pub(crate) struct PolicyCache(Mutex<Compiled>);

#[derive(Default)]
struct Compiled {
    generation: u64,
    group_policies: Option<bool>,
    sets: HashMap<Box<[i64]>, Arc<PolicySet>>,
}

/// Children of one gateway that its policies can name.
pub(super) const CHILDREN: usize = 10_000;

/// What policies may ask of a thing; of its children, where they ask for them.
pub(super) fn thing_facts(conn: &Conn<'_>, thing: Thing, children: bool) -> Result<ThingFacts> {
    let children = match children {
        true => conn.children(&thing.name, CHILDREN)?,
        false => Vec::new(),
    };
    Ok(ThingFacts {
        name: thing.name,
        type_name: thing.thing_type,
        attributes: thing.attributes,
        children,
    })
}

/// Sets held at most; fleets with a policy of its own for each device would otherwise hold all.
const SETS: usize = 10_000;

/// Who asks: everything that is fixed for one connection.
#[derive(Debug, Clone)]
pub struct Asker {
    /// Whose connection it is.
    pub who: Who,
    /// Client identifier.
    pub client_id: String,
    /// The peer's address.
    pub source_ip: IpAddr,
    /// What CONNECT asked for.
    pub connect: ConnectFacts,
}

impl Admission {
    /// The authorizer of a connection as things stand now.
    ///
    /// Reads no more than the policies ask for. For most fleets that is nothing: what a certificate is attached to is
    /// in memory, its policies are compiled, and they ask for no more of the thing than its name.
    pub(super) async fn authorizer(
        &self,
        admitted: &Admitted,
        entry: &CertificateEntry,
        asker: &Asker,
    ) -> Result<Arc<Authorizer>> {
        let client_id = &asker.client_id;
        let (set, thing) = self.policies_of(admitted, entry, client_id).await?;
        let context = if set.depends_on_context() {
            self.context(admitted, asker, thing)
        } else {
            Context::default()
        };
        Ok(Arc::new(Authorizer::build(set, Arc::new(context))))
    }

    /// The policies of a certificate that asks over HTTPS, where no client id names a thing, but the request may: as the
    /// thing's own connection has them, those of its groups included.
    pub(super) async fn policies_over_https(
        &self,
        admitted: &Admitted,
        thing: Option<&str>,
    ) -> Result<Arc<PolicySet>> {
        let entry = self.kernel.store.certificate_entry(&admitted.hash).await?;
        // A certificate that is gone has no policies.
        let Some(entry) = entry else {
            return Ok(Arc::new(PolicySet::new(self.kernel.realm(), Vec::new())));
        };
        let found = self.policies_of(admitted, &entry, thing.unwrap_or_default());
        Ok(found.await?.0)
    }

    async fn policies_of(
        &self,
        admitted: &Admitted,
        entry: &CertificateEntry,
        client_id: &str,
    ) -> Result<(Arc<PolicySet>, Option<ThingFacts>)> {
        let generation = self.kernel.generations.of(Kept::Policies);
        let kept = self.authorize_from_memory(entry, client_id, generation);
        match kept.await? {
            Some(found) => Ok(found),
            None => {
                self.kernel
                    .store
                    .read(|conn| self.authorize_from_store(conn, admitted, client_id, generation))
                    .await
            }
        }
    }

    /// Policies and thing of a connection, where memory holds all that is needed.
    async fn authorize_from_memory(
        &self,
        entry: &CertificateEntry,
        client_id: &str,
        generation: u64,
    ) -> Result<Option<(Arc<PolicySet>, Option<ThingFacts>)>> {
        let Some(keys) = entry.policies.keys() else {
            return Ok(None);
        };
        let Some(set) = self.compiled(&keys, generation) else {
            return Ok(None);
        };
        if !set.depends_on_context() {
            return Ok(Some((set, None)));
        }
        if set.depends_on_thing_details() {
            return Ok(None);
        }
        let named = self.kernel.store.thing_key(client_id).await?;
        Ok(match entry.things {
            Attached::None => Some((set, None)),
            Attached::One { thing, .. } if named == Some(thing) => {
                let thing = ThingFacts {
                    name: client_id.to_owned(),
                    ..ThingFacts::default()
                };
                Some((set, Some(thing)))
            }
            Attached::One { exclusive, .. } if !exclusive => Some((set, None)),
            // The name of an exclusive thing, or which of several.
            Attached::One { .. } | Attached::Many => None,
        })
    }

    /// What is compiled of these policies, where it is current and no thing group has policies of its own.
    fn compiled(&self, keys: &[i64], generation: u64) -> Option<Arc<PolicySet>> {
        let compiled = self.policies.0.lock();
        let current = compiled.generation == generation && compiled.group_policies == Some(false);
        current.then(|| compiled.sets.get(keys).cloned()).flatten()
    }

    fn authorize_from_store(
        &self,
        conn: &Conn<'_>,
        admitted: &Admitted,
        client_id: &str,
        generation: u64,
    ) -> Result<(Arc<PolicySet>, Option<ThingFacts>)> {
        let mut keys = conn.policies_of_certificate(admitted.key)?;
        let grouped = self.group_policies(conn, generation)?;
        let thing = if grouped
            || self
                .policy_set(conn, &keys, generation)?
                .depends_on_context()
        {
            associated_thing(conn, admitted.key, client_id)?
        } else {
            None
        };
        if let (true, Some(thing)) = (grouped, thing) {
            keys.extend(policies_of_groups(conn, thing)?);
            keys.sort_unstable();
            keys.dedup();
        }
        let set = self.policy_set(conn, &keys, generation)?;
        let thing = match thing {
            Some(key) if set.depends_on_context() => conn.thing_by_key(key)?,
            _ => None,
        };
        let thing = match thing {
            Some(thing) => Some(thing_facts(conn, thing, set.depends_on_children())?),
            None => None,
        };
        Ok((set, thing))
    }

    fn context(&self, admitted: &Admitted, asker: &Asker, thing: Option<ThingFacts>) -> Context {
        let association = match thing {
            Some(thing) => Association::Thing(Arc::new(thing)),
            None => Association::None,
        };
        Context {
            client_id: Some(asker.client_id.clone()),
            source_ip: Some(asker.source_ip),
            secure_transport: Some(true),
            now: Some(self.kernel.now()),
            connect: Some(asker.connect.clone()),
            association,
            certificate: Some(Arc::new(certificate_facts(&admitted.certificate))),
            ..Context::default()
        }
    }

    /// Whether any thing group has a policy; asked of the store once in a generation.
    fn group_policies(&self, conn: &Conn<'_>, generation: u64) -> Result<bool> {
        {
            let compiled = self.policies.0.lock();
            if compiled.generation == generation
                && let Some(known) = compiled.group_policies
            {
                return Ok(known);
            }
        }
        let any = conn.any_group_policies()?;
        let mut compiled = self.policies.0.lock();
        if compiled.generation == generation {
            compiled.group_policies = Some(any);
        }
        Ok(any)
    }

    /// The compiled set of these policies, each at its version in force.
    pub(crate) fn policy_set(
        &self,
        conn: &Conn<'_>,
        keys: &[i64],
        generation: u64,
    ) -> Result<Arc<PolicySet>> {
        {
            let mut compiled = self.policies.0.lock();
            if compiled.generation != generation {
                *compiled = Compiled {
                    generation,
                    ..Compiled::default()
                };
            } else if let Some(set) = compiled.sets.get(keys) {
                return Ok(Arc::clone(set));
            }
        }
        let mut policies = Vec::with_capacity(keys.len());
        for key in keys {
            if let Some((name, document)) = conn.policy_in_force(*key)? {
                // Documents are checked when they are saved; one that no longer parses must not let anyone in.
                let document =
                    PolicyDocument::parse(&document, Dialect::Iot).map_err(Error::internal)?;
                policies.push(NamedPolicy {
                    name: name.into(),
                    document: Arc::new(document),
                });
            }
        }
        let set = Arc::new(PolicySet::new(self.kernel.realm(), policies));
        let mut compiled = self.policies.0.lock();
        if compiled.generation == generation {
            if compiled.sets.len() >= SETS {
                compiled.sets.clear();
            }
            compiled.sets.insert(keys.into(), Arc::clone(&set));
        }
        Ok(set)
    }
}

/// The thing that a connection belongs to: the certificate's exclusive thing, or the thing that the client
/// identifier names and the certificate is attached to (AWS guide: exclusive-thing, thing-policy-variables).
pub(crate) fn associated_thing(
    conn: &Conn<'_>,
    certificate: i64,
    client_id: &str,
) -> Result<Option<i64>> {
    // An exclusive attachment is the only one, so two rows tell.
    let things = conn.things_of_certificate(certificate, 0, 2)?;
    match things.as_slice() {
        [] => Ok(None),
        [only] if only.kind == PrincipalType::Exclusive || only.name == client_id => {
            Ok(Some(only.thing))
        }
        [_] => Ok(None),
        _ => match conn.thing_key(client_id)? {
            Some(thing) => Ok(conn.attachment(certificate, thing)?.map(|_| thing)),
            None => Ok(None),
        },
    }
}

/// Keys of the policies of the groups a thing is in and of all groups above them; one may come twice.
pub(crate) fn policies_of_groups(conn: &Conn<'_>, thing: i64) -> Result<Vec<i64>> {
    let mut keys = Vec::new();
    for group in conn.groups_of_thing(thing)? {
        for level in conn.group_and_ancestors(group.key)? {
            keys.extend(conn.policies_of_group(level.key)?);
        }
    }
    Ok(keys)
}

/// A certificate as policies see it.
pub(crate) fn certificate_facts(certificate: &Certificate) -> CertificateFacts {
    let name = |name: &nameplate_core::pki::Name| {
        name.fields()
            .iter()
            .map(|(field, value)| (field.variable_name(), value.clone()))
            .collect()
    };
    let alternative = |names: &nameplate_core::pki::AlternativeNames| {
        [
            ("RFC822Name", &names.rfc822),
            ("DNSName", &names.dns),
            ("DirectoryName", &names.directory),
            ("UniformResourceIdentifier", &names.uri),
            ("IPAddress", &names.ip),
        ]
        .into_iter()
        .flat_map(|(kind, values)| values.iter().map(move |value| (kind, value.clone())))
        .collect()
    };
    CertificateFacts {
        id: certificate.id().to_string(),
        serial_hex: certificate.serial_hex(),
        subject: name(certificate.subject()),
        issuer: name(certificate.issuer()),
        subject_alternative: alternative(certificate.alternative_names()),
        issuer_alternative: alternative(certificate.issuer_alternative_names()),
    }
}
