//! The table of functions: name, how many arguments, since which version. AWS guide: iot-sql-functions.

use crate::version::SqlVersion::{self, V2015, V2016};

macro_rules! functions {
    ($($variant:ident $name:literal $least:literal $most:literal $version:ident;)*) => {
        /// A function that can be evaluated.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) enum Function { $($variant,)* }

        const TABLE: &[(Function, &str, usize, usize, SqlVersion)] =
            &[$((Function::$variant, $name, $least, $most, $version),)*];
    };
}

functions! {
    Abs "abs" 1 1 V2015;
    AccountId "accountid" 0 0 V2015;
    Acos "acos" 1 1 V2015;
    Asin "asin" 1 1 V2015;
    Atan "atan" 1 1 V2015;
    Atan2 "atan2" 2 2 V2015;
    AwsLambda "aws_lambda" 2 2 V2015;
    BitAnd "bitand" 2 2 V2015;
    BitNot "bitnot" 1 1 V2015;
    BitOr "bitor" 2 2 V2015;
    BitXor "bitxor" 2 2 V2015;
    Ceil "ceil" 1 1 V2015;
    Chr "chr" 1 1 V2015;
    ClientId "clientid" 0 0 V2015;
    Concat "concat" 0 255 V2015;
    Cos "cos" 1 1 V2015;
    Cosh "cosh" 1 1 V2015;
    Decode "decode" 2 2 V2016;
    Encode "encode" 2 2 V2016;
    EndsWith "endswith" 2 2 V2015;
    Exp "exp" 1 1 V2015;
    Floor "floor" 1 1 V2015;
    Get "get" 2 2 V2015;
    GetDynamoDb "get_dynamodb" 4 6 V2016;
    GetMqttProperty "get_mqtt_property" 1 1 V2016;
    GetOrDefault "get_or_default" 1 2 V2016;
    GetRegistryData "get_registry_data" 3 3 V2016;
    GetSecret "get_secret" 3 4 V2016;
    GetThingShadow "get_thing_shadow" 2 3 V2016;
    GetUserProperties "get_user_properties" 0 1 V2016;
    IndexOf "indexof" 2 2 V2016;
    IsNull "isnull" 1 1 V2015;
    IsUndefined "isundefined" 1 1 V2016;
    Length "length" 1 1 V2016;
    Ln "ln" 1 1 V2015;
    Log "log" 1 1 V2015;
    Lower "lower" 1 1 V2015;
    Lpad "lpad" 2 2 V2015;
    Ltrim "ltrim" 1 1 V2015;
    Md2 "md2" 1 1 V2015;
    Md5 "md5" 1 1 V2015;
    Mod "mod" 2 2 V2015;
    Nanvl "nanvl" 2 2 V2015;
    NewUuid "newuuid" 0 0 V2015;
    NumBytes "numbytes" 1 1 V2016;
    ParseTime "parse_time" 2 3 V2016;
    Power "power" 2 2 V2015;
    Principal "principal" 0 0 V2015;
    Rand "rand" 0 0 V2015;
    RegexpMatches "regexp_matches" 2 2 V2015;
    RegexpReplace "regexp_replace" 3 3 V2015;
    RegexpSubstr "regexp_substr" 2 2 V2015;
    Remainder "remainder" 2 2 V2015;
    Replace "replace" 3 3 V2015;
    Round "round" 1 1 V2015;
    Rpad "rpad" 2 2 V2015;
    Rtrim "rtrim" 1 1 V2015;
    Sha1 "sha1" 1 1 V2015;
    Sha224 "sha224" 1 1 V2015;
    Sha256 "sha256" 1 1 V2015;
    Sha384 "sha384" 1 1 V2015;
    Sha512 "sha512" 1 1 V2015;
    Sign "sign" 1 1 V2015;
    Sin "sin" 1 1 V2015;
    Sinh "sinh" 1 1 V2015;
    SourceIp "sourceip" 0 0 V2016;
    SqlVersion "sql_version" 0 0 V2015;
    Sqrt "sqrt" 1 1 V2015;
    StartsWith "startswith" 2 2 V2015;
    Substring "substring" 2 3 V2015;
    Tan "tan" 1 1 V2015;
    Tanh "tanh" 1 1 V2015;
    TimeToEpoch "time_to_epoch" 2 2 V2016;
    Timestamp "timestamp" 0 0 V2015;
    Topic "topic" 0 1 V2015;
    TraceId "traceid" 0 0 V2015;
    Transform "transform" 3 3 V2016;
    Trim "trim" 1 1 V2015;
    Trunc "trunc" 2 2 V2015;
    Upper "upper" 1 1 V2015;
}

/// Functions of AWS's that exist and cannot be evaluated here, with the reason.
const UNSUPPORTED: &[(&str, &str)] = &[(
    "machinelearning_predict",
    "it asks Amazon Machine Learning, a service that takes no new users",
)];

impl Function {
    /// Finds a function; letters may be large or small.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let lower = name.to_ascii_lowercase();
        let at = TABLE
            .binary_search_by(|entry| entry.1.cmp(lower.as_str()))
            .ok()?;
        Some(TABLE[at].0)
    }

    /// Why a function of AWS's is not supported, if it is none of ours.
    pub(crate) fn unsupported(name: &str) -> Option<&'static str> {
        let lower = name.to_ascii_lowercase();
        UNSUPPORTED
            .iter()
            .find(|entry| entry.0 == lower)
            .map(|entry| entry.1)
    }

    /// All names, in alphabetical order.
    #[cfg(test)]
    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        TABLE.iter().map(|entry| entry.1)
    }

    fn entry(self) -> &'static (Self, &'static str, usize, usize, SqlVersion) {
        &TABLE[self as usize]
    }

    pub(crate) fn name(self) -> &'static str {
        self.entry().1
    }

    /// Fewest and most arguments.
    pub(crate) fn arguments(self) -> (usize, usize) {
        (self.entry().2, self.entry().3)
    }

    /// The first version that has it.
    pub(crate) fn since(self) -> SqlVersion {
        self.entry().4
    }

    /// Whether it asks another service, which an error action may not (AWS guide: rule-error-handling).
    pub(crate) fn is_external(self) -> bool {
        matches!(
            self,
            Self::AwsLambda
                | Self::GetDynamoDb
                | Self::GetRegistryData
                | Self::GetSecret
                | Self::GetThingShadow
        )
    }

    /// Whether its last argument names a role, literally.
    pub(crate) fn takes_role(self) -> bool {
        self.is_external() && self != Self::AwsLambda
    }

    /// Whether a statement may call it only once (AWS guide: get_dynamodb, get_registry_data).
    pub(crate) fn is_once(self) -> bool {
        matches!(self, Self::GetDynamoDb | Self::GetRegistryData)
    }

    /// Whether its second argument is a regular expression.
    pub(crate) fn takes_pattern(self) -> bool {
        matches!(
            self,
            Self::RegexpMatches | Self::RegexpReplace | Self::RegexpSubstr
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_stands_by_number() {
        assert!(TABLE.windows(2).all(|pair| pair[0].1 < pair[1].1));
        for entry in TABLE {
            assert_eq!(Function::named(entry.1), Some(entry.0));
            assert_eq!(entry.0.name(), entry.1);
        }
        assert_eq!(Function::named("isNull"), Some(Function::IsNull));
        assert_eq!(Function::named("nosuch"), None);
        assert!(Function::unsupported("MachineLearning_Predict").is_some());
    }
}
