//! `application/x-www-form-urlencoded`: the query of a URL, and the body of a form.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::Range;
use std::{slice, vec};

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};

use super::value::{Error, Memory, Quoted, Values, missing};

/// Pairs of names and values, in the order in which they came.
#[derive(Clone, Debug, Default, PartialEq)]
#[doc(hidden)]
pub struct Query<'r> {
    pairs: Vec<(Cow<'r, str>, Cow<'r, str>)>,
}

/// A value that is none, under the name that the client gave or should have given.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Bad {
    pub(crate) name: String,
    pub(crate) detail: String,
}

impl<'r> Query<'r> {
    /// Parses a query without its `?`, or the body of a form.
    pub(crate) fn parse(text: &'r str) -> Result<Self, String> {
        let mut pairs = Vec::new();
        let mut at = 0;
        for part in text.split('&') {
            if !part.is_empty() {
                let (name, value) = part.split_once('=').unwrap_or((part, ""));
                pairs.push((decode(name, at, true)?, decode(value, at + name.len() + 1, true)?));
            }
            at += part.len() + 1;
        }
        Ok(Self { pairs })
    }

    /// What a front end has parsed already.
    pub(crate) fn from_pairs(pairs: Vec<(Cow<'r, str>, Cow<'r, str>)>) -> Self {
        Self { pairs }
    }

    /// The same, borrowed from nothing.
    pub(crate) fn into_owned<'o>(self) -> Query<'o> {
        let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        Query { pairs: self.pairs.into_iter().map(|(name, value)| (owned(name), owned(value))).collect() }
    }

    /// The values of a name.
    pub(crate) fn values<'q>(&'q self, name: &str) -> Vec<&'q str> {
        self.pairs.iter().filter(|pair| pair.0 == name).map(|pair| &*pair.1).collect()
    }

    fn groups(&self) -> Groups<'_> {
        let mut pairs: Vec<(&str, &str)> = self.pairs.iter().map(|(name, value)| (&**name, &**value)).collect();
        // Not one search per name: a client may send a great many names. The order of a name's values stays.
        pairs.sort_by_key(|pair| pair.0);
        let mut groups = Groups::default();
        for group in pairs.chunk_by(|a, b| a.0 == b.0) {
            let start = groups.values.len();
            groups.values.extend(group.iter().map(|pair| pair.1));
            groups.fields.extend(group.first().map(|pair| (pair.0, start..groups.values.len())));
        }
        groups
    }

    /// Decodes the values of a name, or all pairs if `T` is a struct or a map.
    ///
    /// A field of the struct takes the values of its name. What serde asks for without saying what it wants is
    /// given as a string, or as several: the fields of a struct in `#[serde(flatten)]`, which can thus hold strings
    /// and `Option`s of strings, and no numbers.
    pub(crate) fn get<'de, T: Deserialize<'de>>(&'de self, name: &str) -> Result<T, Vec<Bad>> {
        let values = self.values(name);
        let memory = Memory::default();
        let values = Values { values: &values, memory: &memory };
        let groups = OnceCell::new();
        let all = All { query: self, groups: &groups, values, option: false };
        memory.attempts(|| T::deserialize(all)).map_err(|error| bad(name, error))
    }
}

#[inline(never)]
fn bad(name: &str, error: Error) -> Vec<Bad> {
    let name = error.name.map_or_else(|| name.to_owned(), Cow::into_owned);
    vec![Bad { name, detail: error.detail.into_owned() }]
}

