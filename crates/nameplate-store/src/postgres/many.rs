//! Rows that wait to be written together.
//!
//! The store's statements write a row each, and to hear of a statement costs a server more than to write its row. So rows of
//! one statement are gathered until something asks for their table, or the transaction ends, and are then written by one
//! statement that takes them as columns. That statement is made from the one for a row; where that cannot be done without
//! changing what it means, its rows do not wait.

use crate::sql::{Datum, Value};
use std::collections::HashSet;
use std::sync::Arc;
use tokio_postgres::types::Type;

/// How many rows, and about how many bytes of them, wait at most.
const ROWS: usize = 1024;
const BYTES: usize = 4 * 1024 * 1024;

/// How a statement for one row is put for many.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Many {
    /// The table that it writes.
    table: &'static str,
    /// The statement, whose parameters are arrays.
    pub(super) sql: String,
    /// Parameters that no two rows may have the same of: one statement does not change a row twice.
    distinct: Vec<usize>,
}

impl Many {
    /// `None` where its rows have to be written one by one. `kinds` are the types of the statement's parameters.
    pub(super) fn of(one: &'static str, kinds: &[Type]) -> Option<Self> {
        let arrays = kinds.iter().enumerate().map(|(at, kind)| {
            let array = match *kind {
                Type::INT8 => "BIGINT[]",
                Type::TEXT => "TEXT[]",
                Type::BYTEA => "BYTEA[]",
                _ => return None,
            };
            Some(format!("${}::{array}", at + 1))
        });
        let arrays = arrays.collect::<Option<Vec<_>>>()?.join(", ");
        let names: Vec<String> = (1..=kinds.len()).map(|at| format!("p{at}")).collect();
        let rows = format!("unnest({arrays}) AS v({})", names.join(", "));
        if kinds.is_empty() || one.contains(['\'', ';']) || one.contains("RETURNING") {
            return None;
        }
        match one.split_once(' ')? {
            ("INSERT", _) => Self::insert(one, &rows),
            ("UPDATE", _) => Self::update(one, &rows),
            _ => None,
        }
    }

    fn insert(one: &'static str, rows: &str) -> Option<Self> {
        let table = word(one.strip_prefix("INSERT INTO ")?);
        let (head, values) = one.split_once("VALUES (")?;
        let (row, tail) = values.split_once(')')?;
        let columns = head.split_once('(')?.1.split_once(')')?.0;
        if row.contains('(') || tail.contains('$') || tail.trim_start().starts_with(',') {
            return None;
        }
        let mut distinct = Vec::new();
        if tail.contains("DO UPDATE") {
            let values: Vec<&str> = row.split(',').map(str::trim).collect();
            let target = tail.split_once("ON CONFLICT (")?.1.split_once(')')?.0;
            for column in target.split(',').map(str::trim) {
                let at = columns.split(',').position(|name| name.trim() == column)?;
                distinct.push(parameter(values.get(at)?)?);
            }
        }
        Some(Self {
            table,
            sql: format!("{head}SELECT {} FROM {rows}{tail}", of_row(row)),
            distinct,
        })
    }

    fn update(one: &'static str, rows: &str) -> Option<Self> {
        let table = word(one.strip_prefix("UPDATE ")?);
        let (head, condition) = one.split_once("WHERE ")?;
        if one.contains('(') || one.contains("FROM") {
            return None;
        }
        let set = head.split_once(" SET ")?.1.split(',');
        let set: Vec<&str> = set.map(|part| word(part.trim())).collect();
        let mut distinct = Vec::new();
        for part in condition.split(" AND ") {
            let (column, value) = part.split_once(" = ")?;
            let column = column.trim();
            // One that is set, too, would be another for the row after.
            if word(column) != column || set.contains(&column) {
                return None;
            }
            distinct.push(parameter(value.trim())?);
        }
        Some(Self {
            table,
            sql: format!("{}FROM {rows} WHERE {}", of_row(head), of_row(condition)),
            distinct,
        })
    }

    /// What of a row no other may have.
    fn identity(&self, row: &[Datum]) -> Vec<Datum> {
        self.distinct.iter().map(|at| row[*at].clone()).collect()
    }
}

/// The name that a text begins with.
fn word(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    &text[..end.unwrap_or(text.len())]
}

/// The position of a parameter, if it is nothing else.
fn parameter(text: &str) -> Option<usize> {
    let number: usize = text.strip_prefix('$')?.parse().ok()?;
    number.checked_sub(1)
}

/// A part of a statement, with columns of the rows that it is run for in place of parameters.
fn of_row(text: &str) -> String {
    text.replace('$', "v.p")
}

/// Rows of one statement.
#[derive(Debug)]
pub(super) struct Rows {
    /// The statement for one.
    pub(super) one: &'static str,
    /// The statement for all.
    pub(super) many: Arc<Many>,
    /// Their values, in the order they were written.
    pub(super) rows: Vec<Vec<Datum>>,
    // How many of them are of closures that have ended.
    ended: usize,
    distinct: HashSet<Vec<Datum>>,
}

