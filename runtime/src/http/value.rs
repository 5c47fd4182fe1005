//! Values out of text: what stands in a path, a query, a header or a cookie under one name.
//!
//! The messages are for the client of the API, so they say what was expected of the text and name no Rust type.
//!
//! serde cannot tell beforehand what is inside of an `Option`, and does not ask for a field that is absent. So a
//! value may be decoded more than once: what a failed attempt found out is kept in a [`Memory`], and the next one
//! starts with it. Each attempt adds something that depends on the types alone, so a request cannot ask for many.

use std::any::type_name;
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::fmt::{self, Display};
use std::str::FromStr;

use serde::Deserialize;
use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, Expected, SeqAccess, Unexpected, VariantAccess, Visitor,
};

/// Decodes the values of one name: none, one or several texts, from which the result may borrow.
pub(crate) fn one<'de, T: Deserialize<'de>>(values: &[&'de str]) -> Result<T, String> {
    let memory = Memory::default();
    memory.attempts(|| T::deserialize(Values { values, memory: &memory })).map_err(|error| error.detail.into_owned())
}

/// The same for a type that is no [`Deserialize`], and which takes one value.
pub(crate) fn from_str<T>(values: &[&str]) -> Result<T, String>
where
    T: FromStr<Err: Display>,
{
    let text = single(values).map_err(|error| error.detail.into_owned())?;
    text.parse().map_err(|error| refused(text, &error))
}

#[inline(never)]
fn refused(text: &str, why: &dyn Display) -> String {
    format!("{}: {why}", Quoted(text))
}

/// Why a value is none.
#[derive(Debug)]
pub(super) struct Error {
    /// The field it is about, if it is about one of several.
    pub(super) name: Option<Cow<'static, str>>,
    pub(super) detail: Cow<'static, str>,
    /// The field for which nothing was given.
    missing: Option<&'static str>,
}

impl Error {
    pub(super) fn new(detail: impl Into<Cow<'static, str>>) -> Self {
        Self { name: None, detail: detail.into(), missing: None }
    }

    /// The error as one of this field, if it does not name one.
    #[inline(never)]
    pub(super) fn at(mut self, name: &str) -> Self {
        self.name.get_or_insert_with(|| name.to_owned().into());
        self
    }
}

impl Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{name}: {}", self.detail),
            None => f.write_str(&self.detail),
        }
    }
}

impl std::error::Error for Error {}

impl de::Error for Error {
    fn custom<T: Display>(message: T) -> Self {
        Self::new(message.to_string())
    }

    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_value(unexpected, expected)
    }

    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(match unexpected {
            Unexpected::Str(text) => format!("expected {expected}, not {}", Quoted(text)),
            Unexpected::Bool(value) => format!("expected {expected}, not {value}"),
            Unexpected::Unsigned(value) => format!("expected {expected}, not {value}"),
            Unexpected::Signed(value) => format!("expected {expected}, not {value}"),
            Unexpected::Float(value) => format!("expected {expected}, not {value}"),
            Unexpected::Char(value) => format!("expected {expected}, not {value:?}"),
            _ => format!("expected {expected}"),
        })
    }

    fn invalid_length(len: usize, expected: &dyn Expected) -> Self {
        Self::new(format!("is given {}, expected {expected}", Times(len)))
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        let mut detail = format!("{} is none of ", Quoted(variant));
        for (nth, name) in expected.iter().enumerate() {
            detail.push_str(if nth == 0 { "" } else { ", " });
            detail.push_str(name);
        }
        Self::new(detail)
    }

    fn unknown_field(field: &str, _: &'static [&'static str]) -> Self {
        Self::new("is unknown").at(field)
    }

    fn missing_field(field: &'static str) -> Self {
        Self { name: Some(field.into()), missing: Some(field), ..missing() }
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::new("is given under two names").at(field)
    }
}

pub(super) fn missing() -> Error {
    Error::new("is missing")
}

/// The client's own text, as much of it as it takes to find it again.
pub(super) struct Quoted<'t>(pub(super) &'t str);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // `Debug` escapes what would break out of a line of the log.
        match self.0.char_indices().nth(50).and_then(|(end, _)| self.0.get(..end)) {
            Some(start) => write!(f, "{:?}", format_args!("{start}…").to_string()),
            None => write!(f, "{:?}", self.0),
        }
    }
}

struct Times(usize);

