//! Plans: of examples, in `tests/plans`, and made for a case.

use serde_json::{Value as Json, json};

use super::*;
use crate::check::observed::{Polled, Target};

fn example(name: &str) -> Observed {
    plan(&text_of(&format!("plans/{name}.json")))
}

#[test]
fn what_is_made_is_known_by_what_it_refers_to() {
    let observed = example("orders");
    let fulfil = function(&observed, "aws_lambda_function.fulfil");
    assert_eq!(shown(&fulfil.memory), "256 at aws_lambda_function.fulfil.memory_size");
    assert_eq!(fulfil.handler.value().unwrap(), "fulfil");
    assert_eq!(told(&fulfil.name), "orders-dev-fulfil");
    assert_eq!(fulfil.architecture.value().unwrap(), "arm64");
    assert_eq!(shown(&fulfil.reserved_concurrency), "absent");
    // Filled in by the provider, and known only then.
    assert_eq!(shown(&fulfil.tracing), r#"default "PassThrough""#);
    assert_eq!(fulfil.log_format.value().unwrap(), "JSON");
    let [mapping] = observed.mappings.as_slice() else { panic!("{observed:#?}") };
    assert_eq!(mapping.function, Target::Function("aws_lambda_function.fulfil".to_owned()));
    assert_eq!(told(&mapping.source), "<aws_sqs_queue.orders arn>");
    assert_eq!((mapping.kind, mapping.batch_size.value()), (Some(Polled::Sqs), Some(&10)));
    assert_eq!(mapping.reports_failures.value(), Some(&true));
    assert_eq!(shown(&mapping.maximum_retry_attempts), "absent");
    let queue = &observed.queues[0];
    assert_eq!(shown(&queue.visibility_timeout), "180 at aws_sqs_queue.orders.visibility_timeout_seconds");
    assert_eq!(told(&queue.dead_letters), "<aws_sqs_queue.orders_dead_letters arn>");
    assert_eq!(shown(&queue.max_receive_count), "unknown at aws_sqs_queue.orders.redrive_policy");
    // What a policy says is known only when the ARNs in it are.
    assert_eq!(fulfil.permissions.place.as_ref().unwrap().path, "aws_iam_role.fulfil");
    assert_eq!(fulfil.permissions.unread.as_ref().unwrap().path, "aws_iam_role_policy.fulfil.policy");
}

#[test]
fn what_is_there_is_known_by_its_arns() {
    let observed = example("payments");
    let names: Vec<&str> = observed.queues.iter().map(|queue| queue.address.as_str()).collect();
    assert_eq!(
        names,
        ["aws_sqs_queue.payments", "aws_sqs_queue.payments_dead_letters"],
        "what is deleted is not there"
    );
    assert_eq!(told(&observed.queues[0].dead_letters), "<aws_sqs_queue.payments_dead_letters arn>");
    assert_eq!(observed.queues[0].max_receive_count.value(), Some(&3));
    let [mapping] = observed.mappings.as_slice() else { panic!("{observed:#?}") };
    assert_eq!(mapping.function, Target::Function("aws_lambda_function.charge".to_owned()));
    assert_eq!(told(&mapping.source), "<aws_sqs_queue.payments arn>");
    assert_eq!(
        may(function(&observed, "aws_lambda_function.refund")),
        [
            "Allow logs:CreateLogStream logs:PutLogEvents on arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/\
             payments-dev-refund:*",
            "Allow dynamodb:DeleteItem dynamodb:PutItem on <aws_dynamodb_table.idempotency arn>",
        ]
    );
    let charge = function(&observed, "aws_lambda_function.charge");
    assert_eq!((charge.permissions.statements.len(), &charge.permissions.unread), (3, &None));
    assert_eq!(told(&charge.environment.variables[0].value), "dynamodb://payments-idempotency-dev");
    let [table] = observed.tables.as_slice() else { panic!("{observed:#?}") };
    assert_eq!(shown(&table.ttl), r#""expiration" at aws_dynamodb_table.idempotency.ttl[0].attribute_name"#);
    assert_eq!((shown(&table.stream), shown(&table.sort_key)), ("absent".to_owned(), "absent".to_owned()));
}

#[test]
fn the_routes_of_an_api_that_is_made() {
    let observed = example("shop");
    let found = triggers_of(&observed);
    assert_eq!(found.len(), 21, "{found:#?}");
    assert_eq!(found[0], "aws_lambda_function.api: HttpApi DELETE /orders/{id} Some(\"NONE\")");
    assert!(found.iter().all(|trigger| trigger.starts_with("aws_lambda_function.api: ")), "{found:#?}");
    let api = function(&observed, "aws_lambda_function.api");
    assert_eq!((api.permissions.statements.len(), &api.permissions.unread), (1, &None));
    let Some(crate::check::observed::Trigger::Http(http)) = observed.triggers.first().map(|trigger| &trigger.by) else {
        panic!()
    };
    assert_eq!(http.cors, Field::Absent);
    assert_eq!(observed.triggers[0].place.path, "aws_apigatewayv2_route.api[\"DELETE /orders/{id}\"]");
}

/// A resource as the parts of a plan have it.
pub(super) struct Made<'a> {
    address: &'a str,
    values: Json,
    unknown: Json,
    sensitive: Json,
}

pub(super) fn made(address: &str, values: Json, unknown: Json) -> Made<'_> {
    Made { address, values, unknown, sensitive: json!({}) }
}

