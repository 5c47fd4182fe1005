//! Patterns of paths: `/users/{id}`, `/files/{*path}`.

use proc_macro2::Span;
use syn::parse::Parser;

use crate::diag::{Code, Errors};

/// Specificity is two bits a segment of a 64-bit number, of which two are the method's.
const MAX_SEGMENTS: usize = 31;

/// A pattern, checked.
#[derive(Clone)]
pub(crate) struct Pattern {
    /// As it is written.
    pub(crate) text: String,
    pub(crate) span: Span,
    pub(crate) segments: Vec<Segment>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    /// This text.
    Literal(String),
    /// Any one segment, by the name of a parameter.
    Parameter(String),
    /// All that is left, and there is something.
    Rest(String),
}

impl Segment {
    /// The parameter's name.
    pub(crate) fn name(&self) -> Option<&str> {
        match self {
            Self::Literal(_) => None,
            Self::Parameter(name) | Self::Rest(name) => Some(name),
        }
    }

    fn rank(&self) -> u64 {
        match self {
            Self::Literal(_) => 3,
            Self::Parameter(_) => 2,
            Self::Rest(_) => 1,
        }
    }

    /// Whether both match the same.
    fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Literal(text), Self::Literal(other)) => text == other,
            (Self::Parameter(_), Self::Parameter(_)) | (Self::Rest(_), Self::Rest(_)) => true,
            _ => false,
        }
    }
}

/// A mistake in a text, from this byte to that one.
struct Mistake {
    from: usize,
    to: usize,
    what: String,
}

impl Mistake {
    fn new(from: usize, to: usize, what: impl Into<String>) -> Self {
        Self { from, to, what: what.into() }
    }
}

impl Pattern {
    /// Reads a pattern.
    pub(crate) fn read(text: String, span: Span, errors: &mut Errors) -> Option<Self> {
        match parse(&text) {
            Ok(segments) => Some(Self { text, span, segments }),
            Err(mistakes) => {
                for mistake in mistakes {
                    let message = shown(&text, mistake.from, mistake.to, &mistake.what);
                    errors.at_span(span, Code::BadPattern, message);
                }
                None
            }
        }
    }

    /// This pattern behind a prefix.
    pub(crate) fn behind(mut self, prefix: Option<&Self>) -> Self {
        let Some(prefix) = prefix.filter(|prefix| !prefix.segments.is_empty()) else { return self };
        let rest = if self.segments.is_empty() { "" } else { &self.text };
        self.text = format!("{}{rest}", prefix.text.trim_end_matches('/'));
        let mut segments = prefix.segments.clone();
        segments.append(&mut self.segments);
        self.segments = segments;
        self
    }

    /// The names of its parameters.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().filter_map(Segment::name)
    }

    /// How specific it is: of two that match a path, the higher one is meant.
    pub(crate) fn rank(&self) -> u64 {
        let places = (0..MAX_SEGMENTS).map(|place| 62 - 2 * place);
        self.segments.iter().zip(places).fold(0, |rank, (segment, place)| rank | segment.rank() << place)
    }

    /// Whether both match the same paths.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        self.segments.len() == other.segments.len()
            && self.segments.iter().zip(&other.segments).all(|(segment, other)| segment.is_like(other))
    }

    /// The message about a part of the pattern: the parameter of this name.
    pub(crate) fn about(&self, name: &str, what: &str) -> String {
        let (from, to) = ["{", "{*"]
            .iter()
            .find_map(|open| {
                let part = format!("{open}{name}}}");
                self.text.find(&part).map(|from| (from, from + part.len()))
            })
            .unwrap_or((0, self.text.len()));
        shown(&self.text, from, to, what)
    }

    /// The message about the pattern as a whole.
    pub(crate) fn whole(&self, what: &str) -> String {
        shown(&self.text, 0, self.text.len(), what)
    }
}

/// A span inside of a string literal needs an unstable compiler, so the message shows the place itself.
fn shown(text: &str, from: usize, to: usize, what: &str) -> String {
    let width = |range: std::ops::Range<usize>| text.get(range).map_or(0, |part| part.chars().count());
    let before = " ".repeat(width(0..from));
    let mark = "^".repeat(width(from..to.min(text.len())).max(1));
    format!("{what}\n  \"{text}\"\n   {before}{mark}")
}

