//! What `cargo lambkin template` writes for each example, by the example's own manifest.

use crate::given::{here, json, tool};

#[test]
fn nothing_is_wrong_with_what_is_generated() {
    let workspace = here().parent().unwrap().to_owned();
    let mut examples = 0;
    for folder in std::fs::read_dir(workspace.join("examples")).unwrap() {
        let example = folder.unwrap().file_name().into_string().unwrap();
        for file in ["template.yaml", "cloudformation.yaml", "serverless.yml", "lambkin.tf"] {
            let template = format!("cli/tests/snapshots/{example}/{file}");
            let output = tool(&workspace).args(["--format=json", "--package", &example, &template]).output().unwrap();
            let report = json(&output);
            assert_eq!((report["errors"].as_u64(), report["warnings"].as_u64()), (Some(0), Some(0)), "{report:#}");
            assert_eq!(output.status.code(), Some(0));
        }
        examples += 1;
    }
    assert!(examples >= 9, "{examples}");
}

/// Every setting of every source, behind each front end.
#[test]
fn nothing_is_wrong_with_everything_there_is() {
    let manifest = here().join("tests/template/everything.json");
    let folder = tempfile::tempdir().unwrap();
    for front_end in ["http-api", "rest-api", "function-url", "alb"] {
        for (format, file) in [
            ("sam", "template.yaml"),
            ("cloudformation", "template.yaml"),
            ("serverless", "serverless.yml"),
            ("terraform", "lambkin.tf"),
        ] {
            let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_cargo-lambkin"));
            command.args(["template", "--format", format, "--front-end", front_end, "--extension", "--tracing"]);
            for existing in ["queue", "stream", "topic", "bucket", "bus"] {
                command.arg(format!("--existing={existing}:there"));
            }
            command.args(["--table=sensors=sensor_id:S,at:N", "--reserved-concurrency=queue_all=10"]);
            let written = command.arg("--manifest").arg(&manifest).output().unwrap();
            std::fs::write(folder.path().join(file), &written.stdout).unwrap();
            let report =
                json(&tool(folder.path()).args(["--format=json", file, "--manifest"]).arg(&manifest).output().unwrap());
            let found = (report["errors"].as_u64(), report["warnings"].as_u64());
            assert_eq!(found, (Some(0), Some(0)), "{format} {front_end} {report:#}");
            // It is read as a whole, so that nothing is passed over.
            assert_eq!(report["unread"], serde_json::json!([]), "{format} {front_end}");
        }
    }
}
