//! Whether Terraform's provider has what is written: types, arguments, blocks, what is referred to.

use std::collections::BTreeSet;

use hcl::{Block, Body, Structure};
use serde_json::Value;

use crate::given::{all, here};

/// The words of Terraform itself.
const META: [&str; 3] = ["count", "depends_on", "for_each"];

fn provider() -> Value {
    let text = std::fs::read_to_string(here().join("tests/terraform/provider.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn names<'v>(of: &'v Value, key: &str) -> BTreeSet<&'v str> {
    of[key].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Names that the provider does not take, or that it misses.
fn wrong(block: &Body, schema: &Value, path: &str, found: &mut Vec<String>) {
    let attributes = names(schema, "attributes");
    let mut given = BTreeSet::new();
    for structure in block {
        match structure {
            Structure::Attribute(attribute) => {
                given.insert(attribute.key());
                if !attributes.contains(attribute.key()) && !META.contains(&attribute.key()) {
                    found.push(format!("{path}: no attribute `{}`", attribute.key()));
                }
            }
            Structure::Block(inner) => {
                let name = inner.identifier();
                given.insert(name);
                match schema["blocks"].get(name) {
                    Some(schema) => wrong(inner.body(), schema, &format!("{path}.{name}"), found),
                    None => found.push(format!("{path}: no block `{name}`")),
                }
            }
        }
    }
    for required in names(schema, "required").difference(&given) {
        found.push(format!("{path}: `{required}` is missing"));
    }
}

/// `resource "aws_x" "y"` as `aws_x.y`, and its type.
fn address(block: &Block) -> (String, String) {
    let labels: Vec<&str> = block.labels().iter().map(hcl::BlockLabel::as_str).collect();
    let prefix = if block.identifier() == "data" { "data." } else { "" };
    (format!("{prefix}{}.{}", labels[0], labels[1]), labels[0].to_owned())
}

#[test]
fn the_provider_has_each_name_that_is_written() {
    let provider = provider();
    let folder = tempfile::tempdir().unwrap();
    let mut found = Vec::new();
    let mut types = BTreeSet::new();
    for (name, path) in all("terraform", folder.path()) {
        let text = std::fs::read_to_string(path).unwrap();
        let body: Body = hcl::parse(&text).unwrap();
        let mut known = BTreeSet::new();
        for block in body.blocks() {
            if ["resource", "data"].contains(&block.identifier()) {
                let (address, ty) = address(block);
                match provider["types"].get(&ty) {
                    Some(schema) => wrong(block.body(), schema, &format!("{name}: {address}"), &mut found),
                    None => found.push(format!("{name}: no type `{ty}`")),
                }
                types.insert(ty.clone());
                assert!(known.insert(address.clone()), "{name}: {address} twice");
            } else if block.identifier() == "variable" {
                assert!(known.insert(format!("var.{}", block.labels()[0].as_str())));
            }
        }
        references(&text, &known, &provider, &name, &mut found);
    }
    assert!(found.is_empty(), "{found:#?}");
    // What is in the list and not written is not tried, and need not be in the list.
    let listed: BTreeSet<String> = provider["types"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(listed.difference(&types).collect::<Vec<_>>(), Vec::<&String>::new());
}

/// What a text refers to has to be there, and to have what is asked of it.
fn references(text: &str, known: &BTreeSet<String>, provider: &Value, name: &str, found: &mut Vec<String>) {
    // Outside of comments.
    let code: String = text.lines().filter(|line| !line.trim_start().starts_with('#')).collect::<Vec<_>>().join("\n");
    let words = code.split(|c: char| !(c.is_ascii_alphanumeric() || "_.".contains(c)));
    for word in words {
        let parts: Vec<&str> = word.split('.').collect();
        let (address, ty, attribute) = match parts.as_slice() {
            ["var", variable] => {
                if !known.contains(&format!("var.{variable}")) {
                    found.push(format!("{name}: no variable `{variable}`"));
                }
                continue;
            }
            ["data", ty, label, attribute] => (format!("data.{ty}.{label}"), *ty, Some(*attribute)),
            [ty, label] if ty.starts_with("aws_") => (format!("{ty}.{label}"), *ty, None),
            [ty, label, attribute] if ty.starts_with("aws_") => (format!("{ty}.{label}"), *ty, Some(*attribute)),
            _ => continue,
        };
        if !known.contains(&address) {
            found.push(format!("{name}: no `{address}`"));
        }
        let schema = &provider["types"][ty];
        let has = |attribute: &str| {
            names(schema, "exports").contains(attribute) || names(schema, "attributes").contains(attribute)
        };
        if attribute.is_some_and(|attribute| !has(attribute)) {
            found.push(format!("{name}: `{word}` has no such attribute"));
        }
    }
}

#[test]
fn a_name_that_the_provider_lacks_is_seen() {
    let body: Body = hcl::parse("queue = 1\nttl {}\n").unwrap();
    let schema = serde_json::json!({"attributes": ["name"], "required": ["name"]});
    let mut found = Vec::new();
    wrong(&body, &schema, "x", &mut found);
    assert_eq!(found, ["x: no attribute `queue`", "x: no block `ttl`", "x: `name` is missing"]);
}
