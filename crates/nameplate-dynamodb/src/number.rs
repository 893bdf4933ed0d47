//! Numbers of up to 38 significant digits. DynamoDB developer guide: data types, Number.

use crate::error::{Invalid, Result};
use bigdecimal::BigDecimal;
use bigdecimal::num_bigint::{BigInt, Sign};
use std::cmp::Ordering;
use std::fmt;

/// Significant digits that a number may have.
pub const DIGITS: u32 = 38;
/// Exponent of the largest numbers, `9.99…E+125`.
const LARGEST: i32 = 125;
/// Exponent of the smallest numbers, `1E-130`.
const SMALLEST: i32 = -130;

/// A number: `digits` × 10^`exponent`, its last digit not zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Number {
    negative: bool,
    digits: u128,
    exponent: i16,
}

fn overflow() -> Invalid {
    Invalid::new(
        "Number overflow. Attempting to store a number with magnitude larger than supported range",
    )
}

fn underflow() -> Invalid {
    Invalid::new(
        "Number underflow. Attempting to store a number with magnitude smaller than supported range",
    )
}

fn too_precise() -> Invalid {
    Invalid::new("Attempting to store more than 38 significant digits in a Number")
}

impl Number {
    /// Zero.
    pub const ZERO: Self = Self {
        negative: false,
        digits: 0,
        exponent: 0,
    };

    /// Reads a number as clients write it: digits, a point, an exponent.
    ///
    /// # Errors
    /// Not a number; too large, too small, or too precise.
    pub fn parse(text: &str) -> Result<Self> {
        let bad = || {
            Invalid::new(format!(
                "The parameter cannot be converted to a numeric value: {text}"
            ))
        };
        if text.is_empty() {
            return Err(Invalid::new(
                "The parameter cannot be converted to a numeric value",
            ));
        }
        let (negative, unsigned) = match text.as_bytes()[0] {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
            Some(at) => (&unsigned[..at], Some(&unsigned[at + 1..])),
            None => (unsigned, None),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits_only = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.len() + fraction.len() == 0 || !digits_only(whole) || !digits_only(fraction) {
            return Err(bad());
        }
        let exponent = exponent.map_or(Ok(0), |text| scale(text).ok_or_else(bad))?;
        let all: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
        let Some(first) = all.iter().position(|digit| *digit != b'0') else {
            return Ok(Self::ZERO);
        };
        let last = all
            .iter()
            .rposition(|digit| *digit != b'0')
            .unwrap_or(first);
        // Lengths are those of a request's body.
        let leading = exponent + whole.len() as i64 - 1 - first as i64;
        if leading > i64::from(LARGEST) {
            return Err(overflow());
        }
        if leading < i64::from(SMALLEST) {
            return Err(underflow());
        }
        if last - first >= DIGITS as usize {
            return Err(too_precise());
        }
        let digits = all[first..=last]
            .iter()
            .fold(0, |sum: u128, digit| sum * 10 + u128::from(digit - b'0'));
        Ok(Self {
            negative,
            digits,
            // Between -167 and 125.
            exponent: (leading - (last - first) as i64) as i16,
        })
    }

    fn count(self) -> u32 {
        self.digits.checked_ilog10().map_or(0, |log| log + 1)
    }

    /// The exponent of the first digit.
    fn leading(self) -> i32 {
        i32::from(self.exponent) + self.count() as i32 - 1
    }

    /// The digits as if there were 38 of them.
    fn full(self) -> u128 {
        self.digits * 10u128.pow(DIGITS - self.count())
    }

    /// Bytes whose order is that of the numbers.
    pub fn encode(self) -> Vec<u8> {
        if self.digits == 0 {
            return vec![1];
        }
        let mut bytes = Vec::with_capacity(18);
        bytes.push(2);
        // Between 0 and 255, as the range of exponents is.
        bytes.push((self.leading() - SMALLEST) as u8);
        bytes.extend(self.full().to_be_bytes());
        if self.negative {
            bytes.iter_mut().skip(1).for_each(|byte| *byte = !*byte);
            bytes[0] = 0;
        }
        bytes
    }

    fn big(self) -> BigDecimal {
        let digits = BigInt::from(self.digits);
        let signed = if self.negative { -digits } else { digits };
        BigDecimal::new(signed, -i64::from(self.exponent))
    }

    fn from_big(big: &BigDecimal) -> Result<Self> {
        let (digits, scale) = big.as_bigint_and_exponent();
        let negative = digits.sign() == Sign::Minus;
        Self::parse(&format!(
            "{}{}e{}",
            if negative { "-" } else { "" },
            digits.magnitude(),
            -scale
        ))
    }

    /// The sum.
    ///
    /// # Errors
    /// It is too large, too small, or too precise.
    pub fn plus(self, other: Self) -> Result<Self> {
        Self::from_big(&(self.big() + other.big()))
    }

    /// The difference.
    ///
    /// # Errors
    /// As of [`plus`](Self::plus).
    pub fn minus(self, other: Self) -> Result<Self> {
        Self::from_big(&(self.big() - other.big()))
    }

    /// The number as a whole one of 64 bits, its fraction cut off; none where it is too large.
    pub fn whole(self) -> Option<i64> {
        let text = self.to_string();
        text.split('.').next()?.parse().ok()
    }

    /// Bytes that it counts for in an item's size: one for every two significant digits, those before the point and those
    /// behind it by themselves, one more, and one for a sign. Developer guide: DynamoDB item sizes, which leaves the
    /// point out; measured at the service by the public suite `dynamodb-conformance`.
    pub fn size(self) -> usize {
        if self.digits == 0 {
            return 1;
        }
        let count = self.count();
        let behind = u32::from(self.exponent.min(0).unsigned_abs()).min(count);
        let pairs = (count - behind).div_ceil(2) + behind.div_ceil(2);
        pairs as usize + 1 + usize::from(self.negative)
    }
}

/// The exponent as written; what is beyond any sense is cut to what is out of range anyway.
fn scale(text: &str) -> Option<i64> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let value = digits.parse::<i64>().unwrap_or(i64::MAX).min(1 << 40);
    Some(if negative { -value } else { value })
}

