//! Unpacking a zip that somebody else made: every name, link, mode and size in it is a claim to be checked.

use std::collections::HashSet;
use std::fs;
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, symlink};
use std::path::{Component, Path, PathBuf};
use zip::ZipArchive;

/// How large a zip may be, and what is in it.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Files, folders and links.
    pub entries: usize,
    /// Bytes of all files (AWS: 250 MB, layers included).
    pub unpacked: u64,
    /// How many times its packed size a zip may grow, once it is above [`Limits::RATIO_FROM`].
    pub ratio: u64,
}

impl Limits {
    /// Below this many bytes a zip's ratio is nobody's business.
    pub const RATIO_FROM: u64 = 16 << 20;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            entries: 65_536,
            unpacked: 262_144_000,
            ratio: 200,
        }
    }
}

/// Why a zip was refused, in a sentence for whoever sent it.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// There is nothing.
    #[error("Uploaded file must be a non-empty zip")]
    Empty,
    /// It cannot be read as a zip.
    #[error("Could not unzip uploaded file. Please check your file, then try to upload again.")]
    NoZip,
    /// An entry cannot be read, or uses what only few tools write.
    #[error(
        "Could not unzip uploaded file. Please check your file, then try to upload again. ({0})"
    )]
    NotAZip(String),
    /// An entry's name would lead out of the folder.
    #[error("the entry {0:?} would lead out of the function's folder")]
    Outside(String),
    /// A link's target would lead out of the folder.
    #[error("the link {0:?} would lead out of the function's folder")]
    LinkOutside(String),
    /// Neither file, folder nor link; or below something that is a file or link.
    #[error("the entry {0:?} is no file, folder or link that can be made")]
    Kind(String),
    /// Too many entries.
    #[error("the zip has more than {0} entries")]
    Entries(usize),
    /// Too large when unpacked.
    #[error("Unzipped size must be smaller than {0} bytes")]
    Unpacked(u64),
    /// Packed suspiciously well.
    #[error("the zip grows to more than {0} times its size")]
    Ratio(u64),
    /// It could be read, and not be written.
    #[error("the entry {0:?} could not be written: {1}")]
    Write(String, String),
}

/// What the upper bits of a Unix mode say (inode(7)).
const KIND: u32 = 0o170_000;
const LINK: u32 = 0o120_000;
const FILE: u32 = 0o100_000;
const FOLDER: u32 = 0o040_000;

/// Unpacks into the empty folder `to`; answers how many bytes there are now. On an error the folder holds a part.
pub(super) fn unzip(zip: &[u8], to: &Path, limits: &Limits) -> Result<u64, Refused> {
    if zip.is_empty() {
        return Err(Refused::Empty);
    }
    let mut archive = ZipArchive::new(io::Cursor::new(zip)).map_err(|_| Refused::NoZip)?;
    let bad = |e: zip::result::ZipError| Refused::NotAZip(e.to_string());
    if archive.len() > limits.entries {
        return Err(Refused::Entries(limits.entries));
    }
    let mut budget = Budget {
        limits,
        packed: zip.len() as u64,
        used: 0,
    };
    let mut links = HashSet::new();
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).map_err(bad)?;
        let name = entry.name().map_err(bad)?.into_owned();
        let path = inside(&name)?;
        if path.as_os_str().is_empty() {
            continue;
        }
        // What lies below a link, or on it, would be written wherever the link points.
        if path.ancestors().any(|above| links.contains(above)) {
            return Err(Refused::Kind(name));
        }
        let mode = entry.unix_mode().unwrap_or(0);
        let target = to.join(&path);
        let failed = |e: io::Error| Refused::Write(name.clone(), e.to_string());
        if entry.is_dir() || mode & KIND == FOLDER {
            make_folder(&target).map_err(failed)?;
            continue;
        }
        if let Some(parent) = target.parent() {
            make_folder(parent).map_err(failed)?;
        }
        match mode & KIND {
            LINK => {
                let mut points = Vec::new();
                entry
                    .by_ref()
                    .take(4096)
                    .read_to_end(&mut points)
                    .map_err(|e| Refused::NotAZip(e.to_string()))?;
                let points =
                    String::from_utf8(points).map_err(|_| Refused::LinkOutside(name.clone()))?;
                if !stays_inside(&path, &points) {
                    return Err(Refused::LinkOutside(name));
                }
                symlink(&points, &target).map_err(failed)?;
                links.insert(path);
            }
            // Zips made on Windows have no mode.
            0 | FILE => write(
                &mut entry,
                &name,
                &target,
                mode_of(&path, mode),
                &mut budget,
            )?,
            _ => return Err(Refused::Kind(name)),
        }
    }
    Ok(budget.used)
}

struct Budget<'a> {
    limits: &'a Limits,
    packed: u64,
    used: u64,
}

impl Budget<'_> {
    /// Counts what was really inflated: what an entry's header declares is not asked.
    fn take(&mut self, bytes: u64) -> Result<(), Refused> {
        self.used += bytes;
        if self.used > self.limits.unpacked {
            return Err(Refused::Unpacked(self.limits.unpacked));
        }
        if self.used > Limits::RATIO_FROM
            && self.used > self.packed.saturating_mul(self.limits.ratio)
        {
            return Err(Refused::Ratio(self.limits.ratio));
        }
        Ok(())
    }
}

fn write(
    entry: &mut impl Read,
    name: &str,
    target: &Path,
    mode: u32,
    budget: &mut Budget<'_>,
) -> Result<(), Refused> {
    let failed = |e: io::Error| Refused::Write(name.to_owned(), e.to_string());
    // A name that comes twice stands for the later one, as `unzip -o` has it.
    let _ = fs::remove_file(target);
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(target)
        .map_err(failed)?;
    let mut buffer = vec![0; 64 << 10];
    loop {
        match entry.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(n) => {
                budget.take(n as u64)?;
                file.write_all(&buffer[..n]).map_err(failed)?;
            }
            Err(e) => return Err(Refused::NotAZip(format!("{name:?}: {e}"))),
        }
    }
}

fn make_folder(path: &Path) -> io::Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o755)
        .create(path)
}

/// Everybody may read, nobody else may write; what is executable stays so. `bootstrap` always is, because the bit gets
/// lost in zips made on Windows.
fn mode_of(path: &Path, mode: u32) -> u32 {
    let runs = mode & 0o111 != 0 || path == Path::new("bootstrap");
    if runs { 0o755 } else { 0o644 }
}

/// An entry's name as a path below the folder.
fn inside(name: &str) -> Result<PathBuf, Refused> {
    let outside = || Refused::Outside(name.to_owned());
    // Some tools of Windows write its separator.
    let plain = name.replace('\\', "/");
    if plain.contains('\0') || plain.as_bytes().get(1) == Some(&b':') {
        return Err(outside());
    }
    let mut path = PathBuf::new();
    for component in Path::new(&plain).components() {
        match component {
            Component::Normal(part) => path.push(part),
            Component::CurDir => {}
            _ => return Err(outside()),
        }
    }
    Ok(path)
}

/// Whether a link at `path` that says `points` ends inside. Steps up may only come first: after the name of another link
/// they would be taken from where that one leads.
fn stays_inside(path: &Path, points: &str) -> bool {
    let mut depth = path.components().count() - 1;
    let mut down = false;
    if points.is_empty() || points.contains('\0') {
        return false;
    }
    for component in Path::new(points).components() {
        match component {
            Component::CurDir => {}
            Component::Normal(_) => down = true,
            Component::ParentDir if !down && depth > 0 => depth -= 1,
            _ => return false,
        }
    }
    true
}
