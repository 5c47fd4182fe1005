//! Payloads, as they are given on the command line.

use std::io::Read as _;
use std::path::Path;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use crate::error::CliError;

/// The media type of a form.
pub(super) const FORM: &str = "application/x-www-form-urlencoded";

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// A payload: its text, and what that means where it is JSON.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Body {
    text: String,
    json: Option<Value>,
    is_form: bool,
}

impl Body {
    pub(super) fn json(value: Value) -> Self {
        Self { text: value.to_string(), json: Some(value), is_form: false }
    }

    /// A form of these fields. One that is a list stands there once for each of its values, one that is nothing not at all.
    pub(super) fn form(fields: &Map<String, Value>) -> Self {
        let mut pairs = Vec::new();
        for (name, value) in fields {
            let values = match value {
                Value::Array(values) => values.as_slice(),
                value => std::slice::from_ref(value),
            };
            for value in values.iter().filter(|value| !value.is_null()) {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                pairs.push(format!("{}={}", encoded(name), encoded(&text)));
            }
        }
        Self { text: pairs.join("&"), json: None, is_form: true }
    }

    /// Reads each: the text itself, `@FILE`, or `-` for standard input.
    pub(super) fn read_all(given: &[String], raw: bool) -> Result<Vec<Self>, CliError> {
        if given.iter().filter(|given| *given == "-").count() > 1 {
            return Err(CliError::new("`--body -` stands there twice, and there is one standard input"));
        }
        given.iter().map(|given| Self::read(given, raw)).collect()
    }

    fn read(given: &str, raw: bool) -> Result<Self, CliError> {
        let (text, origin) = match given.strip_prefix('@') {
            Some(path) => {
                let path = Path::new(path);
                let text = std::fs::read_to_string(path).map_err(|error| CliError::file(path, &error))?;
                (text, format!("`{}`", path.display()))
            }
            None if given == "-" => {
                let mut text = String::new();
                let read = std::io::stdin().lock().read_to_string(&mut text);
                read.map_err(|error| CliError::new(format!("standard input: {error}")))?;
                (text, "standard input".to_owned())
            }
            None => (given.to_owned(), format!("`{given}`")),
        };
        if raw {
            return Ok(Self { text, json: None, is_form: false });
        }
        let json = serde_json::from_str(&text).map_err(|error| {
            CliError::new(format!("`--body`: {origin} is not JSON: {error}; `--raw` takes a text as it is"))
        })?;
        // The text stays as it was written, in the order that it has: a signature may be over it.
        Ok(Self { text: text.trim().to_owned(), json: Some(json), is_form: false })
    }

    /// The payload as text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The payload as a value: a text where it is not JSON.
    pub(super) fn value(&self) -> Value {
        self.json.clone().unwrap_or_else(|| Value::from(self.text.as_str()))
    }

    /// What a request says that it is.
    pub(super) fn media_type(&self) -> &'static str {
        match (&self.json, self.is_form) {
            (Some(_), _) => "application/json",
            (None, true) => FORM,
            (None, false) => "text/plain; charset=utf-8",
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_body_is_json_unless_it_is_said_to_be_raw() {
        let body = Body::read(r#" {"z": 1, "a": 2} "#, false).unwrap();
        assert_eq!((body.text(), body.value()), (r#"{"z": 1, "a": 2}"#, json!({"a": 2, "z": 1})));
        let error = Body::read("{hello", false).unwrap_err().to_string();
        assert!(error.contains("`{hello` is not JSON") && error.contains("`--raw`"), "{error}");
        let body = Body::read("{hello", true).unwrap();
        assert_eq!(
            (body.text(), body.value(), body.media_type()),
            ("{hello", json!("{hello"), "text/plain; charset=utf-8")
        );
    }

    #[test]
    fn a_form_has_its_fields_one_by_one() {
        let fields = json!({"a": "b & c", "list": [1, true], "none": null, "ü": ""});
        let form = Body::form(fields.as_object().unwrap());
        assert_eq!((form.text(), form.media_type()), ("a=b%20%26%20c&list=1&list=true&%C3%BC=", FORM));
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let error = Body::read("@no/such.json", false).unwrap_err().to_string();
        assert!(error.contains("`no/such.json`"), "{error}");
    }

    #[test]
    fn there_is_one_standard_input() {
        let error = Body::read_all(&["-".to_owned(), "-".to_owned()], false).unwrap_err().to_string();
        assert!(error.contains("twice"), "{error}");
    }
}
