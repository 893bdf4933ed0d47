//! Decimal numbers of 34 digits (AWS guide: iot-sql-data-types), rounded half to even.
//!
//! What fits 128 bits on the way is computed there; what does not goes through big integers.

use bigdecimal::num_bigint::{BigInt, Sign};
use bigdecimal::num_traits::{Signed as _, ToPrimitive as _, Zero as _};
use std::cmp::Ordering;
use std::fmt;

/// Significant digits of a number.
pub(crate) const DIGITS: u32 = 34;
/// Greatest power of ten that a number's first digit may stand for; the least is its negative.
const MAGNITUDE: i32 = 999;

/// `coefficient × 10^exponent`, with at most 34 digits. Trailing zeros are kept as they came: 10.0 is not 10.
#[derive(Debug, Clone, Copy)]
pub struct Decimal {
    coefficient: i128,
    exponent: i32,
}

impl Decimal {
    pub(crate) const ZERO: Self = Self {
        coefficient: 0,
        exponent: 0,
    };

    /// Rounds to 34 digits. `None` above 9.999E999; what lies below 1E-999 is zero.
    pub(crate) fn new(coefficient: i128, exponent: i32) -> Option<Self> {
        let digits = digits(coefficient);
        if digits <= DIGITS {
            return Self::checked(coefficient, exponent);
        }
        let dropped = digits - DIGITS;
        let unit = power(dropped);
        let (quotient, rest) = (coefficient / unit, (coefficient % unit).abs());
        let half = unit / 2;
        let up = rest > half || (rest == half && quotient % 2 != 0);
        let rounded = quotient + if up { coefficient.signum() } else { 0 };
        // 9…9 becomes 1 and 34 zeros, one digit more.
        Self::new(rounded, exponent + dropped as i32)
    }

    /// At most 34 digits.
    fn checked(coefficient: i128, exponent: i32) -> Option<Self> {
        if coefficient == 0 {
            return Some(Self {
                coefficient,
                exponent: exponent.clamp(-MAGNITUDE, 0),
            });
        }
        let magnitude = exponent + digits(coefficient) as i32 - 1;
        if magnitude > MAGNITUDE {
            return None;
        }
        if magnitude < -MAGNITUDE {
            return Some(Self::ZERO);
        }
        Some(Self {
            coefficient,
            exponent,
        })
    }

    fn from_big(coefficient: &BigInt, exponent: i32) -> Option<Self> {
        if let Some(small) = coefficient.to_i128() {
            return Self::new(small, exponent);
        }
        // Two digits more than are wanted round as the whole does, if what follows moves them off a 0 or 5.
        let text = coefficient.magnitude().to_str_radix(10);
        let keep = DIGITS as usize + 2;
        let mut kept: i128 = text[..keep].parse().ok()?;
        if kept % 5 == 0 && text[keep..].bytes().any(|digit| digit != b'0') {
            kept += 1;
        }
        if coefficient.sign() == Sign::Minus {
            kept = -kept;
        }
        let dropped = i32::try_from(text.len() - keep).ok()?;
        Self::new(kept, exponent.checked_add(dropped)?)
    }

    fn big(self) -> BigInt {
        BigInt::from(self.coefficient)
    }

