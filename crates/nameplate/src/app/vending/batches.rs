//! What operators do with batches.

use super::make::{batch_arn, unfit};
use super::{Known, Vending, sealed};
use crate::app::caller::Caller;
use crate::app::error::{Error, Kind, Result};
use crate::outbound::table::Table;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use nameplate_core::vending::{Batch, BatchTemplate, EntryStatus, ProofKind, Source};
use serde_json::{Map, Value, json};

/// Rows removed in one commit, so that others get their turn.
const PART: usize = 2000;
/// Bytes of a secret that is made here.
const SECRET_BYTES: usize = 32;
/// A shorter secret can be guessed from one signature.
const SAFE_SECRET_BYTES: usize = 16;
/// Longest name of a batch.
const NAME_BYTES: usize = 128;

/// A batch as operators see it.
#[derive(Debug, Clone)]
pub struct BatchView(pub Value);

impl Vending {
    /// Keeps a batch, new or instead of the one of its name; what it is now, with its secret where that was made here.
    /// Devices that it has keep where they stand.
    pub async fn put_batch(
        &self,
        caller: &Caller,
        name: &str,
        document: &[u8],
    ) -> Result<BatchView> {
        check_name(name)?;
        let (batch, mut secrets) =
            Batch::parse(document).map_err(|why| Error::invalid(why.to_string()))?;
        self.check_template(caller, name, &batch).await?;
        let owned = name.to_owned();
        let before = self
            .kernel
            .store
            .read(|conn| conn.vending_batch(&owned))
            .await?;
        let before = before.map(|row| self.known(row)).transpose()?;
        if let Source::Table(table) = &batch.source {
            if secrets.url.is_none() {
                let same = before.as_ref().filter(|known| {
                    matches!(&known.batch.source, Source::Table(other)
                        if (other.kind, &other.place) == (table.kind, &table.place))
                });
                secrets.url = same.and_then(|known| known.secrets.url.clone());
            }
            let url = secrets
                .url
                .as_ref()
                .ok_or_else(|| Error::invalid("source.url is required"))?;
            Table::open(table.kind, url)
                .map_err(|why| Error::invalid(format!("source.url cannot be used: {why}")))?;
        }
        let mut made = None;
        if batch.proof == ProofKind::Hmac && secrets.secret.is_none() {
            secrets.secret = before
                .as_ref()
                .and_then(|known| known.secrets.secret.clone());
            if secrets.secret.is_none() {
                let secret = random_text(SECRET_BYTES)?;
                made = Some(secret.clone());
                secrets.secret = Some(secret);
            }
        }
        let weak = secrets
            .secret
            .as_ref()
            .is_some_and(|secret| secret.len() < SAFE_SECRET_BYTES);
        let sealed = sealed::close(&self.seal, name, &secrets)?;
        let text = batch.to_json().to_string();
        let now = caller.ctx.now;
        let row = self
            .kernel
            .store
            .tx("put-vending-batch", move |tx| {
                tx.put_vending_batch(&owned, &text, sealed.as_deref(), now)?;
                tx.vending_batch(&owned)?
                    .ok_or_else(|| Error::internal("a batch that was written is not there"))
            })
            .await?;
        let mut view = shown(&*self.known(row)?, None);
        if let Some(secret) = made {
            view["secret"] = secret.into();
        }
        if weak {
            view["warnings"] = json!([format!(
                "the secret is shorter than {SAFE_SECRET_BYTES} bytes: whoever sees one device's signature can find it by trying"
            )]);
        }
        Ok(BatchView(view))
    }

    /// Refuses a template that no device could be provisioned by, and a role that the caller may not hand on.
    async fn check_template(&self, caller: &Caller, name: &str, batch: &Batch) -> Result<()> {
        match &batch.template {
            BatchTemplate::Own { body, role_arn } => {
                self.template(body)?;
                let source = batch_arn(&caller.ctx, name);
                self.iam.pass_role(caller, role_arn, &source).await
            }
            BatchTemplate::Named(template) => {
                let found = self
                    .kernel
                    .store
                    .read(|conn| {
                        let Some(found) = conn.template(template)? else {
                            return Ok(None);
                        };
                        let version = conn.template_version(found.key, found.default_version)?;
                        Ok::<_, nameplate_store::Error>(version.map(|version| (found, version)))
                    })
                    .await?;
                let Some((found, version)) = found else {
                    return Err(Error::invalid(format!(
                        "The template {template} does not exist"
                    )));
                };
                if found.hook.is_some() {
                    return Err(unfit(template));
                }
                self.template(&version.body)?;
                let source = caller.ctx.realm.provisioning_template(template);
                self.iam.pass_role(caller, &found.role_arn, &source).await
            }
        }
    }

