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
