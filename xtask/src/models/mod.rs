//! `xtask models`: where the models come from and where the tables go.
//!
//! What a table looks like is `emit.rs`'s business. The models themselves are not committed;
//! the tables are, and hold facts only (names, places, limits), none of the models' prose.

mod emit;
mod foreign;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

/// The botocore release the tables are made from. Raise it, run `models`, read the diff.
const BOTOCORE: &str = "1.44.8";

/// Services with a table: botocore's directory, API version, variant of `Service`, name in the
/// credential scope, and how much of the input shapes the table holds.
const SERVICES: &[emit::Source] = &[
    emit::Source {
        dir: "iot",
        version: "2015-05-28",
        variant: "Iot",
        depth: emit::Depth::Full,
    },
    emit::Source {
        dir: "iot-data",
        version: "2015-05-28",
        variant: "IotData",
        depth: emit::Depth::Full,
    },
    emit::Source {
        dir: "iot-jobs-data",
        version: "2017-09-29",
        variant: "IotJobsData",
        depth: emit::Depth::Full,
    },
    emit::Source {
        dir: "lambda",
        version: "2015-03-31",
        variant: "Lambda",
        depth: emit::Depth::Full,
    },
    emit::Source {
        dir: "dynamodb",
        version: "2012-08-10",
        variant: "DynamoDb",
        depth: emit::Depth::Full,
    },
    // The bodies of S3 are XML documents that its front end reads itself.
    emit::Source {
        dir: "s3",
        version: "2006-03-01",
        variant: "S3",
        depth: emit::Depth::Located,
    },
    emit::Source {
        dir: "iam",
        version: "2010-05-08",
        variant: "Iam",
        depth: emit::Depth::Full,
    },
    emit::Source {
        dir: "apigateway",
        version: "2015-07-09",
        variant: "ApiGateway",
        depth: emit::Depth::Full,
    },
    emit::Source {
        dir: "apigatewayv2",
        version: "2018-11-29",
        variant: "ApiGatewayV2",
        depth: emit::Depth::Full,
    },
    emit::Source {
        dir: "logs",
        version: "2014-03-28",
        variant: "Logs",
        depth: emit::Depth::Full,
    },
    emit::Source {
        dir: "sts",
        version: "2011-06-15",
        variant: "Sts",
        depth: emit::Depth::Full,
    },
    emit::Source {
        dir: "acm",
        version: "2015-12-08",
        variant: "Acm",
        depth: emit::Depth::Full,
    },
];

/// Runs the task with the arguments after its name.
pub fn run(arguments: &[String]) -> Result<()> {
    let mut botocore = None;
    let mut check = false;
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--check" => check = true,
            "--botocore" => {
                let dir = rest.next().context("--botocore needs a directory")?;
                botocore = Some(PathBuf::from(dir));
            }
            other => bail!("unknown argument '{other}' of models"),
        }
    }
    let fetched;
    let package = match botocore {
        Some(dir) => dir,
        None => {
            fetched = Fetched::download()?;
            fetched.package()
        }
    };
    let package = check_version(&package)?;

    let target =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/nameplate-aws/src/model/generated");
    let mut stale = Vec::new();
    let mut modules = String::new();
    for source in SERVICES {
        let model = read_model(&package, source)?;
        let text = emit::table(source, &model, BOTOCORE)
            .with_context(|| format!("reading the model of {}", source.dir))?;
        let module = source.dir.replace('-', "_");
        modules.push_str(&format!("pub(super) mod {module};\n"));
        put(
            &target.join(format!("{module}.rs")),
            &text,
            check,
            &mut stale,
        )?;
    }
    modules.push_str("pub(super) mod foreign;\n");
    let text = foreign::table(&package, BOTOCORE)?;
    put(&target.join("foreign.rs"), &text, check, &mut stale)?;
    let text = format!("{}{modules}", emit::header(BOTOCORE, "the list of tables"));
    put(&target.join("mod.rs"), &text, check, &mut stale)?;

    ensure!(
        stale.is_empty(),
        "not what botocore {BOTOCORE} gives (run `cargo run -p xtask -- models`): {}",
        stale.join(", ")
    );
    Ok(())
}

/// Writes `text` to `path`, or, when checking, notes that it would differ.
fn put(path: &Path, text: &str, check: bool, stale: &mut Vec<String>) -> Result<()> {
    let current = fs::read_to_string(path).unwrap_or_default();
    if current == text {
        return Ok(());
    }
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let name = name.unwrap_or_default();
    if check {
        stale.push(name);
        return Ok(());
    }
    println!("writing {name}");
    fs::write(path, text).with_context(|| format!("writing {}", path.display()))
}

/// The package directory, after making sure it is the pinned release.
fn check_version(dir: &Path) -> Result<PathBuf> {
    // A `data` directory is as good as the package that holds it.
    let package = if dir.join("__init__.py").exists() {
        dir.to_owned()
    } else {
        dir.join("..")
    };
    let init = package.join("__init__.py");
    let text = fs::read_to_string(&init).with_context(|| format!("reading {}", init.display()))?;
    let version = text
        .lines()
        .find_map(|line| line.strip_prefix("__version__ = "))
        .map(|version| version.trim_matches(['\'', '"']))
        .with_context(|| format!("{} names no version", init.display()))?;
    ensure!(
        version == BOTOCORE,
        "botocore {version} given, the tables are pinned to {BOTOCORE}"
    );
    Ok(package)
}

fn read_model(package: &Path, source: &emit::Source) -> Result<Value> {
    let path = package
        .join("data")
        .join(source.dir)
        .join(source.version)
        .join("service-2.json");
    unpacked(&path)
}

/// The document at `path`, or, packed, beside it.
fn unpacked(path: &Path) -> Result<Value> {
    let packed = path.with_extension("json.gz");
    let text = if packed.exists() {
        let output = Command::new("gzip")
            .arg("-dc")
            .arg(&packed)
            .output()
            .context("gzip")?;
        ensure!(
            output.status.success(),
            "gzip could not unpack {}",
            packed.display()
        );
        output.stdout
    } else {
        fs::read(path).with_context(|| format!("reading {}", path.display()))?
    };
    serde_json::from_slice(&text).with_context(|| format!("parsing {}", path.display()))
}

/// A botocore fetched for this run, removed afterwards.
struct Fetched {
    dir: PathBuf,
}

impl Fetched {
    fn download() -> Result<Self> {
        let dir = std::env::temp_dir().join(format!("botocore-{BOTOCORE}-{}", std::process::id()));
        fs::create_dir_all(&dir).with_context(|| format!("creating {}", dir.display()))?;
        let fetched = Self { dir };
        let python = |arguments: &[&str]| -> Result<()> {
            let status = Command::new("python3")
                .args(arguments)
                .current_dir(&fetched.dir)
                .status()
                .context("python3")?;
            ensure!(status.success(), "python3 {} failed", arguments.join(" "));
            Ok(())
        };
        let pinned = format!("botocore=={BOTOCORE}");
        python(&["-m", "pip", "download", "--quiet", "--no-deps", &pinned])?;
        let wheel = format!("botocore-{BOTOCORE}-py3-none-any.whl");
        python(&["-m", "zipfile", "-e", &wheel, "."])?;
        Ok(fetched)
    }

    fn package(&self) -> PathBuf {
        self.dir.join("botocore")
    }
}

impl Drop for Fetched {
    fn drop(&mut self) {
        // A leftover in the temporary directory hurts nobody.
        let _ = fs::remove_dir_all(&self.dir);
    }
}
