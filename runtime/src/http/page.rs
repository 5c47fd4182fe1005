//! Pages of results, cut before they are too large for an answer.

use std::fmt;
use std::marker::PhantomData;

use ::http::{Response, StatusCode};
use axum_core::body::Body;
use axum_core::response::IntoResponse;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::{DeserializeOwned, Deserializer, Error as _};
use serde::ser::{Error as _, Serializer};
use serde::{Deserialize, Serialize};

use super::response::json;

/// An answer of Lambda has 6 MB; what is around the items, and the headers, have the rest.
const BUDGET: usize = 5 * 1024 * 1024;

/// A page of results, as `{"items":[…],"next":"…"}`.
///
/// An answer of Lambda cannot be larger than 6 MB. A page takes items until it is full, by default with 5 MiB, and
/// tells the client where to go on.
///
/// [`fill`](Self::fill) does it all for results that are at hand:
///
/// ```
/// use lambkin::http::{Cursor, Page};
/// # #[derive(serde::Serialize)]
/// # struct User { id: u64 }
/// # fn users_after(after: Option<u64>) -> Vec<User> { (after.unwrap_or(0) + 1..=5).map(|id| User { id }).collect() }
///
/// fn list(after: Option<Cursor<u64>>) -> Page<User> {
///     let users = users_after(after.map(Cursor::into_inner));
///     Page::new().limit(2).fill(users, |user| user.id)
/// }
///
/// assert_eq!(list(None).to_json(), r#"{"items":[{"id":1},{"id":2}],"next":"Mg"}"#);
/// assert_eq!(list(Some(Cursor(3))).to_json(), r#"{"items":[{"id":4},{"id":5}]}"#);
/// ```
///
/// [`push`](Self::push) and [`next`](Self::next) are for everything else:
///
/// ```
/// # use lambkin::http::Page;
/// # struct Rows(u64);
/// # impl Rows { fn fetch(&mut self) -> Option<u64> { self.0 += 1; (self.0 < 4).then_some(self.0) } }
/// # let mut rows = Rows(0);
/// let mut page = Page::with_budget(4);
/// let mut last = None;
/// while let Some(row) = rows.fetch() {
///     if !page.push(&row) {
///         page.next(last);
///         break;
///     }
///     last = Some(row);
/// }
/// assert_eq!(page.to_json(), r#"{"items":[1,2],"next":"Mg"}"#);
/// ```
///
/// An item or a cursor that does not serialise ends the page, and makes it a line in the log and a response with the
/// status 500.
pub struct Page<T> {
    buffer: Buffer,
    of: PhantomData<fn() -> T>,
}

/// All of a page that does not depend on the type of its items.
#[derive(Debug)]
struct Buffer {
    /// The items with commas between them.
    items: Vec<u8>,
    len: usize,
    size: usize,
    budget: usize,
    limit: usize,
    next: Option<String>,
    full: bool,
    failed: Option<String>,
}

impl<T> Page<T> {
    /// An empty page for up to 5 MiB.
    pub fn new() -> Self {
        Self::with_budget(BUDGET)
    }

    /// An empty page for up to so many bytes of items.
    ///
    /// They are counted as they travel: the whole body is one JSON string of Lambda's answer, in which each quote
    /// and each backslash takes two bytes.
    pub fn with_budget(bytes: usize) -> Self {
        let buffer = Buffer {
            items: Vec::new(),
            len: 0,
            size: 0,
            budget: bytes,
            limit: usize::MAX,
            next: None,
            full: false,
            failed: None,
        };
        Self { buffer, of: PhantomData }
    }

    /// Takes no more than so many items, and at least one.
    #[must_use]
    pub fn limit(mut self, items: usize) -> Self {
        self.buffer.limit = items.max(1);
        self
    }

    /// Sets where the next page goes on, which makes this one not the last.
    ///
    /// The client is given an opaque text, which [`Cursor`] turns back into what is given here.
    pub fn next(&mut self, cursor: impl Serialize) {
        match encode(&cursor) {
            Ok(next) => self.buffer.next = Some(next),
            Err(error) => self.buffer.fail(&error),
        }
    }

    /// How many items it holds.
    pub fn len(&self) -> usize {
        self.buffer.len
    }

    /// Whether it holds no item.
    pub fn is_empty(&self) -> bool {
        self.buffer.len == 0
    }

    /// The body. That of a page which an item or a cursor has ended holds what came before.
    pub fn to_json(&self) -> String {
        // It is made of JSON texts.
        String::from_utf8(self.buffer.body()).unwrap_or_default()
    }
}

impl<T: Serialize> Page<T> {
    /// Takes an item, or says that the page is full.
    ///
    /// The first item is always taken, however large it is, so that whoever turns the pages gets on. A page that
    /// has refused an item refuses all that come after it.
    pub fn push(&mut self, item: &T) -> bool {
        let Some(start) = self.buffer.begin() else { return false };
        let result = serde_json::to_writer(&mut self.buffer.items, item);
        self.buffer.end(start, result)
    }

