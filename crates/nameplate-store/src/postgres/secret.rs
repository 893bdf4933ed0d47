//! Secrets that servers over one database share. They come sealed, and before the registry is opened.

use super::options::PostgresOptions;
use super::session::Session;
use super::{migrate, waiting};
use crate::{Error, Result};

/// The tables of secrets. A copy of the registry has none of them.
pub(super) const TABLE: &str = "CREATE TABLE IF NOT EXISTS secret (
    name TEXT PRIMARY KEY, key_id TEXT NOT NULL, sealed BYTEA NOT NULL);";

/// A secret that servers share, sealed by a key that the store does not know.
#[derive(Clone, PartialEq, Eq)]
pub struct SharedSecret {
    /// Its name.
    pub name: String,
    /// Which key it is sealed by.
    pub key_id: String,
    /// Itself, sealed.
    pub sealed: Vec<u8>,
}

impl std::fmt::Debug for SharedSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("SharedSecret").field(&self.name).finish()
    }
}

/// The secrets that servers over this database share; none before the first has put them there. Blocks.
pub fn shared_secrets(server: &PostgresOptions) -> Result<Vec<SharedSecret>> {
    waiting(|| {
        let session = Session::first(server)?;
        migrate::check(&session, server)?;
        migrate::prepare(&session, server)?;
        let rows = session
            .rows("SELECT name, key_id, sealed FROM secret ORDER BY name", &[])
            .map_err(|failed| server.refusal(&failed))?;
        rows.iter()
            .map(|row| {
                Ok(SharedSecret {
                    name: row.try_get(0)?,
                    key_id: row.try_get(1)?,
                    sealed: row.try_get(2)?,
                })
            })
            .collect()
    })
}

/// Puts secrets there for all servers, all or none; false where there is one of these names already. Blocks.
pub fn share_secrets(server: &PostgresOptions, secrets: &[SharedSecret]) -> Result<bool> {
    write(server, secrets, false)
}

/// Puts secrets there in the place of those of the same names, all or none. Blocks.
pub fn replace_secrets(server: &PostgresOptions, secrets: &[SharedSecret]) -> Result<()> {
    write(server, secrets, true).map(drop)
}

fn write(server: &PostgresOptions, secrets: &[SharedSecret], replace: bool) -> Result<bool> {
    waiting(|| {
        let session = Session::first(server)?;
        let refusal = |failed: super::Failure| server.refusal(&failed);
        session.batch("BEGIN").map_err(refusal)?;
        for secret in secrets {
            let written = session
                .rows(
                    "INSERT INTO secret (name, key_id, sealed) VALUES ($1, $2, $3)
                     ON CONFLICT (name) DO UPDATE SET key_id = excluded.key_id, sealed = excluded.sealed
                     WHERE $4 = 1::BIGINT RETURNING name",
                    &[
                        &secret.name.as_str(),
                        &secret.key_id.as_str(),
                        &secret.sealed.as_slice(),
                        &i64::from(replace),
                    ],
                )
                .map_err(refusal)?;
            if written.is_empty() {
                session.batch("ROLLBACK").map_err(refusal)?;
                return Ok::<_, Error>(false);
            }
        }
        session.batch("COMMIT").map_err(refusal)?;
        Ok(true)
    })
}
