//! The making of an identity: key and certificate, the template's plan, the owner's write-back, one transaction.

use super::ask::{Candidate, Stop, new_row, standing, status_of, told, unanswered};
use super::{Known, Vending};
use crate::app::error::{Error, Kind};
use crate::app::events::Announcer;
use crate::app::provisioning::{self, Actor, Prepared, Run};
use crate::app::registry::certificate::{Checked, insert_issued, retire};
use crate::app::registry::tag::tagged_days;
use crate::outbound::table::{Table, Values};
use nameplate_core::ctx::{Ctx, Millis};
use nameplate_core::endpoint::EndpointType;
use nameplate_core::pki::Certificate;
use nameplate_core::provisioning::PlanError;
use nameplate_core::registry::lifetime::VALIDITY;
use nameplate_core::template::{Parameters, SubjectField, Template};
use nameplate_core::vending::answer::{Identity, Keys};
use nameplate_core::vending::{
    BatchTemplate, Decision, Entry, EntryStatus, Presented, RetireOld, Source, Statement, decide,
};
use nameplate_store::Tx;
use std::collections::BTreeMap;
use std::sync::Arc;

const DAY: i64 = 24 * 3600 * 1000;

/// A device that is to have its identity.
pub(super) struct Job {
    presented: Presented,
    candidate: Candidate,
    root_ca: String,
    began: Millis,
}

impl Job {
    pub(super) fn new(
        presented: Presented,
        candidate: Candidate,
        root_ca: &str,
        began: Millis,
    ) -> Self {
        Self {
            presented,
            candidate,
            root_ca: root_ca.to_owned(),
            began,
        }
    }
}

/// A device that has it.
pub(super) struct Made {
    pub(super) identity: Box<Identity>,
    pub(super) certificate: [u8; 32],
    pub(super) thing: Option<String>,
    pub(super) template: String,
    pub(super) plan: Vec<String>,
    pub(super) stages: Vec<(&'static str, Millis, Option<String>)>,
}

/// Where a batch's template comes from, and who it runs as.
struct Program {
    template: Arc<Template>,
    actor: Actor,
    label: String,
    /// For how many days what it makes is valid, where batch or template say so.
    days: Option<u32>,
}

/// All that the transaction needs.
struct Work {
    known: Arc<Known>,
    serial: String,
    /// What the proof was checked against; none where that is the owner's table.
    checked: Option<Entry>,
    enabled: bool,
    certificate: Checked,
    prepared: Prepared,
    actor: Actor,
    announcer: Announcer,
    ctx: Ctx,
}

/// Why the transaction was undone.
enum Undone {
    /// It was a rehearsal, and went well.
    Rehearsed,
    /// The batch or the device's line changed meanwhile.
    Changed,
    /// The device is to be told something else.
    Decided(Decision),
    /// The template's plan cannot be carried out.
    Refused(PlanError),
    Failed(Error),
}

impl From<Error> for Undone {
    fn from(error: Error) -> Self {
        Undone::Failed(error)
    }
}

impl From<nameplate_store::Error> for Undone {
    fn from(error: nameplate_store::Error) -> Self {
        Undone::Failed(error.into())
    }
}

impl From<Undone> for Stop {
    fn from(undone: Undone) -> Self {
        match undone {
            Undone::Decided(decision) => told(decision),
            Undone::Refused(refusal) => Stop::Unavailable(
                format!("provisioning-{}", refusal.code()),
                format!("provisioning failed: {refusal}"),
            ),
            Undone::Failed(error) => error.into(),
            Undone::Changed | Undone::Rehearsed => Stop::Unavailable(
                "vending-changed".into(),
                "its batch or its line was changed in this moment; it may ask again".into(),
            ),
        }
    }
}

/// What a transaction says of itself.
struct Done {
    plan: Vec<String>,
    awaited: bool,
}

impl Vending {
    /// Makes the identity of a device whose proof was right.
    pub(super) async fn make(self: &Arc<Self>, job: Job) -> Result<Made, Stop> {
        let result = self.try_make(job).await;
        let outcome = match &result {
            Ok(_) => "success",
            Err(Stop::Unavailable(code, _)) if code == "vending-internal" => "server_error",
            Err(_) => "client_error",
        };
        self.kernel.metrics.provision("vending", outcome);
        result
    }

