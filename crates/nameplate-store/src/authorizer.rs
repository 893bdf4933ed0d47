//! Custom authorizers. Which of them is the default is one of the single values (`meta.rs`).

use crate::sql::{Row, Value};
use crate::tx::Tx;
use crate::{Conn, Error, Result};
use nameplate_core::ctx::Millis;
use nameplate_core::registry::authorizer::Authorizer;

fn authorizer(row: &Row<'_>) -> Result<Authorizer> {
    Ok(Authorizer {
        key: row.int(0)?,
        name: row.text(1)?,
        function_arn: row.text(2)?,
        token_key: row.opt_text(3)?,
        signing_keys: serde_json::from_str(&row.text(4)?).map_err(|error| Error::Damaged {
            what: "signing keys",
            detail: error.to_string(),
        })?,
        signing_disabled: row.flag(5)?,
        active: row.flag(6)?,
        cache_http: row.flag(7)?,
        created: Millis(row.int(8)?),
        modified: Millis(row.int(9)?),
    })
}

fn keys_text(authorizer: &Authorizer) -> String {
    let keys = authorizer.signing_keys.iter();
    serde_json::Value::Object(
        keys.map(|(name, pem)| (name.clone(), pem.clone().into()))
            .collect(),
    )
    .to_string()
}

impl Conn<'_> {
    /// The authorizer of this name.
    pub fn authorizer(&self, name: &str) -> Result<Option<Authorizer>> {
        self.one(
            "SELECT id, name, function_arn, token_key, signing_keys, signing_disabled, active, cache_http, created,
             modified FROM authorizer WHERE name = $1",
            &[name.into()],
            authorizer,
        )
    }

    /// All authorizers in the order they were created; there are at most a hundred.
    pub fn authorizers(&self) -> Result<Vec<Authorizer>> {
        self.all(
            "SELECT id, name, function_arn, token_key, signing_keys, signing_disabled, active, cache_http, created,
             modified FROM authorizer ORDER BY id",
            &[],
            authorizer,
        )
    }

    /// How many authorizers there are, and how many of them are active.
    pub fn authorizer_counts(&self) -> Result<(i64, i64)> {
        let counts = self.one(
            "SELECT COUNT(*), CAST(COALESCE(SUM(active), 0) AS BIGINT) FROM authorizer",
            &[],
            |row| Ok((row.int(0)?, row.int(1)?)),
        )?;
        Ok(counts.unwrap_or((0, 0)))
    }
}

impl Tx<'_> {
    /// Creates an authorizer. Its key and `modified` are not read. The caller has seen that the name is free.
    pub fn insert_authorizer(&mut self, new: &Authorizer) -> Result<()> {
        let key = self.next_key("authorizer")?;
        self.write(
            "INSERT INTO authorizer (id, name, function_arn, token_key, signing_keys, signing_disabled, active,
             cache_http, created, modified) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)",
            &[
                key.into(),
                (&new.name).into(),
                (&new.function_arn).into(),
                new.token_key.as_deref().into(),
                (&keys_text(new)).into(),
                new.signing_disabled.into(),
                new.active.into(),
                new.cache_http.into(),
                new.created.0.into(),
            ],
        )?;
        Ok(())
    }

    /// Writes what of an authorizer may change, and `modified`.
    pub fn update_authorizer(&mut self, authorizer: &Authorizer) -> Result<()> {
        self.write(
            "UPDATE authorizer SET function_arn = $1, token_key = $2, signing_keys = $3, active = $4,
             cache_http = $5, modified = $6 WHERE id = $7",
            &[
                (&authorizer.function_arn).into(),
                authorizer.token_key.as_deref().into(),
                (&keys_text(authorizer)).into(),
                authorizer.active.into(),
                authorizer.cache_http.into(),
                authorizer.modified.0.into(),
                Value::Int(authorizer.key),
            ],
        )?;
        Ok(())
    }

    /// Removes an authorizer.
    pub fn delete_authorizer(&mut self, key: i64) -> Result<()> {
        self.write("DELETE FROM authorizer WHERE id = $1", &[key.into()])?;
        Ok(())
    }
}