impl From<u64> for Number {
    fn from(value: u64) -> Self {
        let (mut digits, mut exponent) = (u128::from(value), 0);
        while digits != 0 && digits.is_multiple_of(10) {
            (digits, exponent) = (digits / 10, exponent + 1);
        }
        Self {
            negative: false,
            digits,
            exponent,
        }
    }
}

impl fmt::Display for Number {
    /// All digits, without an exponent, as the service answers numbers.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.digits == 0 {
            return f.write_str("0");
        }
        if self.negative {
            f.write_str("-")?;
        }
        let digits = self.digits.to_string();
        let exponent = i32::from(self.exponent);
        if exponent >= 0 {
            return write!(f, "{digits}{}", "0".repeat(exponent as usize));
        }
        let point = digits.len() as i32 + exponent;
        if point > 0 {
            let (whole, fraction) = digits.split_at(point as usize);
            write!(f, "{whole}.{fraction}")
        } else {
            write!(f, "0.{}{digits}", "0".repeat(-point as usize))
        }
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        let sign = |number: &Self| match (number.digits, number.negative) {
            (0, _) => 0,
            (_, true) => -1,
            (_, false) => 1,
        };
        sign(self).cmp(&sign(other)).then_with(|| {
            let by_size =
                (self.leading(), self.digits_full()).cmp(&(other.leading(), other.digits_full()));
            if self.negative {
                by_size.reverse()
            } else {
                by_size
            }
        })
    }
}