/// Takes the percent-encoding off a text that stands at a byte of a longer one; `+` may be a space.
pub(super) fn decode(text: &str, at: usize, plus: bool) -> Result<Cow<'_, str>, String> {
    if !text.bytes().any(|byte| byte == b'%' || plus && byte == b'+') {
        return Ok(Cow::Borrowed(text));
    }
    let mut decoded = Vec::with_capacity(text.len());
    // Where each byte came from: only an error asks, so it is looked for again.
    let mut bytes = text.bytes().enumerate();
    while let Some((from, byte)) = bytes.next() {
        decoded.push(match byte {
            b'+' if plus => b' ',
            b'%' => {
                let digit = |byte: Option<(usize, u8)>| byte.and_then(|(_, byte)| char::from(byte).to_digit(16));
                match (digit(bytes.next()), digit(bytes.next())) {
                    // Two digits of four bits each.
                    (Some(high), Some(low)) => (high << 4 | low) as u8,
                    _ => {
                        let rest = text.get(from..).unwrap_or_default();
                        let end = rest.char_indices().nth(3).map_or(rest.len(), |(end, _)| end);
                        let broken = Quoted(rest.get(..end).unwrap_or_default());
                        return Err(format!("{broken} at byte {} is no percent-encoding", at + from));
                    }
                }
            }
            other => other,
        });
    }
    match String::from_utf8(decoded) {
        Ok(decoded) => Ok(Cow::Owned(decoded)),
        Err(error) => {
            let at = at + source(text, error.utf8_error().valid_up_to());
            Err(format!("what is encoded at byte {at} is not UTF-8"))
        }
    }
}

/// Where in a well-formed text the decoded byte comes from.
fn source(text: &str, decoded: usize) -> usize {
    let mut bytes = text.bytes().enumerate();
    for _ in 0..decoded {
        if let Some((_, b'%')) = bytes.next() {
            bytes.nth(1);
        }
    }
    bytes.next().map_or(text.len(), |(at, _)| at)
}

/// All pairs, and the values of one name: what is asked of it decides.
#[derive(Clone, Copy)]
struct All<'q, 'de> {
    query: &'de Query<'de>,
    /// The pairs by name, once a struct or a map has asked for them.
    groups: &'q OnceCell<Groups<'de>>,
    values: Values<'q, 'de>,
    /// Whether it is inside of an option.
    option: bool,
}

impl<'q, 'de> All<'q, 'de> {
    /// The values of the one name, if something can be made of them.
    #[inline(never)]
    fn values(self) -> Result<Values<'q, 'de>, Error> {
        if self.option && self.values.values.is_empty() {
            self.values.memory.set_nothing();
            return Err(missing());
        }
        Ok(self.values)
    }

    /// After a failure: an option of what does not take an empty text is none.
    #[inline(never)]
    fn failed(self) {
        if self.option && self.values.is_empty_text() {
            self.values.memory.set_nothing();
        }
    }

    /// The pairs by name; those of the given fields alone say whether there is anything.
    #[inline(never)]
    fn fields(self, fields: Option<&[&str]>) -> Result<Fields<'q, 'de>, Error> {
        let belongs = |name: &str| fields.is_none_or(|fields| fields.contains(&name));
        if self.option && !self.query.pairs.iter().any(|pair| belongs(&pair.0)) {
            self.values.memory.set_nothing();
            return Err(missing());
        }
        let memory = self.values.memory;
        let Groups { fields, values } = self.groups.get_or_init(|| self.query.groups());
        Ok(Fields { left: fields.iter(), absent: memory.absent().into_iter(), current: None, values, memory })
    }
}

#[derive(Default)]
struct Groups<'de> {
    fields: Vec<(&'de str, Range<usize>)>,
    values: Vec<&'de str>,
}

struct Fields<'q, 'de> {
    left: slice::Iter<'q, (&'de str, Range<usize>)>,
    absent: vec::IntoIter<&'static str>,
    current: Option<(&'de str, &'q [&'de str])>,
    values: &'q [&'de str],
    memory: &'q Memory,
}

impl<'q, 'de> Fields<'q, 'de> {
    #[inline(never)]
    fn advance(&mut self) -> Option<&'de str> {
        let (name, values) = match self.left.next() {
            Some((name, range)) => (*name, self.values.get(range.clone()).unwrap_or_default()),
            None => (self.absent.next()?, Default::default()),
        };
        self.current = Some((name, values));
        Some(name)
    }
}

impl<'de> MapAccess<'de> for Fields<'_, 'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let Some(name) = self.advance() else { return Ok(None) };
        let key = Values { values: &[name], memory: self.memory };
        seed.deserialize(key).map(Some).map_err(|error| error.at(name))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        // serde asks for a key first.
        let (name, values) = self.current.take().unwrap_or_default();
        seed.deserialize(Values { values, memory: self.memory }).map_err(|error| error.at(name))
    }
}

