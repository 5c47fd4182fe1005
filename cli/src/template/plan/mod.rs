//! From what a crate says about itself to what has to be there for it.
//!
//! The rules stand here, once for all formats: which resources a source needs and how they are set (`sources`,
//! `resources`), what HTTP needs (`http`), what a function reads and may do (`config`, `permissions`), what of it does not
//! go together (`conflicts`), and how all of it is called (`names`).

pub(crate) mod config;
mod conflicts;
pub(crate) mod http;
pub(crate) mod names;
pub(crate) mod permissions;
pub(crate) mod resources;
mod sources;

use crate::error::CliError;
use crate::manifest::place::Place;
use crate::manifest::{self, DEFAULT_MEMORY, DEFAULT_TIMEOUT, Manifest};
use crate::template::args::{Args, Existing, PerHandler};
use crate::template::model::{Code, Deployment, Function, Parameter, Setting};
use crate::template::plan::names::{Ids, LONGEST_STAGE, pascal};
use crate::template::plan::resources::Resources;
use crate::template::text::{Kind, Piece, Text};

/// Plans the deployment of all functions.
pub(crate) fn plan(manifest: &Manifest, place: &Place, args: &Args) -> Result<Deployment, CliError> {
    let mut plan = Plan::new(manifest, args);
    let mut functions = plan.functions();
    check_handlers(manifest, &args.reserved_concurrency, "--reserved-concurrency")?;
    check_handlers(manifest, &args.provisioned_concurrency, "--provisioned-concurrency")?;
    plan.check_used()?;
    conflicts::check(&functions)?;
    conflicts::note(&mut functions);
    plan.resources.join_dead_letters();
    let Plan { service, parameters, resources, notes, .. } = plan;
    let binary = args.from.bin.clone().or_else(|| place.binary.clone());
    let binary = binary.unwrap_or_else(|| package(manifest).to_owned());
    let file = args.output.as_deref();
    let code = Code { folder: place.folder(file), artifact: place.artifact(&binary, file), binary };
    Ok(Deployment {
        service,
        code,
        architecture: args.architecture,
        stage: args.stage.clone(),
        tracing: args.tracing,
        log_retention: args.log_retention,
        parameters: parameters.into_iter().map(|(_, parameter)| parameter).collect(),
        functions,
        queues: resources.queues.into_iter().map(|(_, queue)| queue).collect(),
        failure_queues: resources.failure_queues,
        tables: resources.tables.into_iter().map(|(_, table)| table).collect(),
        streams: resources.streams.into_iter().map(|(_, stream)| stream).collect(),
        topics: resources.topics.into_iter().map(|(_, topic)| topic).collect(),
        buckets: resources.buckets.into_iter().map(|(_, bucket)| bucket).collect(),
        buses: resources.buses.into_iter().map(|(_, bus)| bus).collect(),
        notes,
    })
}

/// What the functions need with these options, for whoever compares it with what is there.
pub(crate) fn needs(manifest: &Manifest, args: &Args) -> (Vec<Function>, Vec<Parameter>) {
    let mut plan = Plan::new(manifest, args);
    let functions = plan.functions();
    (functions, plan.parameters.into_iter().map(|(_, parameter)| parameter).collect())
}

/// The package of the binary, as far as its functions tell.
pub(crate) fn package(manifest: &Manifest) -> &str {
    manifest.functions.first().map_or("", |function| &function.package)
}

/// What is being planned.
struct Plan<'a> {
    args: &'a Args,
    manifest: &'a Manifest,
    service: String,
    /// The identifiers of functions, in the manifest's order.
    function_ids: Vec<String>,
    parameter_ids: Ids,
    /// By what they are for.
    parameters: Vec<(String, Parameter)>,
    resources: Resources,
    used_existing: Vec<&'a Existing>,
    used_tables: Vec<&'a str>,
    notes: Vec<String>,
}

/// A function while it is planned.
struct Draft<'m> {
    id: String,
    of: &'m manifest::Function,
    name: Text,
    timeout: u32,
    notes: Vec<String>,
}

impl<'a> Plan<'a> {
    fn new(manifest: &'a Manifest, args: &'a Args) -> Self {
        let service = args.name.clone().unwrap_or_else(|| names::service(package(manifest)));
        let mut ids = Ids::default();
        let function_ids = manifest.functions.iter().map(|of| ids.take_with(&pascal(&of.name), &LABELS)).collect();
        Self {
            args,
            manifest,
            service,
            function_ids,
            parameter_ids: Ids::default(),
            parameters: Vec::new(),
            resources: Resources::default(),
            used_existing: Vec::new(),
            used_tables: Vec::new(),
            notes: Vec::new(),
        }
    }

    fn functions(&mut self) -> Vec<Function> {
        let ids = self.function_ids.clone();
        ids.into_iter().zip(&self.manifest.functions).map(|(id, of)| self.function(id, of)).collect()
    }