/// A plan of these, in the root and in a module `shop`.
pub(super) fn plan_of(root: &[Made<'_>], child: &[Made<'_>], configuration: Json) -> Observed {
    let head = |made: &Made<'_>| {
        let own = made.address.rsplit("module.shop.").next().unwrap();
        let (mode, own) = own.strip_prefix("data.").map_or(("managed", own), |own| ("data", own));
        let (ty, name) = own.split_once('.').unwrap();
        json!({"address": made.address, "mode": mode, "type": ty, "name": name.split('[').next().unwrap()})
    };
    let with = |made: &Made<'_>, key: &str, value: Json| {
        let mut all = head(made);
        all[key] = value;
        all
    };
    let values =
        |all: &[Made<'_>]| -> Vec<Json> { all.iter().map(|made| with(made, "values", made.values.clone())).collect() };
    let changes: Vec<Json> = root
        .iter()
        .chain(child)
        .map(|made| {
            let change = json!({
                "actions": ["create"], "after": made.values, "after_unknown": made.unknown,
                "after_sensitive": made.sensitive,
            });
            with(made, "change", change)
        })
        .collect();
    let text = json!({
        "format_version": "1.2",
        "planned_values": {"root_module": {
            "resources": values(root),
            "child_modules": [{"address": "module.shop", "resources": values(child)}],
        }},
        "resource_changes": changes,
        "configuration": {"root_module": configuration},
    });
    plan(&text.to_string())
}

fn written(address: &str, expressions: Json) -> Json {
    let (mode, own) = address.strip_prefix("data.").map_or(("managed", address), |own| ("data", own));
    let (ty, name) = own.split_once('.').unwrap();
    json!({"address": address, "mode": mode, "type": ty, "name": name, "expressions": expressions})
}

#[test]
fn references_lead_through_modules() {
    let root = [made("aws_sqs_queue.orders", json!({"name": "orders"}), json!({"arn": true, "id": true}))];
    let child = [
        made("module.shop.aws_lambda_function.f", json!({"handler": "f"}), json!({"arn": true, "role": true})),
        made(
            "module.shop.aws_lambda_event_source_mapping.f",
            json!({}),
            json!({"event_source_arn": true, "function_name": true}),
        ),
    ];
    let configuration = json!({
        "resources": [written("aws_sqs_queue.orders", json!({"name": {"constant_value": "orders"}}))],
        "module_calls": {"shop": {
            "source": "./shop",
            "expressions": {"queue_arn": {"references": ["aws_sqs_queue.orders.arn", "aws_sqs_queue.orders"]}},
            "module": {
                "resources": [
                    written("aws_lambda_function.f", json!({"role": {"references": ["var.role"]}})),
                    written("aws_lambda_event_source_mapping.f", json!({
                        "event_source_arn": {"references": ["var.queue_arn"]},
                        "function_name": {"references": ["aws_lambda_function.f.arn", "aws_lambda_function.f"]},
                    })),
                ],
            },
        }},
    });
    let observed = plan_of(&root, &child, configuration);
    assert_eq!(observed.functions[0].address, "module.shop.aws_lambda_function.f");
    let mapping = &observed.mappings[0];
    assert_eq!(mapping.function, Target::Function("module.shop.aws_lambda_function.f".to_owned()));
    assert_eq!(told(&mapping.source), "<aws_sqs_queue.orders arn>");
    assert!(observed.functions[0].permissions.unread.is_some());
}