impl Rows {
    /// The values as columns.
    pub(super) fn into_columns(self) -> Vec<Vec<Datum>> {
        let mut columns: Vec<Vec<Datum>> = Vec::new();
        let count = self.rows.len();
        for row in self.rows {
            if columns.is_empty() {
                columns.resize_with(row.len(), || Vec::with_capacity(count));
            }
            for (column, value) in columns.iter_mut().zip(row) {
                column.push(value);
            }
        }
        columns
    }
}

/// All rows that wait, by statement.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    groups: Vec<Rows>,
    rows: usize,
    bytes: usize,
}

impl Gathered {
    /// Whether what waits has to be written before a row of this statement may wait, too.
    pub(super) fn bars(&self, one: &str, many: &Many, row: &[Datum]) -> bool {
        if self.rows >= ROWS || self.bytes >= BYTES {
            return true;
        }
        self.groups.iter().any(|rows| {
            // Of two statements about one table the first is run first, whichever rows are gathered for them.
            rows.many.table == many.table
                && (rows.one != one
                    || (!many.distinct.is_empty() && rows.distinct.contains(&many.identity(row))))
        })
    }

    /// Lets a row wait.
    pub(super) fn add(&mut self, one: &'static str, many: &Arc<Many>, row: Vec<Datum>) {
        self.rows += 1;
        self.bytes += row.iter().map(Datum::size).sum::<usize>();
        let at = match self.groups.iter().position(|rows| rows.one == one) {
            Some(at) => at,
            None => {
                self.groups.push(Rows {
                    one,
                    many: Arc::clone(many),
                    rows: Vec::new(),
                    ended: 0,
                    distinct: HashSet::new(),
                });
                self.groups.len() - 1
            }
        };
        let rows = &mut self.groups[at];
        if !many.distinct.is_empty() {
            rows.distinct.insert(many.identity(&row));
        }
        rows.rows.push(row);
    }

    /// Whether rows wait of a table that a statement names.
    pub(super) fn concern(&self, sql: &str) -> bool {
        self.groups.iter().any(|rows| names(sql, rows.many.table))
    }

    /// The running closure has ended, and its rows are to be written.
    pub(super) fn keep(&mut self) {
        for rows in &mut self.groups {
            rows.ended = rows.rows.len();
        }
    }

    /// Forgets the rows of the running closure.
    pub(super) fn undo(&mut self) {
        for rows in &mut self.groups {
            self.rows -= rows.rows.len() - rows.ended;
            for undone in rows.rows.drain(rows.ended..) {
                self.bytes -= undone.iter().map(Datum::size).sum::<usize>();
                rows.distinct.remove(&rows.many.identity(&undone));
            }
        }
        self.groups.retain(|rows| !rows.rows.is_empty());
    }

    /// Takes all: the rows of closures that have ended, then those of the running one.
    pub(super) fn take(&mut self) -> (Vec<Rows>, Vec<Rows>) {
        let (mut ended, mut running) = (Vec::new(), Vec::new());
        for mut rows in std::mem::take(self).groups {
            let later = Rows {
                one: rows.one,
                many: Arc::clone(&rows.many),
                rows: rows.rows.split_off(rows.ended),
                ended: 0,
                distinct: HashSet::new(),
            };
            ended.push(rows);
            running.push(later);
        }
        ended.retain(|rows| !rows.rows.is_empty());
        running.retain(|rows| !rows.rows.is_empty());
        (ended, running)
    }
}

/// Whether a name stands in a statement.
fn names(sql: &str, name: &str) -> bool {
    let outside =
        |byte: Option<u8>| byte.is_none_or(|byte| !(byte.is_ascii_alphanumeric() || byte == b'_'));
    sql.match_indices(name).any(|(at, _)| {
        let before = at.checked_sub(1).map(|before| sql.as_bytes()[before]);
        outside(before) && outside(sql.as_bytes().get(at + name.len()).copied())
    })
}

