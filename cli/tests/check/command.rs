//! The command itself: which template is taken, the report, statuses, options.

use crate::given::{checked, findings, json, template, templates};

/// A folder with this in a file of this name.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn the_report_is_read_like_a_compiler_s() {
    let mut wrong = template("template.yaml").replace("VisibilityTimeout: 185", "VisibilityTimeout: 20");
    wrong = wrong.replace("secret:${Stage}/db/password-*", "secret:${Stage}/db/user-*");
    let folder = folder(&[("template.yaml", &wrong)]);
    let output = checked(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text(&output.stderr), "note: no template is named: taking `template.yaml`\n");
    let page = std::fs::read_to_string(crate::given::here().join("../docs/check.md")).unwrap();
    let shown = page.split("```text\n").nth(1).and_then(|rest| rest.split("```").next());
    assert_eq!(Some(text(&output.stdout).as_str()), shown, "the page shows a report");
}

#[test]
fn the_status_says_whether_it_is_wrong() {
    let right = template("template.yaml");
    let warned = right.replace("VisibilityTimeout: 185", "VisibilityTimeout: 184");
    let noted = right.replace("STAGE: !Ref Stage\n", "STAGE: !Ref Stage\n          TABLE: orders\n");
    let wrong = right.replace("VisibilityTimeout: 185", "VisibilityTimeout: 20");
    let all =
        folder(&[("right.yaml", &right), ("warned.yaml", &warned), ("noted.yaml", &noted), ("wrong.yaml", &wrong)]);
    for (arguments, expected) in [
        (&["right.yaml"][..], Some(0)),
        (&["warned.yaml"], Some(0)),
        (&["warned.yaml", "--deny=warnings"], Some(1)),
        (&["noted.yaml", "--deny=warnings"], Some(0)),
        (&["wrong.yaml"], Some(1)),
        (&["wrong.yaml", "--allow=LC301"], Some(0)),
        (&["wrong.yaml", "--allow=visibility-below-timeout"], Some(0)),
        (&["wrong.yaml", "--allow=LC302"], Some(1)),
        (&["wrong.yaml", "--handler=api"], Some(0)),
        (&["wrong.yaml", "--handler=api", "--handler=fulfil"], Some(1)),
        (&["wrong.yaml", "--allow=LC000"], Some(2)),
    ] {
        let output = checked(all.path(), arguments);
        let errors = text(&output.stderr);
        assert_eq!(output.status.code(), expected, "{arguments:?} {errors}");
        // What is found is said once, and is no error of the command's.
        assert_eq!(errors.contains("error:"), expected == Some(2), "{errors}");
    }
}

/// Which handler a function runs does not depend on which are looked at.
#[test]
fn some_of_the_handlers_are_checked() {
    let wrong = template("template.yaml").replace("Handler: nightly\n", "Handler: bootstrap\n");
    let wrong = wrong.replace("Handler: count\n", "Handler: counts\n");
    let folder = folder(&[("template.yaml", &wrong)]);
    for (handler, expected) in [("api", &[][..]), ("count", &["LC101"])] {
        let report = json(&checked(folder.path(), &["--format=json", "template.yaml", "--handler", handler]));
        assert_eq!(report["functions"], serde_json::json!([handler]));
        let codes: Vec<String> = findings(&report).into_iter().map(|(code, _)| code).collect();
        assert_eq!(codes, expected, "{handler}");
    }
}

#[test]
fn what_can_t_be_read_is_an_error_of_its_own() {
    let folder = folder(&[("template.yaml", "Resources: [")]);
    for (arguments, expected) in [
        (&["missing.yaml"][..], "missing.yaml"),
        (&["template.yaml"], "template.yaml"),
        (&[templates().join("template.yaml").to_str().unwrap(), "--handler=other"], "there is only fulfil"),
    ] {
        let output = checked(folder.path(), arguments);
        let errors = text(&output.stderr);
        assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(1), ""), "{errors}");
        assert!(errors.starts_with("error: ") && errors.contains(expected), "{errors}");
    }
}

