//! What the tools of the deployers say. `./check` installs them; a test that lacks one fails and says so.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::given::{all, workspace};

/// A program that `./check` installs.
fn installed(path: &str) -> PathBuf {
    let program = workspace().join(path);
    assert!(program.exists(), "`{path}` is missing: run ./check, which installs it, or its first lines by hand");
    program
}

fn python(program: &str) -> Command {
    let mut command = Command::new(installed(&format!(".venv-templates/bin/{program}")));
    // Nothing of an account's, and no word to anybody.
    for (name, value) in [
        ("AWS_DEFAULT_REGION", "eu-west-1"),
        ("AWS_ACCESS_KEY_ID", "none"),
        ("AWS_SECRET_ACCESS_KEY", "none"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("SAM_CLI_TELEMETRY", "0"),
    ] {
        command.env(name, value);
    }
    command
}

fn agrees(command: &mut Command, about: &str) {
    let output =
        command.output().unwrap_or_else(|error| panic!("{command:?}: {error}; ./check installs what is missing"));
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{about}\n{}", String::from_utf8_lossy(&said));
}

#[test]
fn cfn_lint_finds_nothing_in_cloudformation_s_and_sam_s() {
    let folder = tempfile::tempdir().unwrap();
    for format in ["cloudformation", "sam"] {
        let templates = all(format, &folder.path().join(format)).into_iter().map(|(_, path)| path);
        agrees(python("cfn-lint").args(templates), format);
    }
}

#[test]
fn sam_finds_each_of_its_templates_valid() {
    let folder = tempfile::tempdir().unwrap();
    for (name, path) in all("sam", folder.path()) {
        agrees(python("sam").args(["validate", "--lint", "--template"]).arg(path), &name);
    }
}

#[test]
fn terraform_s_files_parse() {
    const PARSE: &str =
        "import hcl2, sys\nfor path in sys.argv[1:]:\n    with open(path) as file:\n        hcl2.load(file)";

    let folder = tempfile::tempdir().unwrap();
    let files = all("terraform", folder.path()).into_iter().map(|(_, path)| path);
    agrees(python("python").args(["-c", PARSE]).args(files), "python-hcl2");
}

/// Packages the service, which checks each value of it against the framework's schema, and lints the CloudFormation that
/// comes out.
#[test]
fn the_serverless_framework_packages_each_service() {
    let folder = tempfile::tempdir().unwrap();
    let mut compiled = Vec::new();
    for (name, path) in all("serverless", folder.path()) {
        let service = path.parent().unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        make_artifact(service, &text);
        let mut command = Command::new("node");
        command.arg(installed(".node-templates/node_modules/osls/bin/serverless.js")).arg("package");
        command.args(parameters(&text).iter().map(|parameter| format!("--param={parameter}")));
        command.current_dir(service).envs([
            ("AWS_ACCESS_KEY_ID", "none"),
            ("AWS_SECRET_ACCESS_KEY", "none"),
            ("SLS_TELEMETRY_DISABLED", "1"),
            ("SLS_NOTIFICATIONS_MODE", "off"),
        ]);
        agrees(&mut command, &name);
        compiled.push(service.join(".serverless/cloudformation-template-update-stack.json"));
    }
    // What the framework adds is only warned of.
    agrees(python("cfn-lint").args(["--ignore-checks", "W", "--"]).args(compiled), "what the framework makes of it");
}

/// The framework wants to see the code. An archive of nothing is 22 bytes.
fn make_artifact(service: &Path, text: &str) {
    let artifact = text.lines().find_map(|line| line.trim().strip_prefix("artifact: ")).unwrap();
    let path = service.join(artifact.trim_matches('"'));
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut empty = b"PK\x05\x06".to_vec();
    empty.resize(22, 0);
    std::fs::write(path, empty).unwrap();
}

/// A value of the right form for each parameter.
fn parameters(text: &str) -> Vec<String> {
    let mut names: Vec<&str> =
        text.split("${param:").skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect();
    names.sort_unstable();
    names.dedup();
    let value = |name: &str| match name {
        _ if name.ends_with("credentials-arn") => "arn:aws:secretsmanager:eu-west-1:123456789012:secret:x-abcdef",
        _ if name.ends_with("broker-arn") => "arn:aws:mq:eu-west-1:123456789012:broker:b:b-1234",
        _ if name.ends_with("cluster-arn") => {
            "arn:aws:kafka:eu-west-1:123456789012:cluster/a/11111111-2222-3333-4444-555555555555-6"
        }
        _ if name.ends_with("queue-arn") => "arn:aws:sqs:eu-west-1:123456789012:q",
        _ if name.ends_with("stream-arn") => {
            "arn:aws:dynamodb:eu-west-1:123456789012:table/t/stream/2020-01-01T00:00:00.000"
        }
        _ if name.ends_with("listener-arn") => {
            "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/a/1234567890123456/1234567890123456"
        }
        _ if name.ends_with("listener-priority") => "7",
        _ if name.ends_with("bootstrap-servers") => "a.example.com:9096,b.example.com:9096",
        "decryption-key-arn" => "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555",
        "parameters-and-secrets-layer" => {
            "arn:aws:lambda:eu-west-1:015030872274:layer:AWS-Parameters-and-Secrets-Lambda-Extension-Arm64:1"
        }
        _ => "something",
    };
    names.iter().map(|name| format!("{name}={}", value(name))).collect()
}
