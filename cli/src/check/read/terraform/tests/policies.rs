//! What roles may do, in each way in which that is written.

use super::*;

/// A function with a role, and policies for it.
fn role(more: &str) -> Observed {
    module(&format!(
        "resource \"aws_lambda_function\" \"f\" {{\n  role = aws_iam_role.f.arn\n}}\n\
         resource \"aws_iam_role\" \"f\" {{\n  name = \"f\"\n}}\n\
         resource \"aws_sqs_queue\" \"q\" {{\n  name = \"q\"\n}}\n\
         variable \"open\" {{}}\n{more}"
    ))
}

fn allowed(more: &str) -> Vec<String> {
    let observed = role(more);
    let function = &observed.functions[0];
    assert!(function.permissions.unread.is_none(), "{:?}", function.permissions);
    may(function)
}

fn unread(more: &str) -> Option<String> {
    role(more).functions[0].permissions.unread.as_ref().map(|place| place.path.clone())
}

#[test]
fn documents_of_data_sources() {
    let text = r#"
        data "aws_iam_policy_document" "base" {
          statement {
            sid       = "Logs"
            actions   = ["logs:PutLogEvents"]
            resources = ["*"]
          }
          statement {
            sid       = "Same"
            actions   = ["a:Old"]
            resources = ["*"]
          }
        }
        data "aws_iam_policy_document" "all" {
          source_policy_documents = [data.aws_iam_policy_document.base.json]
          statement {
            sid       = "Same"
            actions   = ["sqs:ReceiveMessage", "sqs:DeleteMessage"]
            resources = [aws_sqs_queue.q.arn]
          }
          statement {
            effect        = "Deny"
            not_actions   = ["sqs:*"]
            not_resources = ["${aws_sqs_queue.q.arn}x"]
            condition {
              test     = "StringEquals"
              variable = "aws:SourceAccount"
              values   = ["1"]
            }
          }
        }
        resource "aws_iam_role_policy" "f" {
          role   = aws_iam_role.f.id
          policy = data.aws_iam_policy_document.all.json
        }
    "#;
    assert_eq!(
        allowed(text),
        [
            "Allow logs:PutLogEvents on *",
            "Allow sqs:ReceiveMessage sqs:DeleteMessage on <aws_sqs_queue.q arn>",
            "Deny all but sqs:* on all but <aws_sqs_queue.q arn>x if",
        ]
    );
    let statements = &role(text).functions[0].permissions.statements;
    assert_eq!(statements[1].place.path, "data.aws_iam_policy_document.all.statement");
    assert_eq!(statements[2].place.path, "data.aws_iam_policy_document.all.statement[1]");
}

#[test]
fn documents_that_are_there_several_times() {
    let text = |policy: &str| {
        format!(
            r#"
            data "aws_iam_policy_document" "each" {{
              for_each = {{ a = "*", b = aws_sqs_queue.q.arn }}
              statement {{
                actions   = ["${{each.key}}:Do"]
                resources = [each.value]
              }}
            }}
            data "aws_iam_policy_document" "maybe" {{
              count = var.open ? 1 : 0
              statement {{
                actions   = ["maybe:Do"]
                resources = [var.open]
              }}
            }}
            data "aws_iam_policy_document" "all" {{
              source_policy_documents = values(data.aws_iam_policy_document.each)[*].json
            }}
            resource "aws_iam_role_policy" "f" {{
              role   = aws_iam_role.f.id
              policy = {policy}
            }}
        "#
        )
    };
    let each = |key: &str| allowed(&text(&format!("data.aws_iam_policy_document.{key}.json")));
    assert_eq!(each("each[\"b\"]"), ["Allow b:Do on <aws_sqs_queue.q arn>"]);
    assert_eq!(each("maybe[0]"), ["Allow maybe:Do on <? var.open>"]);
    let statement =
        &role(&text("data.aws_iam_policy_document.each[\"a\"].json")).functions[0].permissions.statements[0];
    assert_eq!(statement.place.path, "data.aws_iam_policy_document.each[\"a\"].statement");
    assert!(unread(&text("data.aws_iam_policy_document.all.json")).is_some());
}

#[test]
fn dynamic_statements() {
    let document = |each: &str| {
        format!(
            r#"
            data "aws_iam_policy_document" "d" {{
              dynamic "statement" {{
                for_each = {each}
                content {{
                  actions   = [statement.value]
                  resources = ["*"]
                }}
              }}
            }}
            resource "aws_iam_role_policy" "f" {{
              role   = aws_iam_role.f.name
              policy = data.aws_iam_policy_document.d.json
            }}
        "#
        )
    };
    assert_eq!(allowed(&document("[\"a:B\", \"c:D\"]")), ["Allow a:B on *", "Allow c:D on *"]);
    assert_eq!(unread(&document("var.open")).unwrap(), "aws_iam_role_policy.f.policy");
}

