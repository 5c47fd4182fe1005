//! The answers for people.

use std::io::{self, Write};

use crate::concurrency::apply::shown;
use crate::concurrency::rule::{Change, Decision, KEPT_UNRESERVED, Plan, Planned};
use crate::concurrency::run::{Applied, Changed};

use crate::concurrency::state::{Account, Deployed, FoundBy, Function, Live, State, Usage};
use crate::concurrency::template::write::Edits;
use crate::output::{Answer, GOOD, HEADING, QUIET, Table};

impl Answer for State {
    fn text(&self, out: &mut dyn Write) -> io::Result<()> {
        head(self, out)?;
        let live: Vec<(&Function, &Live)> =
            self.functions.iter().filter_map(|function| Some((function, function.live()?))).collect();
        if !live.is_empty() {
            writeln!(out)?;
            table(&live, self.account).write(out)?;
        }
        let lines = self.functions.iter().flat_map(remarks).chain(self.notes.iter().cloned());
        for (index, line) in lines.enumerate() {
            if index == 0 {
                writeln!(out)?;
            }
            writeln!(out, "  {line}")?;
        }
        Ok(())
    }
}

/// What account it is, and what it has.
fn head(state: &State, out: &mut dyn Write) -> io::Result<()> {
    let State { region, period, from, to, step, .. } = state;
    let Account { limit, unreserved, unreserved_peak } = state.account;
    writeln!(out, "{HEADING}{region}{HEADING:#}, the last {period}")?;
    writeln!(out, "{QUIET}{from} to {to}, in steps of {} min{QUIET:#}", step / 60)?;
    let used = unreserved_peak.map(|peak| format!(", of which up to {peak} ran at the same time")).unwrap_or_default();
    writeln!(out, "  {limit} invocations at the same time for the account, {unreserved} of them not reserved{used}")
}

fn table(functions: &[(&Function, &Live)], account: Account) -> Table {
    let mut table = Table::new([
        "handler",
        "function",
        "reserved",
        "provisioned",
        "peak",
        "average",
        "throttles",
        "of the pool",
        "queue's maximum",
    ]);
    for (function, live) in functions {
        let usage = live.usage.as_ref();
        let number = |number: Option<u32>| number.map_or("-".to_owned(), |number| number.to_string());
        // What has a reservation takes nothing from the pool.
        let pool =
            usage.filter(|_| live.reserved.is_none() && account.unreserved > 0).map_or("-".to_owned(), |usage| {
                format!("{:.1} %", f64::from(usage.peak) * 100.0 / f64::from(account.unreserved))
            });
        let provisioned = match (live.provisioned, live.provisioned_utilisation) {
            (0, _) => "-".to_owned(),
            (provisioned, None) => provisioned.to_string(),
            (provisioned, Some(used)) => format!("{provisioned} ({:.0} % used)", used * 100.0),
        };
        table.row(vec![
            function.handler.clone(),
            live.function.clone(),
            number(live.reserved),
            provisioned,
            number(usage.map(|usage| usage.peak)),
            usage.map_or("-".to_owned(), |usage| format!("{:.1}", usage.average)),
            usage.map_or("-".to_owned(), |usage| usage.throttles.to_string()),
            pool,
            number(function.maximum_concurrency.or(live.queues)),
        ]);
    }
    table
}

/// What has to be said of a function besides its numbers.
fn remarks(function: &Function) -> Vec<String> {
    let handler = &function.handler;
    let mut remarks = Vec::new();
    match &function.deployed {
        Deployed::No { looked_for } => remarks.push(format!(
            "{handler}: not deployed here: there is no function `{}`, and none with `{handler}` as its `Handler`; \
             `--stage`, `--name` or `--function {handler}=NAME` say which one it is",
            looked_for.join("` or `")
        )),
        Deployed::Ambiguous { found } => remarks.push(format!(
            "{handler}: several functions have it as their `Handler`: {}; say which with `--function {handler}=NAME`",
            found.join(", ")
        )),
        Deployed::Yes(live) => {
            if live.found_by == FoundBy::Handler {
                let name = &live.function;
                remarks
                    .push(format!("{handler}: found by its `Handler`: `{name}`, which has not the name of a template"));
            }
            match &live.usage {
                None => {
                    remarks.push(format!("{handler}: nothing is known of what ran: it was not invoked in this time"))
                }
                Some(Usage { peak, peak_at, throttles, .. }) => {
                    remarks.push(format!("{handler}: the peak of {peak} was at {peak_at}"));
                    if *throttles > 0 {
                        remarks.push(format!(
                            "{handler}: {throttles} invocations were refused (throttled), so it needed more than its peak shows"
                        ));
                    }
                }
            }
            if let (Some(said), Some(set)) = (function.maximum_concurrency, live.queues)
                && said != set
            {
                remarks.push(format!(
                    "{handler}: its attribute has `maximum_concurrency = {said}`, and what is deployed has {set}"
                ));
            }
        }
    }
    for setting in &function.templates {
        remarks.push(format!("{handler}: {setting}"));
    }
    remarks
}

