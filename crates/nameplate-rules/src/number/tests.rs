use super::*;
use bigdecimal::{BigDecimal, RoundingMode};
use proptest::prelude::*;
use std::num::NonZeroU64;
use std::str::FromStr as _;

fn decimal(text: &str) -> Decimal {
    Decimal::parse(text).expect("the case's number is in range")
}

fn shown(number: Option<Number>) -> String {
    number.map_or("none".into(), |number| number.to_string())
}

#[test]
fn numbers_are_read_with_all_digits() {
    let cases = [
        ("0", false, "0"),
        ("-5", false, "-5"),
        ("10.0", false, "10.0"),
        ("10.0", true, "10"),
        ("1e2", true, "100"),
        ("1E2", false, "1E+2"),
        ("2.50", true, "2.50"),
        ("0.000001", false, "0.000001"),
        ("0.0000001", false, "1E-7"),
        ("9223372036854775808", false, "9223372036854775808"),
        ("-9223372036854775808", false, "-9223372036854775808"),
        (
            "9999999999999999999999999999999999",
            false,
            "9999999999999999999999999999999999",
        ),
        (
            "99999999999999999999999999999999999",
            false,
            "1.000000000000000000000000000000000E+35",
        ),
        (
            "12345678901234567890123456789012345",
            true,
            "1.234567890123456789012345678901234E+34",
        ),
        (
            "0.12345678901234567890123456789012345",
            true,
            "0.1234567890123456789012345678901234",
        ),
        ("9.99e999", false, "9.99E+999"),
        ("1e1000", false, "none"),
        ("-1e99999999999999999999", false, "none"),
        ("1e-1000", false, "0"),
        ("0e99999999999999999999", true, "0"),
        ("1e-999", false, "1E-999"),
        ("0.00", false, "0.00"),
    ];
    for (text, whole_is_int, expected) in cases {
        assert_eq!(shown(Number::parse(text, whole_is_int)), expected, "{text}");
    }
}

#[test]
fn texts_are_numbers_by_the_guides_expression() {
    for good in ["0", "-1.2", "5E-12", "5e12", "007", "-0.0"] {
        assert!(Number::from_text(good).is_some(), "{good}");
    }
    for bad in [
        "", "-", "+1", ".5", "1.", "1e+5", "1e", " 1", "1 ", "0x1", "--1", "1.2.3", "NaN",
    ] {
        assert!(Number::from_text(bad).is_none(), "{bad:?}");
    }
}

#[test]
fn operators_keep_the_kind_of_their_operands() {
    let number = |text: &str| Number::parse(text, false).expect("it is a number");
    type Operation = fn(Number, Number) -> Option<Number>;
    let cases: [(&str, Operation, &str, &str); 20] = [
        ("7", Number::divide, "2", "3"),
        ("-7", Number::divide, "2", "-3"),
        ("7", Number::divide, "0", "none"),
        ("7.0", Number::divide, "0", "none"),
        ("7.0", Number::divide, "2", "3.5"),
        (
            "1.0",
            Number::divide,
            "3",
            "0.3333333333333333333333333333333333",
        ),
        (
            "2.0",
            Number::divide,
            "3",
            "0.6666666666666666666666666666666667",
        ),
        (
            "-2.0",
            Number::divide,
            "3",
            "-0.6666666666666666666666666666666667",
        ),
        ("10.0", Number::divide, "2", "5.0"),
        ("1.10", Number::add, "1.1", "2.20"),
        ("0.1", Number::add, "0.2", "0.3"),
        (
            "1e30",
            Number::add,
            "1e-30",
            "1000000000000000000000000000000.000",
        ),
        (
            "9999999999999999999999999999999999",
            Number::add,
            "1",
            "1.000000000000000000000000000000000E+34",
        ),
        (
            "1234567890123456789",
            Number::multiply,
            "9876543210987654321",
            "1.219326311370217952237463801111264E+37",
        ),
        ("1e600", Number::multiply, "1e600", "none"),
        ("1e-600", Number::multiply, "1e-600", "0"),
        ("8", Number::remainder, "3", "2"),
        ("-8", Number::remainder, "3", "-2"),
        ("5.5", Number::remainder, "2", "1.5"),
        ("1e900", Number::remainder, "7.0", "1"),
    ];
    for (left, operation, right, expected) in cases {
        let result = operation(number(left), number(right));
        match expected {
            // The remainder of a power of ten: only its size is plain.
            "1" => assert!(shown(result).starts_with(['0', '1', '2', '3', '4', '5', '6'])),
            expected => assert_eq!(shown(result), expected, "{left} and {right}"),
        }
    }
}

