//! The answer for people.

use std::io::{self, Write};

use crate::cost::bill::Bill;
use crate::cost::estimate::Estimate;
use crate::cost::money::quantity;
use crate::cost::reports::{GroupSummary, Percentiles, Summary};
use crate::cost::what_if::{Outcome, WhatIf};
use crate::output::{Answer, GOOD, HEADING, QUIET, Table};

impl Answer for Estimate {
    fn text(&self, out: &mut dyn Write) -> io::Result<()> {
        let memory = self.memory().map(|memory| format!(", {memory}")).unwrap_or_default();
        let (region, name, architecture) = (&self.region, &self.region_name, self.architecture.name());
        writeln!(out, "{HEADING}{region}{HEADING:#}, {name}, {architecture}{memory}")?;
        for source in &self.prices {
            let service = match source.service {
                "lambda" => "Lambda",
                "api-gateway" => "API Gateway",
                _ => "Elastic Load Balancing",
            };
            writeln!(out, "{QUIET}prices of {service} as of {}: {}{QUIET:#}", source.as_of, source.source)?;
        }
        if let Some(reports) = &self.reports {
            summary(reports, out)?;
        }
        if let Some(bill) = &self.bill {
            heading("A month", out)?;
            table_of(bill).write(out)?;
        }
        for what_if in &self.what_if {
            heading(&format!("A month with another memory than {} MB", what_if.memory_mb), out)?;
            table_of_sizes(what_if).write(out)?;
        }
        if !self.recommendations.is_empty() {
            heading("Cheaper, each by itself", out)?;
            for advice in &self.recommendations {
                let saving = advice.saving.to_string();
                writeln!(out, "  {GOOD}{saving:>12}{GOOD:#} less a month: {}", advice.change)?;
                writeln!(out, "  {:>12} {}", "", advice.reason)?;
            }
        }
        heading("What this rests on", out)?;
        self.notes.iter().try_for_each(|note| writeln!(out, "  {note}"))
    }
}

fn heading(text: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n{HEADING}{text}{HEADING:#}")
}

fn table_of(bill: &Bill) -> Table {
    let free = bill.lines.iter().any(|line| !line.free.is_zero());
    let mut table = if free {
        Table::new(["", "used", "free", "billed", "", "price", "amount"])
    } else {
        Table::new(["", "billed", "", "price", "amount"])
    };
    for line in &bill.lines {
        let mut cells = vec![line.label.clone()];
        if free {
            cells.push(quantity(line.used));
            cells.push(if line.free.is_zero() { String::new() } else { quantity(line.free) });
        }
        cells.push(quantity(line.billed));
        cells.extend([line.unit.name().to_owned(), line.unit.price(line.price), line.amount.to_string()]);
        table.row(cells);
    }
    let mut total = vec!["Total".to_owned()];
    total.resize(if free { 6 } else { 4 }, String::new());
    total.push(bill.total.to_string());
    table.row(total);
    table
}

fn table_of_sizes(what_if: &WhatIf) -> Table {
    let shown = |outcome: Outcome| match outcome {
        Outcome::Runs { duration_ms, total } => [milliseconds(duration_ms), total.to_string()],
        Outcome::TooLong { .. } => ["over 900 s".to_owned(), String::new()],
    };
    let constant = what_if.sizes.iter().any(|size| size.constant.is_some());
    let cpu_bound = what_if.sizes.iter().any(|size| size.cpu_bound.is_some());
    let mut table = match (constant, cpu_bound) {
        (true, true) => Table::new(["memory", "vCPUs", "if constant", "", "if CPU-bound", ""]),
        (true, false) => Table::new(["memory", "vCPUs", "if constant", ""]),
        _ => Table::new(["memory", "vCPUs", "if CPU-bound", ""]),
    };
    for size in &what_if.sizes {
        let mark = if size.current { " (now)" } else { "" };
        let mut cells = vec![format!("{} MB{mark}", size.memory_mb), format!("{:.2}", size.vcpus)];
        cells.extend([size.constant, size.cpu_bound].into_iter().flatten().flat_map(shown));
        table.row(cells);
    }
    table
}

fn summary(reports: &Summary, out: &mut dyn Write) -> io::Result<()> {
    heading(&format!("{} reports in {} lines", reports.reports, reports.lines), out)?;
    if let (Some(first), Some(last)) = (&reports.first, &reports.last) {
        writeln!(out, "  {first} to {last}")?;
    }
    if let Some(line) = reports.first_unreadable_line {
        writeln!(out, "  {} more could not be read, the first in line {line}", reports.unreadable)?;
    }
    let cost = exact(reports.cost.0);
    writeln!(out, "  They cost {cost} at the prices of the first tiers, without the free tier.")?;
    if let Some(arm64) = reports.cost_on_arm64 {
        let less = exact((reports.cost - arm64).0);
        writeln!(out, "  On arm64, at the same durations, they would cost {}: {less} less.", exact(arm64.0))?;
    }
    if let Some(month) = &reports.month {
        writeln!(out, "  A month is taken to have {} invocations.", quantity(month.invocations))?;
    }
    reports.groups.iter().try_for_each(|group| of_one_size(group, out))
}

fn of_one_size(group: &GroupSummary, out: &mut dyn Write) -> io::Result<()> {
    let GroupSummary { memory_mb, reports, right_sized_memory_mb, .. } = group;
    heading(&format!("With {memory_mb} MB: {reports} reports"), out)?;
    let mut table = Table::new(["", "p50", "p90", "p95", "p99", "max"]);
    let mut row = |label: &str, percentiles: &Percentiles, shown: fn(f64) -> String| {
        let Percentiles { p50, p90, p95, p99, max } = *percentiles;
        let cells = [p50, p90, p95, p99, max].map(shown);
        table.row([label.to_owned()].into_iter().chain(cells).collect());
    };
    row("Duration", &group.duration_ms, milliseconds);
    row("Memory used", &group.used_mb, |mb| format!("{mb} MB"));
    if let Some(init) = &group.init_ms {
        row("Initialisation", init, milliseconds);
    }
    table.write(out)?;
    let share = group.cold_start_share * 100.0;
    writeln!(out, "  {} cold starts ({share:.2} %), cost {}", group.cold_starts, exact(group.cost.0))?;
    writeln!(out, "  Memory for the most that was used and headroom: {right_sized_memory_mb} MB")
}

/// A small amount with the digits that tell it from others.
fn exact(amount: rust_decimal::Decimal) -> String {
    format!("${}", amount.round_sf(4).unwrap_or(amount).normalize())
}

fn milliseconds(ms: f64) -> String {
    // Whole where it is, as billed durations are.
    let text = format!("{ms:.2}");
    format!("{} ms", text.strip_suffix(".00").unwrap_or(&text))
}
