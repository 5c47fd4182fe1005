//! Filters of what is polled: which records a handler gets.

use serde_json::Value;

use crate::check::codes;
use crate::check::finding::Findings;
use crate::check::observed::{Field, Mapping, Place, Polled};
use crate::check::words;
use crate::filters;

/// `wanted` is what the attribute says.
pub(super) fn check(wanted: &[String], mapping: &Mapping, findings: &mut Findings) {
    let none = Vec::new();
    let (found, place) = match &mapping.filters {
        Field::Known(found, place) => (found, place),
        Field::Absent | Field::Default(_) => (&none, &mapping.place),
        // Unless it is a queue's, there is nothing to say of what is not known.
        Field::Unknown(place) => return deletes(wanted, mapping, place, findings),
    };
    let read = readable(found, findings);
    if found.len() > filters::MOST {
        let message = format!("these are {} filters, and a mapping has {} at most", found.len(), filters::MOST);
        findings.add(&codes::FILTER_REFUSED, place, message, "fewer filters, of more fields or values".to_owned());
    }
    // What is not known may be what is wanted.
    let (Some(read), Some(meant)) = (read, parsed(wanted)) else { return };
    match (meant.as_slice(), read.as_slice()) {
        ([], []) => {}
        ([], _) => deletes(wanted, mapping, place, findings),
        (_, []) => {
            let message = format!("the attribute has {}, and here are none", shown(wanted));
            findings.add(&codes::FILTERS_WIDER, place, message, words::filters(place, wanted));
        }
        (meant, read) => {
            let (has_all, has_more) = (filters::are_among(meant, read), !filters::are_among(read, meant));
            let rule = if has_all { &codes::FILTERS_WIDER } else { &codes::FILTERS_DIFFER };
            if !has_all || has_more {
                let here: Vec<String> = read.iter().map(Value::to_string).collect();
                let message = format!("the attribute has {}, and here {}", shown(wanted), is(&here));
                findings.add(rule, place, message, words::filters(place, wanted));
            }
        }
    }
}

/// The filters as JSON, if all of them are known and right; what is wrong is said.
fn readable(found: &[Field<String>], findings: &mut Findings) -> Option<Vec<Value>> {
    let mut all = Some(Vec::new());
    for filter in found {
        let value = match filter {
            Field::Known(pattern, place) => match filters::parsed(pattern) {
                Ok(value) => Some(value),
                Err(what) => {
                    let fix = match filters::is_too_long(pattern) {
                        true => "several shorter filters: what one of them takes is taken",
                        false => {
                            "a JSON object whose fields lead to lists, as in `{\"body\": {\"type\": [\"order\"]}}`"
                        }
                    };
                    let message = format!("this filter is refused: {what}");
                    findings.add(&codes::FILTER_REFUSED, place, message, fix.to_owned());
                    None
                }
            },
            Field::Absent | Field::Default(_) | Field::Unknown(_) => None,
        };
        all = all.zip(value).map(|(mut all, value)| {
            all.push(value);
            all
        });
    }
    all
}

/// What the attribute has is checked by the compiler; a manifest of another origin may be wrong.
fn parsed(wanted: &[String]) -> Option<Vec<Value>> {
    wanted.iter().map(|filter| filters::parsed(filter).ok()).collect()
}

/// Who says in the attribute which messages are wanted knows that the others are not kept.
fn deletes(wanted: &[String], mapping: &Mapping, place: &Place, findings: &mut Findings) {
    if mapping.kind == Some(Polled::Sqs) && wanted.is_empty() {
        let message = "messages that its filter does not take are deleted from the queue".to_owned();
        let fix = "nothing, if no other reader needs them; else filter where they are sent".to_owned();
        findings.add(&codes::FILTER_DELETES, place, message, fix);
    }
}

fn shown(filters: &[String]) -> String {
    match filters {
        [one] => format!("the filter `{}`", short(one)),
        all => format!("the filters {}", listed(all)),
    }
}

fn is(filters: &[String]) -> String {
    match filters {
        [one] => format!("it is `{}`", short(one)),
        all => format!("they are {}", listed(all)),
    }
}

fn listed(filters: &[String]) -> String {
    let filters: Vec<String> = filters.iter().map(|filter| format!("`{}`", short(filter))).collect();
    filters.join(", ")
}

/// A filter may be longer than anybody reads.
fn short(filter: &str) -> String {
    const LONGEST: usize = 200;

    match filter.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", filter.get(..end).unwrap_or_default()),
        None => filter.to_owned(),
    }
}
