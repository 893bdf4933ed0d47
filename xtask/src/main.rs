//! House tasks, run with `cargo run -p xtask -- <task>`.
//!
//! `models` turns the AWS service models that botocore carries into the tables of
//! `nameplate-aws`. Nothing here is part of the product.

mod models;

use anyhow::{Result, bail};

const USAGE: &str = "usage: cargo run -p xtask -- models [--botocore DIR] [--check]

models   write crates/nameplate-aws/src/model/generated from botocore's service models
         --botocore DIR   an unpacked botocore package (holding data/); fetched with pip otherwise
         --check          write nothing, fail where a table would change";

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.split_first() {
        Some((task, rest)) if task == "models" => models::run(rest),
        _ => bail!("{USAGE}"),
    }
}
