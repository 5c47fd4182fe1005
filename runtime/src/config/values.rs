//! The texts of a config's fields, and what they turn into.

use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

use futures_util::future::BoxFuture;
use zeroize::Zeroizing;

use crate::app::error::InitError;
use crate::config::env::{Environment, Variable};
use crate::config::read::{From, Read};
use crate::config::refreshed::Refreshed;
use crate::config::source::{self, Asked, Stored};

/// What stands for a field.
#[derive(Clone)]
enum Found {
    Text(Zeroizing<String>),
    /// It is among what is asked for, and not there yet.
    Asked(usize),
    /// Nothing, and how to say so.
    Absent(String),
    /// It can't be told.
    Failed(String),
}

/// What was found for each field of a config. All that is wrong is gathered, to be said at once.
#[doc(hidden)]
pub struct Values {
    reads: &'static [Read],
    /// Their names, with what stands for placeholders.
    names: Vec<String>,
    found: Vec<Found>,
    problems: Vec<String>,
}

impl Values {
    /// Reads the environment, and what is to be fetched.
    pub(super) fn read(reads: &'static [Read]) -> (Self, Wanted) {
        let mut values = Self { reads, names: Vec::new(), found: Vec::new(), problems: Vec::new() };
        let environment = Environment::open().unwrap_or_else(|error| {
            values.problems.push(error);
            Environment::default()
        });
        let mut asked = Vec::new();
        for read in reads {
            let (name, found) = find(read, &environment, &mut asked);
            values.names.push(name);
            values.found.push(found);
        }
        (values, Wanted { environment, asked })
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
                    None => Found::Failed(format!("{} was not asked for", subject(read, &read.written()))),
                };
            }
        }
    }

    /// What is wrong, in the fields' order; nothing if all is right.
    pub(super) fn into_error(self, config: &str) -> Option<InitError> {
        let list = self.problems.join("; ");
        let count = match self.problems.len() {
            0 => return None,
            1 => "1 value is".to_owned(),
            count => format!("{count} values are"),
        };
        Some(InitError::new("Config", format!("the config `{config}`: {count} missing or wrong: {list}")))
    }

    /// A value that has to be there.
    pub fn required<T: FromStr<Err: Display>>(&mut self, index: usize) -> Option<T> {
        let text = self.text_or_problem(index)?;
        self.parse(index, &text)
    }

    /// A value that may be absent.
    pub fn optional<T: FromStr<Err: Display>>(&mut self, index: usize) -> Option<Option<T>> {
        match self.text(index)? {
            Some(text) => self.parse(index, &text).map(Some),
            None => Some(None),
        }
    }

    /// A value, or the default.
    pub fn or_else<T: FromStr<Err: Display>>(&mut self, index: usize, default: impl FnOnce() -> T) -> Option<T> {
        match self.text(index)? {
            Some(text) => self.parse(index, &text),
            None => Some(default()),
        }
    }

    /// A list that has to be there.
    pub fn list<L>(&mut self, index: usize) -> Option<L>
    where
        L: IntoIterator<Item: FromStr<Err: Display>> + FromIterator<L::Item>,
    {
        let text = self.text_or_problem(index)?;
        self.parse_list(index, &text)
    }

    /// A list that may be absent.
    pub fn optional_list<L>(&mut self, index: usize) -> Option<Option<L>>
    where
        L: IntoIterator<Item: FromStr<Err: Display>> + FromIterator<L::Item>,
    {
        match self.text(index)? {
            Some(text) => self.parse_list(index, &text).map(Some),
            None => Some(None),
        }
    }

    /// A list, or the default.
    pub fn list_or_else<L>(&mut self, index: usize, default: impl FnOnce() -> L) -> Option<L>
    where
        L: IntoIterator<Item: FromStr<Err: Display>> + FromIterator<L::Item>,
    {
        match self.text(index)? {
            Some(text) => self.parse_list(index, &text),
            None => Some(default()),
        }
    }

    /// A value that is fetched again after so many seconds.
    pub fn refreshed<T>(&mut self, index: usize, seconds: u64) -> Option<Refreshed<T>>
    where
        T: FromStr<Err: Display> + Send + Sync + 'static,
    {
        let value = self.required(index)?;
        let (read, name) = (self.reads.get(index)?, self.names.get(index)?.clone());
        let subject = subject(read, &name);
        let fetch = move || -> BoxFuture<'static, Result<T, String>> { Box::pin(again(read, name.clone())) };
        Some(Refreshed::renewed(value, subject, Duration::from_secs(seconds), Box::new(fetch)))
    }

    fn text_or_problem(&mut self, index: usize) -> Option<Zeroizing<String>> {
        match self.found.get_mut(index)? {
            Found::Text(text) => Some(std::mem::take(text)),
            Found::Absent(problem) | Found::Failed(problem) => {
                self.problems.push(std::mem::take(problem));
                None
            }
            Found::Asked(_) => None,
        }
    }

    /// `Some(None)` for what is not there.
    fn text(&mut self, index: usize) -> Option<Option<Zeroizing<String>>> {
        match self.found.get(index)? {
            Found::Absent(_) => Some(None),
            Found::Text(_) | Found::Failed(_) | Found::Asked(_) => self.text_or_problem(index).map(Some),
        }
    }

    fn parse<T: FromStr<Err: Display>>(&mut self, index: usize, text: &str) -> Option<T> {
        text.parse().map_err(|error: T::Err| self.refuse(index, text, "is", &error)).ok()
    }

    fn parse_list<L>(&mut self, index: usize, text: &str) -> Option<L>
    where
        L: IntoIterator<Item: FromStr<Err: Display>> + FromIterator<L::Item>,
    {
        let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
        let parsed: Result<L, _> = items.map(|item| item.parse::<L::Item>().map_err(|error| (item, error))).collect();
        parsed.map_err(|(item, error)| self.refuse(index, item, "holds what is", &error)).ok()
    }

    /// Says that a text does not parse; never what it is.
    fn refuse(&mut self, index: usize, text: &str, is: &str, error: &dyn Display) {
        let (Some(read), Some(name)) = (self.reads.get(index), self.names.get(index)) else { return };
        let subject = subject(read, name);
        let why = error.to_string();
        let ty = read.ty;
        // The error of any type may show the text, as it is or with escapes. What a secret's type says is not shown at all.
        let escaped = format!("{text:?}");
        let shows = [text, escaped.trim_matches('"')].iter().any(|text| why.contains(text));
        let problem = match read.from {
            From::Variable if !shows && !why.is_empty() => format!("{subject} {is} no `{ty}`: {why}"),
            _ => format!("{subject} {is} no `{ty}`"),
        };
        self.problems.push(problem);
    }
}