impl Answer for Plan {
    fn text(&self, out: &mut dyn Write) -> io::Result<()> {
        of_all(self, true, out)
    }
}

impl Answer for Changed<'_> {
    fn text(&self, out: &mut dyn Write) -> io::Result<()> {
        of_all(self.0, false, out)
    }
}

fn of_all(plan: &Plan, with_unchanged: bool, out: &mut dyn Write) -> io::Result<()> {
    let Plan { region, period, utilisation, fit, .. } = plan;
    writeln!(
        out,
        "{HEADING}{region}{HEADING:#}, by the last {period}, with the peak at {utilisation} of what is reserved"
    )?;
    for planned in &plan.functions {
        if with_unchanged || planned.number().is_none() || planned.change().is_some() {
            of_one(planned, out)?;
        }
    }
    writeln!(
        out,
        "\n  Not reserved: {} before, {} after, of {} for the account; AWS keeps {KEPT_UNRESERVED} so",
        fit.unreserved_before, fit.unreserved_after, fit.limit
    )?;
    plan.notes.iter().try_for_each(|note| writeln!(out, "  {note}"))
}

/// The number of a function and its reasons, or why there is none.
fn of_one(planned: &Planned, out: &mut dyn Write) -> io::Result<()> {
    let Planned { handler, function, before, .. } = planned;
    let name = function.as_ref().map(|function| format!(" ({function})")).unwrap_or_default();
    match &planned.decision {
        Decision::Reserve { number, reasons } => {
            let change = match planned.change() {
                Some(_) => format!("{} -> {GOOD}{number}{GOOD:#}", shown(*before)),
                None => format!("stays at {number}"),
            };
            writeln!(out, "\n{HEADING}{handler}{HEADING:#}{name}: {change}")?;
            for reason in reasons {
                writeln!(out, "  {:>5}  {}", reason.at_least, reason.because)?;
            }
        }
        Decision::Refused(why) => {
            writeln!(out, "\n{HEADING}{handler}{HEADING:#}{name}: no number, and stays as it is")?;
            writeln!(out, "  {why}")?;
        }
    }
    settings(planned, out)
}

fn settings(planned: &Planned, out: &mut dyn Write) -> io::Result<()> {
    let number = match &planned.decision {
        Decision::Reserve { number, .. } => Some(*number),
        Decision::Refused(_) => None,
    };
    if let Some(said) = planned.attribute.filter(|said| Some(*said) != number) {
        writeln!(
            out,
            "  its attribute has `reserved_concurrency = {said}`: the next template brings that back, if it is not changed there"
        )?;
    }
    planned.templates.iter().try_for_each(|setting| {
        writeln!(out, "  {setting}: the next deployment brings that back, if it is not changed there")
    })
}

impl Answer for Applied<'_> {
    fn text(&self, out: &mut dyn Write) -> io::Result<()> {
        let line = |change: &Change| {
            let Change { handler, function, before, after } = change;
            format!("{handler} ({function}): {} -> {after}", shown(*before))
        };
        writeln!(out)?;
        for change in &self.outcome.applied {
            writeln!(out, "  {GOOD}reserved{GOOD:#}      {}", line(change))?;
        }
        for change in &self.outcome.not_applied {
            writeln!(out, "  not reserved  {}", line(change))?;
        }
        if self.outcome.applied.is_empty() && self.outcome.not_applied.is_empty() {
            writeln!(out, "  Nothing to do.")?;
        }
        Ok(())
    }
}

impl Answer for Edits {
    fn text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out)?;
        self.replaced.iter().try_for_each(|line| writeln!(out, "  {GOOD}write{GOOD:#}  {line}"))?;
        self.unchanged.iter().try_for_each(|line| writeln!(out, "  stays  {line}"))?;
        self.left.iter().try_for_each(|line| writeln!(out, "  left   {line}"))
    }
}
