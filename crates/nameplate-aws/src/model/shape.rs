//! Shapes: what a member may be, and where it travels.
//!
//! Owns the words the generated tables are written in. Says nothing about how a value is
//! parsed or what a violated constraint is called.

/// A value's type and its constraints.
#[derive(Debug)]
pub struct Shape {
    /// The type.
    pub kind: Kind,
    /// Least length (strings in characters, blobs in bytes, lists and maps in entries) or least
    /// value of a number.
    pub min: Option<f64>,
    /// Greatest length or value, as `min`.
    pub max: Option<f64>,
    /// A Java regular expression for the whole string, as the model writes it.
    pub pattern: Option<&'static str>,
    /// The permitted strings; empty means any.
    pub one_of: &'static [&'static str],
    /// Whether the value must not be shown in messages.
    pub secret: bool,
}

/// A value's type.
#[derive(Debug)]
pub enum Kind {
    /// Text.
    String,
    /// `true` or `false`.
    Boolean,
    /// A whole number of 32 bits.
    Integer,
    /// A whole number of 64 bits.
    Long,
    /// A floating-point number.
    Double,
    /// A point in time: seconds since the epoch in JSON bodies, ISO 8601 in queries and forms.
    Timestamp,
    /// Bytes: base64 within JSON and forms, as they are where they are the whole body.
    Blob,
    /// A list and the shape of its items.
    List(&'static Shape),
    /// A map and the shapes of its keys (always strings) and values.
    Map(&'static Shape, &'static Shape),
    /// Named members.
    Structure(&'static [Member]),
}

/// A member of a structure.
#[derive(Debug)]
pub struct Member {
    /// The member's name in the model, by which an `Input` holds it.
    pub name: &'static str,
    /// Its name on the wire: label, query key, header name or JSON key.
    pub wire: &'static str,
    /// Where it travels.
    pub location: Location,
    /// Whether it must be present.
    pub required: bool,
    /// What it may be.
    pub shape: &'static Shape,
}

/// Where a member travels in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Location {
    /// A label of the path.
    Path,
    /// A query key.
    Query,
    /// A header.
    Header,
    /// All headers that begin with the wire name.
    HeaderPrefix,
    /// A key of the JSON body, or a form parameter.
    Body,
    /// The member is the whole body.
    Payload,
}

impl Shape {
    const fn new(kind: Kind) -> Self {
        Self {
            kind,
            min: None,
            max: None,
            pattern: None,
            one_of: &[],
            secret: false,
        }
    }

    pub(super) const fn string() -> Self {
        Self::new(Kind::String)
    }

    pub(super) const fn boolean() -> Self {
        Self::new(Kind::Boolean)
    }

    pub(super) const fn integer() -> Self {
        Self::new(Kind::Integer)
    }

    pub(super) const fn long() -> Self {
        Self::new(Kind::Long)
    }

    pub(super) const fn double() -> Self {
        Self::new(Kind::Double)
    }

    pub(super) const fn timestamp() -> Self {
        Self::new(Kind::Timestamp)
    }

    pub(super) const fn blob() -> Self {
        Self::new(Kind::Blob)
    }

    pub(super) const fn list(item: &'static Shape) -> Self {
        Self::new(Kind::List(item))
    }

    pub(super) const fn map(key: &'static Shape, value: &'static Shape) -> Self {
        Self::new(Kind::Map(key, value))
    }

    pub(super) const fn structure(members: &'static [Member]) -> Self {
        Self::new(Kind::Structure(members))
    }

    pub(super) const fn min(mut self, min: f64) -> Self {
        self.min = Some(min);
        self
    }

    pub(super) const fn max(mut self, max: f64) -> Self {
        self.max = Some(max);
        self
    }

    pub(super) const fn pattern(mut self, pattern: &'static str) -> Self {
        self.pattern = Some(pattern);
        self
    }

    pub(super) const fn one_of(mut self, values: &'static [&'static str]) -> Self {
        self.one_of = values;
        self
    }

    pub(super) const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// The members of a structure; none for other kinds.
    pub fn members(&self) -> &'static [Member] {
        match self.kind {
            Kind::Structure(members) => members,
            _ => &[],
        }
    }
}

impl Member {
    const fn new(
        name: &'static str,
        wire: &'static str,
        location: Location,
        shape: &'static Shape,
    ) -> Self {
        Self {
            name,
            wire,
            location,
            required: false,
            shape,
        }
    }

    pub(super) const fn path(
        name: &'static str,
        wire: &'static str,
        shape: &'static Shape,
    ) -> Self {
        Self::new(name, wire, Location::Path, shape)
    }

    pub(super) const fn query(
        name: &'static str,
        wire: &'static str,
        shape: &'static Shape,
    ) -> Self {
        Self::new(name, wire, Location::Query, shape)
    }

    pub(super) const fn header(
        name: &'static str,
        wire: &'static str,
        shape: &'static Shape,
    ) -> Self {
        Self::new(name, wire, Location::Header, shape)
    }

    pub(super) const fn header_prefix(
        name: &'static str,
        wire: &'static str,
        shape: &'static Shape,
    ) -> Self {
        Self::new(name, wire, Location::HeaderPrefix, shape)
    }

    pub(super) const fn body(
        name: &'static str,
        wire: &'static str,
        shape: &'static Shape,
    ) -> Self {
        Self::new(name, wire, Location::Body, shape)
    }

    pub(super) const fn payload(
        name: &'static str,
        wire: &'static str,
        shape: &'static Shape,
    ) -> Self {
        Self::new(name, wire, Location::Payload, shape)
    }

    pub(super) const fn required(mut self) -> Self {
        self.required = true;
        self
    }
}
