//! Random requests to random tables of routes: each is answered as the plain matcher says.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

use lambkin::http::FrontEnd;
use lambkin::testing::TestApp;
use lambkin::testing::http::{Request, Response};
use lambkin_tables::{Answer as Expected, Table, answer as reference};
use percent_encoding::{CONTROLS, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::TestRunner;

use tables::{SEED, TABLES, app};

mod tables {
    #![allow(unreachable_pub, reason = "what mounts a module wants it to be public")]

    use lambkin_tables::{Route, Slash, Table};

    use super::{Answer, answer};

    include!(concat!(env!("OUT_DIR"), "/tables.rs"));
}

/// How many requests there are; each goes through two front ends.
const REQUESTS: u32 = 20_000;

/// What a route answers, in a header, as a response to HEAD has no body.
type Answer = [(&'static str, String); 1];

fn answer(function: &'static str, parameters: &[(&str, &str)]) -> Answer {
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let parameters: Vec<String> =
        parameters.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    [("x-answer", format!("{}?{}", encoded(function), parameters.join("&")))]
}

/// The response as the reference would say it.
fn understood(response: &Response) -> Expected {
    let decoded = |text: &str| percent_decode_str(text).decode_utf8().unwrap().into_owned();
    let methods = || {
        let mut methods: Vec<String> = response.header("allow").unwrap().split(", ").map(str::to_owned).collect();
        methods.sort();
        methods
    };
    match response.status {
        200 => {
            let (function, parameters) = response.header("x-answer").unwrap().split_once('?').unwrap();
            let pairs = parameters.split('&').filter_map(|pair| pair.split_once('='));
            let mut parameters: Vec<(String, String)> =
                pairs.map(|(name, value)| (decoded(name), decoded(value))).collect();
            parameters.sort();
            Expected::Route(decoded(function), parameters)
        }
        204 => Expected::Options(methods()),
        308 => Expected::Redirect(response.header("location").unwrap().to_owned()),
        400 => Expected::BadPath,
        404 => Expected::NotFound,
        405 => Expected::OtherMethods(methods()),
        status => panic!("{status} is none of the answers"),
    }
}

/// What may stand in a path: words of the patterns, encoded characters, and what is no encoding.
const WORDS: [&str; 25] = [
    "",
    "",
    "a",
    "a",
    "b",
    "b",
    "c",
    "é+",
    "%C3%A9+",
    "%c3%a9%2B",
    "%61",
    "%62",
    "a%2Fb",
    "%2F",
    "a%20b",
    "+",
    "%25",
    "%2541",
    "%",
    "%4",
    "%zz",
    "%FF",
    "a%C3",
    "%5C",
    "..",
];

/// The last two are none that a route can name.
const METHODS: [&str; 12] =
    ["GET", "GET", "HEAD", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "OPTIONS", "PROPFIND", "get"];

/// A change to a path's segments, at some place.
#[derive(Clone, Debug)]
enum Change {
    Insert(Index, &'static str),
    Replace(Index, &'static str),
    Remove(Index),
    /// All characters are written with escapes.
    Escape(Index),
}

/// A request of this method, and its path: made out of a pattern of the table.
#[derive(Clone, Debug)]
struct Asked {
    table: &'static Table,
    method: &'static str,
    path: String,
}

fn asked() -> impl Strategy<Value = Asked> {
    let word = || select(&WORDS[..]);
    let change = prop_oneof![
        (any::<Index>(), word()).prop_map(|(at, word)| Change::Insert(at, word)),
        (any::<Index>(), word()).prop_map(|(at, word)| Change::Replace(at, word)),
        any::<Index>().prop_map(Change::Remove),
        any::<Index>().prop_map(Change::Escape),
    ];
    let changes = prop_oneof![1 => Just(0_usize), 2 => 0..3_usize]
        .prop_flat_map(move |count| prop::collection::vec(change.clone(), count));
    let words = prop::collection::vec(word(), 8);
    let slashes = prop_oneof![6 => Just(""), 3 => Just("/"), 1 => Just("//")];
    (
        (0..TABLES.len()).prop_map(|number| &TABLES[number]),
        any::<Index>(),
        select(&METHODS[..]),
        words,
        changes,
        slashes,
    )
        .prop_map(|(table, route, method, words, changes, slashes)| {
            let pattern = route.get(table.routes).pattern;
            let mut segments = filled(pattern, &words);
            changes.iter().for_each(|change| change.apply(&mut segments));
            Asked { table, method, path: format!("/{}{slashes}", segments.join("/")) }
        })
}

/// A path that a pattern matches, if the words do.
fn filled(pattern: &str, words: &[&str]) -> Vec<String> {
    let mut words = words.iter().map(|word| (*word).to_owned());
    let mut segments = Vec::new();
    for part in pattern.split('/').skip(1) {
        if part.starts_with("{*") {
            let count = words.len() % 4 + words.next().map_or(0, |word| word.len() % 2);
            segments.extend(words.by_ref().take(count));
        } else if part.starts_with('{') {
            segments.extend(words.next());
        } else {
            segments.push(part.to_owned());
        }
    }
    segments
}

impl Change {
    fn apply(&self, segments: &mut Vec<String>) {
        if let Self::Insert(at, word) = self {
            segments.insert(at.index(segments.len() + 1), (*word).to_owned());
            return;
        }
        if segments.is_empty() {
            return;
        }
        let place = |at: &Index| at.index(segments.len());
        match self {
            Self::Insert(..) => {}
            Self::Replace(at, word) => *at.get_mut(segments) = (*word).to_owned(),
            Self::Remove(at) => {
                let place = place(at);
                segments.remove(place);
            }
            Self::Escape(at) => {
                let segment = at.get_mut(segments);
                *segment = segment.bytes().map(|byte| format!("%{byte:02X}")).collect();
            }
        }
    }
}

/// How often each kind of answer was expected.
#[derive(Debug, Default)]
struct Seen {
    routes: u32,
    parameters: u32,
    fallbacks: u32,
    redirects: u32,
    options: u32,
    other_methods: u32,
    not_found: u32,
    bad_paths: u32,
}

impl Seen {
    fn count(&mut self, answer: &Expected) {
        *match answer {
            Expected::Route(function, _) if function == "fallback" => &mut self.fallbacks,
            Expected::Route(_, parameters) if parameters.is_empty() => &mut self.routes,
            Expected::Route(..) => &mut self.parameters,
            Expected::Redirect(_) => &mut self.redirects,
            Expected::Options(_) => &mut self.options,
            Expected::OtherMethods(_) => &mut self.other_methods,
            Expected::NotFound => &mut self.not_found,
            Expected::BadPath => &mut self.bad_paths,
        } += 1;
    }

    fn is_seen(&self) -> bool {
        let Self { routes, parameters, fallbacks, redirects, options, other_methods, not_found, bad_paths } = *self;
        ![routes, parameters, fallbacks, redirects, options, other_methods, not_found, bad_paths].contains(&0)
    }
}

/// The path as the front end has it, and whether that is decoded. `None` if it would not hand it on.
fn through(front_end: FrontEnd, path: &str) -> Option<(String, bool)> {
    match front_end {
        FrontEnd::HttpApi => Some((percent_decode_str(path).decode_utf8().ok()?.into_owned(), true)),
        _ => Some((path.to_owned(), false)),
    }
}

/// What a `location` may hold: where it leads may not depend on who reads it.
fn is_path(location: &str) -> bool {
    location.starts_with('/')
        && !location.starts_with("//")
        && location.chars().all(|c| c.is_ascii_graphic() && !"\\\"<>?#`^{|}".contains(c))
}

#[test]
#[allow(clippy::print_stdout, reason = "how much was seen")]
fn requests_are_answered_as_the_reference_says() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let app = TestApp::<app::App>::new();
    let seen = std::cell::RefCell::new(Seen::default());
    let config = ProptestConfig { cases: REQUESTS, failure_persistence: None, ..ProptestConfig::default() };
    let tested = TestRunner::new(config).run(&asked(), |Asked { table, method, path }| {
        for front_end in [FrontEnd::FunctionUrl, FrontEnd::HttpApi] {
            let Some((known, is_decoded)) = through(front_end, &path) else { continue };
            let mut expected = reference(table, method, &known, is_decoded);
            let request = Request::new(method, &path).through(front_end);
            let response = runtime.block_on(async { app.invoke(table.name, request).await.http() });
            let mut got = understood(&response);
            seen.borrow_mut().count(&expected);
            if let (Expected::Redirect(expected), Expected::Redirect(location)) = (&mut expected, &mut got) {
                prop_assert!(is_path(location), "{front_end:?}: {location}");
                match is_decoded {
                    true => *location = percent_decode_str(location).decode_utf8().unwrap().into_owned(),
                    // What was sent as it may not be sent.
                    false => *expected = utf8_percent_encode(expected, CONTROLS).to_string(),
                }
            }
            prop_assert_eq!(got, expected, "seed {}, {:?}: {} {} of {:#?}", SEED, front_end, method, &path, table);
        }
        Ok(())
    });
    if let Err(error) = tested {
        panic!("{error}");
    }
    let seen = seen.into_inner();
    let routes: usize = TABLES.iter().map(|table| table.routes.len()).sum();
    println!("{} tables, {routes} routes, {REQUESTS} requests: {seen:?}", TABLES.len());
    assert!(seen.is_seen(), "{seen:?}");
}
