//! The header fields of a request, borrowed from whatever HTTP library read them.

use std::borrow::Cow;

/// Header fields in the order received. Names compare without case.
#[derive(Clone, Default)]
pub struct Headers<'a> {
    fields: Vec<(&'a str, &'a [u8])>,
    head: &'a [u8],
}

impl<'a> Headers<'a> {
    /// The first value of `name`.
    pub fn get(&self, name: &str) -> Option<&'a [u8]> {
        self.all(name).next()
    }

    /// All values of `name`, in order.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.fields
            .iter()
            .filter(move |(field, _)| field.eq_ignore_ascii_case(name))
            .map(|(_, value)| *value)
    }

    /// The first value of `name` as trimmed text; bytes that are no UTF-8 become U+FFFD.
    pub fn text(&self, name: &str) -> Option<Cow<'a, str>> {
        let value = self.get(name)?.trim_ascii();
        // Nearly all values are ASCII, which this sees many bytes at a time.
        Some(match std::str::from_utf8(value) {
            Ok(text) => text.into(),
            Err(_) => String::from_utf8_lossy(value),
        })
    }

    /// The same, read from a head that begins with these bytes.
    #[must_use]
    pub fn of_head(self, head: &'a [u8]) -> Self {
        Self { head, ..self }
    }

    /// Names of fields as the client wrote them, as far as the head is known.
    pub fn written(&self) -> impl Iterator<Item = &'a str> {
        self.head
            .split(|byte| *byte == b'\n')
            .skip(1)
            .take_while(|line| !line.trim_ascii().is_empty())
            .filter_map(|line| line.split(|byte| *byte == b':').next())
            .filter_map(|name| std::str::from_utf8(name).ok())
    }

    /// Every field, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&'a str, &'a [u8])> {
        self.fields.iter().copied()
    }
}

impl<'a> FromIterator<(&'a str, &'a [u8])> for Headers<'a> {
    fn from_iter<I: IntoIterator<Item = (&'a str, &'a [u8])>>(fields: I) -> Self {
        Self {
            fields: fields.into_iter().collect(),
            head: &[],
        }
    }
}

impl<'a> FromIterator<(&'a str, &'a str)> for Headers<'a> {
    fn from_iter<I: IntoIterator<Item = (&'a str, &'a str)>>(fields: I) -> Self {
        fields
            .into_iter()
            .map(|(name, value)| (name, value.as_bytes()))
            .collect()
    }
}

// Values may be credentials.
impl std::fmt::Debug for Headers<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.fields.iter().map(|(name, _)| name))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_as_they_were_written() {
        let head =
            b"GET / HTTP/1.1\r\nHost: h\r\ntEsT-HEADeR:v\r\nodd\xff: x\r\n\r\nX-Body: no\r\n";
        let headers: Headers<'_> = [("host", "h")].into_iter().collect();
        assert_eq!(headers.written().count(), 0);
        let headers = headers.of_head(head);
        let written: Vec<&str> = headers.written().collect();
        assert_eq!(written, ["Host", "tEsT-HEADeR"]);
    }
}
