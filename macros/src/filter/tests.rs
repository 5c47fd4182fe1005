use crate::diag::Code;
use crate::filter::record::{ACTIVEMQ, DYNAMODB, KAFKA, KINESIS, Record, SQS};
use crate::filter::{check, record};
use crate::marked::marked;
use crate::random;

/// What the pages of AWS show, and what follows from them.
#[rustfmt::skip]
const VALID: &[(&Record, &str)] = &[
    // The page on filters: each comparison.
    (&SQS, r#"{"body": {"UserID": [null], "LastName": [""], "Name": ["Alice", {"equals-ignore-case": "alice"}]}}"#),
    (&SQS, r#"{"body": {"Location": ["New York"], "Day": ["Monday"], "PaymentType": ["Credit", "Debit"]}}"#),
    (&SQS, r#"{"body": {"$or": [{"Location": ["New York"]}, {"Day": ["Monday"]}]}}"#),
    (&SQS, r#"{"body": {"Weather": [{"anything-but": ["Raining"]}]}}"#),
    (&SQS, r#"{"body": {"Price": [{"numeric": ["=", 100]}, {"numeric": [">", 10, "<=", 20]}]}}"#),
    (&SQS, r#"{"body": {"ProductName": [{"exists": true}], "Gone": [{"exists": false}]}}"#),
    (&SQS, r#"{"body": {"Region": [{"prefix": "us-"}], "FileName": [{"suffix": ".png"}]}}"#),
    // The pages of the sources.
    (&SQS, r#"{"body": {"RequestCode": ["BBBB"]}}"#),
    (&SQS, r#"{"body": {"RecordNumber": [{"numeric": [">", 9999]}]}}"#),
    (&SQS, r#"{"body": ["plain text", {"prefix": "Result: "}]}"#),
    (&SQS, r#"{"messageAttributes": {"kind": {"stringValue": ["order"]}}}"#),
    (&KINESIS, r#"{"partitionKey": ["1"], "data": {"City": ["Los Angeles"]}}"#),
    (&KINESIS, r#"{"data": {"order": {"type": ["buy"]}}}"#),
    (&DYNAMODB, r#"{"dynamodb": {"Keys": {"CustomerName": {"S": ["AnyCompany"]}, "Number": {"N": ["4567"]}}}}"#),
    (&DYNAMODB, r#"{"dynamodb": {"NewImage": {"Manager": {"S": ["Pat", "Shirley"]}}, "OldImage": {"Manager": {"S": [{"anything-but": ["Pat"]}]}}}}"#),
    (&DYNAMODB, r#"{"dynamodb": {"NewImage": {"Organizations": {"L": {"S": [{"exists": true}]}}, "Address": {"M": {"City": {"S": ["Rome"]}}}}}}"#),
    (&DYNAMODB, r#"{"dynamodb": {"NewImage": {"done": {"BOOL": [true]}, "none": {"NULL": [true]}, "N": {"N": [{"prefix": "1"}]}}}}"#),
    (&DYNAMODB, r#"{"eventName": ["INSERT", "MODIFY"], "dynamodb": {"StreamViewType": ["NEW_IMAGE"]}}"#),
    (&DYNAMODB, r#"{"eventName": [{"anything-but": "REMOVE"}]}"#),
    (&DYNAMODB, r#"{"userIdentity": {"type": ["Service"], "principalId": ["dynamodb.amazonaws.com"]}}"#),
    (&DYNAMODB, r#"{"$or": [{"eventName": ["INSERT"]}, {"dynamodb": {"OldImage": {"a": {"S": [""]}}}}]}"#),
    (&KAFKA, r#"{"value": {"device_ID": [{"prefix": "AB"}]}}"#),
    (&KAFKA, r#"{"value": [{"anything-but": ["error"]}]}"#),
    (&KAFKA, r#"{"topic": ["orders"], "partition": [0, 1]}"#),
    (&ACTIVEMQ, r#"{"data": {"timeout": [{"numeric": [">", 0]}]}}"#),
    (&ACTIVEMQ, r#"{"data": [{"prefix": "Result: "}], "messageType": ["jms/text-message"]}"#),
    // What else is right.
    (&SQS, " {\n  \"body\": {\"a\": [1.50, -2e3, true, false]}\n}\n"),
    (&SQS, r#"{"body": {"a": [{"anything-but": [1, 2]}, {"anything-but": 1}, {"prefix": ""}]}}"#),
    (&SQS, r#"{"body": {"a": [{"numeric": [">=", -5e9, "<", 5000000000]}]}}"#),
    // AWS's examples: https://serverlessland.com/patterns/lambda-esm-sqs-filters-sam
    (&SQS, r#"{"body": {"sourceIPAddress": [{"cidr": "10.0.0.0/24"}]}}"#),
    (&SQS, r#"{"body": {"at": [{"numeric": [">", 1700000000000]}]}}"#),
    // Numbers beside an item are none of its texts.
    (&DYNAMODB, r#"{"dynamodb": {"ApproximateCreationDateTime": [{"numeric": [">", 0]}], "SizeBytes": [{"numeric": ["<", 1000]}]}}"#),
    // Fields that are called as operators are.
    (&SQS, r#"{"body": {"prefix": {"suffix": ["a"]}, "exists": ["b"], "numeric": ["c"]}}"#),
];

/// A filter, the mark in it, what the message says, and the hint. Lambda refuses these.
#[rustfmt::skip]
const REFUSED: &[(&Record, &str, &str, &str, &str)] = &[
    (&SQS, "", "^", "a value is missing", "double quotes"),
    (&SQS, "body", "^^^^", "`body` is no value", "double quotes"),
    (&SQS, r#"["a"]"#, "^^^^^", "no object", r#"{"body": {"#),
    (&SQS, "{}", "^^", "empty object", "name a field"),
    (&SQS, r#"{"body": {"a": {}}}"#, "               ^^", "empty object", "name a field"),
    (&SQS, r#"{"body": {"a": "x"}}"#, "               ^^^", "`a` stands in a list", r#"write `["x"]`"#),
    (&SQS, r#"{"body": {"a": 1}}"#, "               ^", "`a` stands in a list", "write `[1]`"),
    (&DYNAMODB, r#"{"eventName": "INSERT"}"#, "              ^^^^^^^^", "stands in a list", r#"write `["INSERT"]`"#),
    (&SQS, r#"{"body": {"a": []}}"#, "               ^^", "an empty list", "name a value"),
    (&SQS, r#"{"body": {"a": [["x"]]}}"#, "                ^^^^^", "list stands in a list", "as any other"),
    (&SQS, r#"{"body": {"a": [1]}, "body": {"b": [1]}}"#, "                     ^^^^^^", "`body` is there already", "into one object"),
    (&KINESIS, r#"{"data": ["x"]}"#, "         ^^^^^", "`data` is JSON", r#"{"data": {"type""#),
    (&DYNAMODB, r#"{"dynamodb": ["x"]}"#, "             ^^^^^", "`dynamodb` is JSON", "eventName"),
    // Operators.
    (&SQS, r#"{"body": {"a": [{}]}}"#, "                ^^", "operator is missing", "object of its own"),
    (&SQS, r#"{"body": {"a": [{"prefix": "x", "suffix": "y"}]}}"#, "                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^", "several operators", "object of its own"),
    (&SQS, r#"{"body": {"a": [{"prefx": "x"}]}}"#, "                 ^^^^^^^", "did you mean `prefix`?", "is an operator"),
    (&SQS, r#"{"body": {"a": [{"wildcard": "*"}]}}"#, "                 ^^^^^^^^^^", "EventBridge's", "`prefix`"),
    (&SQS, r#"{"body": {"a": [{"cidr": "10.0.0.1"}]}}"#, "                         ^^^^^^^^^^", "takes a range of addresses", r#"{"cidr": "10.0.0.0/24"}"#),
    (&SQS, r#"{"body": {"a": [{"prefix": 1}]}}"#, "                           ^", "takes a text", r#"{"prefix": "a"}"#),
    (&SQS, r#"{"body": {"a": [{"suffix": ["x"]}]}}"#, "                           ^^^^^", "takes a text", r#"{"suffix": "a"}"#),
    (&SQS, r#"{"body": {"a": [{"equals-ignore-case": ["x"]}]}}"#, "                                       ^^^^^", "takes a text", "equals-ignore-case"),
    (&SQS, r#"{"body": {"a": [{"exists": "true"}]}}"#, "                           ^^^^^^", "takes `true` or `false`", r#"{"exists": true}"#),
    (&SQS, r#"{"body": {"a": [{"anything-but": []}]}}"#, "                                 ^^", "takes a text, a number", "anything-but"),
    (&SQS, r#"{"body": {"a": [{"anything-but": true}]}}"#, "                                 ^^^^", "takes a text, a number", "anything-but"),
    (&SQS, r#"{"body": {"a": [{"anything-but": [null]}]}}"#, "                                  ^^^^", "takes a text, a number", "anything-but"),
    (&SQS, r#"{"body": {"a": [{"anything-but": ["x", 1]}]}}"#, "                                       ^", "not both", "without quotes"),
    (&SQS, r#"{"body": {"a": [{"anything-but": {"prefix": "x"}}]}}"#, "                                 ^^^^^^^^^^^^^^^", "EventBridge's", "not wanted"),
    (&SQS, r#"{"body": {"a": [{"numeric": 1}]}}"#, "                            ^", "takes a list", "as in"),
    (&SQS, r#"{"body": {"a": [{"numeric": []}]}}"#, "                            ^^", "with nothing", "as in"),
    (&SQS, r#"{"body": {"a": [{"numeric": [1]}]}}"#, "                             ^", "a comparison should", "as in"),
    (&SQS, r#"{"body": {"a": [{"numeric": ["==", 1]}]}}"#, "                             ^^^^", "a comparison should", "as in"),
    (&SQS, r#"{"body": {"a": [{"numeric": [">"]}]}}"#, "                                ^", "behind `>` is missing", "as in"),
    (&SQS, r#"{"body": {"a": [{"numeric": [">", "1"]}]}}"#, "                                  ^^^", "without quotes", "as in"),
    (&SQS, r#"{"body": {"a": [{"numeric": ["<", 5, ">", 1]}]}}"#, "                                     ^^^^^^", "`>` does not go with `<`", "lower bound and then"),
    (&SQS, r#"{"body": {"a": [{"numeric": ["=", 5, "<", 9]}]}}"#, "                                     ^^^^^^", "`<` does not go with `=`", "lower bound and then"),
    (&SQS, r#"{"body": {"a": [{"numeric": [">", 5, "<", 5]}]}}"#, "                                     ^^^^^^", "not above", "single number"),
    (&SQS, r#"{"body": {"a": [{"numeric": [">", 1, "<", 2, "<", 3]}]}}"#, "                            ^^^^^^^^^^^^^^^^^^^^^^^^", "at most two", "as in"),
    (&SQS, r#"{"body": {"a": {"prefix": "x"}}}"#, "               ^^^^^^^^^^^^^^^", "stands in a list", r#"write `[{"prefix": "x"}]`"#),
    (&SQS, r#"{"body": {"a": {"exists": true}}}"#, "               ^^^^^^^^^^^^^^^^", "stands in a list", r#"write `[{"exists": true}]`"#),
    (&SQS, r#"{"body": {"$or": {"a": [1]}}}"#, "                 ^^^^^^^^^^", "two objects or more", r#""$or": [{"#),
    (&SQS, r#"{"body": {"$or": [{"a": [1]}]}}"#, "                 ^^^^^^^^^^^^", "two objects or more", r#""$or": [{"#),
    (&SQS, r#"{"body": {"$or": [{"a": [1]}, "b"]}}"#, "                 ^^^^^^^^^^^^^^^^^", "two objects or more", r#""$or": [{"#),
];

/// As above; no record has what these ask for.
#[rustfmt::skip]
const DEAD: &[(&Record, &str, &str, &str, &str)] = &[
    (&SQS, r#"{"type": ["order"]}"#, " ^^^^^^", "unknown key of a message: `type`", r#"write `{"body": {"type": ["order"]}}`"#),
    (&SQS, r#"{"Body": {"type": ["order"]}}"#, " ^^^^^^", "did you mean `body`?", "below `body`"),
    (&SQS, r#"{"$or": [{"type": ["a"]}, {"body": ["b"]}]}"#, "          ^^^^^^", "unknown key of a message: `type`", r#"{"body": {"type": ["a"]}}"#),
    (&KINESIS, r#"{"kinesis": {"data": {"a": [1]}}}"#, " ^^^^^^^^^", "unknown key of a record: `kinesis`", "stands at the top"),
    (&KAFKA, r#"{"device": ["a"]}"#, " ^^^^^^^^", "unknown key of a record: `device`", r#"write `{"value": {"device": ["a"]}}`"#),
    (&ACTIVEMQ, r#"{"timeout": [1]}"#, " ^^^^^^^^^", "unknown key of a message: `timeout`", r#"write `{"data": {"timeout": [1]}}`"#),
    (&DYNAMODB, r#"{"status": ["paid"]}"#, " ^^^^^^^^", "unknown key of a record: `status`", r#"{"S": ["paid"]}"#),
    (&DYNAMODB, r#"{"eventname": ["INSERT"]}"#, " ^^^^^^^^^^^", "did you mean `eventName`?", "NewImage"),
    (&DYNAMODB, r#"{"NewImage": {"a": {"S": ["b"]}}}"#, " ^^^^^^^^^^", "unknown key of a record: `NewImage`", r#"write `{"dynamodb": {"NewImage": {"a": {"S": ["b"]}}}}`"#),
    (&DYNAMODB, r#"{"eventName": ["insert"]}"#, "               ^^^^^^^^", "did you mean `INSERT`?", "INSERT"),
    (&DYNAMODB, r#"{"eventName": ["DELETE"]}"#, "               ^^^^^^^^", "there are: `INSERT`, `MODIFY`, `REMOVE`", "INSERT"),
    (&DYNAMODB, r#"{"dynamodb": {"newImage": {"a": {"S": ["b"]}}}}"#, "              ^^^^^^^^^^", "did you mean `NewImage`?", "attributes stand"),
    (&DYNAMODB, r#"{"dynamodb": {"NewImage": {"status": ["paid"]}}}"#, "                                     ^^^^^^^^", "`status` holds its value below its type", r#"write `{"status": {"S": ["paid"]}}`"#),
    (&DYNAMODB, r#"{"dynamodb": {"NewImage": {"status": "paid"}}}"#, "                                     ^^^^^^", "`status` holds its value below its type", r#"write `{"status": {"S": ["paid"]}}`"#),
    (&DYNAMODB, r#"{"dynamodb": {"NewImage": {"all": [{"exists": true}]}}}"#, "                                  ^^^^^^^^^^^^^^^^^^", "below its type", r#"write `{"all": {"S": [{"exists": true}]}}`"#),
    (&DYNAMODB, r#"{"dynamodb": {"NewImage": {"all": {"L": [{"exists": true}]}}}}"#, "                                        ^^^^^^^^^^^^^^^^^^", "`L` holds values with types", r#"{"L": {"S": […]}}"#),
    (&DYNAMODB, r#"{"dynamodb": {"NewImage": {"a": {"s": ["b"]}}}}"#, "                                 ^^^", "did you mean `S`?", "below its type"),
    (&DYNAMODB, r#"{"dynamodb": {"NewImage": {"a": {"N": [10]}}}}"#, "                                       ^^", "`N` holds texts", r#"write `"10"`"#),
    (&DYNAMODB, r#"{"dynamodb": {"NewImage": {"a": {"N": [{"anything-but": [10]}]}}}}"#, "                                                         ^^", "`N` holds texts", r#"write `"10"`"#),
    (&DYNAMODB, r#"{"dynamodb": {"NewImage": {"a": {"N": [{"numeric": [">", 10]}]}}}}"#, "                                       ^^^^^^^^^^^^^^^^^^^^^^", "has those of items as texts", r#"{"N": ["10"]}"#),
    (&DYNAMODB, r#"{"dynamodb": {"NewImage": {"a": {"BOOL": ["true"]}}}}"#, "                                          ^^^^^^", "without quotes", "write `[true]`"),
    (&SQS, r#"{"body": {"a": {"numeric": [">", 1]}}}"#, "               ^^^^^^^^^^^^^^^^^^^^^", "taken for a field", r#"write `[{"numeric": [">", 1]}]`"#),
    (&SQS, r#"{"body": {"a": {"anything-but": ["x"]}}}"#, "               ^^^^^^^^^^^^^^^^^^^^^^^", "taken for a field", r#"write `[{"anything-but": ["x"]}]`"#),
];

#[test]
fn what_aws_shows_is_right() {
    for (record, text) in VALID {
        if let Err(mistakes) = check(text, record) {
            panic!("{}", mistakes.iter().map(|mistake| mistake.message(text)).collect::<String>());
        }
    }
}

#[test]
fn a_mistake_shows_its_place_and_what_to_write() {
    for (code, table) in [(Code::FilterPattern, REFUSED), (Code::DeadFilter, DEAD)] {
        for (record, text, mark, what, hint) in table {
            let Err(mistakes) = check(text, record) else { panic!("{text} passes") };
            let [mistake] = mistakes.as_slice() else { panic!("{text}: {mistakes:?}") };
            assert_eq!(mistake.code, code, "{text}");
            assert!(mistake.what.contains(what), "{text}: {mistake:?}");
            assert!(mistake.hint.contains(hint), "{text}: {mistake:?}");
            let shown = marked(text, mistake.place.clone(), 1000);
            assert_eq!(shown.lines().last(), Some(format!("   {mark}").as_str()), "{text}: {mistake:?}");
        }
    }
}

#[test]
fn all_mistakes_are_found_at_once() {
    let mistakes = check(r#"{"type": ["a"], "body": {"b": "c", "d": [{"exists": 1}]}}"#, &SQS).unwrap_err();
    assert_eq!(mistakes.iter().map(|mistake| mistake.place.start).collect::<Vec<_>>(), [1, 30, 52]);
}

#[test]
fn a_message_is_as_short_as_that_of_a_schedule() {
    let message = check(r#"{"type": ["x"]}"#, &KAFKA).unwrap_err()[0].message(r#"{"type": ["x"]}"#);
    assert_eq!(
        message,
        "this filter names what no record has: unknown key of a record: `type`; there are: `value`, `key`, `headers`, `topic`, \
         `partition`, `offset`, `timestamp`, `timestampType`\n  \"{\"type\": [\"x\"]}\"\n    ^^^^^^\n\
         what a record itself says stands below `value`: write `{\"value\": {\"type\": [\"x\"]}}`"
    );
}

#[test]
fn a_filter_has_at_most_4096_characters_without_its_white_space() {
    let of = |letters: usize| format!("{{ \"body\" :\n [ \"{}\" ] }}", "a".repeat(letters));
    let most = check(&of(4096 - 13), &SQS).unwrap();
    assert_eq!(most.pattern.len(), 4096);
    let mistakes = check(&of(4096 - 12), &SQS).unwrap_err();
    assert!(mistakes[0].what.contains("4097 characters"), "{mistakes:?}");
    assert!(mistakes[0].message(&of(4096 - 12)).len() < 500);
}

#[test]
fn the_images_that_a_filter_asks_for_are_known() {
    let images = |text: &str| check(text, &DYNAMODB).unwrap().images;
    assert_eq!(images(r#"{"eventName": ["INSERT"]}"#), [""; 0]);
    let both = r#"{"dynamodb": {"OldImage": {"a": {"S": ["b"]}}, "$or": [{"NewImage": {"a": {"S": ["c"]}}}, {"Keys": {"k": {"S": ["d"]}}}]}}"#;
    assert_eq!(images(both), ["OldImage", "NewImage", "Keys"]);
}

/// What a mutation puts in.
const PARTS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\\u",
    "d800",
    "null",
    "true",
    "1",
    "-",
    ".",
    "e",
    "\"a\"",
    "$or",
    "\"$or\":",
    "{\"numeric\":",
    "{\"prefix\":",
    "dynamodb",
    "NewImage",
    "é",
    "😀",
    "\u{301}",
    "\0",
    "\n",
    " ",
];

#[test]
fn no_input_panics() {
    let mut below = random::below();
    let seeds: Vec<&str> =
        VALID.iter().map(|(_, text)| *text).chain(REFUSED.iter().map(|(_, text, ..)| *text)).collect();
    let records = [&record::SQS, &KINESIS, &DYNAMODB, &KAFKA, &ACTIVEMQ];
    for _ in 0..50_000 {
        let mut chars: Vec<char> = seeds[below(seeds.len())].chars().collect();
        for _ in 0..=below(5) {
            let at = below(chars.len() + 1);
            match below(4) {
                0 | 1 => drop(chars.splice(at..at, PARTS[below(PARTS.len())].chars())),
                2 if at < chars.len() => drop(chars.remove(at)),
                _ => chars.truncate(at.max(chars.len() / 2)),
            }
        }
        let text: String = chars.into_iter().collect();
        match check(&text, records[below(records.len())]) {
            // What Lambda is given is JSON, too, and the same.
            Ok(filter) => {
                let again = check(&filter.pattern, &record::DYNAMODB).map(|filter| filter.pattern);
                assert!(again.is_err() || again.is_ok_and(|again| again == filter.pattern), "{text:?}");
            }
            Err(mistakes) => {
                for mistake in mistakes {
                    assert!(text.get(mistake.place.clone()).is_some(), "{text:?}: {mistake:?}");
                    assert_eq!(mistake.message(&text).split('\n').count(), 4, "{text:?}: {mistake:?}");
                }
            }
        }
    }
}
