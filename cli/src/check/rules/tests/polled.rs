//! What is polled: queues, streams, topics.

use super::*;

#[test]
fn each_mistake_has_its_code() {
    let mistakes: [(Mistake, &str); 17] = [
        (|of| of.functions[0].memory = known(128), "LC107"),
        (|of| of.functions[0].memory = Field::Default(128), "LC107"),
        (|of| of.functions[0].timeout = known(29), "LC108"),
        (|of| of.functions[0].runtime = known("provided.al2".to_owned()), "LC105"),
        (|of| of.functions[0].runtime = known("nodejs22.x".to_owned()), "LC104"),
        (|of| of.mappings[0].reports_failures = Field::Absent, "LC201"),
        (|of| of.mappings[0].enabled = known(false), "LC205"),
        (|of| of.mappings[0].batch_size = known(5), "LC206"),
        (|of| of.mappings[0].maximum_concurrency = known(1), "LC210"),
        (|of| of.mappings[0].kind = Some(Polled::Kinesis), "LC204"),
        (|of| of.mappings.clear(), "LC203"),
        (|of| of.queues[0].visibility_timeout = known(29), "LC301"),
        (|of| of.queues[0].visibility_timeout = Field::Default(30), "LC302"),
        (|of| of.queues[0].dead_letters = Field::Absent, "LC306"),
        (|of| of.queues[0].max_receive_count = known(1), "LC308"),
        (|of| of.queues[0].is_fifo = known(true), "LC303"),
        (|of| of.functions[0].log_format = known("Text".to_owned()), "LC112"),
    ];
    for (mistake, code) in mistakes {
        let mut observed = orders();
        mistake(&mut observed);
        assert_eq!(codes(&manifest(SQS), &observed), [code]);
    }
}

