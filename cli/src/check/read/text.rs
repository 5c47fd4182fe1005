//! Texts in pieces: how they are put together and taken apart.

use crate::check::observed::{Attribute, Part, Text};

pub(crate) fn literal(text: impl Into<String>) -> Text {
    let text = text.into();
    if text.is_empty() { Text::default() } else { Text(vec![Part::Literal(text)]) }
}

/// Adds a piece; neighbouring literals become one.
pub(crate) fn push(text: &mut Text, part: Part) {
    match (text.0.last_mut(), part) {
        (_, Part::Literal(more)) if more.is_empty() => {}
        (Some(Part::Literal(last)), Part::Literal(more)) => last.push_str(&more),
        (_, part) => text.0.push(part),
    }
}

pub(crate) fn append(text: &mut Text, more: Text) {
    more.0.into_iter().for_each(|part| push(text, part));
}

/// Adds a literal.
pub(crate) fn add(text: &mut Text, more: &str) {
    push(text, Part::Literal(more.to_owned()));
}

/// `arn:PARTITION:SERVICE:REGION:ACCOUNT:`, and what follows.
pub(crate) fn own_arn(service: &str, rest: Text) -> Text {
    let mut arn = literal("arn:");
    push(&mut arn, Part::Partition);
    add(&mut arn, &format!(":{service}:"));
    push(&mut arn, Part::Region);
    add(&mut arn, ":");
    push(&mut arn, Part::Account);
    add(&mut arn, ":");
    append(&mut arn, rest);
    arn
}

/// As it is written, for what has to be compared and not read.
pub(crate) fn written(text: &Text) -> String {
    text.0.iter().fold(String::new(), |mut all, part| {
        match part {
            Part::Literal(literal) => all.push_str(literal),
            Part::Of { address, attribute } => all.push_str(&format!("${{{address}.{attribute:?}}}")),
            Part::Region => all.push_str("${AWS::Region}"),
            Part::Account => all.push_str("${AWS::AccountId}"),
            Part::Partition => all.push_str("${AWS::Partition}"),
            Part::Unknown(unknown) => all.push_str(unknown),
        }
        all
    })
}

/// The ARN of a resource that is named in it, as the resource's own: what a table's ARN is made of with its name is the
/// same as the table's ARN.
pub(crate) fn by_arn(text: Text) -> Text {
    let mut head = String::new();
    for (number, part) in text.0.iter().enumerate() {
        match part {
            Part::Literal(literal) => head.push_str(literal),
            Part::Partition => head.push_str("aws"),
            Part::Region | Part::Account => head.push('@'),
            Part::Of { address, attribute: Attribute::Name } if NAMED.contains(&head.as_str()) => {
                let mut made = Text(vec![Part::Of { address: address.clone(), attribute: Attribute::Arn }]);
                text.0.iter().skip(number + 1).for_each(|part| push(&mut made, part.clone()));
                return made;
            }
            Part::Of { .. } | Part::Unknown(_) => return text,
        }
    }
    text
}

/// What stands before the name in the ARNs of queues, tables, streams, topics and buckets.
const NAMED: [&str; 5] = [
    "arn:aws:sqs:@:@:",
    "arn:aws:dynamodb:@:@:table/",
    "arn:aws:kinesis:@:@:stream/",
    "arn:aws:sns:@:@:",
    "arn:aws:s3:::",
];
