//! All groups at once: kept aside in memory, and put back for whoever opens the folder next.

use super::group::{ABOUT, About, State};
use super::name::encode;
use super::{GOING, Logs};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::time::SystemTime;

/// The groups as they were at one moment each.
#[derive(Debug, Default)]
pub struct SavedLogs {
    groups: Vec<SavedGroup>,
    bytes: u64,
}

#[derive(Debug)]
struct SavedGroup {
    about: About,
    files: Vec<SavedFile>,
}

/// A file of lines. When it was written to last says when it is too old.
#[derive(Debug)]
struct SavedFile {
    name: String,
    modified: SystemTime,
    text: Vec<u8>,
}

impl SavedLogs {
    /// How many bytes their lines take.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Makes the groups under `directory`, in which none of these may be. They are on disk when it is done.
    pub(super) fn put_back(&self, directory: &Path) -> io::Result<()> {
        for group in &self.groups {
            // A group is there with all its files, or not at all.
            let coming = directory.join(format!("{GOING}{}", uuid::Uuid::new_v4()));
            group.write(&coming)?;
            fs::rename(coming, directory.join(encode(&group.about.name)))?;
        }
        match self.groups.is_empty() {
            true => Ok(()),
            false => File::open(directory)?.sync_all(),
        }
    }
}

impl SavedGroup {
    fn of(state: &State) -> io::Result<Self> {
        let segments = state.segments.iter();
        let files = segments.map(|first| {
            let path = state.path(*first);
            let name = path.file_name().unwrap_or_default();
            Ok(SavedFile {
                name: name.to_string_lossy().into_owned(),
                modified: fs::metadata(&path)?.modified()?,
                text: fs::read(&path)?,
            })
        });
        Ok(Self {
            about: state.about.clone(),
            files: files.collect::<io::Result<_>>()?,
        })
    }

    fn write(&self, folder: &Path) -> io::Result<()> {
        fs::create_dir(folder)?;
        let mut about = File::create(folder.join(ABOUT))?;
        about.write_all(&serde_json::to_vec(&self.about)?)?;
        about.sync_all()?;
        for saved in &self.files {
            let mut file = File::create(folder.join(&saved.name))?;
            file.write_all(&saved.text)?;
            file.set_modified(saved.modified)?;
            file.sync_all()?;
        }
        File::open(folder)?.sync_all()
    }
}

impl Logs {
    /// All groups as they are now; `None` where they have more than `most` bytes together.
    pub fn saved(&self, most: u64) -> io::Result<Option<SavedLogs>> {
        let mut saved = SavedLogs::default();
        for name in self.groups()? {
            let Some(group) = self.group(&name, false)? else {
                continue;
            };
            let state = group.state.lock();
            if !state.is_kept() {
                continue;
            }
            saved.bytes += state.bytes();
            if saved.bytes > most {
                return Ok(None);
            }
            match SavedGroup::of(&state) {
                Ok(group) => saved.groups.push(group),
                // It has been deleted meanwhile.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Some(saved))
    }
}
