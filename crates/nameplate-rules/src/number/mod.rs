//! Numbers of the language: integers and decimals of up to 34 digits. AWS guide: iot-sql-data-types.

mod decimal;
#[cfg(test)]
mod tests;

pub use decimal::Decimal;

use decimal::{DIGITS, digits};
use std::cmp::Ordering;
use std::fmt;

/// An integer or a decimal.
#[derive(Debug, Clone, Copy)]
pub enum Number {
    /// An integer of up to 34 digits.
    Int(i128),
    /// A number with a point or an exponent, or one of more digits, rounded.
    Decimal(Decimal),
}

impl Number {
    /// Reads a number of JSON's grammar, of which the caller has made sure. `None` above 9.999E999.
    /// With `whole_is_int`, 10.0 is the integer 10.
    pub(crate) fn parse(text: &str, whole_is_int: bool) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() <= 19 {
            let negative = bytes.first() == Some(&b'-');
            let mut value: i64 = 0;
            let mut plain = true;
            // At most 19 characters, so 18 digits behind a sign or 19 without: checked for the latter.
            for byte in &bytes[usize::from(negative)..] {
                match byte {
                    b'0'..=b'9' => match value
                        .checked_mul(10)
                        .and_then(|value| value.checked_add(i64::from(byte - b'0')))
                    {
                        Some(next) => value = next,
                        None => plain = false,
                    },
                    _ => plain = false,
                }
                if !plain {
                    break;
                }
            }
            if plain {
                return Some(Self::Int(i128::from(if negative { -value } else { value })));
            }
        }
        if !bytes.iter().any(|byte| matches!(byte, b'.' | b'e' | b'E'))
            && let Ok(value) = text.parse::<i128>()
            && digits(value) <= DIGITS
        {
            return Some(Self::Int(value));
        }
        let decimal = Decimal::parse(text)?;
        Some(match whole_is_int {
            true => Self::Decimal(decimal).normalized(),
            false => Self::Decimal(decimal),
        })
    }

    /// Reads a text that is converted to a number, `^-?\d+(\.\d+)?(E-?\d+)?$` in letters of any size
    /// (AWS guide: iot-sql-data-types, conversions).
    pub(crate) fn from_text(text: &str) -> Option<Self> {
        let digits =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let mantissa = match unsigned.find(['e', 'E']) {
            Some(at) => {
                let exponent = &unsigned[at + 1..];
                if !digits(exponent.strip_prefix('-').unwrap_or(exponent)) {
                    return None;
                }
                &unsigned[..at]
            }
            None => unsigned,
        };
        let good = match mantissa.split_once('.') {
            Some((whole, fraction)) => digits(whole) && digits(fraction),
            None => digits(mantissa),
        };
        if !good {
            return None;
        }
        Self::parse(text, false)
    }

    pub(crate) fn int(value: i128) -> Option<Self> {
        match digits(value) <= DIGITS {
            true => Some(Self::Int(value)),
            false => Decimal::from_int(value).map(Self::Decimal),
        }
    }

    /// A decimal without fraction as an integer.
    pub(crate) fn normalized(self) -> Self {
        match self {
            Self::Decimal(decimal) => decimal.whole().map_or(self, Self::Int),
            Self::Int(_) => self,
        }
    }

    pub(crate) fn decimal(self) -> Decimal {
        match self {
            Self::Int(value) => Decimal::from_int(value).unwrap_or(Decimal::ZERO),
            Self::Decimal(decimal) => decimal,
        }
    }

    pub(crate) fn to_f64(self) -> f64 {
        match self {
            Self::Int(value) => value as f64,
            Self::Decimal(decimal) => decimal.to_f64(),
        }
    }

    pub(crate) fn negated(self) -> Self {
        match self {
            Self::Int(value) => Self::Int(-value),
            Self::Decimal(decimal) => Self::Decimal(decimal.negated()),
        }
    }

    pub(crate) fn signum(self) -> i128 {
        match self {
            Self::Int(value) => value.signum(),
            Self::Decimal(decimal) => decimal.signum(),
        }
    }

    /// Toward zero. `None` beyond 34 digits.
    pub(crate) fn truncate(self) -> Option<i128> {
        self.rounded(Decimal::truncate)
    }

    pub(crate) fn floor(self) -> Option<i128> {
        self.rounded(Decimal::floor)
    }

    pub(crate) fn ceil(self) -> Option<i128> {
        self.rounded(Decimal::ceil)
    }

    pub(crate) fn round(self) -> Option<i128> {
        self.rounded(Decimal::round)
    }

    fn rounded(self, how: fn(Decimal) -> Option<i128>) -> Option<i128> {
        match self {
            Self::Int(value) => Some(value),
            Self::Decimal(decimal) => how(decimal),
        }
    }

    pub(crate) fn compare(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Int(left), Self::Int(right)) => left.cmp(&right),
            (left, right) => left.decimal().compare(right.decimal()),
        }
    }

    pub(crate) fn add(self, other: Self) -> Option<Self> {
        self.combine(other, i128::checked_add, Decimal::add)
    }

    pub(crate) fn subtract(self, other: Self) -> Option<Self> {
        self.combine(other, i128::checked_sub, Decimal::subtract)
    }

    pub(crate) fn multiply(self, other: Self) -> Option<Self> {
        self.combine(other, i128::checked_mul, Decimal::multiply)
    }

    /// Integers give an integer, cut toward zero. `None` also for a divisor of zero.
    pub(crate) fn divide(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::Int(left), Self::Int(right)) => left.checked_div(right).map(Self::Int),
            (left, right) => left.decimal().divide(right.decimal()).map(Self::Decimal),
        }
    }

    /// `None` also for a divisor of zero.
    pub(crate) fn remainder(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::Int(left), Self::Int(right)) => left.checked_rem(right).map(Self::Int),
            (left, right) => left.decimal().remainder(right.decimal()).map(Self::Decimal),
        }
    }

    /// Integers give an integer while it has 34 digits, all others a decimal.
    fn combine(
        self,
        other: Self,
        small: fn(i128, i128) -> Option<i128>,
        decimal: fn(Decimal, Decimal) -> Option<Decimal>,
    ) -> Option<Self> {
        if let (Self::Int(left), Self::Int(right)) = (self, other)
            && let Some(value) = small(left, right)
        {
            return Self::int(value);
        }
        decimal(self.decimal(), other.decimal()).map(Self::Decimal)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(value) => match i64::try_from(*value) {
                Ok(small) => write!(f, "{small}"),
                Err(_) => write!(f, "{value}"),
            },
            Self::Decimal(decimal) => write!(f, "{decimal}"),
        }
    }
}