#[test]
fn what_has_several_references_or_one_to_nothing_is_unknown() {
    let mapping = |references: Json| {
        let unknown = json!({"event_source_arn": true});
        let root = [
            made("aws_lambda_event_source_mapping.f", json!({}), unknown),
            made("aws_sqs_queue.a", json!({}), json!({"arn": true})),
            made("aws_sqs_queue.b", json!({}), json!({"arn": true})),
        ];
        let expressions = json!({"event_source_arn": {"references": references}});
        let configuration = json!({"resources": [written("aws_lambda_event_source_mapping.f", expressions)]});
        told(&plan_of(&root, &[], configuration).mappings[0].source)
    };
    assert_eq!(mapping(json!(["aws_sqs_queue.a.arn", "aws_sqs_queue.a"])), "<aws_sqs_queue.a arn>");
    let unknown = "<? aws_lambda_event_source_mapping.f.event_source_arn, known after apply>";
    let both = json!(["aws_sqs_queue.a.arn", "aws_sqs_queue.a", "aws_sqs_queue.b.arn", "aws_sqs_queue.b"]);
    assert_eq!(mapping(both), unknown);
    assert_eq!(mapping(json!(["aws_sqs_queue.gone.arn", "aws_sqs_queue.gone"])), unknown);
    assert_eq!(mapping(json!(["each.value"])), unknown);
    assert_eq!(mapping(json!([])), unknown);
}

#[test]
fn outputs_lead_out_of_modules() {
    let root = [made(
        "aws_lambda_event_source_mapping.f",
        json!({}),
        json!({"event_source_arn": true, "function_name": true}),
    )];
    let child = [made("module.shop.aws_sqs_queue.q[\"eu.1\"]", json!({"name": "q"}), json!({"arn": true}))];
    let configuration = json!({
        "resources": [written("aws_lambda_event_source_mapping.f", json!({
            "event_source_arn": {"references": ["module.shop.arn", "module.shop"]},
            "function_name": {"references": ["module.gone.arn", "module.gone"]},
        }))],
        "module_calls": {"shop": {"module": {
            "outputs": {"arn": {"expression": {"references": [
                "aws_sqs_queue.q[\"eu.1\"].arn", "aws_sqs_queue.q[\"eu.1\"]", "aws_sqs_queue.q",
            ]}}},
            "resources": [written("aws_sqs_queue.q", json!({}))],
        }}},
    });
    let observed = plan_of(&root, &child, configuration);
    assert_eq!(told(&observed.mappings[0].source), "<module.shop.aws_sqs_queue.q[\"eu.1\"] arn>");
    assert_eq!(observed.mappings[0].kind, Some(Polled::Sqs));
    assert_eq!(observed.mappings[0].function, Target::Elsewhere);
}

/// As Terraform has a document that is read only when the plan is applied: what is unknown is left out of a set.
#[test]
fn documents_that_are_read_later() {
    let root = [
        made("aws_lambda_function.f", json!({}), json!({"role": true})),
        made("aws_iam_role.f", json!({"name": "f"}), json!({"arn": true, "id": true})),
        made("aws_iam_role_policy.f", json!({"role": "f"}), json!({"policy": true})),
        made(
            "data.aws_iam_policy_document.d",
            json!({"source_json": null, "statement": [{
                "actions": ["sqs:DeleteMessage", "sqs:ReceiveMessage"], "condition": [], "effect": "Allow",
                "not_actions": null, "not_resources": null, "resources": ["arn:aws:sqs:a:1:known"], "sid": null,
            }]}),
            json!({"json": true, "id": true, "statement": [{
                "actions": [false, false], "condition": [], "resources": [true, false],
            }]}),
        ),
    ];
    let configuration = json!({"resources": [
        written("aws_lambda_function.f", json!({"role": {"references": ["aws_iam_role.f.arn", "aws_iam_role.f"]}})),
        written("aws_iam_role.f", json!({"name": {"constant_value": "f"}})),
        written("aws_iam_role_policy.f", json!({"policy": {"references": [
            "data.aws_iam_policy_document.d.json", "data.aws_iam_policy_document.d",
        ]}})),
        written("data.aws_iam_policy_document.d", json!({"statement": [{
            "actions": {"constant_value": ["sqs:DeleteMessage", "sqs:ReceiveMessage"]},
            "resources": {"references": ["aws_sqs_queue.q.arn", "aws_sqs_queue.q"]},
        }]})),
    ]});
    let observed = plan_of(&root, &[], configuration);
    assert_eq!(observed.functions[0].permissions.unread, None);
    assert_eq!(
        may(&observed.functions[0]),
        ["Allow sqs:DeleteMessage sqs:ReceiveMessage on arn:aws:sqs:a:1:known \
             <? data.aws_iam_policy_document.d.statement[0].resources[1], known after apply>"]
    );
}

