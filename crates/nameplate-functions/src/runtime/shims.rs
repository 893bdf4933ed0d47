//! The few lines of ours that run inside Python and Node, before AWS's runtime clients.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

const FILES: [(&str, &str); 3] = [
    ("python_runtime.py", include_str!("python_runtime.py")),
    ("node_runtime.mjs", include_str!("node_runtime.mjs")),
    ("preload.cjs", include_str!("preload.cjs")),
];

/// Where they are on the disk.
#[derive(Debug, Clone)]
pub(crate) struct Shims {
    pub folder: PathBuf,
}

impl Shims {
    /// Writes them below `directory`, each start anew: they belong to this binary.
    pub(crate) fn write(directory: &Path) -> io::Result<Self> {
        let folder = directory.join("shims");
        fs::create_dir_all(&folder)?;
        for (name, text) in FILES {
            let path = folder.join(name);
            if fs::read_to_string(&path).is_ok_and(|there| there == text) {
                continue;
            }
            let scratch = folder.join(format!(".{name}"));
            fs::write(&scratch, text)?;
            fs::rename(&scratch, &path)?;
        }
        Ok(Self { folder })
    }
}