#[test]
fn no_value_of_a_variable_is_repeated() {
    let right = template("template.yaml");
    let secret = right.replace("STAGE: !Ref Stage\n", "STAGE: !Ref Stage\n          DB_PASSWORD: hunter2hunter2\n");
    let folder = folder(&[("template.yaml", &secret)]);
    for format in ["text", "json", "sarif"] {
        let output = checked(folder.path(), &["template.yaml", "--format", format]);
        let shown = text(&output.stdout);
        assert!(shown.contains("LC503") && shown.contains("DB_PASSWORD"), "{shown}");
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}

#[test]
fn parameters_decide() {
    let wrong = template("template.yaml").replace("VisibilityTimeout: 185", "VisibilityTimeout: !Ref Hidden");
    let wrong = wrong.replace("Parameters:\n", "Parameters:\n  Hidden:\n    Type: Number\n");
    let folder = folder(&[("template.yaml", &wrong)]);
    let found = |arguments: &[&str]| {
        let all = [&["--format=json", "template.yaml"], arguments].concat();
        findings(&json(&checked(folder.path(), &all))).into_iter().map(|(code, _)| code).collect::<Vec<_>>()
    };
    assert_eq!(found(&[]), [""; 0]);
    assert_eq!(found(&["--parameter=Hidden=185"]), [""; 0]);
    assert_eq!(found(&["--parameter=Hidden=20"]), ["LC301"]);
}

#[test]
fn a_plan_is_checked_without_lines() {
    let manifest = r#"{"version": 1, "functions": [{"name": "fulfil", "package": "orders", "timeout": 30, "memory": 512,
        "report_batch_item_failures": true,
        "trigger": {"source": "sqs", "settings": {"queue": "orders", "batch_size": 10}}}]}"#;
    let plan = std::fs::read_to_string(crate::given::here().join("tests/plans/orders.json")).unwrap();
    let folder = folder(&[("plan.json", &plan), ("manifest.json", manifest)]);
    let report = |format: &str| {
        let mut command = crate::given::tool(folder.path());
        command.args(["plan.json", "--manifest=manifest.json", "--format", format]).output().unwrap()
    };
    let report_json = json(&report("json"));
    assert_eq!(findings(&report_json), [("LC107".to_owned(), None)]);
    assert_eq!(report_json["findings"][0]["place"]["path"], "aws_lambda_function.fulfil.memory_size");
    assert_eq!(report_json["findings"][0]["fix"], "`memory_size = 512`");
    let sarif = json(&report("sarif"));
    let location = &sarif["runs"][0]["results"][0]["locations"][0];
    assert_eq!(location["logicalLocations"][0]["fullyQualifiedName"], "aws_lambda_function.fulfil.memory_size");
    assert_eq!(location["physicalLocation"]["region"]["startLine"], 1);
}

#[test]
fn a_template_may_come_from_another_program() {
    use std::io::Write as _;

    let folder = folder(&[]);
    let wrong = template("template.yaml").replace("VisibilityTimeout: 185", "VisibilityTimeout: 20");
    let manifest = templates().join("manifest.json");
    let mut command = crate::given::tool(folder.path());
    command.args(["-", "--format=json", "--manifest"]).arg(manifest);
    command.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(wrong.as_bytes()).unwrap();
    let codes: Vec<String> =
        findings(&json(&child.wait_with_output().unwrap())).into_iter().map(|(code, _)| code).collect();
    assert_eq!(codes, ["LC301"]);
    let both = crate::given::tool(folder.path()).args(["-", "--manifest=-"]).output().unwrap();
    assert!(text(&both.stderr).contains("can't be both"), "{}", text(&both.stderr));
}

/// Nothing found is no praise where nothing was looked at.
#[test]
fn what_is_not_checked_is_said() {
    let module = "module \"orders\" {\n  source = \"terraform-aws-modules/lambda/aws\"\n}\n";
    let folder = folder(&[("main.tf", module)]);
    let output = checked(folder.path(), &["main.tf"]);
    let shown = text(&output.stdout);
    assert!(shown.contains("not checked: fulfil, api, count, nightly; no function here"), "{shown}");
    assert!(shown.ends_with("nothing found; 0 functions against main.tf\n"), "{shown}");
    let report = json(&checked(folder.path(), &["main.tf", "--format=json", "--handler=api"]));
    assert_eq!(report["unchecked"], serde_json::json!(["api"]));
}
