//! What a connection asks about a certificate: a few facts, at hand without reading its rows.

use nameplate_core::registry::certificate::{Mode, Status};

/// What a connection asks about a certificate, without touching the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CertificateEntry {
    /// Key of its row.
    pub key: i64,
    /// Key of the CA it was registered through.
    pub ca: Option<i64>,
    /// What decides whether a device may connect with it.
    pub status: Status,
    /// Whether SNI must be present.
    pub mode: Mode,
    /// Keys of the policies attached to it.
    pub policies: Few,
    /// The things that it is a principal of.
    pub things: Attached,
}

/// Keys of the policies of a certificate. Nearly every certificate has one or two; of others memory only says that
/// the store must be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Few {
    /// None at all.
    #[default]
    None,
    /// The key of the only one.
    One(i64),
    /// These two, in order.
    Two(i64, i64),
    /// More than are held.
    Many,
}

impl Few {
    pub(crate) fn with(self, key: i64) -> Self {
        match self {
            Few::None => Few::One(key),
            Few::One(one) if one == key => self,
            Few::One(one) => Few::Two(one.min(key), one.max(key)),
            Few::Two(one, two) if one == key || two == key => self,
            Few::Two(..) | Few::Many => Few::Many,
        }
    }

    pub(crate) fn of(keys: &[i64]) -> Self {
        keys.iter().fold(Few::None, |few, key| few.with(*key))
    }

    /// The keys in order; `None` where the store must be asked.
    pub fn keys(self) -> Option<Vec<i64>> {
        match self {
            Few::None => Some(Vec::new()),
            Few::One(one) => Some(vec![one]),
            Few::Two(one, two) => Some(vec![one, two]),
            Few::Many => None,
        }
    }
}

/// The things that a certificate is attached to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Attached {
    /// None at all.
    #[default]
    None,
    /// A single thing.
    One {
        /// Key of the thing.
        thing: i64,
        /// The attachment is exclusive.
        exclusive: bool,
    },
    /// Several; the store must be asked.
    Many,
}

impl Attached {
    /// The key of the thing that it belongs to alone.
    pub fn exclusive(self) -> Option<i64> {
        match self {
            Attached::One {
                thing,
                exclusive: true,
            } => Some(thing),
            _ => None,
        }
    }

    pub(crate) fn with(self, thing: i64, exclusive: bool) -> Self {
        match self {
            Attached::None => Attached::One { thing, exclusive },
            Attached::One { thing: held, .. } if held == thing => {
                Attached::One { thing, exclusive }
            }
            Attached::One { .. } | Attached::Many => Attached::Many,
        }
    }
}
