//! Names that fit and names that differ.

use super::environment;
use crate::template::args::Format;
use crate::template::model::Deployment;

#[test]
fn a_handler_whose_name_lambda_does_not_take_is_named_by_a_variable() {
    let text =
        r#"{"version": 1, "functions": [{"name": "order created", "package": "p", "trigger": {"source": "invoke"}}]}"#;
    let of = super::deployment(&crate::manifest::Manifest::parse(text, "it").unwrap(), &[]);
    assert_eq!(of.functions[0].entry_point(), "bootstrap");
    assert_eq!(environment(&of), ["LAMBKIN_HANDLER=order created"]);
    assert_eq!(of.functions[0].id, "OrderCreated");
}

#[test]
fn names_fit_where_aws_limits_them() {
    let long = "x".repeat(200);
    let text = format!(
        r#"{{"version": 1, "functions": [{{"name": "{long}", "package": "{long}", "trigger":
            {{"source": "sqs", "settings": {{"queue": "{}.fifo"}}}}}}]}}"#,
        &long[..75]
    );
    let of = super::deployment(&crate::manifest::Manifest::parse(&text, "it").unwrap(), &["--stage=a-stage-of-sixte"]);
    assert!(of.functions[0].name.known().unwrap().len() <= 64);
    assert!(of.queues[0].name.known().unwrap().len() <= 80);
    assert!(of.queues[0].dead_letters.known().unwrap().len() <= 80);
}

/// The identifiers of a CloudFormation template's parameters and resources, and the heads of Terraform's blocks.
fn identifiers(of: &Deployment) -> (Vec<String>, Vec<String>) {
    let template = super::rendered(of, Format::CloudFormation);
    let mut section = "";
    let mut ids = Vec::new();
    for line in template.lines() {
        match line.strip_prefix("  ") {
            None => section = line,
            Some(id) if !id.starts_with([' ', '#']) && matches!(section, "Parameters:" | "Resources:") => {
                ids.push(id.trim_end_matches(':').to_owned());
            }
            Some(_) => {}
        }
    }
    let terraform = super::rendered(of, Format::Terraform);
    let heads = terraform.lines().filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()));
    let heads = heads.map(|line| line.trim_end_matches(['{', '}', ' ']).to_owned());
    (ids, heads.collect())
}

#[test]
fn no_two_things_of_a_template_have_one_name() {
    let function = |name: &str, rest: &str| format!(r#"{{"name": "{name}", "package": "p", {rest}}}"#);
    let http = r#""trigger": {"source": "http"}"#;
    let variables = [
        "API_URL",
        "API_VERSION",
        "API_ALIAS",
        "API_ROUTE1",
        "API_INTEGRATION",
        "API_PERMISSION",
        "SWEEP_SCHEDULE",
        "CODE",
        "CODE_KEY",
        "STAGE_NAME",
        "VERSION",
        "COUNT",
        "SOURCE",
    ];
    let variables: Vec<String> = variables.iter().map(|name| format!(r#"{{"name": "{name}"}}"#)).collect();
    let config = format!(
        r#"{http}, "provisioned_concurrency": 1, "config": {{"variables": [{}], "secrets": [{{"name": "s"}}]}}"#,
        variables.join(", ")
    );
    let schedule = r#""trigger": {"source": "schedule", "settings": {"expression": "rate(1 hour)"}}"#;
    let functions = [
        function("api", &config),
        function("api_open", http),
        function("api_decryption", http),
        function("api_url", r#""trigger": {"source": "s3", "settings": {"bucket": "b"}}"#),
        function("sweep_invoker", http),
        function("sweep", schedule),
    ];
    let text = format!(r#"{{"version": 1, "functions": [{}]}}"#, functions.join(", "));
    let manifest = crate::manifest::Manifest::parse(&text, "it").unwrap();
    for front_end in ["http-api", "rest-api", "function-url", "alb"] {
        let of = super::deployment(&manifest, &[&format!("--front-end={front_end}")]);
        let (ids, heads) = identifiers(&of);
        assert!(ids.len() > 20 && heads.len() > 20, "{ids:?} {heads:?}");
        for all in [ids, heads] {
            let twice: Vec<&String> =
                all.iter().filter(|one| all.iter().filter(|other| other == one).count() > 1).collect();
            assert!(twice.is_empty(), "{front_end}: {twice:?}");
        }
        // <https://developer.hashicorp.com/terraform/language/block/variable>
        let terraform = super::rendered(&of, Format::Terraform);
        for name in ["source", "version", "count"] {
            assert!(!terraform.contains(&format!("variable \"{name}\"")), "{name}");
        }
    }
}
