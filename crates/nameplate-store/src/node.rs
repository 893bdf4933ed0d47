//! Which of several servers over one database a row belongs to.
//!
//! What each server numbers by itself, owed events and connection attempts, has keys of node and number in one 64-bit
//! integer: rows of one node are a range, in order, and two nodes never want the same key.

use crate::Conn;
use crate::sql::View;

/// A server among those over one database. SQLite has one, the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Node(u16);

/// Bits of a key that are the node's own number: at a million rows a second they last nine years.
const NUMBER: u32 = 48;

impl Node {
    /// The only one, where there is one; rows of databases that knew no nodes are its.
    pub const FIRST: Self = Self(0);
    /// The highest number a node can have: keys, and the one after its last, are positive.
    pub const MOST: u16 = 0x7ffe;

    /// The node of this number, 0 to [`Node::MOST`].
    pub fn new(number: u16) -> Option<Self> {
        (number <= Self::MOST).then_some(Self(number))
    }

    /// Its number.
    pub(crate) fn number(self) -> u16 {
        self.0
    }

    /// Its own keys, from the lowest to the highest.
    pub(crate) fn keys(self) -> (i64, i64) {
        let lowest = i64::from(self.0) << NUMBER;
        (lowest, lowest + ((1 << NUMBER) - 1))
    }

    /// The key of what it gave this number.
    pub(crate) fn key(self, number: i64) -> i64 {
        self.keys().0 + number
    }

    /// Whose key this is.
    pub(crate) fn of(key: i64) -> Self {
        Self(u16::try_from(key >> NUMBER).unwrap_or_default())
    }

    /// What a word must have before it, so that no other node's is the same.
    pub(crate) fn prefix(self) -> String {
        match self.0 {
            0 => String::new(),
            number => format!("{number}/"),
        }
    }
}

impl Conn<'_> {
    /// Which node this is.
    pub(crate) fn node(&self) -> Node {
        match &self.0 {
            View::Sqlite(_) => Node::FIRST,
            View::Postgres(session) => session.options().node(),
        }
    }

    /// Whether there can be other nodes.
    pub(crate) fn has_others(&self) -> bool {
        matches!(self.0, View::Postgres(_))
    }
}

#[cfg(test)]
mod tests {
    use super::Node;

    #[test]
    fn keys_of_a_node_are_a_range_of_its_own() {
        let (second, third) = (Node(1), Node(2));
        assert_eq!(Node::FIRST.keys().0, 0);
        assert_eq!(Node::FIRST.key(7), 7);
        assert_eq!(Node::FIRST.keys().1 + 1, second.keys().0);
        assert_eq!(second.keys().1 + 1, third.keys().0);
        for node in [Node::FIRST, second, third, Node(Node::MOST)] {
            let (lowest, highest) = node.keys();
            assert_eq!((Node::of(lowest), Node::of(highest)), (node, node));
            assert!(lowest >= 0 && highest > lowest);
        }
        assert_eq!(Node::new(Node::MOST + 1), None);
    }
}
