//! Reading ahead: what many lines of one task would ask of the registry one after the other, asked once.
//!
//! Which thing has a name and what a certificate is, is then known to the transaction, which keeps both up with its own
//! changes. Whoever is handed more must forget what he changes.

use super::{entry, select_entry};
use crate::dynamodb::{ItemKey, ItemRow, KeyedItem, keyed};
use crate::entry::{Attached, CertificateEntry};
use crate::sql::{Columns, Conn, Row, View};
use crate::thing::{select_thing, thing};
use crate::tx::Tx;
use crate::{Result, ThingAttachment};
use nameplate_core::registry::thing::{PrincipalType, Thing};
use std::collections::{HashMap, HashSet};

/// What was read of things and certificates that are there.
#[derive(Debug, Default)]
pub struct Ahead {
    /// Things by name, each with the keys of the groups that it is in.
    pub things: HashMap<String, (Thing, Vec<i64>)>,
    /// The thing of a certificate that is attached to one.
    pub attached: HashMap<[u8; 32], ThingAttachment>,
}

impl Tx<'_> {
    /// Whether answers are waited for, so that many questions are better asked at once.
    pub fn reads_ahead(&self) -> bool {
        let conn: &Conn<'_> = self;
        matches!(conn.0, View::Postgres(_))
    }

    /// Reads the things and certificates that a closure is going to ask for. An engine that keeps them at hand reads
    /// nothing.
    pub fn read_ahead(&self, names: &[&str], hashes: &[[u8; 32]]) -> Result<Ahead> {
        let conn: &Conn<'_> = self;
        let mut ahead = Ahead::default();
        if self.reads_ahead() {
            conn.read_things(names, &mut ahead)?;
            conn.read_certificates(hashes, &mut ahead)?;
        }
        Ok(ahead)
    }
}

impl Conn<'_> {
    fn read_things(&self, names: &[&str], ahead: &mut Ahead) -> Result<()> {
        let View::Postgres(session) = &self.0 else {
            return Ok(());
        };
        if names.is_empty() {
            return Ok(());
        }
        let rows = session.query_of(select_thing!("WHERE t.name = ANY($1)"), &[&names])?;
        for name in names {
            session.know_thing(name, None);
        }
        let mut of_keys = HashMap::new();
        for row in &rows {
            let found = thing(&Row(Columns::Postgres(row)))?;
            session.know_thing(&found.name, Some(found.key));
            of_keys.insert(found.key, found.name.clone());
            ahead.things.insert(found.name.clone(), (found, Vec::new()));
        }
        if of_keys.is_empty() {
            return Ok(());
        }
        let keys: Vec<i64> = of_keys.keys().copied().collect();
        let rows = session.query_of(
            "SELECT thing_id, group_id FROM thing_group_member WHERE thing_id = ANY($1) ORDER BY group_id",
            &[&keys],
        )?;
        for row in &rows {
            let row = Row(Columns::Postgres(row));
            let name = of_keys.get(&row.int(0)?);
            if let Some((_, groups)) = name.and_then(|name| ahead.things.get_mut(name)) {
                groups.push(row.int(1)?);
            }
        }
        Ok(())
    }

    fn read_certificates(&self, hashes: &[[u8; 32]], ahead: &mut Ahead) -> Result<()> {
        let View::Postgres(session) = &self.0 else {
            return Ok(());
        };
        if hashes.is_empty() {
            return Ok(());
        }
        let wanted: Vec<&[u8]> = hashes.iter().map(<[u8; 32]>::as_slice).collect();
        let rows = session.query_of(select_entry!("c.hash = ANY($1)"), &[&wanted])?;
        for hash in hashes {
            session.know_certificate(*hash, None);
        }
        let mut attached = HashMap::new();
        for row in &rows {
            let row = Row(Columns::Postgres(row));
            let (hash, found): ([u8; 32], CertificateEntry) = (row.hash(10)?, entry(&row)?);
            session.know_certificate(hash, Some(found));
            if let Attached::One { .. } = found.things {
                attached.insert(found.key, hash);
            }
        }
        if attached.is_empty() {
            return Ok(());
        }
        let keys: Vec<i64> = attached.keys().copied().collect();
        let rows = session.query_of(
            "SELECT a.certificate_id, t.id, t.name, a.exclusive
             FROM thing_principal a JOIN thing t ON t.id = a.thing_id WHERE a.certificate_id = ANY($1)",
            &[&keys],
        )?;
        for row in &rows {
            let row = Row(Columns::Postgres(row));
            let attachment = ThingAttachment {
                thing: row.int(1)?,
                name: row.text(2)?,
                kind: match row.flag(3)? {
                    true => PrincipalType::Exclusive,
                    false => PrincipalType::NonExclusive,
                },
            };
            if let Some(hash) = attached.get(&row.int(0)?) {
                ahead.attached.insert(*hash, attachment);
            }
        }
        Ok(())
    }

    /// Those of a table's items with these keys that are there, if this engine is asked for many at once.
    pub(crate) fn items_at_once(
        &self,
        table: i64,
        keys: &[(&[u8], &[u8])],
    ) -> Result<Option<HashMap<ItemKey, ItemRow>>> {
        let View::Postgres(session) = &self.0 else {
            return Ok(None);
        };
        if keys.is_empty() {
            return Ok(Some(HashMap::new()));
        }
        let (hashes, ranges): (Vec<&[u8]>, Vec<&[u8]>) = keys.iter().copied().unzip();
        let rows = session.query_of(
            "SELECT i.size, i.item, i.hash_key, i.range_key
             FROM unnest($1::BYTEA[], $2::BYTEA[]) AS k(hash_key, range_key) CROSS JOIN dynamodb_item AS i
             WHERE i.table_id = $3 AND i.hash_key = k.hash_key AND i.range_key = k.range_key",
            &[&hashes, &ranges, &table],
        )?;
        let found = rows.iter().map(|row| {
            let KeyedItem { key, row } = keyed(&Row(Columns::Postgres(row)))?;
            Ok((key, row))
        });
        Ok(Some(found.collect::<Result<_>>()?))
    }

    /// Which of the certificates with these digests are registered.
    pub(crate) fn registered(&self, hashes: &[[u8; 32]]) -> Result<HashSet<[u8; 32]>> {
        let View::Postgres(session) = &self.0 else {
            return Ok(HashSet::new());
        };
        let wanted: Vec<&[u8]> = hashes.iter().map(<[u8; 32]>::as_slice).collect();
        let rows = session.query_of(
            "SELECT hash FROM certificate WHERE hash = ANY($1)",
            &[&wanted],
        )?;
        let hash = |row| Row(Columns::Postgres(row)).hash(0);
        rows.iter().map(hash).collect()
    }
}
