//! The texts of a config's fields, and what they turn into.

use std::time::Duration;

use futures_util::future::BoxFuture;
use zeroize::Zeroizing;

use crate::app::error::InitError;
use crate::config::env::Environment;
use crate::config::find::{Found, Problem, find, pick};
use crate::config::map::Map;
use crate::config::read::{From, Read};
use crate::config::refreshed::Refreshed;
use crate::config::source::{self, Asked};
use crate::config::text::{List, OfText};
use crate::panic;

/// What was found for each field of a config. All that is wrong is gathered, to be said at once.
#[doc(hidden)]
pub struct Values {
    reads: &'static [Read],
    /// Their names, with what stands for placeholders.
    names: Vec<String>,
    found: Vec<Found>,
    problems: Vec<Problem>,
}

impl Values {
    /// Reads the environment, and what is to be fetched.
    ///
    /// # Errors
    /// `.env` can't be read, and nobody knows what would be missing if it could.
    pub(super) fn read(reads: &'static [Read]) -> Result<(Self, Wanted), String> {
        let environment = Environment::open()?;
        let mut values = Self { reads, names: Vec::new(), found: Vec::new(), problems: Vec::new() };
        let mut asked = Vec::new();
        for read in reads {
            let (name, found) = find(read, &environment, &mut asked);
            values.names.push(name);
            values.found.push(found);
        }
        Ok((values, Wanted { environment, asked }))
    }

    /// What there is so far: fields that are to be fetched are missing in it, and no problem.
    pub(super) fn so_far(&self) -> Self {
        Self {
            reads: self.reads,
            names: self.names.clone(),
            found: self.found.clone(),
            problems: self.problems.clone(),
        }
    }

    /// Fetches the rest.
    pub(super) async fn fetch(&mut self, wanted: Wanted) {
        let answers = source::fetch(&wanted.environment, wanted.asked).await;
        for (read, found) in self.reads.iter().zip(&mut self.found) {
            if let Found::Asked(index) = *found {
                *found = match answers.get(index) {
                    Some(stored) => pick(read, stored),
                    None => Found::Failed(not_asked(read)),
                };
            }
        }
    }

    /// What is wrong, in the fields' order; nothing if all is right.
    pub(super) fn into_error(self, config: &str) -> Option<InitError> {
        let list = Problem::all(&self.problems).join("; ");
        let count = match self.problems.len() {
            0 => return None,
            1 => "1 value is".to_owned(),
            count => format!("{count} values are"),
        };
        Some(InitError::new("Config", format!("the config `{config}`: {count} missing or wrong: {list}")))
    }

    /// A value that has to be there.
    pub fn required<T: OfText>(&mut self, index: usize) -> Option<T> {
        let text = self.text_or_problem(index)?;
        self.parse(index, &text)
    }

    /// A value that may be absent.
    pub fn optional<T: OfText>(&mut self, index: usize) -> Option<Option<T>> {
        match self.text(index)? {
            Some(text) => self.parse(index, &text).map(Some),
            None => Some(None),
        }
    }

    /// A value, or the default.
    pub fn or_else<T: OfText>(&mut self, index: usize, default: impl FnOnce() -> T) -> Option<T> {
        match self.text(index)? {
            Some(text) => self.parse(index, &text),
            None => self.default(index, default),
        }
    }

    /// A list that has to be there.
    pub fn list<L: List>(&mut self, index: usize) -> Option<L> {
        let text = self.text_or_problem(index)?;
        self.parse_list(index, &text)
    }

    /// A list that may be absent.
    pub fn optional_list<L: List>(&mut self, index: usize) -> Option<Option<L>> {
        match self.text(index)? {
            Some(text) => self.parse_list(index, &text).map(Some),
            None => Some(None),
        }
    }

    /// A list, or the default.
    pub fn list_or_else<L: List>(&mut self, index: usize, default: impl FnOnce() -> L) -> Option<L> {
        match self.text(index)? {
            Some(text) => self.parse_list(index, &text),
            None => self.default(index, default),
        }
    }

