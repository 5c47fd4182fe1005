//! Whatever a file holds: it ends, and nothing panics.

use proptest::prelude::*;

use super::*;

/// Reads it as both; what comes of it does not matter.
fn survives(text: &str) {
    let _ = read_module(&[source("a.tf", text)], &[]);
    let _ = read_module(&[source("a.tf.json", text)], &[]);
    let _ = read_plan(&source("a.json", text));
}

#[test]
fn deep_nesting_ends() {
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("{a=", "}"),
        ("\"${", "}\""),
        ("f(", ")"),
        ("!", ""),
        ("-", ""),
        ("true ? 1 : ", ""),
        ("1 + ", ""),
        ("a[", "]"),
        ("<<A\n${", "}\nA\n"),
    ] {
        for depth in [10, 60, 64, 127, 10_000] {
            survives(&format!("locals {{\n  a = {}1{}\n}}\n", open.repeat(depth), close.repeat(depth)));
            let queue = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            survives(&format!("resource \"aws_sqs_queue\" \"q\" {{\n  name = {queue}\n}}\n"));
        }
    }
    survives(&"a {\n".repeat(10_000));
    survives(&"[".repeat(10_000));
    survives(&"{\"planned_values\":".repeat(10_000));
}

#[test]
fn values_made_of_each_other_end() {
    let queue = "resource \"aws_sqs_queue\" \"q\" {\n  name = local.a0\n}\n";
    let name = |text: &str| told(&module(text).queues[0].name);
    // Of themselves.
    assert_eq!(name(&format!("locals {{\n  a0 = local.a1\n  a1 = local.a0\n}}\n{queue}")), "<? local.a0>");
    // In a long row.
    let row: String = (0..5_000).map(|at| format!("  a{at} = \"x${{local.a{}}}\"\n", at + 1)).collect();
    assert!(name(&format!("locals {{\n{row}  a5000 = 1\n}}\n{queue}")).starts_with("xxx"));
    // Twice as many in each step.
    for double in ["[local.aN, local.aN]", "\"${local.aN}${local.aN}\"", "concat([local.aN], [local.aN])"] {
        let steps: String =
            (0..60).map(|at| format!("  a{at} = {}\n", double.replace('N', &(at + 1).to_string()))).collect();
        let observed = module(&format!("locals {{\n{steps}  a60 = \"word\"\n}}\n{queue}"));
        assert_eq!(observed.unread.len(), 1, "{double}: {:?}", observed.unread);
    }
    // Resources that are as many as each other.
    let text = "resource \"aws_sqs_queue\" \"q\" {\n  for_each = aws_sqs_queue.r\n}\n\
                resource \"aws_sqs_queue\" \"r\" {\n  for_each = aws_sqs_queue.q\n  name = aws_sqs_queue.r[0].fifo_queue\n}\n";
    module(text);
    module("resource \"aws_sqs_queue\" \"q\" {\n  count = 1e12\n}\n");
    let parents = "resource \"aws_api_gateway_resource\" \"a\" {\n  parent_id = aws_api_gateway_resource.a.id\n  path_part = \"a\"\n}\n\
                   resource \"aws_api_gateway_integration\" \"a\" {\n  resource_id = aws_api_gateway_resource.a.id\n  uri = \"f\"\n  http_method = \"GET\"\n}\n";
    module(parents);
    let documents = "data \"aws_iam_policy_document\" \"a\" {\n  source_policy_documents = [data.aws_iam_policy_document.a.json]\n}\n\
                     resource \"aws_iam_role_policy\" \"a\" {\n  policy = data.aws_iam_policy_document.a.json\n}\n";
    module(documents);
}

/// Texts that are like what is read, and damaged.
fn damaged() -> impl Strategy<Value = String> {
    let files = ["orders", "payments", "shop", "notices", "clicks"]
        .map(|name| text_of(&format!("snapshots/{name}/lambkin.tf")));
    let plans = ["orders", "payments", "shop"].map(|name| text_of(&format!("plans/{name}.json")));
    let all: Vec<String> = files.into_iter().chain(plans).collect();
    let cut = prop_oneof![
        Just(String::new()),
        "[\\[\\]{}()\"$%.,=\n!-]{1,4}",
        "(each|count|local|var|null|true|1|-1|1e99|\\*|jsonencode\\(|toset\\()",
    ];
    (0..all.len(), proptest::collection::vec((any::<prop::sample::Index>(), 0_usize..30, cut), 1..6)).prop_map(
        move |(which, cuts)| {
            let mut text: Vec<char> = all[which].chars().collect();
            for (at, length, new) in cuts {
                let at = at.index(text.len() + 1);
                let end = (at + length).min(text.len());
                text.splice(at..end, new.chars());
            }
            text.into_iter().collect()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn damaged_files_end(text in damaged()) {
        survives(&text);
    }

    #[test]
    fn any_text_ends(text in "(?s).{0,200}") {
        survives(&text);
    }

    #[test]
    fn any_expression_ends(text in "([a-c01.\\[\\]{}()\"$%,=!?:+ -]|each|for|in|local\\.a|var\\.b|\\$\\{|toset|format|aws_sqs_queue\\.q){0,40}") {
        survives(&format!("locals {{\n  a = {text}\n}}\nresource \"aws_sqs_queue\" \"q\" {{\n  for_each = {text}\n  name = {text}\n}}\n"));
    }

    #[test]
    fn any_json_ends(text in "([\\[\\]{},:]|\"a\"|\"resource\"|\"dynamic\"|\"planned_values\"|\"root_module\"|\"resources\"|\"format_version\"|\"1\"|null|true){0,40}") {
        survives(&text);
    }
}
