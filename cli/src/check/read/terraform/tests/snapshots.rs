//! The examples' templates: all of them is read.

use super::*;

fn snapshot(name: &str) -> Observed {
    module(&text_of(&format!("snapshots/{name}/lambkin.tf")))
}

#[test]
fn a_function_and_its_queue_with_their_places() {
    let observed = snapshot("orders");
    let function = function(&observed, "aws_lambda_function.fulfil");
    assert_eq!(told(&function.name), "orders-dev-fulfil");
    assert_eq!(shown(&function.handler), r#""fulfil" at 28:3 aws_lambda_function.fulfil.handler"#);
    assert_eq!(shown(&function.memory), "256 at 32:3 aws_lambda_function.fulfil.memory_size");
    assert_eq!(shown(&function.architecture), r#""arm64" at 27:23 aws_lambda_function.fulfil.architectures[0]"#);
    assert_eq!(shown(&function.log_format), r#""JSON" at 37:5 aws_lambda_function.fulfil.logging_config.log_format"#);
    assert_eq!(shown(&function.tracing), r#"default "PassThrough""#);
    let queue = observed.queues.iter().find(|queue| queue.address == "aws_sqs_queue.orders").unwrap();
    assert_eq!(shown(&queue.visibility_timeout), "180 at 101:3 aws_sqs_queue.orders.visibility_timeout_seconds");
    assert_eq!(told(&queue.dead_letters), "<aws_sqs_queue.orders_dead_letters arn>");
    assert_eq!(shown(&queue.max_receive_count), "5 at 105:5 aws_sqs_queue.orders.redrive_policy.maxReceiveCount");
    assert_eq!(shown(&queue.retention), "default 345600");
    let [mapping] = observed.mappings.as_slice() else { panic!("{observed:#?}") };
    let place = "aws_lambda_event_source_mapping.fulfil.function_response_types";
    assert_eq!(shown(&mapping.reports_failures), format!("true at 95:3 {place}"));
    assert_eq!(shown(&mapping.window), "default 0");
}

/// How many functions, mappings, other triggers, queues and tables each has, and statements of its functions.
#[test]
fn each_example_is_read_as_a_whole() {
    let all: [(&str, [usize; 6]); 10] = [
        ("clicks", [1, 1, 0, 1, 0, 3]),
        ("mailer", [2, 0, 0, 0, 0, 4]),
        ("notices", [9, 1, 8, 7, 0, 19]),
        ("orders", [1, 1, 0, 2, 0, 2]),
        ("payments", [2, 1, 0, 2, 1, 5]),
        ("readings", [3, 3, 0, 1, 0, 7]),
        ("reports", [1, 0, 1, 1, 0, 4]),
        ("shop", [1, 0, 21, 0, 0, 1]),
        ("signup", [2, 0, 0, 0, 0, 2]),
        ("warehouse", [1, 1, 0, 2, 0, 2]),
    ];
    for (name, counts) in all {
        let text = text_of(&format!("snapshots/{name}/lambkin.tf"));
        let observed = snapshot(name);
        let Observed {
            functions,
            mappings,
            triggers,
            queues,
            tables,
            unread,
            invokers,
            event_invoke_configs,
            keys: _,
            destinations: _,
        } = &observed;
        let statements: usize = functions.iter().map(|function| function.permissions.statements.len()).sum();
        let found = [functions.len(), mappings.len(), triggers.len(), queues.len(), tables.len(), statements];
        assert_eq!(found, counts, "{name}");
        assert!(unread.is_empty(), "{name}: {unread:?}");
        for function in functions {
            assert!(function.permissions.unread.is_none(), "{name}: {:?}", function.permissions);
            assert!(function.permissions.place.is_some());
            assert!(!function.environment.is_open);
            assert!(function.memory.value().is_some() && function.timeout.value().is_some(), "{name}: {function:?}");
        }
        let is_elsewhere =
            |target: &crate::check::observed::Target| *target == crate::check::observed::Target::Elsewhere;
        assert!(!mappings.iter().any(|mapping| is_elsewhere(&mapping.function)), "{name}: {mappings:#?}");
        assert!(!triggers.iter().any(|trigger| is_elsewhere(&trigger.function)), "{name}: {triggers:#?}");
        assert!(!invokers.iter().any(|invoker| is_elsewhere(&invoker.function)), "{name}: {invokers:#?}");
        let configs = event_invoke_configs;
        assert!(!configs.iter().any(|config| is_elsewhere(&config.function)), "{name}: {configs:#?}");
        // The places are where things are written.
        for function in functions {
            let line = text.lines().nth(function.place.line.unwrap() - 1).unwrap();
            assert!(line.starts_with("resource \"aws_lambda_function\""), "{name}: {line}");
            let handler = function.handler.place().unwrap();
            let line = text.lines().nth(handler.line.unwrap() - 1).unwrap();
            assert!(line.get(handler.column.unwrap() - 1..).unwrap().starts_with("handler"), "{name}: {line}");
        }
    }
}

#[test]
fn what_functions_may_do() {
    let own = "arn:<partition>:logs:<region>:<account>:log-group:/aws/lambda";
    let observed = snapshot("payments");
    assert_eq!(
        may(function(&observed, "aws_lambda_function.charge")),
        [
            format!("Allow logs:CreateLogStream logs:PutLogEvents on {own}/payments-dev-charge:*"),
            "Allow sqs:DeleteMessage sqs:GetQueueAttributes sqs:ReceiveMessage on <aws_sqs_queue.payments arn>"
                .to_owned(),
            "Allow dynamodb:DeleteItem dynamodb:PutItem on <aws_dynamodb_table.idempotency arn>".to_owned(),
        ]
    );
    let statement = &function(&observed, "aws_lambda_function.charge").permissions.statements[1];
    assert_eq!(statement.place.path, "aws_iam_role_policy.charge.policy.Statement[1]");
    let [table] = observed.tables.as_slice() else { panic!("{observed:#?}") };
    assert_eq!(shown(&table.ttl), r#""expiration" at 214:5 aws_dynamodb_table.idempotency.ttl.attribute_name"#);
    assert_eq!(table.partition_key.value().unwrap(), "id");
    assert_eq!(shown(&table.stream), "absent");
}

#[test]
fn the_environment_is_what_variables_come_to() {
    let observed = snapshot("mailer");
    let of = |observed: &Observed| -> Vec<String> {
        let variables = &function(observed, "aws_lambda_function.send").environment.variables;
        variables.iter().map(|variable| format!("{}={}", variable.name, told(&variable.value))).collect()
    };
    assert_eq!(of(&observed), ["BIND=", "COPY_TO=<? var.copy_to>", "MAIL_PORT=587", "STAGE=dev", "TIMEOUT="]);
    let given = [("stage", "prod"), ("copy_to", "a@example.com")];
    let observed = module_with(&text_of("snapshots/mailer/lambkin.tf"), &given);
    assert_eq!(of(&observed), ["BIND=", "COPY_TO=a@example.com", "MAIL_PORT=587", "STAGE=prod", "TIMEOUT="]);
    // With a key, there is a policy for it.
    let given = [("decryption_key_arn", "arn:aws:kms:eu-central-1:123456789012:key/k")];
    let observed = module_with(&text_of("snapshots/mailer/lambkin.tf"), &given);
    let may = may(function(&observed, "aws_lambda_function.send"));
    assert_eq!(may.last().unwrap(), "Allow kms:Decrypt on arn:aws:kms:eu-central-1:123456789012:key/k");
}

#[test]
fn what_invokes_functions() {
    let notices = triggers_of(&snapshot("notices"));
    let of = |name: &str| format!("aws_lambda_function.{name}");
    for expected in [
        format!("{}: topic <aws_sns_topic.alarms arn>", of("alarm")),
        format!("{}: logs /aws/lambda/orders Some(\"ERROR\")", of("error_line")),
        format!("{}: mail help@example.com Some(\"RequestResponse\")", of("screen")),
        format!("{}: schedule Some(\"rate(12 hours)\") Some(\"UTC\") Some(true)", of("sweep")),
    ] {
        assert!(notices.contains(&expected), "{expected}: {notices:#?}");
    }
    let shop = triggers_of(&snapshot("shop"));
    assert!(
        shop.contains(&format!("{}: HttpApi PUT /products/{{sku}}/picture Some(\"NONE\")", of("api"))),
        "{shop:#?}"
    );
}
