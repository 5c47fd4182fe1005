//! Findings for programs.

use std::io::{self, Write};

use serde_json::json;

use crate::check::codes::Severity;
use crate::check::finding::{Finding, count};
use crate::check::observed::Place;
use crate::check::report::Report;

pub(super) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let findings: Vec<serde_json::Value> = report.findings.iter().map(finding).collect();
    let unread =
        report.observed.unread.iter().map(|unread| json!({"what": unread.what, "place": place(&unread.place)}));
    let templates = report.templates.iter().map(|path| path.display().to_string());
    let whole = json!({
        "templates": templates.collect::<Vec<_>>(),
        "functions": report.handlers,
        "unchecked": report.unchecked,
        "errors": count(report.findings, Severity::Error),
        "warnings": count(report.findings, Severity::Warning),
        "notes": count(report.findings, Severity::Note),
        "findings": findings,
        "unread": unread.collect::<Vec<_>>(),
    });
    serde_json::to_writer_pretty(&mut *out, &whole).map_err(io::Error::from)?;
    writeln!(out)
}

fn finding(finding: &Finding) -> serde_json::Value {
    let Finding { rule, message, fix, place: at, function } = finding;
    json!({
        "code": rule.code,
        "name": rule.name,
        "severity": rule.severity,
        "message": message,
        "why": rule.why,
        "fix": fix,
        "function": function,
        "place": place(at),
        "help": rule.help(),
        "page": rule.page,
    })
}

fn place(place: &Place) -> serde_json::Value {
    json!({"file": &*place.file, "line": place.line, "column": place.column, "path": place.path})
}
