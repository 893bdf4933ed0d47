//! Names of groups as names of folders, and back.

use aws_lc_rs::digest;

/// The longest name of a folder that is made of a group's own.
const LONGEST: usize = 200;

/// What begins the name of a folder whose group has too long a name: its digest follows.
pub(super) const LONG: &str = "%long-";

/// A group's name as a file name: what is no letter, digit, `-` or `_` becomes `%` and two hex digits.
/// A name that gets too long so becomes its digest: the group's own file knows it.
pub(super) fn encode(name: &str) -> String {
    let text = name.bytes().fold(String::new(), |mut text, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => text.push(char::from(byte)),
            _ => text.push_str(&format!("%{byte:02x}")),
        }
        text
    });
    match text.len() {
        0..=LONGEST => text,
        _ => {
            let digest = digest::digest(&digest::SHA256, name.as_bytes());
            format!("{LONG}{}", hex::encode(digest))
        }
    }
}

/// The group's name, where the folder's says it.
pub(super) fn decode(name: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = name.as_bytes();
    while let [byte, after @ ..] = rest {
        rest = after;
        if *byte == b'%' {
            bytes.extend(hex::decode(rest.get(..2)?).ok()?);
            rest = &rest[2..];
        } else {
            bytes.push(*byte);
        }
    }
    String::from_utf8(bytes).ok()
}
