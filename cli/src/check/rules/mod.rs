//! The rules: a file for each subject. A rule says nothing of what is known only when it is deployed.

mod concurrency;
mod environment;
mod events;
mod filters;
mod functions;
mod http;
mod idempotency;
mod invokers;
mod mappings;
mod permissions;
mod queues;
mod streams;
mod triggers;

use crate::check::binary::Own;
use crate::check::codes::Rule;
use crate::check::finding::{Finding, Findings};
use crate::check::matching;
use crate::check::needs;
use crate::check::observed::{Field, Observed, Place, Text};
use crate::manifest::Manifest;

/// What a rule looks at beside a pair.
pub(crate) struct Whole<'a> {
    pub(crate) observed: &'a Observed,
}

/// What was looked at.
pub(crate) struct Checked {
    pub(crate) findings: Vec<Finding>,
    /// Those that a function runs.
    pub(crate) handlers: Vec<String>,
}

/// Everything that is wrong; `place` stands for what has none.
pub(crate) fn check(manifest: &Manifest, observed: &Observed, place: &Place, own: &Own) -> Checked {
    let mut findings = Findings::default();
    let pairs = matching::pairs(manifest, observed, place, own, &mut findings);
    let whole = Whole { observed };
    functions::architectures(&pairs, &mut findings);
    for pair in &pairs {
        findings.about(Some(&pair.handler.name));
        functions::check(pair, &mut findings);
        mappings::check(pair, &whole, &mut findings);
        queues::check(pair, &whole, &mut findings);
        environment::check(pair, &whole, &mut findings);
        idempotency::check(pair, &whole, &mut findings);
        concurrency::check(pair, &mut findings);
        invokers::check(pair, &whole, &mut findings);
        events::check(pair, &whole, &mut findings);
        if let Some(needs) = needs::of(pair) {
            permissions::check(pair, &needs, &whole, &mut findings);
            http::check(pair, &needs, &whole, &mut findings);
            triggers::check(pair, &needs, &whole, &mut findings);
        }
    }
    let handlers = pairs.iter().map(|pair| pair.handler.name.clone()).collect();
    Checked { findings: findings.sorted(), handlers }
}

/// What a setting that differs is reported as.
pub(crate) struct Difference<'t, T> {
    pub(crate) wanted: T,
    pub(crate) found: Option<T>,
    /// Where it is written, or what it is missing in.
    pub(crate) place: &'t Place,
}

/// What is wanted, if something else is there; nothing if nothing is wanted or nothing is known.
pub(crate) fn differs<'t, T: Clone + PartialEq>(
    wanted: Option<T>,
    field: &'t Field<T>,
    within: &'t Place,
) -> Option<Difference<'t, T>> {
    let wanted = wanted.filter(|wanted| !field.is_unknown() && field.value() != Some(wanted))?;
    Some(Difference { wanted, found: field.value().cloned(), place: field.place().unwrap_or(within) })
}

/// Where the attribute has an ARN and the template another one. Names are no measure: those of a template have stages.
pub(crate) fn other_arn(wanted: Option<&str>, field: &Field<Text>, rule: &'static Rule, findings: &mut Findings) {
    let Some(wanted) = wanted.filter(|wanted| wanted.starts_with("arn:")) else { return };
    let Field::Known(found, place) = field else { return };
    // A topic of a cluster, a shard's consumer and a stream of a table go on behind it.
    if let Some(found) = found.known().filter(|found| *found != wanted && found.starts_with("arn:")) {
        let message = format!("the attribute names `{wanted}`, and here it is `{found}`");
        findings.add(rule, place, message, format!("`{wanted}`"));
    }
}

/// What is there, for a message.
pub(crate) fn shown<T: std::fmt::Display>(found: Option<&T>, unit: &str) -> String {
    match found {
        Some(found) if unit.is_empty() => found.to_string(),
        Some(found) => format!("{found} {unit}"),
        None => "not set".to_owned(),
    }
}

#[cfg(test)]
pub(crate) mod tests;
