//! JSON, as far as filters need it: values that know where they stand.
//!
//! Read here and not with serde_json because that has no places of values, settles keys that stand there twice, and would
//! have to be built for the compiler's own machine too.

use std::ops::Range;

use crate::filter::Mistake;

/// How deep values may nest: far more than a filter does, and little of a stack.
const DEPTH: usize = 32;

const FORM: &str =
    "JSON has `{\"key\": value}`, lists in brackets, texts in double quotes, numbers, `true`, `false` and `null`";

/// A value and its place, in bytes of the text.
#[derive(Debug)]
pub(super) struct Value {
    pub(super) kind: Kind,
    pub(super) place: Range<usize>,
}

#[derive(Debug)]
pub(super) enum Kind {
    Null,
    Flag,
    Number(f64),
    Text(String),
    List(Vec<Value>),
    Object(Vec<Field>),
}

#[derive(Debug)]
pub(super) struct Field {
    pub(super) key: String,
    /// Of the key alone.
    pub(super) place: Range<usize>,
    pub(super) value: Value,
}

/// A text's one value, and the text without the white space between its parts.
pub(super) fn parse(text: &str) -> Result<(Value, String), Mistake> {
    let mut reader = Reader { text, at: 0, compact: String::new() };
    let value = reader.value(DEPTH)?;
    reader.space();
    match reader.peek() {
        None => Ok((value, reader.compact)),
        Some(_) => {
            Err(wrong(reader.at..text.len(), "it goes on after its end", "end it there, or write another filter"))
        }
    }
}

