//! A fleet's years, played in a moment: devices connect, renew and stay away, certificates and CAs expire, and what is
//! found is the day on which devices would be locked out.
//!
//! Owns the playing, on a clock of its own; whether a certificate gets in at a moment is decided by the same rules as at a
//! real connection ([`crate::admission`], [`check_validity`]). Must not know where a fleet comes from. Chance has no part in
//! it: the same fleet and the same conduct give the same days.

#[cfg(test)]
mod tests;

use crate::admission::{self, Admission, CaFacts, Origin, ServerName};
use crate::ctx::Millis;
use crate::pki::{RuleError, Turn, Validity, check_validity, issuing};
use crate::registry::certificate::{Mode, Status};
use std::collections::BTreeMap;

/// A day, milliseconds.
pub const DAY: i64 = 24 * 60 * 60 * 1000;

/// How devices behave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conduct {
    /// How often a device connects, milliseconds; at least a minute.
    pub connect_every: i64,
    /// A device that connects renews its certificate when less than this is left, milliseconds; `None`: never.
    pub renew_before: Option<i64>,
    /// How long a renewed certificate is valid, milliseconds; `None`: as its CA says, else as long as the one before.
    pub lifetime: Option<i64>,
    /// So many devices of a hundred stay away once a year.
    pub away_percent: u8,
    /// And for how long, milliseconds.
    pub away: i64,
    /// For how long an expired certificate may still be renewed, milliseconds.
    pub grace: i64,
}

/// What the renewal of a certificate meets. Its successor comes from our own CA, and meets what is usual.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Renewal {
    /// Whether it can be renewed at all: one that is attached to no thing cannot.
    pub possible: bool,
    /// How long its successor is valid, milliseconds, where its CA says so.
    pub lifetime: Option<i64>,
    /// For how long it may be renewed once it has expired, milliseconds, where its CA says so.
    pub grace: Option<i64>,
}

impl Default for Renewal {
    fn default() -> Self {
        Self {
            possible: true,
            lifetime: None,
            grace: None,
        }
    }
}

/// A device at the beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Device {
    /// It is registered, and ACTIVE.
    Registered {
        /// Of its certificate.
        validity: Validity,
        /// Of the same.
        renewal: Renewal,
    },
    /// It is made during the play and connects for the first time then.
    New {
        /// When.
        first: Millis,
        /// Of the certificate that it brings, or is given.
        validity: Validity,
        /// Which of the CAs it comes from; `None`: it is given a certificate of our own CA.
        ca: Option<usize>,
        /// Of its first certificate.
        renewal: Renewal,
    },
}

/// What is played.
#[derive(Debug, Clone)]
pub struct Play {
    /// From when.
    pub start: Millis,
    /// Until when.
    pub end: Millis,
    /// Behaviour of all devices.
    pub conduct: Conduct,
    /// Registered CAs, and those that take their place later, each with the moment from which it is registered.
    pub cas: Vec<(CaFacts, Millis)>,
    /// Our own CAs, which issue one after the other.
    pub issuers: Vec<Turn>,
    /// For how long they issue at the most where nobody says otherwise, milliseconds.
    pub usual: Option<i64>,
    /// When the certificate ends that devices trust this server by.
    pub trust_ends: Option<Millis>,
}

/// Why devices are locked out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// Their certificates expire, and they do not renew.
    NeverRenews,
    /// Their certificates expire, and cannot be renewed.
    NoThing,
    /// Their certificates expire while they are away.
    Away,
    /// Their certificates expire between two of their connections, neither of which is near enough for a renewal.
    BetweenConnections,
    /// They ask for a renewal, and the CA that issues has expired.
    IssuerExpired,
    /// They connect for the first time, and are refused with this code.
    First(&'static str),
    /// The certificate that they trust this server by has expired.
    Trust,
}

