//! Where the registry is kept: the setting `store`.

use nameplate_store::{EngineOptions, PostgresOptions};

/// Reads the setting; what is wrong with it is said without it, since it may hold a password.
pub(super) fn parse(value: &str) -> Result<EngineOptions, String> {
    if value == "sqlite" {
        return Ok(EngineOptions::Sqlite);
    }
    if !value.starts_with("postgres://") && !value.starts_with("postgresql://") {
        return Err("sqlite or postgres://USER:PASSWORD@HOST[:PORT]/DATABASE is accepted".into());
    }
    let options = PostgresOptions::parse(value)?;
    Ok(EngineOptions::Postgres(Box::new(options)))
}

#[cfg(test)]
mod tests {
    use super::parse;
    use nameplate_store::EngineOptions;

    #[test]
    fn what_is_accepted() {
        assert!(matches!(parse("sqlite"), Ok(EngineOptions::Sqlite)));
        for url in [
            "postgres://u:p@db/fleet",
            "postgresql://u@127.0.0.1:6432/fleet?sslmode=disable&connections=4",
        ] {
            assert!(
                matches!(parse(url), Ok(EngineOptions::Postgres(_))),
                "{url}"
            );
        }
    }

    #[test]
    fn what_is_wrong_is_told_without_a_secret() {
        for (value, told) in [
            ("mysql://u:SECRET@db/fleet", "sqlite or postgres://"),
            ("sqlite3", "sqlite or postgres://"),
            ("postgres://u:SECRET@db", "it names no database"),
            ("postgres://u:SECRET@db:port/fleet", "port"),
            ("postgres://:SECRET@db/fleet", "it names no user"),
            ("postgres://u:SECRET@db/", "it names no database"),
            ("postgres://u:SECRET@db/fleet\n", "the end of a line"),
            ("postgres://u:SECRET@db/fl%0Aeet", "control character"),
        ] {
            let mistake = parse(value).err().unwrap_or_default();
            assert!(mistake.contains(told), "{value}: {mistake}");
            assert!(!mistake.contains("SECRET"), "{mistake}");
        }
    }
}
