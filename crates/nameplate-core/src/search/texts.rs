//! All texts of a field one behind the other, to find those that hold a piece: what begins with a wildcard is in no
//! order, and looking at a million texts where each lies costs a hundred times as much as reading through them.

use memchr::memmem;

/// Bytes of a segment; one longer text has a segment of its own.
const SEGMENT: usize = 64 * 1024;
/// Behind each text. No text holds it.
const END: char = '\0';
/// Of an entry whose text nobody has any more.
const NOBODY: u32 = u32::MAX;

/// Where a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    segment: u32,
    entry: u32,
}

/// Texts of values, by the values' numbers.
#[derive(Debug, Default)]
pub(super) struct Texts {
    segments: Vec<Segment>,
    // Segments without texts, to be filled again.
    empty: Vec<u32>,
    // The one that is being filled.
    open: Option<u32>,
}

#[derive(Debug, Default)]
struct Segment {
    text: String,
    entries: Vec<Entry>,
    dead: usize,
}

#[derive(Debug)]
struct Entry {
    start: u32,
    value: u32,
}

impl Texts {
    /// Adds a value's text.
    pub(super) fn insert(&mut self, text: &str, value: u32) -> Place {
        let segment = match self.open {
            Some(open) if self.segments[open as usize].has_room(text) => open,
            _ => {
                let next = self.empty.pop().unwrap_or_else(|| {
                    self.segments.push(Segment::default());
                    number_of(self.segments.len() - 1)
                });
                self.open = Some(next);
                next
            }
        };
        Place {
            segment,
            entry: self.segments[segment as usize].push(text, value),
        }
    }

    /// Removes a text. Others of its segment may move; tells which values do, and where to.
    #[must_use]
    pub(super) fn remove(&mut self, place: Place) -> Vec<(u32, Place)> {
        let segment = &mut self.segments[place.segment as usize];
        segment.entries[place.entry as usize].value = NOBODY;
        segment.dead += 1;
        if segment.dead * 2 <= segment.entries.len() {
            return Vec::new();
        }
        let old = std::mem::take(segment);
        let mut moved = Vec::new();
        for at in 0..old.entries.len() {
            let value = old.entries[at].value;
            if value != NOBODY {
                let entry = segment.push(old.text_of(at), value);
                let place = Place { entry, ..place };
                moved.push((value, place));
            }
        }
        if moved.is_empty() && self.open != Some(place.segment) {
            self.empty.push(place.segment);
        }
        moved
    }

    /// Calls `found` with each value whose text holds the piece, and the text, until it says that it is enough.
    pub(super) fn holding(&self, piece: &str, mut found: impl FnMut(u32, &str) -> bool) {
        let finder = memmem::Finder::new(piece);
        for segment in &self.segments {
            let mut from = 0;
            while let Some(hit) = finder.find(&segment.text.as_bytes()[from..]) {
                let hit = from + hit;
                let at = segment
                    .entries
                    .partition_point(|entry| entry.start as usize <= hit)
                    - 1;
                let value = segment.entries[at].value;
                if value != NOBODY && !found(value, segment.text_of(at)) {
                    return;
                }
                from = segment.end_of(at) + 1;
            }
        }
    }
}

impl Segment {
    fn has_room(&self, text: &str) -> bool {
        self.text.is_empty() || self.text.len() + text.len() < SEGMENT
    }

    fn push(&mut self, text: &str, value: u32) -> u32 {
        self.entries.push(Entry {
            start: number_of(self.text.len()),
            value,
        });
        self.text.push_str(text);
        self.text.push(END);
        number_of(self.entries.len() - 1)
    }

    /// Where the mark behind a text is.
    fn end_of(&self, at: usize) -> usize {
        match self.entries.get(at + 1) {
            Some(next) => next.start as usize - 1,
            None => self.text.len() - 1,
        }
    }

    fn text_of(&self, at: usize) -> &str {
        &self.text[self.entries[at].start as usize..self.end_of(at)]
    }
}

/// More than four thousand million documents or values do not fit into the memory that would have to hold them.
pub(super) fn number_of(place: usize) -> u32 {
    u32::try_from(place).expect("an index in memory is smaller than 2^32")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// Inserts and removals at random, checked against a map.
    #[test]
    fn it_finds_what_is_there() {
        let mut texts = Texts::default();
        let mut known: BTreeMap<u32, (String, Place)> = BTreeMap::new();
        let mut state = 7_u64;
        let mut random = |sides: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) % sides
        };
        for value in 0..6000 {
            let long = if random(50) == 0 { 9000 } else { 0 };
            let text = format!("{}-{value}-ä{}", random(10_000), "x".repeat(long));
            let place = texts.insert(&text, value);
            known.insert(value, (text, place));
            for _ in 0..random(3) {
                let victim = random(u64::from(value) + 1) as u32;
                if let Some((_, place)) = known.remove(&victim) {
                    for (value, place) in texts.remove(place) {
                        known.get_mut(&value).expect("it is known").1 = place;
                    }
                }
            }
        }
        assert!(texts.segments.len() > 3 && known.len() > 100);
        for piece in ["7", "99", "-ä", "-12-", "xx", "no such"] {
            let mut found = Vec::new();
            texts.holding(piece, |value, text| {
                assert_eq!(known[&value].0, text);
                found.push(value);
                true
            });
            found.sort_unstable();
            let expected: Vec<u32> = known
                .iter()
                .filter(|(_, (text, _))| text.contains(piece))
                .map(|(value, _)| *value)
                .collect();
            assert_eq!(found, expected, "{piece}");
        }
        let mut first = 0;
        texts.holding("-", |_, _| {
            first += 1;
            false
        });
        assert_eq!(first, 1, "it stops when it is told to");
    }
}
