//! How SQLite runs each statement of this crate: by a key or an index, and in the order asked for.
//!
//! The statements are taken from the sources, so a new one is looked at without being listed anywhere.

use crate::{dialect, store};
use std::collections::BTreeSet;

/// Statements that may read a whole table or sort, by their beginning or an unmistakable part, and why.
const ALLOWED: &[(&str, &str)] = &[
    (
        "LIMIT $3) AS counted",
        "what is counted is bounded, and found by an index",
    ),
    (
        "FROM lambda_layer AS newest",
        "layers are few; asked when they are listed",
    ),
    (
        "WHERE code_sha256 = $1 LIMIT 1",
        "functions are few; asked when a version goes",
    ),
    (
        "deleted FROM ca_certificate ORDER BY id",
        "CAs are few, and cached",
    ),
    (
        "FROM ca_certificate WHERE template_name",
        "CAs are few; asked when a template is deleted",
    ),
    (
        "SELECT COUNT(*) FROM retained",
        "by an index, and once for very many topics that are new",
    ),
    (
        "SELECT COUNT(*) FROM shadow WHERE content",
        "beside the writer, and once for very many shadows that are new",
    ),
    (
        "DELETE FROM shadow WHERE content IS NULL AND modified < (SELECT",
        "by the index of deleted ones, once for a thousand of them",
    ),
    (
        "SELECT COUNT(*) FROM template",
        "templates are few; asked when one is created",
    ),
    (
        "FROM acm_certificate ORDER BY created, id",
        "2,500 at most; asked when they are listed",
    ),
    (
        "SELECT COUNT(*) FROM acm_certificate",
        "2,500 at most; asked when one is imported",
    ),
    (
        "modified FROM vending_batch ORDER BY id",
        "batches are few, and their lists are elsewhere",
    ),
    (
        "COUNT(*) FROM vending_entry WHERE batch_id",
        "sums up one batch for its operator, in five groups",
    ),
    (
        "FROM sqlite_master",
        "asked once, at the start, of the list of tables",
    ),
    (
        "first_at, fold, class FROM attempt_summary",
        "asked once, at the start",
    ),
    (
        "FROM certificate_provider ORDER BY id",
        "there is at most one",
    ),
    (
        "ON certificate.id = certificate_renewal.certificate_id",
        "asked once, at the start, of devices that are renewing",
    ),
    (
        "digest FROM revocation_source ORDER BY ca_id",
        "there is one for each registered CA, at most",
    ),
    ("SELECT name, id FROM thing", "asked once, at the start"),
    (
        "status, mode FROM certificate ORDER BY id",
        "asked once, at the start",
    ),
    (
        "FROM policy_certificate ORDER BY certificate_id",
        "asked once, at the start",
    ),
    (
        "FROM thing_principal ORDER BY certificate_id",
        "asked once, at the start",
    ),
    (
        "SELECT code_sha256 FROM lambda_version UNION",
        "functions are few; asked for a snapshot, and when all rows go",
    ),
    (
        "SELECT file FROM object UNION ALL",
        "asked once, to find files that nobody names",
    ),
    ("FROM mqtt_session ORDER BY id", "read once, at the start"),
    (
        "FROM mqtt_subscription ORDER BY session_id",
        "read once, at the start",
    ),
    (
        "FROM mqtt_queue ORDER BY epoch, id",
        "read once, at the start",
    ),
    (
        "FROM mqtt_session WHERE client_id",
        "asked where several nodes share a database, which has an index for it",
    ),
    (
        "FROM mqtt_session WHERE owner",
        "asked where several nodes share a database, which has an index for it",
    ),
    (
        "ON mqtt_session.id = mqtt_subscription.session_id WHERE filter",
        "asked now and then, when something waits for a shared subscription that no node knows any more",
    ),
    (
        "ON mqtt_subscription.session_id = mqtt_session.id WHERE owner",
        "asked where several nodes share a database, which has an index for it",
    ),
    (
        "WHERE session_id = $1 ORDER BY epoch, id",
        "asked where several nodes share a database, which has an index for it",
    ),
    (
        "FROM mqtt_will WHERE owner",
        "asked where several nodes share a database, which has an index for it",
    ),
    ("FROM mqtt_will ORDER BY id", "read once, at the start"),
    (
        "FROM thing_connectivity ORDER BY thing_id",
        "read once, at the start",
    ),
    (
        "FROM domain_configuration ORDER BY id",
        "there are ten at most; read when one changes",
    ),
    ("FROM authorizer ORDER BY id", "there are a hundred at most"),
    ("FROM role_alias ORDER BY id", "there are a hundred at most"),
    (
        "CAST(COALESCE(SUM(active), 0) AS BIGINT) FROM authorizer",
        "there are a hundred at most",
    ),
    (
        "SELECT COUNT(*) FROM role_alias",
        "aliases are few; asked when one is created",
    ),
    (
        "FROM topic_rule ORDER BY id",
        "a list that is read whole for its filter",
    ),
    (
        "FROM topic_rule WHERE disabled = 0 ORDER BY id",
        "a thousand at most; read when one changes",
    ),
    (
        "SELECT COUNT(*) FROM topic_rule",
        "asked when one is created",
    ),
    (
        "FROM rule_destination ORDER BY id",
        "a thousand at most; read when one changes",
    ),
    (
        "FROM log_level ORDER BY",
        "levels are few; read when one is set",
    ),
    (
        "SELECT 1 FROM job WHERE continuous = 1",
        "ends with the first; asked when jobs have been looked at",
    ),
    (
        "FROM dynamodb_task ORDER BY id LIMIT 1",
        "reads one row at most",
    ),
    (
        "FROM dynamodb_import WHERE is_open = 1",
        "its index has those alone that are open, fifty at most",
    ),
    (
        "SELECT name FROM dynamodb_policy AS p",
        "2,500 at most; read when a table changes",
    ),
    (
        "SELECT 1 FROM policy_group LIMIT 1",
        "reads one row at most",
    ),
    (
        "WHERE user_name = $1 AND session_token IS NULL ORDER BY",
        "sorts a user's two keys",
    ),
];

