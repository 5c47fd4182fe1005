//! The options in a source's parentheses, as data: what each takes, and what it means.

use proc_macro2::Span;

use crate::args::Options;
use crate::args::value::At;
use crate::diag::{Code, Errors};

/// An option in a source's parentheses.
pub(crate) struct Opt {
    pub(crate) name: &'static str,
    pub(crate) takes: Takes,
    /// What it says, for the docs.
    #[cfg_attr(not(test), allow(dead_code, reason = "the docs are made of it by a test"))]
    pub(crate) meaning: &'static str,
}

/// The values of an option.
pub(crate) enum Takes {
    /// Any text; what it is, for the docs.
    Text(#[cfg_attr(not(test), allow(dead_code, reason = "the docs are made of it by a test"))] &'static str),
    /// One text, or a list of them.
    Texts(#[cfg_attr(not(test), allow(dead_code, reason = "the docs are made of it by a test"))] &'static str),
    /// The name or the ARN of a resource of this service.
    Resource { service: &'static str, what: &'static str },
    /// A number within these bounds; what it counts.
    Number(u64, u64, &'static str),
    /// A duration of whole seconds within these bounds; why there are bounds.
    Seconds(u64, u64, &'static str),
    /// One of these words.
    Word(&'static [&'static str]),
    /// Yes or no.
    Flag,
}

pub(crate) const fn opt(name: &'static str, takes: Takes, meaning: &'static str) -> Opt {
    Opt { name, takes, meaning }
}

/// What a source's parentheses say: data for the manifest, checked.
#[derive(Default)]
pub(crate) struct Settings {
    entries: Vec<Entry>,
    /// Options that are there, also those whose value was wrong and reported as such.
    given: Vec<&'static str>,
}

pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) value: Setting,
    pub(crate) span: Span,
}

/// The value of one setting.
#[derive(Clone, Debug)]
pub(crate) enum Setting {
    Text(String),
    Texts(Vec<String>),
    Number(u64),
    Flag(bool),
}

impl Settings {
    /// Reads the options out of a source's parentheses.
    pub(crate) fn read(options: &'static [Opt], from: &mut Options, errors: &mut Errors) -> Self {
        let mut settings = Self::default();
        for Opt { name, takes, .. } in options {
            let Some(arg) = from.take(name) else { continue };
            settings.given.push(name);
            let at = |at: At<Setting>| Entry { name, value: at.value, span: at.span };
            let entry = match *takes {
                Takes::Text(_) => arg.text(errors).map(|text| text.map(Setting::Text)),
                Takes::Texts(_) => arg.texts(errors).map(|texts| texts.map(Setting::Texts)),
                Takes::Resource { service, what } => arg.text(errors).map(|text| {
                    check_resource(name, &text, service, what, errors);
                    text.map(Setting::Text)
                }),
                Takes::Number(min, max, why) => {
                    arg.number_in(min, max, why, errors).map(|number| number.map(Setting::Number))
                }
                Takes::Seconds(min, max, why) => {
                    arg.seconds_in(min, max, why, errors).map(|seconds| seconds.map(Setting::Number))
                }
                Takes::Word(words) => arg.word_of(words, errors).and_then(|index| {
                    let word = words.get(index)?;
                    Some(At { value: Setting::Text((*word).to_owned()), span: arg.name.span() })
                }),
                Takes::Flag => {
                    arg.boolean(errors).map(|value| At { value: Setting::Flag(value), span: arg.name.span() })
                }
            };
            settings.entries.extend(entry.map(at));
        }
        settings
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name == name)
    }

    /// Whether the option is there, be it with a wrong value.
    pub(crate) fn is_given(&self, name: &str) -> bool {
        self.given.contains(&name)
    }

    pub(crate) fn number(&self, name: &str) -> Option<At<u64>> {
        let entry = self.entry(name)?;
        match entry.value {
            Setting::Number(value) => Some(At { value, span: entry.span }),
            _ => None,
        }
    }

    pub(crate) fn text(&self, name: &str) -> Option<At<&str>> {
        let entry = self.entry(name)?;
        match &entry.value {
            Setting::Text(value) => Some(At { value, span: entry.span }),
            _ => None,
        }
    }
}

/// A resource is named, or given by an ARN of its service; an URL is neither.
fn check_resource(option: &str, text: &At<String>, service: &str, what: &str, errors: &mut Errors) {
    let At { value, span } = text;
    let is_foreign = value.strip_prefix("arn:").is_some_and(|arn| arn.split(':').nth(1) != Some(service));
    if is_foreign {
        let message = format!("`{value}` is not the ARN of {what}: its third part has to be `{service}`");
        errors.at_span(*span, Code::ResourceName, message);
    } else if value.is_empty() || value.contains("://") {
        let not = if value.is_empty() { "" } else { ", not a URL" };
        let message = format!("`{option}` takes the name or the ARN of {what}{not}");
        errors.at_span(*span, Code::ResourceName, message);
    }
}

#[cfg(test)]
impl Takes {
    /// The values as the docs show them.
    pub(crate) fn shown(&self) -> String {
        let duration = |seconds: u64| humantime::format_duration(std::time::Duration::from_secs(seconds)).to_string();
        match self {
            Self::Text(what) => (*what).to_owned(),
            Self::Texts(what) => format!("{what}, or a list: `[\"…\", \"…\"]`"),
            Self::Resource { what, .. } => format!("{what}, by name or ARN"),
            Self::Number(min, max, _) => format!("{min} to {max}"),
            Self::Seconds(min, max, _) => format!("{} to {}", duration(*min), duration(*max)),
            Self::Word(words) => {
                let words: Vec<String> = words.iter().map(|word| format!("`\"{word}\"`")).collect();
                words.join(", ")
            }
            Self::Flag => "`true`, `false`".to_owned(),
        }
    }

    /// How a value is written.
    pub(crate) fn form(&self) -> &'static str {
        match self {
            Self::Number(..) => "N",
            Self::Flag => "true",
            _ => "\"…\"",
        }
    }
}