    /// All parameters below a path, of which there is at least one.
    pub fn map<M: Map>(&mut self, index: usize) -> Option<M> {
        let all = self.all_or_problem(index)?;
        self.parse_map(index, all)
    }

    /// All parameters below a path, where there may be none.
    pub fn optional_map<M: Map>(&mut self, index: usize) -> Option<Option<M>> {
        match self.found.get(index)? {
            Found::Absent(_) => Some(None),
            _ => {
                let all = self.all_or_problem(index)?;
                self.parse_map(index, all).map(Some)
            }
        }
    }

    /// A value that is fetched again after so many seconds.
    pub fn refreshed<T>(&mut self, index: usize, seconds: u64) -> Option<Refreshed<T>>
    where
        T: OfText + Send + Sync + 'static,
    {
        let value = self.required(index)?;
        self.renewed(index, seconds, value)
    }

    /// A value that may be absent when the function starts, and is fetched again if it is not.
    pub fn optional_refreshed<T>(&mut self, index: usize, seconds: u64) -> Option<Option<Refreshed<T>>>
    where
        T: OfText + Send + Sync + 'static,
    {
        match self.optional(index)? {
            Some(value) => self.renewed(index, seconds, value).map(Some),
            None => Some(None),
        }
    }

    fn renewed<T>(&self, index: usize, seconds: u64, value: T) -> Option<Refreshed<T>>
    where
        T: OfText + Send + Sync + 'static,
    {
        let (read, name) = (self.reads.get(index)?, self.names.get(index)?.clone());
        let subject = read.subject(&name);
        let fetch = move || -> BoxFuture<'static, Result<T, String>> { Box::pin(again(read, name.clone())) };
        Some(Refreshed::renewed(value, subject, Duration::from_secs(seconds), Box::new(fetch)))
    }

    fn text_or_problem(&mut self, index: usize) -> Option<Zeroizing<String>> {
        match self.found.get_mut(index)? {
            Found::Text(text) => Some(std::mem::take(text)),
            Found::Absent(problem) | Found::Failed(problem) => {
                self.problems.push(problem.clone());
                None
            }
            Found::Asked(_) | Found::All(_) => None,
        }
    }

    /// `Some(None)` for what is not there.
    fn text(&mut self, index: usize) -> Option<Option<Zeroizing<String>>> {
        match self.found.get(index)? {
            Found::Absent(_) => Some(None),
            _ => self.text_or_problem(index).map(Some),
        }
    }

    fn all_or_problem(&mut self, index: usize) -> Option<Vec<(String, Zeroizing<String>)>> {
        match self.found.get_mut(index)? {
            Found::All(all) => Some(std::mem::take(all)),
            _ => self.text_or_problem(index).map(|_| Vec::new()),
        }
    }

    fn parse<T: OfText>(&mut self, index: usize, text: &str) -> Option<T> {
        parsed(text).map_err(|why| self.refuse(index, None, "is", &why)).ok()
    }

    fn parse_list<L: List>(&mut self, index: usize, text: &str) -> Option<L> {
        let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
        L::of(items.map(parsed::<L::Item>)).map_err(|why| self.refuse(index, None, "holds what is", &why)).ok()
    }

    /// Each that does not parse is a problem of its own.
    fn parse_map<M: Map>(&mut self, index: usize, all: Vec<(String, Zeroizing<String>)>) -> Option<M> {
        let before = self.problems.len();
        let mut entries = Vec::new();
        for (name, text) in all {
            match parsed(&text) {
                Ok(value) => entries.push((name, value)),
                Err(why) => self.refuse(index, Some(&name), "is", &why),
            }
        }
        (self.problems.len() == before).then(|| M::of(entries))
    }

    /// A default may be any code.
    fn default<T>(&mut self, index: usize, default: impl FnOnce() -> T) -> Option<T> {
        panic::catch_now(default).map_err(|failure| self.refuse_default(index, failure.message())).ok()
    }