macro_rules! of_the_values {
    ($($method:ident($($argument:ident: $kind:ty),*))*) => {$(
        fn $method<V: Visitor<'de>>(self, $($argument: $kind,)* visitor: V) -> Result<V::Value, Error> {
            self.values()?.$method($($argument,)* visitor).inspect_err(|_| self.failed())
        }
    )*};
}

impl<'de> Deserializer<'de> for All<'_, 'de> {
    type Error = Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_map(self.fields(Some(fields))?)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(self.fields(None)?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.values.memory.nothing() {
            true => visitor.visit_none(),
            // What is inside is not known before it asks.
            false => visitor.visit_some(Self { option: true, ..self }),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    of_the_values! {
        deserialize_any()
        deserialize_ignored_any()
        deserialize_identifier()
        deserialize_bool()
        deserialize_i8()
        deserialize_i16()
        deserialize_i32()
        deserialize_i64()
        deserialize_i128()
        deserialize_u8()
        deserialize_u16()
        deserialize_u32()
        deserialize_u64()
        deserialize_u128()
        deserialize_f32()
        deserialize_f64()
        deserialize_char()
        deserialize_str()
        deserialize_string()
        deserialize_bytes()
        deserialize_byte_buf()
        deserialize_unit()
        deserialize_unit_struct(name: &'static str)
        deserialize_seq()
        deserialize_tuple(len: usize)
        deserialize_tuple_struct(name: &'static str, len: usize)
        deserialize_enum(name: &'static str, variants: &'static [&'static str])
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashMap};
    use std::fmt::Debug;

    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
    use proptest::prelude::*;

    use super::*;

    fn query(text: &str) -> Query<'_> {
        Query::parse(text).unwrap()
    }

    fn pairs<'q>(query: &'q Query<'_>) -> Vec<(&'q str, &'q str)> {
        query.pairs.iter().map(|(name, value)| (&**name, &**value)).collect()
    }

    fn why<T: for<'de> Deserialize<'de> + Debug>(text: &str) -> (String, String) {
        let mut bad = query(text).get::<T>("it").unwrap_err();
        assert_eq!(bad.len(), 1);
        let Bad { name, detail } = bad.remove(0);
        (name, detail)
    }

    fn says(name: &str, detail: &str) -> (String, String) {
        (name.to_owned(), detail.to_owned())
    }

    #[test]
    fn a_query_is_pairs() {
        assert_eq!(pairs(&query("a=1&b=2&a=3")), [("a", "1"), ("b", "2"), ("a", "3")]);
        assert_eq!(pairs(&query("")), []);
        assert_eq!(pairs(&query("&&a&=b&c=&d=e=f&")), [("a", ""), ("", "b"), ("c", ""), ("d", "e=f")]);
        assert_eq!(pairs(&query("a+b=c%2Bd%20e&%C3%a9=%26")), [("a b", "c+d e"), ("é", "&")]);
        assert_eq!(query("a=1&b=2&a=3").values("a"), ["1", "3"]);
    }

    #[test]
    fn what_is_not_encoded_is_borrowed() {
        let query = query("a=b&c=%20");
        let owned: Vec<bool> = query.pairs.iter().map(|pair| matches!(pair.1, Cow::Owned(_))).collect();
        assert_eq!(owned, [false, true]);
    }

    #[test]
    fn a_broken_encoding_is_named_with_its_place() {
        let why = |text| Query::parse(text).unwrap_err();
        assert_eq!(why("a=1&b=%zz9"), r#""%zz" at byte 6 is no percent-encoding"#);
        assert_eq!(why("a=1&%4=x"), r#""%4" at byte 4 is no percent-encoding"#);
        assert_eq!(why("%"), r#""%" at byte 0 is no percent-encoding"#);
        assert_eq!(why("a=%é1"), r#""%é1" at byte 2 is no percent-encoding"#);
        assert_eq!(why("a=%+1"), r#""%+1" at byte 2 is no percent-encoding"#);
        assert_eq!(why("a=x%41%ff"), "what is encoded at byte 6 is not UTF-8");
        assert_eq!(why("a=1&b=é%C3"), "what is encoded at byte 8 is not UTF-8");
    }

    #[test]
    fn a_path_keeps_its_plus() {
        assert_eq!(decode("a+b%2F", 0, false).unwrap(), "a+b/");
    }

    #[test]
    fn a_value_is_taken_by_its_name() {
        let query = query("it=5&it=6&one=7&name=a%20b&empty=");
        assert_eq!(query.get("one"), Ok(7_u8));
        assert_eq!(query.get("it"), Ok(vec![5_u8, 6]));
        assert_eq!(query.get("it"), Ok((5_u8, 6_u8)));
        // The query holds what it has decoded, so that can be borrowed as well.
        assert_eq!(query.get("name"), Ok("a b"));
        assert_eq!(query.get("empty"), Ok(None::<u8>));
        assert_eq!(query.get("empty"), Ok(Some("")));
        assert_eq!(query.get("one"), Ok(Some(7_u8)));
        assert_eq!(query.get("none"), Ok(None::<u8>));
        assert_eq!(query.get("none"), Ok(None::<Vec<u8>>));
        assert_eq!(query.get("none"), Ok(Vec::<u8>::new()));
        assert_eq!(query.get("one"), Ok(serde_json::json!("7")));
        assert_eq!(query.get("it"), Ok(Some(serde_json::json!(["5", "6"]))));
    }

    #[test]
    fn a_bad_value_is_named() {
        assert_eq!(why::<u8>("a=1"), says("it", "is missing"));
        assert_eq!(why::<u8>("it=x"), says("it", r#""x" is no whole number"#));
        assert_eq!(why::<Option<u8>>("it=x"), says("it", r#""x" is no whole number"#));
        assert_eq!(why::<Option<u8>>("it=1&it=2"), says("it", "is given twice, and is taken once"));
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Filter<'a> {
        #[serde(borrow, rename = "q")]
        text: Cow<'a, str>,
        tags: Vec<&'a str>,
        #[serde(default = "fifty")]
        limit: u8,
        since: Option<u32>,
        note: Option<&'a str>,
    }

    fn fifty() -> u8 {
        50
    }

    #[test]
    fn a_struct_takes_all_pairs() {
        let text = "tags=b&q=tea&tags=a&since=7&other=1&note=";
        let query = query(text);
        let filter: Filter<'_> = query.get("filter").unwrap();
        let expected = Filter { text: "tea".into(), tags: vec!["b", "a"], limit: 50, since: Some(7), note: Some("") };
        assert_eq!(filter, expected);
        assert!(matches!(filter.text, Cow::Borrowed(_)));
    }

    #[test]
    fn fields_may_be_absent_or_empty() {
        let query = query("q=tea&since=&note=&limit=3");
        let expected = Filter { text: "tea".into(), tags: vec![], limit: 3, since: None, note: Some("") };
        assert_eq!(query.get("filter"), Ok(expected));
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Strict {
        id: u32,
        since: Option<u8>,
        until: Option<u8>,
        ids: Vec<u8>,
        also: Vec<u8>,
    }

    #[test]
    fn a_bad_field_is_named() {
        assert_eq!(why::<Strict>(""), says("id", "is missing"));
        assert_eq!(why::<Strict>("id=x"), says("id", r#""x" is no whole number"#));
        assert_eq!(why::<Strict>("id=1&id=2"), says("id", "is given twice, and is taken once"));
        assert_eq!(why::<Strict>("id=1&until=x&since="), says("until", r#""x" is no whole number"#));
        assert_eq!(why::<Strict>("id=1&ids=2&ids="), says("ids", r#""" is no whole number"#));
        assert_eq!(why::<Strict>("id=1&odd=2"), says("odd", "is unknown"));
        let expected = Strict { id: 1, since: None, until: None, ids: vec![], also: vec![4] };
        assert_eq!(query("id=1&since=&until=&also=4").get("it"), Ok(expected));
    }

    #[test]
    fn an_option_of_a_struct_is_none_only_if_nothing_belongs_to_it() {
        assert_eq!(query("").get("it"), Ok(None::<Strict>));
        assert_eq!(query("other=1&it=2").get("it"), Ok(None::<Strict>));
        assert_eq!(why::<Option<Strict>>("since=1"), says("id", "is missing"));
        assert_eq!(why::<Option<Strict>>("id="), says("id", r#""" is no whole number"#));
        let expected = Strict { id: 1, since: None, until: None, ids: vec![], also: vec![] };
        assert_eq!(query("id=1").get("it"), Ok(Some(expected)));
        assert_eq!(query("").get("it"), Ok(None::<HashMap<String, String>>));
        assert_eq!(query("a=1").get("it"), Ok(Some(HashMap::from([("a", "1")]))));
    }

    #[test]
    fn a_wrapped_struct_is_a_struct() {
        #[derive(Debug, Deserialize, PartialEq)]
        struct Wrapped(Strict);
        let query = query("id=1");
        let inner = Strict { id: 1, since: None, until: None, ids: vec![], also: vec![] };
        assert_eq!(query.get("it"), Ok(Some(Wrapped(inner))));
    }

    #[test]
    fn a_map_takes_all_pairs() {
        let query = query("2=b&1=a&2=c");
        assert_eq!(query.get("it"), Ok(BTreeMap::from([(1_u8, vec!["a"]), (2, vec!["b", "c"])])));
        assert_eq!(why::<HashMap<String, u8>>("a=1&a=2"), says("a", "is given twice, and is taken once"));
        assert_eq!(why::<HashMap<u8, u8>>("x=1"), says("x", r#""x" is no whole number"#));
    }

    #[test]
    fn what_is_flattened_is_given_strings() {
        #[derive(Debug, Deserialize, PartialEq)]
        struct Page {
            after: Option<String>,
            order: String,
        }
        #[derive(Debug, Deserialize, PartialEq)]
        struct Search {
            limit: u8,
            since: Option<u8>,
            #[serde(flatten)]
            page: Page,
            #[serde(flatten)]
            rest: BTreeMap<String, serde_json::Value>,
        }
        let expected = Search {
            limit: 7,
            since: None,
            page: Page { after: None, order: "up".to_owned() },
            rest: BTreeMap::from([("x".to_owned(), serde_json::json!(["1", "2"]))]),
        };
        assert_eq!(query("x=1&x=2&order=up&limit=7&since=").get("it"), Ok(expected));
        assert_eq!(why::<Search>("order=up"), says("limit", "is missing"));
        assert_eq!(why::<Search>("limit=7"), says("order", "is missing"));
        assert_eq!(why::<Search>("order=up&limit=x"), says("limit", r#""x" is no whole number"#));
    }

    #[test]
    fn pairs_of_a_front_end_are_taken_as_they_are() {
        let query = Query::from_pairs(vec![("a%20".into(), "1+1".to_owned().into())]);
        assert_eq!(query.get("a%20"), Ok("1+1"));
    }

    #[test]
    fn a_great_many_pairs_are_no_work() {
        let text: String = (0..100_000).map(|nth| format!("{nth}=&")).collect();
        let query = query(&text);
        let map: HashMap<u32, Option<u8>> = query.get("it").unwrap();
        assert_eq!(map.len(), 100_000);
    }

    proptest! {
        #[test]
        fn pairs_come_out_as_they_went_in(given in prop::collection::vec(any::<(String, String)>(), 0..5)) {
            let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string().replace("%20", "+");
            // An empty pair is not told from no pair without its `=`.
            let text: Vec<String> = given.iter().map(|(name, value)| encode(name) + "=" + &encode(value)).collect();
            let text = text.join("&");
            let query = Query::parse(&text).unwrap();
            let expected: Vec<(&str, &str)> = given.iter().map(|(name, value)| (&**name, &**value)).collect();
            prop_assert_eq!(pairs(&query), expected);
        }

        #[test]
        fn no_text_is_too_odd(bytes in prop::collection::vec(any::<u8>(), 0..40), odd in "[%+=&a0-9é]{0,20}") {
            for text in [&*String::from_utf8_lossy(&bytes), &*odd] {
                if let Ok(query) = Query::parse(text) {
                    let _ = query.get::<Option<Filter<'_>>>("a");
                    let _ = query.get::<Strict>("a");
                    let _ = query.get::<Option<u8>>("a");
                    let _ = query.get::<HashMap<&str, Vec<u8>>>("a");
                }
            }
        }

        #[test]
        fn the_place_of_an_error_is_a_place_of_the_text(odd in "[%+=&acf0-9é]{0,20}") {
            if let Err(why) = Query::parse(&odd) {
                let at = why.split("at byte ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap();
                prop_assert!(odd.is_char_boundary(at.parse().unwrap()), "{} of {}", at, odd);
            }
        }
    }
}
