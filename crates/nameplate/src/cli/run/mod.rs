//! `nameplate run -- CMD`: a program with every AWS SDK in it pointed at this server.

mod node;

use super::args::RunArgs;
use super::env;
use super::out::complain;
use super::place::Place;
use std::io::ErrorKind;
use std::os::unix::process::CommandExt;
use std::process::Command;

/// As shells report a command that is not there, and one that cannot be run.
const NOT_FOUND: u8 = 127;
const NOT_RUNNABLE: u8 = 126;

/// Becomes the program, so that signals and exit status need no passing on; comes back only where it cannot.
pub fn run(args: &RunArgs) -> anyhow::Result<u8> {
    let place = env::reached(args.place.data_dir.as_deref())?;
    let (program, arguments) = args
        .command
        .split_first()
        .ok_or_else(|| anyhow::anyhow!("no program is named"))?;
    let mut command = Command::new(program);
    command.args(arguments).envs(env::variables(&place));
    for name in env::in_the_way(env::names()) {
        command.env_remove(name);
    }
    redirect_node(&mut command, &place);
    let error = command.exec();
    let program = program.to_string_lossy();
    if error.kind() == ErrorKind::NotFound {
        complain(format_args!(
            "nameplate run: {program}: there is no such program"
        ));
        return Ok(NOT_FOUND);
    }
    complain(format_args!(
        "nameplate run: {program}: cannot be run: {error}"
    ));
    Ok(NOT_RUNNABLE)
}

/// Has Node programs call this server also where their SDK does not know the variables.
fn redirect_node(command: &mut Command, place: &Place) {
    match node::write(place) {
        Ok(preload) => {
            let own = std::env::var_os("NODE_OPTIONS");
            command.env("NODE_OPTIONS", node::options(&preload, own.as_deref()));
        }
        Err(error) => complain(format_args!(
            "nameplate run: aws-sdk 2 in Node programs is not redirected, since {} cannot be written: {error}",
            place.directory.display()
        )),
    }
    if std::env::var_os("NODE_EXTRA_CA_CERTS").is_none_or(|own| own.is_empty()) {
        command.env("NODE_EXTRA_CA_CERTS", place.root_ca());
    }
}
