//! Versions of the language. AWS guide: iot-rule-sql-version.

use std::fmt;

/// Version in which a statement is written, and with it its templates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum SqlVersion {
    /// `2015-10-08`, which a rule has that names none: no literal arrays and objects, no SELECT within, fewer
    /// functions; a decimal keeps its zeros.
    #[default]
    V2015,
    /// `2016-03-23`, and what follows it as `beta`: a decimal without fraction counts as an integer.
    V2016,
}

impl SqlVersion {
    /// Reads `awsIotSqlVersion`. `None` for a version that does not exist.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "2015-10-08" => Some(Self::V2015),
            "2016-03-23" | "beta" => Some(Self::V2016),
            _ => None,
        }
    }

    /// The version as `sql_version()` answers it.
    pub fn name(self) -> &'static str {
        match self {
            Self::V2015 => "2015-10-08",
            Self::V2016 => "2016-03-23",
        }
    }

    pub(crate) fn whole_is_int(self) -> bool {
        self == Self::V2016
    }
}

impl fmt::Display for SqlVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