/// The sources of this crate but for this file and unit tests, which have tables of their own, and for copying, and for
/// saving and replacing all rows, which read all there is; a copy's pages are looked at below.
fn sources() -> std::io::Result<Vec<String>> {
    let mut found = Vec::new();
    let nouns = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    let engine = concat!(env!("CARGO_MANIFEST_DIR"), "/src/sqlite");
    for file in std::fs::read_dir(nouns)?.chain(std::fs::read_dir(engine)?) {
        let path = file?.path();
        let others = ["plans.rs", "copy.rs", "saved.rs"];
        if path.is_file() && !others.iter().any(|other| path.ends_with(other)) {
            let source = std::fs::read_to_string(path)?;
            let (code, _) = source
                .split_once("#[cfg(test)]\nmod tests")
                .unwrap_or((&source, ""));
            found.push(code.to_owned());
        }
    }
    Ok(found)
}

/// Whole statements, and those that a file's macro `select` begins.
fn statements(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    let pieces: Vec<&str> = source.split('"').collect();
    let mut beginning = None;
    for literal in pieces.chunks_exact(2).map(|pair| (pair[0], pair[1])) {
        let statement = match literal {
            (before, text) if before.trim_end().ends_with("select!(") => {
                let beginning = beginning.expect("a file's macro stands above its uses");
                format!("{beginning} {text}")
            }
            (before, text) if before.contains("macro_rules! select {") => {
                beginning = Some(text);
                continue;
            }
            (_, text) => text.to_owned(),
        };
        if ["SELECT ", "INSERT ", "UPDATE ", "DELETE "]
            .iter()
            .any(|verb| statement.starts_with(verb))
        {
            let statement = statement.replace("\\\n", " ");
            found.push(statement.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }
    found
}

#[test]
fn no_statement_reads_a_whole_table() -> Result<(), Box<dyn std::error::Error>> {
    let db = rusqlite::Connection::open_in_memory()?;
    for migration in store::MIGRATIONS {
        db.execute_batch(&dialect::sqlite(migration))?;
    }
    let mut seen = 0;
    let mut excused = BTreeSet::new();
    for sql in sources()?.iter().flat_map(|source| statements(source)) {
        seen += 1;
        let mut explain = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
        let mut steps = Vec::new();
        let mut rows = explain.raw_query();
        while let Some(row) = rows.next()? {
            steps.push(row.get::<_, String>(3)?);
        }
        let bad: Vec<&String> = steps
            .iter()
            .filter(|step| {
                (step.starts_with("SCAN") && *step != "SCAN CONSTANT ROW")
                    || step.contains("TEMP B-TREE")
                    || step.contains("AUTOMATIC")
            })
            .collect();
        if bad.is_empty() {
            continue;
        }
        match ALLOWED.iter().find(|(part, _)| sql.contains(part)) {
            Some((part, _)) => excused.insert(*part),
            None => panic!("{sql}\nis run as {bad:?}; give it an index, or a reason in ALLOWED"),
        };
    }
    assert!(seen > 100, "only {seen} statements were found");
    for (part, _) in ALLOWED {
        assert!(excused.contains(part), "nothing needs the excuse {part:?}");
    }
    Ok(())
}

#[test]
fn a_page_of_a_copy_is_found_by_its_key() -> Result<(), Box<dyn std::error::Error>> {
    let db = rusqlite::Connection::open_in_memory()?;
    for migration in store::MIGRATIONS {
        db.execute_batch(&dialect::sqlite(migration))?;
    }
    for table in crate::copy::tables()? {
        for sql in [table.page(true, 10), table.page(false, 10), table.last()] {
            let mut explain = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
            let mut rows = explain.raw_query();
            while let Some(row) = rows.next()? {
                let step: String = row.get(3)?;
                assert!(!step.contains("TEMP B-TREE"), "{sql}: {step}");
                let searched = step.starts_with("SEARCH") || !sql.contains(" > ");
                assert!(searched, "{sql}: {step}");
            }
        }
    }
    Ok(())
}
