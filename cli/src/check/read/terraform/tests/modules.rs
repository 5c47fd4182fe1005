//! What expressions, repetitions and references come to.

use super::*;

/// A queue for each of these names, with what its name comes to.
fn named(expression: &str) -> String {
    let text = format!(
        "resource \"aws_sqs_queue\" \"q\" {{\n  name = {expression}\n}}\n\
         resource \"aws_sqs_queue\" \"other\" {{\n  name = \"other\"\n  visibility_timeout_seconds = 90\n}}\n\
         resource \"aws_sns_topic\" \"t\" {{}}\n\
         data \"aws_region\" \"here\" {{}}\n\
         data \"aws_caller_identity\" \"me\" {{}}\n\
         data \"aws_partition\" \"p\" {{}}\n\
         data \"aws_region\" \"elsewhere\" {{\n  provider = aws.us\n}}\n\
         data \"aws_s3_bucket\" \"there\" {{\n  bucket = \"uploads-${{var.stage}}\"\n}}\n\
         data \"aws_sqs_queue\" \"there\" {{\n  name = \"there\"\n}}\n\
         variable \"stage\" {{\n  default = \"dev\"\n}}\n\
         variable \"open\" {{}}\n\
         variable \"sizes\" {{\n  type = map(number)\n  default = {{ small = 1, big = 2 }}\n}}\n\
         locals {{\n  prefix = \"shop-${{var.stage}}\"\n  list = [\"a\", \"b\"]\n}}\n"
    );
    let observed = module(&text);
    told(&observed.queues.iter().find(|queue| queue.address == "aws_sqs_queue.q").unwrap().name)
}

