//! The `nameplate` command.

/// Requests allocate much and briefly: a tenth less CPU for an API call than with glibc's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    // A function's process begins as this program, and confines itself before it becomes the function.
    let mut arguments = std::env::args_os().skip(1);
    if arguments
        .next()
        .is_some_and(|first| first == nameplate::FUNCTION_COMMAND)
    {
        return nameplate_functions::confine::main(arguments);
    }
    nameplate::cli::main().into()
}
