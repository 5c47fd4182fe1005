//! Filters of polled sources, checked at compile time: JSON, what Lambda takes for a pattern, and what a record of the source
//! has.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html>

mod json;
mod operator;
mod pattern;
pub(crate) mod record;
#[cfg(test)]
mod tests;

use std::ops::Range;

use crate::args::value::At;
use crate::diag::{Code, Errors};
use crate::filter::record::Record;
use crate::marked::{marked, on_one_line};

/// The longest pattern, in the units that AWS's Java counts:
/// <https://docs.aws.amazon.com/lambda/latest/api/API_Filter.html>.
const LONGEST: usize = 4096;

/// How many filters a mapping may have. Five is only the default of a quota that an account can have raised, and the compiler
/// does not know the account's.
const MOST: usize = 10;

/// How much of a filter a message shows.
const SHOWN: usize = 100;

/// A filter that is right.
#[derive(Clone, Debug)]
pub(crate) struct Filter {
    /// What Lambda is given: without white space, which would count, and lines, which not every deployer takes.
    pub(crate) pattern: String,
    /// The images of an item that it asks for.
    pub(crate) images: Vec<&'static str>,
}

/// What is wrong with a filter.
#[derive(Debug)]
struct Mistake {
    code: Code,
    /// In bytes of the text; it is empty where something is missing.
    place: Range<usize>,
    what: String,
    /// What to write.
    hint: String,
}

impl Mistake {
    /// Lambda refuses it.
    fn form(place: Range<usize>, what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { code: Code::FilterPattern, place, what: what.into(), hint: hint.into() }
    }

    /// Lambda takes it, and no record has what it names.
    fn dead(place: Range<usize>, what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { code: Code::DeadFilter, place, what: what.into(), hint: hint.into() }
    }

    /// The error, with a mark under the place.
    fn message(&self, text: &str) -> String {
        let Self { code, place, what, hint } = self;
        let is = match code {
            Code::DeadFilter => "this filter names what no record has",
            _ => "this is no filter",
        };
        let marked = marked(text, place.clone(), SHOWN);
        format!("{is}: {}\n{marked}\n{}", on_one_line(what), on_one_line(hint))
    }
}

/// The filters that are right; what is wrong with the others is said of each.
pub(crate) fn read(
    option: &str,
    texts: &[At<String>],
    record: &'static Record,
    errors: &mut Errors,
) -> Vec<At<Filter>> {
    if let Some(extra) = texts.get(MOST) {
        let message = format!(
            "`{option}` takes up to {}: so many filters a mapping has at most, and 5 until the account's quota is raised",
            MOST
        );
        errors.at_span(extra.span, Code::NumberRange, message);
    }
    let mut right = Vec::new();
    for At { value: text, span } in texts {
        match check(text, record) {
            Ok(value) => right.push(At { value, span: *span }),
            Err(mistakes) => {
                for mistake in mistakes {
                    errors.at_span(*span, mistake.code, mistake.message(text));
                }
            }
        }
    }
    right
}

/// Checks a filter of such records.
fn check(text: &str, record: &'static Record) -> Result<Filter, Vec<Mistake>> {
    let (value, pattern) = json::parse(text).map_err(|mistake| vec![mistake])?;
    let (images, mut mistakes) = pattern::check(text, &value, record);
    let length = pattern.encode_utf16().count();
    if length > LONGEST {
        let what = format!("it has {length} characters, and Lambda takes up to {LONGEST}");
        mistakes.push(Mistake::form(0..text.len(), what, "filters are or-ed: what one of them takes is taken"));
    }
    if mistakes.is_empty() { Ok(Filter { pattern, images }) } else { Err(mistakes) }
}