#[test]
fn expressions() {
    for (expression, expected) in [
        (r#""plain""#, "plain"),
        (r#""$${x} %%{y}""#, "${x} %{y}"),
        ("var.stage", "dev"),
        ("var.open", "<? var.open>"),
        ("var.missing", "<? var.missing>"),
        (r#""${local.prefix}-orders""#, "shop-dev-orders"),
        (r#""${var.open}-orders""#, "<? var.open>-orders"),
        (r#"var.stage == "dev" ? "one" : "two""#, "one"),
        (r#"var.open == "dev" ? "one" : "two""#, r#"<? var.open == "dev" ? "one" : "two">"#),
        (r#"var.stage != "dev" || !(1 + 1 > 2) ? "one" : "two""#, "one"),
        (r#"false && var.open ? "one" : "two""#, "two"),
        ("var.sizes.big * 30", "60"),
        (r#"var.sizes["small"] + 1"#, "2"),
        ("7 % 4 - 1 / 2", "2.5"),
        (r#"join("-", concat(local.list, ["c"]))"#, "a-b-c"),
        (r#"join("-", [for item in local.list : upper(item) if item != "a"])"#, "B"),
        (r#"{ for key, size in var.sizes : key => size * 2 }["big"]"#, "4"),
        (r#"format("%s-%d-%%", var.stage, 3)"#, "dev-3-%"),
        (r#"format("%5.2f", 3)"#, r#"<? format("%5.2f", 3)>"#),
        (r#"lookup(var.sizes, "huge", 9)"#, "9"),
        (r#"merge(var.sizes, { big = 3 }).big"#, "3"),
        (r#"merge(var.sizes, var.open).big"#, "<? merge(…)>"),
        (r#"merge(var.open, { big = 3 }).big"#, "3"),
        (r#"element(local.list, 3)"#, "b"),
        (r#"length(local.list)"#, "2"),
        (r#"coalesce(null, "", "x")"#, "x"),
        (r#"try(var.stage, "x")"#, "dev"),
        (r#"replace(lower("A-B"), "-", "_")"#, "a_b"),
        (r#"contains(local.list, "a") ? "yes" : "no""#, "yes"),
        (r#"split(",", "a,b")[1]"#, "b"),
        (r#"one([var.stage])"#, "dev"),
        (r#"jsondecode(jsonencode({ a = "b" })).a"#, "b"),
        (r#"unheard_of("x")"#, r#"<? unheard_of("x")>"#),
        ("<<EOT\na${var.stage}\nEOT", "adev\n"),
        ("<<-EOT\n    a\n    b\n  EOT", "a\nb\n"),
        ("<<-EOT\n    a\n\n      b${var.stage}\n        c\n  EOT", "a\n\n  bdev\n    c\n"),
        // Lines without indentation: none is taken from those that have some.
        ("<<-EOT\n{\n  a${var.stage}\n    b\n}\nEOT", "{\n  adev\n    b\n}\n"),
        ("<<-EOT\n{\n  a${var.stage}\n    b\n  c${var.stage}\n  d\nEOT", "{\n  adev\n    b\n  cdev\n  d\n"),
        ("<<-EOT\n    a\n${var.stage}\n    $${b}\nEOT", "    a\ndev\n    ${b}\n"),
        ("<<-EOT\n    ${var.stage}\n  b\nEOT", "  dev\nb\n"),
        ("<<EOT\n{\n  a${var.stage}\n    b\n}\nEOT", "{\n  adev\n    b\n}\n"),
        (r#""%{ if var.stage == "dev" }small%{ else }big%{ endif }""#, "small"),
        ("aws_sqs_queue.other.arn", "<aws_sqs_queue.other arn>"),
        ("aws_sqs_queue.other.url", "<aws_sqs_queue.other name>"),
        (r#""${aws_sqs_queue.other.name}-2""#, "<aws_sqs_queue.other name>-2"),
        ("aws_sqs_queue.other.visibility_timeout_seconds * 6", "540"),
        // Known to be a topic's ARN, although it is not called so.
        ("aws_sns_topic.t.id", "<aws_sns_topic.t arn>"),
        (r#""${var.open}-a" == "${var.open}-a" ? "one" : "two""#, "one"),
        (r#""${var.open}-a" == "x-a" ? "one" : "two""#, r#"<? "${var.open}-a" == "x-a" ? "one" : "two">"#),
        ("aws_sqs_queue.gone.arn", "<? aws_sqs_queue.gone.arn>"),
        ("data.aws_region.here.region", "<region>"),
        ("data.aws_region.here.name", "<region>"),
        ("data.aws_caller_identity.me.account_id", "<account>"),
        ("data.aws_sqs_queue.there.arn", "arn:<partition>:sqs:<region>:<account>:there"),
        ("data.aws_sqs_queue.there.name", "there"),
        ("data.aws_s3_bucket.there.arn", "arn:<partition>:s3:::uploads-dev"),
        ("data.aws_region.elsewhere.name", "<? data.aws_region.elsewhere.name>"),
        ("module.shop.name", "<? module.shop.name>"),
        ("q", "<? q>"),
    ] {
        assert_eq!(named(expression), expected, "{expression}");
    }
}

#[test]
fn what_is_given_stands_before_defaults() {
    let text = r#"
        variable "name" {
          type    = string
          default = "a"
        }
        variable "timeout" {
          type = number
        }
        variable "names" {
          type = list(string)
        }
        resource "aws_sqs_queue" "q" {
          name                       = var.name
          visibility_timeout_seconds = var.timeout
        }
        resource "aws_sqs_queue" "each" {
          for_each = toset(var.names)
          name     = each.key
        }
    "#;
    let given = [("name", "true"), ("timeout", "60"), ("names", "[\"x\", \"y\"]"), ("of_another_module", "z")];
    let observed = module_with(text, &given);
    let names: Vec<String> = observed.queues.iter().map(|queue| told(&queue.name)).collect();
    assert_eq!(names, ["true", "x", "y"]);
    assert_eq!(shown(&observed.queues[0].visibility_timeout), "60 at 14:11 aws_sqs_queue.q.visibility_timeout_seconds");
    let declared = crate::check::read::terraform::declared(&[source("a.tf", text)]).unwrap();
    assert_eq!(declared, ["name", "timeout", "names"]);
}

#[test]
fn how_often_a_resource_is_there() {
    let observed = module(
        r#"
        variable "open" {}
        resource "aws_sqs_queue" "none" {
          count = 0
        }
        resource "aws_sqs_queue" "two" {
          count = 2
          name  = "two-${count.index}"
        }
        resource "aws_sqs_queue" "each" {
          for_each                   = { eu = 30, us = 60 }
          name                       = "q-${each.key}"
          visibility_timeout_seconds = each.value
          redrive_policy             = jsonencode({
            deadLetterTargetArn = aws_sqs_queue.dead[each.key].arn
            maxReceiveCount     = 4
          })
        }
        resource "aws_sqs_queue" "dead" {
          for_each = toset(["eu", "us"])
          name     = "dead-${each.value}"
        }
        resource "aws_sqs_queue" "maybe" {
          count = var.open ? 1 : 0
          name  = "maybe"
        }
        resource "aws_sqs_queue" "unknown" {
          for_each = var.open
          name     = each.value
          redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.maybe[0].arn, maxReceiveCount = 1 })
        }
        resource "aws_sqs_queue" "chained" {
          for_each = aws_sqs_queue.dead
          redrive_policy = jsonencode({ deadLetterTargetArn = each.value.arn, maxReceiveCount = 1 })
        }
        "#,
    );
    let all: Vec<String> = observed
        .queues
        .iter()
        .map(|queue| {
            let (name, to) = (told(&queue.name), told(&queue.dead_letters));
            format!("{} {name} {:?} {to}", queue.address, queue.visibility_timeout.value())
        })
        .collect();
    assert_eq!(
        all,
        [
            r#"aws_sqs_queue.two[0] two-0 Some(30) absent"#,
            r#"aws_sqs_queue.two[1] two-1 Some(30) absent"#,
            r#"aws_sqs_queue.each["eu"] q-eu Some(30) <aws_sqs_queue.dead["eu"] arn>"#,
            r#"aws_sqs_queue.each["us"] q-us Some(60) <aws_sqs_queue.dead["us"] arn>"#,
            r#"aws_sqs_queue.dead["eu"] dead-eu Some(30) absent"#,
            r#"aws_sqs_queue.dead["us"] dead-us Some(30) absent"#,
            r#"aws_sqs_queue.maybe maybe Some(30) absent"#,
            r#"aws_sqs_queue.unknown <? each.value in aws_sqs_queue.unknown.name> Some(30) <aws_sqs_queue.maybe arn>"#,
            r#"aws_sqs_queue.chained["eu"] absent Some(30) <aws_sqs_queue.dead["eu"] arn>"#,
            r#"aws_sqs_queue.chained["us"] absent Some(30) <aws_sqs_queue.dead["us"] arn>"#,
        ]
    );
}

#[test]
fn dynamic_blocks() {
    let observed = module(
        r#"
        variable "open" {}
        locals {
          variables = { STAGE = "dev" }
        }
        resource "aws_lambda_function" "known" {
          dynamic "environment" {
            for_each = length(local.variables) > 0 ? [local.variables] : []
            content {
              variables = environment.value
            }
          }
          dynamic "tracing_config" {
            for_each = toset(["Active"])
            iterator = mode
            content {
              mode = mode.key
            }
          }
        }
        resource "aws_lambda_function" "open" {
          dynamic "environment" {
            for_each = var.open
            content {
              variables = environment.value
            }
          }
          dynamic "tracing_config" {
            for_each = var.open
            content {
              mode = "Active"
            }
          }
        }
        "#,
    );
    let known = function(&observed, "aws_lambda_function.known");
    assert_eq!(known.environment.variables[0].name, "STAGE");
    assert_eq!(known.tracing.value().unwrap(), "Active");
    let open = function(&observed, "aws_lambda_function.open");
    assert!(open.environment.is_open && open.environment.variables.is_empty());
    assert_eq!(shown(&open.tracing), "unknown at aws_lambda_function.open.tracing_config");
}

#[test]
fn several_files_are_one_module() {
    let sources = [
        source("variables.tf", "variable \"timeout\" {\n  default = 45\n}\n"),
        source("main.tf", "\u{feff}resource \"aws_lambda_function\" \"f\" {\r\n  timeout = var.timeout\r\n}\r\n"),
    ];
    let observed = read_module(&sources, &[]).unwrap();
    let timeout = &observed.functions[0].timeout;
    assert_eq!(shown(timeout), "45 at 2:3 aws_lambda_function.f.timeout");
    assert_eq!(&*timeout.place().unwrap().file, "main.tf");
}

/// As the CDK for Terraform writes it.
#[test]
fn files_in_json() {
    let text = r#"{
        "//": {"metadata": {"stackName": "shop"}},
        "terraform": {"required_providers": {"aws": {"source": "aws"}}},
        "variable": {"names": {"type": "list(string)", "default": ["a", "b"]}, "stage": {"type": "string"}},
        "locals": {"timeout": 30},
        "data": {"aws_iam_policy_document": {"d": {"statement": [
            {"actions": ["sqs:*"], "resources": ["${aws_sqs_queue.q[\"a\"].arn}"]}
        ], "dynamic": {"statement": {"for_each": ["x:Y"], "iterator": "action", "content": {
            "actions": ["${action.value}"], "resources": ["*"]
        }}}}}},
        "resource": {
            "aws_lambda_function": {"f": {
                "//": {"metadata": {"path": "shop/f"}},
                "function_name": "f-${var.stage}",
                "role": "${aws_iam_role.r.arn}",
                "timeout": "${local.timeout}",
                "environment": {"variables": {"QUEUE": "${aws_sqs_queue.q[\"b\"].url}", "RAW": "$${x}"}},
                "tracing_config": [{"mode": "Active"}]
            }},
            "aws_iam_role": {"r": {"name": "r"}},
            "aws_iam_role_policy": {"p": [{
                "role": "${aws_iam_role.r.id}", "policy": "${data.aws_iam_policy_document.d.json}"
            }]},
            "aws_sqs_queue": {"q": {"for_each": "${toset(var.names)}", "name": "${each.key}"}}
        },
        "module": {"m": {"source": "./m"}}
    }"#;
    let given = [Given { name: "stage".to_owned(), value: "dev".to_owned() }];
    let sources = [source("cdk.tf.json", text)];
    let observed = read_module(&sources, &given).unwrap();
    let f = function(&observed, "aws_lambda_function.f");
    assert_eq!(told(&f.name), "f-dev");
    assert_eq!(shown(&f.timeout), "30 at aws_lambda_function.f.timeout");
    assert_eq!(f.tracing.value().unwrap(), "Active");
    let variables: Vec<String> = f.environment.variables.iter().map(|variable| told(&variable.value)).collect();
    assert_eq!(variables, ["<aws_sqs_queue.q[\"b\"] name>", "${x}"]);
    assert_eq!(may(f), ["Allow sqs:* on <aws_sqs_queue.q[\"a\"] arn>", "Allow x:Y on *"]);
    assert_eq!(observed.queues.iter().map(|queue| told(&queue.name)).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(observed.unread.len(), 1);
    assert_eq!(crate::check::read::terraform::declared(&sources).unwrap(), ["names", "stage"]);
    let open = read_module(&sources, &[]).unwrap();
    assert_eq!(told(&open.functions[0].name), "f-<? var.stage>");
    let error = read_module(&[source("a.tf.json", "{")], &[]).unwrap_err().to_string();
    assert!(error.starts_with("`a.tf.json` is no JSON: "), "{error}");
}

#[test]
fn what_is_elsewhere_is_said() {
    let observed = module(
        r#"
        module "orders" {
          source  = "terraform-aws-modules/lambda/aws"
          version = "8.0.0"
        }
        module "network" {
          source = "./network"
        }
        resource "aws_apigatewayv2_api" "api" {
          name          = "api"
          protocol_type = "HTTP"
          body          = file("openapi.json")
        }
        resource "aws_cloudformation_stack" "old" {}
        "#,
    );
    let unread: Vec<String> =
        observed.unread.iter().map(|unread| format!("{}: {}", unread.place.line.unwrap(), unread.what)).collect();
    assert_eq!(
        unread,
        [
            "12: the routes of aws_apigatewayv2_api.api, which stand in an OpenAPI document",
            "14: the stack aws_cloudformation_stack.old",
            "2: the module orders, a function of `terraform-aws-modules/lambda/aws`: check the plan instead, which has its \
             resources",
            "6: the module network of `./network`: check the plan instead, or its folder too",
        ]
    );
}

#[test]
fn what_is_no_hcl_is_said_with_its_place() {
    let error =
        read_module(&[source("a.tf", "resource \"x\" \"y\" {\n  name = [1,\n}\n")], &[]).unwrap_err().to_string();
    assert!(error.starts_with("`a.tf`, line 3, column 1: this is no HCL: "), "{error}");
    assert!(!error.contains('\n'), "{error}");
}
