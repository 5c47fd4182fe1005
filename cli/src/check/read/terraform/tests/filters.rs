//! Filters of what is polled, in each form that they have.

use serde_json::{Value as Json, json};

use super::plans::{made, plan_of};
use super::*;

/// The filters of the one mapping; `?` for one that is not known.
fn filters(observed: &Observed) -> String {
    let [mapping] = observed.mappings.as_slice() else { panic!("{:?}", observed.mappings) };
    match &mapping.filters {
        Field::Known(filters, _) => {
            let one = |filter: &Field<String>| filter.value().cloned().unwrap_or_else(|| "?".to_owned());
            filters.iter().map(one).collect::<Vec<_>>().join(" ")
        }
        Field::Unknown(_) => "unknown".to_owned(),
        other => format!("{other:?}"),
    }
}

#[test]
fn a_filter_is_a_text_or_what_it_is_made_of() {
    for (criteria, expected) in [
        ("", "Absent"),
        ("filter_criteria {}", "Absent"),
        (
            r#"filter_criteria {
            filter { pattern = "{ \"a\": [1.0] }" }
          }"#,
            r#"{ "a": [1.0] }"#,
        ),
        (
            r#"filter_criteria {
                filter {
                  pattern = jsonencode({ b = [null, true, 1.5, 5e15, "$${x}"], a = { "c d" = [{ numeric = [">", 1] }] } })
                }
              }"#,
            r#"{"a":{"c d":[{"numeric":[">",1]}]},"b":[null,true,1.5,5000000000000000,"${x}"]}"#,
        ),
        (
            "filter_criteria {
               filter { pattern = local.one }
               filter { pattern = var.open }
             }",
            r#"{"a":["b"]} ?"#,
        ),
        ("filter_criteria {\n filter { pattern = jsonencode({ a = [var.open] }) }\n }", "?"),
        ("filter_criteria {\n filter {}\n }", "?"),
        (
            "filter_criteria {
               dynamic \"filter\" {
                 for_each = var.open
                 content { pattern = \"{}\" }
               }
             }",
            "unknown",
        ),
        (
            "dynamic \"filter_criteria\" {
               for_each = var.open
               content {
                 filter { pattern = \"{}\" }
               }
             }",
            "unknown",
        ),
    ] {
        let observed = module(&format!(
            "variable \"open\" {{}}\nlocals {{ one = jsonencode({{ a = [\"b\"] }}) }}\n\
             resource \"aws_lambda_event_source_mapping\" \"m\" {{\n function_name = \"f\"\n {criteria}\n}}\n"
        ));
        assert_eq!(filters(&observed), expected, "{criteria}");
    }
}

#[test]
fn a_plan_has_the_text() {
    let of = |criteria: Json, unknown: Json| {
        let (values, unknown) = (json!({"filter_criteria": criteria}), json!({"filter_criteria": unknown}));
        filters(&plan_of(&[made("aws_lambda_event_source_mapping.m", values, unknown)], &[], json!({"resources": []})))
    };
    let pattern = r#"{"a":["b"]}"#;
    assert_eq!(of(json!([]), json!([])), "Absent");
    assert_eq!(of(json!([{"filter": [{"pattern": pattern}]}]), json!([{"filter": [{}]}])), pattern);
    assert_eq!(of(json!([{"filter": [{}]}]), json!([{"filter": [{"pattern": true}]}])), "?");
}
