//! Methods, as routes know them.

use std::fmt;
use std::ops::BitOr;

/// A request's method.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Verb {
    Get,
    Head,
    Post,
    Put,
    Patch,
    Delete,
    Options,
    /// One that only `#[any]` takes.
    Other,
}

const NAMES: [(&str, Verb); 7] = [
    ("GET", Verb::Get),
    ("HEAD", Verb::Head),
    ("POST", Verb::Post),
    ("PUT", Verb::Put),
    ("PATCH", Verb::Patch),
    ("DELETE", Verb::Delete),
    ("OPTIONS", Verb::Options),
];

impl Verb {
    pub(crate) fn of(method: &str) -> Self {
        NAMES.iter().find(|(name, _)| *name == method).map_or(Self::Other, |(_, verb)| *verb)
    }
}

/// Some of the methods.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verbs(u8);

impl Verbs {
    /// None of them.
    pub const NONE: Self = Self(0);
    /// All of them.
    pub const ANY: Self = Self(0xff);

    /// These.
    pub const fn of(verbs: &[Verb]) -> Self {
        let (mut bits, mut rest) = (0, verbs);
        while let [verb, others @ ..] = rest {
            bits |= 1 << *verb as u8;
            rest = others;
        }
        Self(bits)
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether it is all of them.
    pub const fn is_any(self) -> bool {
        self.0 == Self::ANY.0
    }

    /// Whether it is one of them.
    pub const fn has(self, verb: Verb) -> bool {
        self.0 & (1 << verb as u8) != 0
    }

    /// Whether some are in both.
    pub const fn overlap(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) fn names(self) -> impl Iterator<Item = &'static str> {
        NAMES.iter().filter(move |(_, verb)| self.has(*verb)).map(|(name, _)| *name)
    }
}

impl BitOr for Verbs {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// As `Allow` lists them.
impl fmt::Display for Verbs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, name) in self.names().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            f.write_str(name)?;
        }
        Ok(())
    }
}
