//! Findings for people, as a compiler writes them.

use std::collections::BTreeMap;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use crate::check::codes::Severity;
use crate::check::finding::{Finding, count};
use crate::check::observed::Place;
use crate::check::report::Report;
use crate::output::{GOOD, HEADING, QUIET};

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const NOTE: Style = AnsiColor::Cyan.on_default().bold();
const EDGE: Style = AnsiColor::Blue.on_default().bold();

/// Longer lines are cut: a plan is one line.
const LONGEST_LINE: usize = 160;

pub(super) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut files = Files::default();
    for finding in report.findings {
        one(finding, &mut files, out)?;
    }
    for unread in &report.observed.unread {
        let (what, place) = (&unread.what, shown(&unread.place));
        writeln!(out, "{QUIET}not read:{QUIET:#} {what}, {place}; what is missing may be there")?;
    }
    if !report.unchecked.is_empty() {
        let names = report.unchecked.join(", ");
        writeln!(out, "{QUIET}not checked:{QUIET:#} {names}; no function here is known to run that")?;
    }
    summary(report, out)
}

fn one(finding: &Finding, files: &mut Files, out: &mut dyn Write) -> io::Result<()> {
    let Finding { rule, message, fix, place, function } = finding;
    let style = match rule.severity {
        Severity::Error => ERROR,
        Severity::Warning => WARNING,
        Severity::Note => NOTE,
    };
    let (word, code) = (rule.severity.name(), rule.code);
    let of = function.as_ref().map_or_else(String::new, |function| format!("{function}: "));
    writeln!(out, "{style}{word}[{code}]{style:#}{HEADING}: {of}{message}{HEADING:#}")?;
    writeln!(out, "  {EDGE}-->{EDGE:#} {}", shown(place))?;
    if let Some((number, line)) = place.line.and_then(|number| Some((number, files.line(place)?))) {
        writeln!(out, "  {EDGE}{number} |{EDGE:#} {line}")?;
    }
    writeln!(out, "  {EDGE}={EDGE:#} why: {}", rule.why)?;
    writeln!(out, "  {EDGE}={EDGE:#} fix: {fix}\n")
}

/// `template.yaml:41:9 (Resources.OrdersQueue.Properties.VisibilityTimeout)`, as far as it is known.
fn shown(place: &Place) -> String {
    let Place { file, line, column, path } = place;
    let mut shown = file.to_string();
    for number in line.iter().chain(column.iter().filter(|_| line.is_some())) {
        shown.push_str(&format!(":{number}"));
    }
    if !path.is_empty() {
        shown.push_str(&format!(" ({path})"));
    }
    shown
}

fn summary(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let counted = |number: usize, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
    let checked = report.handlers.len().saturating_sub(report.unchecked.len());
    let functions = counted(checked, "function");
    let names: Vec<String> = report.templates.iter().map(|path| path.display().to_string()).collect();
    let checked = format!("{functions} against {}", names.join(", "));
    let found: Vec<String> = [Severity::Error, Severity::Warning, Severity::Note]
        .into_iter()
        .map(|severity| (count(report.findings, severity), severity.name()))
        .filter(|(number, _)| *number > 0)
        .map(|(number, name)| counted(number, name))
        .collect();
    match found.is_empty() {
        true => writeln!(out, "{GOOD}nothing found{GOOD:#}; {checked}"),
        false => writeln!(out, "{HEADING}{}{HEADING:#}; {checked}", found.join(", ")),
    }
}

/// The lines of the files that are shown.
#[derive(Default)]
struct Files(BTreeMap<String, Vec<String>>);

impl Files {
    /// The line at a place, without what would move the terminal's cursor; none if it may hold a secret.
    fn line(&mut self, place: &Place) -> Option<String> {
        if is_secret(place) {
            return None;
        }
        let lines = self.0.entry(place.file.to_string()).or_insert_with_key(|name| {
            let text = std::fs::read_to_string(name).unwrap_or_default();
            text.lines().map(str::to_owned).collect()
        });
        let line = lines.get(place.line?.checked_sub(1)?)?;
        let plain = line.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
        let cut: String = plain.take(LONGEST_LINE).collect();
        let trimmed = cut.trim();
        (!trimmed.is_empty()).then(|| trimmed.to_owned())
    }
}

/// Whether it is a variable of an environment: values of variables are not repeated.
fn is_secret(place: &Place) -> bool {
    place.path.to_ascii_lowercase().contains("environment")
}
