//! Words with `*` and `?` in them.

/// One place of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// This character.
    Just(char),
    /// Any one character: `?`.
    One,
    /// Any number of characters: `*`.
    Many,
}

/// A word of a query, lower case, with at least one wildcard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    places: Vec<Place>,
    prefix: String,
    suffix: String,
    piece: String,
}

impl Pattern {
    /// From a word's characters; `true` marks a wildcard.
    pub(super) fn new(word: &[(char, bool)]) -> Self {
        let mut places = Vec::with_capacity(word.len());
        for &(c, wild) in word {
            let place = match c {
                '*' if wild => Place::Many,
                '?' if wild => Place::One,
                c => {
                    places.extend(c.to_lowercase().map(Place::Just));
                    continue;
                }
            };
            places.push(place);
        }
        let prefix = places
            .iter()
            .map_while(|place| match place {
                Place::Just(c) => Some(*c),
                _ => None,
            })
            .collect();
        let just = |place: &Place| match place {
            Place::Just(c) => Some(*c),
            _ => None,
        };
        let suffix: Vec<char> = places.iter().rev().map_while(just).collect();
        let pieces = places.split(|place| just(place).is_none());
        let piece = pieces.max_by_key(|piece| piece.len()).unwrap_or_default();
        Self {
            piece: piece.iter().filter_map(just).collect(),
            suffix: suffix.into_iter().rev().collect(),
            places,
            prefix,
        }
    }

    /// The longest text that every match holds; empty where there are only wildcards.
    pub(super) fn piece(&self) -> &str {
        &self.piece
    }

    /// What every match begins with; empty where the pattern begins with a wildcard.
    pub(super) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// How many wildcards there are.
    pub(super) fn wildcards(&self) -> usize {
        self.places
            .iter()
            .filter(|place| !matches!(place, Place::Just(_)))
            .count()
    }

    /// Whether it is this word, which is in lower case. Goes back to the last `*` only, so the time is at most the
    /// product of the lengths.
    pub(super) fn matches(&self, word: &str) -> bool {
        let Some(rest) = word.strip_prefix(self.prefix.as_str()) else {
            return false;
        };
        if !rest.ends_with(&self.suffix) {
            return false;
        }
        let places = &self.places[self.prefix.chars().count()..];
        if places.first() == Some(&Place::Many) && places.len() == 1 + self.suffix.chars().count() {
            return true;
        }
        let mut rest = rest.chars();
        let mut at = 0;
        // Where to go on from when the guess how much the last `*` takes was too short.
        let mut retry = None;
        loop {
            if places.get(at) == Some(&Place::Many) {
                at += 1;
                retry = Some((at, rest.clone()));
                continue;
            }
            let mut ahead = rest.clone();
            let fits = match (places.get(at), ahead.next()) {
                (None, None) => return true,
                (Some(Place::Just(wanted)), Some(found)) => *wanted == found,
                (Some(Place::One), Some(_)) => true,
                _ => false,
            };
            if fits {
                rest = ahead;
                at += 1;
                continue;
            }
            let Some((again, from)) = &mut retry else {
                return false;
            };
            if from.next().is_none() {
                return false;
            }
            at = *again;
            rest = from.clone();
        }
    }
}
