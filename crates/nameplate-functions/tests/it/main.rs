//! Functions run for real: on this machine's Python, Node and shell, under AWS's own runtime clients, confined.
//!
//! The test program is also the helper that becomes a function, as the product's binary is, so it has a main of its own.

mod bad;
mod confined;
mod fixture;
mod node;
mod provided;
mod python;
mod warm;

use libtest_mimic::{Arguments, Trial};
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_some_and(|first| first == "__function") {
        return nameplate_functions::confine::main(arguments);
    }
    let mut tests: Vec<Trial> = Vec::new();
    for list in [
        bad::tests(),
        confined::tests(),
        node::tests(),
        provided::tests(),
        python::tests(),
        warm::tests(),
    ] {
        tests.extend(list);
    }
    libtest_mimic::run(&Arguments::from_args(), tests).exit_code()
}
