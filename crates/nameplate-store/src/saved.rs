//! All rows at once: kept aside, removed, put back. For tests that begin anew, or from where others have come to.
//!
//! Which tables there are is known as a copy knows it, so none can be forgotten. Must not know what any table means,
//! but that `counter` only grows: a key that was given once stands for nothing else afterwards.

use crate::copy::{Kind, Table, tables};
use crate::sql::{Conn, Datum, Row, Value};
use crate::summary::Summaries;
use crate::tx::Tx;
use crate::{Error, Result, Store};
use std::sync::{Arc, LazyLock};

/// The rows of a registry at one moment, in memory.
pub struct Saved {
    // As many as there are tables, in their order.
    tables: Vec<Vec<Vec<Datum>>>,
    bytes: u64,
    files: Vec<String>,
    codes: Vec<String>,
}

impl Saved {
    /// About how much memory the rows take.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Names of the bodies that its objects and parts have.
    pub fn object_files(&self) -> &[String] {
        &self.files
    }

    /// Digests of the code that its functions and layers have.
    pub fn codes(&self) -> &[String] {
        &self.codes
    }
}

/// A table and its statements, made once.
struct Whole {
    table: Table,
    read: String,
    remove: String,
    insert: String,
}

impl Whole {
    fn of(table: Table) -> Self {
        let (name, columns) = (&table.name, table.column_names());
        let marks: Vec<String> = (1..=table.columns.len()).map(|n| format!("${n}")).collect();
        Self {
            read: format!("SELECT {columns} FROM {name}"),
            remove: format!("DELETE FROM {name}"),
            insert: format!(
                "INSERT INTO {name} ({columns}) VALUES ({})",
                marks.join(", ")
            ),
            table,
        }
    }

    fn row(&self, row: &Row<'_>) -> Result<Vec<Datum>> {
        let columns = self.table.columns.iter().enumerate();
        columns
            .map(|(at, column)| {
                Ok(match column.kind {
                    Kind::Int => row.opt_int(at)?.map_or(Datum::Null, Datum::Int),
                    Kind::Text => row.opt_text(at)?.map_or(Datum::Null, Datum::Text),
                    Kind::Blob => row.opt_blob(at)?.map_or(Datum::Null, Datum::Blob),
                })
            })
            .collect()
    }
}

/// All of them, and a question that asks of each whether it has a row.
struct Tables {
    all: Vec<Whole>,
    any: String,
}

static TABLES: LazyLock<Result<Tables>> = LazyLock::new(|| {
    let all = tables()?.into_iter();
    let all: Vec<Whole> = all
        .filter(|table| table.name != "counter")
        .map(Whole::of)
        .collect();
    let names = all.iter().map(|whole| &whole.table.name);
    let any = names.map(|name| {
        format!("(SELECT COUNT(*) FROM (SELECT 1 FROM {name} LIMIT 1) AS found_{name})")
    });
    let any = format!("SELECT {}", any.collect::<Vec<_>>().join(", "));
    Ok(Tables { all, any })
});

fn known() -> Result<&'static Tables> {
    TABLES.as_ref().map_err(|error| Error::Damaged {
        what: "table definition",
        detail: error.to_string(),
    })
}

fn whole() -> Result<&'static [Whole]> {
    Ok(&known()?.all)
}

fn read(conn: &Conn<'_>) -> Result<Saved> {
    let tables = whole()?
        .iter()
        .map(|whole| conn.all(&whole.read, &[], |row| whole.row(row)))
        .collect::<Result<Vec<_>>>()?;
    let size = |datum: &Datum| match datum {
        Datum::Text(text) => text.len(),
        Datum::Blob(bytes) => bytes.len(),
        _ => 0,
    };
    let cells = tables.iter().flatten().flatten();
    let bytes = cells
        .map(|datum| size_of::<Datum>() + size(datum))
        .sum::<usize>();
    Ok(Saved {
        tables,
        bytes: bytes as u64,
        files: conn.object_files()?,
        codes: conn.codes()?,
    })
}

