//! `nameplate run -- CMD`: a program with every AWS SDK in it pointed at this server.

use super::args::RunArgs;
use super::env;
use super::out::complain;
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
