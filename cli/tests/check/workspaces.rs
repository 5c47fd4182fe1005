//! One template for several binaries: each is checked alone, and its functions are found.

use crate::given::{json, tool};

const MANIFEST: &str = r#"{"version": 1, "functions": [
    {"name": "handler", "package": "get-order", "memory": 512, "trigger": {"source": "invoke"}}
]}"#;

/// The codes and the ways of what is found.
fn found(name: &str, text: &str, arguments: &[&str]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(name), text).unwrap();
    std::fs::write(folder.path().join("manifest.json"), MANIFEST).unwrap();
    let fixed = ["--manifest=manifest.json", "--format=json", "--allow=text-logs", "--allow=LC105", "--allow=LC404"];
    let output = tool(folder.path()).arg(name).args(fixed).args(arguments).output().unwrap();
    let report = json(&output);
    let findings = report["findings"].as_array().unwrap().iter();
    let shown = |finding: &serde_json::Value| {
        format!("{} {}", finding["code"].as_str().unwrap(), finding["place"]["path"].as_str().unwrap())
    };
    findings.map(shown).collect()
}

const SAM: &str = r#"
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: {Handler: bootstrap, Runtime: provided.al2023, MemorySize: 128, Timeout: 5}
Resources:
  A:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: target/lambda/get-orders/, Timeout: 900}
  B:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: target/lambda/get-order/
      MemorySize: 256
  C:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: target/lambda/put-order/}
"#;

#[test]
fn by_the_folder_that_cargo_lambda_makes() {
    assert_eq!(found("template.yaml", SAM, &[]), ["LC107 Resources.B.Properties.MemorySize"]);
    assert_eq!(found("template.yaml", SAM, &["--bin=put-order"]), ["LC107 Globals.Function.MemorySize"]);
    assert_eq!(found("template.yaml", SAM, &["--bin=other"]), ["LC102 "]);
}

#[test]
fn by_the_binary_that_sam_builds() {
    let built = SAM.replace("target/lambda/get-order/\n", ".\n    Metadata: {BuildProperties: {Binary: get-order}}\n");
    let built =
        built.replace("      MemorySize: 256\n", "").replace("    Metadata", "      MemorySize: 256\n    Metadata");
    assert_eq!(found("template.yaml", &built, &[]), ["LC107 Resources.B.Properties.MemorySize"]);
}

#[test]
fn by_what_the_command_says() {
    let mut hashes = SAM.to_owned();
    for (path, hash) in [("get-orders", "1f"), ("get-order", "2f"), ("put-order", "3f")] {
        hashes = hashes.replace(&format!("target/lambda/{path}/"), &format!("s3://assets/{hash}.zip"));
    }
    assert_eq!(found("template.yaml", &hashes, &[]), ["LC113 "]);
    let said = found("template.yaml", &hashes, &["--function=B=handler"]);
    assert_eq!(said, ["LC107 Resources.B.Properties.MemorySize"]);
    // The CDK has an object of S3, and names that tell.
    let named = hashes.replace("\n  B:\n", "\n  GetOrderFunction9A8B7C6D:\n");
    assert_eq!(found("template.yaml", &named, &[]), ["LC107 Resources.GetOrderFunction9A8B7C6D.Properties.MemorySize"]);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("template.yaml"), &hashes).unwrap();
    std::fs::write(folder.path().join("manifest.json"), MANIFEST).unwrap();
    for (said, expected) in [("D=handler", "only A, B, C"), ("B=other", "only handler")] {
        let output = tool(folder.path()).args(["--manifest=manifest.json", "--function", said]).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(errors.contains(expected), "{errors}");
    }
}

#[test]
fn by_what_is_in_terraform_s_archive() {
    let module = r#"
        locals { functions = { get-order = 256, put-order = 128 } }
        data "archive_file" "code" {
          for_each    = local.functions
          type        = "zip"
          source_file = "${path.module}/../target/lambda/${each.key}/bootstrap"
          output_path = "${path.module}/build/${each.key}.zip"
        }
        resource "aws_lambda_function" "all" {
          for_each      = local.functions
          function_name = "${var.prefix}-${each.key}"
          role          = var.role
          runtime       = "provided.al2023"
          handler       = "bootstrap"
          memory_size   = each.value
          timeout       = 3
          filename      = data.archive_file.code[each.key].output_path
        }"#;
    let expected = [r#"LC107 aws_lambda_function.all["get-order"].memory_size"#];
    assert_eq!(found("main.tf", module, &[]), expected);
    let direct = module.replace("data.archive_file.code[each.key].output_path", r#""build/${each.key}.zip""#);
    assert_eq!(found("main.tf", &direct, &[]), expected);
}

#[test]
fn by_the_artifact_of_a_service() {
    let service = r#"
service: shop
provider: {name: aws, runtime: provided.al2023, memorySize: 128, timeout: 3}
package: {individually: true}
functions:
  one: {handler: bootstrap, package: {artifact: target/lambda/put-order/bootstrap.zip}}
  two: {handler: bootstrap, package: {artifact: target/lambda/get-order/bootstrap.zip}, memorySize: 256}
"#;
    assert_eq!(found("serverless.yml", service, &[]), ["LC107 functions.two.memorySize"]);
    // A plugin builds the binary that `handler` names.
    let built =
        service.replace("bootstrap, package: {artifact: target/lambda/put-order/bootstrap.zip}", "shop.put-order");
    let built =
        built.replace("bootstrap, package: {artifact: target/lambda/get-order/bootstrap.zip}", "shop.get-order");
    assert_eq!(found("serverless.yml", &built, &[]), ["LC107 functions.two.memorySize"]);
    let runtime = built.replace("provided.al2023", "rust");
    assert_eq!(found("serverless.yml", &runtime, &[]), ["LC107 functions.two.memorySize"]);
}
