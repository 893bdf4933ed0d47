//! House tasks, run with `cargo run -p xtask -- <task>`.
//!
//! `models` turns the AWS service models that botocore carries into the tables of
//! `nameplate-aws`; `tidy` keeps the rules of the house. Nothing here is part of the product.

mod models;
mod tidy;

use anyhow::{Result, bail};
use std::process::ExitCode;

const USAGE: &str = "usage: cargo run -p xtask -- models [--botocore DIR] [--check]
       cargo run -p xtask -- tidy

models   write crates/nameplate-aws/src/model/generated from botocore's service models
         --botocore DIR   an unpacked botocore package (holding data/); fetched with pip otherwise
         --check          write nothing, fail where a table would change
tidy     fail where a rule of the house is broken: who may use whom, words out of place, licences";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<()> {
    match arguments.split_first() {
        Some((task, rest)) if task == "models" => models::run(rest),
        Some((task, rest)) if task == "tidy" => tidy::run(rest),
        _ => bail!("{USAGE}"),
    }
}
