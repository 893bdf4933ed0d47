//! Whether a connection to an environment's Runtime API comes from that environment.
//!
//! Every function reaches every port of this machine's loopback address, and may ask for events at a port that is not its
//! own: it would get another function's events, and could answer them. The address carries no secret, since AWS's clients
//! take a host and a port and nothing else, so the kernel is asked who holds the other end. Once for each connection; a
//! runtime client keeps one open.

use std::fs;
use std::net::SocketAddr;

/// Whether a process under `helper` holds the socket whose address is `peer`, connected to our port `port`. False where the
/// kernel does not say.
pub(super) fn belongs(helper: u32, peer: SocketAddr, port: u16) -> bool {
    let Some(inode) = inode(peer.port(), port) else {
        return false;
    };
    let wanted = format!("socket:[{inode}]");
    let mut open = vec![helper];
    let mut looked = 0;
    while let Some(process) = open.pop() {
        looked += 1;
        // Somebody who forks without end gets no answer, and has more pressing troubles.
        if looked > 2048 {
            return false;
        }
        if holds(process, &wanted) {
            return true;
        }
        open.extend(children(process));
    }
    false
}

/// The children of a process, of all its threads.
pub(super) fn children(process: u32) -> Vec<u32> {
    let Ok(tasks) = fs::read_dir(format!("/proc/{process}/task")) else {
        return Vec::new();
    };
    tasks
        .flatten()
        .filter_map(|task| fs::read_to_string(task.path().join("children")).ok())
        .flat_map(|text| {
            text.split_whitespace()
                .filter_map(|process| process.parse().ok())
                .collect::<Vec<_>>()
        })
        .collect()
}

fn holds(process: u32, socket: &str) -> bool {
    let Ok(descriptors) = fs::read_dir(format!("/proc/{process}/fd")) else {
        return false;
    };
    descriptors.flatten().any(|descriptor| {
        fs::read_link(descriptor.path()).is_ok_and(|target| target.as_os_str() == socket)
    })
}

/// The number of the socket that is bound to `local` and connected to `remote`, both on the loopback address
/// (proc_net(5)).
fn inode(local: u16, remote: u16) -> Option<u64> {
    for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
        let Ok(text) = fs::read_to_string(table) else {
            continue;
        };
        for line in text.lines().skip(1) {
            let mut words = line.split_whitespace().skip(1);
            let (Some(from), Some(to)) = (words.next(), words.next()) else {
                continue;
            };
            // Addresses are printed as the processor has them in memory: 127.0.0.1 ends in 7F.
            let at = |address: &str, port: u16| {
                address.split_once(':').is_some_and(|(host, number)| {
                    host.ends_with("7F") && u16::from_str_radix(number, 16) == Ok(port)
                })
            };
            if at(from, local) && at(to, remote) {
                return words.nth(6)?.parse().ok();
            }
        }
    }
    None
}
