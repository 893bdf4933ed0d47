//! Which tables there are: what the migrations make, so that no list of ours can forget one.

use crate::store::MIGRATIONS;
use crate::{Error, Result, dialect};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Int,
    Text,
    Blob,
}

#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) kind: Kind,
}

/// A table, the same in every engine.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) columns: Vec<Column>,
    /// Positions of the primary key's columns, in the key's order.
    pub(crate) key: Vec<usize>,
}

impl Table {
    /// Names of all columns, with commas between.
    pub(crate) fn column_names(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|c| c.name.as_str()).collect();
        names.join(", ")
    }

    /// Names of the key's columns, each followed by `after`.
    pub(crate) fn key_names(&self, after: &str) -> String {
        let names: Vec<String> = self
            .key
            .iter()
            .map(|at| format!("{}{after}", self.columns[*at].name))
            .collect();
        names.join(", ")
    }

    /// The statement that reads rows in the order of their keys, so many at a time: the first, or those behind a key
    /// whose columns are the parameters.
    pub(crate) fn page(&self, behind: bool, limit: usize) -> String {
        let columns = self.column_names();
        let order = self.key_names("");
        let marks: Vec<String> = (1..=self.key.len()).map(|n| format!("${n}")).collect();
        let condition = match behind {
            true => format!("WHERE ({order}) > ({})", marks.join(", ")),
            false => String::new(),
        };
        format!(
            "SELECT {columns} FROM {} {condition} ORDER BY {order} LIMIT {limit}",
            self.name
        )
    }

    /// The statement that reads the last row.
    pub(crate) fn last(&self) -> String {
        format!(
            "SELECT {} FROM {} ORDER BY {} LIMIT 1",
            self.column_names(),
            self.name,
            self.key_names(" DESC")
        )
    }
}

/// All tables of this version, by name.
pub(crate) fn tables() -> Result<Vec<Table>> {
    tables_of(MIGRATIONS.len())
}

/// All tables as they were when there were so many migrations, by name.
pub(crate) fn tables_of(version: usize) -> Result<Vec<Table>> {
    let db = rusqlite::Connection::open_in_memory()?;
    for migration in MIGRATIONS.iter().take(version) {
        db.execute_batch(&dialect::sqlite(migration))?;
    }
    let mut names = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")?;
    let names: Vec<String> = names
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    names.into_iter().map(|name| table(&db, name)).collect()
}

fn table(db: &rusqlite::Connection, name: String) -> Result<Table> {
    let damaged = |detail: String| Error::Damaged {
        what: "table definition",
        detail,
    };
    let mut columns = Vec::new();
    let mut key = Vec::new();
    let mut found = db.prepare("SELECT name, type, pk FROM pragma_table_info(?1) ORDER BY cid")?;
    let mut found = found.query([&name])?;
    while let Some(row) = found.next()? {
        let column: String = row.get(0)?;
        let kind = match row.get_ref(1)?.as_str().unwrap_or_default() {
            "BIGINT" | "INTEGER" => Kind::Int,
            "TEXT" => Kind::Text,
            "BYTEA" => Kind::Blob,
            other => return Err(damaged(format!("{name}.{column} is a {other}"))),
        };
        if let place @ 1.. = row.get::<_, i64>(2)? {
            key.push((place, columns.len()));
        }
        columns.push(Column { name: column, kind });
    }
    key.sort_unstable();
    if key.is_empty() {
        return Err(damaged(format!("{name} has no primary key")));
    }
    Ok(Table {
        name,
        columns,
        key: key.into_iter().map(|(_, at)| at).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_has_a_key_and_columns_that_all_engines_know() {
        let tables = tables().expect("the migrations are understood");
        let made = MIGRATIONS.concat().matches("CREATE TABLE ").count();
        assert_eq!(tables.len(), made);
        let members = tables.iter().find(|table| table.name == "template_version");
        let members = members.expect("it is there");
        assert_eq!(
            members.page(true, 7),
            "SELECT template_id, version, body, created FROM template_version \
             WHERE (template_id, version) > ($1, $2) ORDER BY template_id, version LIMIT 7"
        );
    }
}
