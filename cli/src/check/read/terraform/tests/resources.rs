//! Functions, mappings, queues and tables.

use crate::check::observed::{Polled, Target};

use super::*;

const FUNCTION: &str = r#"
    variable "open" {}
    resource "aws_lambda_function" "f" {
      function_name = "f"
    }
    resource "aws_lambda_alias" "live" {
      name             = "live"
      function_name    = aws_lambda_function.f.function_name
      function_version = aws_lambda_function.f.version
    }
"#;

pub(super) fn with_function(more: &str) -> Observed {
    module(&format!("{FUNCTION}\n{more}"))
}

#[test]
fn settings_of_functions() {
    let observed = with_function(
        r#"
        resource "aws_lambda_function" "g" {
          function_name                  = "g"
          reserved_concurrent_executions = 5
          layers                         = ["arn:aws:lambda:eu-central-1:1:layer:x:3", var.open]
          timeout                        = var.open
          logging_config {
            log_format = "JSON"
          }
          tracing_config {
            mode = "Active"
          }
        }
        resource "aws_lambda_provisioned_concurrency_config" "f" {
          function_name                     = aws_lambda_alias.live.function_name
          qualifier                         = aws_lambda_alias.live.name
          provisioned_concurrent_executions = 2
        }
        "#,
    );
    let f = function(&observed, "aws_lambda_function.f");
    assert_eq!(f.provisioned_concurrency.value(), Some(&2));
    assert_eq!([shown(&f.memory), shown(&f.timeout)], ["default 128", "default 3"]);
    assert_eq!(shown(&f.architecture), r#"default "x86_64""#);
    assert_eq!(shown(&f.reserved_concurrency), "absent");
    let g = function(&observed, "aws_lambda_function.g");
    assert_eq!(g.reserved_concurrency.value(), Some(&5));
    assert_eq!(shown(&g.provisioned_concurrency), "absent");
    assert_eq!(shown(&g.timeout), "unknown at aws_lambda_function.g.timeout");
    assert_eq!(
        g.layers.iter().map(told).collect::<Vec<_>>(),
        ["arn:aws:lambda:eu-central-1:1:layer:x:3", "<? var.open>"]
    );
    assert_eq!(g.tracing.value().unwrap(), "Active");
}

#[test]
fn a_function_by_whatever_it_is_called() {
    let live = Some("live");
    for (named, qualifier) in [
        ("aws_lambda_function.f.arn", None),
        ("aws_lambda_function.f.function_name", None),
        ("aws_lambda_function.f.qualified_arn", Some("qualified_arn")),
        ("aws_lambda_alias.live.arn", live),
        ("aws_lambda_alias.live.invoke_arn", live),
        ("aws_lambda_alias.live.function_name", None),
        ("\"${aws_lambda_function.f.arn}:live\"", live),
        ("\"${aws_lambda_function.f.arn}:${aws_lambda_alias.live.name}\"", live),
        ("\"f\"", None),
        ("\"f:live\"", live),
        ("\"f:$LATEST\"", None),
        ("\"arn:aws:lambda:eu-central-1:123456789012:function:f\"", None),
        ("\"arn:aws:lambda:eu-central-1:123456789012:function:f:live\"", live),
        ("\"arn:aws:lambda:${var.open}:123456789012:function:f\"", None),
    ] {
        let observed = with_function(&format!(
            "resource \"aws_lambda_event_source_mapping\" \"m\" {{\n  function_name = {named}\n}}\n"
        ));
        let target = &observed.mappings[0].function;
        let found = match target {
            Target::Qualified { qualifier, .. } => Some(qualifier.to_string()),
            _ => None,
        };
        assert_eq!(target.address(), Some("aws_lambda_function.f"), "{named}");
        assert_eq!(found.as_deref(), qualifier, "{named}");
    }
    for named in
        ["var.open", "\"g\"", "\"arn:aws:lambda:eu-central-1:1:function:ff\"", "\"arn:aws:lambda:x:1:function:g:f\""]
    {
        let observed = with_function(&format!(
            "resource \"aws_lambda_event_source_mapping\" \"m\" {{\n  function_name = {named}\n}}\n"
        ));
        assert_eq!(observed.mappings[0].function, Target::Elsewhere, "{named}");
    }
}

#[test]
fn mappings_of_each_source() {
    let kinds = [
        ("event_source_arn = aws_sqs_queue.x.arn", Some(Polled::Sqs), "default 10", "default 0"),
        ("event_source_arn = aws_kinesis_stream.x.arn", Some(Polled::Kinesis), "default 100", "default 0"),
        ("event_source_arn = aws_dynamodb_table.x.stream_arn", Some(Polled::DynamoDb), "default 100", "default 0"),
        ("event_source_arn = aws_msk_cluster.x.arn", Some(Polled::Kafka), "default 100", "absent"),
        ("event_source_arn = aws_mq_broker.x.arn", Some(Polled::ActiveMq), "default 100", "absent"),
        ("event_source_arn = aws_mq_broker.rabbit.arn", Some(Polled::Other), "default 100", "absent"),
        ("event_source_arn = \"arn:aws:sqs:a:1:q\"", Some(Polled::Sqs), "default 10", "default 0"),
        ("event_source_arn = \"arn:${var.open}:kafka:a:1:cluster/c/u\"", Some(Polled::Kafka), "default 100", "absent"),
        ("event_source_arn = var.open\n  queues = [\"q\"]", Some(Polled::ActiveMq), "default 100", "absent"),
        (
            "queues = [\"q\"]\n  source_access_configuration {\n    type = \"VIRTUAL_HOST\"\n  }",
            Some(Polled::Other),
            "default 100",
            "absent",
        ),
        ("self_managed_event_source {}", Some(Polled::Kafka), "default 100", "absent"),
        ("scaling_config {\n    maximum_concurrency = 5\n  }", Some(Polled::Sqs), "default 10", "default 0"),
        ("event_source_arn = var.open", None, "absent", "absent"),
    ];
    for (source, kind, batch_size, window) in kinds {
        let observed = with_function(&format!(
            "resource \"aws_lambda_event_source_mapping\" \"m\" {{\n  function_name = \"f\"\n  {source}\n}}\n\
             resource \"aws_sqs_queue\" \"x\" {{}}\n\
             resource \"aws_kinesis_stream\" \"x\" {{}}\n\
             resource \"aws_dynamodb_table\" \"x\" {{}}\n\
             resource \"aws_msk_cluster\" \"x\" {{}}\n\
             resource \"aws_mq_broker\" \"x\" {{\n  engine_type = \"ActiveMQ\"\n}}\n\
             resource \"aws_mq_broker\" \"rabbit\" {{\n  engine_type = \"RabbitMQ\"\n}}\n"
        ));
        let mapping = &observed.mappings[0];
        assert_eq!(mapping.kind, kind, "{source}");
        assert_eq!(
            (shown(&mapping.batch_size).as_str(), shown(&mapping.window).as_str()),
            (batch_size, window),
            "{source}"
        );
    }
}

#[test]
fn each_setting_of_a_mapping() {
    let observed = with_function(
        r#"
        resource "aws_lambda_event_source_mapping" "m" {
          event_source_arn                   = "arn:aws:kinesis:eu-central-1:1:stream/s"
          function_name                      = "f"
          enabled                            = false
          batch_size                         = 50
          maximum_batching_window_in_seconds = 5
          function_response_types            = []
          starting_position                  = "TRIM_HORIZON"
          parallelization_factor             = 2
          maximum_retry_attempts             = 3
          maximum_record_age_in_seconds      = -1
          bisect_batch_on_function_error     = true
          tumbling_window_in_seconds         = 60
          topics                             = ["t"]
          queues                             = ["q"]
          scaling_config {
            maximum_concurrency = 7
          }
          provisioned_poller_config {
            minimum_pollers = 1
            maximum_pollers = 4
          }
          destination_config {
            on_failure {
              destination_arn = aws_sns_topic.failed.arn
            }
          }
          filter_criteria {
            filter {
              pattern = jsonencode({ data = { a = [1] } })
            }
          }
          amazon_managed_kafka_event_source_config {
            consumer_group_id = "g"
          }
        }
        resource "aws_sns_topic" "failed" {}
        "#,
    );
    let [mapping] = observed.mappings.as_slice() else { panic!() };
    assert_eq!(mapping.enabled.value(), Some(&false));
    assert_eq!(mapping.batch_size.value(), Some(&50));
    assert_eq!(mapping.window.value(), Some(&5));
    assert_eq!(mapping.reports_failures.value(), Some(&false));
    assert_eq!(mapping.starting_position.value().unwrap(), "TRIM_HORIZON");
    assert_eq!(mapping.parallelization_factor.value(), Some(&2));
    assert_eq!(mapping.maximum_retry_attempts.value(), Some(&3));
    assert_eq!(mapping.maximum_record_age.value(), Some(&-1));
    assert_eq!(mapping.bisect.value(), Some(&true));
    assert_eq!(mapping.tumbling_window.value(), Some(&60));
    assert_eq!(mapping.maximum_concurrency.value(), Some(&7));
    assert_eq!((mapping.minimum_pollers.value(), mapping.maximum_pollers.value()), (Some(&1), Some(&4)));
    assert_eq!((mapping.topics[0].value().unwrap().as_str(), mapping.queues[0].value().unwrap().as_str()), ("t", "q"));
    assert_eq!(mapping.consumer_group.value().unwrap(), "g");
    assert_eq!(told(&mapping.on_failure), "<aws_sns_topic.failed arn>");
    let Field::Known(filters, place) = &mapping.filters else { panic!("{:?}", mapping.filters) };
    assert_eq!(place.path, "aws_lambda_event_source_mapping.m.filter_criteria");
    assert_eq!(filters[0].value().unwrap(), r#"{"data":{"a":[1]}}"#);
}

#[test]
fn queues_and_tables() {
    let observed = module(
        r#"
        variable "open" {}
        resource "aws_sqs_queue" "fifo" {
          name                        = "a.fifo"
          fifo_queue                  = true
          content_based_deduplication = "true"
        }
        resource "aws_sqs_queue_redrive_policy" "fifo" {
          queue_url      = aws_sqs_queue.fifo.id
          redrive_policy = jsonencode({ deadLetterTargetArn = "arn:aws:sqs:a:1:d.fifo", maxReceiveCount = "5" })
        }
        resource "aws_sqs_queue" "open" {
          redrive_policy = var.open
        }
        resource "aws_dynamodb_table" "streams" {
          name             = "t"
          hash_key         = "a"
          range_key        = "b"
          stream_enabled   = true
          stream_view_type = "NEW_IMAGE"
          ttl {
            attribute_name = "x"
            enabled        = false
          }
        }
        resource "aws_dynamodb_table" "open" {
          ttl {
            attribute_name = "x"
            enabled        = var.open
          }
        }
        "#,
    );
    let [fifo, open] = observed.queues.as_slice() else { panic!() };
    assert_eq!((fifo.is_fifo.value(), fifo.deduplicates_by_content.value()), (Some(&true), Some(&true)));
    assert_eq!(
        (told(&fifo.dead_letters).as_str(), fifo.max_receive_count.value()),
        ("arn:aws:sqs:a:1:d.fifo", Some(&5))
    );
    assert!(open.dead_letters.is_unknown() && open.max_receive_count.is_unknown());
    let [streams, open] = observed.tables.as_slice() else { panic!() };
    assert_eq!(
        (streams.partition_key.value().unwrap().as_str(), streams.sort_key.value().unwrap().as_str()),
        ("a", "b")
    );
    assert_eq!((shown(&streams.ttl).as_str(), streams.stream.value().unwrap().as_str()), ("absent", "NEW_IMAGE"));
    assert!(open.ttl.is_unknown());
}
