//! Texts of a template, compared as far as they are known.

use crate::check::observed::{Attribute, Field, Observed, Part, Queue, Table, Text};
use crate::check::read::text;

impl Text {
    /// The whole text, if all of it is known.
    pub(crate) fn known(&self) -> Option<&str> {
        match self.0.as_slice() {
            [] => Some(""),
            [Part::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// The resource that it is the ARN, the name or another attribute of, and nothing else.
    pub(crate) fn address(&self) -> Option<&str> {
        match self.0.as_slice() {
            [Part::Of { address, .. }] => Some(address),
            _ => None,
        }
    }

    /// Whether some of it is known only when it is deployed.
    pub(crate) fn is_open(&self) -> bool {
        self.0.iter().any(|part| matches!(part, Part::Unknown(_)))
    }

    /// This and then that; neighbouring literals become one.
    pub(crate) fn then(mut self, other: Self) -> Self {
        text::append(&mut self, other);
        self
    }

    /// What it ends with, as far as that is known.
    pub(crate) fn ends_with(&self, end: &str) -> Option<bool> {
        match self.0.last() {
            None => Some(false),
            Some(Part::Literal(text)) if text.len() >= end.len() || self.0.len() == 1 => Some(text.ends_with(end)),
            Some(_) => None,
        }
    }
}

/// As people read it: what is not known yet stands in braces.
impl std::fmt::Display for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|part| match part {
            Part::Literal(text) => f.write_str(text),
            Part::Of { address, attribute } => match attribute {
                Attribute::Arn => write!(f, "{{ARN of {address}}}"),
                Attribute::Name => write!(f, "{{name of {address}}}"),
                Attribute::StreamArn => write!(f, "{{stream of {address}}}"),
                Attribute::Other(name) => write!(f, "{{{name} of {address}}}"),
            },
            Part::Region => f.write_str("{region}"),
            Part::Account => f.write_str("{account}"),
            Part::Partition => f.write_str("{partition}"),
            Part::Unknown(text) => f.write_str(text),
        })
    }
}

impl Observed {
    /// The queue that an ARN or a URL is of.
    pub(crate) fn queue(&self, of: &Text) -> Option<&Queue> {
        if let Some(address) = of.address() {
            return self.queues.iter().find(|queue| queue.address == address);
        }
        self.queues.iter().find(|queue| is_named(of, ":", &queue.name))
    }

    /// The table whose name, ARN or stream this is.
    pub(crate) fn table(&self, of: &Text) -> Option<&Table> {
        if let Some(address) = of.address() {
            return self.tables.iter().find(|table| table.address == address);
        }
        self.tables.iter().find(|table| is_named(of, "/", &table.name))
    }

    /// The service that an ARN names, as far as that is known.
    pub(crate) fn service(&self, arn: &Text) -> Option<String> {
        if let Some(address) = arn.address() {
            return Some(self.named(address).0.to_owned());
        }
        let shown = arn.to_string();
        shown.strip_prefix("arn:")?.split(':').nth(1).map(str::to_owned)
    }

    /// The name that a resource has, and the service that its ARN names, if it is known here.
    fn named(&self, address: &str) -> (&'static str, Option<&Text>) {
        if let Some(queue) = self.queues.iter().find(|queue| queue.address == address) {
            return ("sqs", queue.name.value());
        }
        if let Some(table) = self.tables.iter().find(|table| table.address == address) {
            return ("dynamodb", table.name.value());
        }
        if let Some(function) = self.functions.iter().find(|function| function.address == address) {
            return ("lambda", function.name.value());
        }
        let destination = self.destinations.iter().find(|destination| destination.address == address);
        (destination.map_or("*", |destination| destination.service), None)
    }