#[test]
fn each_mistake_of_a_stream_has_its_code() {
    let stream = r#""report_batch_item_failures": true, "trigger": {"source": "dynamodb", "settings": {
        "table": "arn:aws:dynamodb:eu-west-1:1:table/t/stream/1", "view": "NEW_IMAGE", "maximum_retry_attempts": 5}}"#;
    let right = || {
        let of = Text(vec![Part::Of { address: "t".to_owned(), attribute: Attribute::StreamArn }]);
        let mut mapping = mapping("fulfil", Polled::DynamoDb, of);
        mapping.starting_position = known_text("LATEST");
        mapping.maximum_retry_attempts = known(5);
        mapping.on_failure = known(text("arn:aws:sqs:eu-west-1:1:q"));
        let table = Table {
            address: "t".to_owned(),
            place: place("Resources.T"),
            name: Field::Absent,
            partition_key: known_text("k"),
            sort_key: Field::Absent,
            ttl: Field::Absent,
            stream: known_text("NEW_AND_OLD_IMAGES"),
        };
        Observed {
            functions: vec![function("fulfil")],
            mappings: vec![mapping],
            tables: vec![table],
            ..Observed::default()
        }
    };
    assert_eq!(codes(&with(stream), &right()), [""; 0]);
    let mistakes: [(Mistake, &[&str]); 6] = [
        (|of| of.mappings[0].starting_position = Field::Absent, &["LC211"]),
        (|of| of.mappings[0].maximum_retry_attempts = Field::Default(-1), &["LC212"]),
        (|of| of.tables[0].stream = known_text("KEYS_ONLY"), &["LC215"]),
        (|of| of.mappings[0].on_failure = Field::Absent, &["LC219"]),
        (|of| of.mappings[0].source = known(text("arn:aws:dynamodb:eu-west-1:1:table/t/stream/2")), &["LC218"]),
        (|of| of.mappings[0].tumbling_window = known(60), &["LC214"]),
    ];
    for (mistake, expected) in mistakes {
        let mut observed = right();
        mistake(&mut observed);
        assert_eq!(codes(&with(stream), &observed), expected);
    }
    let mut endless = right();
    endless.mappings[0].maximum_retry_attempts = Field::Default(-1);
    assert_eq!(codes(&with(&stream.replace(r#", "maximum_retry_attempts": 5"#, "")), &endless), ["LC213"]);
    // Who writes it means it.
    endless.mappings[0].maximum_retry_attempts = known(-1);
    assert_eq!(codes(&with(&stream.replace(r#", "maximum_retry_attempts": 5"#, "")), &endless), [""; 0]);
}

#[test]
fn kafka_reports_failures_in_provisioned_mode() {
    let kafka =
        r#""report_batch_item_failures": true, "trigger": {"source": "kafka", "settings": {"topic": "orders"}}"#;
    let mut mapping = mapping("fulfil", Polled::Kafka, text("arn:aws:kafka:eu-west-1:1:cluster/c/u"));
    mapping.starting_position = known_text("LATEST");
    mapping.topics = vec![known_text("orders")];
    mapping.minimum_pollers = known(1);
    let mut of = Observed { functions: vec![function("fulfil")], mappings: vec![mapping], ..Observed::default() };
    assert_eq!(codes(&with(kafka), &of), [""; 0]);
    of.mappings[0].minimum_pollers = Field::Absent;
    assert_eq!(codes(&with(kafka), &of), ["LC217"]);
    of.mappings[0].minimum_pollers = known(1);
    of.mappings[0].topics = vec![known_text("other")];
    assert_eq!(codes(&with(kafka), &of), ["LC216"]);
}

#[test]
fn fifo_queues_are_what_the_attribute_says() {
    let fifo = SQS.replace("\"orders\"", "\"orders.fifo\"");
    let mut of = orders();
    assert_eq!(codes(&manifest(&fifo), &of), ["LC304"]);
    of.queues[0].name = known(text("orders.fifo"));
    of.queues[0].is_fifo = known(true);
    assert_eq!(codes(&manifest(&fifo), &of), [""; 0]);
    assert_eq!(codes(&manifest(SQS), &of), ["LC305"]);
    of.queues[0].deduplicates_by_content = known(true);
    assert_eq!(codes(&manifest(&fifo), &of), ["LC312"]);
    of.queues[0].deduplicates_by_content = Field::Absent;
    of.mappings[0].window = known(1);
    of.queues[0].visibility_timeout = known(181);
    assert_eq!(codes(&manifest(&fifo), &of), ["LC208"]);
    of.mappings[0].window = Field::Absent;
    of.mappings[0].batch_size = known(11);
    assert_eq!(codes(&manifest(&fifo.replace(": 10}", ": 11}")), &of), ["LC208"]);
}

#[test]
fn what_is_reported_is_what_the_handler_reports() {
    let whole = SQS.replace("\"report_batch_item_failures\": true", "\"report_batch_item_failures\": false");
    assert_eq!(codes(&manifest(&whole), &orders()), ["LC202"]);
}

#[test]
fn a_destination_for_failures_takes_a_permission() {
    let stream = r#""report_batch_item_failures": true, "trigger": {"source": "kinesis", "settings": {
        "stream": "arn:aws:kinesis:eu-west-1:1:stream/s", "batch_size": 10, "starting_position": "LATEST",
        "maximum_retry_attempts": 5}}"#;
    let with_role = |destination: Text, statements: Vec<Statement>| {
        let mut mapping = mapping("fulfil", Polled::Kinesis, text("arn:aws:kinesis:eu-west-1:1:stream/s"));
        mapping.starting_position = known_text("LATEST");
        mapping.maximum_retry_attempts = known(5);
        mapping.on_failure = known(destination);
        let mut function = function("fulfil");
        let polls = statement(&["kinesis:*"], "arn:aws:kinesis:eu-west-1:1:stream/s");
        let logs = statement(&["logs:PutLogEvents"], "arn:aws:logs:eu-west-1:1:log-group:/aws/lambda/f:*");
        let given = [polls, logs].map(|statement| Statement { is_generated: true, ..statement });
        let statements = given.into_iter().chain(statements).collect();
        function.permissions = Permissions { statements, ..Default::default() };
        let queues = vec![queue("failures")];
        Observed { functions: vec![function], mappings: vec![mapping], queues, ..Observed::default() }
    };
    let of = || Text(vec![Part::Of { address: "failures".to_owned(), attribute: Attribute::Arn }]);
    let parts = Text(vec![
        Part::Literal("arn:".to_owned()),
        Part::Partition,
        Part::Literal(":sqs:eu-west-1:1:failures".to_owned()),
    ]);
    let topic = Text(vec![Part::Of { address: "topic".to_owned(), attribute: Attribute::Arn }]);
    let sends = |on: &str| vec![statement(&["sqs:SendMessage"], on)];
    let bucket = "arn:aws:s3:::failures";
    let both = vec![statement(&["s3:ListBucket"], bucket), statement(&["s3:PutObject"], "arn:aws:s3:::failures/*")];
    let cases: [(Text, Vec<Statement>, &[&str]); 12] = [
        (of(), vec![], &["LC408"]),
        (of(), sends("arn:aws:sqs:eu-west-1:1:failures"), &[]),
        (of(), sends("arn:aws:sqs:eu-west-1:1:others"), &["LC408"]),
        (parts.clone(), vec![], &["LC408"]),
        (parts, sends("arn:aws:sqs:eu-west-1:1:failures"), &[]),
        (text("arn:aws:sns:eu-west-1:1:t"), sends("arn:aws:sns:eu-west-1:1:t"), &["LC408"]),
        (text("arn:aws:sns:eu-west-1:1:t"), vec![statement(&["sns:Publish"], "arn:aws:sns:eu-west-1:1:t")], &[]),
        (text(bucket), both, &[]),
        (text(bucket), vec![statement(&["s3:PutObject"], bucket)], &["LC408", "LC408"]),
        // A topic of the template, or whatever a parameter names.
        (topic, vec![], &[]),
        (Text(vec![Part::Unknown("Arn".to_owned())]), vec![], &[]),
        (text("kafka://failures"), vec![], &[]),
    ];
    for (destination, statements, expected) in cases {
        let name = destination.to_string();
        assert_eq!(codes(&with(stream), &with_role(destination, statements)), expected, "{name}");
    }
}
