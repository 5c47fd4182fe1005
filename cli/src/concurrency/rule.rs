//! From what ran to what should be reserved.
//!
//! The rule: the highest peak, divided by the part of the reservation that it is to use, rounded up; never below what the
//! function's queues and its provisioned concurrency need, and never so much that fewer than 100 are left for functions
//! without a reservation. Without data there is no number.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde::Serialize;

use crate::concurrency::period::Period;
use crate::concurrency::state::{Account, Deployed, FoundBy, Function, Live, State, Usage};
use crate::concurrency::template::Setting;

/// What AWS keeps for functions without a reservation, <https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html>.
pub(crate) const KEPT_UNRESERVED: u32 = 100;

/// How numbers come about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    pub(crate) utilisation: Decimal,
    /// How far back data has to reach.
    pub(crate) minimum_data: Period,
}

/// What should be reserved.
#[derive(Debug, Serialize)]
pub(crate) struct Plan {
    pub(crate) region: String,
    pub(crate) period: String,
    pub(crate) utilisation: String,
    pub(crate) functions: Vec<Planned>,
    pub(crate) fit: Fit,
    pub(crate) notes: Vec<String>,
}

/// What should be reserved for a function.
#[derive(Debug, Serialize)]
pub(crate) struct Planned {
    pub(crate) handler: String,
    /// Its name at AWS, if it is deployed.
    pub(crate) function: Option<String>,
    pub(crate) found_by: Option<FoundBy>,
    pub(crate) before: Option<u32>,
    /// What the attribute says, `reserved_concurrency`.
    pub(crate) attribute: Option<u32>,
    #[serde(flatten)]
    pub(crate) decision: Decision,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) templates: Vec<Setting>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Decision {
    Reserve {
        number: u32,
        reasons: Vec<Reason>,
    },
    /// There is no number; why, and what to do.
    Refused(String),
}

/// A need of a function.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Reason {
    pub(crate) at_least: u32,
    pub(crate) because: String,
}

/// Whether the account has room for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Fit {
    pub(crate) limit: u32,
    pub(crate) unreserved_before: u32,
    /// Below zero where more would be reserved than there is.
    pub(crate) unreserved_after: i64,
    /// What is missing for the plan.
    pub(crate) missing: u32,
}

/// What has to be written for a function.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Change {
    pub(crate) handler: String,
    pub(crate) function: String,
    pub(crate) before: Option<u32>,
    pub(crate) after: u32,
}

impl Change {
    /// What it takes from the pool; below zero what it gives back.
    pub(crate) fn takes(&self) -> i64 {
        i64::from(self.after) - i64::from(self.before.unwrap_or(0))
    }
}

impl Planned {
    /// What has to be written, if anything has.
    pub(crate) fn change(&self) -> Option<Change> {
        match (&self.function, &self.decision) {
            (Some(function), Decision::Reserve { number, .. }) if self.before != Some(*number) => Some(Change {
                handler: self.handler.clone(),
                function: function.clone(),
                before: self.before,
                after: *number,
            }),
            _ => None,
        }
    }

    pub(crate) fn number(&self) -> Option<u32> {
        match self.decision {
            Decision::Reserve { number, .. } => Some(number),
            Decision::Refused(_) => None,
        }
    }
}

impl Plan {
    pub(crate) fn changes(&self) -> Vec<Change> {
        self.functions.iter().filter_map(Planned::change).collect()
    }
}

impl Fit {
    /// What is left of the account after these changes.
    pub(crate) fn of(account: Account, changes: &[Change]) -> Self {
        let Account { limit, unreserved, .. } = account;
        let taken: i64 = changes.iter().map(Change::takes).sum();
        let after = i64::from(unreserved) - taken;
        // An account with less than that can still give back.
        let is_enough = taken <= 0 || after >= i64::from(KEPT_UNRESERVED);
        let missing = if is_enough { 0 } else { i64::from(KEPT_UNRESERVED) - after };
        Self {
            limit,
            unreserved_before: unreserved,
            unreserved_after: after,
            missing: u32::try_from(missing).unwrap_or(u32::MAX),
        }
    }
}

/// Plans for all functions.
pub(crate) fn plan(state: State, rule: Rule) -> Plan {
    let State { region, period, account, functions, mut notes, .. } = state;
    notes.extend(functions.iter().filter_map(lower_bound));
    let functions: Vec<Planned> = functions.into_iter().map(|function| planned(function, &period, rule)).collect();
    let changes: Vec<Change> = functions.iter().filter_map(Planned::change).collect();
    let fit = Fit::of(account, &changes);
    if let Some(peak) =
        account.unreserved_peak.filter(|peak| fit.missing == 0 && fit.unreserved_after < i64::from(*peak))
    {
        notes.push(format!(
            "functions without a reservation ran up to {peak} at the same time, those that get one now among them: {} may be few \
             for the others",
            fit.unreserved_after
        ));
    }
    Plan { region, period, utilisation: rule.utilisation.normalize().to_string(), functions, fit, notes }
}