    /// Whether a pattern of a policy may mean what is wanted. What is not known may be anything.
    pub(crate) fn covers(&self, pattern: &Text, wanted: &Text) -> bool {
        let shared: Vec<&Part> = pattern.0.iter().filter(|part| is_open(part) && wanted.0.contains(part)).collect();
        let tokens = |text: &Text, of: &mut dyn FnMut(&str, &Attribute) -> Vec<Token>| tokens(text, &shared, of);
        let both_refer = [pattern, wanted].iter().all(|text| text.0.iter().any(|part| matches!(part, Part::Of { .. })));
        let opaque = |text: &Text| {
            tokens(text, &mut |address, attribute| match attribute {
                Attribute::Arn | Attribute::StreamArn => vec![Token::Of(format!("{attribute:?} {address}"))],
                Attribute::Name | Attribute::Other(_) => self.spelled(address, attribute),
            })
        };
        if both_refer && meets(&opaque(pattern), &opaque(wanted)) {
            return true;
        }
        let spelled = |text: &Text| tokens(text, &mut |address, attribute| self.spelled(address, attribute));
        match (pattern.address(), wanted.address()) {
            // Two resources of these files, which are not the same.
            (Some(a), Some(b)) if a != b => false,
            _ if both_refer && refers_to_others(pattern, wanted) => false,
            _ => meets(&spelled(pattern), &spelled(wanted)),
        }
    }

    fn spelled(&self, address: &str, attribute: &Attribute) -> Vec<Token> {
        let (service, name) = self.named(address);
        let name = match name {
            Some(name) => tokens(name, &[], &mut |_, _| vec![Token::Any]),
            None => vec![Token::Any],
        };
        let head = |service: &str| letters(&format!("arn:*:{service}:*:*:"));
        match attribute {
            Attribute::Name => name,
            Attribute::Arn if service == "sqs" => [head(service), name].concat(),
            Attribute::Arn if service == "dynamodb" => [head(service), letters("table/"), name].concat(),
            Attribute::StreamArn if service == "dynamodb" => {
                [head(service), letters("table/"), name, letters("/stream/*")].concat()
            }
            Attribute::Arn | Attribute::StreamArn | Attribute::Other(_) => vec![Token::Any],
        }
    }
}

/// Whether both name resources, and none that both name.
fn refers_to_others(a: &Text, b: &Text) -> bool {
    let addresses = |text: &Text| -> Vec<String> {
        let of = text.0.iter().filter_map(|part| match part {
            Part::Of { address, .. } => Some(address.clone()),
            _ => None,
        });
        of.collect()
    };
    let others = addresses(b);
    addresses(a).iter().all(|address| !others.contains(address))
}

/// Whether an ARN, a URL or a name ends with this name, behind what separates it.
fn is_named(of: &Text, separator: &str, name: &Field<Text>) -> bool {
    let (Some(name), Some(Part::Literal(end))) = (name.value().and_then(Text::known), of.0.last()) else {
        return false;
    };
    !name.is_empty()
        && (end == name || end.rsplit(separator).next() == Some(name) || end.split('/').nth(1) == Some(name))
}

/// A piece of what is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Letter(char),
    /// `?`.
    One,
    /// `*`, and whatever is not known.
    Any,
    /// A region, an account or a partition.
    Word,
    /// Something of a resource that is not spelled out.
    Of(String),
}

fn letters(text: &str) -> Vec<Token> {
    let token = |letter| match letter {
        '*' => Token::Any,
        '?' => Token::One,
        letter => Token::Letter(letter),
    };
    text.chars().map(token).collect()
}

/// What is not known is the same wherever it is written in the same way.
fn is_open(part: &Part) -> bool {
    matches!(part, Part::Unknown(_) | Part::Region | Part::Account | Part::Partition)
}

fn tokens(text: &Text, shared: &[&Part], of: &mut dyn FnMut(&str, &Attribute) -> Vec<Token>) -> Vec<Token> {
    let token = |part: &Part| match part {
        Part::Literal(text) => letters(text),
        Part::Of { address, attribute } => of(address, attribute),
        part if shared.contains(&part) => vec![Token::Of(format!("{part:?}"))],
        Part::Region | Part::Account | Part::Partition => vec![Token::Word],
        Part::Unknown(_) => vec![Token::Any],
    };
    text.0.iter().flat_map(token).collect()
}