fn wrong(place: Range<usize>, what: impl Into<String>, hint: &str) -> Mistake {
    Mistake::form(place, what, hint)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    compact: String,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
    }

    /// Goes on behind this mark, if it stands here.
    fn eat(&mut self, mark: char) -> bool {
        self.space();
        let is_there = self.peek() == Some(mark);
        if is_there {
            self.at += mark.len_utf8();
            self.compact.push(mark);
        }
        is_there
    }

    /// The place of the character that stands here.
    fn here(&self) -> Range<usize> {
        self.at..self.at + self.peek().map_or(0, char::len_utf8)
    }

    fn value(&mut self, depth: usize) -> Result<Value, Mistake> {
        self.space();
        let start = self.at;
        let kind = match self.peek() {
            None => return Err(wrong(self.here(), "a value is missing", FORM)),
            Some('{' | '[') if depth == 0 => {
                return Err(wrong(self.here(), format!("values nest more than {DEPTH} deep"), "no record is as deep"));
            }
            Some('{') => Kind::Object(self.object(depth)?),
            Some('[') => Kind::List(self.list(depth)?),
            Some('"') => Kind::Text(self.string()?),
            Some('\'') => return Err(wrong(self.here(), "a text stands in double quotes", FORM)),
            Some('-' | '0'..='9') => Kind::Number(self.number()?),
            Some(_) => self.word()?,
        };
        Ok(Value { kind, place: start..self.at })
    }

    fn object(&mut self, depth: usize) -> Result<Vec<Field>, Mistake> {
        self.eat('{');
        let mut fields = Vec::new();
        if self.eat('}') {
            return Ok(fields);
        }
        loop {
            self.space();
            let start = self.at;
            match self.peek() {
                Some('"') => {}
                Some('}') => return Err(wrong(self.here(), "a comma stands before the end", "remove the comma")),
                _ => return Err(wrong(self.here(), "a key in double quotes should stand here", FORM)),
            }
            let key = self.string()?;
            let place = start..self.at;
            if !self.eat(':') {
                return Err(wrong(self.here(), "a colon should stand behind the key", FORM));
            }
            fields.push(Field { key, place, value: self.value(depth - 1)? });
            if self.eat('}') {
                return Ok(fields);
            }
            if !self.eat(',') {
                return Err(wrong(self.here(), "a comma or the object's end, `}`, should stand here", FORM));
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<Vec<Value>, Mistake> {
        self.eat('[');
        let mut items = Vec::new();
        if self.eat(']') {
            return Ok(items);
        }
        loop {
            self.space();
            if self.peek() == Some(']') {
                return Err(wrong(self.here(), "a comma stands before the end", "remove the comma"));
            }
            items.push(self.value(depth - 1)?);
            if self.eat(']') {
                return Ok(items);
            }
            if !self.eat(',') {
                return Err(wrong(self.here(), "a comma or the list's end, `]`, should stand here", FORM));
            }
        }
    }

    fn string(&mut self) -> Result<String, Mistake> {
        let start = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            let place = self.here();
            let Some(c) = self.peek() else {
                return Err(wrong(start..self.at, "the text's closing quote is missing", FORM));
            };
            self.at = place.end;
            match c {
                '"' => break,
                '\\' => text.push(self.escape(place.start)?),
                c if c < ' ' => {
                    let hint = "in a raw string, `r#\"…\"#`, write `\\n` for a line break and `\\t` for a tab";
                    return Err(wrong(place, "a line break or another control character stands in a text", hint));
                }
                c => text.push(c),
            }
        }
        self.compact.push_str(self.text.get(start..self.at).unwrap_or_default());
        Ok(text)
    }

    /// What stands behind a backslash.
    fn escape(&mut self, start: usize) -> Result<char, Mistake> {
        let escaped = self.peek();
        self.at = self.here().end;
        Ok(match escaped {
            Some(c @ ('"' | '\\' | '/')) => c,
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('u') => {
                let first = self.unit(start)?;
                let is_high = (0xd800..0xdc00).contains(&first);
                let mut code = Some(first);
                if is_high && self.rest().starts_with("\\u") {
                    self.at += 2;
                    let low = self.unit(start)?.checked_sub(0xdc00).filter(|low| *low < 0x400);
                    code = low.map(|low| 0x10000 + ((first - 0xd800) << 10) + low);
                }
                match code.and_then(char::from_u32) {
                    Some(c) => c,
                    None => {
                        return Err(wrong(start..self.at, "this is half a character", "write both halves, or itself"));
                    }
                }
            }
            _ => {
                let hint =
                    "JSON has `\\\"`, `\\\\`, `\\/`, `\\b`, `\\f`, `\\n`, `\\r`, `\\t` and `\\u` with four digits";
                return Err(wrong(start..self.at, "this is no escape", hint));
            }
        })
    }

    /// Four hexadecimal digits.
    fn unit(&mut self, start: usize) -> Result<u32, Mistake> {
        let digits = self.rest().get(..4).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
        let unit = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        self.at += if unit.is_some() { 4 } else { 0 };
        unit.ok_or_else(|| wrong(start..self.at, "four hexadecimal digits should stand here", FORM))
    }

    fn number(&mut self) -> Result<f64, Mistake> {
        let rest = self.rest();
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "+-.".contains(c))).unwrap_or(rest.len());
        let written = rest.get(..end).unwrap_or_default().to_owned();
        let place = self.at..self.at + end;
        let number = written.parse::<f64>().ok().filter(|number| is_number(&written) && number.is_finite());
        let Some(number) = number else {
            return Err(wrong(place, format!("`{written}` is no number of JSON"), "as in `10`, `-0.5` or `1e3`"));
        };
        self.at = place.end;
        self.compact.push_str(&written);
        Ok(number)
    }

    fn word(&mut self) -> Result<Kind, Mistake> {
        let rest = self.rest();
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        let word = rest.get(..end).unwrap_or_default().to_owned();
        let kind = match word.as_str() {
            "null" => Kind::Null,
            "true" | "false" => Kind::Flag,
            "" => return Err(wrong(self.here(), "a value should stand here", FORM)),
            _ => return Err(wrong(self.at..self.at + end, format!("`{word}` is no value: a text has quotes"), FORM)),
        };
        self.at += end;
        self.compact.push_str(&word);
        Ok(kind)
    }
}

