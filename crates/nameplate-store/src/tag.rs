//! Tags of anything that has an ARN.

use crate::sql::Value;
use crate::tx::Tx;
use crate::{Conn, Result};

impl Conn<'_> {
    /// Tags of a resource: name and value in the order of names, beyond `after`.
    pub fn tags(&self, arn: &str, after: &str, limit: usize) -> Result<Vec<(String, String)>> {
        self.all(
            "SELECT name, value FROM tag WHERE arn = $1 AND name > $2 ORDER BY name LIMIT $3",
            &[arn.into(), after.into(), Value::Int(limit as i64)],
            |row| Ok((row.text(0)?, row.text(1)?)),
        )
    }
}

impl Tx<'_> {
    /// Sets tags of a resource; those of other names stay. The caller has counted them.
    pub fn put_tags(&mut self, arn: &str, tags: &[(String, String)]) -> Result<()> {
        for (name, value) in tags {
            self.write(
                "INSERT INTO tag (arn, name, value) VALUES ($1, $2, $3)
                 ON CONFLICT (arn, name) DO UPDATE SET value = excluded.value",
                &[arn.into(), name.into(), value.into()],
            )?;
        }
        Ok(())
    }

    /// Removes tags of a resource by name; a name that it does not have is no error.
    pub fn delete_tags(&mut self, arn: &str, names: &[String]) -> Result<()> {
        for name in names {
            self.write(
                "DELETE FROM tag WHERE arn = $1 AND name = $2",
                &[arn.into(), name.into()],
            )?;
        }
        Ok(())
    }

    /// Removes all tags of a resource that goes.
    pub fn delete_all_tags(&mut self, arn: &str) -> Result<()> {
        self.write("DELETE FROM tag WHERE arn = $1", &[arn.into()])?;
        Ok(())
    }
}
