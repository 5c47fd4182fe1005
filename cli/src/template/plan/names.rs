//! Names: as identifiers in a template, and as AWS takes them.

use std::collections::BTreeSet;

/// Letters and digits, a capital first: `good_morning` is `GoodMorning`.
pub(crate) fn pascal(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut id = String::new();
    for word in words {
        // `MAIL_PORT` is shouted, `maxAge` is not.
        let is_shouted = !word.bytes().any(|byte| byte.is_ascii_lowercase());
        let mut letters = word.chars();
        id.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        id.extend(letters.map(|letter| if is_shouted { letter.to_ascii_lowercase() } else { letter }));
    }
    if !id.starts_with(|first: char| first.is_ascii_uppercase()) {
        id.insert(0, 'X');
    }
    // CloudFormation takes 255, and words of kinds follow.
    id.truncate(100);
    id
}

/// `GoodMorning` is `good_morning`; two that differ stay different.
pub(crate) fn snake(id: &str) -> String {
    separated(id, '_')
}

/// `GoodMorning` is `good-morning`.
pub(crate) fn kebab(id: &str) -> String {
    separated(id, '-')
}

fn separated(id: &str, separator: char) -> String {
    let mut text = String::new();
    for letter in id.chars() {
        if letter.is_ascii_uppercase() && !text.is_empty() {
            text.push(separator);
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}

/// Identifiers that are taken.
#[derive(Debug, Default)]
pub(crate) struct Ids(BTreeSet<String>);

impl Ids {
    /// This identifier, or it with the first number that is free.
    pub(crate) fn take(&mut self, wanted: &str) -> String {
        self.take_with(wanted, &[])
    }

    /// The same, where what belongs to it is called by it and one of these words: all of them are taken.
    pub(crate) fn take_with(&mut self, wanted: &str, words: &[&str]) -> String {
        let with_words = |id: &str| -> Vec<String> {
            words.iter().map(|word| format!("{id}{word}")).chain([id.to_owned()]).collect()
        };
        let numbered = (2u32..).map(|number| format!("{wanted}{number}"));
        let is_free = |id: &String| with_words(id).iter().all(|one| !self.0.contains(one));
        let id = std::iter::once(wanted.to_owned()).chain(numbered).find(is_free).unwrap_or_default();
        self.0.extend(with_words(&id));
        id
    }
}

/// The name with only letters, digits and these, and no longer than that. What is changed is told apart by a hash, so
/// that two names stay two.
pub(crate) fn fit(name: &str, others: &str, longest: usize) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || others.contains(c);
    if !name.is_empty() && name.len() <= longest && name.chars().all(fits) {
        return name.to_owned();
    }
    let mut fitting: String = name.chars().map(|c| if fits(c) { c } else { '-' }).collect();
    fitting.truncate(longest.saturating_sub(9));
    format!("{fitting}-{:08x}", hash(name))
}

/// The package's name as all deployers take it: two letters or more, digits and `-`, a letter first.
pub(crate) fn service(package: &str) -> String {
    let name = fit(&package.replace('_', "-"), "-", 40);
    let name = name.trim_start_matches(|first: char| !first.is_ascii_alphabetic());
    if name.len() < 2 { format!("{name}functions") } else { name.to_owned() }
}

/// How long a stage's name can be where it is a parameter.
pub(crate) const LONGEST_STAGE: usize = 16;

/// What stands before and after the stage in a function's name, which is up to 64 letters, digits, `-` and `_`: service,
/// stage and handler.
pub(crate) fn around_stage(service: &str, handler: &str, stage_length: usize) -> (String, String) {
    let room = 62_usize.saturating_sub(stage_length);
    let service = fit(service, "-", room / 2);
    let handler = fit(handler, "-_", room - service.len());
    (service, handler)
}

/// The names that a function can have at AWS, once the stage is known: it makes a difference to long names whether the
/// template had the stage as a parameter.
#[cfg(feature = "aws")]
pub(crate) fn deployed(service: &str, handler: &str, stage: &str) -> Vec<String> {
    let mut names: Vec<String> = [LONGEST_STAGE, stage.len()]
        .into_iter()
        .map(|length| around_stage(service, handler, length))
        .map(|(service, handler)| format!("{service}-{stage}-{handler}"))
        .collect();
    names.dedup();
    names
}

/// FNV-1a: the same on each machine and in each version.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn identifiers_are_read_as_words() {
        for (name, id) in [
            ("good_morning", "GoodMorning"),
            ("MAIL_PORT", "MailPort"),
            ("maxAge", "MaxAge"),
            ("/aws/lambda/orders", "AwsLambdaOrders"),
            ("orders.fifo", "OrdersFifo"),
            ("2fast", "X2fast"),
            ("é", "X"),
        ] {
            assert_eq!(pascal(name), id);
        }
        assert_eq!(snake("GoodMorning2"), "good_morning2");
        assert_eq!(kebab("GoodMorning"), "good-morning");
    }

    #[test]
    fn a_taken_identifier_gets_a_number() {
        let mut ids = Ids::default();
        assert_eq!([ids.take("A"), ids.take("A"), ids.take("A2"), ids.take("A")], ["A", "A2", "A22", "A3"]);
    }

    #[test]
    fn what_belongs_to_an_identifier_is_taken_with_it() {
        let mut ids = Ids::default();
        assert_eq!([ids.take_with("A", &["Url"]), ids.take_with("AUrl", &["Url"])], ["A", "AUrl2"]);
        assert_eq!([ids.take_with("BUrl", &["Url"]), ids.take_with("B", &["Url"])], ["BUrl", "B2"]);
    }

    #[test]
    fn what_does_not_fit_is_told_apart() {
        assert_eq!(fit("orders", "-_", 10), "orders");
        let (a, b) = (fit("a b", "-", 20), fit("a-b", "-", 20));
        assert_ne!(a, b);
        assert!(a.starts_with("a-b-"), "{a}");
        assert_eq!(fit(&"x".repeat(99), "", 20).len(), 20);
    }

    proptest! {
        #[test]
        fn identifiers_are_letters_and_digits(name: String, other: String) {
            let (id, other) = (pascal(&name), pascal(&other));
            prop_assert!(id.starts_with(|c: char| c.is_ascii_uppercase()));
            prop_assert!(id.chars().all(|c| c.is_ascii_alphanumeric()));
            prop_assert_eq!(id == other, snake(&id) == snake(&other));
            prop_assert!(fit(&name, "-", 30).len() <= 30);
        }
    }
}
