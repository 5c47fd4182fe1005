//! JSON with places.

use std::iter::Peekable;
use std::rc::Rc;
use std::str::Chars;

use super::{DEPTH, Node, VALUES, Value, Wrong, place};
use crate::check::read::text;

pub(super) fn parse(text: &str, file: &Rc<str>) -> Result<Node, Wrong> {
    let mut reader = Reader { rest: text.chars().peekable(), line: 1, column: 1, values: 0, file };
    let node = reader.value(0)?;
    reader.space();
    match reader.rest.peek() {
        None => Ok(node),
        Some(_) => Err(reader.wrong("something follows the value of the document")),
    }
}

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    /// Of what comes next, from 1.
    line: usize,
    column: usize,
    values: usize,
    file: &'a Rc<str>,
}

impl Reader<'_> {
    fn at(&self) -> (usize, usize) {
        (self.line, self.column)
    }

    fn wrong(&self, what: impl Into<String>) -> Wrong {
        Wrong::new(self.at(), what)
    }

    fn next(&mut self) -> Option<char> {
        let next = self.rest.next()?;
        if next == '\n' {
            self.line += 1;
            self.column = 1;
        } else {
            self.column += 1;
        }
        Some(next)
    }

    fn space(&mut self) {
        while self.rest.next_if(|next| matches!(next, ' ' | '\t' | '\r')).is_some() {
            self.column += 1;
        }
        if self.rest.peek() == Some(&'\n') {
            self.next();
            self.space_lines();
        }
    }

    fn space_lines(&mut self) {
        while matches!(self.rest.peek(), Some(' ' | '\t' | '\r' | '\n')) {
            self.next();
        }
    }

    /// Whether this comes next, which it then no longer does.
    fn takes(&mut self, wanted: char) -> bool {
        self.space();
        let is_there = self.rest.peek() == Some(&wanted);
        if is_there {
            self.next();
        }
        is_there
    }

    fn value(&mut self, depth: usize) -> Result<Node, Wrong> {
        self.space();
        let at = self.at();
        self.values += 1;
        if depth > DEPTH {
            return Err(Wrong::too_deep(at));
        }
        if self.values > VALUES {
            return Err(Wrong::too_many(at));
        }
        let is_bare = self.rest.peek() != Some(&'"');
        let value = match self.rest.peek() {
            Some('{') => self.map(depth)?,
            Some('[') => self.list(depth)?,
            Some('"') => Value::Scalar(text::literal(self.string()?)),
            Some(_) => self.word()?,
            None => return Err(self.wrong("the document ends where a value has to be")),
        };
        Ok(Node { value, is_bare, place: place(self.file, at) })
    }

    fn map(&mut self, depth: usize) -> Result<Value, Wrong> {
        self.next();
        let mut entries: Vec<(String, Node)> = Vec::new();
        let mut keys = std::collections::HashMap::new();
        if self.takes('}') {
            return Ok(Value::Map(entries));
        }
        loop {
            self.space();
            let at = self.at();
            if self.rest.peek() != Some(&'"') {
                return Err(self.wrong("a key in quotes has to be here"));
            }
            let key = self.string()?;
            if let Some(first) = keys.insert(key.clone(), place(self.file, at)) {
                return Err(Wrong::twice(&key, at, &first));
            }
            if !self.takes(':') {
                return Err(self.wrong("a `:` has to follow the key"));
            }
            let mut node = self.value(depth + 1)?;
            node.place = place(self.file, at);
            entries.push((key, node));
            if self.takes('}') {
                return Ok(Value::Map(entries));
            }
            if !self.takes(',') {
                return Err(self.wrong("a `,` or a `}` has to follow the value"));
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<Value, Wrong> {
        self.next();
        let mut items = Vec::new();
        if self.takes(']') {
            return Ok(Value::List(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            if self.takes(']') {
                return Ok(Value::List(items));
            }
            if !self.takes(',') {
                return Err(self.wrong("a `,` or a `]` has to follow the value"));
            }
        }
    }

    fn word(&mut self) -> Result<Value, Wrong> {
        let at = self.at();
        let mut word = String::new();
        while let Some(next) = self.rest.next_if(|next| next.is_ascii_alphanumeric() || matches!(next, '+' | '-' | '.'))
        {
            self.column += 1;
            word.push(next);
        }
        match word.as_str() {
            "null" => Ok(Value::Null),
            "true" | "false" => Ok(Value::Scalar(text::literal(word))),
            number if serde_json::from_str::<serde_json::Number>(number).is_ok() => {
                Ok(Value::Scalar(text::literal(word)))
            }
            _ => Err(Wrong::new(at, "this is no value of JSON")),
        }
    }

    fn string(&mut self) -> Result<String, Wrong> {
        self.next();
        let mut string = String::new();
        loop {
            match self.next() {
                Some('"') => return Ok(string),
                Some('\\') => string.push(self.escape()?),
                Some(next) => string.push(next),
                None => return Err(self.wrong("the document ends within a string")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Wrong> {
        Ok(match self.next() {
            Some(same @ ('"' | '\\' | '/')) => same,
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('u') => self.unicode()?,
            _ => return Err(self.wrong("this is no escape of JSON")),
        })
    }

    /// What is outside of the first plane is written in two halves; one that is alone is no character.
    fn unicode(&mut self) -> Result<char, Wrong> {
        let first = self.hexadecimal()?;
        if !(0xD800..0xDC00).contains(&first) {
            return Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        let mut ahead = self.rest.clone();
        if (ahead.next(), ahead.next()) != (Some('\\'), Some('u')) {
            return Ok(char::REPLACEMENT_CHARACTER);
        }
        self.next();
        self.next();
        let second = self.hexadecimal()?;
        let halves = [first, second].into_iter().filter_map(|half| u16::try_from(half).ok());
        Ok(char::decode_utf16(halves).next().and_then(Result::ok).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn hexadecimal(&mut self) -> Result<u32, Wrong> {
        (0..4).try_fold(0, |value, _| match self.next().and_then(|digit| digit.to_digit(16)) {
            Some(digit) => Ok(value * 16 + digit),
            None => Err(self.wrong("four hexadecimal digits have to follow `\\u`")),
        })
    }
}
