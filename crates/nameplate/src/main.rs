//! The `nameplate` command.

fn main() -> std::process::ExitCode {
    let matches = nameplate::cli::command().get_matches();
    nameplate::cli::run(&matches).into()
}