/// Rust takes more for a number than JSON does: `1.`, `.5`, `01`, `+1`.
fn is_number(written: &str) -> bool {
    let unsigned = written.strip_prefix('-').unwrap_or(written);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let is_whole = digits(whole) && (whole == "0" || !whole.starts_with('0'));
    is_whole
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|exponent| digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_between_the_parts_is_left_out() {
        for (text, compact) in [
            (
                " { \"a b\" : [ 1 , -0.50 , 1e3, true , null ] ,\n\t\"\\u00e9\\\"\": {} } ",
                "{\"a b\":[1,-0.50,1e3,true,null],\"\\u00e9\\\"\":{}}",
            ),
            ("[]", "[]"),
            ("\"😀\"", "\"😀\""),
        ] {
            assert_eq!(parse(text).unwrap().1, compact);
        }
    }

    #[test]
    fn escapes_are_what_they_stand_for() {
        let text = |text: &str| match parse(text).unwrap().0.kind {
            Kind::Text(text) => text,
            other => panic!("{other:?}"),
        };
        assert_eq!(text(r#""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00""#), "\"\\/\u{8}\u{c}\n\r\té😀");
    }

    /// A text, and the place and the words of its mistake.
    const INVALID: &[(&str, &str, &str)] = &[
        ("", "^", "a value is missing"),
        ("{", " ^", "key in double quotes"),
        ("{'a': 1}", " ^", "key in double quotes"),
        ("{a: 1}", " ^", "key in double quotes"),
        ("{\"a\" 1}", "     ^", "a colon"),
        ("{\"a\": 1", "       ^", "`}`"),
        ("{\"a\": 1 \"b\": 2}", "        ^", "`}`"),
        ("{\"a\": 1,}", "        ^", "comma stands before the end"),
        ("[1,]", "   ^", "comma stands before the end"),
        ("[1 2]", "   ^", "`]`"),
        ("['a']", " ^", "double quotes"),
        ("[yes]", " ^^^", "`yes` is no value"),
        ("[True]", " ^^^^", "`True` is no value"),
        ("[01]", " ^^", "`01` is no number"),
        ("[1.]", " ^^", "`1.` is no number"),
        ("[+1]", " ^", "a value should stand"),
        ("[1e999]", " ^^^^^", "no number"),
        ("[-]", " ^", "no number"),
        ("\"a", "^^", "closing quote"),
        ("\"a\nb\"", "  ^", "line break"),
        ("\"\\x\"", " ^^", "no escape"),
        ("\"\\ud800\"", " ^^^^^^", "half a character"),
        ("\"\\ud800\\u0041\"", " ^^^^^^^^^^^^", "half a character"),
        ("\"\\u00g0\"", " ^^", "four hexadecimal digits"),
        ("{} {}", "   ^^", "goes on"),
        ("{}]", "  ^", "goes on"),
    ];

    #[test]
    fn a_mistake_has_its_place() {
        for (text, mark, what) in INVALID {
            let mistake = parse(text).map(|(value, _)| panic!("{text}: {value:?}")).unwrap_err();
            assert!(mistake.what.contains(what), "{text}: {mistake:?}");
            let marked = crate::marked::marked(text, mistake.place.clone(), 100);
            assert_eq!(marked.lines().last(), Some(format!("   {mark}").as_str()), "{text}: {mistake:?}");
        }
    }

    #[test]
    fn neither_depth_nor_length_is_endless() {
        assert!(parse(&format!("{}{}", "[".repeat(32), "]".repeat(32))).is_ok());
        for open in ["[", "{\"a\":", "[{\"a\":["] {
            assert!(parse(&open.repeat(100_000)).unwrap_err().what.contains("nest"));
        }
    }
}