    /// Reads `-?digits[.digits][e[+-]digits]`, of which the caller has made sure. `None` above 9.999E999.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match text.find(['e', 'E']) {
            // Beyond what an i32 holds is beyond every limit; zero stays zero.
            Some(at) => (
                &text[..at],
                text[at + 1..].parse::<i64>().unwrap_or_else(|_| {
                    if text[at + 1..].starts_with('-') {
                        -1_000_000_000
                    } else {
                        1_000_000_000
                    }
                }),
            ),
            None => (text, 0),
        };
        let mut coefficient: i128 = 0;
        let (mut taken, mut scale, mut sticky) = (0u32, 0i64, false);
        let mut fraction = false;
        for byte in mantissa.bytes() {
            if byte == b'.' {
                fraction = true;
                continue;
            }
            let digit = i128::from(byte - b'0');
            if taken < DIGITS + 2 {
                coefficient = coefficient * 10 + digit;
                taken += u32::from(coefficient != 0);
                scale -= i64::from(fraction);
            } else {
                sticky |= digit != 0;
                scale += i64::from(!fraction);
            }
        }
        if sticky && coefficient % 5 == 0 {
            coefficient += 1;
        }
        if negative {
            coefficient = -coefficient;
        }
        if coefficient == 0 {
            return Self::new(
                0,
                (scale + exponent.clamp(-2000, 2000)).clamp(-2000, 2000) as i32,
            );
        }
        let exponent = (scale + exponent).clamp(-1_000_000, 1_000_000);
        Self::new(coefficient, exponent as i32)
    }

    /// The shortest decimal that names this double, with one zero behind the point where it is whole, as Java prints
    /// it. `None` where it is no number.
    pub(crate) fn from_f64(value: f64) -> Option<Self> {
        if !value.is_finite() {
            return None;
        }
        let shortest = Self::parse(&format!("{value:e}"))?;
        match shortest.exponent >= 0
            && digits(shortest.coefficient) + (shortest.exponent as u32) < 8
        {
            true => Self::new(
                shortest.coefficient * power(shortest.exponent as u32) * 10,
                -1,
            ),
            false => Some(shortest),
        }
    }

    pub(crate) fn from_int(value: i128) -> Option<Self> {
        Self::new(value, 0)
    }

    pub(crate) fn to_f64(self) -> f64 {
        format!("{}e{}", self.coefficient, self.exponent)
            .parse()
            .expect("digits and an exponent are a double")
    }

    pub(crate) fn signum(self) -> i128 {
        self.coefficient.signum()
    }

    pub(crate) fn negated(self) -> Self {
        Self {
            coefficient: -self.coefficient,
            exponent: self.exponent,
        }
    }

    /// The integer it equals, where it has no fraction and not more than 34 digits.
    pub(crate) fn whole(self) -> Option<i128> {
        if self.exponent >= 0 {
            let value = self
                .coefficient
                .checked_mul(checked_power(self.exponent as u32)?)?;
            return (digits(value) <= DIGITS).then_some(value);
        }
        if self.coefficient == 0 {
            return Some(0);
        }
        let unit = checked_power(self.exponent.unsigned_abs())?;
        (self.coefficient % unit == 0).then(|| self.coefficient / unit)
    }

    /// The integer part and whether a fraction was cut. `None` where the integer has more than 34 digits.
    fn truncated(self) -> Option<(i128, bool)> {
        if self.exponent >= 0 {
            return self.whole().map(|value| (value, false));
        }
        let Some(unit) = checked_power(self.exponent.unsigned_abs()) else {
            return Some((0, self.coefficient != 0));
        };
        Some((self.coefficient / unit, self.coefficient % unit != 0))
    }

    /// Toward zero.
    pub(crate) fn truncate(self) -> Option<i128> {
        Some(self.truncated()?.0)
    }

    /// Toward negative infinity.
    pub(crate) fn floor(self) -> Option<i128> {
        let (value, cut) = self.truncated()?;
        Some(value - i128::from(cut && self.coefficient < 0))
    }

    /// Toward positive infinity.
    pub(crate) fn ceil(self) -> Option<i128> {
        let (value, cut) = self.truncated()?;
        Some(value + i128::from(cut && self.coefficient > 0))
    }

    /// To the nearest integer, halves away from zero.
    pub(crate) fn round(self) -> Option<i128> {
        let (value, cut) = self.truncated()?;
        if !cut {
            return Some(value);
        }
        let Some(unit) = checked_power(self.exponent.unsigned_abs()) else {
            return Some(0);
        };
        let rest = (self.coefficient % unit).abs();
        let up = rest >= unit - rest;
        Some(value + if up { self.coefficient.signum() } else { 0 })
    }

    /// Cuts to so many places behind the point and drops zeros at the end.
    pub(crate) fn cut(self, places: u32) -> Self {
        let mut cut = self;
        let drop = -(self.exponent + places as i32);
        if drop > 0 {
            let unit = checked_power(drop as u32);
            cut = Self {
                coefficient: unit.map_or(0, |unit| self.coefficient / unit),
                exponent: -(places as i32),
            };
        }
        while cut.exponent < 0 && cut.coefficient % 10 == 0 {
            cut.coefficient /= 10;
            cut.exponent += 1;
        }
        cut
    }

    pub(crate) fn add(self, other: Self) -> Option<Self> {
        let (high, low) = match self.exponent >= other.exponent {
            true => (self, other),
            false => (other, self),
        };
        let shift = (high.exponent - low.exponent) as u32;
        let small = checked_power(shift)
            .and_then(|unit| high.coefficient.checked_mul(unit))
            .and_then(|aligned| aligned.checked_add(low.coefficient));
        match small {
            Some(sum) => Self::new(sum, low.exponent),
            None => {
                let sum = high.big() * BigInt::from(10).pow(shift) + low.big();
                Self::from_big(&sum, low.exponent)
            }
        }
    }

    pub(crate) fn subtract(self, other: Self) -> Option<Self> {
        self.add(other.negated())
    }

    pub(crate) fn multiply(self, other: Self) -> Option<Self> {
        let exponent = self.exponent + other.exponent;
        match self.coefficient.checked_mul(other.coefficient) {
            Some(product) => Self::new(product, exponent),
            None => Self::from_big(&(self.big() * other.big()), exponent),
        }
    }

    /// `None` also for a divisor of zero. Exact quotients keep as few places as the operands allow.
    pub(crate) fn divide(self, other: Self) -> Option<Self> {
        if other.coefficient == 0 {
            return None;
        }
        let preferred = self.exponent - other.exponent;
        if self.coefficient % other.coefficient == 0 {
            return Self::new(self.coefficient / other.coefficient, preferred);
        }
        // Enough digits that two more than wanted remain.
        let shift = DIGITS + 2 + digits(other.coefficient);
        let numerator = self.big() * BigInt::from(10).pow(shift);
        let divisor = other.big();
        let mut quotient = &numerator / &divisor;
        let exact = (&quotient * &divisor) == numerator;
        if !exact {
            let last = (&quotient % BigInt::from(10)).abs();
            if last.is_zero() || last == BigInt::from(5) {
                quotient += if quotient.is_negative() || self.signum() * other.signum() < 0 {
                    -1
                } else {
                    1
                };
            }
        }
        let mut result = Self::from_big(&quotient, preferred - shift as i32)?;
        if exact {
            while result.exponent < preferred && result.coefficient % 10 == 0 {
                result.coefficient /= 10;
                result.exponent += 1;
            }
        }
        Some(result)
    }

    /// What a division toward zero leaves, with the sign of the dividend. `None` for a divisor of zero.
    pub(crate) fn remainder(self, other: Self) -> Option<Self> {
        if other.coefficient == 0 {
            return None;
        }
        let exponent = self.exponent.min(other.exponent);
        let aligned = |number: Self| {
            checked_power((number.exponent - exponent) as u32)
                .and_then(|unit| number.coefficient.checked_mul(unit))
        };
        if let (Some(dividend), Some(divisor)) = (aligned(self), aligned(other)) {
            return Self::new(dividend % divisor, exponent);
        }
        let aligned =
            |number: Self| number.big() * BigInt::from(10).pow((number.exponent - exponent) as u32);
        Self::from_big(&(aligned(self) % aligned(other)), exponent)
    }

    pub(crate) fn compare(self, other: Self) -> Ordering {
        if self.exponent == other.exponent {
            return self.coefficient.cmp(&other.coefficient);
        }
        let signs = self.signum().cmp(&other.signum());
        if signs != Ordering::Equal || self.coefficient == 0 {
            return signs;
        }
        let magnitude = |number: Self| number.exponent + digits(number.coefficient) as i32;
        let magnitudes = magnitude(self).cmp(&magnitude(other));
        if magnitudes != Ordering::Equal {
            return match self.coefficient > 0 {
                true => magnitudes,
                false => magnitudes.reverse(),
            };
        }
        // Of one magnitude, they differ by at most 33 places.
        let exponent = self.exponent.min(other.exponent);
        let aligned =
            |number: Self| number.big() * BigInt::from(10).pow((number.exponent - exponent) as u32);
        aligned(self).cmp(&aligned(other))
    }
}