/// Refused without a reservation, a function shared a pool that was used up; there is nothing to hold its number to.
fn lower_bound(function: &Function) -> Option<String> {
    let live = function.live().filter(|live| live.reserved.is_none())?;
    let throttles = live.usage.as_ref().map(|usage| usage.throttles).filter(|throttles| *throttles > 0)?;
    Some(format!(
        "{}: {throttles} invocations were refused because the account's pool was used up, so it needed more than its peak shows: \
         give it more with a lower `--utilisation`",
        function.handler
    ))
}

fn planned(function: Function, period: &str, rule: Rule) -> Planned {
    let decision = decide(&function, period, rule);
    let Function { handler, attribute, deployed, templates, .. } = function;
    let (name, found_by, before) = match deployed {
        Deployed::Yes(live) => (Some(live.function), Some(live.found_by), live.reserved),
        Deployed::No { .. } | Deployed::Ambiguous { .. } => (None, None, None),
    };
    Planned { handler, function: name, found_by, before, attribute, decision, templates }
}

fn decide(function: &Function, period: &str, rule: Rule) -> Decision {
    let live = match &function.deployed {
        Deployed::Yes(live) => live,
        Deployed::No { .. } => return Decision::Refused("it is not deployed here".to_owned()),
        Deployed::Ambiguous { .. } => return Decision::Refused("it is not known which function it is".to_owned()),
    };
    if live.reserved == Some(0) {
        let why = "it is switched off: 0 is reserved for it. Remove that first, if it is to run";
        return Decision::Refused(why.to_owned());
    }
    let Some(usage) = &live.usage else {
        let why = format!(
            "nothing is known of what ran in the last {period}, so there is no peak. Look further back with `--period`, or \
             wait until it was invoked for a while"
        );
        return Decision::Refused(why);
    };
    if usage.reaches_back < rule.minimum_data.seconds() {
        let why = format!(
            "its data reaches back {}, and {} are asked for: a peak is known once a function has seen its busy times. Wait, or \
             say how much is enough with `--minimum-data`",
            shown(usage.reaches_back),
            rule.minimum_data
        );
        return Decision::Refused(why);
    }
    let reasons = reasons(function, live, usage, rule.utilisation);
    let number = reasons.iter().map(|reason| reason.at_least).max().unwrap_or(1);
    Decision::Reserve { number, reasons }
}

fn reasons(function: &Function, live: &Live, usage: &Usage, utilisation: Decimal) -> Vec<Reason> {
    let Usage { peak, peak_at, throttles, .. } = usage;
    let exact = Decimal::from(*peak) / utilisation;
    // Nothing reserved would switch it off.
    let at_least = exact.ceil().to_u32().unwrap_or(u32::MAX).max(1);
    let rounded = if exact.fract().is_zero() { String::new() } else { ", rounded up".to_owned() };
    let (utilisation, exact) = (utilisation.normalize(), exact.round_dp(2).normalize());
    let because = format!(
        "the peak of {peak} at {peak_at} is to use {utilisation} of it: {peak} / {utilisation} = {exact}{rounded}"
    );
    let mut reasons = vec![Reason { at_least, because }];
    // Less makes Lambda refuse what it has polled, <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html>.
    if let Some(most) = function.maximum_concurrency {
        let because = format!("its queue may invoke it {most} times at once (`maximum_concurrency` in the code)");
        reasons.push(Reason { at_least: most, because });
    }
    if let Some(most) = live.queues.filter(|most| Some(*most) != function.maximum_concurrency) {
        let because =
            format!("its queues may invoke it {most} times at once (`MaximumConcurrency` of what is deployed)");
        reasons.push(Reason { at_least: most, because });
    }
    if live.provisioned > 0 {
        let because = format!("{} are provisioned, and AWS counts them in", live.provisioned);
        reasons.push(Reason { at_least: live.provisioned, because });
    }
    if let Some(reserved) = live.reserved.filter(|_| *throttles > 0) {
        let because = format!(
            "{throttles} invocations were refused with {reserved} reserved, so it needed more than its peak shows: no less than now"
        );
        reasons.push(Reason { at_least: reserved, because });
    }
    reasons
}

/// Seconds, as long as they are.
fn shown(seconds: u32) -> String {
    let of = |unit: u32| f64::from(seconds) / f64::from(unit);
    if seconds < 3_600 {
        format!("{:.0} min", of(60))
    } else if seconds < 86_400 {
        format!("{:.1} h", of(3_600))
    } else {
        format!("{:.1} d", of(86_400))
    }
}

#[cfg(test)]
mod tests;
