//! Faults that tests ask for: each is made a given number of times, for all clients or one, and then no more.
//!
//! Owns which faults there are and how many of each are still to come. What a fault looks like is up to whoever asks
//! here whether it is time for one.

use super::error::{Error, Result};
use parking_lot::Mutex;
use std::time::Duration;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The connection is closed when CONNECT has come, before anything is answered.
    DropConnect,
    /// CONNECT is never answered; the connection stays open until the client closes it.
    LoseConnack,
    /// A SUBSCRIBE is carried out, and its SUBACK never sent.
    LoseSuback,
    /// A PINGREQ is never answered.
    LosePingresp,
    /// A PUBLISH of QoS 1 is taken, and its PUBACK never sent.
    LosePuback,
    /// The pre-provisioning hook takes so much longer.
    SlowHook,
    /// An API call is refused as one too many.
    Throttle,
}

impl Fault {
    /// All, with their names.
    pub const ALL: &[(&str, Fault)] = &[
        ("drop-connect", Fault::DropConnect),
        ("lose-connack", Fault::LoseConnack),
        ("lose-suback", Fault::LoseSuback),
        ("lose-pingresp", Fault::LosePingresp),
        ("lose-puback", Fault::LosePuback),
        ("slow-hook", Fault::SlowHook),
        ("throttle", Fault::Throttle),
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        let mut all = Self::ALL.iter();
        all.find(|(_, fault)| *fault == self)
            .map_or("", |(name, _)| name)
    }

    /// The fault of this name.
    pub fn parse(name: &str) -> Option<Self> {
        let mut all = Self::ALL.iter();
        all.find(|(known, _)| *known == name)
            .map(|(_, fault)| *fault)
    }
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ordered {
    /// What goes wrong.
    pub fault: Fault,
    /// Of whom: a client id, a template's name or an operation, by the fault; of everybody without.
    pub of: Option<String>,
    /// How often it is still to go wrong.
    pub times: u32,
    /// How long it takes, where it takes time.
    pub delay: Duration,
}

/// Orders kept at once.
const MOST: usize = 100;

/// The faults that are still to come.
pub struct Faults(Option<Mutex<Vec<Ordered>>>);

impl Faults {
    /// None are made unless that is allowed.
    pub(super) fn new(allowed: bool) -> Self {
        Self(allowed.then(Mutex::default))
    }

    /// Adds an order behind those that there are.
    pub(crate) fn order(&self, ordered: Ordered) -> Result<()> {
        let Some(orders) = &self.0 else { return Ok(()) };
        let mut orders = orders.lock();
        if orders.len() >= MOST {
            return Err(Error::invalid(format!(
                "{MOST} orders wait already; DELETE /nameplate/faults forgets them"
            )));
        }
        orders.push(ordered);
        Ok(())
    }

    /// What is still to come.
    pub(crate) fn orders(&self) -> Vec<Ordered> {
        let orders = self.0.as_ref().map(|orders| orders.lock().clone());
        orders.unwrap_or_default()
    }

    /// Nothing is to come any more.
    pub(crate) fn forget(&self) {
        if let Some(orders) = &self.0 {
            orders.lock().clear();
        }
    }

    /// Whether this is to go wrong now, and how long that takes; it is counted.
    pub(crate) fn due(&self, fault: Fault, of: &str) -> Option<Duration> {
        let mut orders = self.0.as_ref()?.lock();
        let concerns = |ordered: &Ordered| {
            ordered.fault == fault && ordered.of.as_ref().is_none_or(|only| only == of)
        };
        let at = orders.iter().position(concerns)?;
        let delay = orders[at].delay;
        orders[at].times = orders[at].times.saturating_sub(1);
        if orders[at].times == 0 {
            orders.remove(at);
        }
        Some(delay)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ordered(fault: Fault, of: Option<&str>, times: u32) -> Ordered {
        Ordered {
            fault,
            of: of.map(str::to_owned),
            times,
            delay: Duration::from_millis(5),
        }
    }

    #[test]
    fn each_comes_as_often_as_it_was_ordered_and_to_those_it_is_for() {
        let faults = Faults::new(true);
        faults
            .order(ordered(Fault::LosePuback, Some("lamp"), 2))
            .unwrap();
        faults.order(ordered(Fault::Throttle, None, 1)).unwrap();
        assert_eq!(faults.due(Fault::LosePuback, "other"), None);
        assert_eq!(faults.due(Fault::DropConnect, "lamp"), None);
        let five = Some(Duration::from_millis(5));
        assert_eq!(faults.due(Fault::LosePuback, "lamp"), five);
        assert_eq!(faults.due(Fault::LosePuback, "lamp"), five);
        assert_eq!(faults.due(Fault::LosePuback, "lamp"), None);
        assert_eq!(faults.orders().len(), 1);
        faults.forget();
        assert_eq!(faults.due(Fault::Throttle, "CreateThing"), None);
    }

    #[test]
    fn none_are_made_where_they_are_not_allowed() {
        let faults = Faults::new(false);
        faults.order(ordered(Fault::Throttle, None, 1)).unwrap();
        assert_eq!(faults.due(Fault::Throttle, ""), None);
        assert_eq!(Fault::parse("throttle"), Some(Fault::Throttle));
        assert_eq!(Fault::DropConnect.name(), "drop-connect");
    }
}
