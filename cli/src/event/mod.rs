//! `cargo lambkin event`: an example event, for a source or for a handler of the current crate.
//!
//! `args` is what can be asked. `handler` knows from the crate's manifest what a handler is told, `details` is that: a
//! queue's name, a request's path. `body` holds payloads, which `schema` or `placeholder` makes where none is given;
//! `examples` puts them into the envelope of each source.

mod args;
mod body;
mod details;
mod examples;
mod handler;
mod placeholder;
mod schema;

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;

use crate::error::CliError;
pub(crate) use crate::event::args::Args;
use crate::event::body::{Body, FORM};
use crate::event::details::Details;
use crate::event::handler::Handler;
use crate::output::{self, Answer};
use crate::source::Source;

/// An event, as Lambda hands it to a function.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(crate) struct Event(Value);

impl Event {
    /// The event as people read it.
    pub(crate) fn pretty(&self) -> String {
        format!("{:#}\n", self.0)
    }
}

impl Answer for Event {
    fn text(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(self.pretty().as_bytes())
    }

    /// The event is the answer, and JSON either way: for programs on one line.
    fn json(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}", self.0)
    }
}

/// What an event is made of.
#[derive(Debug)]
struct Wanted {
    details: Details,
    /// Payloads, which records have in turn; none where the source has no payload.
    bodies: Vec<Body>,
    /// How many records there are.
    count: usize,
}

impl Wanted {
    /// The payload of each record.
    fn records(&self) -> impl Iterator<Item = (usize, &Body)> {
        self.bodies.iter().cycle().take(self.count).enumerate()
    }

    /// The payload where there is one only.
    fn body(&self) -> Option<&Body> {
        self.bodies.first()
    }
}

/// Makes the event that is asked for.
pub(crate) fn run(args: &Args) -> Result<Event, CliError> {
    let handler = match Source::named(&args.target) {
        Some(source) => Handler::any(source, args),
        None => Handler::find(args)?,
    };
    args.check(handler.source)?;
    let bodies = Body::read_all(&args.body, args.raw)?;
    let count = args.count.unwrap_or(1).max(bodies.len());
    let bodies = if bodies.is_empty() { default_body(&handler).into_iter().collect() } else { bodies };
    Ok(Event(examples::event(handler.source, &Wanted { details: handler.details, bodies, count })))
}

/// The example of a source, without anything that is asked for.
pub(crate) fn example(source: Source) -> Event {
    let details = Details::default();
    let bodies = placeholder::payload(source, &details).map(Body::json).into_iter().collect();
    Event(examples::event(source, &Wanted { details, bodies, count: 1 }))
}

/// What stands in for a payload that was not given.
fn default_body(handler: &Handler) -> Option<Body> {
    let Handler { name, source, details, schema } = handler;
    if *source == Source::Http && !details.method().takes_a_body() {
        return None;
    }
    let why = match schema.as_ref().map(shaped) {
        Some(Ok(body)) => return Some(body),
        Some(Err(error)) => format!("can't be followed: {error}"),
        None => "is not in the manifest".to_owned(),
    };
    let payload = placeholder::payload(*source, details)?;
    if let Some(name) = name {
        output::note(&format!(
            "the schema of what `{name}` takes {why}; the payload is a placeholder, and `--body` gives another one"
        ));
    }
    Some(Body::json(payload))
}

/// A payload after its schema. That of a form is the schema of a text, in which its fields stand.
fn shaped(schema: &Value) -> Result<Body, String> {
    let fields =
        schema.get("contentSchema").filter(|_| schema.get("contentMediaType").is_some_and(|kind| kind == FORM));
    let Some(fields) = fields else { return schema::example(schema).map(Body::json) };
    // What they refer to is the whole document's.
    let mut fields = fields.clone();
    if let (Some(words), Some(definitions)) = (fields.as_object_mut(), schema.get("$defs")) {
        words.insert("$defs".to_owned(), definitions.clone());
    }
    match schema::example(&fields)? {
        Value::Object(fields) => Ok(Body::form(&fields)),
        _ => Err("a form has fields".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_form_is_a_text_of_its_fields() {
        let form = json!({
            "type": "string",
            "contentMediaType": "application/x-www-form-urlencoded",
            "contentSchema": {"properties": {"user": {"$ref": "#/$defs/User"}, "age": {"type": "integer"}}},
            "$defs": {"User": {"type": "string"}},
        });
        let body = shaped(&form).unwrap();
        assert_eq!((body.text(), body.media_type()), ("age=1&user=user", FORM));
        let list = json!({"contentMediaType": FORM, "contentSchema": {"type": "array"}});
        assert!(shaped(&list).unwrap_err().contains("fields"));
        assert_eq!(shaped(&json!({"const": 1})).unwrap(), Body::json(json!(1)));
    }
}