    /// Takes items until the page is full. If one is left, the next page goes on after the last one taken, at the
    /// cursor that is made of it.
    #[must_use]
    pub fn fill<C: Serialize>(mut self, items: impl IntoIterator<Item = T>, cursor: impl FnOnce(&T) -> C) -> Self {
        let mut last = None;
        for item in items {
            if !self.push(&item) {
                if let Some(last) = &last {
                    self.next(cursor(last));
                }
                break;
            }
            last = Some(item);
        }
        self
    }
}

impl Buffer {
    /// Where the next item goes, if there is room for any.
    fn begin(&mut self) -> Option<usize> {
        self.full |= self.len >= self.limit;
        if self.full {
            return None;
        }
        let start = self.items.len();
        if self.len > 0 {
            self.items.push(b',');
        }
        Some(start)
    }

    /// Keeps what has been written from the start on, if it is an item and there is room for it.
    #[inline(never)]
    fn end(&mut self, start: usize, result: Result<(), serde_json::Error>) -> bool {
        let written = self.items.get(start..).unwrap_or_default();
        let escapes = written.iter().filter(|byte| matches!(byte, b'"' | b'\\')).count();
        let size = self.size.saturating_add(written.len() + escapes);
        let fits = self.len == 0 || size <= self.budget;
        if fits && result.is_ok() {
            self.size = size;
            self.len += 1;
            return true;
        }
        self.items.truncate(start);
        self.full = true;
        if let Err(error) = result {
            self.fail(&error);
        }
        false
    }

    fn fail(&mut self, error: &serde_json::Error) {
        self.full = true;
        self.failed.get_or_insert_with(|| error.to_string());
    }

    fn body(&self) -> Vec<u8> {
        let next = self.next.as_deref().unwrap_or_default();
        let mut body = Vec::with_capacity(self.items.len() + next.len() + 24);
        body.extend_from_slice(br#"{"items":["#);
        body.extend_from_slice(&self.items);
        body.push(b']');
        if self.next.is_some() {
            // Nothing of this alphabet is escaped.
            body.extend_from_slice(br#","next":""#);
            body.extend_from_slice(next.as_bytes());
            body.push(b'"');
        }
        body.push(b'}');
        body
    }

    fn response(self) -> Response<Body> {
        let body = self.body();
        json(StatusCode::OK, self.failed.map_or(Ok(body), Err))
    }
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> fmt::Debug for Page<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Page").field("len", &self.buffer.len).field("next", &self.buffer.next).finish_non_exhaustive()
    }
}

impl<T> IntoResponse for Page<T> {
    fn into_response(self) -> Response<Body> {
        self.buffer.response()
    }
}

/// Where a page goes on: the other end of [`Page::next`].
///
/// As a parameter of a query it takes the text that a page has given out; any other text is an error of the client.
/// The text is neither signed nor secret: whoever has it can read it and make another, so it must name nothing that
/// the client may not ask for.
///
/// ```
/// use lambkin::http::Cursor;
///
/// let cursor: Cursor<(u64, String)> = serde_json::from_str(r#""WzcsImEiXQ""#).unwrap();
/// assert_eq!(cursor.into_inner(), (7, "a".to_owned()));
///
/// let error = serde_json::from_str::<Cursor<u64>>(r#""seven""#).unwrap_err();
/// assert!(error.to_string().starts_with("is no cursor"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor<T>(pub T);

impl<T> Cursor<T> {
    /// What was given to the page.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Cursor<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = decode(&String::deserialize(deserializer)?);
        let value = json.and_then(|json| serde_json::from_slice(&json).ok());
        value.map(Self).ok_or_else(|| D::Error::custom("is no cursor"))
    }
}

impl<T: Serialize> Serialize for Cursor<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&encode(&self.0).map_err(S::Error::custom)?)
    }
}

fn encode<T: Serialize>(cursor: &T) -> Result<String, serde_json::Error> {
    serde_json::to_vec(cursor).map(text)
}

#[inline(never)]
fn text(json: Vec<u8>) -> String {
    URL_SAFE_NO_PAD.encode(json)
}

