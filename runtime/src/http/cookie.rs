//! The `cookie` header.

/// The cookies of a header, in its order, as [RFC 6265](https://www.rfc-editor.org/rfc/rfc6265#section-4.2) has them.
///
/// What is no pair is skipped: a browser sends what any page of the domain has set, so one odd cookie must not
/// cost the others.
pub(crate) fn cookies(header: &str) -> impl Iterator<Item = (&str, &str)> {
    header.split(';').filter_map(|part| {
        let (name, value) = part.split_once('=')?;
        let name = trimmed(name);
        (!name.is_empty()).then(|| (name, unquoted(trimmed(value))))
    })
}

/// Spaces and tabs are all that a header's grammar knows of white space.
fn trimmed(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

fn unquoted(value: &str) -> &str {
    value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(header: &str) -> Vec<(&str, &str)> {
        cookies(header).collect()
    }

    #[test]
    fn a_header_is_pairs() {
        assert_eq!(all("sid=31d4; lang=en-US"), [("sid", "31d4"), ("lang", "en-US")]);
        assert_eq!(all("a=1;b=2;  c = 3\t"), [("a", "1"), ("b", "2"), ("c", "3")]);
        assert_eq!(all("a=1; a=2"), [("a", "1"), ("a", "2")]);
        assert_eq!(all("a=b=c=="), [("a", "b=c==")]);
        assert_eq!(all("a="), [("a", "")]);
    }

    #[test]
    fn quotes_around_a_value_are_taken_off() {
        assert_eq!(all(r#"a="1"; b="""#), [("a", "1"), ("b", "")]);
        assert_eq!(all(r#"a="; b="1; c=1"; d=1"2"#), [("a", "\""), ("b", "\"1"), ("c", "1\""), ("d", "1\"2")]);
    }

    #[test]
    fn odd_parts_are_skipped() {
        assert_eq!(all(""), []);
        assert_eq!(all("; ;a; =1; b=2;"), [("b", "2")]);
    }

    proptest! {
        #[test]
        fn pairs_come_out_as_they_went_in(given in prop::collection::vec(("[!#$%&'*+.^_`|~a-z0-9-]{1,8}", "[!#-+./0-9:<-\\[\\]-~-]{0,8}"), 0..5)) {
            let header: Vec<String> = given.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let header = header.join("; ");
            let expected: Vec<(&str, &str)> = given.iter().map(|(name, value)| (&**name, &**value)).collect();
            prop_assert_eq!(all(&header), expected);
        }

        #[test]
        fn no_header_is_too_odd(header: String, odd in "[;=\" \ta-b]{0,20}") {
            for (name, value) in all(&header).into_iter().chain(all(&odd)) {
                prop_assert!(!name.is_empty() && !name.contains([';', '=']) && !value.contains(';'));
            }
        }
    }
}
