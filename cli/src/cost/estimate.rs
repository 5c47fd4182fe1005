//! The answer: the bill of a month and everything around it. What it serialises to is documented in `docs/cost.md`.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::Serialize;

use crate::cost::advice::{Advice, advice};
use crate::cost::args::Args;
use crate::cost::bill::Bill;
use crate::cost::front_end::FrontEnd;
use crate::cost::handler::Handler;
use crate::cost::money::plain;
use crate::cost::plot;
use crate::cost::prices::{Prices, Source};
use crate::cost::quantity::{Memory, Millis, Payload, Share};
use crate::cost::reports::{Month, Sample, Summary, right_sizes};
use crate::cost::scenario::Scenario;
use crate::cost::usage::{Architecture, Provisioned, Workload};
use crate::cost::what_if::WhatIf;
use crate::error::CliError;

/// All that `cargo lambkin cost` says.
#[derive(Debug, Serialize)]
pub(crate) struct Estimate {
    pub(crate) region: String,
    pub(crate) region_name: String,
    pub(crate) architecture: Architecture,
    pub(crate) prices: Vec<Source>,
    /// What was reckoned, unless it comes from reports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) workload: Option<Settings>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reports: Option<Summary>,
    /// Absent where reports do not tell what a month has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) bill: Option<Bill>,
    /// For each function, or for each memory size in a log.
    pub(crate) what_if: Vec<WhatIf>,
    pub(crate) recommendations: Vec<Advice>,
    /// What the numbers rest on.
    pub(crate) notes: Vec<String>,
}

/// The settings of a function, as they were understood.
#[derive(Debug, Serialize)]
pub(crate) struct Settings {
    /// Whose memory it is, where the crate was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) handler: Option<String>,
    #[serde(serialize_with = "plain")]
    pub(crate) invocations: Decimal,
    pub(crate) memory_mb: u32,
    pub(crate) billed_duration_ms: u32,
    pub(crate) ephemeral_storage_mb: u32,
    pub(crate) cold_start_share: f64,
    pub(crate) billed_init_ms: u32,
    pub(crate) provisioned_concurrency: u32,
    pub(crate) front_end: Option<FrontEnd>,
    pub(crate) free_tier: bool,
}

pub(crate) fn estimate(args: &Args) -> Result<Estimate, CliError> {
    let prices = Prices::load(args.region.as_deref(), args.prices.as_deref())?;
    let bytes = |payload: Option<Payload>| payload.map_or(Decimal::ZERO, Payload::bytes);
    let mut scenario = Scenario {
        prices: &prices,
        architecture: args.arch,
        workloads: Vec::new(),
        front_end: args.front_end,
        request_bytes: bytes(args.request_size),
        response_bytes: bytes(args.response_size),
        free_tier: !args.no_free_tier,
    };
    let mut estimate = Estimate {
        region: prices.region.clone(),
        region_name: prices.name.clone(),
        architecture: args.arch,
        prices: sources(&prices, args.front_end),
        workload: None,
        reports: None,
        bill: None,
        what_if: Vec::new(),
        recommendations: Vec::new(),
        notes: Vec::new(),
    };
    let mut handler = None;
    let needed = match &args.reports {
        Some(path) => {
            let sample = Sample::read(path)?;
            let month = Month::of(&sample, args.invocations)?;
            if let Some(month) = &month {
                scenario.workloads = month.workloads(&sample, args.ephemeral_storage);
            }
            let headroom = args.headroom.get();
            estimate.reports = Some(Summary::of(&sample, month, args.arch, headroom, &prices)?);
            right_sizes(&sample, headroom)
        }
        None => {
            if args.memory.is_none() {
                handler = Some(Handler::find(args)?);
            }
            let (workload, settings) = from_settings(args, handler.as_ref())?;
            scenario.workloads = vec![workload];
            estimate.workload = Some(settings);
            vec![None]
        }
    };
    let scalings = args.scaling.scalings();
    if !scenario.workloads.is_empty() {
        estimate.bill = Some(scenario.bill()?);
        let what_if = |place| WhatIf::of(&scenario, place, scalings);
        estimate.what_if = (0..scenario.workloads.len()).map(what_if).collect::<Result<_, _>>()?;
        estimate.recommendations = advice(&scenario, &needed, scalings);
    }
    if let Some(path) = &args.plot {
        let svg = plot::svg(&scenario, scalings)?;
        std::fs::write(path, svg).map_err(|error| CliError::file(path, &error))?;
    }
    estimate.notes = notes(args, &scenario, estimate.reports.as_ref());
    if let Some(handler) = &handler {
        estimate.notes.insert(0, handler.note(args.provisioned_concurrency));
    }
    Ok(estimate)
}