#[inline(never)]
fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde_json::Value;

    use super::super::response::tests::{is, read};
    use super::super::value::one;
    use super::*;

    #[test]
    fn a_page_with_room_left_is_the_last() {
        let page = Page::new().fill(["a", "b"], |_| -> u8 { unreachable!() });
        assert_eq!(page.len(), 2);
        assert_eq!(read(page), is(200, "application/json", r#"{"items":["a","b"]}"#));
        let none = Page::<u8>::new().fill([], |last| *last);
        assert!(none.is_empty());
        assert_eq!(none.to_json(), r#"{"items":[]}"#);
    }

    #[test]
    fn a_page_that_holds_its_limit_is_the_last_if_nothing_is_left() {
        let fill = |items: &[u8]| Page::new().limit(2).fill(items.to_vec(), |last| *last).to_json();
        assert_eq!(fill(&[1, 2]), r#"{"items":[1,2]}"#);
        assert_eq!(fill(&[1, 2, 3]), r#"{"items":[1,2],"next":"Mg"}"#);
        assert_eq!(Page::new().limit(0).fill([1, 2], |last| *last).to_json(), r#"{"items":[1],"next":"MQ"}"#);
    }

    #[test]
    fn the_budget_is_kept_to_the_byte() {
        // `1,2,3` is five bytes.
        let with = |budget| Page::with_budget(budget).fill([1, 2, 3], |last| *last).len();
        assert_eq!([with(0), with(2), with(3), with(4), with(5)], [1, 1, 2, 2, 3]);
        // Each quote takes two, so that `"a","b"` is eleven.
        let with = |budget| Page::with_budget(budget).fill(["a", "b"], |last| *last).len();
        assert_eq!([with(10), with(11)], [1, 2]);
        let with = |budget| Page::with_budget(budget).fill(["\\", "\n"], |last| *last).len();
        assert_eq!([with(15), with(16)], [1, 2]);
    }

    #[test]
    fn a_full_page_stays_full() {
        let mut page = Page::with_budget(5);
        assert!(page.push(&Value::from(1)));
        assert!(!page.push(&Value::from("far too long")));
        assert!(!page.push(&Value::from(2)));
        assert_eq!(page.to_json(), r#"{"items":[1]}"#);
    }

    #[test]
    fn the_default_fits_into_an_answer() {
        let items = vec![BTreeMap::from([("\"", "\"\\\"\\"), ("id", "")]); 500_000];
        let page = Page::new().fill(items, |_| 7);
        assert!(page.len() > 1000);
        let answer = serde_json::json!({ "statusCode": 200, "body": page.to_json() }).to_string();
        assert!(answer.len() < 6 * 1024 * 1024, "{}", answer.len());
        assert!(answer.len() > 5 * 1024 * 1024 - 100, "{}", answer.len());
    }

    #[test]
    fn what_does_not_serialise_is_a_500() {
        let broken = || BTreeMap::from([(vec![1_u8], 1)]);
        let mut item = Page::new();
        assert!(item.push(&BTreeMap::new()));
        assert!(!item.push(&broken()));
        assert!(!item.push(&BTreeMap::new()));
        assert_eq!(item.to_json(), r#"{"items":[{}]}"#);
        assert_eq!(read(item).0, 500);

        let mut cursor = Page::new();
        assert!(cursor.push(&1));
        cursor.next(broken());
        assert_eq!(read(cursor).0, 500);
    }

    #[test]
    fn a_cursor_comes_back_out_of_a_query() {
        let mut page = Page::<u8>::new();
        page.next((7, "a?>"));
        let json: Value = serde_json::from_str(&page.to_json()).unwrap();
        let text = json["next"].as_str().unwrap();
        assert_eq!(one(&[text]), Ok(Some(Cursor((7, "a?>".to_owned())))));
        assert_eq!(one::<Cursor<u8>>(&[text]), Err("is no cursor".to_owned()));
        assert_eq!(one::<Cursor<u8>>(&["MQ=="]), Err("is no cursor".to_owned()));
        assert_eq!(one::<Cursor<u8>>(&["§"]), Err("is no cursor".to_owned()));
        assert_eq!(one::<Option<Cursor<u8>>>(&[""]), Ok(None));
        assert_eq!(serde_json::to_value(Cursor(1)).unwrap(), "MQ");
    }

    proptest! {
        #[test]
        fn pages_one_after_the_other_hold_all_items(items in prop::collection::vec(any::<String>(), 0..20), budget in 0_usize..200, limit in 0_usize..5) {
            let mut got: Vec<String> = Vec::new();
            loop {
                let left: Vec<(usize, &String)> = items.iter().enumerate().skip(got.len()).collect();
                let page = Page::with_budget(budget).limit(limit).fill(left, |(nth, _)| *nth);
                let len = page.len();
                let json: Value = serde_json::from_str(&page.to_json()).unwrap();
                for item in json["items"].as_array().unwrap() {
                    prop_assert_eq!(item[0].as_u64(), Some(got.len() as u64));
                    got.push(item[1].as_str().unwrap().to_owned());
                }
                // What travels is the list without its brackets.
                let size = serde_json::to_string(&json["items"].to_string()).unwrap().len() - 4;
                prop_assert!(len <= 1 || size <= budget && len <= limit.max(1));
                match json.get("next") {
                    Some(next) => {
                        let Cursor(last): Cursor<usize> = one(&[next.as_str().unwrap()]).unwrap();
                        prop_assert_eq!(last + 1, got.len());
                    }
                    None => break,
                }
            }
            prop_assert_eq!(got, items);
        }
    }
}
