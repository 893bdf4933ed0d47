//! Single values: the registration code, the account the data belongs to.

use crate::tx::Tx;
use crate::{Conn, Result};

impl Conn<'_> {
    /// The value kept under `name`.
    pub fn meta(&self, name: &str) -> Result<Option<String>> {
        self.one(
            "SELECT value FROM meta WHERE name = $1",
            &[name.into()],
            |row| row.text(0),
        )
    }
}

impl Tx<'_> {
    /// Keeps `value` under `name`; `None` forgets it.
    pub fn set_meta(&mut self, name: &str, value: Option<&str>) -> Result<()> {
        match value {
            Some(value) => self.write(
                "INSERT INTO meta (name, value) VALUES ($1, $2)
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                &[name.into(), value.into()],
            )?,
            None => self.write("DELETE FROM meta WHERE name = $1", &[name.into()])?,
        };
        Ok(())
    }
}
