//! What a process gives up for good: files by Landlock, system calls by seccomp, amounts by rlimits.

use super::{Confinement, Plan};
use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, LandlockStatus, NetPort,
    Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetStatus, Scope, path_beneath_rules,
};
use rlimit::Resource;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch,
};
use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};

/// Files, TCP ports, signals and abstract sockets: Linux 6.12.
const WANTED: ABI = ABI::V6;

/// Gives up everything that `plan` does not name. `own_proc` says that `/proc` shows nobody else; `gaps` holds what was
/// found missing before.
pub(super) fn apply(
    plan: &Plan,
    own_proc: bool,
    mut gaps: Vec<String>,
) -> Result<Confinement, Box<dyn Error>> {
    limits(plan)?;
    let (landlock, landlock_abi) = files(plan, own_proc)?;
    match landlock {
        "full" => {}
        "partial" => gaps.push(format!(
            "Landlock {landlock_abi} of this kernel knows no {}",
            match landlock_abi {
                ..=3 => "TCP ports, signals and abstract sockets",
                4 | 5 => "signals and abstract sockets",
                _ => "part of what was asked",
            }
        )),
        _ => gaps.push("no Landlock: files are kept apart by namespaces alone, if at all".into()),
    }
    let seccomp = match filters(plan.connect.is_some()) {
        Ok(filters) => {
            for filter in filters {
                seccompiler::apply_filter(&filter)?;
            }
            true
        }
        Err(_) => {
            gaps.push("no filter of system calls for this processor".into());
            false
        }
    };
    Ok(Confinement {
        namespaces: plan.namespaces,
        landlock: landlock.into(),
        landlock_abi,
        seccomp,
        gaps,
    })
}

fn limits(plan: &Plan) -> std::io::Result<()> {
    // A limit that is lower already stays.
    let at_most = |resource: Resource, wanted: u64| {
        let (_, hard) = resource.get()?;
        let wanted = wanted.min(hard);
        resource.set(wanted, wanted)
    };
    at_most(Resource::CORE, 0)?;
    at_most(Resource::DATA, plan.data_bytes)?;
    at_most(Resource::FSIZE, plan.file_bytes)?;
    // AWS: 1,024 descriptors and 1,024 processes and threads. In a namespace the latter counts the function's alone; outside
    // of one it would count all processes of the user.
    at_most(Resource::NOFILE, 1024)?;
    if plan.namespaces {
        at_most(Resource::NPROC, 1024)?;
    }
    Ok(())
}

fn files(plan: &Plan, own_proc: bool) -> Result<(&'static str, i32), Box<dyn Error>> {
    let read = AccessFs::from_read(WANTED);
    let devices = BitFlags::from(AccessFs::ReadFile) | AccessFs::WriteFile;
    let write = AccessFs::from_all(WANTED) & !(AccessFs::MakeChar | AccessFs::MakeBlock);
    let mut ruleset = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(WANTED))?
        .scope(Scope::from_all(WANTED))?;
    if plan.connect.is_some() {
        ruleset = ruleset.handle_access(AccessNet::BindTcp | AccessNet::ConnectTcp)?;
    }
    let readable = plan.readable.iter().map(|bind| match plan.namespaces {
        true => bind.target.as_path(),
        false => bind.source.as_path(),
    });
    let tmp = PathBuf::from("/tmp");
    let writable: Vec<&Path> = match plan.namespaces {
        true => vec![&tmp],
        false => plan.writable.iter().map(PathBuf::as_path).collect(),
    };
    let nodes = ["null", "zero", "full", "random", "urandom"].map(|name| format!("/dev/{name}"));
    // The environment of every other process of this user is in a whole /proc: the server's too.
    let proc: &[&str] = match own_proc {
        true => &["/proc"],
        false => &[
            "/proc/self",
            "/proc/cpuinfo",
            "/proc/filesystems",
            "/proc/loadavg",
            "/proc/meminfo",
            "/proc/stat",
            "/proc/sys",
            "/proc/uptime",
            "/proc/version",
        ],
    };
    let mut created = ruleset
        .create()?
        .add_rules(path_beneath_rules(readable, read))?
        .add_rules(path_beneath_rules(proc, read))?
        .add_rules(path_beneath_rules(nodes, devices))?
        .add_rules(path_beneath_rules(writable, write))?;
    if plan.namespaces {
        // There is nothing else in it.
        created = created.add_rules(path_beneath_rules(["/"], AccessFs::ReadDir))?;
    }
    for port in plan.connect.iter().flatten() {
        created = created.add_rule(NetPort::new(*port, AccessNet::ConnectTcp))?;
    }
    let status = created.restrict_self()?;
    let abi = match status.landlock {
        LandlockStatus::Available { effective_abi, .. } => effective_abi as i32,
        _ => 0,
    };
    let level = match status.ruleset {
        RulesetStatus::FullyEnforced => "full",
        RulesetStatus::PartiallyEnforced => "partial",
        RulesetStatus::NotEnforced => "none",
    };
    Ok((level, abi))
}

