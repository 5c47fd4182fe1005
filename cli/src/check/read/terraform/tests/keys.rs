//! Keys, and whom their policies let use them.

use super::*;

fn lets_others(argument: &str, besides: &str) -> bool {
    let observed = module(&format!(
        "resource \"aws_kms_key\" \"own\" {{\n  {argument}\n}}\n{besides}\n\
         resource \"aws_sqs_queue\" \"q\" {{\n  kms_master_key_id = aws_kms_key.own.key_id\n}}\n"
    ));
    assert_eq!(observed.queues[0].key.value().and_then(Text::address), Some("aws_kms_key.own"));
    observed.keys[0].lets_others
}

#[test]
fn a_policy_for_the_account_leaves_it_to_others() {
    let root = r#"policy = jsonencode({ Statement = [{ Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.c.account_id}:root" } }] })"#;
    for account in
        ["", root, r#"policy = jsonencode({ Statement = { Principal = { Service = "sns.amazonaws.com" } } })"#]
    {
        assert!(!lets_others(account, ""), "{account}");
    }
    let document = "data \"aws_iam_policy_document\" \"own\" {\n  statement {\n    principals {\n      type = \"AWS\"\n    }\n  }\n}";
    for (more, besides) in [
        (r#"policy = jsonencode({ Statement = [{ Principal = "*" }] })"#, ""),
        (r#"policy = jsonencode({ Statement = [{ Principal = { AWS = [aws_iam_role.r.arn] } }] })"#, ""),
        ("policy = var.policy", "variable \"policy\" {\n}"),
        ("policy = data.aws_iam_policy_document.own.json", document),
        ("", "resource \"aws_kms_key_policy\" \"own\" {\n  key_id = aws_kms_key.own.id\n}"),
    ] {
        assert!(lets_others(more, besides), "{more}{besides}");
    }
    assert!(!lets_others(
        "",
        "resource \"aws_kms_key\" \"b\" {\n}\nresource \"aws_kms_key_policy\" \"b\" {\n  key_id = aws_kms_key.b.id\n}"
    ));
}