fn from_settings(args: &Args, handler: Option<&Handler>) -> Result<(Workload, Settings), CliError> {
    // The command line asks for them where there are no reports.
    let missing = || CliError::new("`--invocations` and `--duration` are needed, or `--reports FILE`");
    let invocations = args.invocations.ok_or_else(missing)?.get();
    let memory = args.memory.or(handler.map(|handler| handler.memory)).ok_or_else(missing)?;
    let duration_ms = args.duration.ok_or_else(missing)?.billed();
    let cold_start_share = args.cold_start_share.map_or(Decimal::ZERO, Share::get);
    let init_ms = args.init_duration.map_or(Decimal::ZERO, Millis::billed);
    let given = args.provisioned_concurrency;
    let environments = handler.map_or(given, |handler| handler.provisioned(given)).unwrap_or(0);
    let workload = Workload {
        invocations,
        handler_ms: invocations * duration_ms,
        init_ms: invocations * cold_start_share * init_ms,
        memory,
        storage: args.ephemeral_storage,
        provisioned: (environments > 0).then(|| Provisioned {
            environments,
            seconds: args.provisioned_hours.billed_seconds(),
            share: args.provisioned_share.get(),
        }),
    };
    let settings = Settings {
        handler: handler.map(|handler| handler.name.clone()),
        invocations,
        memory_mb: memory.mb(),
        billed_duration_ms: duration_ms.to_u32().unwrap_or_default(),
        ephemeral_storage_mb: args.ephemeral_storage.mb(),
        cold_start_share: cold_start_share.to_f64().unwrap_or_default(),
        billed_init_ms: init_ms.to_u32().unwrap_or_default(),
        provisioned_concurrency: environments,
        front_end: args.front_end,
        free_tier: !args.no_free_tier,
    };
    Ok((workload, settings))
}

fn sources(prices: &Prices, front_end: Option<FrontEnd>) -> Vec<Source> {
    let source =
        |service, as_of: &str, source: &str| Source { service, as_of: as_of.to_owned(), source: source.to_owned() };
    let mut all = vec![source("lambda", &prices.lambda.as_of.0, &prices.lambda.source)];
    let gateway = match front_end {
        Some(FrontEnd::HttpApi) => prices.http_api.as_ref(),
        Some(FrontEnd::RestApi) => prices.rest_api.as_ref(),
        _ => None,
    };
    all.extend(gateway.map(|gateway| source("api-gateway", &gateway.as_of.0, &gateway.source)));
    if let (Some(FrontEnd::Alb), Some(alb)) = (front_end, &prices.alb) {
        all.push(source("alb", &alb.as_of.0, &alb.source));
    }
    all
}

/// What the numbers rest on, as far as it bears on these.
fn notes(args: &Args, scenario: &Scenario<'_>, reports: Option<&Summary>) -> Vec<String> {
    let mut notes: Vec<String> = Vec::new();
    let mut note = |text: &str| notes.push(text.to_owned());
    if let Some(reports) = reports {
        if args.invocations.is_none() {
            note(match reports.month {
                Some(_) => {
                    "The month has as many invocations as the time between the first and the last report tells, at \
                     730 hours; `--invocations` says it better."
                }
                None => "What a month has is not known: give `--invocations`, or a log with a time on each report.",
            });
        }
        note(
            "The billed duration of a report has the initialisation of a cold start in it, as the bill has (of zip \
             packages with managed runtimes since 2025-08-01, of all others always).",
        );
        note("The right-sized memory is about memory only: Lambda gives less CPU along with less memory.");
    } else if args.cold_start_share.is_none() {
        note(
            "No cold starts are in it: their initialisation is billed, see `--cold-start-share` and `--init-duration`.",
        );
    }
    let provisioned = scenario.workloads.iter().find_map(|workload| Some((workload, workload.provisioned?)));
    match (provisioned, args.no_free_tier) {
        (Some(_), false) => note("The free tier does not cover functions with provisioned concurrency."),
        (_, false) => note(
            "The free tier is for the whole account, requests and on-demand compute; `--no-free-tier` if others use it \
             up.",
        ),
        (_, true) => {}
    }
    if let Some((workload, provisioned)) = provisioned {
        if workload.handler_ms * provisioned.share > provisioned.capacity_ms() {
            note(
                "The provisioned environments cannot serve all that is meant for them, even if it comes evenly: the \
                 rest is billed on demand.",
            );
        } else {
            note("Invocations are taken to come evenly: in a peak, more of them run, and are billed, on demand.");
        }
    }
    match args.front_end {
        Some(FrontEnd::HttpApi) => {
            note("An HTTP API meters a call in steps of 512 KB; request and response are taken to count together.")
        }
        Some(FrontEnd::Alb) => {
            note("One load balancer for 730 hours, even traffic, a connection for each request, at most ten rules.")
        }
        _ => {}
    }
    if args.front_end.is_some() {
        note("Data that leaves AWS, and the free tiers of new accounts, are not in it.");
    }
    if !scenario.workloads.is_empty() {
        note(
            "How a duration changes with memory only a measurement tells; shown are assumptions (1769 MB come with one \
             vCPU). Less memory is recommended where it saves under each of them: `--scaling` names one.",
        );
    }
    note(
        "Nothing is rounded before it is shown; other AWS services, taxes, discounts and Savings Plans are not in it.",
    );
    notes
}

impl Estimate {
    /// The memory of the function, if it is one.
    pub(crate) fn memory(&self) -> Option<Memory> {
        self.workload.as_ref().and_then(|settings| Memory::new(settings.memory_mb))
    }
}