/// Calls that change the machine, look into other processes, or make what a filter cannot see.
const DENIED: &[i64] = &[
    libc::SYS_acct,
    libc::SYS_add_key,
    libc::SYS_adjtimex,
    libc::SYS_bpf,
    libc::SYS_chroot,
    libc::SYS_clock_adjtime,
    libc::SYS_clock_settime,
    libc::SYS_delete_module,
    libc::SYS_fanotify_init,
    libc::SYS_finit_module,
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fsopen,
    libc::SYS_fspick,
    libc::SYS_init_module,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_io_uring_setup,
    libc::SYS_kcmp,
    libc::SYS_kexec_file_load,
    libc::SYS_kexec_load,
    libc::SYS_keyctl,
    libc::SYS_mount,
    libc::SYS_mount_setattr,
    libc::SYS_move_mount,
    libc::SYS_name_to_handle_at,
    libc::SYS_open_by_handle_at,
    libc::SYS_open_tree,
    libc::SYS_perf_event_open,
    libc::SYS_pidfd_getfd,
    libc::SYS_pivot_root,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_ptrace,
    libc::SYS_quotactl,
    libc::SYS_reboot,
    libc::SYS_request_key,
    libc::SYS_setdomainname,
    libc::SYS_sethostname,
    libc::SYS_setns,
    libc::SYS_settimeofday,
    libc::SYS_swapoff,
    libc::SYS_swapon,
    libc::SYS_syslog,
    libc::SYS_umount2,
    libc::SYS_unshare,
    libc::SYS_userfaultfd,
    libc::SYS_vhangup,
];

/// The kinds of socket that programs use. Neither packets nor virtual machines nor the kernel's ciphers.
const FAMILIES: [i32; 4] = [
    libc::AF_UNIX,
    libc::AF_INET,
    libc::AF_INET6,
    // getaddrinfo(3) asks the kernel for this machine's addresses.
    libc::AF_NETLINK,
];

/// The filters: one that answers EPERM, and one that answers ENOSYS for `clone3`, whose flags no filter can read; the C
/// library then takes `clone`. With ports to be kept to (`closed`), UDP is refused, of which Landlock knows nothing.
fn filters(closed: bool) -> Result<[BpfProgram; 2], Box<dyn Error>> {
    let arch = TargetArch::try_from(std::env::consts::ARCH)?;
    let equal = |argument, value| {
        SeccompCondition::new(argument, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, value)
    };
    let masked = |argument, mask, value| {
        SeccompCondition::new(
            argument,
            SeccompCmpArgLen::Dword,
            SeccompCmpOp::MaskedEq(mask),
            value,
        )
    };
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
        DENIED.iter().map(|call| (*call, Vec::new())).collect();
    let mut namespaces = Vec::new();
    for flag in [
        libc::CLONE_NEWUSER,
        libc::CLONE_NEWNS,
        libc::CLONE_NEWPID,
        libc::CLONE_NEWNET,
        libc::CLONE_NEWIPC,
        libc::CLONE_NEWUTS,
        libc::CLONE_NEWCGROUP,
    ] {
        let flag = u64::try_from(flag)?;
        namespaces.push(SeccompRule::new(vec![masked(0, flag, flag)?])?);
    }
    rules.insert(libc::SYS_clone, namespaces);
    let mut sockets = Vec::new();
    // Neither of the families: one rule, whose conditions hold together.
    let mut other = Vec::new();
    for family in FAMILIES {
        other.push(SeccompCondition::new(
            0,
            SeccompCmpArgLen::Dword,
            SeccompCmpOp::Ne,
            u64::try_from(family)?,
        )?);
    }
    sockets.push(SeccompRule::new(other)?);
    let udp = closed.then_some(libc::SOCK_DGRAM);
    // The last is SOCK_PACKET, the way of Linux 2.0 to what AF_PACKET is for.
    for kind in [libc::SOCK_RAW, 10].into_iter().chain(udp) {
        for family in [libc::AF_INET, libc::AF_INET6] {
            sockets.push(SeccompRule::new(vec![
                equal(0, u64::try_from(family)?)?,
                // The upper bits are SOCK_CLOEXEC and SOCK_NONBLOCK.
                masked(1, 0xf, u64::try_from(kind)?)?,
            ])?);
        }
    }
    // NETLINK_ROUTE is 0; the others steer the kernel.
    sockets.push(SeccompRule::new(vec![
        equal(0, u64::try_from(libc::AF_NETLINK)?)?,
        SeccompCondition::new(2, SeccompCmpArgLen::Dword, SeccompCmpOp::Ne, 0)?,
    ])?);
    rules.insert(libc::SYS_socket, sockets);
    // Typing into the terminal from which the server was started. The number's type is another with each C library.
    let typing = u64::from(libc::TIOCSTI as u32);
    rules.insert(
        libc::SYS_ioctl,
        vec![SeccompRule::new(vec![equal(1, typing)?])?],
    );
    let errno = |number: i32| u32::try_from(number).map(SeccompAction::Errno);
    let build = |rules, action| {
        SeccompFilter::new(rules, SeccompAction::Allow, action, arch).and_then(BpfProgram::try_from)
    };
    Ok([
        build(rules, errno(libc::EPERM)?)?,
        build(
            BTreeMap::from([(libc::SYS_clone3, Vec::new())]),
            errno(libc::ENOSYS)?,
        )?,
    ])
}
