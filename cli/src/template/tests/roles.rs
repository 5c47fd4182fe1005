//! What roles may do, and who may invoke.

use super::{SQS, allowed, planned};
use crate::template::model::Scope;

#[test]
fn a_service_is_named_as_each_deployer_takes_it() {
    for (package, service) in [("my_app", "my-app"), ("orders", "orders"), ("p", "pfunctions"), ("_a1", "a1")] {
        let text = format!(
            r#"{{"version": 1, "functions": [{{"name": "f", "package": "{package}", "trigger": {{"source": "invoke"}}}}]}}"#
        );
        let of = super::deployment(&crate::manifest::Manifest::parse(&text, "it").unwrap(), &[]);
        assert_eq!((of.service.as_str(), of.code.binary.as_str()), (service, package));
    }
}

#[test]
fn a_role_polls_its_own_queue_and_nothing_else() {
    let of = planned(&[SQS], &[]);
    let actions = "sqs:DeleteMessage sqs:GetQueueAttributes sqs:ReceiveMessage";
    assert_eq!(allowed(&of.functions[0]), [format!("{actions} on {{arn of OrdersQueue}}")]);
    let of = planned(&[SQS], &["--existing=queue:orders"]);
    assert_eq!(of.queues.len(), 0);
    assert_eq!(
        allowed(&of.functions[0]),
        [format!("{actions} on arn:{{partition}}:sqs:{{region}}:{{account}}:orders")]
    );
    assert!(of.functions[0].notes[0].contains("visibility timeout of 200 s"), "{:?}", of.functions[0].notes);
}

#[test]
fn logs_are_written_to_one_s_own_group() {
    let of = planned(&[SQS], &[]);
    let Scope::Resources(resources) = &of.functions[0].permissions[0].on else { panic!() };
    assert_eq!(
        resources[0].to_string(),
        "arn:{partition}:logs:{region}:{account}:log-group:/aws/lambda/pfunctions-{stage}-f0:*"
    );
}

#[test]
fn no_role_may_do_anything_to_everything_but_where_aws_has_no_other_way() {
    let invoke = r#""trigger": {"source": "invoke"}"#;
    for (functions, options, expected) in [
        (SQS, vec![], 0),
        (invoke, vec!["--tracing"], 1),
        (r#""trigger": {"source": "activemq", "settings": {"queue": "q"}}"#, vec![], 1),
    ] {
        let of = planned(&[functions], &options);
        let wide = of.functions[0].permissions.iter().filter(|permission| matches!(permission.on, Scope::Anything(_)));
        assert_eq!(wide.count(), expected, "{functions}");
    }
}

#[test]
fn a_role_may_do_with_a_table_s_stream_what_dynamodb_s_guide_says() {
    let table = r#""trigger": {"source": "dynamodb", "settings": {"table": "t"}}"#;
    let of = planned(&[table], &["--table=t=id:S"]);
    let actions = "DescribeStream dynamodb:GetRecords dynamodb:GetShardIterator dynamodb:ListStreams";
    assert_eq!(allowed(&of.functions[0]), [format!("dynamodb:{actions} on {{arn of TTable}}/stream/*")]);
}