    async fn try_make(self: &Arc<Self>, job: Job) -> Result<Made, Stop> {
        let Job {
            presented,
            candidate,
            root_ca,
            began,
        } = job;
        let ctx = self.kernel.ctx();
        let known = Arc::clone(&candidate.known);
        let program = self.program(&known, &ctx).await?;
        let serial = presented.serial.clone();
        let (certificate, keys) = self.certificate(presented, program.days, &ctx).await?;
        let hash = certificate.id().0;
        let id = hex::encode(hash);
        let authorities = self.registry.authorities().await?;
        let parameters = parameters(&candidate, &serial, &program.template, &certificate, &id);
        let prepared = self
            .provisioning
            .prepare(&program.template, &parameters, &authorities, &ctx)
            .map_err(refused)?
            .with_unregistered(hash);
        self.provisioning
            .quota
            .may_provision(prepared.desired())
            .map_err(Error::from)?;
        let thing = prepared
            .desired()
            .thing
            .as_ref()
            .map(|thing| thing.name.clone());
        let identity = Box::new(Identity {
            certificate_arn: ctx.realm.certificate(&id),
            certificate_pem: certificate.to_pem(),
            certificate_chain: self.kernel.device_authority.chain_above(&certificate),
            certificate_id: id,
            keys,
            root_ca,
            endpoint: self.kernel.endpoint_host_of(EndpointType::DataAts),
            thing_name: thing.clone(),
            configuration: prepared.desired().device_configuration.clone(),
        });
        let work = Arc::new(Work {
            known: Arc::clone(&known),
            serial: serial.clone(),
            enabled: candidate.enabled(),
            checked: candidate.entry.filter(|_| candidate.row.is_none()),
            certificate: Checked::issued(certificate, &self.kernel.device_authority),
            prepared,
            actor: program.actor,
            announcer: self.kernel.announcer(&ctx).await?,
            ctx: ctx.clone(),
        });
        let mut stages = Vec::new();
        let values = Values {
            serial,
            certificate_id: identity.certificate_id.clone(),
            certificate_arn: identity.certificate_arn.clone(),
            thing_name: thing.clone(),
            time: began.0,
        };
        let done = self.carried_out(&work, &values, &mut stages).await?;
        if done.awaited {
            self.successors.await_one(hash);
        }
        stages.push(("provisioned", self.kernel.now(), None));
        Ok(Made {
            identity,
            certificate: hash,
            thing,
            template: program.label,
            plan: done.plan,
            stages,
        })
    }

