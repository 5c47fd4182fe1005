//! Templates that set the same numbers, and numbers that are written there.

use std::path::Path;
use std::process::Command;

use crate::cloud::{Cloud, DAY, MANIFEST};

const SAM: &str = "# mine\r
Transform: AWS::Serverless-2016-10-31
Parameters:
  Reserved:
    Type: Number
Resources:
  FulfilFunction:
    Type: AWS::Serverless::Function
    Properties: {Handler: fulfil, Runtime: provided.al2023, ReservedConcurrentExecutions: 5, Timeout: 5} # five
  ApiFunction:
    Type: AWS::Serverless::Function
    Properties:
      Handler: api
      ReservedConcurrentExecutions: !Ref Reserved
  NightlyFunction:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: orders-dev-nightly
      Handler: bootstrap";

const SERVERLESS: &str = "service: orders
provider: {name: aws}
functions:
  fulfil:
    handler: fulfil
    reservedConcurrency: 5
  api:
    handler: api
    reservedConcurrency:   19   # as it is
";

const TERRAFORM: &str = r#"resource "aws_lambda_function" "fulfil" {
  function_name                  = "orders-dev-fulfil"
  handler                        = "fulfil"
  role                           = "arn:aws:iam::123456789012:role/r"
  reserved_concurrent_executions = 5 # five
}
"#;

/// What should be reserved: 20, 19 and 10.
async fn cloud() -> Cloud {
    let cloud = Cloud::start(1000).await;
    for (function, handler, peak) in
        [("orders-dev-fulfil", "fulfil", 7.0), ("orders-dev-api", "api", 13.0), ("orders-dev-nightly", "nightly", 7.0)]
    {
        cloud.function(function, handler).await;
        cloud.ran(function, 10 * DAY, &[peak]).await;
    }
    cloud
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap()
}

#[tokio::test]
async fn what_a_template_sets_is_said_and_may_be_set_there() {
    let cloud = cloud().await;
    let folder = folder(&[("mine.yaml", SAM)]);
    let folder = folder.path();
    let plan = cloud.run_in(folder, &["plan", "--template", "mine.yaml"]).await;
    assert_eq!(plan.code, Some(0), "{plan:?}");
    for expected in ["`mine.yaml:9` sets 5 (`", "`mine.yaml:14` sets it (`", "the next deployment brings that back"] {
        assert!(plan.stdout.contains(expected), "{expected}\n{}", plan.stdout);
    }
    let shown = cloud.run_in(folder, &["show", "--template", "mine.yaml", "--format", "json"]).await.response();
    assert_eq!(shown["functions"][0]["templates"][0]["value"], 5, "{shown}");
    assert_eq!(shown["functions"][2].get("templates"), None, "{shown}");

    let write = ["apply", "--yes", "--write-template", "--template", "mine.yaml"];
    let written = cloud.run_in(folder, &write).await;
    // Two of the three can't be written.
    assert_eq!(written.code, Some(1), "{written:?}");
    for expected in [
        "write  fulfil: `mine.yaml:9`",
        ": 5 -> 20",
        "left   api: `mine.yaml:14`",
        "is an expression that only the deployment knows: write 19 into what it takes",
        "left   nightly: nothing is set yet: add `ReservedConcurrentExecutions: 10` to `NightlyFunction` (`mine.yaml:15`)",
    ] {
        assert!(written.stdout.contains(expected), "{expected}\n{}", written.stdout);
    }
    let expected = SAM.replace("ReservedConcurrentExecutions: 5", "ReservedConcurrentExecutions: 20");
    assert_eq!(read(folder, "mine.yaml"), expected);
    // The account is left alone.
    assert_eq!(cloud.reserved("orders-dev-fulfil").await, None);
    let only = [&write[..], &["--handler", "fulfil"]].concat();
    let again = cloud.run_in(folder, &only).await;
    assert_eq!(again.code, Some(0), "{again:?}");
    assert!(again.stdout.contains("stays  fulfil: `mine.yaml:9`"), "{again:?}");
}

#[tokio::test]
async fn other_formats_are_written_too() {
    let cloud = cloud().await;
    let folder = folder(&[("serverless.yml", SERVERLESS), ("main.tf", TERRAFORM)]);
    let folder = folder.path();
    // By the names that deployers look for.
    let plan = cloud.run_in(folder, &["plan", "--handler", "fulfil"]).await;
    for expected in ["`serverless.yml:6` sets 5 (`functions.fulfil.reservedConcurrency`)", "`main.tf:5` sets 5"] {
        assert!(plan.stdout.contains(expected), "{expected}\n{plan:?}");
    }
    let write =
        |file| ["apply", "--yes", "--write-template", "--handler", "fulfil", "--handler", "api", "--template", file];
    let written = cloud.run_in(folder, &write("serverless.yml")).await;
    assert_eq!(written.code, Some(0), "{written:?}");
    assert!(written.stdout.contains("stays  api: `serverless.yml:9`"), "{written:?}");
    let expected = SERVERLESS.replace("reservedConcurrency: 5", "reservedConcurrency: 20");
    assert_eq!(read(folder, "serverless.yml"), expected);
    let written = cloud.run_in(folder, &write("main.tf")).await;
    assert_eq!(written.code, Some(1), "{written:?}");
    assert!(written.stdout.contains("left   api: no function of the templates is this handler's"), "{written:?}");
    assert_eq!(read(folder, "main.tf"), TERRAFORM.replace("= 5 # five", "= 20 # five"));
}

#[tokio::test]
async fn what_lambkin_wrote_is_written_by_it_again() {
    let cloud = cloud().await;
    let folder = folder(&[("manifest.json", MANIFEST)]);
    let folder = folder.path();
    for (format, file) in [("sam", "template.yaml"), ("serverless", "serverless.yml"), ("terraform", "lambkin.tf")] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-lambkin"));
        command
            .args(["template", "--format", format, "-o", file, "--reserved-concurrency", "fulfil=5"])
            .current_dir(folder);
        assert!(command.args(["--manifest", "manifest.json"]).output().unwrap().status.success());
        let generated = read(folder, file);
        let write = ["apply", "--yes", "--write-template", "--handler", "fulfil", "--template", file];
        let refused = cloud.run_in(folder, &write).await;
        assert_eq!(refused.code, Some(1), "{refused:?}");
        let expected = "is in lambkin's own block: say `reserved_concurrency = 20` in the handler's attribute, or \
                        `--reserved-concurrency fulfil=20`, and run the `cargo lambkin template` that stands at its top again";
        assert!(refused.stderr.contains(expected), "{file}: {refused:?}");
        assert_eq!(read(folder, file), generated);
    }
}

#[tokio::test]
async fn a_template_that_cannot_be_read_is_an_error_only_where_it_was_named() {
    let cloud = cloud().await;
    let folder = folder(&[("template.yaml", "Resources: [\n")]);
    let folder = folder.path();
    let plan = cloud.run_in(folder, &["plan"]).await;
    assert_eq!(plan.code, Some(0), "{plan:?}");
    assert!(plan.stdout.contains("whether a template sets the same numbers is not known: "), "{plan:?}");
    let named = cloud.run_in(folder, &["plan", "--template", "template.yaml"]).await;
    assert_eq!(named.code, Some(1), "{named:?}");
    let missing = cloud.run_in(folder, &["plan", "--template", "mine.yaml"]).await;
    assert!(missing.stderr.contains("`mine.yaml`: "), "{missing:?}");
}
