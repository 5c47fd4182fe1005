//! Parts of an expression, what is wrong with one, and how to correct it.

/// A mistake before its hint is complete.
pub(super) struct Fault {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) what: String,
    pub(super) advice: String,
    /// Ways to correct it, not checked yet.
    pub(super) edits: Vec<Edit>,
}

impl Fault {
    pub(super) fn or(mut self, edit: impl IntoIterator<Item = Edit>) -> Self {
        self.edits.extend(edit);
        self
    }
}

pub(super) struct Edit {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) text: String,
}

impl Edit {
    pub(super) fn apply(&self, expression: &str) -> String {
        let before = expression.get(..self.start).unwrap_or_default();
        let after = expression.get(self.end..).unwrap_or_default();
        format!("{before}{}{after}", self.text)
    }
}

/// A part of the expression, and where it begins.
#[derive(Clone, Copy)]
pub(super) struct Piece<'a> {
    pub(super) text: &'a str,
    pub(super) start: usize,
}

impl<'a> Piece<'a> {
    pub(super) fn end(self) -> usize {
        self.start + self.text.len()
    }

    /// The empty piece behind this one.
    pub(super) fn behind(self) -> Self {
        Self { text: "", start: self.end() }
    }

    pub(super) fn split_once(self, mark: char) -> Option<(Self, Self)> {
        let (left, right) = self.text.split_once(mark)?;
        let left = Self { text: left, start: self.start };
        Some((left, Self { text: right, start: left.end() + mark.len_utf8() }))
    }

    /// The pieces between characters that are one byte long.
    pub(super) fn split(self, mark: fn(char) -> bool) -> impl Iterator<Item = Self> + use<'a> {
        self.text.split(mark).scan(self.start, |next, text| {
            let start = *next;
            *next = start + text.len() + 1;
            Some(Self { text, start })
        })
    }

    pub(super) fn words(self) -> Vec<Self> {
        self.split(|c| c.is_ascii_whitespace()).filter(|word| !word.text.is_empty()).collect()
    }

    pub(super) fn strip_suffix(self, mark: char) -> Option<Self> {
        self.text.strip_suffix(mark).map(|text| Self { text, ..self })
    }

    pub(super) fn is_digits(self) -> bool {
        !self.text.is_empty() && self.text.bytes().all(|b| b.is_ascii_digit())
    }

    pub(super) fn fault(self, what: impl Into<String>, advice: impl Into<String>) -> Fault {
        Fault { start: self.start, end: self.end(), what: what.into(), advice: advice.into(), edits: Vec::new() }
    }

    pub(super) fn replaced(self, text: impl Into<String>) -> Edit {
        Edit { start: self.start, end: self.end(), text: text.into() }
    }
}
