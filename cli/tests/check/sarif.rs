//! SARIF 2.1.0, by what its schema requires of the objects that are written, and by what code scanning asks for besides:
//! <https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning>.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::given::{checked, template};

/// The objects that are written, each with all the properties that are: the schema allows no others than its own.
fn schema() -> Value {
    let text = json!({"type": "string", "minLength": 1});
    let object = |required: &[&str], properties: Value| json!({"type": "object", "required": required, "properties": properties, "additionalProperties": false});
    let message = object(&["text"], json!({"text": text}));
    let level = json!({"enum": ["none", "note", "warning", "error"]});
    let number = json!({"type": "integer", "minimum": 1});
    let region = object(&["startLine"], json!({"startLine": number, "startColumn": number}));
    let artifact = object(
        &["uri"],
        json!({"uri": {"type": "string", "pattern": "^[A-Za-z0-9._~!$&'()*+,;=@%/:-]+$"}, "uriBaseId": text}),
    );
    let physical = object(&["artifactLocation", "region"], json!({"artifactLocation": artifact, "region": region}));
    let logical = object(&["fullyQualifiedName"], json!({"name": text, "fullyQualifiedName": text, "kind": text}));
    let location = object(
        &["physicalLocation"],
        json!({"physicalLocation": physical, "logicalLocations": {"type": "array", "items": logical}}),
    );
    let result = object(
        &["ruleId", "ruleIndex", "level", "message", "locations", "partialFingerprints"],
        json!({
            "ruleId": text, "ruleIndex": {"type": "integer", "minimum": 0}, "level": level, "message": message,
            "locations": {"type": "array", "minItems": 1, "items": location},
            "partialFingerprints": {"type": "object", "additionalProperties": text},
        }),
    );
    let rule = object(
        &["id", "name", "shortDescription", "fullDescription", "helpUri", "help", "defaultConfiguration"],
        json!({
            "id": text, "name": {"type": "string", "pattern": "^[A-Z][A-Za-z]+$"},
            "shortDescription": message, "fullDescription": message,
            "helpUri": {"type": "string", "pattern": "^https://"},
            "help": object(&["text"], json!({"text": text, "markdown": text})),
            "defaultConfiguration": object(&["level"], json!({"level": level})),
            "properties": object(&["tags"], json!({
                "tags": {"type": "array", "uniqueItems": true, "items": text},
                "problem.severity": {"enum": ["error", "warning", "recommendation"]},
            })),
        }),
    );
    let driver = object(
        &["name", "rules"],
        json!({
            "name": text, "semanticVersion": {"type": "string", "pattern": r"^\d+\.\d+\.\d+"},
            "informationUri": {"type": "string", "pattern": "^https://"},
            "rules": {"type": "array", "uniqueItems": true, "items": rule},
        }),
    );
    let run = object(
        &["tool", "results"],
        json!({
            "tool": object(&["driver"], json!({"driver": driver})),
            "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
            "results": {"type": "array", "items": result},
        }),
    );
    object(
        &["version", "runs"],
        json!({"$schema": text, "version": {"const": "2.1.0"}, "runs": {"type": "array", "minItems": 1, "items": run}}),
    )
}

/// What it prints for templates of these names and texts.
fn printed(files: &[(&str, String)]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let names: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
    crate::given::json(&checked(folder.path(), &[&["--format=sarif"], names.as_slice()].concat()))
}

#[test]
fn it_is_sarif_and_what_code_scanning_takes() {
    let right = template("template.yaml");
    let wrong = right
        .replace("VisibilityTimeout: 185", "VisibilityTimeout: 20")
        .replace("maxReceiveCount: 5", "maxReceiveCount: 3")
        .replace("Handler: fulfil\n", "Handler: fulfil\n      MemorySize: 128\n")
        .replace("STAGE: !Ref Stage\n", "STAGE: !Ref Stage\n          TABLE: orders\n");
    let sarif = printed(&[("infra/my stack#1.yaml", wrong)]);
    let schema = jsonschema::validator_for(&schema()).unwrap();
    let errors: Vec<String> =
        schema.iter_errors(&sarif).map(|error| format!("{error} at {}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}\n{sarif:#}");

    let run = &sarif["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    let codes: BTreeSet<&str> = results.iter().map(|result| result["ruleId"].as_str().unwrap()).collect();
    assert_eq!(codes, BTreeSet::from(["LC107", "LC301", "LC307", "LC502"]));
    assert_eq!(rules.len(), 4);
    for result in results {
        let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
        assert_eq!((&rule["id"], &rule["defaultConfiguration"]["level"]), (&result["ruleId"], &result["level"]));
        let artifact = &result["locations"][0]["physicalLocation"]["artifactLocation"];
        assert_eq!(
            (artifact["uri"].as_str(), artifact["uriBaseId"].as_str()),
            (Some("infra/my%20stack%231.yaml"), Some("%SRCROOT%"))
        );
    }
    let fingerprints: BTreeSet<String> =
        results.iter().map(|result| result["partialFingerprints"].to_string()).collect();
    assert_eq!(fingerprints.len(), results.len());
}

#[test]
fn a_run_without_findings_is_one_too() {
    let sarif = printed(&[("template.yaml", template("template.yaml"))]);
    assert!(jsonschema::is_valid(&schema(), &sarif), "{sarif:#}");
    assert_eq!(sarif["runs"][0]["results"], json!([]));
}

/// The same however many lines stand before it.
#[test]
fn a_finding_is_known_again() {
    let wrong = template("template.yaml").replace("VisibilityTimeout: 185", "VisibilityTimeout: 20");
    let moved = format!("# one\n# two\n{wrong}");
    let fingerprint = |text: String| printed(&[("template.yaml", text)])["runs"][0]["results"][0].clone();
    let (first, second) = (fingerprint(wrong), fingerprint(moved));
    assert_eq!(first["partialFingerprints"], second["partialFingerprints"]);
    assert_ne!(first["locations"], second["locations"]);
}
