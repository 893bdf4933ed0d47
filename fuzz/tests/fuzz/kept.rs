//! The corpus as something to begin with: a fuzzer's bytes are tried as they are, and as edits of an input that is kept.

use std::fs;
use std::path::Path;

/// What is kept for one harness.
pub(crate) struct Kept {
    inputs: Vec<Vec<u8>>,
}

impl Kept {
    /// By the harness's path, with `__` for `::`, as bolero names its folder.
    pub(crate) fn of(harness: &str) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/__fuzz__");
        let folder = root.join(harness).join("corpus");
        let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{harness}: {error}"));
        let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        let inputs: Vec<_> = paths
            .iter()
            .filter_map(|path| fs::read(path).ok())
            .collect();
        assert!(!inputs.is_empty(), "{harness} has nothing to begin with");
        Self { inputs }
    }

    /// Every input that is kept.
    pub(crate) fn inputs(&self) -> impl Iterator<Item = &[u8]> {
        self.inputs.iter().map(Vec::as_slice)
    }

    /// Gives a harness these bytes, and the input that they make of one of the corpus.
    pub(crate) fn each(&self, bytes: &[u8], mut harness: impl FnMut(&[u8])) {
        harness(bytes);
        if let [which, edits @ ..] = bytes {
            let input = &self.inputs[usize::from(*which) % self.inputs.len()];
            let other = &self.inputs[usize::from(*which) / 3 % self.inputs.len()];
            harness(&edited(input.clone(), other, edits));
        }
    }
}

/// Edits of four bytes each, sixteen at most: where, as a part of the whole, what, and with which byte.
fn edited(mut input: Vec<u8>, other: &[u8], edits: &[u8]) -> Vec<u8> {
    for edit in edits
        .chunks_exact(4)
        .take(usize::from(edits.len() as u8 % 16))
    {
        let part = usize::from(edit[0]) << 8 | usize::from(edit[1]);
        let at = (part * (input.len() + 1)) >> 16;
        let run = usize::from(edit[3] % 32).min(input.len() - at);
        match edit[2] % 8 {
            0 | 1 if at < input.len() => input[at] = edit[3],
            2 if at < input.len() => input[at] ^= 1 << (edit[3] % 8),
            3 => input.insert(at, edit[3]),
            4 => drop(input.drain(at..at + run)),
            5 => {
                let again = input[at..at + run].to_vec();
                input.splice(at..at, again);
            }
            6 => {
                let from = (part * (other.len() + 1)) >> 16;
                input.splice(at..at, other[from..].iter().take(64).copied());
            }
            7 => input.truncate(at),
            _ => {}
        }
    }
    input
}