    fn refuse_default(&mut self, index: usize, why: &str) {
        let (Some(read), Some(name)) = (self.reads.get(index), self.names.get(index)) else { return };
        self.problems.push(Problem::Said(format!("the default of {} {why}", read.subject(name))));
    }

    /// Says that a text, or that of a parameter below a path, does not parse; never what it is.
    fn refuse(&mut self, index: usize, below: Option<&str>, is: &str, why: &NotParsed) {
        let (Some(read), Some(name)) = (self.reads.get(index), self.names.get(index)) else { return };
        let (subject, of) = match below {
            Some(below) => (format!("the parameter `{}/{below}`", name.trim_end_matches('/')), "value of "),
            None => (read.subject(name), ""),
        };
        let ty = read.ty;
        self.problems.push(Problem::Said(match why {
            NotParsed::Panicked => format!("{subject} {is} no {of}`{ty}`: its `from_str` panicked"),
            // What the type of a secret or a parameter says is not shown at all.
            NotParsed::Because(why) if read.from == From::Variable && !why.is_empty() => {
                format!("{subject} {is} no {of}`{ty}`: {why}")
            }
            NotParsed::Because(_) => format!("{subject} {is} no {of}`{ty}`"),
        }));
    }
}

/// Why a text is no value of a type.
enum NotParsed {
    /// What the type says, unless that shows the text.
    Because(String),
    /// The type's own code panicked; with a message that may hold the text.
    Panicked,
}

fn parsed<T: OfText>(text: &str) -> Result<T, NotParsed> {
    let said = panic::catch_now(|| T::of_text(text));
    match said {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(why)) => Err(NotParsed::Because(if shows(&why, text) { String::new() } else { why })),
        Err(_) => Err(NotParsed::Panicked),
    }
}

/// Whether a message holds the text, as it is or with escapes: the error of any type may.
fn shows(message: &str, text: &str) -> bool {
    let escaped = format!("{text:?}");
    [text, escaped.trim_matches('"')].iter().any(|text| message.contains(text))
}

/// Fetches one value again.
async fn again<T: OfText>(read: &'static Read, name: String) -> Result<T, String> {
    let environment = Environment::open()?;
    let one = Asked::of(read, name);
    let found = match source::own_variable(&environment, &one, read.key) {
        Some(text) => Found::Text(text),
        None => match source::fetch(&environment, vec![one]).await.first() {
            Some(stored) => pick(read, stored),
            None => return Err("it was not asked for".to_owned()),
        },
    };
    match found {
        Found::Text(text) => parsed(&text).map_err(|_| format!("it is no `{}`", read.ty)),
        Found::Absent(why) | Found::Failed(why) => Err(match why {
            Problem::Said(text) => text,
            Problem::NotHad { why, .. } => why,
        }),
        Found::Asked(_) | Found::All(_) => Err("it was not asked for".to_owned()),
    }
}

fn not_asked(read: &Read) -> Problem {
    Problem::NotHad { what: read.whole(&read.written()), why: "it was not asked for".to_owned() }
}

/// What is to be fetched.
pub(super) struct Wanted {
    environment: Environment,
    asked: Vec<Asked>,
}

impl Wanted {
    pub(super) fn is_empty(&self) -> bool {
        self.asked.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use super::*;

    #[derive(Debug)]
    struct Loud;

    impl FromStr for Loud {
        type Err = String;

        fn from_str(text: &str) -> Result<Self, String> {
            match text {
                "panic" => panic!("no {text}"),
                text => Err(format!("no {text:?} here")),
            }
        }
    }

    #[test]
    fn what_a_type_says_of_a_text_does_not_show_it() {
        let why = |text: &str| match parsed::<Loud>(text).unwrap_err() {
            NotParsed::Because(why) => why,
            NotParsed::Panicked => "panicked".to_owned(),
        };
        assert_eq!([why("hunter2"), why("hun\"ter\n2"), why("")], ["", "", ""]);
        assert_eq!(why("panic"), "panicked");
        assert!(matches!(parsed::<u8>("x"), Err(NotParsed::Because(why)) if why.contains("invalid digit")));
    }
}
