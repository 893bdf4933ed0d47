//! The kinds of events that an account can switch on and off. AWS guide: iot-events.
//!
//! Owns the list of kinds. Does not know topics or payloads.

/// A kind of event, as `UpdateEventConfigurations` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// A thing was created, updated or deleted.
    Thing,
    /// A thing group was.
    ThingGroup,
    /// A thing type was.
    ThingType,
    /// A thing joined or left a thing group.
    ThingGroupMembership,
    /// A thing group got or lost a child.
    ThingGroupHierarchy,
    /// A thing got or lost its type.
    ThingTypeAssociation,
    /// A job changed.
    Job,
    /// A job execution changed.
    JobExecution,
    /// A policy changed; AWS documents no topic for it.
    Policy,
    /// A device connected, subscribed and so on.
    Certificate,
    /// A certificate was registered by its first connection.
    CaCertificate,
}

impl EventKind {
    /// All of them, in AWS's order.
    pub const ALL: [EventKind; 11] = [
        EventKind::Thing,
        EventKind::ThingGroup,
        EventKind::ThingType,
        EventKind::ThingGroupMembership,
        EventKind::ThingGroupHierarchy,
        EventKind::ThingTypeAssociation,
        EventKind::Job,
        EventKind::JobExecution,
        EventKind::Policy,
        EventKind::Certificate,
        EventKind::CaCertificate,
    ];

    /// AWS's spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            EventKind::Thing => "THING",
            EventKind::ThingGroup => "THING_GROUP",
            EventKind::ThingType => "THING_TYPE",
            EventKind::ThingGroupMembership => "THING_GROUP_MEMBERSHIP",
            EventKind::ThingGroupHierarchy => "THING_GROUP_HIERARCHY",
            EventKind::ThingTypeAssociation => "THING_TYPE_ASSOCIATION",
            EventKind::Job => "JOB",
            EventKind::JobExecution => "JOB_EXECUTION",
            EventKind::Policy => "POLICY",
            EventKind::Certificate => "CERTIFICATE",
            EventKind::CaCertificate => "CA_CERTIFICATE",
        }
    }

    /// From AWS's spelling.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A set of kinds: those that are switched on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventKinds(u16);

impl EventKinds {
    /// What an account starts with. The guide says that events must be switched on, and that lifecycle events
    /// cannot be switched off; so those two start on, and the registry's off.
    pub const STARTING: EventKinds =
        EventKinds(1 << EventKind::Certificate as u16 | 1 << EventKind::CaCertificate as u16);

    /// Whether a kind is in the set.
    pub fn contains(self, kind: EventKind) -> bool {
        self.0 & (1 << kind as u16) != 0
    }

    /// The set with a kind put in or taken out.
    pub fn with(self, kind: EventKind, on: bool) -> Self {
        if on {
            EventKinds(self.0 | 1 << kind as u16)
        } else {
            EventKinds(self.0 & !(1 << kind as u16))
        }
    }

    /// As a number, to be kept in an atomic.
    pub fn bits(self) -> u16 {
        self.0
    }

    /// From [`EventKinds::bits`].
    pub fn from_bits(bits: u16) -> Self {
        EventKinds(bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_was_put_in() {
        let mut set = EventKinds::STARTING;
        for kind in EventKind::ALL {
            let starting = matches!(kind, EventKind::Certificate | EventKind::CaCertificate);
            assert_eq!(set.contains(kind), starting, "{kind:?}");
            assert_eq!(EventKind::parse(kind.as_str()), Some(kind));
            set = set.with(kind, !starting);
        }
        for kind in EventKind::ALL {
            assert_ne!(set.contains(kind), EventKinds::STARTING.contains(kind));
        }
        assert_eq!(EventKinds::from_bits(set.bits()), set);
    }
}
