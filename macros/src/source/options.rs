//! The options in a source's parentheses, as data: what each takes, and what it means.

use proc_macro2::Span;

use crate::args::Options;
use crate::args::value::At;
use crate::diag::{Code, Errors};
use crate::filter::record::Record;
use crate::filter::{self, Filter};
use crate::http::cors::Cors;
use crate::http::mount::without_last_slash;
use crate::http::pattern::Pattern;

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
    /// A path's prefix.
    Prefix,
    /// What browsers on other origins may do.
    Cors,
    /// Filters of such records.
    Filters(&'static Record),
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
    /// What `cors` says.
    pub(crate) cors: Option<Cors>,
    /// What `prefix` says.
    pub(crate) prefix: Option<Pattern>,
    /// What `filters` says.
    pub(crate) filters: Vec<At<Filter>>,
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
                Takes::Cors => {
                    settings.cors = Cors::read(&arg, errors);
                    let origins = settings.cors.as_ref().map(|cors| cors.origins.clone());
                    let origins = origins.map(|origins| origins.unwrap_or_else(|| vec!["*".to_owned()]));
                    origins.map(|value| At { value: Setting::Texts(value), span: arg.name.span() })
                }
                Takes::Prefix => {
                    let text = arg.text(errors);
                    let pattern = text.and_then(|text| Pattern::read(text.value, text.span, errors));
                    settings.prefix = pattern.and_then(|pattern| without_last_slash(pattern, errors));
                    let text = settings.prefix.as_ref().map(|prefix| prefix.text.clone());
                    text.map(|value| At { value: Setting::Text(value), span: arg.name.span() })
                }
                Takes::Filters(record) => arg.each_text(errors).map(|texts| {
                    settings.filters = filter::read(name, &texts.value, record, errors);
                    let patterns = settings.filters.iter().map(|filter| filter.value.pattern.clone()).collect();
                    At { value: Setting::Texts(patterns), span: texts.span }
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
            Self::Prefix => "a path, such as `\"/v1\"`".to_owned(),
            Self::Filters(_) => "JSON, or a list: `[r#\"…\"#, r#\"…\"#]`".to_owned(),
            Self::Cors => "an origin, a list of origins, `\"*\"`, or `cors(origins = …, …)`".to_owned(),
        }
    }

    /// How a value is written.
    pub(crate) fn form(&self) -> &'static str {
        match self {
            Self::Number(..) => "N",
            Self::Flag => "true",
            Self::Filters(_) => "r#\"…\"#",
            _ => "\"…\"",
        }
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::TokenStream;
    use quote::quote;

    use super::*;
    use crate::args;
    use crate::source;

    /// The settings as they are shown, or the messages.
    fn read(source: &str, tokens: TokenStream) -> Result<Vec<(&'static str, String)>, Vec<String>> {
        let source = source::named(source).unwrap();
        let mut errors = Errors::default();
        let mut options = Options::new(args::parse(tokens, &mut errors), &mut errors);
        let settings = Settings::read(source.options, &mut options, &mut errors);
        (source.check)(&settings, &mut errors);
        options.finish(&[], |_| None, &mut errors);
        if !errors.is_empty() {
            return Err(errors.messages());
        }
        Ok(settings.entries().iter().map(|entry| (entry.name, format!("{:?}", entry.value))).collect())
    }

    fn codes(source: &str, tokens: TokenStream) -> Vec<String> {
        let messages = read(source, tokens).err().unwrap_or_default();
        let codes = messages.iter().filter_map(|message| message.strip_prefix("lambkin::")?.split(':').next());
        codes.map(str::to_owned).collect()
    }

    #[test]
    fn settings_stand_in_the_tables_order_with_their_values() {
        let settings = read("s3", quote!(suffix = ".png", events = ["a", "b"], bucket = "photos")).unwrap();
        let expected =
            [("bucket", r#"Text("photos")"#), ("events", r#"Texts(["a", "b"])"#), ("suffix", r#"Text(".png")"#)];
        assert_eq!(settings, expected.map(|(name, value)| (name, value.to_owned())));
        // One text is a list of one.
        assert_eq!(read("ses", quote!(recipients = "a")).unwrap(), [("recipients", r#"Texts(["a"])"#.to_owned())]);
        let settings = read("kinesis", quote!(window = "1m", bisect_batch_on_function_error = true)).unwrap();
        assert_eq!(
            settings,
            [("window", "Number(60)".to_owned()), ("bisect_batch_on_function_error", "Flag(true)".to_owned())]
        );
    }

    #[test]
    fn a_resource_is_a_name_or_an_arn_of_its_service() {
        for fits in
            ["sales", "arn:aws:kinesis:eu-west-1:1:stream/sales", "arn:aws-us-gov:kinesis:r:1:stream/s/consumer/c:1"]
        {
            assert!(read("kinesis", quote!(stream = #fits)).is_ok(), "{fits}");
        }
        for wrong in ["", "https://kinesis.eu-west-1.amazonaws.com", "arn:aws:sqs:eu-west-1:1:sales", "arn:", "arn:aws"]
        {
            assert_eq!(codes("kinesis", quote!(stream = #wrong)), ["E028"], "{wrong}");
        }
    }

    #[test]
    fn both_bounds_are_within() {
        for (source, tokens) in [
            ("kinesis", quote!(batch_size = 1, parallelization_factor = 1, maximum_retry_attempts = 0)),
            ("kinesis", quote!(batch_size = 10000, parallelization_factor = 10, maximum_retry_attempts = 10000)),
            ("dynamodb", quote!(window = "0s", maximum_record_age = "1m", tumbling_window = "1s")),
            ("dynamodb", quote!(window = "5m", maximum_record_age = "7days", tumbling_window = "15m")),
            ("kafka", quote!(minimum_pollers = 1, maximum_pollers = 1)),
            ("kafka", quote!(minimum_pollers = 200, maximum_pollers = 2000)),
            ("sns", quote!(maximum_retry_attempts = 0, maximum_event_age = "60s")),
            ("iot", quote!(maximum_retry_attempts = 2, maximum_event_age = "6h")),
        ] {
            assert!(read(source, tokens.clone()).is_ok(), "{tokens}");
        }
        for (source, tokens, code) in [
            ("kinesis", quote!(batch_size = 0), "E022"),
            ("kinesis", quote!(parallelization_factor = 0), "E022"),
            ("kafka", quote!(minimum_pollers = 0), "E022"),
            ("kafka", quote!(minimum_pollers = 3, maximum_pollers = 2), "E026"),
            ("dynamodb", quote!(window = "301s"), "E021"),
            ("dynamodb", quote!(maximum_record_age = "59s"), "E021"),
            ("dynamodb", quote!(tumbling_window = "901s"), "E021"),
            ("dynamodb", quote!(tumbling_window = "1m", parallelization_factor = 2), "E026"),
            ("sqs", quote!(batch_size = 11), "E023"),
            ("sqs", quote!(batch_size = 11, window = "0s"), "E023"),
            ("sqs", quote!(queue = "a.fifo", batch_size = 11), "E024"),
            ("schedule", quote!(expression = "rate(1 hours)"), "E029"),
            ("sns", quote!(topic = "orders.fifo"), "E028"),
            ("sns", quote!(topic = "arn:aws:sns:eu-west-1:1:orders.fifo"), "E028"),
            ("eventbridge", quote!(maximum_retry_attempts = 3), "E022"),
            ("s3", quote!(maximum_event_age = "59s"), "E021"),
            ("cloudwatch_logs", quote!(maximum_event_age = "21601s"), "E021"),
        ] {
            assert_eq!(codes(source, tokens.clone()), [code], "{tokens}");
        }
    }

    #[test]
    fn a_wrong_value_is_reported_once() {
        // The window is wrong, and not missing.
        assert_eq!(codes("sqs", quote!(batch_size = 100, window = "10m")), ["E021"]);
        assert_eq!(codes("kinesis", quote!(tumbling_window = 60, parallelization_factor = 1)), ["E008"]);
        assert_eq!(codes("kafka", quote!(minimum_pollers = 300, maximum_pollers = 2)), ["E022"]);
    }

    #[test]
    fn a_word_of_another_case_is_a_near_miss() {
        let messages = read("dynamodb", quote!(view = "new_image")).unwrap_err();
        assert!(messages.concat().contains("did you mean `NEW_IMAGE`?"), "{messages:?}");
    }

    #[test]
    fn filters_stand_in_the_manifest_without_white_space() {
        let filters = quote!(filters = [r#"{ "body": { "a b": ["c d"] } }"#, "{\"messageId\": [\"1\"]}"]);
        let expected = r##"Texts(["{\"body\":{\"a b\":[\"c d\"]}}", "{\"messageId\":[\"1\"]}"])"##;
        assert_eq!(read("sqs", filters).unwrap(), [("filters", expected.to_owned())]);
        for (source, filter) in [
            ("kinesis", r#"{"data": {"a": [1]}}"#),
            ("dynamodb", r#"{"eventName": ["INSERT"]}"#),
            ("kafka", r#"{"value": ["a"]}"#),
            ("activemq", r#"{"data": ["a"]}"#),
        ] {
            assert!(read(source, quote!(filters = #filter)).is_ok(), "{source}");
        }
    }

    #[test]
    fn each_filter_is_checked() {
        let wrong = quote!(filters = [r#"{"body": ["a"]}"#, r#"{"body": "a"}"#, r#"{"type": ["a"]}"#]);
        assert_eq!(codes("sqs", wrong), ["E038", "E039"]);
        assert_eq!(codes("sqs", quote!(filters = [])), ["E008"]);
        assert_eq!(codes("sqs", quote!(filters = 5)), ["E008"]);
        assert_eq!(codes("sns", quote!(filters = "{}")), ["E006"]);
        let many = |count: usize| vec![r#"{"body": ["a"]}"#; count];
        let (ten, eleven) = (many(10), many(11));
        assert!(read("sqs", quote!(filters = [#(#ten),*])).is_ok());
        assert_eq!(codes("sqs", quote!(filters = [#(#eleven),*])), ["E022"]);
    }

    #[test]
    fn a_filter_asks_for_images_of_the_view() {
        let of = |image: &str| format!(r#"{{"dynamodb": {{"{image}": {{"a": {{"S": ["b"]}}}}}}}}"#);
        let (new, old, keys) = (of("NewImage"), of("OldImage"), of("Keys"));
        for (view, filter, expected) in [
            ("NEW_AND_OLD_IMAGES", &old, None),
            ("NEW_IMAGE", &new, None),
            ("NEW_IMAGE", &old, Some("E026")),
            ("OLD_IMAGE", &new, Some("E026")),
            ("KEYS_ONLY", &new, Some("E026")),
            ("KEYS_ONLY", &old, Some("E026")),
            ("KEYS_ONLY", &keys, None),
        ] {
            let found = codes("dynamodb", quote!(view = #view, filters = #filter));
            assert_eq!(found.first().map(String::as_str), expected, "{view} {filter}");
        }
        assert!(read("dynamodb", quote!(filters = #old)).is_ok());
    }
}