    /// Writes back where there is something to write to, and commits.
    async fn carried_out(
        &self,
        work: &Arc<Work>,
        values: &Values,
        stages: &mut Vec<(&'static str, Millis, Option<String>)>,
    ) -> Result<Done, Stop> {
        let update = match (&work.known.batch.source, &work.known.table) {
            (Source::Table(source), Some(Ok(table))) => {
                source.update.as_ref().map(|update| (table, update))
            }
            _ => None,
        };
        let Some((table, update)) = update else {
            return Ok(self.commit(work, false).await?);
        };
        // One after the other, or the owner's table could end with the certificate of the one that lost.
        let place = self.place_of(&work.serial);
        let _alone = place.lock().await;
        let lease = format!("vending/{}", work.serial);
        if !self.kernel.leads(&lease).await {
            return Err(Undone::Changed.into());
        }
        let done = self
            .written_back(work, values, stages, (table, update))
            .await;
        if let Err(error) = self.kernel.store.give_back(&lease).await {
            tracing::debug!("the lease of a serial number ends with the server: {error}");
        }
        done
    }

    /// Tries it, writes back, and commits.
    async fn written_back(
        &self,
        work: &Arc<Work>,
        values: &Values,
        stages: &mut Vec<(&'static str, Millis, Option<String>)>,
        (table, update): (&Table, &Statement),
    ) -> Result<Done, Stop> {
        match self.commit(work, true).await {
            Err(Undone::Rehearsed) => {}
            Err(other) => return Err(other.into()),
            Ok(_) => return Err(Error::internal("a rehearsal was committed").into()),
        }
        let name = &work.known.row.name;
        table
            .update(update, values)
            .await
            .map_err(|why| unanswered(name, "update", &why))?;
        stages.push(("written-back", self.kernel.now(), None));
        match self.commit(work, false).await {
            Ok(done) => Ok(done),
            Err(undone) => {
                tracing::error!(
                    serial.number = work.serial,
                    "the table of batch {name} names the certificate {}, which was not made after all; the device's next \
                     request writes another",
                    values.certificate_id
                );
                Err(undone.into())
            }
        }
    }

    async fn commit(&self, work: &Arc<Work>, rehearsal: bool) -> Result<Done, Undone> {
        let work = Arc::clone(work);
        self.kernel
            .store
            .tx("vend", move |tx| {
                let done = work.run(tx)?;
                match rehearsal {
                    true => Err(Undone::Rehearsed),
                    false => Ok(done),
                }
            })
            .await
    }

    /// The lock of a serial number. What nobody holds any more is forgotten.
    fn place_of(&self, serial: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut busy = self.busy.lock();
        if busy.len() >= 1024 {
            busy.retain(|_, lock| Arc::strong_count(lock) > 1);
        }
        Arc::clone(busy.entry(serial.to_owned()).or_default())
    }

    async fn program(&self, known: &Known, ctx: &Ctx) -> Result<Program, Stop> {
        let unusable = |why: String| Stop::Unavailable("vending-template-unusable".into(), why);
        let days = known.batch.validity_days;
        let (body, role_arn, source, label, days) = match &known.batch.template {
            BatchTemplate::Own { body, role_arn } => {
                let name = &known.row.name;
                let source = batch_arn(ctx, name);
                (
                    body.clone(),
                    role_arn.clone(),
                    source,
                    format!("the template of batch {name}"),
                    days,
                )
            }
            BatchTemplate::Named(name) => {
                let source = ctx.realm.provisioning_template(name);
                let found = self
                    .kernel
                    .store
                    .read(|conn| {
                        let Some(template) = conn.template(name)? else {
                            return Ok(None);
                        };
                        let version =
                            conn.template_version(template.key, template.default_version)?;
                        let days = match days {
                            Some(days) => Some(days),
                            None => tagged_days(conn, &source, VALIDITY)?,
                        };
                        Ok::<_, Error>(version.map(|version| (template, version, days)))
                    })
                    .await?;
                let Some((template, version, days)) = found else {
                    return Err(unusable(format!("the template {name} does not exist")));
                };
                if !template.enabled {
                    return Err(unusable(format!("the template {name} is not enabled")));
                }
                if template.hook.is_some() {
                    return Err(unusable(hooked(name)));
                }
                (
                    version.body,
                    template.role_arn,
                    source,
                    format!("template {name}"),
                    days,
                )
            }
        };
        let template = self.template(&body).map_err(|why| unusable(why.message))?;
        match self.iam.service_role(&role_arn, &source, ctx).await? {
            Ok(role) => Ok(Program {
                template,
                actor: Actor::Role(role),
                label,
                days,
            }),
            Err(why) => Err(refused(PlanError::no_role(&role_arn, &why).into())),
        }
    }

    /// A certificate for the device's signing request, or with keys made for it.
    async fn certificate(
        &self,
        presented: Presented,
        days: Option<u32>,
        ctx: &Ctx,
    ) -> Result<(Certificate, Option<Keys>), Stop> {
        let authority = Arc::clone(&self.kernel.device_authority);
        let now = ctx.now;
        let not_after = days.map(|days| Millis(now.0 + i64::from(days) * DAY));
        // Keys are of the CA's own kind; one of RSA takes tens of milliseconds and more.
        let made = self.kernel.granting(move || match presented.csr {
            Some(request) => authority
                .certificate_from_request_until(&request, now, not_after)
                .map(|certificate| (certificate, None)),
            None => {
                let issued = authority.create_keys_and_certificate_until(now, not_after)?;
                let keys = Keys {
                    private: issued.private_key_pem,
                    public: issued.public_key_pem,
                };
                Ok((issued.certificate, Some(keys)))
            }
        });
        Ok(made.await?.map_err(Error::internal)?)
    }
}

impl Work {
    /// Everything that becomes true at once.
    fn run(&self, tx: &mut Tx<'_>) -> Result<Done, Undone> {
        let (known, now) = (&self.known, self.ctx.now);
        let (found, row) = match tx.vending_entry_and_batch(&self.serial)? {
            Some((entry, row)) => (Some(entry), Some(row)),
            None => (None, tx.vending_batch(&known.row.name)?),
        };
        if row.as_ref() != Some(&known.row) {
            return Err(Undone::Changed);
        }
        if let Some(checked) = &self.checked {
            let proof = |entry: &Entry| (entry.batch, entry.token, entry.public_key);
            if found.as_ref().map(proof) != Some(proof(checked)) {
                return Err(Undone::Changed);
            }
        }
        let certificate = status_of(tx, found.as_ref())?;
        let standing = standing(found.as_ref(), certificate, self.enabled);
        match decide(&known.batch, standing, Ok(()), now) {
            Decision::Vend => {}
            other => return Err(Undone::Decided(other)),
        }
        // Nothing is written before it is known that all can be.
        let mut run = Run::new(&self.ctx, &self.actor, &self.announcer);
        let plan = run.decide(tx, &self.prepared).map_err(|stop| match stop {
            provisioning::Stop::Refused(refusal) => Undone::Refused(refusal),
            provisioning::Stop::Failed(error) => Undone::Failed(error),
        })?;
        let mut entry = match found {
            Some(entry) => entry,
            None => new_row(tx, known.row.key, &self.serial)?,
        };
        match (known.batch.retire_old, entry.certificate, entry.previous) {
            (RetireOld::AtOnce, certificate, previous) => {
                for old in [certificate, previous].into_iter().flatten() {
                    retire(tx, &old, now)?;
                }
                entry.previous = None;
            }
            // The newest has not connected yet, so the one before it is what the device lives on.
            (RetireOld::WhenConnected, Some(unused), Some(_)) => retire(tx, &unused, now)?,
            (RetireOld::WhenConnected, certificate, None) => entry.previous = certificate,
            (RetireOld::WhenConnected, None, Some(_)) => {}
        }
        let set = plan.status_set(&self.certificate.id.to_string());
        insert_issued(tx, &self.certificate, set, now)?;
        run.apply(tx, &plan, &self.prepared)?;
        entry.status = EntryStatus::Vended;
        entry.certificate = Some(self.certificate.id.0);
        entry.thing = self
            .prepared
            .desired()
            .thing
            .as_ref()
            .map(|thing| thing.name.clone());
        entry.vended = Some(now);
        tx.set_vending_entry(&entry)?;
        Ok(Done {
            plan: plan.steps.iter().map(ToString::to_string).collect(),
            awaited: entry.previous.is_some(),
        })
    }
}

/// What a batch's own template runs as its role for.
pub(super) fn batch_arn(ctx: &Ctx, name: &str) -> String {
    ctx.realm.iot(format_args!("vendingbatch/{name}"))
}

pub(super) fn hooked(name: &str) -> String {
    format!(
        "the template {name} has a pre-provisioning hook, which certificate vending cannot ask; use one without"
    )
}

fn refused(stop: provisioning::Stop) -> Stop {
    match stop {
        provisioning::Stop::Refused(refusal) => Undone::Refused(refusal).into(),
        provisioning::Stop::Failed(error) => error.into(),
    }
}

/// The template's values: the list's columns, the serial number, and what the certificate says.
fn parameters(
    candidate: &Candidate,
    serial: &str,
    template: &Template,
    certificate: &Certificate,
    id: &str,
) -> Parameters {
    let mut values: BTreeMap<String, String> = BTreeMap::new();
    for name in ["serialNumber", "SerialNumber"] {
        values.insert(name.to_owned(), serial.to_owned());
    }
    match (&candidate.row, &candidate.entry) {
        (Some(row), _) => {
            for (name, value) in &row.parameters {
                // Databases change the case of names as they like.
                let declared = template
                    .parameter_names()
                    .find(|declared| declared.eq_ignore_ascii_case(name));
                let name = declared.unwrap_or(name);
                values.insert(name.to_owned(), value.clone());
            }
        }
        (None, Some(entry)) => values.extend(entry.parameters.clone()),
        (None, None) => {}
    }
    let subject: Vec<(SubjectField, String)> = certificate
        .subject()
        .fields()
        .iter()
        .map(|(field, value)| (SubjectField::from_oid(field.oid()), value.clone()))
        .collect();
    Parameters::from_caller(values).with_certificate(id, &subject, &certificate.serial_decimal())
}

impl From<provisioning::Stop> for Stop {
    fn from(stop: provisioning::Stop) -> Self {
        refused(stop)
    }
}

/// Why a batch with this template could not vend, as far as it can be said beforehand.
pub(super) fn unfit(name: &str) -> Error {
    Error::new(Kind::Invalid, hooked(name))
}
