//! The `nameplate` command.

/// Requests allocate much and briefly: a tenth less CPU for an API call than with glibc's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    nameplate::cli::main().into()
}
