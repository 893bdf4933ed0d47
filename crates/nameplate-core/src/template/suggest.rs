//! The nearest known name to one that is not known: a typo is the usual reason for an unknown name.

/// `; did you mean "X"?` for the nearest of `known`, or nothing where none is near.
pub(super) fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    // One slip in three characters, at least two: `Contry` and `thingname` are caught, `Foo` for `Bar` is not.
    let most = (name.chars().count() / 3).max(2);
    let lower = name.to_lowercase();
    known
        .into_iter()
        .map(|candidate| {
            (
                strsim::levenshtein(&lower, &candidate.to_lowercase()),
                candidate,
            )
        })
        .min()
        .filter(|(slips, candidate)| *slips <= most && *slips < candidate.chars().count())
        .map(|(_, candidate)| format!("; did you mean {candidate:?}?"))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_is_caught_and_a_stranger_is_not() {
        let known = ["Country", "AWS::IoT::Certificate::Id"];
        assert_eq!(did_you_mean("Contry", known), "; did you mean \"Country\"?");
        assert_eq!(
            did_you_mean("country", known),
            "; did you mean \"Country\"?"
        );
        assert_eq!(
            did_you_mean("AWS::IoT::Certificate::ID", known),
            "; did you mean \"AWS::IoT::Certificate::Id\"?"
        );
        assert_eq!(did_you_mean("Serial", known), "");
        assert_eq!(did_you_mean("x", ["y"]), "");
    }
}
