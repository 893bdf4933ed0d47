//! Lists of objects: in the order of keys, those below a delimiter rolled up.

use super::{ObjectInfo, Objects, PAST_ALL_KEYS, need_bucket};
use crate::app::Result;
use nameplate_store::object::ListedObject;

/// Rows read at a time.
const ROWS: usize = 1000;

/// What of a bucket is listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Beginning of every key.
    pub prefix: String,
    /// What follows it in a key, with whatever is before that, makes a common prefix. Empty: nothing does.
    pub delimiter: String,
    /// Key or common prefix after which the list begins.
    pub after: String,
    /// Most items.
    pub limit: usize,
}

/// An item of a list.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// An object.
    Object {
        /// Its key.
        key: String,
        /// What is known of it.
        info: Box<ObjectInfo>,
    },
    /// The beginning of at least one key, delimiter included.
    CommonPrefix(String),
}

impl Item {
    /// What a list goes on after.
    pub fn position(&self) -> &str {
        match self {
            Self::Object { key, .. } => key,
            Self::CommonPrefix(prefix) => prefix,
        }
    }
}

/// Part of a list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Listing {
    /// The items.
    pub items: Vec<Item>,
    /// Whether there are more after them.
    pub more: bool,
}

impl Objects {
    /// Lists a bucket.
    pub async fn list_objects(&self, bucket: &str, selection: &Selection) -> Result<Listing> {
        self.kernel
            .store
            .read(|conn| {
                let bucket = need_bucket(conn, bucket)?;
                let fetch = |from: &[u8], until: &[u8], limit| {
                    Ok(conn.objects(bucket, from, until, limit)?)
                };
                list(selection, fetch)
            })
            .await
    }
}

/// Lists with rows that `fetch` gives: at most so many at or after the first key and before the second.
fn list(
    selection: &Selection,
    fetch: impl Fn(&[u8], &[u8], usize) -> Result<Vec<ListedObject>>,
) -> Result<Listing> {
    let Selection {
        prefix,
        delimiter,
        after,
        limit,
    } = selection;
    let mut listing = Listing::default();
    if *limit == 0 {
        return Ok(listing);
    }
    let common = |key: &str| common_prefix(key, prefix, delimiter);
    let until = past_prefix(prefix);
    let mut from = prefix.clone().into_bytes();
    if !after.is_empty() {
        let beyond = match common(after) {
            // The list broke off at or below a common prefix, and what that stands for is done.
            Some(rolled) => past_prefix(&rolled),
            None => past_key(after),
        };
        from = from.max(beyond);
    }
    loop {
        let asked = (limit - listing.items.len() + 1).min(ROWS);
        let rows = fetch(&from, &until, asked)?;
        let last = rows.len() < asked;
        for ListedObject { name: key, row } in rows {
            if key.as_bytes() < from.as_slice() {
                // Below a common prefix that is in the list.
                continue;
            }
            if listing.items.len() == *limit {
                listing.more = true;
                return Ok(listing);
            }
            match common(&key) {
                Some(rolled) => {
                    from = past_prefix(&rolled);
                    listing.items.push(Item::CommonPrefix(rolled));
                }
                None => {
                    from = past_key(&key);
                    let info = Box::new(ObjectInfo::of(&row)?);
                    listing.items.push(Item::Object { key, info });
                }
            }
        }
        if last {
            return Ok(listing);
        }
    }
}

/// The beginning that a key has in common with others: the prefix of the list and what follows it, to the delimiter.
pub(super) fn common_prefix(key: &str, prefix: &str, delimiter: &str) -> Option<String> {
    let rest = key.strip_prefix(prefix)?;
    let at = rest.find(delimiter).filter(|_| !delimiter.is_empty())?;
    Some(key[..prefix.len() + at + delimiter.len()].to_owned())
}

/// The least bytes after a key.
fn past_key(key: &str) -> Vec<u8> {
    let mut bytes = key.as_bytes().to_vec();
    bytes.push(0);
    bytes
}

/// The least bytes after all that begin with a prefix.
pub(super) fn past_prefix(prefix: &str) -> Vec<u8> {
    let mut bytes = prefix.as_bytes().to_vec();
    match bytes.last_mut() {
        // No byte of UTF-8 is the greatest.
        Some(last) => *last += 1,
        None => bytes = PAST_ALL_KEYS.to_vec(),
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use nameplate_core::ctx::Millis;
    use nameplate_store::object::ObjectRow;

    fn rows(keys: &[&str], from: &[u8], until: &[u8], limit: usize) -> Vec<ListedObject> {
        let mut keys: Vec<&str> = keys
            .iter()
            .copied()
            .filter(|key| key.as_bytes() >= from && key.as_bytes() < until)
            .collect();
        keys.sort_unstable();
        let row = |key: &&str| ListedObject {
            name: (*key).to_owned(),
            row: ObjectRow {
                file: String::new(),
                size: 0,
                etag: String::new(),
                modified: Millis(0),
                details: "{}".into(),
            },
        };
        keys.iter().take(limit).map(row).collect()
    }

    /// The list as a whole must be `expected`, also when it is read in pages of any length.
    fn check(keys: &[&str], prefix: &str, delimiter: &str, after: &str, expected: &[&str]) {
        for limit in 1..=expected.len() + 2 {
            let mut found = Vec::new();
            let mut after = after.to_owned();
            loop {
                let selection = Selection {
                    prefix: prefix.to_owned(),
                    delimiter: delimiter.to_owned(),
                    after,
                    limit,
                };
                let page = list(&selection, |from, until, limit| {
                    Ok(rows(keys, from, until, limit))
                })
                .expect("rows are readable");
                found.extend(page.items.iter().map(|item| item.position().to_owned()));
                match page.items.last() {
                    Some(last) if page.more => {
                        assert_eq!(page.items.len(), limit);
                        after = last.position().to_owned();
                    }
                    _ => break,
                }
            }
            assert_eq!(found, expected, "{prefix:?} {delimiter:?} by {limit}");
        }
    }

    #[test]
    fn lists() {
        let keys = [
            "a", "a/", "a/1", "a/2", "a/b/1", "a0", "b/1", "c", "ä/1", "日本",
        ];
        check(&keys, "", "", "", &keys);
        check(
            &keys,
            "",
            "/",
            "",
            &["a", "a/", "a0", "b/", "c", "ä/", "日本"],
        );
        check(&keys, "a/", "/", "", &["a/", "a/1", "a/2", "a/b/"]);
        check(
            &keys,
            "a",
            "",
            "",
            &["a", "a/", "a/1", "a/2", "a/b/1", "a0"],
        );
        check(&keys, "a", "/", "a/", &["a0"]);
        check(&keys, "a", "/", "a/1", &["a0"]);
        check(&keys, "", "", "a/b/1", &["a0", "b/1", "c", "ä/1", "日本"]);
        check(&keys, "", "/", "b", &["b/", "c", "ä/", "日本"]);
        check(&keys, "x", "", "", &[]);
        check(&keys, "b", "", "a", &["b/1"]);
        check(&["x--1", "x--2", "x-3"], "x", "--", "", &["x--", "x-3"]);
        check(&[], "", "/", "", &[]);
    }
}
