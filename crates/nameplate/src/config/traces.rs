//! Where traces go: `--traces`.

use super::key;
use super::secret::shown;

/// Reads the setting: the address of a collector, if there is one.
pub(super) fn collector(
    (from, value): (String, String),
    wrong: &mut Vec<String>,
) -> Option<String> {
    if matches!(value.as_str(), "" | "none") {
        return None;
    }
    let mut refuse = |why: &str| {
        wrong.push(format!(
            "{}: {}: {why}",
            key(&from, "traces"),
            shown(&value)
        ));
        None
    };
    #[cfg(feature = "otel")]
    match nameplate_traces::address(&value) {
        Ok(_) => Some(value),
        Err(unfit) => refuse(&unfit.0),
    }
    #[cfg(not(feature = "otel"))]
    refuse("this program was built without traces, which are behind cargo's feature otel")
}
