//! The chart: a month's cost over memory, as SVG.

use std::fmt::Write as _;

use rust_decimal::prelude::ToPrimitive;

use crate::cost::money::{Usd, grouped};
use crate::cost::quantity::Memory;
use crate::cost::scenario::Scenario;
use crate::cost::usage::Scaling;
use crate::cost::what_if::{Outcome, outcome};
use crate::error::CliError;

const WIDTH: f64 = 800.0;
const HEIGHT: f64 = 480.0;
/// What the axes leave for labels.
const LEFT: f64 = 96.0;
const RIGHT: f64 = 776.0;
const TOP: f64 = 88.0;
const BOTTOM: f64 = 416.0;

/// Colours that are read on white and on black, in both of which browsers may show the file.
const STYLE: &str = "\
text { font: 13px system-ui, sans-serif } text, circle { fill: #222 }
.title { font-size: 16px; font-weight: 600 }
.axis { stroke: #555 } .grid { stroke: #ccc } .now { stroke: #555; stroke-dasharray: 4 4 }
.line { fill: none; stroke-width: 2.5 } .constant { stroke: #0b62c4 } .cpu-bound { stroke: #b34700 }
rect { fill: #fff }
@media (prefers-color-scheme: dark) {
text, circle { fill: #eee }
.axis { stroke: #aaa } .grid { stroke: #444 } .now { stroke: #aaa }
.constant { stroke: #6cb0ff } .cpu-bound { stroke: #ff9d5c }
rect { fill: #16181c }
}";

struct Curve {
    class: &'static str,
    label: &'static str,
    /// Memory in MB and the month's cost in dollars. Places on a screen are no money: floats will do.
    points: Vec<(f64, f64)>,
}

/// The chart of the function that costs the most, if there are several.
pub(crate) fn svg(scenario: &Scenario<'_>, scalings: &[Scaling]) -> Result<String, CliError> {
    let dearest =
        scenario.workloads.iter().enumerate().max_by_key(|(_, workload)| workload.usage().on_demand_gb_seconds);
    let Some((place, workload)) = dearest else {
        return Err(CliError::new(
            "there is no month to plot: give `--invocations`, or a log with a time on each report",
        ));
    };
    let mut curves = Vec::new();
    for scaling in scalings {
        curves.push(curve(scenario, place, *scaling)?);
    }
    let now = scenario.total()?;
    Ok(draw(&curves, workload.memory, now, &scenario.prices.region, scenario.architecture.name()))
}

fn curve(scenario: &Scenario<'_>, place: usize, scaling: Scaling) -> Result<Curve, CliError> {
    let mut points = Vec::new();
    let steps = (Memory::LEAST..=Memory::MOST).step_by(64).chain([Memory::ONE_VCPU.mb()]);
    let mut memories: Vec<Memory> = steps.filter_map(Memory::new).collect();
    memories.sort_unstable();
    for memory in memories {
        if let Outcome::Runs { total, .. } = outcome(scenario, place, memory, scaling)? {
            points.push((f64::from(memory.mb()), dollars(total)));
        }
    }
    let (class, label) = match scaling {
        Scaling::Constant => ("constant", "if the duration stays as it is"),
        Scaling::CpuBound => ("cpu-bound", "if it is one thread that computes"),
    };
    Ok(Curve { class, label, points })
}

fn dollars(amount: Usd) -> f64 {
    amount.0.to_f64().unwrap_or_default()
}

fn draw(curves: &[Curve], memory: Memory, now: Usd, region: &str, architecture: &str) -> String {
    let costs = curves.iter().flat_map(|curve| curve.points.iter().map(|(_, cost)| *cost));
    let most = costs.fold(dollars(now), f64::max);
    let step = step(most);
    let marks: Vec<f64> = (0..=6).map(|mark| step * f64::from(mark)).take_while(|cost| *cost < most + step).collect();
    let most = marks.last().copied().unwrap_or(step);
    // Memory doubles from mark to mark, as people choose it.
    let span = (f64::from(Memory::MOST) / f64::from(Memory::LEAST)).log2();
    let x = |mb: f64| LEFT + (RIGHT - LEFT) * (mb / f64::from(Memory::LEAST)).log2() / span;
    let y = |cost: f64| BOTTOM - (BOTTOM - TOP) * cost / most;

    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\">\n\
         <title>Cost of a month over memory</title>\n<style>{STYLE}</style>\n\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\"/>\n"
    );
    let place = escaped(region);
    text(&mut svg, LEFT, 28.0, "class=\"title\"", &format!("Cost of a month over memory, {place}, {architecture}"));
    for cost in marks {
        line(&mut svg, "grid", (LEFT, y(cost)), (RIGHT, y(cost)));
        text(&mut svg, LEFT - 8.0, y(cost) + 4.0, "text-anchor=\"end\"", &label(cost, step));
    }
    for mb in [128.0, 256.0, 512.0, 1024.0, 2048.0, 4096.0, 10_240.0] {
        line(&mut svg, "axis", (x(mb), BOTTOM), (x(mb), BOTTOM + 6.0));
        text(&mut svg, x(mb), BOTTOM + 22.0, "text-anchor=\"middle\"", &format!("{mb}"));
    }
    line(&mut svg, "axis", (LEFT, BOTTOM), (RIGHT, BOTTOM));
    line(&mut svg, "axis", (LEFT, TOP), (LEFT, BOTTOM));
    text(&mut svg, (LEFT + RIGHT) / 2.0, BOTTOM + 48.0, "text-anchor=\"middle\"", "memory in MB");
    let turned = format!("text-anchor=\"middle\" transform=\"rotate(-90 20 {})\"", (TOP + BOTTOM) / 2.0);
    text(&mut svg, 20.0, (TOP + BOTTOM) / 2.0, &turned, "US dollars a month");

    let here = x(f64::from(memory.mb()));
    line(&mut svg, "now", (here, TOP), (here, BOTTOM));
    let _ = writeln!(svg, "<circle cx=\"{here:.1}\" cy=\"{:.1}\" r=\"4\"/>", y(dollars(now)));
    let anchor = if here > (LEFT + RIGHT) / 2.0 { "end" } else { "start" };
    let beside = if anchor == "end" { here - 6.0 } else { here + 6.0 };
    let said = format!("now: {memory}, {}", escaped(&now.to_string()));
    text(&mut svg, beside, TOP - 6.0, &format!("text-anchor=\"{anchor}\""), &said);
    for (place, curve) in curves.iter().enumerate() {
        let points: Vec<String> =
            curve.points.iter().map(|(mb, cost)| format!("{:.1},{:.1}", x(*mb), y(*cost))).collect();
        let _ = writeln!(svg, "<polyline class=\"line {}\" points=\"{}\"/>", curve.class, points.join(" "));
        let left = LEFT + if place == 0 { 0.0 } else { 300.0 };
        line(&mut svg, &format!("line {}", curve.class), (left, 50.0), (left + 28.0, 50.0));
        text(&mut svg, left + 36.0, 54.0, "", curve.label);
    }
    svg.push_str("</svg>\n");
    svg
}

// Writing to a string cannot fail.
fn text(svg: &mut String, x: f64, y: f64, attributes: &str, said: &str) {
    let _ = writeln!(svg, "<text x=\"{x:.1}\" y=\"{y:.1}\" {attributes}>{said}</text>");
}

fn line(svg: &mut String, class: &str, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) {
    let _ = writeln!(svg, "<line class=\"{class}\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"/>");
}

/// From mark to mark on the axis, six times at most: 1, 2, 2.5 or 5 and zeros, so that the marks are round.
fn step(most: f64) -> f64 {
    let sixth = (most / 6.0).max(0.01);
    let power = 10_f64.powf(sixth.log10().floor());
    let factors = [1.0, 2.0, 2.5, 5.0, 10.0];
    factors.into_iter().map(|factor| factor * power).find(|step| *step >= sixth).unwrap_or(10.0 * power)
}

fn label(cost: f64, step: f64) -> String {
    let digits = if step < 1.0 { 2 } else { usize::from(step.fract() > 0.0) };
    format!("${}", grouped(&format!("{cost:.digits$}")))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_round() {
        assert_eq!(step(1243.0), 250.0);
        assert_eq!(step(6.0), 1.0);
        assert_eq!(step(6.1), 2.0);
        assert_eq!(step(0.0), 0.01);
        assert_eq!(step(99.0), 20.0);
        assert_eq!([label(0.5, 0.1), label(7.5, 2.5), label(10_000.0, 5_000.0)], ["$0.50", "$7.5", "$10,000"]);
    }

    #[test]
    fn names_from_outside_stay_text() {
        let curves = [Curve { class: "constant", label: "l", points: vec![(128.0, 1.0), (10_240.0, 80.0)] }];
        let svg = draw(&curves, "512".parse().unwrap(), Usd::CENT, "<mars & co>", "x86_64");
        let document = roxmltree::Document::parse(&svg).unwrap();
        let texts: Vec<&str> = document.descendants().filter_map(|node| node.text()).collect();
        assert!(texts.iter().any(|text| text.contains("<mars & co>")), "{texts:?}");
    }
}