#[test]
fn what_is_sensitive_is_not_shown() {
    let mut f = made(
        "aws_lambda_function.f",
        json!({"function_name": "f", "environment": [{"variables": {"OPEN": "yes", "TOKEN": "hunter2"}}]}),
        json!({}),
    );
    f.sensitive = json!({"environment": [{"variables": {"TOKEN": true}}]});
    let observed = plan_of(&[f], &[], json!({}));
    let environment = &observed.functions[0].environment;
    assert_eq!((environment.variables.len(), environment.is_open), (2, false));
    assert!(!format!("{observed:?}").contains("hunter2"));
    let mut f = made("aws_lambda_function.f", json!({"environment": [{"variables": {"TOKEN": "hunter2"}}]}), json!({}));
    f.sensitive = json!({"environment": [{"variables": true}]});
    let observed = plan_of(&[f], &[], json!({}));
    assert!(observed.functions[0].environment.is_open);
    assert!(!format!("{observed:?}").contains("hunter2"));
}

/// A set of blocks stands in another order in the plan than in the configuration.
#[test]
fn blocks_are_found_by_their_constants() {
    let notification = made(
        "aws_s3_bucket_notification.b",
        json!({"bucket": "b", "lambda_function": [{"filter_prefix": "b/"}, {"filter_prefix": "a/"}, {"filter_prefix": "c/"}]}),
        json!({"lambda_function": [{"lambda_function_arn": true}, {"lambda_function_arn": true}, {"lambda_function_arn": true}]}),
    );
    let f = made("aws_lambda_function.f", json!({}), json!({"arn": true}));
    let g = made("aws_lambda_function.g", json!({}), json!({"arn": true}));
    let to = |name: &str| json!({"references": [format!("aws_lambda_function.{name}.arn"), format!("aws_lambda_function.{name}")]});
    let configuration = json!({"resources": [written("aws_s3_bucket_notification.b", json!({"lambda_function": [
        {"filter_prefix": {"constant_value": "a/"}, "lambda_function_arn": to("f")},
        {"filter_prefix": {"constant_value": "b/"}, "lambda_function_arn": to("g")},
    ]}))]});
    let observed = plan_of(&[notification, f, g], &[], configuration);
    assert_eq!(
        triggers_of(&observed),
        [
            "aws_lambda_function.g: bucket b  Some(\"b/\") None",
            "aws_lambda_function.f: bucket b  Some(\"a/\") None",
            // Of a `dynamic` block nothing is told.
            "elsewhere: bucket b  Some(\"c/\") None",
        ]
    );
}

#[test]
fn an_empty_text_that_nobody_wrote_is_none() {
    let root = [
        made(
            "aws_cloudwatch_event_rule.r",
            json!({"id": "r", "name": "r", "event_pattern": "{\"source\":[\"a\"]}", "schedule_expression": ""}),
            json!({}),
        ),
        made("aws_cloudwatch_event_target.r", json!({"rule": "r", "arn": "arn:aws:lambda:a:1:function:f"}), json!({})),
        made(
            "aws_lambda_function.f",
            json!({"arn": "arn:aws:lambda:a:1:function:f", "environment": [{"variables": {"EMPTY": ""}}]}),
            json!({}),
        ),
    ];
    let configuration = json!({"resources": [
        written("aws_cloudwatch_event_rule.r", json!({"event_pattern": {}})),
        written("aws_lambda_function.f", json!({"environment": [{"variables": {}}]})),
    ]});
    let observed = plan_of(&root, &[], configuration);
    assert_eq!(triggers_of(&observed), ["aws_lambda_function.f: rule default Some([\"a\"]) None false"]);
    let variables = &observed.functions[0].environment.variables;
    assert_eq!((variables.len(), told(&variables[0].value).as_str()), (1, ""));
}

#[test]
fn what_is_no_plan_is_said() {
    let error = |text: &str| read_plan(&source("p.json", text)).unwrap_err().to_string();
    assert!(error("{").starts_with("`p.json` is no JSON: "), "{}", error("{"));
    assert!(error("{}").contains("no `format_version`"), "{}", error("{}"));
    assert!(error(r#"{"format_version": "2.0"}"#).contains("format 2.0"));
    let state = r#"{"format_version": "1.0", "values": {"root_module": {}}}"#;
    assert!(error(state).contains("is a state"), "{}", error(state));
}
