//! Findings for code scanning, as SARIF 2.1.0: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Component, Path};

use md5::{Digest as _, Md5};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Value, json};

use crate::check::codes::{ALL, Rule, Severity};
use crate::check::finding::Finding;
use crate::check::observed::Place;
use crate::check::report::Report;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// What a path has and a URI can't: RFC 3986, section 3.3. A `:` would make a scheme of what stands before it.
const NO_URI: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b':')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

pub(super) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let used: BTreeSet<&str> = report.findings.iter().map(|finding| finding.rule.code).collect();
    let rules: Vec<&Rule> = ALL.iter().copied().filter(|rule| used.contains(rule.code)).collect();
    let results: Vec<Value> = report.findings.iter().map(|finding| result(finding, &rules)).collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "cargo-lambkin",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules.iter().map(|rule| descriptor(rule)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &log).map_err(io::Error::from)?;
    writeln!(out)
}

fn descriptor(rule: &Rule) -> Value {
    let Rule { code, name, why, page, .. } = rule;
    let help = rule.help();
    json!({
        "id": code,
        "name": pascal(name),
        "shortDescription": {"text": sentence(&name.replace('-', " "))},
        "fullDescription": {"text": sentence(why)},
        "helpUri": help,
        "help": {
            "text": format!("{} See {help} and {page}.", sentence(why)),
            "markdown": format!("{} See [{code}]({help}) and [AWS's page]({page}).", sentence(why)),
        },
        "defaultConfiguration": {"level": rule.severity.name()},
        "properties": {
            "tags": ["aws-lambda"],
            "problem.severity": match rule.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Note => "recommendation",
            },
        },
    })
}

fn result(finding: &Finding, rules: &[&Rule]) -> Value {
    let Finding { rule, message, fix, place, function } = finding;
    let of = function.as_ref().map_or_else(String::new, |function| format!("{function}: "));
    let index = rules.iter().position(|known| known.code == rule.code);
    json!({
        "ruleId": rule.code,
        "ruleIndex": index,
        "level": rule.severity.name(),
        "message": {"text": format!("{of}{message}. Why: {}. Fix: {fix}.", rule.why)},
        "locations": [location(place)],
        "partialFingerprints": {"lambkin/v1": fingerprint(finding)},
    })
}

/// A file and its line; where no line is known, such as in a plan, the way to it tells more.
fn location(place: &Place) -> Value {
    let mut region = json!({"startLine": place.line.unwrap_or(1)});
    if let (Some(column), Some(region)) = (place.column.filter(|_| place.line.is_some()), region.as_object_mut()) {
        region.insert("startColumn".to_owned(), json!(column));
    }
    let mut location = json!({
        "physicalLocation": {"artifactLocation": artifact(&place.file), "region": region},
    });
    if let (false, Some(location)) = (place.path.is_empty(), location.as_object_mut()) {
        let name = place.path.rsplit('.').next().unwrap_or_default();
        let logical = json!([{"name": name, "fullyQualifiedName": place.path, "kind": "resource"}]);
        location.insert("logicalLocations".to_owned(), logical);
    }
    location
}

/// The file's path, from the current directory, as a URI.
fn artifact(file: &str) -> Value {
    let path = Path::new(file);
    let current = std::env::current_dir().unwrap_or_default();
    let below = path.strip_prefix(&current).unwrap_or(path);
    let segments = below.components().filter_map(|component| match component {
        Component::Normal(name) => Some(utf8_percent_encode(&name.to_string_lossy(), NO_URI).to_string()),
        Component::ParentDir => Some("..".to_owned()),
        Component::CurDir | Component::RootDir | Component::Prefix(_) => None,
    });
    let uri = segments.collect::<Vec<_>>().join("/");
    match below.is_absolute() {
        true => json!({"uri": format!("file:///{uri}")}),
        false => json!({"uri": uri, "uriBaseId": "%SRCROOT%"}),
    }
}

/// The same while lines move: what is wrong, and the way to it.
fn fingerprint(finding: &Finding) -> String {
    let Finding { rule, place, function, .. } = finding;
    let text = format!("{}\n{}\n{}\n{}", rule.code, place.file, place.path, function.as_deref().unwrap_or_default());
    let digest = Md5::digest(text.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

fn pascal(name: &str) -> String {
    crate::template::plan::names::pascal(name)
}