impl Why {
    /// A stable word.
    pub fn code(&self) -> &'static str {
        match self {
            Why::NeverRenews => "never-renews",
            Why::NoThing => "no-thing",
            Why::Away => "away",
            Why::BetweenConnections => "between-connections",
            Why::IssuerExpired => "issuer-expired",
            Why::First(code) => code,
            Why::Trust => "server-trust-expired",
        }
    }

    /// A sentence about the devices.
    pub fn text(&self) -> String {
        match self {
            Why::NeverRenews => "their certificates expire, and they do not renew them".into(),
            Why::NoThing => {
                "their certificates expire, and as they are attached to no thing nobody renews them".into()
            }
            Why::Away => "their certificates expire while they are away".into(),
            Why::BetweenConnections => {
                "their certificates expire between two connections, before they come near enough to renew".into()
            }
            Why::IssuerExpired => {
                "the CA that renews their certificates has expired, and then so do theirs".into()
            }
            Why::First(code) => format!("they connect for the first time and are refused: {code}"),
            Why::Trust => "the root that they trust this server by expires".into(),
        }
    }
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Devices played.
    pub devices: u64,
    /// Their connections.
    pub connects: u64,
    /// Certificates that were renewed.
    pub renewals: u64,
    /// Of these, after they had expired.
    pub late_renewals: u64,
    /// First connections that were let in.
    pub firsts: u64,
    /// Devices that are locked out: by the day (its first millisecond) and the reason.
    pub locked_out: BTreeMap<(Millis, Why), u64>,
}

impl Report {
    /// How many devices are locked out in all.
    pub fn locked(&self) -> u64 {
        self.locked_out.values().sum()
    }
}

/// The beginning of the day, UTC.
fn day(at: Millis) -> Millis {
    Millis(at.0.div_euclid(DAY) * DAY)
}

