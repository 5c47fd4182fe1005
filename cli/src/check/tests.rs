//! What `cargo lambkin template` writes is what `cargo lambkin check` asks for.

use std::rc::Rc;

use proptest::prelude::*;

use crate::check::binary::{Binary, Own};
use crate::check::codes::Severity;
use crate::check::finding::Finding;
use crate::check::observed::{Observed, Place};
use crate::check::read::{Source, cloudformation, serverless, terraform};
use crate::check::rules;
use crate::manifest::{self, Manifest, Trigger};
use crate::template::args::Format;
use crate::template::plan;
use crate::template::tests::{any, deployment, rendered};

const FORMATS: [Format; 4] = [Format::Sam, Format::CloudFormation, Format::Serverless, Format::Terraform];

fn read(format: Format, text: &str) -> Observed {
    let source = Source { name: Rc::from("it"), text: text.to_owned() };
    let observed = match format {
        Format::Sam | Format::CloudFormation | Format::Json => cloudformation::read(&source, &[]),
        Format::Serverless => serverless::read(&source, &[]),
        Format::Terraform => terraform::read_module(&[source], &[]),
    };
    observed.unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// The errors and warnings; a note asks for a thought, and what nobody said is the deployment's choice.
fn wrong(manifest: &Manifest, observed: &Observed) -> Vec<Finding> {
    let place = Place { file: Rc::from("it"), line: None, column: None, path: String::new() };
    let binary = Binary { name: None, package: plan::package(manifest).to_owned() };
    let own = Own { binary, asked: Vec::new() };
    let mut findings = rules::check(manifest, observed, &place, &own).findings;
    findings.retain(|finding| finding.rule.severity != Severity::Note);
    findings
}

/// What the attributes refuse at compile time, and what AWS would, is made right.
fn sound(mut manifest: Manifest) -> Manifest {
    let mut names = std::collections::BTreeSet::new();
    manifest.functions.retain(|function| names.insert(function.name.clone()));
    for function in &mut manifest.functions {
        if let Trigger::Sqs(sqs) = &mut function.trigger {
            if sqs.queue.as_ref().is_some_and(|name| name.ends_with(".fifo")) {
                sqs.batch.batch_size = sqs.batch.batch_size.map(|size| size.min(10));
                sqs.batch.window = None;
            }
            if sqs.batch.window.unwrap_or(0) == 0 {
                sqs.batch.batch_size = sqs.batch.batch_size.map(|size| size.min(10));
            }
            if let Some(reserved) = function.reserved_concurrency {
                sqs.maximum_concurrency = sqs.maximum_concurrency.map(|maximum| maximum.min(reserved.max(2)));
            }
            function.reserved_concurrency = function.reserved_concurrency.map(|reserved| reserved.max(2));
        }
        // Each variable is in the manifest once.
        let mut variables = std::collections::BTreeSet::new();
        function.config.variables.retain(|variable| variables.insert(variable.name.clone()));
        // Both have a few characters that names are made of.
        let manifest::Config { secrets, parameters, .. } = &mut function.config;
        for stored in secrets.iter_mut().chain(parameters) {
            // One may begin with a variable.
            let others = if stored.name.starts_with('{') { "/_.-{}" } else { "/_.-" };
            stored.name = stored.name.replace(|c: char| !c.is_ascii_alphanumeric() && !others.contains(c), "-");
        }
        // A broker's messages are not told apart.
        function.report_batch_item_failures &= !matches!(function.trigger, Trigger::ActiveMq(_));
        // An ARN of another service's is no stream and no cluster.
        let arn_of = |name: &mut Option<String>, service: &str| {
            let is_other = name.as_ref().is_some_and(|arn| arn.starts_with("arn:") && !arn.starts_with(service));
            *name = name.take().filter(|_| !is_other);
        };
        match &mut function.trigger {
            Trigger::Kinesis(kinesis) => arn_of(&mut kinesis.stream, "arn:aws:kinesis:"),
            Trigger::Kafka(kafka) => arn_of(&mut kafka.cluster, "arn:aws:kafka:"),
            _ => {}
        }
        let ready = function.provisioned_concurrency;
        function.reserved_concurrency = function.reserved_concurrency.map(|reserved| reserved.max(ready.unwrap_or(0)));
    }
    manifest
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_is_right(manifest in any::manifest(), options in any::options()) {
        let manifest = sound(manifest);
        let planned = deployment(&manifest, &options);
        for format in FORMATS {
            let text = rendered(&planned, format);
            let wrong = wrong(&manifest, &read(format, &text));
            prop_assert!(wrong.is_empty(), "{format:?}\n{wrong:#?}\n{manifest:#?}\n{text}");
        }
    }
}
