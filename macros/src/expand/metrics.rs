//! The section `metrics` of `main!`: the namespace of the app's metrics.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Lit, LitStr};

use crate::diag::{Code, Errors};
use crate::expand::moved;
use crate::expand::wiring::Entries;

/// What the app says of its metrics.
pub(super) fn constant(private: &TokenStream, namespace: &LitStr) -> TokenStream {
    // At the namespace, where the lack of the feature is reported.
    let there = moved(private, namespace);
    let metrics = quote_spanned!(namespace.span()=> #there::Metrics::of::<#there::Feature>(#namespace));
    quote! {
        const METRICS: ::core::option::Option<#private::Metrics> = ::core::option::Option::Some(#metrics);
    }
}

/// The namespace: what CloudWatch takes as one, by
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#Namespace>.
pub(super) fn namespace(section: &Ident, entries: &Entries, errors: &mut Errors) -> Option<LitStr> {
    let text = match entries {
        Entries::Literal(Lit::Str(text)) => text,
        other => {
            let message = "`metrics` takes the namespace of the metrics, as in `metrics: \"Shop\"`";
            match other {
                Entries::Literal(literal) => errors.at(literal, Code::Namespace, message),
                Entries::Path(path) => errors.at(path, Code::Namespace, message),
                Entries::List(_) => errors.at(section, Code::Namespace, message),
            }
            return None;
        }
    };
    let value = text.value();
    let is_valid = |c: char| c.is_ascii_alphanumeric() || ".-_/#: ".contains(c);
    let fault = if value.trim().is_empty() {
        "a namespace of metrics is not empty: a name such as \"Shop\""
    } else if value.len() > 255 {
        "a namespace of metrics has at most 255 characters"
    } else if let Some(odd) = value.chars().find(|c| !is_valid(*c)) {
        errors.at(
            text,
            Code::Namespace,
            format_args!("a namespace of metrics has no {odd:?}: only A-Z a-z 0-9 . - _ / # : and the space"),
        );
        return None;
    } else if value.starts_with(':') {
        "a namespace of metrics does not start with a colon"
    } else if value.starts_with("AWS/") {
        "namespaces that start with `AWS/` are for AWS's own metrics"
    } else {
        return Some(text.clone());
    };
    errors.at(text, Code::Namespace, fault);
    None
}

#[cfg(test)]
mod tests {
    use proc_macro2::Span;

    use super::*;

    #[test]
    fn a_namespace_is_what_cloudwatch_takes() {
        let message = |text: &str| {
            let mut errors = Errors::default();
            let literal = Entries::Literal(Lit::Str(LitStr::new(text, Span::call_site())));
            let namespace = namespace(&Ident::new("metrics", Span::call_site()), &literal, &mut errors);
            assert_eq!(namespace.is_some(), errors.is_empty(), "{text}");
            errors.messages().pop()
        };
        for right in ["Shop", "my app/prod", "a.b-c_d#e:f", &"n".repeat(255)] {
            assert_eq!(message(right), None, "{right}");
        }
        for (wrong, about) in [
            ("", "not empty"),
            (" ", "not empty"),
            (":a", "colon"),
            ("AWS/Lambda", "AWS's own"),
            ("Bücher", "no 'ü'"),
            ("a\nb", "no '\\n'"),
            (&"n".repeat(256), "at most 255"),
        ] {
            let message = message(wrong).unwrap_or_default();
            assert!(message.starts_with("lambkin::E096: ") && message.contains(about), "{wrong}: {message}");
        }
    }
}