/// Puts `with` in the place of all rows; without it, none but the single values named in `kept`.
fn put(tx: &mut Tx<'_>, with: Option<&Saved>, kept: &[&str]) -> Result<()> {
    let Tables { all, any } = known()?;
    let filled = tx.one(any, &[], |row| {
        let each = (0..all.len()).map(|at| row.int(at));
        each.collect::<Result<Vec<_>>>()
    })?;
    let filled = filled.unwrap_or_default();
    for (at, whole) in all.iter().enumerate() {
        if with.is_none() && whole.table.name == "meta" {
            let names = tx.all("SELECT name FROM meta", &[], |row| row.text(0))?;
            for name in names.iter().filter(|name| !kept.contains(&name.as_str())) {
                tx.set_meta(name, None)?;
            }
            continue;
        }
        // To remove nothing from a table would still write a page of it and of each of its indexes.
        if filled.get(at) != Some(&0) {
            tx.write(&whole.remove, &[])?;
        }
        let rows = with.and_then(|saved| saved.tables.get(at));
        for row in rows.into_iter().flatten() {
            let row: Vec<Value<'_>> = row.iter().map(Datum::as_value).collect();
            tx.write(&whole.insert, &row)?;
        }
    }
    tx.index_anew()
}

impl Store {
    /// All that there is now, to be put back by [`Store::replaced`]. It is read at once and kept in memory.
    pub async fn saved(&self) -> Result<Saved> {
        self.read(read).await
    }

    /// Puts `with` in the place of everything; without it, leaves nothing but the single values named in `kept`. Keys
    /// of rows to come go on from where they were. The store as it goes on from there: this one, and all its clones,
    /// read and write no more, so that nobody who still has something in mind of what was there can write it down.
    ///
    /// # Errors
    /// That it could not be made durable; then everything is as it was, and this one goes on.
    pub async fn replaced(
        &self,
        with: Option<Arc<Saved>>,
        kept: &'static [&'static str],
    ) -> Result<Self> {
        let succession = self.succession()?;
        let attempts = self.attempt_queue();
        let taken_over = succession.clone();
        let replaced = self
            .tx_of_any("replace-registry", move |tx| {
                put(tx, with.as_deref(), kept)?;
                attempts.forget(Summaries::read(tx)?);
                // What waits behind this in the same commit is no longer to be written.
                taken_over.hand_over();
                Ok::<_, Error>(())
            })
            .await;
        match replaced {
            Ok(()) => Ok(self.successor(&succession)),
            Err(error) => {
                succession.take_back();
                Err(error)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EngineOptions, StoreOptions};
    use std::collections::BTreeSet;

    type Done = std::result::Result<(), Box<dyn std::error::Error>>;

    /// How many rows each table has.
    async fn counts(store: &Store) -> Result<Vec<(&'static str, usize)>> {
        let saved = store.saved().await?;
        let names = whole()?.iter().map(|whole| whole.table.name.as_str());
        Ok(names.zip(saved.tables.iter().map(Vec::len)).collect())
    }

    /// A row of any table. Digests are 32 bytes.
    fn row(table: &Table) -> Vec<Datum> {
        let columns = table.columns.iter();
        columns
            .map(|column| match column.kind {
                Kind::Int => Datum::Int(1),
                Kind::Text => Datum::Text("x".into()),
                Kind::Blob => Datum::Blob(vec![7; 32]),
            })
            .collect()
    }

    #[tokio::test]
    async fn no_table_of_the_database_is_forgotten() -> Done {
        let directory = tempfile::tempdir()?;
        let options = StoreOptions {
            directory: directory.path().to_owned(),
            engine: EngineOptions::Sqlite,
            attempts: 100,
            cluster: None,
        };
        let store = Store::open(&options, |_| ())?;
        let db = rusqlite::Connection::open(directory.path().join("nameplate.db"))?;
        let mut names = db.prepare(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
        )?;
        let there: BTreeSet<String> = names
            .query_map([], |row| row.get(0))?
            .collect::<std::result::Result<_, _>>()?;
        let known = whole()?.iter().map(|whole| whole.table.name.clone());
        let known: BTreeSet<String> = known.chain(["counter".to_owned()]).collect();
        assert_eq!(there, known);

        store
            .tx("fill", |tx| {
                for whole in whole()? {
                    let row = row(&whole.table);
                    let row: Vec<Value<'_>> = row.iter().map(Datum::as_value).collect();
                    tx.write(&whole.insert, &row)?;
                }
                Ok::<_, Error>(())
            })
            .await?;
        let full = counts(&store).await?;
        assert!(full.iter().all(|(_, rows)| *rows > 0), "{full:?}");
        let saved = Arc::new(store.saved().await?);
        let store = store.replaced(None, &[]).await?;
        let empty = counts(&store).await?;
        assert!(empty.iter().all(|(_, rows)| *rows == 0), "{empty:?}");
        let store = store.replaced(Some(saved), &[]).await?;
        assert_eq!(counts(&store).await?, full);
        Ok(())
    }
}