fn parse(text: &str) -> Result<Vec<Segment>, Vec<Mistake>> {
    let Some(path) = text.strip_prefix('/') else {
        let first = text.chars().next().map_or(0, char::len_utf8);
        return Err(vec![Mistake::new(0, first, "a path starts with `/`")]);
    };
    if path.is_empty() {
        return Ok(Vec::new());
    }
    let mut mistakes = Vec::new();
    let mut segments: Vec<Segment> = Vec::new();
    let mut start = 1;
    let parts: Vec<&str> = path.split('/').collect();
    for (index, part) in parts.iter().enumerate() {
        let end = start + part.len();
        let is_last = index + 1 == parts.len();
        match segment(part, start, is_last) {
            Ok(segment) => {
                if let Some(name) = segment.name()
                    && segments.iter().any(|other| other.name() == Some(name))
                {
                    mistakes.push(Mistake::new(start, end, format!("`{name}` names two segments: rename one")));
                }
                segments.push(segment);
            }
            Err(mistake) => mistakes.push(mistake),
        }
        start = end + 1;
    }
    if segments.len() > MAX_SEGMENTS {
        mistakes.push(Mistake::new(0, text.len(), format!("a path has up to {MAX_SEGMENTS} segments")));
    }
    if mistakes.is_empty() { Ok(segments) } else { Err(mistakes) }
}

fn segment(part: &str, start: usize, is_last: bool) -> Result<Segment, Mistake> {
    let end = start + part.len();
    let mistake = |from: usize, to: usize, what: &str| Err(Mistake::new(start + from, start + to, what));
    if part.is_empty() && !is_last {
        return mistake(0, 1, "a segment is empty: remove one `/`");
    }
    if part.starts_with(':') || part.starts_with('<') {
        let name: String = part.chars().filter(|c| c.is_alphanumeric() || *c == '_').collect();
        return Err(Mistake::new(start, end, format!("a parameter stands in braces: `{{{name}}}`")));
    }
    let Some(open) = part.find('{') else {
        if let Some(close) = part.find('}') {
            return mistake(close, close + 1, "this brace is never opened: a parameter is `{name}`");
        }
        return literal(part, start);
    };
    let Some(close) = part.find('}') else {
        return mistake(open, part.len(), "this brace is never closed: a parameter is `{name}`");
    };
    if open != 0 || close + 1 != part.len() {
        let what = "a parameter is a whole segment: take the segment as a `String` and split it in the function";
        return mistake(0, part.len(), what);
    }
    let inner = part.get(1..close).unwrap_or_default();
    let (is_rest, name) =
        match inner.strip_prefix('*').or_else(|| inner.strip_suffix("..")).or_else(|| inner.strip_suffix('+')) {
            Some(name) => (true, name),
            None => (false, inner),
        };
    if is_rest && !inner.starts_with('*') {
        return Err(Mistake::new(start, end, format!("all that is left of a path is written `{{*{name}}}`")));
    }
    // A keyword is one too: its parameter is written `r#type`.
    if <syn::Ident as syn::ext::IdentExt>::parse_any.parse_str(name).is_err() {
        let what = match name {
            "" => "a parameter has a name: `{name}`, or `{*name}` for all that is left".to_owned(),
            name if name.contains(':') => {
                let name = name.split(':').next().unwrap_or_default().trim();
                format!("the type stands in the function's signature alone: `{{{name}}}`")
            }
            name => format!("`{name}` is no name of a parameter: use letters, digits and `_`"),
        };
        return Err(Mistake::new(start, end, what));
    }
    if is_rest && !is_last {
        return Err(Mistake::new(start, end, "what takes all that is left of a path stands at its end"));
    }
    Ok(if is_rest { Segment::Rest(name.to_owned()) } else { Segment::Parameter(name.to_owned()) })
}

