//! A function's own file system: an empty one, into which only what it may see is bound.

use super::Plan;
use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::sys::statvfs::{FsFlags, statvfs};
use nix::unistd::pivot_root;
use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

const NOTHING: Option<&str> = None;

/// Devices that have no state and hold nothing.
const DEVICES: [&str; 5] = ["null", "zero", "full", "random", "urandom"];

/// Builds the root and moves into it; answers whether its `/proc` shows only its own processes. `gaps` gets what could not
/// be made as it should be.
pub(super) fn build(plan: &Plan, gaps: &mut Vec<String>) -> io::Result<bool> {
    mount(
        NOTHING,
        "/",
        NOTHING,
        MsFlags::MS_REC | MsFlags::MS_PRIVATE,
        NOTHING,
    )?;
    let root = &plan.root;
    tmpfs(root, "size=1m,mode=755")?;
    let below = |path: &Path| -> PathBuf { root.join(path.strip_prefix("/").unwrap_or(path)) };
    // First, because what the function may see can itself be below /tmp.
    let tmp = below(Path::new("/tmp"));
    fs::create_dir_all(&tmp)?;
    tmpfs(&tmp, &format!("size={},mode=1777", plan.tmp_bytes))?;
    // There at AWS also where there are no layers.
    fs::create_dir_all(below(Path::new("/opt")))?;
    let mut writable = 0;
    for (at, bind) in plan.readable.iter().enumerate() {
        let target = below(&bind.target);
        // Below another bound folder a place would be made in that folder itself.
        let above = &plan.readable[..at];
        if above
            .iter()
            .any(|above| bind.target.starts_with(&above.target))
            && !target.exists()
        {
            return Err(io::Error::other(format!(
                "{} does not exist",
                bind.target.display()
            )));
        }
        let about = fs::symlink_metadata(&bind.source)?;
        if about.is_symlink() {
            // Only those of the root itself, such as /bin, are handed over as links.
            fs::create_dir_all(target.parent().unwrap_or(root))?;
            symlink(fs::read_link(&bind.source)?, &target)?;
            continue;
        }
        place(&target, about.is_dir())?;
        let wrong =
            |e: nix::Error| io::Error::other(format!("binding {}: {e}", bind.source.display()));
        mount(
            Some(&bind.source),
            &target,
            NOTHING,
            MsFlags::MS_BIND | MsFlags::MS_REC,
            NOTHING,
        )
        .map_err(wrong)?;
        writable += usize::from(read_only(&target).is_err());
    }
    if writable > 0 {
        gaps.push(format!(
            "{writable} mounted folders are kept from being written only by Landlock and by their owners"
        ));
    }
    let proc = below(Path::new("/proc"));
    fs::create_dir_all(&proc)?;
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
    let own = mount(Some("proc"), &proc, Some("proc"), flags, NOTHING).is_ok();
    if !own {
        // A container whose own /proc is partly covered may not mount a whole one.
        gaps.push("no /proc of its own: what it starts finds nothing there".into());
        mount(
            Some("/proc"),
            &proc,
            NOTHING,
            MsFlags::MS_BIND | MsFlags::MS_REC,
            NOTHING,
        )?;
    }
    devices(&below(Path::new("/dev")))?;
    std::env::set_current_dir(root)?;
    // pivot_root(2), "pivot_root(".", ".")": the old root lies over the new one, and is let go of.
    pivot_root(".", ".")?;
    umount2(".", MntFlags::MNT_DETACH)?;
    std::env::set_current_dir("/")?;
    Ok(own)
}

fn tmpfs(at: &Path, options: &str) -> io::Result<()> {
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV;
    Ok(mount(
        Some("tmpfs"),
        at,
        Some("tmpfs"),
        flags,
        Some(options),
    )?)
}

/// Something to mount on.
fn place(target: &Path, folder: bool) -> io::Result<()> {
    if folder {
        return fs::create_dir_all(target);
    }
    if let Some(parent) = target.parent() {
        fs::create_dir_all(parent)?;
    }
    if !target.exists() {
        fs::File::create(target)?;
    }
    Ok(())
}

/// Makes a bound folder read-only. What its mount had locked must be named again (mount_namespaces(7)).
fn read_only(target: &Path) -> io::Result<()> {
    let had = statvfs(target)?.flags();
    let mut flags = MsFlags::MS_BIND | MsFlags::MS_REMOUNT | MsFlags::MS_RDONLY;
    for (one, other) in [
        (FsFlags::ST_NOSUID, MsFlags::MS_NOSUID),
        (FsFlags::ST_NODEV, MsFlags::MS_NODEV),
        (FsFlags::ST_NOEXEC, MsFlags::MS_NOEXEC),
        (FsFlags::ST_NOATIME, MsFlags::MS_NOATIME),
        (FsFlags::ST_NODIRATIME, MsFlags::MS_NODIRATIME),
        // The library has no name for it with musl; there Linux keeps it, or takes it where another is named.
        #[cfg(not(target_env = "musl"))]
        (FsFlags::ST_RELATIME, MsFlags::MS_RELATIME),
    ] {
        if had.contains(one) {
            flags |= other;
        }
    }
    Ok(mount(NOTHING, target, NOTHING, flags, NOTHING)?)
}

fn devices(dev: &Path) -> io::Result<()> {
    fs::create_dir_all(dev)?;
    for name in DEVICES {
        let target = dev.join(name);
        place(&target, false)?;
        let source = Path::new("/dev").join(name);
        mount(Some(&source), &target, NOTHING, MsFlags::MS_BIND, NOTHING)?;
    }
    symlink("/proc/self/fd", dev.join("fd"))?;
    for (at, name) in ["stdin", "stdout", "stderr"].into_iter().enumerate() {
        symlink(format!("/proc/self/fd/{at}"), dev.join(name))?;
    }
    Ok(())
}