/// Well spread numbers from small ones (SplitMix64).
fn spread(number: u64) -> u64 {
    let mut mixed = number
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// A place below `most`, for this number.
fn place(number: u64, most: i64) -> i64 {
    match u64::try_from(most) {
        Ok(most) if most > 0 => i64::try_from(spread(number) % most).unwrap_or_default(),
        _ => 0,
    }
}

impl Play {
    /// Plays all devices.
    pub fn run(&self, devices: impl IntoIterator<Item = Device>) -> Report {
        let mut report = Report::default();
        for (number, device) in (0..).zip(devices) {
            report.devices += 1;
            if let Some((at, why)) = self.device(number, &device, &mut report) {
                *report.locked_out.entry((day(at), why)).or_default() += 1;
            }
        }
        report
    }

    /// Plays one device: when and why it is locked out, if it is.
    fn device(&self, number: u64, device: &Device, report: &mut Report) -> Option<(Millis, Why)> {
        let every = self.conduct.connect_every.max(60_000);
        let (mut now, mut validity, mut renewal, mut first) = match device {
            Device::Registered { validity, renewal } => {
                let now = self.start.0 + place(number, every);
                (now, *validity, *renewal, None)
            }
            Device::New {
                first,
                validity,
                ca,
                renewal,
            } => (first.0, *validity, *renewal, Some(*ca)),
        };
        while now < self.end.0 {
            if let Some(back) = self.away_until(number, now) {
                now = back;
                continue;
            }
            let at = Millis(now);
            if self.trust_ends.is_some_and(|end| end < at) {
                return Some((self.trust_ends.unwrap_or(at), Why::Trust));
            }
            if let Some(ca) = first {
                match self.first(ca, validity, at) {
                    Ok(()) => report.firsts += 1,
                    Err(why) => return Some((at, why)),
                }
                first = None;
            }
            let expired = match check_validity(validity, at) {
                Err(RuleError::Expired { .. }) => true,
                // A certificate of the future is waited for.
                Err(_) => {
                    now = validity.not_before.0;
                    continue;
                }
                Ok(()) => false,
            };
            if expired {
                let lost = self.lost(number, validity, renewal);
                if at > lost.0 {
                    return Some(lost);
                }
            } else {
                report.connects += 1;
            }
            if renewal.possible
                && self.wants_renewal(validity, now)
                && let Some(next) = self.renewed(validity, renewal, at)
            {
                validity = next;
                renewal = Renewal::default();
                report.renewals += 1;
                report.late_renewals += u64::from(expired);
            }
            now += every;
        }
        // It is away at the end, and will find itself locked out.
        let lost = self.lost(number, validity, renewal);
        (first.is_none() && lost.0 < self.end).then_some(lost)
    }

    /// When a device that keeps this certificate is locked out, and why.
    fn lost(&self, number: u64, validity: Validity, renewal: Renewal) -> (Millis, Why) {
        // Who is late may do nothing but renew.
        let usable = validity.not_after.max(self.start);
        if self.conduct.renew_before.is_none() {
            return (usable, Why::NeverRenews);
        }
        if !renewal.possible {
            return (usable, Why::NoThing);
        }
        let grace = renewal.grace.unwrap_or(self.conduct.grace);
        let end = Millis(validity.not_after.0.saturating_add(grace)).max(self.start);
        (end, self.why(number, end))
    }

    fn why(&self, number: u64, end: Millis) -> Why {
        if self.issuer(end).is_none_or(|last| last <= end) {
            Why::IssuerExpired
        } else if self.away_until(number, end.0).is_some() {
            Why::Away
        } else {
            Why::BetweenConnections
        }
    }

    /// The end of an absence that has begun, if the device is away.
    fn away_until(&self, number: u64, now: i64) -> Option<i64> {
        const YEAR: i64 = 365 * DAY;
        let Conduct {
            away_percent, away, ..
        } = self.conduct;
        let is_one = spread(number ^ 0x5eed) % 100 < u64::from(away_percent);
        if !is_one || away <= 0 {
            return None;
        }
        let away = away.min(YEAR - DAY);
        // The year that it is in, as this device counts them.
        let offset = place(number ^ 0xabe5, YEAR);
        let since = now - self.start.0 - offset;
        let into = since.rem_euclid(YEAR);
        (since >= 0 && into < away).then(|| now - into + away)
    }

    fn wants_renewal(&self, validity: Validity, now: i64) -> bool {
        let before = self.conduct.renew_before;
        before.is_some_and(|before| validity.not_after.0 - now < before)
    }

    /// The validity of a successor; `None` where nobody can issue one.
    fn renewed(&self, old: Validity, renewal: Renewal, now: Millis) -> Option<Validity> {
        let end = self.issuer(now)?;
        let before = old.not_after.0.saturating_sub(old.not_before.0);
        let usual = self.usual.map_or(before, |usual| before.min(usual));
        let said = self.conduct.lifetime.or(renewal.lifetime);
        let length = said.unwrap_or(usual);
        let not_after = Millis(now.0.saturating_add(length).min(end.0));
        Some(Validity {
            not_before: now,
            not_after,
        })
    }

    /// The end of the CA that issues at this moment.
    fn issuer(&self, now: Millis) -> Option<Millis> {
        let at = issuing(&self.issuers, now)?;
        Some(self.issuers[at].validity.not_after)
    }

    /// What a first connection meets.
    fn first(&self, ca: Option<usize>, validity: Validity, now: Millis) -> Result<(), Why> {
        if let Err(RuleError::Expired { .. }) = check_validity(validity, now) {
            return Err(Why::First("certificate-expired"));
        }
        let name = ServerName {
            sent: None,
            ours: true,
        };
        let admission = match ca {
            Some(ca) => match self.cas.get(ca) {
                Some((facts, since)) if *since <= now => admission::unknown(facts, &name, now),
                _ => return Err(Why::First("ca-unknown")),
            },
            None => admission::registered(Status::Active, Mode::Default, Origin::NoCa, &name, now),
        };
        match admission {
            Admission::Refuse(refusal) => Err(Why::First(refusal.code())),
            _ => Ok(()),
        }
    }
}
