//! Which log lines about devices are written. The account's options are single values (`meta.rs`), levels for some
//! are rows.

use crate::tx::{Notice, Tx};
use crate::{Conn, Error, Result};
use nameplate_core::registry::logging::{Level, Levels, Options, TargetKind};

const ROLE: &str = "logging.role";
const LEVEL: &str = "logging.level";
const DISABLED: &str = "logging.disabled";

fn level(text: &str) -> Result<Level> {
    Level::parse(text).ok_or_else(|| Error::Damaged {
        what: "log level",
        detail: text.to_owned(),
    })
}

impl Conn<'_> {
    /// Everything that is set.
    pub fn log_levels(&self) -> Result<Levels> {
        let options = match self.meta(LEVEL)? {
            Some(text) => Some(Options {
                role_arn: self.meta(ROLE)?,
                default_level: level(&text)?,
                disabled: self.meta(DISABLED)?.is_some(),
            }),
            None => None,
        };
        let rows = self.all(
            "SELECT kind, name, level FROM log_level ORDER BY kind, name",
            &[],
            |row| Ok((row.text(0)?, row.text(1)?, row.text(2)?)),
        )?;
        let mut levels = Levels {
            options,
            ..Levels::default()
        };
        for (kind, name, text) in rows {
            let kind = TargetKind::parse(&kind).ok_or(Error::Damaged {
                what: "log target",
                detail: kind,
            })?;
            levels.targets.insert((kind, name), level(&text)?);
        }
        Ok(levels)
    }
}

impl Tx<'_> {
    /// Sets the account's options.
    pub fn set_log_options(&mut self, options: &Options) -> Result<()> {
        self.set_meta(ROLE, options.role_arn.as_deref())?;
        self.set_meta(LEVEL, Some(options.default_level.as_str()))?;
        self.set_meta(DISABLED, options.disabled.then_some("true"))?;
        self.notice(Notice::Logging);
        Ok(())
    }

    /// Sets a level for some, or takes it back.
    pub fn set_log_level(
        &mut self,
        kind: TargetKind,
        name: &str,
        level: Option<Level>,
    ) -> Result<()> {
        match level {
            Some(level) => self.write(
                "INSERT INTO log_level (kind, name, level) VALUES ($1, $2, $3)
                 ON CONFLICT (kind, name) DO UPDATE SET level = excluded.level",
                &[kind.as_str().into(), name.into(), level.as_str().into()],
            )?,
            None => self.write(
                "DELETE FROM log_level WHERE kind = $1 AND name = $2",
                &[kind.as_str().into(), name.into()],
            )?,
        };
        self.notice(Notice::Logging);
        Ok(())
    }
}