impl Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            1 => f.write_str("once"),
            2 => f.write_str("twice"),
            times => write!(f, "{times} times"),
        }
    }
}

/// What the failed attempts at a value found out.
#[derive(Default)]
pub(super) struct Memory {
    /// The visitors of options whose inner type does not take an empty text.
    empty_is_none: RefCell<Vec<&'static str>>,
    /// The fields for which nothing was given, and which have no default: a `Vec` takes nothing.
    absent: RefCell<Vec<&'static str>>,
    /// Nothing was given for an option of all the values.
    nothing: Cell<bool>,
    news: Cell<bool>,
}

impl Memory {
    /// Tries until there is a result, or nothing new is found out.
    pub(super) fn attempts<T>(&self, mut attempt: impl FnMut() -> Result<T, Error>) -> Result<T, Error> {
        loop {
            match attempt() {
                Err(error) if self.learned(&error) => {}
                result => return result,
            }
        }
    }

    #[inline(never)]
    fn learned(&self, error: &Error) -> bool {
        if let Some(field) = error.missing {
            self.note(&self.absent, field);
        }
        self.news.take()
    }

    fn note(&self, list: &RefCell<Vec<&'static str>>, entry: &'static str) {
        let mut list = list.borrow_mut();
        if !list.contains(&entry) {
            list.push(entry);
            self.news.set(true);
        }
    }

    pub(super) fn absent(&self) -> Vec<&'static str> {
        self.absent.borrow().clone()
    }

    pub(super) fn nothing(&self) -> bool {
        self.nothing.get()
    }

    pub(super) fn set_nothing(&self) {
        if !self.nothing.replace(true) {
            self.news.set(true);
        }
    }
}

/// The values of one name as a deserializer.
#[derive(Clone, Copy)]
pub(super) struct Values<'v, 'de> {
    pub(super) values: &'v [&'de str],
    pub(super) memory: &'v Memory,
}

impl Values<'_, '_> {
    pub(super) fn is_empty_text(&self) -> bool {
        matches!(self.values, [""])
    }

    fn many(&self, len: usize) -> Result<(), Error> {
        match self.values.len() {
            0 if len > 0 => Err(missing()),
            given if given != len => Err(Error::new(format!("is given {}, and is taken {}", Times(given), Times(len)))),
            _ => Ok(()),
        }
    }
}

#[inline(never)]
fn single<'de>(values: &[&'de str]) -> Result<&'de str, Error> {
    match values {
        [] => Err(missing()),
        [text] => Ok(text),
        _ => Err(Error::new(format!("is given {}, and is taken once", Times(values.len())))),
    }
}

/// Whether the text is a whole number, of whatever size.
fn whole(text: &str) -> Result<(), Error> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Error::new(format!("{} is no whole number", Quoted(text))));
    }
    Ok(())
}

fn outside(min: impl Display, max: impl Display) -> Error {
    Error::new(format!("expected a number from {min} to {max}"))
}

#[inline(never)]
fn integer(values: &[&str], min: i128, max: i128) -> Result<i128, Error> {
    let text = single(values)?;
    whole(text)?;
    text.parse().ok().filter(|number| (min..=max).contains(number)).ok_or_else(|| outside(min, max))
}

#[inline(never)]
fn large(values: &[&str]) -> Result<u128, Error> {
    let text = single(values)?;
    whole(text)?;
    text.parse().map_err(|_| outside(u128::MIN, u128::MAX))
}

/// A number that JSON knows too: no infinity, and not the absence of a number.
#[inline(never)]
fn float(values: &[&str], max: f64) -> Result<f64, Error> {
    let text = single(values)?;
    match text.parse::<f64>() {
        Ok(number) if number.abs() <= max => Ok(number),
        Ok(_) if text.bytes().any(|byte| byte.is_ascii_digit()) => {
            Err(outside(format_args!("-{max:e}"), format_args!("{max:e}")))
        }
        _ => Err(Error::new(format!("{} is no number", Quoted(text)))),
    }
}

#[inline(never)]
fn boolean(values: &[&str]) -> Result<bool, Error> {
    match single(values)? {
        "true" => Ok(true),
        "false" => Ok(false),
        text => Err(Error::new(format!("{} is neither true nor false", Quoted(text)))),
    }
}

#[inline(never)]
fn character(values: &[&str]) -> Result<char, Error> {
    let text = single(values)?;
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(character), None) => Ok(character),
        _ => Err(Error::new(format!("{} is no single character", Quoted(text)))),
    }
}

