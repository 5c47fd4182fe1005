//! Where the text of each field is, and what becomes of an answer.

use std::collections::HashMap;

use serde_json::value::RawValue;
use zeroize::Zeroizing;

use crate::config::env::{Environment, Variable};
use crate::config::read::{From, Read};
use crate::config::source::{self, Asked, Content, Stored};

/// What stands for a field.
#[derive(Clone)]
pub(super) enum Found {
    Text(Zeroizing<String>),
    /// All that is below a path, by the names behind it.
    All(Vec<(String, Zeroizing<String>)>),
    /// It is among what is asked for, and not there yet.
    Asked(usize),
    /// Nothing, and how to say so.
    Absent(Problem),
    /// It can't be told.
    Failed(Problem),
}

/// What is wrong with a field.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Problem {
    /// This.
    Said(String),
    /// Something could not be fetched. What has one reason is said together.
    NotHad { what: String, why: String },
}

impl Problem {
    /// All that is wrong, in the fields' order.
    pub(super) fn all(problems: &[Self]) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        for (index, problem) in problems.iter().enumerate() {
            let before = problems.get(..index).unwrap_or_default();
            match problem {
                Self::Said(text) => all.push(text.clone()),
                Self::NotHad { why, .. } => {
                    let has_why = |other: &&Self| matches!(other, Self::NotHad { why: its, .. } if its == why);
                    if before.iter().any(|other| has_why(&other)) {
                        continue;
                    }
                    let mut subjects: Vec<&str> = Vec::new();
                    for other in problems.iter().filter(has_why) {
                        if let Self::NotHad { what, .. } = other
                            && !subjects.contains(&what.as_str())
                        {
                            subjects.push(what);
                        }
                    }
                    all.push(format!("{} can't be had: {why}", subjects.join(", ")));
                }
            }
        }
        all
    }
}

/// A field's value as far as the environment has it; what it has not is asked for, each once.
pub(super) fn find(read: &Read, environment: &Environment, asked: &mut Vec<Asked>) -> (String, Found) {
    let name = match read.filled(|name| environment.variable(name)) {
        Ok(name) => name,
        Err(why) => {
            let name = read.written();
            let why = format!("{} has no name, as {why}", read.subject(&name));
            return (name, Found::Failed(Problem::Said(why)));
        }
    };
    if read.from == From::Variable {
        let found = of_variable(read, environment, &name);
        return (name, found);
    }
    let one = Asked::of(read, name.clone());
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
        Variable::NotText => return Found::Failed(Problem::Said(format!("the variable `{name}` is no UTF-8"))),
        Variable::Unset => "not set",
        Variable::Empty => "empty",
    };
    or_default(read, format!("the variable `{name}` is {why}"))
}

/// What stands for what is not there.
fn or_default(read: &Read, why: String) -> Found {
    match read.default {
        Some(default) => Found::Text(Zeroizing::new(default.to_owned())),
        None => Found::Absent(Problem::Said(why)),
    }
}

/// What the answer holds for a field.
pub(super) fn pick(read: &Read, stored: &Stored) -> Found {
    let subject = || read.subject(&stored.asked.name);
    let absent = || or_default(read, format!("{} is not there{}", subject(), stored.hint(read.key)));
    let text = match &stored.answer {
        Err(why) => {
            return Found::Failed(Problem::NotHad { what: read.whole(&stored.asked.name), why: why.clone() });
        }
        Ok(None) => return absent(),
        Ok(Some(Content::All(all))) => return Found::All(all.clone()),
        Ok(Some(Content::Text(text))) => text,
    };
    // Where parsing stopped would tell something about the text.
    let no_object = |whole: &str| {
        Found::Failed(Problem::Said(format!("{} can't be read, as {whole} is no JSON object", subject())))
    };
    match (read.from, read.key) {
        // Locally a variable stands for all of them.
        (From::Path, _) => match members(text) {
            Ok(all) if all.is_empty() => absent(),
            Ok(all) => Found::All(all),
            Err(()) => no_object("the variable's text"),
        },
        (_, None) => Found::Text(text.clone()),
        (_, Some(key)) => match member(text, key) {
            Ok(Some(text)) => Found::Text(text),
            Ok(None) => absent(),
            Err(()) => no_object("the secret"),
        },
    }
}

/// A member of a JSON object. `null` is nothing.
fn member(text: &str, key: &str) -> Result<Option<Zeroizing<String>>, ()> {
    let members: HashMap<String, &RawValue> = serde_json::from_str(text).map_err(|_| ())?;
    members.get(key).map_or(Ok(None), |json| value(json))
}

/// All members of a JSON object but those that are `null`.
fn members(text: &str) -> Result<Vec<(String, Zeroizing<String>)>, ()> {
    let members: HashMap<String, &RawValue> = serde_json::from_str(text).map_err(|_| ())?;
    let member = |(name, json)| match value(json) {
        Ok(Some(text)) => Some(Ok((name, text))),
        Ok(None) => None,
        Err(()) => Some(Err(())),
    };
    members.into_iter().filter_map(member).collect()
}

/// A string's own text, what else there is as JSON.
fn value(json: &RawValue) -> Result<Option<Zeroizing<String>>, ()> {
    let text = match json.get() {
        "null" => return Ok(None),
        json if json.starts_with('"') => serde_json::from_str(json).map_err(|_| ())?,
        json => json.to_owned(),
    };
    Ok(Some(Zeroizing::new(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_a_secret_may_be_anything_but_null() {
        let json =
            r#"{"text": "a\"b", "number": 7.50, "nothing": null, "object": {"a": [1, 2]}, "empty": "", "flag": true}"#;
        let text = |key: &str| member(json, key).unwrap().map(|text| text.to_string());
        assert_eq!(text("text").unwrap(), "a\"b");
        assert_eq!(text("number").unwrap(), "7.50");
        assert_eq!(text("object").unwrap(), r#"{"a": [1, 2]}"#);
        assert_eq!(text("flag").unwrap(), "true");
        assert_eq!(text("empty").unwrap(), "");
        assert_eq!((text("nothing"), text("absent")), (None, None));
        for wrong in ["", "text", "[1]", r#"{"a": "#, r#""{}""#] {
            assert!(member(wrong, "a").is_err(), "{wrong}");
        }
        assert_eq!(members(json).unwrap().len(), 5);
    }

    #[test]
    fn what_has_one_reason_is_said_together() {
        let not_had = |what: &str, why: &str| Problem::NotHad { what: what.to_owned(), why: why.to_owned() };
        let said = |text: &str| Problem::Said(text.to_owned());
        let problems =
            [not_had("a", "gone"), said("x"), not_had("b", "other"), not_had("c", "gone"), not_had("a", "gone")];
        assert_eq!(Problem::all(&problems), ["a, c can't be had: gone", "x", "b can't be had: other"]);
    }
}