    /// All batches, in the order in which they were first put.
    pub async fn batches(&self) -> Result<Vec<BatchView>> {
        let known = self.all_known().await?;
        Ok(known
            .iter()
            .map(|known| BatchView(shown(known, None)))
            .collect())
    }

    /// A batch, with how many of its devices stand where.
    pub async fn batch(&self, name: &str) -> Result<BatchView> {
        let known = self.batch_named(name).await?;
        let key = known.row.key;
        let counts = self
            .kernel
            .store
            .read(|conn| conn.vending_counts(key))
            .await?;
        Ok(BatchView(shown(&known, Some(counts))))
    }

    pub(super) async fn batch_named(&self, name: &str) -> Result<std::sync::Arc<Known>> {
        let row = self
            .kernel
            .store
            .read(|conn| conn.vending_batch(name))
            .await?;
        let row = row.ok_or_else(|| Error::not_found(format!("There is no batch {name:?}")))?;
        self.known(row)
    }

    /// Removes a batch and its list; how many devices were on it. Their things and certificates stay.
    pub async fn delete_batch(&self, name: &str) -> Result<u64> {
        let known = self.batch_named(name).await?;
        let key = known.row.key;
        let mut removed = 0;
        // The batch goes first, so that nobody is vended to from half a list.
        let store = &self.kernel.store;
        store
            .tx("delete-vending-batch", move |tx| {
                tx.delete_vending_batch(key)
            })
            .await?;
        loop {
            let count = store
                .tx("delete-vending-entries", move |tx| {
                    tx.delete_vending_entries(key, PART)
                })
                .await?;
            removed += count as u64;
            if count < PART {
                break;
            }
        }
        self.known.lock().remove(&key);
        Ok(removed)
    }
}

fn check_name(name: &str) -> Result<()> {
    let fits = !name.is_empty()
        && name.len() <= NAME_BYTES
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_:.".contains(&byte));
    match fits {
        true => Ok(()),
        false => Err(Error::invalid(format!(
            "the name of a batch has 1 to {NAME_BYTES} of A-Z a-z 0-9 - _ : ."
        ))),
    }
}

/// A secret in letters that nothing has to escape.
pub(super) fn random_text(bytes: usize) -> Result<String> {
    let mut random = vec![0; bytes];
    aws_lc_rs::rand::fill(&mut random)
        .map_err(|_| Error::new(Kind::Internal, "no random numbers can be had"))?;
    Ok(URL_SAFE_NO_PAD.encode(random))
}

fn shown(known: &Known, counts: Option<Vec<(EntryStatus, i64)>>) -> Value {
    let mut view = Map::new();
    view.insert("name".into(), known.row.name.as_str().into());
    if let Value::Object(members) = known.batch.to_json() {
        view.extend(members);
    }
    view.insert(
        "createdAt".into(),
        known.row.created.as_seconds_f64().into(),
    );
    view.insert(
        "modifiedAt".into(),
        known.row.modified.as_seconds_f64().into(),
    );
    let unusable = match &known.table {
        Some(Err(why)) => Some(why),
        _ => known.lost.as_ref(),
    };
    if let Some(why) = unusable {
        view.insert("unusable".into(), why.as_str().into());
    }
    if let Some(counts) = counts {
        let counts = counts
            .into_iter()
            .map(|(status, count)| (status.as_str().to_owned(), count.into()));
        view.insert("entries".into(), Value::Object(counts.collect()));
    }
    Value::Object(view)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for good in ["line-4", "a", "2027:03_b.2"] {
            assert!(check_name(good).is_ok(), "{good}");
        }
        let long = "x".repeat(129);
        for bad in ["", "a b", "a/b", "ä", &long] {
            assert!(check_name(bad).is_err(), "{bad}");
        }
    }
}