macro_rules! integers {
    ($($method:ident $visit:ident $number:ty),* $(,)?) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            let number = integer(self.values, <$number>::MIN.into(), <$number>::MAX.into())?;
            // It is in the range.
            visitor.$visit(number as $number)
        }
    )*};
}

impl<'de> Deserializer<'de> for Values<'_, 'de> {
    type Error = Error;

    integers! {
        deserialize_i8 visit_i8 i8,
        deserialize_i16 visit_i16 i16,
        deserialize_i32 visit_i32 i32,
        deserialize_i64 visit_i64 i64,
        deserialize_i128 visit_i128 i128,
        deserialize_u8 visit_u8 u8,
        deserialize_u16 visit_u16 u16,
        deserialize_u32 visit_u32 u32,
        deserialize_u64 visit_u64 u64,
    }

    fn deserialize_u128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_u128(large(self.values)?)
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_f32(float(self.values, f32::MAX.into())? as f32)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_f64(float(self.values, f64::MAX)?)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_bool(boolean(self.values)?)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_char(character(self.values)?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_borrowed_str(single(self.values)?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_borrowed_bytes(single(self.values)?.as_bytes())
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_bytes(visitor)
    }

    /// For types that take what comes, such as those that `#[serde(flatten)]` brings in: text is all there is.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.values {
            [] | [_] => self.deserialize_str(visitor),
            _ => self.deserialize_seq(visitor),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.values.is_empty() {
            return visitor.visit_none();
        }
        let empty = self.is_empty_text();
        if empty && self.memory.empty_is_none.borrow().contains(&type_name::<V>()) {
            return visitor.visit_none();
        }
        let result = visitor.visit_some(self);
        if empty && result.is_err() {
            // A form sends an empty text for what was not filled in.
            self.memory.note(&self.memory.empty_is_none, type_name::<V>());
        }
        result
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.values {
            [] | [""] => visitor.visit_unit(),
            _ => Err(Error::new("takes no value")),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(self)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        self.many(len)?;
        visitor.visit_seq(self)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_tuple(len, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(no_fields())
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Error> {
        Err(no_fields())
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        single(self.values)?;
        visitor.visit_enum(self)
    }
}

/// The program asks for what no request can hold.
fn no_fields() -> Error {
    Error::new("has fields, and a text has none")
}

impl<'de> SeqAccess<'de> for Values<'_, 'de> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        let Some((first, rest)) = self.values.split_at_checked(1) else { return Ok(None) };
        self.values = rest;
        seed.deserialize(Values { values: first, ..*self }).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.values.len())
    }
}

impl<'de> EnumAccess<'de> for Values<'_, 'de> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), Error> {
        Ok((seed.deserialize(self)?, self))
    }
}