/// Fetches one value again.
async fn again<T: FromStr<Err: Display>>(read: &'static Read, name: String) -> Result<T, String> {
    let environment = Environment::open()?;
    let one = match read.from {
        From::Parameter => Asked::Parameter(name),
        From::Secret | From::Variable => Asked::Secret(name),
    };
    let found = match source::own_variable(&environment, &one, read.key) {
        Some(text) => Found::Text(text),
        None => match source::fetch(&environment, vec![one]).await.first() {
            Some(stored) => pick(read, stored),
            None => return Err("it was not asked for".to_owned()),
        },
    };
    match found {
        Found::Text(text) => text.parse().map_err(|_| format!("it is no `{}`", read.ty)),
        Found::Absent(why) | Found::Failed(why) => Err(why),
        Found::Asked(_) => Err("it was not asked for".to_owned()),
    }
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

/// A field's value as far as the environment has it; what it has not is asked for, each once.
fn find(read: &Read, environment: &Environment, asked: &mut Vec<Asked>) -> (String, Found) {
    let variable = |name: &str| environment.text(name).map(|text| text.to_string());
    let name = match read.filled(variable) {
        Ok(name) => name,
        Err(variable) => {
            let name = read.written();
            let why = format!("{} has no name, as the variable `{variable}` is not set", subject(read, &name));
            return (name, Found::Failed(why));
        }
    };
    let one = match read.from {
        From::Variable => {
            let found = of_variable(read, environment, &name);
            return (name, found);
        }
        From::Secret => Asked::Secret(name.clone()),
        From::Parameter => Asked::Parameter(name.clone()),
    };
    // Locally a key may have a variable of its own.
    if let Some(text) = source::own_variable(environment, &one, read.key) {
        return (name, Found::Text(text));
    }
    let known = asked.iter().position(|other| *other == one);
    let index = known.unwrap_or_else(|| {
        asked.push(one);
        asked.len() - 1
    });
    (name, Found::Asked(index))
}

fn of_variable(read: &Read, environment: &Environment, name: &str) -> Found {
    let why = match environment.variable(name) {
        Variable::Text(text) => return Found::Text(text),
        Variable::NotText => return Found::Failed(format!("the variable `{name}` is no UTF-8")),
        Variable::Unset => "not set",
        Variable::Empty => "empty",
    };
    match read.default {
        Some(default) => Found::Text(Zeroizing::new(default.to_owned())),
        None => Found::Absent(format!("the variable `{name}` is {why}")),
    }
}

/// What the answer holds for a field.
fn pick(read: &Read, stored: &Stored) -> Found {
    let subject = |name: &str| subject(read, name);
    match (&stored.answer, read.key) {
        (Err(why), _) => Found::Failed(format!("{}: {why}", subject(&stored.name))),
        (Ok(None), _) => Found::Absent(format!("{} is not there{}", subject(&stored.name), stored.hint(read.key))),
        (Ok(Some(text)), None) => Found::Text(text.clone()),
        (Ok(Some(text)), Some(key)) => match member(text, key) {
            Ok(Some(text)) => Found::Text(text),
            Ok(None) => Found::Absent(format!("{} is not there", subject(&stored.name))),
            // Where parsing stopped would tell something about the text.
            Err(()) => {
                Found::Failed(format!("{} can't be read, as the secret is no JSON object", subject(&stored.name)))
            }
        },
    }
}

/// A member of a JSON object: a string's own text, what else there is as JSON. `null` is nothing.
fn member(text: &str, key: &str) -> Result<Option<Zeroizing<String>>, ()> {
    let members: std::collections::HashMap<String, &serde_json::value::RawValue> =
        serde_json::from_str(text).map_err(|_| ())?;
    let Some(json) = members.get(key).map(|value| value.get()).filter(|json| *json != "null") else {
        return Ok(None);
    };
    let text = if json.starts_with('"') { serde_json::from_str(json).map_err(|_| ())? } else { json.to_owned() };
    Ok(Some(Zeroizing::new(text)))
}

/// What a message is about.
fn subject(read: &Read, name: &str) -> String {
    match (read.from, read.key) {
        (From::Variable, _) => format!("the variable `{name}`"),
        (From::Secret, None) => format!("the secret `{name}`"),
        (From::Secret, Some(key)) => format!("the key `{key}` of the secret `{name}`"),
        (From::Parameter, _) => format!("the parameter `{name}`"),
    }
}
