//! The server's own certificate, where its owner brings one.

use super::key;
use crate::authority::OwnedFiles;

/// Both files or neither.
pub(super) fn resolve(
    get: impl Fn(&str) -> (String, String),
    wrong: &mut Vec<String>,
) -> Option<OwnedFiles> {
    let [certificate, private] = ["tls-certificate", "tls-key"].map(|name| {
        let (from, value) = get(name);
        let given = !matches!(value.as_str(), "" | "none");
        given.then_some((key(&from, name), value))
    });
    match (certificate, private) {
        (None, None) => None,
        (Some((_, certificate)), Some((_, key))) => Some(OwnedFiles {
            certificate: certificate.into(),
            key: key.into(),
        }),
        (Some((given, _)), None) => {
            wrong.push(format!("{given}: --tls-key is needed with it"));
            None
        }
        (None, Some((given, _))) => {
            wrong.push(format!("{given}: --tls-certificate is needed with it"));
            None
        }
    }
}