#[test]
fn json_in_texts() {
    let text = r#"
        resource "aws_iam_role_policy" "f" {
          role   = "f"
          policy = <<EOF
        {
          "Version": "2012-10-17",
          "Statement": {
            "Effect": "Allow",
            "Action": "sqs:*",
            "Resource": ["${aws_sqs_queue.q.arn}", "arn:aws:sqs:eu-central-1:1:${var.open}"]
          }
        }
        EOF
        }
    "#;
    assert_eq!(allowed(text), ["Allow sqs:* on <aws_sqs_queue.q arn> arn:aws:sqs:eu-central-1:1:<? var.open>"]);
    // What is no JSON, as what another file has, is not read.
    let of =
        |policy: &str| format!("resource \"aws_iam_role_policy\" \"f\" {{\n  role = \"f\"\n  policy = {policy}\n}}\n");
    for policy in ["file(\"policy.json\")", "\"{\"", "var.open", "jsonencode(var.open)", "jsonencode([])"] {
        assert_eq!(unread(&of(policy)).unwrap(), "aws_iam_role_policy.f.policy", "{policy}");
    }
    assert_eq!(unread(&of("jsonencode({ Statement = [] })")), None);
    let some = r#"jsonencode({ Statement = [{ Effect = "Allow", Action = ["a:B"], Resource = "*" }, var.open] })"#;
    assert_eq!(unread(&of(some)).unwrap(), "aws_iam_role_policy.f.policy");
    assert_eq!(may(&role(&of(some)).functions[0]), ["Allow a:B on *"]);
    // What is only partly unknown is known in part.
    let actions =
        r#"jsonencode({ Statement = [{ Effect = "Allow", Action = concat(["a:B"], var.open), Resource = "*" }] })"#;
    let place = "aws_iam_role_policy.f.policy.Statement[0].Action";
    assert_eq!(may(&role(&of(actions)).functions[0]), [format!("Allow a:B unknown at {place} on *")]);
}

#[test]
fn inline_and_attached() {
    let text = r#"
        resource "aws_lambda_function" "g" {
          role = aws_iam_role.g.arn
        }
        resource "aws_iam_role" "g" {
          name                = "g"
          managed_policy_arns = [aws_iam_policy.own.arn, "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess"]
          inline_policy {
            name   = "in"
            policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "in:Line", Resource = "*" }] })
          }
        }
        resource "aws_iam_policy" "own" {
          policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "own:Policy", Resource = "*" }] })
        }
        data "aws_partition" "here" {}
        data "aws_iam_policy" "sqs" {
          name = "AWSLambdaSQSQueueExecutionRole"
        }
        resource "aws_iam_role_policy_attachment" "f" {
          for_each = toset(["AWSLambdaBasicExecutionRole"])
          role       = aws_iam_role.f.name
          policy_arn = "arn:${data.aws_partition.here.partition}:iam::aws:policy/service-role/${each.key}"
        }
        resource "aws_iam_policy_attachment" "f" {
          name       = "f"
          roles      = [aws_iam_role.g.name, aws_iam_role.f.name]
          policy_arn = data.aws_iam_policy.sqs.arn
        }
    "#;
    let observed = role(text);
    let logs = "logs:CreateLogGroup logs:CreateLogStream logs:PutLogEvents";
    let sqs = "Allow sqs:ReceiveMessage sqs:DeleteMessage sqs:GetQueueAttributes on *, generated";
    let basic = format!("Allow {logs} on *, generated");
    assert_eq!(may(function(&observed, "aws_lambda_function.f")), [basic.as_str(), basic.as_str(), sqs]);
    let g = may(function(&observed, "aws_lambda_function.g"));
    assert_eq!(g[..2], ["Allow in:Line on *", "Allow own:Policy on *"]);
    assert!(g[2].starts_with("Allow xray:PutTraceSegments") && g[2].ends_with("on *, generated"), "{g:#?}");
    assert_eq!(g[3..], [basic.as_str(), sqs]);
    for function in &observed.functions {
        assert!(function.permissions.unread.is_none(), "{:?}", function.permissions);
    }
}

#[test]
fn what_may_be_attached_is_not_missing() {
    let attach = |role: &str, arn: &str| {
        format!("resource \"aws_iam_role_policy_attachment\" \"a\" {{\n  role = {role}\n  policy_arn = {arn}\n}}\n")
    };
    let own = "\"arn:aws:iam::123456789012:policy/mine\"";
    let place = "aws_iam_role_policy_attachment.a";
    assert_eq!(unread(&attach("aws_iam_role.f.name", own)).unwrap(), format!("{place}.policy_arn"));
    assert_eq!(unread(&attach("aws_iam_role.f.name", "var.open")).unwrap(), format!("{place}.policy_arn"));
    assert_eq!(unread(&attach("var.open", own)).unwrap(), format!("{place}.role"));
    // One of an account's own, although its name is that of one of AWS.
    let same = "\"arn:aws:iam::${var.open}:policy/AWSLambdaBasicExecutionRole\"";
    assert_eq!(unread(&attach("aws_iam_role.f.name", same)).unwrap(), format!("{place}.policy_arn"));
    assert_eq!(unread(&attach("\"another\"", own)), None);
    // A role that is made elsewhere.
    let observed = module("resource \"aws_lambda_function\" \"f\" {\n  role = var.role\n}\n");
    let permissions = &observed.functions[0].permissions;
    assert_eq!(permissions.unread.as_ref().unwrap().path, "aws_lambda_function.f.role");
}
