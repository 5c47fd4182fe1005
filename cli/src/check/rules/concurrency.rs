//! How often a function runs at the same time.

use crate::check::codes;
use crate::check::finding::Findings;
use crate::check::matching::Pair;
use crate::check::observed::{Field, Polled};
use crate::check::rules::{differs, shown};
use crate::check::words;

pub(super) fn check(pair: &Pair<'_>, findings: &mut Findings) {
    let (handler, function) = (pair.handler, pair.function);
    let reserved = &function.reserved_concurrency;
    if let Field::Known(0, place) = reserved {
        let message = "no invocation is let through: its reserved concurrency is 0".to_owned();
        let fix = match handler.reserved_concurrency {
            Some(wanted) => words::RESERVED_CONCURRENCY.plain(place, wanted),
            None => format!("without `{}`", words::RESERVED_CONCURRENCY.name(place)),
        };
        findings.add(&codes::NEVER_RUNS, place, message, fix);
        return;
    }
    if let Some(difference) = differs(handler.reserved_concurrency.map(u64::from), reserved, &function.place) {
        let (wanted, place) = (difference.wanted, difference.place);
        let found = shown(difference.found.as_ref(), "");
        let message = format!("the attribute reserves {wanted} invocations at the same time, and here it is {found}");
        let fix = words::RESERVED_CONCURRENCY.plain(place, wanted);
        findings.add(&codes::RESERVED_DIFFERS, place, message, fix);
    }
    let provisioned = &function.provisioned_concurrency;
    if let Some(difference) = differs(handler.provisioned_concurrency.map(u64::from), provisioned, &function.place) {
        let (wanted, place) = (difference.wanted, difference.place);
        let found = shown(difference.found.as_ref(), "");
        let message = format!("the attribute keeps {wanted} environments ready, and here it is {found}");
        let fix = words::PROVISIONED_CONCURRENCY.within(&words::PROVISIONED, provisioned, place, wanted);
        findings.add(&codes::PROVISIONED_DIFFERS, place, message, fix);
    }
    let Some(limit) = reserved.value() else { return };
    if let Field::Known(ready, place) = provisioned
        && ready > limit
    {
        let message = format!("{ready} environments are kept ready, and {limit} invocations are reserved");
        let fix = words::PROVISIONED_CONCURRENCY.plain(place, limit);
        findings.add(&codes::PROVISIONED_ABOVE_RESERVED, place, message, fix);
    }
    for mapping in pair.mappings.iter().filter(|mapping| mapping.kind == Some(Polled::Sqs)) {
        if let Field::Known(maximum, place) = &mapping.maximum_concurrency
            && maximum > limit
        {
            let message = format!("it invokes up to {maximum} times at once, and {limit} are reserved");
            let fix = words::MAXIMUM_CONCURRENCY.plain(place, limit);
            findings.add(&codes::MAXIMUM_ABOVE_RESERVED, place, message, fix);
        }
    }
}
