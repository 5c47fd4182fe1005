//! How many environments a function may have, and how many are kept ready.

use crate::args::Options;
use crate::args::value::At;
use crate::diag::{Code, Errors};
use crate::source::options::Settings;

/// The most that AWS's API can be told; an account's own quota is far below.
const MOST: u64 = i32::MAX as u64;

/// `reserved_concurrency = N` and `provisioned_concurrency = N`.
#[derive(Clone, Copy, Default)]
pub(crate) struct Concurrency {
    pub(crate) reserved: Option<u64>,
    pub(crate) provisioned: Option<u64>,
}

impl Concurrency {
    /// Reads both. What is reserved has to hold what is kept ready
    /// (<https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html>) and what the event source mapping
    /// starts (<https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html>).
    pub(crate) fn read(settings: &Settings, options: &mut Options, errors: &mut Errors) -> Self {
        let reserved = options.take("reserved_concurrency").and_then(|arg| {
            let number = arg.number(errors)?;
            if number.value == 0 {
                let message = "`reserved_concurrency = 0` turns the function off: Lambda throttles every invocation; reserve 1 \
                               or more, or remove the option";
                errors.at_span(number.span, Code::TurnedOff, message);
                return None;
            }
            arg.number_in(1, MOST, "environments that the function has to itself", errors)
        });
        let provisioned = options
            .take("provisioned_concurrency")
            .and_then(|arg| arg.number_in(1, MOST, "environments that are kept ready", errors));
        if let Some(At { value: most, .. }) = reserved {
            let check = |name: &str, number: Option<At<u64>>, why: &str, errors: &mut Errors| {
                if let Some(At { value, span }) = number.filter(|number| number.value > most) {
                    let message = format!("`{name} = {value}` is more than `reserved_concurrency = {most}`: {why}");
                    errors.at_span(span, Code::OverReserved, message);
                }
            };
            let why = "no more environments than that can be kept ready";
            check("provisioned_concurrency", provisioned, why, errors);
            let why =
                "Lambda would throttle what the event source mapping starts, and messages would be received again";
            check("maximum_concurrency", settings.number("maximum_concurrency"), why, errors);
        }
        Self { reserved: reserved.map(|at| at.value), provisioned: provisioned.map(|at| at.value) }
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::TokenStream;
    use quote::quote;

    use super::*;
    use crate::args;
    use crate::source;

    fn read(sqs: TokenStream, tokens: TokenStream) -> Result<(Option<u64>, Option<u64>), Vec<String>> {
        let mut errors = Errors::default();
        let mut inside = Options::new(args::parse(sqs, &mut errors), &mut errors);
        let settings = Settings::read(source::named("sqs").unwrap().options, &mut inside, &mut errors);
        let mut options = Options::new(args::parse(tokens, &mut errors), &mut errors);
        let read = Concurrency::read(&settings, &mut options, &mut errors);
        if errors.is_empty() { Ok((read.reserved, read.provisioned)) } else { Err(errors.messages()) }
    }

    #[test]
    fn what_is_reserved_holds_all_else() {
        let all = quote!(reserved_concurrency = 10, provisioned_concurrency = 10);
        assert_eq!(read(quote!(maximum_concurrency = 10), all), Ok((Some(10), Some(10))));
        assert_eq!(read(quote!(), quote!(provisioned_concurrency = 3)), Ok((None, Some(3))));
        assert_eq!(read(quote!(maximum_concurrency = 10), quote!()), Ok((None, None)));
        for (sqs, tokens, code) in [
            (quote!(), quote!(reserved_concurrency = 0), "E036"),
            (quote!(), quote!(reserved_concurrency = 0, provisioned_concurrency = 1), "E036"),
            (quote!(), quote!(reserved_concurrency = -1), "E008"),
            (quote!(), quote!(reserved_concurrency = 2147483648), "E022"),
            (quote!(), quote!(provisioned_concurrency = 0), "E022"),
            (quote!(), quote!(reserved_concurrency = 9, provisioned_concurrency = 10), "E037"),
            (quote!(maximum_concurrency = 10), quote!(reserved_concurrency = 9), "E037"),
        ] {
            let messages = read(sqs, tokens.clone()).unwrap_err();
            assert_eq!(messages.len(), 1, "{tokens}: {messages:?}");
            assert!(messages[0].starts_with(&format!("lambkin::{code}: ")), "{tokens}: {messages:?}");
        }
    }
}
