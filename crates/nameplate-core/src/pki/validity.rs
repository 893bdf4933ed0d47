//! The period in which a certificate is valid, and the two forms in which X.509 writes a time.
//!
//! Owns which forms are taken (RFC 5280, 4.1.2.5). Must not know the time.

use super::der::{self, MalformedDer, Reader};
use crate::ctx::Millis;
use time::{Date, Month, PrimitiveDateTime, Time};

/// Period in which a certificate is valid, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// First moment.
    pub not_before: Millis,
    /// Last moment; the certificate still holds during this second.
    pub not_after: Millis,
}

impl Validity {
    /// Whether `now` lies within, without tolerance.
    pub fn contains(&self, now: Millis) -> bool {
        self.not_before <= now && now.as_seconds() <= self.not_after.as_seconds()
    }

    /// Reads the content of `Validity ::= SEQUENCE { notBefore Time, notAfter Time }`.
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, MalformedDer> {
        let validity = Validity {
            not_before: moment(reader)?,
            not_after: moment(reader)?,
        };
        reader.finish("something follows the end of the validity")?;
        Ok(validity)
    }
}

/// A UTCTime or a GeneralizedTime, both to the second and in UTC. RFC 5280 wants the former until 2049; a
/// GeneralizedTime before that is taken, since there are issuers that write no other and it can mean nothing else.
pub(super) fn moment(reader: &mut Reader<'_>) -> Result<Millis, MalformedDer> {
    let element = reader.element()?;
    let text = reader.body(&element);
    let (year, rest) = match element.tag {
        der::UTC_TIME => {
            let form = MalformedDer("a UTCTime is not of the form YYMMDDHHMMSSZ");
            let (year, rest) = text.split_at_checked(2).ok_or(form)?;
            let year = number(year).ok_or(form)?;
            // Two digits stand for 1950 to 2049 (RFC 5280, 4.1.2.5.1).
            let century = if year >= 50 { 1900 } else { 2000 };
            (century + year, parts(rest).ok_or(form)?)
        }
        der::GENERALIZED_TIME => {
            let form = MalformedDer("a GeneralizedTime is not of the form YYYYMMDDHHMMSSZ");
            let (year, rest) = text.split_at_checked(4).ok_or(form)?;
            (number(year).ok_or(form)?, parts(rest).ok_or(form)?)
        }
        _ => {
            return Err(MalformedDer(
                "a time is neither UTCTime nor GeneralizedTime",
            ));
        }
    };
    let [month, day, hour, minute, second] = rest;
    let absent = MalformedDer("a time is not one that the calendar and the clock have");
    // Each has two digits, so none is cut.
    let small = |number: i32| u8::try_from(number).map_err(|_| absent);
    let month = Month::try_from(small(month)?).map_err(|_| absent)?;
    let date = Date::from_calendar_date(year, month, small(day)?).map_err(|_| absent)?;
    let time = Time::from_hms(small(hour)?, small(minute)?, small(second)?).map_err(|_| absent)?;
    let moment = PrimitiveDateTime::new(date, time).assume_utc();
    Ok(Millis(moment.unix_timestamp() * 1000))
}

/// The digits of `MMDDHHMMSSZ`, two by two.
fn parts(text: &[u8]) -> Option<[i32; 5]> {
    let digits = text.strip_suffix(b"Z")?;
    let (pairs, rest) = digits.as_chunks::<2>();
    let pairs: [_; 5] = pairs.try_into().ok()?;
    if !rest.is_empty() {
        return None;
    }
    let mut numbers = [0; 5];
    for (found, pair) in numbers.iter_mut().zip(pairs) {
        *found = number(&pair)?;
    }
    Some(numbers)
}

fn number(digits: &[u8]) -> Option<i32> {
    digits.iter().try_fold(0, |number, digit| {
        digit
            .is_ascii_digit()
            .then(|| number * 10 + i32::from(digit - b'0'))
    })
}
