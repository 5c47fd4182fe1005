//! What CloudWatch takes, and what becomes of the rest.
//!
//! The numbers are those of the format and of the API behind it:
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>,
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html>,
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Dimension.html>. Where two of them differ, it is the
//! smaller one.

/// The metrics in a document.
pub(super) const METRICS: usize = 100;

/// The values of a metric in a document.
pub(super) const VALUES: usize = 100;

/// The dimensions of a metric.
pub(super) const DIMENSIONS: usize = 30;

/// A document may have 1 MB, as any event of CloudWatch Logs. That was 256 KB for years, and whoever forwards logs may have
/// stayed there: a document more costs a few hundred bytes.
pub(super) const DOCUMENT_BYTES: usize = 250_000;

/// The name of a metric, in characters.
const METRIC_NAME: usize = 255;

/// The name of a dimension, in characters.
const DIMENSION_NAME: usize = 250;

/// The value of a dimension, in characters; and of what is written in place of one.
const DIMENSION_VALUE: usize = 1024;

/// The largest value of a metric, on both sides of zero.
const LARGEST: f64 = {
    let mut power = 1.0_f64;
    let mut exponent = 0;
    while exponent < 360 {
        power *= 2.0;
        exponent += 1;
    }
    power
};

/// What is wrong with a namespace, if anything is.
pub(crate) fn namespace_fault(namespace: &str) -> Option<&'static str> {
    let is_valid = |byte: u8| byte.is_ascii_alphanumeric() || b".-_/#: ".contains(&byte);
    if namespace.trim().is_empty() {
        Some("is empty")
    } else if namespace.len() > 255 {
        Some("is longer than 255 characters")
    } else if !namespace.bytes().all(is_valid) {
        Some("has a character that is none of A-Z a-z 0-9 . - _ / # : and the space")
    } else if namespace.starts_with(':') {
        Some("starts with a colon")
    } else if namespace.starts_with("AWS/") {
        Some("starts with `AWS/`, which is for AWS's own")
    } else {
        None
    }
}

/// The name as CloudWatch takes it, or `None` if there is none.
pub(super) fn metric_name(name: &str) -> Option<&str> {
    (!name.trim().is_empty()).then(|| cut(name, METRIC_NAME))
}

/// Whether this can be a dimension.
pub(super) fn is_dimension(name: &str, value: &str) -> bool {
    let is_text = |text: &str, longest: usize| {
        let is_ascii = text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_control());
        is_ascii && text.len() <= longest && !text.trim().is_empty()
    };
    is_text(name, DIMENSION_NAME) && is_text(value, DIMENSION_VALUE) && !name.starts_with(':')
}

/// What is written of a label that is no dimension.
pub(super) fn property(name: &str, value: &str) -> (String, String) {
    (cut(name, DIMENSION_NAME).to_owned(), cut(value, DIMENSION_VALUE).to_owned())
}

/// Whether this can be a value.
pub(super) fn is_value(value: f64) -> bool {
    value.abs() <= LARGEST
}

/// The text up to so many characters.
fn cut(text: &str, characters: usize) -> &str {
    let end = text.char_indices().nth(characters).map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or(text)
}

#[cfg(test)]
mod unit_tests {
    use super::*;

    #[test]
    fn a_namespace_is_what_cloudwatch_takes() {
        for namespace in ["Orders", "my app/prod", "a.b-c_d#e:f", &"n".repeat(255)] {
            assert_eq!(namespace_fault(namespace), None, "{namespace}");
        }
        for namespace in ["", "  ", ":a", "AWS/Lambda", "Bücher", "a\n", "a|b", &"n".repeat(256)] {
            assert!(namespace_fault(namespace).is_some(), "{namespace}");
        }
    }

    #[test]
    fn a_dimension_is_what_cloudwatch_takes() {
        assert!(is_dimension("Currency", "EUR"));
        assert!(is_dimension(&"n".repeat(250), &"v".repeat(1024)));
        let long = ("n".repeat(251), "v".repeat(1025));
        for (name, value) in [
            ("", "v"),
            (" ", "v"),
            (":n", "v"),
            ("ñ", "v"),
            (&long.0, "v"),
            ("n", ""),
            ("n", " "),
            ("n", "ü"),
            ("n", "a\tb"),
            ("n", &long.1),
        ] {
            assert!(!is_dimension(name, value), "{name}={value}");
        }
    }

    #[test]
    fn a_value_is_finite_and_not_astronomic() {
        for value in [0.0, -0.0, 1.5, 2.0_f64.powi(360), -2.0_f64.powi(360)] {
            assert!(is_value(value), "{value}");
        }
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 2.0_f64.powi(361), f64::MIN] {
            assert!(!is_value(value), "{value}");
        }
    }

    #[test]
    fn a_name_is_cut_between_characters() {
        assert_eq!(metric_name("  "), None);
        assert_eq!(metric_name("Placed"), Some("Placed"));
        assert_eq!(metric_name(&"ü".repeat(300)).unwrap().chars().count(), 255);
    }
}
