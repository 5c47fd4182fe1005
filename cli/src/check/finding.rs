//! What was found.

use crate::check::codes::{Rule, Severity};
use crate::check::observed::Place;

/// A place where a template is wrong.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    pub(crate) rule: &'static Rule,
    pub(crate) message: String,
    pub(crate) fix: String,
    pub(crate) place: Place,
    /// The handler that it is about, if it is about one.
    pub(crate) function: Option<String>,
}

/// All that was found so far.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    all: Vec<Finding>,
    /// The handler that is looked at.
    function: Option<String>,
}

impl Findings {
    /// From here on it is about this handler, or about none.
    pub(crate) fn about(&mut self, function: Option<&str>) {
        self.function = function.map(str::to_owned);
    }

    pub(crate) fn add(&mut self, rule: &'static Rule, place: &Place, message: String, fix: String) {
        let (place, function) = (place.clone(), self.function.clone());
        self.all.push(Finding { rule, message, fix, place, function });
    }

    /// In the order of the files, each once: two functions may share a queue.
    pub(crate) fn sorted(self) -> Vec<Finding> {
        let mut all = self.all;
        let key = |finding: &Finding| {
            let Finding { rule, message, place, function, .. } = finding;
            (
                place.file.clone(),
                place.line,
                place.column,
                place.path.clone(),
                rule.code,
                message.clone(),
                function.clone(),
            )
        };
        all.sort_by_cached_key(key);
        all.dedup_by(|a, b| a.rule.code == b.rule.code && a.place == b.place && a.message == b.message);
        all
    }
}

/// How many of each severity.
pub(crate) fn count(findings: &[Finding], severity: Severity) -> usize {
    findings.iter().filter(|finding| finding.rule.severity == severity).count()
}
