//! Routes of different modules that take the same requests: found during compilation, where all of them are known.

use super::route::{Group, Route};

/// Refuses, during compilation, routes of different modules that take the same requests.
#[doc(hidden)]
#[track_caller]
#[allow(clippy::panic, reason = "a panic in a constant is a compile error")]
pub const fn check(group: &'static Group) {
    let count = group.count();
    let mut number = 0;
    while number < count {
        let mut other = number + 1;
        while other < count {
            if let (Some(first), Some(second)) =
                (group.whole(number, Prefixes::NONE), group.whole(other, Prefixes::NONE))
                && first.conflicts_with(&second)
            {
                let message = Message::new().and("lambkin::E072: `").and(first.module).and("::").and(first.route.name);
                let message =
                    match is_same(first.module, second.module) && is_same(first.route.name, second.route.name) {
                        true => message.and("` is mounted twice at one prefix: remove one, or change its prefix"),
                        false => message.and("` and `").and(second.module).and("::").and(second.route.name).and(
                            "` take the same requests: change the path of one, or the prefix that it is mounted at",
                        ),
                    };
                panic!("{}", message.text());
            }
            other += 1;
        }
        number += 1;
    }
}

const fn is_same(text: &str, other: &str) -> bool {
    let (mut text, mut other) = (text.as_bytes(), other.as_bytes());
    while let ([a, rest @ ..], [b, others @ ..]) = (text, other) {
        if *a != *b {
            return false;
        }
        (text, other) = (rest, others);
    }
    text.len() == other.len()
}

/// What stands before a pattern, from the outermost mount on.
#[derive(Clone, Copy)]
struct Prefixes {
    texts: [&'static str; 8],
    count: usize,
}

impl Prefixes {
    const NONE: Self = Self { texts: [""; 8], count: 0 };

    /// Deeper than eight mounts nobody goes; there the check sees less.
    const fn and(mut self, text: &'static str) -> Self {
        let (_, free) = self.texts.split_at_mut(self.count);
        if let [place, ..] = free {
            *place = text;
            self.count += 1;
        }
        self
    }
}

/// A route with all that stands before it.
struct Whole {
    module: &'static str,
    prefixes: Prefixes,
    route: &'static Route,
}

impl Whole {
    const fn conflicts_with(&self, other: &Self) -> bool {
        // One for any method leaves the others to those that name theirs.
        let is_any = self.route.verbs.is_any();
        if is_any != other.route.verbs.is_any() || !self.route.verbs.overlap(other.route.verbs) {
            return false;
        }
        let (mut this, mut that) = (Bytes::of(self), Bytes::of(other));
        loop {
            match (this.next(), that.next()) {
                (None, None) => return true,
                (Some(a), Some(b)) if a == b => {}
                _ => return false,
            }
        }
    }
}

/// The bytes of a pattern, without the names of its parameters.
struct Bytes {
    texts: [&'static str; 9],
    text: usize,
    byte: usize,
    is_in_braces: bool,
}

impl Bytes {
    const fn of(whole: &Whole) -> Self {
        let mut texts = [""; 9];
        let (mut from, mut to): (&[&str], &mut [&str]) = (&whole.prefixes.texts, &mut texts);
        while let ([text, rest @ ..], [place, others @ ..]) = (from, to) {
            *place = text;
            (from, to) = (rest, others);
        }
        let [.., last] = &mut texts;
        *last = whole.route.pattern;
        Self { texts, text: 0, byte: 0, is_in_braces: false }
    }

    const fn next(&mut self) -> Option<u8> {
        loop {
            let (_, texts) = self.texts.split_at(self.text);
            let [text, ..] = texts else { return None };
            // Behind a prefix, the root is the prefix itself.
            let is_root = matches!(text.as_bytes(), b"/") && self.text > 0;
            if self.byte >= text.len() || is_root && self.has_prefix() {
                self.text += 1;
                self.byte = 0;
                if self.text == self.texts.len() {
                    return None;
                }
                continue;
            }
            let (_, rest) = text.as_bytes().split_at(self.byte);
            let [byte, ..] = rest else { return None };
            self.byte += 1;
            match *byte {
                b'}' => self.is_in_braces = false,
                b'{' => {
                    self.is_in_braces = true;
                    return Some(b'{');
                }
                // All that is left is another shape than one segment.
                b'*' if self.is_in_braces => return Some(b'*'),
                _ if self.is_in_braces => {}
                byte => return Some(byte),
            }
        }
    }

    const fn has_prefix(&self) -> bool {
        let mut texts: &[&str] = &self.texts;
        while let [text, rest @ ..] = texts {
            if !text.is_empty() && !rest.is_empty() {
                return true;
            }
            texts = rest;
        }
        false
    }
}

/// A text that is made during compilation; what is too long for it is cut off.
struct Message {
    bytes: [u8; 512],
    len: usize,
}

impl Message {
    const fn new() -> Self {
        Self { bytes: [0; 512], len: 0 }
    }

    const fn and(mut self, text: &str) -> Self {
        let mut rest = text.as_bytes();
        let (_, mut free) = self.bytes.split_at_mut(self.len);
        while let ([byte, others @ ..], [place, places @ ..]) = (rest, free) {
            *place = *byte;
            self.len += 1;
            (rest, free) = (others, places);
        }
        self
    }

    const fn text(&self) -> &str {
        let (bytes, _) = self.bytes.split_at(self.len);
        match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(_) => "lambkin::E072: two routes take the same requests",
        }
    }
}

impl Group {
    /// The route of this number with its module and all that stands before its pattern.
    const fn whole(&self, mut number: usize, mut prefixes: Prefixes) -> Option<Whole> {
        if number < self.routes.len() {
            let (_, rest) = self.routes.split_at(number);
            return match rest {
                [route, ..] => Some(Whole { module: self.module, prefixes, route }),
                [] => None,
            };
        }
        number -= self.routes.len();
        let mut mounts = self.mounts;
        while let [mount, rest @ ..] = mounts {
            let count = mount.group.count();
            if number < count {
                prefixes = prefixes.and(mount.prefix);
                return mount.group.whole(number, prefixes);
            }
            number -= count;
            mounts = rest;
        }
        None
    }
}
