//! Keys of queues.

use super::*;
use crate::check::observed::EventInvokeConfig;

const KEY: &str = "arn:aws:kms:eu-west-1:123456789012:key/1";

/// `orders`, encrypted with a key, polled by a role with these statements besides.
fn encrypted(key: Text, statements: Vec<Statement>) -> Observed {
    let mut of = orders();
    of.queues[0].key = known(key);
    let logs = statement(&["logs:PutLogEvents"], "arn:aws:logs:eu-west-1:1:log-group:/aws/lambda/f:*");
    let polls = statement(&["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], "*");
    let given = [polls, logs].map(|statement| Statement { is_generated: true, ..statement });
    let statements = given.into_iter().chain(statements).collect();
    of.functions[0].permissions = Permissions { statements, ..Default::default() };
    of
}

fn own() -> Text {
    Text(vec![Part::Of { address: "key".to_owned(), attribute: Attribute::Arn }])
}

fn key(lets_others: bool) -> Key {
    Key { address: "key".to_owned(), lets_others }
}

#[test]
fn a_queue_with_a_key_of_its_own_is_read_with_a_permission() {
    let may = || vec![statement(&["kms:Decrypt"], KEY)];
    let cases: [(Text, Vec<Statement>, &[&str]); 9] = [
        (text("alias/own"), vec![], &["LC409"]),
        (text(KEY), vec![], &["LC409"]),
        (text(KEY), may(), &[]),
        (text(KEY), vec![statement(&["kms:De*"], KEY)], &[]),
        (text(KEY), vec![statement(&["kms:GenerateDataKey"], KEY)], &["LC409"]),
        (text("alias/aws/sqs"), vec![], &[]),
        (text(""), vec![], &[]),
        (Text(vec![Part::Unknown("Key".to_owned())]), vec![], &[]),
        // Another one of these files, as an alias of a key.
        (own(), vec![], &[]),
    ];
    for (key, statements, expected) in cases {
        let name = key.to_string();
        assert_eq!(codes(&manifest(SQS), &encrypted(key, statements)), expected, "{name}");
    }
}

#[test]
fn a_key_s_own_policy_may_let_the_role() {
    for (lets_others, expected) in [(false, ["LC409"].as_slice()), (true, &[])] {
        let of = Observed { keys: vec![key(lets_others)], ..encrypted(own(), vec![]) };
        assert_eq!(codes(&manifest(SQS), &of), expected);
    }
}

#[test]
fn what_is_given_up_is_encrypted_too() {
    let failures = |statements: Vec<Statement>| {
        let mut of = encrypted(text(""), statements);
        let queue = Queue { address: "failures".to_owned(), key: known(own()), ..queue("failures") };
        of.mappings[0].on_failure =
            known(Text(vec![Part::Of { address: "failures".to_owned(), attribute: Attribute::Arn }]));
        of.queues.push(queue);
        of.keys.push(key(false));
        of
    };
    let sends = || statement(&["sqs:SendMessage"], "*");
    let is_generated = |statement: Statement| Statement { is_generated: true, ..statement };
    let found = check(&manifest(SQS), &failures(vec![is_generated(sends())]), &place(""), &super::own()).findings;
    let [finding] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(finding.rule.code, "LC409");
    assert!(finding.message.contains("kms:GenerateDataKey, kms:Decrypt"), "{finding:?}");
    assert!(finding.fix.contains("!GetAtt key.Arn"), "{finding:?}");
    let both = statement(&["kms:GenerateDataKey*", "kms:Decrypt"], KEY);
    assert_eq!(codes(&manifest(SQS), &failures(vec![is_generated(sends()), both])), [""; 0]);
}

/// Events that fail are sent with the same role as records.
#[test]
fn events_that_are_given_up_are_encrypted_too() {
    let arn = || known(Text(vec![Part::Of { address: "failures".to_owned(), attribute: Attribute::Arn }]));
    let configured = |observed: &mut Observed| {
        observed.event_invoke_configs.push(EventInvokeConfig {
            place: place("Resources.C"),
            function: Target::Function("fulfil".to_owned()),
            maximum_retry_attempts: Field::Default(2),
            maximum_event_age: Field::Default(21_600),
            on_failure: arn(),
        });
    };
    let letters = |observed: &mut Observed| observed.functions[0].dead_letters = arn();
    for tell in [&configured as &dyn Fn(&mut Observed), &letters] {
        let mut of =
            encrypted(text(""), vec![Statement { is_generated: true, ..statement(&["sqs:SendMessage"], "*") }]);
        of.mappings.clear();
        of.triggers = triggered(Trigger::Topic { topic: Field::Absent }).triggers;
        of.queues.push(Queue { key: known(own()), ..queue("failures") });
        of.keys.push(key(false));
        tell(&mut of);
        let all = codes(&source("sns", ""), &of);
        assert!(all.contains(&"LC409"), "{all:?}");
        of.keys[0].lets_others = true;
        let all = codes(&source("sns", ""), &of);
        assert!(!all.contains(&"LC409"), "{all:?}");
    }
}
