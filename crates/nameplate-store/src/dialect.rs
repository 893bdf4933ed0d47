//! What differs between the database engines: words in table definitions.
//!
//! Queries are one text for all engines: `$1` placeholders that first appear in order, `ON CONFLICT … DO UPDATE`,
//! `RETURNING`, keyset pagination, and the types BIGINT, TEXT, BYTEA. Migrations are written once too, with a few
//! words that are filled in here.

/// Replaces the words of a migration for SQLite.
///
/// - `{KEY}`: a growing 64-bit primary key. In SQLite only the exact words `INTEGER PRIMARY KEY` make the key the
///   row's own position, so that rows append; on PostgreSQL it is `BIGINT PRIMARY KEY`.
/// - `{CLUSTERED}`: the table is kept in the order of its primary key. PostgreSQL has no such thing and needs none.
/// - `{LOOKUP name ON table(columns)}`: a unique lookup by a scattered value. SQLite does it from memory
///   (`index.rs`), because each scattered key costs a page at every commit; PostgreSQL gets a unique index.
/// - `{MEMBER column name}`: a member of the JSON object in a column, text or NULL.
pub fn sqlite(migration: &str) -> String {
    let filled = members(migration, |column, name| {
        // A document that is none keeps no registry from opening.
        format!("CASE WHEN json_valid({column}) THEN json_extract({column}, '$.{name}') END")
    })
    .replace("{KEY}", "INTEGER PRIMARY KEY")
    .replace("{CLUSTERED}", "WITHOUT ROWID");
    let mut out = String::with_capacity(filled.len());
    let mut rest = filled.as_str();
    while let Some(start) = rest.find("{LOOKUP ") {
        out.push_str(&rest[..start]);
        match rest[start..].find("};") {
            Some(end) => rest = &rest[start + end + 2..],
            None => rest = &rest[start..],
        }
        if rest.starts_with("{LOOKUP ") {
            break;
        }
    }
    out.push_str(rest);
    out
}

/// Replaces the words of a migration for PostgreSQL. Texts are compared byte by byte, as SQLite does, so that pages
/// have the same order whatever the database's locale.
pub fn postgres(migration: &str) -> String {
    let mut out = String::with_capacity(migration.len() * 2);
    let filled = members(migration, |column, name| {
        format!("({column}::json ->> '{name}')")
    })
    .replace("{KEY}", "BIGINT PRIMARY KEY")
    .replace(" {CLUSTERED}", "")
    .replace(" TEXT", " TEXT COLLATE \"C\"");
    let mut rest = filled.as_str();
    while let Some(start) = rest.find("{LOOKUP ") {
        out.push_str(&rest[..start]);
        rest = &rest[start + "{LOOKUP ".len()..];
        out.push_str("CREATE UNIQUE INDEX ");
        if let Some(end) = rest.find("};") {
            out.push_str(&rest[..end]);
            rest = &rest[end + 1..];
        }
    }
    out.push_str(rest);
    out
}

/// Replaces `{MEMBER column name}`.
fn members(migration: &str, written: fn(&str, &str) -> String) -> String {
    const BEGIN: &str = "{MEMBER ";
    let mut out = String::with_capacity(migration.len());
    let mut rest = migration;
    while let Some((before, after)) = rest.split_once(BEGIN) {
        out.push_str(before);
        let word = after.split_once('}');
        let Some((column, name, behind)) = word.and_then(|(word, behind)| {
            let (column, name) = word.split_once(' ')?;
            Some((column, name, behind))
        }) else {
            rest = after;
            continue;
        };
        out.push_str(&written(column, name));
        rest = behind;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn members_of_documents() {
        let migration = "SELECT {MEMBER a b} FROM t;";
        let sqlite = "SELECT CASE WHEN json_valid(a) THEN json_extract(a, '$.b') END FROM t;";
        assert_eq!(super::sqlite(migration), sqlite);
        assert_eq!(
            super::postgres(migration),
            "SELECT (a::json ->> 'b') FROM t;"
        );
    }

    #[test]
    fn words_are_filled_in() {
        assert_eq!(
            super::sqlite(
                "CREATE TABLE a (id {KEY}) ;{LOOKUP a_n ON a(n)};CREATE TABLE b (x BIGINT PRIMARY KEY) {CLUSTERED};"
            ),
            "CREATE TABLE a (id INTEGER PRIMARY KEY) ;CREATE TABLE b (x BIGINT PRIMARY KEY) WITHOUT ROWID;"
        );
    }
}