#[test]
fn rounding_goes_the_way_its_name_says() {
    let cases = [
        ("1.2", 1, 1, 2, 1),
        ("-1.2", -1, -2, -1, -1),
        ("1.5", 1, 1, 2, 2),
        ("-1.5", -1, -2, -1, -2),
        ("2.5", 2, 2, 3, 3),
        ("1e-500", 0, 0, 1, 0),
        ("-1e-500", 0, -1, 0, 0),
        ("1e3", 1000, 1000, 1000, 1000),
        ("0.50", 0, 0, 1, 1),
        ("0.49999", 0, 0, 1, 0),
    ];
    for (text, truncate, floor, ceil, round) in cases {
        let value = decimal(text);
        assert_eq!(
            (value.truncate(), value.floor(), value.ceil(), value.round()),
            (Some(truncate), Some(floor), Some(ceil), Some(round)),
            "{text}"
        );
    }
    assert_eq!(decimal("1e40").truncate(), None);
    for (text, places, expected) in [
        ("2.3123", 2, "2.31"),
        ("2.888", 2, "2.88"),
        ("2.00", 5, "2"),
        ("2.3", 0, "2"),
        ("1e3", 2, "1E+3"),
        ("1e-50", 34, "0"),
    ] {
        assert_eq!(decimal(text).cut(places).to_string(), expected, "{text}");
    }
}

#[test]
fn doubles_are_written_as_java_writes_them() {
    let cases = [
        (3.0, "3.0"),
        (0.0, "0.0"),
        (std::f64::consts::FRAC_PI_2, "1.5707963267948966"),
        (-0.1425465430742778, "-0.1425465430742778"),
        (1e21, "1E+21"),
        (32.0, "32.0"),
    ];
    for (value, expected) in cases {
        let decimal = Decimal::from_f64(value).expect("it is finite");
        assert_eq!(decimal.to_string(), expected);
    }
    assert!(Decimal::from_f64(f64::NAN).is_none() && Decimal::from_f64(f64::INFINITY).is_none());
}

fn big(text: &str) -> BigDecimal {
    BigDecimal::from_str(text).expect("it is a number")
}

fn rounded(value: &BigDecimal) -> BigDecimal {
    let digits = NonZeroU64::new(34).expect("34 is not 0");
    value.with_precision_round(digits, RoundingMode::HalfEven)
}

prop_compose! {
    fn numbers()(digits in "-?[1-9][0-9]{0,40}", point in 0usize..40, exponent in -40i32..40) -> String {
        let sign = if digits.starts_with('-') { "-" } else { "" };
        let digits = digits.trim_start_matches('-');
        let at = point.min(digits.len());
        match at {
            0 => format!("{sign}0.{digits}e{exponent}"),
            at if at == digits.len() => format!("{sign}{digits}e{exponent}"),
            at => format!("{sign}{}.{}e{exponent}", &digits[..at], &digits[at..]),
        }
    }
}

proptest! {
    #[test]
    fn arithmetic_is_exact_and_then_rounded_to_34_digits(left in numbers(), right in numbers()) {
        let (a, b) = (decimal(&left), decimal(&right));
        let (x, y) = (rounded(&big(&left)), rounded(&big(&right)));
        prop_assert_eq!(big(&a.to_string()), x.clone());
        prop_assert_eq!(a.compare(b), x.cmp(&y));
        let check = |ours: Option<Decimal>, theirs: BigDecimal| {
            let ours = ours.expect("nothing here is out of range");
            prop_assert_eq!(big(&ours.to_string()), rounded(&theirs));
            Ok(())
        };
        check(a.add(b), &x + &y)?;
        check(a.subtract(b), &x - &y)?;
        check(a.multiply(b), &x * &y)?;
        check(a.divide(b), &x / &y)?;
        check(a.remainder(b), &x % &y)?;
    }

    #[test]
    fn what_is_written_is_read_again(text in numbers()) {
        let value = decimal(&text);
        prop_assert_eq!(value.compare(decimal(&value.to_string().replace("E+", "E"))), Ordering::Equal);
    }

    #[test]
    fn any_text_is_a_number_or_none(text in "[-+0-9.eE]{0,50}") {
        if let Some(number) = Number::from_text(&text) {
            let _ = (number.truncate(), number.floor(), number.ceil(), number.round(), number.to_f64());
        }
    }
}
