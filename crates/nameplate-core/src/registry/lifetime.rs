//! What owners say of the life of certificates, in tags of a provisioning template or of a registered CA certificate.
//!
//! Tags, since both have them at AWS, and AWS's own tools set them.

use crate::ctx::Millis;

/// What all tags begin with that mean something here.
const PREFIX: &str = "nameplate:";
/// How long certificates are valid that are issued for a template, or as successors of a CA's; days.
pub const VALIDITY: &str = "nameplate:validity-days";
/// For how long after its end a CA's certificate may still be renewed; days.
pub const RENEW_EXPIRED: &str = "nameplate:renew-expired-days";
/// Most days of either: a hundred years.
pub const MOST_DAYS: u32 = 36_500;

/// The days that a tag says, where it is one of these; why it says none.
pub fn check_tag(name: &str, value: &str) -> Result<(), String> {
    let least = match name {
        VALIDITY => 1,
        RENEW_EXPIRED => 0,
        other if other.starts_with(PREFIX) => {
            return Err(format!(
                "The tag {other:?} means nothing; known are {VALIDITY} and {RENEW_EXPIRED}"
            ));
        }
        _ => return Ok(()),
    };
    match value.parse::<u32>() {
        Ok(days) if (least..=MOST_DAYS).contains(&days) => Ok(()),
        _ => Err(format!(
            "The tag {name} must be a number of days from {least} to {MOST_DAYS}, and is {value:?}"
        )),
    }
}

/// What a resource's tags say under one of these names.
pub fn days_of(tags: &[(String, String)], name: &str) -> Option<u32> {
    let (_, value) = tags.iter().find(|(known, _)| known == name)?;
    value.parse().ok()
}

/// How long ahead the end of a certificate is told, milliseconds; of one with a shorter life, a third of that.
pub const TELL_AHEAD: i64 = 30 * 24 * 60 * 60 * 1000;
/// From this life on, the whole of [`TELL_AHEAD`] fits, milliseconds.
pub const LONG_LIFE: i64 = 3 * TELL_AHEAD;

/// When the end of a certificate is to be told that was registered at `created`, where that is not simply [`TELL_AHEAD`]
/// before the end; `None` where it is.
pub fn told_at(not_before: Millis, not_after: Millis, created: Millis) -> Option<Millis> {
    let life = not_after.0.saturating_sub(not_before.0);
    let due = not_after.0.saturating_sub(TELL_AHEAD.min(life / 3));
    let is_usual = life >= LONG_LIFE && created.0 <= due;
    (!is_usual && created <= not_after).then(|| Millis(due.max(created.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags() {
        for (name, value, right) in [
            ("owner", "anything", true),
            (VALIDITY, "365", true),
            (VALIDITY, "0", false),
            (VALIDITY, "36501", false),
            (VALIDITY, "a year", false),
            (RENEW_EXPIRED, "0", true),
            (RENEW_EXPIRED, "-1", false),
            ("nameplate:validity", "365", false),
        ] {
            assert_eq!(check_tag(name, value).is_ok(), right, "{name}={value}");
        }
        let tags = [(VALIDITY.to_owned(), "30".to_owned())];
        assert_eq!(days_of(&tags, VALIDITY), Some(30));
        assert_eq!(days_of(&tags, RENEW_EXPIRED), None);
    }

    #[test]
    fn ends_are_told_in_time() {
        const DAY: i64 = 24 * 60 * 60 * 1000;
        for (life, created, told) in [
            (365, 0, None),
            (90, 0, None),
            (365, 335, None),
            // Registered within its last thirty days: at once.
            (365, 336, Some(336)),
            (60, 0, Some(40)),
            (60, 50, Some(50)),
            (3, 0, Some(2)),
            (3, 4, None),
        ] {
            let day = |days| Millis(days * DAY);
            let found = told_at(day(0), day(life), day(created));
            assert_eq!(found, told.map(day), "{life} {created}");
        }
    }
}