    fn function(&mut self, id: String, of: &'a manifest::Function) -> Function {
        // Deployers have defaults of their own, so Lambda's are written out.
        let timeout = setting(of.timeout, DEFAULT_TIMEOUT);
        let name = self.function_name(&of.name);
        let mut draft = Draft { id, of, name, timeout: timeout.value, notes: Vec::new() };
        let trigger = self.trigger(&mut draft);
        let given_up = self.given_up(&draft);
        let environment = self.environment(&mut draft);
        let (permissions, key_parameter) = self.permissions(&mut draft, &trigger, given_up.as_ref());
        let layers = self.layers(of);
        let given = |all: &[PerHandler]| all.iter().rev().find(|one| one.handler == of.name).map(|one| one.number);
        Function {
            id: draft.id,
            handler: of.name.clone(),
            name: draft.name,
            memory: setting(of.memory, DEFAULT_MEMORY),
            timeout,
            environment,
            permissions,
            trigger,
            given_up,
            reserved_concurrency: given(&self.args.reserved_concurrency).or(of.reserved_concurrency),
            provisioned_concurrency: given(&self.args.provisioned_concurrency).or(of.provisioned_concurrency),
            layers,
            key_parameter,
            notes: draft.notes,
        }
    }

    fn function_name(&self, handler: &str) -> Text {
        let (service, handler) = names::around_stage(&self.service, handler, self.stage_length());
        Text::from(service.as_str()).then("-").then(self.stage()).then("-").then(handler.as_str())
    }

    fn stage(&self) -> Text {
        match &self.args.stage {
            Some(stage) => Text::from(stage.as_str()),
            None => Piece::Stage.into(),
        }
    }

    fn stage_length(&self) -> usize {
        self.args.stage.as_ref().map_or(LONGEST_STAGE, String::len)
    }

    /// A parameter, one for all that have the same purpose.
    fn parameter(&mut self, purpose: &str, id: &str, description: &str, default: Option<&str>) -> String {
        if let Some((_, parameter)) = self.parameters.iter().find(|(known, _)| known == purpose) {
            return parameter.id.clone();
        }
        let id = self.parameter_ids.take(&self.apart_from_resources(id));
        let parameter = Parameter {
            id: id.clone(),
            description: description.to_owned(),
            default: default.map(str::to_owned),
            is_list: false,
            variable: None,
        };
        self.parameters.push((purpose.to_owned(), parameter));
        id
    }

    /// CloudFormation has one namespace for parameters and resources.
    fn apart_from_resources(&self, id: &str) -> String {
        let is_taken = RESERVED.contains(&id)
            || ends_as_a_kind(id)
            || self.function_ids.iter().any(|function| is_part(id, function));
        if is_taken { format!("{id}Value") } else { id.to_owned() }
    }

    /// Whether the resource is said to be there already.
    fn is_existing(&mut self, kind: &str, name: &str) -> bool {
        let found = self.args.existing.iter().find(|existing| existing.kind == kind && existing.name == name);
        self.used_existing.extend(found);
        found.is_some()
    }

    /// What is said of resources that no function has is a mistake.
    fn check_used(&self) -> Result<(), CliError> {
        if let Some(Existing { kind, name }) = self.args.existing.iter().find(|one| !self.used_existing.contains(one)) {
            let message = format!("`--existing {kind}:{name}`: no function's source is the {kind} `{name}`");
            return Err(CliError::new(message));
        }
        if let Some(table) = self.args.table.iter().find(|one| !self.used_tables.contains(&one.name.as_str())) {
            let name = &table.name;
            return Err(CliError::new(format!("`--table {name}=…`: no function reads the stream of a table `{name}`")));
        }
        Ok(())
    }
}

fn setting(said: Option<u32>, default: u32) -> Setting {
    Setting { value: said.unwrap_or(default), is_default: said.is_none() }
}

fn check_handlers(manifest: &Manifest, given: &[PerHandler], option: &str) -> Result<(), CliError> {
    let names: Vec<&str> = manifest.functions.iter().map(|function| function.name.as_str()).collect();
    match given.iter().find(|one| !names.contains(&one.handler.as_str())) {
        Some(PerHandler { handler, .. }) => {
            let message = format!("`{option} {handler}=…`: there is no handler `{handler}`, only {}", names.join(", "));
            Err(CliError::new(message))
        }
        None => Ok(()),
    }
}

/// What belongs to a function and is called by its label and one of these words in Terraform, beside others of its type
/// that have the label alone.
const LABELS: [&str; 4] = ["Decryption", "Invoker", "Url", "UrlInvocation"];

/// What belongs to a function and has no kind, because nothing refers to it: by its identifier and one of these words.
const PARTS: [&str; 20] = [
    "Alias",
    "AnyPath",
    "AnyRoot",
    "ApiDeployment",
    "ApiPath",
    "ApiStage",
    "Decryption",
    "EventInvokeConfig",
    "Integration",
    "ListenerRule",
    "Mapping",
    "OpenAccess",
    "OpenInvocation",
    "Permission",
    "ReceiptRule",
    "Route",
    "Schedule",
    "Subscription",
    "Url",
    "Version",
];

/// What parameters of this deployment are called already, and what Terraform does not take for the name of a variable:
/// <https://developer.hashicorp.com/terraform/language/block/variable>.
const RESERVED: [&str; 11] = [
    "Code",
    "CodeKey",
    "Count",
    "DependsOn",
    "ForEach",
    "Lifecycle",
    "Locals",
    "Providers",
    "Source",
    "Stage",
    "Version",
];

/// Whether a resource without a kind, of a function with this identifier, has that one.
fn is_part(id: &str, function: &str) -> bool {
    // Routes are numbered.
    let word = id.strip_prefix(function).map(|word| word.trim_end_matches(|digit: char| digit.is_ascii_digit()));
    word.is_some_and(|word| PARTS.contains(&word))
}

/// Whether it ends as resources of a kind do.
fn ends_as_a_kind(id: &str) -> bool {
    Kind::ALL.iter().any(|kind| id.ends_with(kind.word()))
}