/// Whether there is a text that both patterns match.
fn meets(a: &[Token], b: &[Token]) -> bool {
    // `reached[j]`: what is left of `a` may meet what is left of `b` from `j` on; from the ends on.
    let ends_any = |rest: &[Token]| rest.iter().all(|token| matches!(token, Token::Any | Token::Word));
    let is_word = |token: &Token| !matches!(token, Token::Letter(':') | Token::Of(_));
    let mut reached: Vec<bool> = (0..=b.len()).map(|from| b.get(from..).is_some_and(ends_any)).collect();
    for (index, token) in a.iter().enumerate().rev() {
        let rest_is_any = a.get(index..).is_some_and(ends_any);
        let mut next = vec![rest_is_any; b.len() + 1];
        for (from, other) in b.iter().enumerate().rev() {
            let at = |list: &[bool], place: usize| list.get(place).copied().unwrap_or(false);
            let meets = match (token, other) {
                // Nothing for the one that is any, or one more of the other.
                (Token::Any, _) | (_, Token::Any) => at(&reached, from) || at(&next, from + 1),
                (Token::Word, Token::Word) => at(&reached, from) || at(&next, from + 1),
                (Token::Word, other) => at(&reached, from) || (is_word(other) && at(&next, from + 1)),
                (other, Token::Word) => at(&next, from + 1) || (is_word(other) && at(&reached, from)),
                (Token::Of(a), Token::Of(b)) => a == b && at(&reached, from + 1),
                (Token::Of(_), _) | (_, Token::Of(_)) => false,
                (Token::One, _) | (_, Token::One) => at(&reached, from + 1),
                (Token::Letter(a), Token::Letter(b)) => a == b && at(&reached, from + 1),
            };
            if let Some(slot) = next.get_mut(from) {
                *slot = meets;
            }
        }
        reached = next;
    }
    reached.first().copied().unwrap_or(false)
}

/// Whether a pattern of an action is for this action; IAM takes no account of case.
pub(crate) fn is_action(pattern: &str, action: &str) -> bool {
    meets(&letters(&pattern.to_ascii_lowercase()), &letters(&action.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_meet_where_a_text_is_in_both() {
        for (a, b, expected) in [
            ("*", "", true),
            ("", "", true),
            ("a", "", false),
            ("sqs:*", "sqs:ReceiveMessage", true),
            ("sqs:Re?eive*", "sqs:ReceiveMessage", true),
            ("sqs:Send*", "sqs:ReceiveMessage", false),
            ("secret:prod/*", "secret:prod/db-??????", true),
            ("secret:prod/db-AbCdEf", "secret:prod/db-??????", true),
            ("secret:prod/db", "secret:prod/db-??????", false),
            ("secret:test/*", "secret:prod/db-??????", false),
            ("a*c", "*b*", true),
            ("a*c", "*d", false),
            ("**", "x", true),
        ] {
            assert_eq!(meets(&letters(a), &letters(b)), expected, "{a} {b}");
            assert_eq!(meets(&letters(b), &letters(a)), expected, "{b} {a}");
        }
        let own = Text(
            [&[Part::Literal("arn:".to_owned()), Part::Partition], &[Part::Literal(":a:b".to_owned())][..]].concat(),
        );
        for (pattern, expected) in [("arn:aws:a:b", true), ("arn:aws:a:c", false), ("arn:aws:x:a:b*", false)] {
            assert_eq!(meets(&letters(pattern), &tokens(&own, &[], &mut |_, _| Vec::new())), expected, "{pattern}");
        }
        assert!(is_action("SQS:receive*", "sqs:ReceiveMessage"));
    }
}