/// A variant with something in it cannot be named by a text; the error words it as one of the other variants.
impl<'de> VariantAccess<'de> for Values<'_, 'de> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, _: S) -> Result<S::Value, Error> {
        Err(no_fields())
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Error> {
        Err(no_fields())
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], _: V) -> Result<V::Value, Error> {
        Err(no_fields())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fmt::Debug;
    use std::net::IpAddr;
    use std::num::NonZeroU8;

    use proptest::prelude::*;

    use super::*;

    fn ok<'de, T: Deserialize<'de>>(values: &[&'de str]) -> T {
        one(values).unwrap()
    }

    fn why<'de, T: Deserialize<'de> + Debug>(values: &[&'de str]) -> String {
        one::<T>(values).unwrap_err()
    }

    #[derive(Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
    #[serde(rename_all = "lowercase")]
    enum Colour {
        Red,
        Green,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Id(u32);

    #[derive(Debug, Deserialize, PartialEq)]
    struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

    #[test]
    fn one_value_is_read_as_what_is_asked_for() {
        assert_eq!(ok::<u8>(&["255"]), 255);
        assert_eq!(ok::<i64>(&["-9223372036854775808"]), i64::MIN);
        assert_eq!(ok::<u64>(&["18446744073709551615"]), u64::MAX);
        assert_eq!(ok::<u128>(&["340282366920938463463374607431768211455"]), u128::MAX);
        assert_eq!(ok::<i128>(&["-170141183460469231731687303715884105728"]), i128::MIN);
        assert_eq!(ok::<f64>(&["1.5e3"]), 1500.0);
        assert_eq!(ok::<f32>(&["-0.25"]), -0.25);
        assert!(ok::<bool>(&["true"]));
        assert_eq!(ok::<char>(&["é"]), 'é');
        assert_eq!(ok::<String>(&["a b"]), "a b");
        assert_eq!(ok::<&str>(&[""]), "");
        assert_eq!(ok::<&[u8]>(&["ab"]), b"ab");
        assert_eq!(ok::<Colour>(&["green"]), Colour::Green);
        assert_eq!(ok::<Id>(&["7"]), Id(7));
        assert!(matches!(ok::<Name<'_>>(&["x"]), Name(Cow::Borrowed("x"))));
        assert_eq!(ok::<IpAddr>(&["::1"]), IpAddr::from_str("::1").unwrap());
        assert_eq!(ok::<serde_json::Value>(&["5"]), serde_json::json!("5"));
        assert_eq!(ok::<serde_json::Value>(&["5", "6"]), serde_json::json!(["5", "6"]));
        ok::<()>(&[]);
        ok::<()>(&[""]);
    }

    #[test]
    fn the_client_reads_what_was_expected() {
        assert_eq!(why::<u8>(&["abc"]), r#""abc" is no whole number"#);
        assert_eq!(why::<u8>(&[""]), r#""" is no whole number"#);
        assert_eq!(why::<u8>(&["-"]), r#""-" is no whole number"#);
        assert_eq!(why::<u8>(&["1.0"]), r#""1.0" is no whole number"#);
        assert_eq!(why::<u8>(&[" 1"]), r#"" 1" is no whole number"#);
        assert_eq!(why::<u8>(&["256"]), "expected a number from 0 to 255");
        assert_eq!(why::<u8>(&["-1"]), "expected a number from 0 to 255");
        assert_eq!(why::<i8>(&["128"]), "expected a number from -128 to 127");
        let beyond = "9".repeat(60);
        assert_eq!(why::<i8>(&[&beyond]), "expected a number from -128 to 127");
        assert!(why::<u128>(&[&beyond]).starts_with("expected a number from 0 to 3402"));
        assert_eq!(why::<NonZeroU8>(&["0"]), "expected a nonzero u8, not 0");
        assert_eq!(why::<f64>(&["x"]), r#""x" is no number"#);
        assert_eq!(why::<f64>(&["NaN"]), r#""NaN" is no number"#);
        assert_eq!(why::<f64>(&["inf"]), r#""inf" is no number"#);
        assert!(why::<f64>(&["1e999"]).starts_with("expected a number from -1.79"));
        assert!(why::<f32>(&["1e39"]).starts_with("expected a number from -3.40"));
        assert_eq!(why::<bool>(&["yes"]), r#""yes" is neither true nor false"#);
        assert_eq!(why::<char>(&["ab"]), r#""ab" is no single character"#);
        assert_eq!(why::<char>(&[""]), r#""" is no single character"#);
        assert_eq!(why::<Colour>(&["blue"]), r#""blue" is none of red, green"#);
        assert_eq!(why::<IpAddr>(&["x"]), "invalid IP address syntax");
        assert_eq!(why::<()>(&["x"]), "takes no value");
        assert_eq!(why::<BTreeSet<u8>>(&["1", "x"]), r#""x" is no whole number"#);
    }

    #[test]
    fn a_long_value_is_quoted_in_part_and_in_one_line() {
        let long = "é".repeat(51);
        assert_eq!(why::<u8>(&[&long]), format!("\"{}…\" is no whole number", "é".repeat(50)));
        assert_eq!(why::<u8>(&["a\n\"b"]), r#""a\n\"b" is no whole number"#);
    }

    #[test]
    fn no_value_is_missing_unless_the_type_takes_none() {
        assert_eq!(why::<u8>(&[]), "is missing");
        assert_eq!(why::<&str>(&[]), "is missing");
        assert_eq!(why::<Colour>(&[]), "is missing");
        assert_eq!(why::<Id>(&[]), "is missing");
        assert_eq!(why::<(u8, u8)>(&[]), "is missing");
        assert_eq!(why::<serde_json::Value>(&[]), "is missing");
        assert_eq!(ok::<Option<u8>>(&[]), None);
        assert!(ok::<Vec<u8>>(&[]).is_empty());
    }

    #[test]
    fn several_values_are_for_types_that_take_several() {
        assert_eq!(ok::<Vec<&str>>(&["a", "b"]), ["a", "b"]);
        assert_eq!(ok::<Vec<&str>>(&["a"]), ["a"]);
        assert_eq!(ok::<(u8, &str)>(&["1", "b"]), (1, "b"));
        assert_eq!(ok::<[u8; 2]>(&["1", "2"]), [1, 2]);
        assert_eq!(ok::<BTreeSet<Colour>>(&["red", "red"]).len(), 1);
        assert_eq!(ok::<Option<Vec<u8>>>(&["1", "2"]), Some(vec![1, 2]));
        assert_eq!(why::<u8>(&["1", "2"]), "is given twice, and is taken once");
        assert_eq!(why::<&str>(&["1", "2", "3"]), "is given 3 times, and is taken once");
        assert_eq!(why::<Option<u8>>(&["1", "2"]), "is given twice, and is taken once");
        assert_eq!(why::<Colour>(&["red", "red"]), "is given twice, and is taken once");
        assert_eq!(why::<(u8, u8)>(&["1"]), "is given once, and is taken twice");
        assert_eq!(why::<(u8, u8)>(&["1", "2", "3"]), "is given 3 times, and is taken twice");
    }

    #[test]
    fn an_empty_text_is_no_value_for_what_is_no_string() {
        assert_eq!(ok::<Option<u8>>(&[""]), None);
        assert_eq!(ok::<Option<Id>>(&[""]), None);
        assert_eq!(ok::<Option<Colour>>(&[""]), None);
        assert_eq!(ok::<Option<IpAddr>>(&[""]), None);
        assert_eq!(ok::<Option<&str>>(&[""]), Some(""));
        assert_eq!(ok::<Option<String>>(&[""]), Some(String::new()));
        assert_eq!(ok::<Vec<Option<u8>>>(&["", "1", ""]), [None, Some(1), None]);
        assert_eq!(ok::<(Option<u8>, Option<&str>)>(&["", ""]), (None, Some("")));
        assert_eq!(why::<Option<u8>>(&["x"]), r#""x" is no whole number"#);
    }

    #[test]
    fn what_a_text_cannot_hold_is_an_error() {
        #[derive(Debug, Deserialize)]
        #[expect(dead_code, reason = "it cannot be decoded")]
        struct Fields {
            a: u8,
        }
        #[derive(Debug, Deserialize)]
        enum Full {
            #[expect(dead_code, reason = "it cannot be decoded")]
            Of(u8),
        }
        assert_eq!(why::<Fields>(&["1"]), "has fields, and a text has none");
        assert_eq!(why::<Full>(&["Of"]), "has fields, and a text has none");
    }

    #[test]
    fn a_type_that_is_only_parsed_takes_one_value() {
        assert_eq!(from_str::<u8>(&["7"]), Ok(7));
        assert_eq!(from_str::<u8>(&["x"]), Err(r#""x": invalid digit found in string"#.to_owned()));
        assert_eq!(from_str::<u8>(&[]), Err("is missing".to_owned()));
        assert_eq!(from_str::<u8>(&["1", "2"]), Err("is given twice, and is taken once".to_owned()));
    }

    proptest! {
        #[test]
        fn numbers_come_out_as_they_went_in(signed: i128, unsigned: u64, float: f64) {
            prop_assert_eq!(ok::<i128>(&[&signed.to_string()]), signed);
            prop_assert_eq!(ok::<u64>(&[&unsigned.to_string()]), unsigned);
            if float.is_finite() {
                prop_assert_eq!(ok::<f64>(&[&float.to_string()]), float);
            }
        }

        #[test]
        fn integers_are_those_that_the_standard_library_reads(text in "[-+]?[0-9]{0,4}") {
            prop_assert_eq!(one::<i8>(&[&text]).ok(), text.parse().ok());
            let number: Option<i16> = text.parse().ok();
            prop_assert_eq!(one::<u8>(&[&text]).ok(), number.and_then(|number| number.try_into().ok()));
        }

        #[test]
        fn no_text_is_too_odd(values in prop::collection::vec(any::<String>(), 0..3)) {
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            let _ = one::<Option<f64>>(&values);
            let _ = one::<(char, i32)>(&values);
            let _ = one::<Option<Colour>>(&values);
            let _ = one::<bool>(&values);
            prop_assert_eq!(one::<Vec<&str>>(&values), Ok(values));
        }
    }
}
