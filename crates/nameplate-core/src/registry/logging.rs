//! Which log lines about devices are written: a level for everyone, and levels for some.
//!
//! Owns which level counts for a device. Must not know how or where lines are written.

use std::collections::BTreeMap;

/// How much is logged, and how much a line matters. API: `LogLevel`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Nothing is logged.
    Disabled,
    /// Failures.
    Error,
    /// And what may become one.
    Warn,
    /// And what happens in order.
    Info,
    /// And details.
    Debug,
}

impl Level {
    const ALL: [Level; 5] = [
        Level::Disabled,
        Level::Error,
        Level::Warn,
        Level::Info,
        Level::Debug,
    ];

    /// AWS's spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Disabled => "DISABLED",
            Level::Error => "ERROR",
            Level::Warn => "WARN",
            Level::Info => "INFO",
            Level::Debug => "DEBUG",
        }
    }

    /// From AWS's spelling.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == text)
    }
}

/// What a level of its own can be for. API: `LogTargetType`, without the default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TargetKind {
    /// One MQTT client identifier.
    ClientId,
    /// One principal: the id of a certificate.
    PrincipalId,
    /// One address.
    SourceIp,
    /// The things in a group and in the groups below it.
    ThingGroup,
}

impl TargetKind {
    /// Every kind, in the order of AWS's spellings.
    pub const ALL: [TargetKind; 4] = [
        TargetKind::ClientId,
        TargetKind::PrincipalId,
        TargetKind::SourceIp,
        TargetKind::ThingGroup,
    ];

    /// AWS's spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            TargetKind::ClientId => "CLIENT_ID",
            TargetKind::PrincipalId => "PRINCIPAL_ID",
            TargetKind::SourceIp => "SOURCE_IP",
            TargetKind::ThingGroup => "THING_GROUP",
        }
    }

    /// From AWS's spelling.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// What is set for the account as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The role that AWS would write to its log service with.
    pub role_arn: Option<String>,
    /// For whoever has no level of their own.
    pub default_level: Level,
    /// Nothing is logged, whatever the levels say.
    pub disabled: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            role_arn: None,
            default_level: Level::Info,
            disabled: false,
        }
    }
}

/// Whom a line is about, as far as it is known.
#[derive(Debug, Clone, Copy, Default)]
pub struct About<'a> {
    /// MQTT client identifier.
    pub client_id: Option<&'a str>,
    /// Certificate id.
    pub principal: Option<&'a str>,
    /// The peer's address, without port.
    pub address: Option<&'a str>,
    /// Thing groups, ancestors included; asked for only where a group has a level.
    pub groups: &'a [String],
}

/// Everything that is set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Levels {
    /// For the account; absent until it is set for the first time, and then every line is written.
    pub options: Option<Options>,
    /// For some.
    pub targets: BTreeMap<(TargetKind, String), Level>,
}

impl Levels {
    /// Whether thing groups have to be known to decide.
    pub fn needs_groups(&self) -> bool {
        let logs = self.options.as_ref().is_some_and(|set| !set.disabled);
        logs && self
            .targets
            .keys()
            .any(|(kind, _)| *kind == TargetKind::ThingGroup)
    }

    /// Whether a line of this level about this device is written. Of several levels that are set for a device the one
    /// counts that shows most.
    pub fn write(&self, level: Level, about: &About<'_>) -> bool {
        let Some(options) = &self.options else {
            return true;
        };
        if options.disabled {
            return false;
        }
        if self.targets.is_empty() {
            return level <= options.default_level;
        }
        let single = [
            (TargetKind::ClientId, about.client_id),
            (TargetKind::PrincipalId, about.principal),
            (TargetKind::SourceIp, about.address),
        ];
        let own = single
            .into_iter()
            .filter_map(|(kind, name)| Some((kind, name?.to_owned())))
            .chain(
                about
                    .groups
                    .iter()
                    .map(|group| (TargetKind::ThingGroup, group.clone())),
            )
            .filter_map(|target| self.targets.get(&target).copied())
            .max();
        level <= own.unwrap_or(options.default_level)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whose_level_counts() {
        let groups = ["north".to_owned()];
        let lamp = About {
            client_id: Some("lamp"),
            principal: Some("ab"),
            address: Some("10.0.0.1"),
            groups: &groups,
        };
        let check = |options: Option<(Level, bool)>,
                     targets: &[(TargetKind, &str, Level)],
                     shown: &[Level]| {
            let levels = Levels {
                options: options.map(|(default_level, disabled)| Options {
                    default_level,
                    disabled,
                    ..Options::default()
                }),
                targets: targets
                    .iter()
                    .map(|(kind, name, level)| ((*kind, (*name).to_owned()), *level))
                    .collect(),
            };
            let found: Vec<_> = [Level::Error, Level::Info, Level::Debug]
                .into_iter()
                .filter(|level| levels.write(*level, &lamp))
                .collect();
            assert_eq!(found, shown, "{options:?} {targets:?}");
        };
        use Level::*;
        use TargetKind::*;
        let all = &[Error, Info, Debug];
        check(None, &[], all);
        check(Some((Info, false)), &[], &[Error, Info]);
        check(Some((Warn, false)), &[], &[Error]);
        check(Some((Disabled, false)), &[], &[]);
        check(Some((Debug, true)), &[(ClientId, "lamp", Debug)], &[]);
        check(Some((Error, false)), &[(ClientId, "lamp", Debug)], all);
        check(
            Some((Error, false)),
            &[(ClientId, "other", Debug)],
            &[Error],
        );
        check(
            Some((Debug, false)),
            &[(PrincipalId, "ab", Error)],
            &[Error],
        );
        check(
            Some((Debug, false)),
            &[(SourceIp, "10.0.0.1", Disabled)],
            &[],
        );
        let several = &[
            (SourceIp, "10.0.0.1", Disabled),
            (ThingGroup, "north", Info),
        ];
        check(Some((Error, false)), several, &[Error, Info]);
    }

    #[test]
    fn names_go_round() {
        for level in Level::ALL {
            assert_eq!(Level::parse(level.as_str()), Some(level));
        }
        for kind in TargetKind::ALL {
            assert_eq!(TargetKind::parse(kind.as_str()), Some(kind));
        }
        assert!(TargetKind::ALL.is_sorted_by_key(|kind| kind.as_str()));
    }
}
