//! What differs between the database engines: words in table definitions.
//!
//! Queries are one text for all engines: `$1` placeholders that first appear in order, `ON CONFLICT … DO UPDATE`,
//! `RETURNING`, keyset pagination, and the types BIGINT, TEXT, BYTEA. Migrations are written once too, with two
//! words that are filled in here.

/// Replaces the words of a migration for SQLite.
///
/// - `{KEY}`: a growing 64-bit primary key. In SQLite only the exact words `INTEGER PRIMARY KEY` make the key the
///   row's own position, so that rows append; on PostgreSQL it is `BIGINT PRIMARY KEY`.
/// - `{CLUSTERED}`: the table is kept in the order of its primary key. PostgreSQL has no such thing and needs none.
/// - `{LOOKUP name ON table(columns)}`: a unique lookup by a scattered value. SQLite does it from memory
///   (`index.rs`), because each scattered key costs a page at every commit; PostgreSQL gets a unique index.
pub fn sqlite(migration: &str) -> String {
    let filled = migration
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
    let filled = migration
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

#[cfg(test)]
mod tests {
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