/// The values of a row that outlive the call.
pub(super) fn row(params: &[Value<'_>]) -> Vec<Datum> {
    params.iter().map(Datum::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [Type; 3] = [Type::INT8, Type::TEXT, Type::BYTEA];

    #[test]
    fn a_statement_for_one_row_is_put_for_many() {
        let rows = "unnest($1::BIGINT[], $2::TEXT[], $3::BYTEA[]) AS v(p1, p2, p3)";
        let check = |one: &'static str, sql: &str, distinct: &[usize]| {
            let many = Many::of(one, &KINDS).expect(one);
            assert_eq!(many.sql, sql.replace("ROWS", rows), "{one}");
            assert_eq!(many.distinct, distinct, "{one}");
            assert_eq!(many.table, "thing_child", "{one}");
        };
        check(
            "INSERT INTO thing_child (a, b, c, d) VALUES ($1, $2, 7, $3)",
            "INSERT INTO thing_child (a, b, c, d) SELECT v.p1, v.p2, 7, v.p3 FROM ROWS",
            &[],
        );
        check(
            "INSERT INTO thing_child (a, b, c) VALUES ($1, $2, $3) ON CONFLICT (a, b) DO NOTHING",
            "INSERT INTO thing_child (a, b, c) SELECT v.p1, v.p2, v.p3 FROM ROWS ON CONFLICT (a, b) DO NOTHING",
            &[],
        );
        check(
            "INSERT INTO thing_child (a, b, c) VALUES ($1, $2, $3)
             ON CONFLICT (c, a) DO UPDATE SET b = excluded.b",
            "INSERT INTO thing_child (a, b, c) SELECT v.p1, v.p2, v.p3 FROM ROWS
             ON CONFLICT (c, a) DO UPDATE SET b = excluded.b",
            &[2, 0],
        );
        check(
            "UPDATE thing_child SET a = $1, b = $2, n = n + 1 WHERE c = $3",
            "UPDATE thing_child SET a = v.p1, b = v.p2, n = n + 1 FROM ROWS WHERE c = v.p3",
            &[2],
        );
    }

    #[test]
    fn what_would_mean_something_else_is_left_alone() {
        for one in [
            "DELETE FROM t WHERE a = $1 AND b = $2 AND c = $3",
            "INSERT INTO t (a, b, c) VALUES ($1, $2, $3), (4, 5, 6)",
            "INSERT INTO t (a, b, c) SELECT $1, $2, $3",
            "INSERT INTO t (a, b, c) VALUES ($1, coalesce($2, $3), 1)",
            "INSERT INTO t (a, b) VALUES ($1, $2) ON CONFLICT (a) DO UPDATE SET b = $3",
            "INSERT INTO t (a, b, c) VALUES (1, $1, $2) ON CONFLICT (a) DO UPDATE SET b = excluded.b",
            "INSERT INTO t (a, b, c) VALUES ($1, $2, $3) ON CONFLICT (d) DO UPDATE SET b = excluded.b",
            "INSERT INTO t (a, b, c) VALUES ($1, $2, $3) RETURNING a",
            "INSERT INTO t (a, b, c, d) VALUES ($1, $2, $3, 'text, $')",
            "UPDATE t SET a = $1 WHERE b = $2 AND c > $3",
            "UPDATE t SET a = $1 WHERE b = $2 OR c = $3",
            "UPDATE t SET a = $1, b = $2, c = $3",
            "UPDATE t SET a = $1, b = $2 WHERE a = $3",
            "UPDATE t SET a = (SELECT $1 FROM u WHERE b = $2) WHERE c = $3",
        ] {
            assert_eq!(Many::of(one, &KINDS), None, "{one}");
        }
        let one = "INSERT INTO t (a) VALUES ($1)";
        assert_eq!(Many::of(one, &[Type::INT4]), None);
        assert_eq!(Many::of(one, &[]), None);
    }

    #[test]
    fn a_table_is_told_from_those_whose_names_hold_its_own() {
        assert!(names("SELECT 1 FROM thing WHERE id = $1", "thing"));
        assert!(names("SELECT 1 FROM a JOIN thing", "thing"));
        assert!(!names("SELECT 1 FROM thing_group m", "thing"));
        assert!(!names("SELECT 1 FROM my_thing", "thing"));
    }

    #[test]
    fn rows_wait_in_the_order_they_were_written() {
        let insert = "INSERT INTO t (a) VALUES ($1) ON CONFLICT (a) DO UPDATE SET a = excluded.a";
        let update = "UPDATE t SET b = $1 WHERE a = $2";
        let of = |one, kinds: &[Type]| Arc::new(Many::of(one, kinds).expect(one));
        let many = of(insert, &[Type::INT8]);
        let other = of(update, &[Type::INT8, Type::INT8]);
        let mut gathered = Gathered::default();
        let value = |number| vec![Datum::Int(number)];
        gathered.add(insert, &many, value(1));
        gathered.keep();
        gathered.add(insert, &many, value(2));
        assert!(gathered.bars(insert, &many, &value(2)));
        assert!(!gathered.bars(insert, &many, &value(3)));
        assert!(gathered.bars(update, &other, &[Datum::Int(1), Datum::Int(1)]));
        gathered.undo();
        assert!(!gathered.bars(insert, &many, &value(2)));
        gathered.add(insert, &many, value(3));
        let (ended, running) = gathered.take();
        assert_eq!(ended[0].rows, [value(1)]);
        assert_eq!(running[0].rows, [value(3)]);
        assert!(!gathered.concern("SELECT * FROM t"));
        assert_eq!((gathered.rows, gathered.bytes), (0, 0));
    }
}