/// As Java's `BigDecimal.toString`: scientific where the point would stand far from the digits.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.exponent == 0 {
            return write!(f, "{}", self.coefficient);
        }
        let text = self.coefficient.unsigned_abs().to_string();
        if self.coefficient < 0 {
            f.write_str("-")?;
        }
        let magnitude = self.exponent + text.len() as i32 - 1;
        if self.exponent < 0 && magnitude >= -6 {
            let places = self.exponent.unsigned_abs() as usize;
            return match text.len() > places {
                true => {
                    let (whole, fraction) = text.split_at(text.len() - places);
                    write!(f, "{whole}.{fraction}")
                }
                false => write!(f, "0.{text:0>places$}"),
            };
        }
        let (first, rest) = text.split_at(1);
        f.write_str(first)?;
        if !rest.is_empty() {
            write!(f, ".{rest}")?;
        }
        write!(f, "E{magnitude:+}")
    }
}

/// How many digits a number has; zero has one.
pub(crate) fn digits(value: i128) -> u32 {
    value.unsigned_abs().checked_ilog10().unwrap_or(0) + 1
}

fn checked_power(exponent: u32) -> Option<i128> {
    10i128.checked_pow(exponent)
}

/// At most 38.
fn power(exponent: u32) -> i128 {
    10i128.pow(exponent)
}
