//! `nameplate cluster`: what concerns several servers over one registry, whether they run or not.

use super::args::{ClusterArgs, ClusterCommand, RotateKeyArgs};
use super::copy::named;
use super::out::tell;
use crate::authority::shared::SharedSecrets;
use crate::config;
use anyhow::bail;
use nameplate_store::Location;
use std::path::PathBuf;

/// Runs the command; the exit status.
pub fn run(args: &ClusterArgs) -> anyhow::Result<u8> {
    match &args.what {
        ClusterCommand::RotateKey(args) => rotate_key(args),
    }
}

/// Servers go on meanwhile: one that meets a secret sealed with the new key reads its file of keys again.
fn rotate_key(args: &RotateKeyArgs) -> anyhow::Result<u8> {
    let Location::Database(server) = named("store", &args.store)? else {
        bail!("--store: several servers share a database; postgres://… is accepted");
    };
    let file = match &args.secrets_key {
        Some(file) => file.clone(),
        None => match config::said("secrets-key")?.as_str() {
            "" | "none" => bail!("--secrets-key FILE: the owner's keys are needed"),
            file => PathBuf::from(file),
        },
    };
    let sealed = SharedSecrets::open(&file, &server)?.seal_again()?;
    let place = server.place();
    let file = file.display();
    tell(&match sealed {
        0 => format!("all secrets in {place} are sealed with the first key of {file} already\n"),
        sealed => format!(
            "{sealed} secrets in {place} are sealed with the first key of {file} now. Remove the keys below it from the \
             file of each server.\n"
        ),
    })?;
    Ok(0)
}