fn literal(part: &str, start: usize) -> Result<Segment, Mistake> {
    if let Some(at) = part.find(['?', '#']) {
        let what = match part.get(at..=at) {
            Some("?") => "a path ends before the query: take its values by `#[query]`",
            _ => "a server never sees what follows a `#`",
        };
        return Err(Mistake::new(start + at, start + part.len(), what));
    }
    if let Some(at) = part.find('%') {
        let what = "paths are matched decoded: write the character itself";
        return Err(Mistake::new(start + at, start + (at + 3).min(part.len()), what));
    }
    if let Some(at) = part.find('*') {
        return Err(Mistake::new(start + at, start + at + 1, "all that is left of a path is written `{*name}`"));
    }
    if let Some((at, c)) = part.char_indices().find(|(_, c)| c.is_whitespace() || c.is_control()) {
        return Err(Mistake::new(start + at, start + at + c.len_utf8(), "a path holds no spaces"));
    }
    Ok(Segment::Literal(part.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Pattern, String> {
        let mut errors = Errors::default();
        Pattern::read(text.to_owned(), Span::call_site(), &mut errors).ok_or_else(|| errors.messages().join("\n\n"))
    }

    #[test]
    fn a_pattern_is_read() {
        let names = |text: &str| read(text).unwrap().names().map(str::to_owned).collect::<Vec<_>>();
        assert!(read("/").unwrap().segments.is_empty());
        assert_eq!(names("/users/{id}/posts/{post_id}"), ["id", "post_id"]);
        assert_eq!(read("/files/{*path}").unwrap().segments[1], Segment::Rest("path".to_owned()));
        assert_eq!(read("/users/").unwrap().segments[1], Segment::Literal(String::new()));
        assert_eq!(names("/a/{type}"), ["type"]);
    }

    #[test]
    fn a_mistake_is_shown_at_its_place() {
        let cases = [
            ("users", "starts with `/`", "^"),
            ("/a//b", "is empty", "   ^"),
            ("/users/{id", "never closed", "       ^^^"),
            ("/users/id}", "never opened", "         ^"),
            ("/users/u{id}", "whole segment", "       ^^^^^"),
            ("/users/{}", "has a name", "       ^^"),
            ("/users/{user-id}", "no name", "       ^^^^^^^^^"),
            ("/users/{id: u64}", "signature alone: `{id}`", "       ^^^^^^^^^"),
            ("/users/:id", "`{id}`", "       ^^^"),
            ("/users/<id>", "`{id}`", "       ^^^^"),
            ("/f/{*path}/x", "at its end", "   ^^^^^^^"),
            ("/f/{path..}", "`{*path}`", "   ^^^^^^^^"),
            ("/f/{proxy+}", "`{*proxy}`", "   ^^^^^^^^"),
            ("/f/*", "`{*name}`", "   ^"),
            ("/{a}/{a}", "names two", "     ^^^"),
            ("/a?b=1", "`#[query]`", "  ^^^^"),
            ("/a%20b", "decoded", "  ^^^"),
            ("/caf é", "no spaces", "    ^"),
        ];
        for (text, words, mark) in cases {
            let message = read(text).map(|_| ()).unwrap_err();
            assert!(message.contains(words), "{text}: {message}");
            assert!(message.ends_with(&format!("\"{text}\"\n   {mark}")), "{text}: {message}");
        }
        // All of them at once.
        assert_eq!(read("/{a/{*b}/c}").map(|_| ()).unwrap_err().matches('^').count(), 2 + 4 + 1);
    }

    #[test]
    fn the_more_specific_pattern_ranks_higher() {
        let order = ["/", "/{*rest}", "/{a}", "/{a}/{*rest}", "/{a}/b", "/a", "/a/{*rest}", "/a/{b}", "/a/b"];
        let ranks: Vec<u64> = order.iter().map(|text| read(text).unwrap().rank()).collect();
        assert!(ranks.is_sorted(), "{ranks:x?}");
        assert!(ranks.iter().all(|rank| rank & 0b11 == 0));
        assert!(read("/a/{b}").unwrap().is_like(&read("/a/{c}").unwrap()));
        assert!(!read("/a/{b}").unwrap().is_like(&read("/a/{*b}").unwrap()));
    }

    #[test]
    fn a_prefix_stands_before_it() {
        let prefix = read("/shops/{shop}").unwrap();
        let whole = read("/items/{item}").unwrap().behind(Some(&prefix));
        assert_eq!(whole.text, "/shops/{shop}/items/{item}");
        assert_eq!(whole.names().collect::<Vec<_>>(), ["shop", "item"]);
        assert_eq!(read("/").unwrap().behind(Some(&prefix)).text, "/shops/{shop}");
        assert_eq!(read("/a").unwrap().behind(Some(&read("/").unwrap())).text, "/a");
    }
}