impl Number {
    fn digits_full(&self) -> u128 {
        if self.digits == 0 { 0 } else { self.full() }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, expected: &str) {
        let found = match Number::parse(text) {
            Ok(number) => number.to_string(),
            Err(error) => error.0,
        };
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn numbers_are_read_and_written_as_the_service_does() {
        let nines = "9".repeat(38);
        check("0", "0");
        check("-0.00", "0");
        check("1", "1");
        check("+1.50", "1.5");
        check("0012.3400", "12.34");
        check(".5", "0.5");
        check("5.", "5");
        check("1e3", "1000");
        check("-1.2E-3", "-0.0012");
        check(&nines, &nines);
        check(&format!("{nines}000"), &format!("{nines}000"));
        check("1e-130", &format!("0.{}1", "0".repeat(129)));
        check("9.9e125", &format!("99{}", "0".repeat(124)));
        for bad in [
            "a", "1a", "--1", "1e", "1e+", "e5", ".", "-", "NaN", "Infinity", " 1", "1 ", "0x1",
        ] {
            check(
                bad,
                &format!("The parameter cannot be converted to a numeric value: {bad}"),
            );
        }
        check("", "The parameter cannot be converted to a numeric value");
        let too_large = "Number overflow. Attempting to store a number with magnitude larger than supported range";
        let too_small = "Number underflow. Attempting to store a number with magnitude smaller than supported range";
        let too_long = "Attempting to store more than 38 significant digits in a Number";
        check("1e126", too_large);
        check("-1e999999999999999999999", too_large);
        check("1e-131", too_small);
        check(&format!("{nines}9"), too_long);
        check(&format!("0.{nines}9"), too_long);
    }

    #[test]
    fn sums_are_exact() {
        let sum = |a: &str, b: &str| {
            let (a, b) = (
                Number::parse(a).expect("number"),
                Number::parse(b).expect("number"),
            );
            a.plus(b)
                .map_or_else(|error| error.0, |sum| sum.to_string())
        };
        assert_eq!(sum("0.1", "0.2"), "0.3");
        assert_eq!(sum("1e38", "-1"), "9".repeat(38));
        assert_eq!(sum("5", "-5"), "0");
        assert_eq!(
            sum("1e100", "1"),
            "Attempting to store more than 38 significant digits in a Number"
        );
    }

    #[test]
    fn sizes_are_those_of_the_guide() {
        let size = |text: &str| Number::parse(text).expect("number").size();
        assert_eq!(size("0"), 1);
        assert_eq!(size("1"), 2);
        assert_eq!(size("-12"), 3);
        assert_eq!(size("123"), 3);
        assert_eq!(size(&"9".repeat(38)), 20);
        for (text, bytes) in [
            ("-0", 1),
            ("12", 2),
            ("0042", 2),
            ("1234", 3),
            ("123456", 4),
            ("100", 2),
            ("1010", 3),
            ("1E125", 2),
            ("1E-100", 2),
            ("0.0000001", 2),
            ("0.15", 2),
            ("1.2", 3),
            ("1.200", 3),
            ("1.234", 4),
            ("100.5", 4),
            ("3.14159", 5),
            ("-42", 3),
            ("-4.2", 4),
        ] {
            assert_eq!(size(text), bytes, "{text}");
        }
    }

    proptest! {
        #[test]
        fn bytes_have_the_order_of_numbers(
            a in "-?[0-9]{1,12}(\\.[0-9]{1,12})?(e-?[0-9]{1,2})?",
            b in "-?[0-9]{1,12}(\\.[0-9]{1,12})?(e-?[0-9]{1,2})?",
        ) {
            let (a, b) = (Number::parse(&a).expect("in range"), Number::parse(&b).expect("in range"));
            prop_assert_eq!(a.cmp(&b), a.encode().cmp(&b.encode()));
            prop_assert_eq!(a.cmp(&b), a.big().cmp(&b.big()));
            prop_assert_eq!(Number::parse(&a.to_string()).expect("its own text"), a);
        }

        #[test]
        fn any_text_is_a_number_or_refused(text in "\\PC*") {
            let _ = Number::parse(&text);
        }
    }
}
