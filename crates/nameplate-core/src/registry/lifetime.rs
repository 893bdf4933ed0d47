//! What owners say of the life of certificates, in tags of a provisioning template or of a registered CA certificate.
//!
//! Tags, since both have them at AWS, and AWS's own tools set them.

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
}
