//! Values in the order of their numbers, of which there is mostly one and may be very many.
//!
//! One is a vector of one. Very many are blocks of at most [`BLOCK`], so that finding, adding and removing one moves few
//! others: all subscribers of a filter may leave at once.

/// Values in a block at most.
const BLOCK: usize = 512;

/// What has a number of its own.
pub(super) trait Numbered {
    fn number(&self) -> u64;
}

/// Values by their numbers.
#[derive(Debug)]
pub(super) enum Blocks<T> {
    Few(Vec<T>),
    /// At least one block, and none of them empty.
    #[expect(
        clippy::box_collection,
        reason = "every filter has one of these, and few have many: so it is no larger than a vector"
    )]
    Many(Box<Vec<Vec<T>>>),
}

impl<T> Default for Blocks<T> {
    fn default() -> Self {
        Self::Few(Vec::new())
    }
}

impl<T> Blocks<T> {
    fn blocks(&self) -> &[Vec<T>] {
        match self {
            Self::Few(block) => std::slice::from_ref(block),
            Self::Many(blocks) => blocks,
        }
    }

    /// All values, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &T> + Clone {
        self.blocks().iter().flatten()
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.blocks().iter().map(Vec::len).sum()
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Self::Few(block) if block.is_empty())
    }
}

/// Where a number is in a block, or belongs.
fn place<T: Numbered>(block: &[T], number: u64) -> Result<usize, usize> {
    block.binary_search_by_key(&number, Numbered::number)
}

/// The block that a number is in or belongs to.
fn block_of<T: Numbered>(blocks: &[Vec<T>], number: u64) -> usize {
    let before = |block: &Vec<T>| block.last().is_some_and(|last| last.number() < number);
    let at = blocks.partition_point(before);
    at.min(blocks.len().saturating_sub(1))
}

impl<T: Numbered> Blocks<T> {
    /// The value of a number.
    pub(super) fn get(&self, number: u64) -> Option<&T> {
        let blocks = self.blocks();
        let block = &blocks[block_of(blocks, number)];
        Some(&block[place(block, number).ok()?])
    }

    /// Puts a value in; the one that had its number.
    pub(super) fn put(&mut self, value: T) -> Option<T> {
        let number = value.number();
        let full = match self {
            Self::Few(block) => {
                if block.is_empty() {
                    // Most filters have one subscriber, and never more.
                    block.reserve_exact(1);
                }
                block
            }
            Self::Many(blocks) => {
                let at = block_of(blocks, number);
                if blocks[at].len() >= BLOCK && place(&blocks[at], number).is_err() {
                    // Numbers grow, so what comes mostly comes last.
                    let last = blocks[at].last().is_some_and(|last| last.number() < number);
                    let kept = if last { BLOCK } else { BLOCK / 2 };
                    let rest = blocks[at].split_off(kept);
                    let belongs = rest.first().is_none_or(|first| first.number() <= number);
                    blocks.insert(at + 1, rest);
                    &mut blocks[at + usize::from(belongs)]
                } else {
                    &mut blocks[at]
                }
            }
        };
        match place(full, number) {
            Ok(at) => return Some(std::mem::replace(&mut full[at], value)),
            Err(at) => full.insert(at, value),
        }
        if let Self::Few(block) = self
            && block.len() > BLOCK
        {
            let rest = block.split_off(BLOCK / 2);
            *self = Self::Many(Box::new(vec![std::mem::take(block), rest]));
        }
        None
    }

    /// Takes the value of a number out.
    pub(super) fn remove(&mut self, number: u64) -> Option<T> {
        let blocks = match self {
            Self::Few(block) => {
                let found = place(block, number).ok()?;
                return Some(block.remove(found));
            }
            Self::Many(blocks) => blocks,
        };
        let at = block_of(blocks, number);
        let found = place(&blocks[at], number).ok()?;
        let removed = blocks[at].remove(found);
        let next = blocks.get(at + 1).map(Vec::len);
        if next.is_some_and(|next| next + blocks[at].len() <= BLOCK / 2) {
            let mut next = blocks.remove(at + 1);
            blocks[at].append(&mut next);
        } else if blocks[at].is_empty() {
            blocks.remove(at);
        }
        if let [last] = &mut blocks[..] {
            *self = Self::Few(std::mem::take(last));
        }
        Some(removed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    impl Numbered for (u64, u32) {
        fn number(&self) -> u64 {
            self.0
        }
    }

    fn check(blocks: &Blocks<(u64, u32)>, expected: &BTreeMap<u64, u32>) {
        let found: Vec<(u64, u32)> = blocks.iter().copied().collect();
        let all: Vec<(u64, u32)> = expected.iter().map(|(number, v)| (*number, *v)).collect();
        assert_eq!(found, all);
        assert_eq!(
            (blocks.len(), blocks.is_empty()),
            (all.len(), all.is_empty())
        );
        let sizes: Vec<usize> = blocks.blocks().iter().map(Vec::len).collect();
        let fits = |size: &usize| (1..=BLOCK).contains(size);
        assert!(sizes.len() == 1 || sizes.iter().all(fits), "{sizes:?}");
    }

    #[test]
    fn they_are_what_a_map_of_them_is() {
        let (mut blocks, mut map) = (Blocks::default(), BTreeMap::new());
        let mut random = 1u64;
        // It grows, is changed throughout, and shrinks to nothing.
        for (round, odds) in [(0, 90), (1, 50), (2, 5)] {
            for step in 0..20_000u32 {
                random = random
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                let (number, roll) = ((random >> 33) % 5000, (random >> 20) % 100);
                if roll < odds {
                    assert_eq!(
                        blocks.put((number, step)).map(|old| old.1),
                        map.insert(number, step)
                    );
                } else {
                    assert_eq!(blocks.remove(number).map(|old| old.1), map.remove(&number));
                }
                assert_eq!(
                    blocks.get(number).map(|value| value.1),
                    map.get(&number).copied()
                );
                if step % 1000 == 0 {
                    check(&blocks, &map);
                }
            }
            check(&blocks, &map);
            assert_eq!(matches!(blocks, Blocks::Many(_)), round < 2);
        }
        for number in 0..5000 {
            assert_eq!(blocks.remove(number).map(|old| old.1), map.remove(&number));
        }
        check(&blocks, &map);
    }

    #[test]
    fn what_comes_in_order_fills_its_blocks() {
        let mut blocks = Blocks::default();
        for number in 0..100_000 {
            assert_eq!(blocks.put((number, 0)), None);
        }
        assert!(blocks.blocks().len() < 100_000 / BLOCK + 3);
        for number in 0..100_000 {
            assert_eq!(blocks.remove(number), Some((number, 0)));
        }
        assert!(blocks.is_empty());
    }

    #[test]
    fn one_takes_the_room_of_one() {
        let mut blocks = Blocks::default();
        blocks.put((7, 0));
        assert!(matches!(&blocks, Blocks::Few(block) if block.capacity() == 1));
        assert_eq!(size_of::<Blocks<(u64, u32)>>(), size_of::<Vec<u8>>());
    }
}
