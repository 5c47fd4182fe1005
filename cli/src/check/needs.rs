//! What a handler needs, by the rules that templates are written by: they are asked with the options under which what is
//! there could have been written.

use std::path::PathBuf;

use crate::check::matching::Pair;
use crate::check::observed::{Function, Http, Observed, Part, Place, Text, Trigger};
use crate::manifest::load::From as ManifestFrom;
use crate::manifest::{self, Manifest};
use crate::template::args::{Args, Format};
use crate::template::model::{self, Architecture};
use crate::template::plan;
use crate::template::text::{self as planned, Piece};

/// A handler's needs, and how their texts are read beside a template.
pub(crate) struct Needs {
    pub(crate) function: model::Function,
    parameters: Vec<model::Parameter>,
}

/// Asks for them; none only if the plan had no such handler.
pub(crate) fn of(pair: &Pair<'_>) -> Option<Needs> {
    let args = Args {
        format: Some(Format::Json),
        output: None,
        from: ManifestFrom { manifest: Some(PathBuf::new()), ..ManifestFrom::default() },
        name: None,
        stage: None,
        architecture: Architecture::Arm64,
        // With the routes that a function has; others pass all requests on.
        front_end: model::FrontEnd::HttpApi,
        existing: Vec::new(),
        table: Vec::new(),
        // Where its records are, `rules::idempotency` reads from the template.
        idempotency: Some("memory:".to_owned()),
        extension: has_extension(pair.function),
        tracing: false,
        log_retention: 30,
        reserved_concurrency: Vec::new(),
        provisioned_concurrency: Vec::new(),
    };
    // What a handler needs does not depend on the others.
    let alone = Manifest { functions: vec![opened(pair.handler)] };
    let (functions, parameters) = plan::needs(&alone, &args);
    let function = functions.into_iter().next()?;
    Some(Needs { function, parameters })
}

/// With the function's name in the names of secrets as anything.
fn opened(handler: &manifest::Function) -> manifest::Function {
    let mut handler = handler.clone();
    let manifest::Config { secrets, parameters, .. } = &mut handler.config;
    for stored in secrets.iter_mut().chain(parameters) {
        stored.name = stored.name.replace("{AWS_LAMBDA_FUNCTION_NAME}", "*");
    }
    handler
}

/// Whether secrets and parameters are read through AWS's extension, as far as the layers tell.
fn has_extension(function: &Function) -> bool {
    let names = function.layers.iter().filter_map(|layer| layer.value());
    names.flat_map(|layer| &layer.0).any(|part| match part {
        Part::Literal(text) => text.contains("AWS-Parameters-and-Secrets-Lambda-Extension"),
        _ => false,
    })
}

/// What HTTP requests come through.
pub(crate) fn https<'p, 'a: 'p>(pair: &'p Pair<'a>) -> impl Iterator<Item = (&'a Place, &'a Http)> + 'p {
    pair.triggers.iter().filter_map(|triggered| match &triggered.by {
        Trigger::Http(http) => Some((&triggered.place, http)),
        _ => None,
    })
}

/// A front end as a plan has it.
pub(crate) fn planned_front_end(http: &Http) -> Option<model::FrontEnd> {
    use crate::check::observed::FrontEnd;

    match http.front_end {
        FrontEnd::HttpApi => Some(model::FrontEnd::HttpApi),
        FrontEnd::RestApi => Some(model::FrontEnd::RestApi),
        FrontEnd::FunctionUrl => Some(model::FrontEnd::FunctionUrl),
        FrontEnd::LoadBalancer => Some(model::FrontEnd::Alb),
        FrontEnd::WebSocket => None,
    }
}

impl Needs {
    /// A planned text as a template's, with the values that the function's variables have there.
    pub(crate) fn text(&self, text: &planned::Text, function: &Function) -> Text {
        let parts = text.0.iter().flat_map(|piece| self.parts(piece, function));
        Text::default().then(Text(parts.collect()))
    }

    fn parts(&self, piece: &Piece, function: &Function) -> Vec<Part> {
        let unknown = || vec![Part::Unknown(format!("{piece:?}"))];
        match piece {
            Piece::Literal(text) => vec![Part::Literal(text.clone())],
            Piece::Region => vec![Part::Region],
            Piece::Account => vec![Part::Account],
            Piece::Partition => vec![Part::Partition],
            Piece::Stage => variable(function, "STAGE").unwrap_or_else(unknown),
            Piece::Parameter(id) => {
                let parameter = self.parameters.iter().find(|parameter| parameter.id == *id);
                let name = parameter.and_then(|parameter| parameter.variable.as_deref());
                let default = parameter.and_then(|parameter| parameter.default.clone());
                let value = name.and_then(|name| variable(function, name));
                // What is not set has the code's default.
                value.or_else(|| name.and(default).map(|text| vec![Part::Literal(text)])).unwrap_or_else(unknown)
            }
            Piece::Arn(_) | Piece::Name(_) => unknown(),
        }
    }
}

/// The value of a variable, if it is written.
fn variable(function: &Function, name: &str) -> Option<Vec<Part>> {
    let variable = function.environment.variables.iter().find(|variable| variable.name == name);
    match variable {
        Some(variable) => Some(match variable.value.value() {
            Some(value) => value.0.clone(),
            None => vec![Part::Unknown(name.to_owned())],
        }),
        None if function.environment.is_open => Some(vec![Part::Unknown(name.to_owned())]),
        None => None,
    }
}

impl Observed {
    /// What Lambda does in the function's name when it polls this, or nothing if that is not known.
    pub(crate) fn polling(&self, mapping: &crate::check::observed::Mapping) -> Vec<model::Permission> {
        use crate::check::observed::Polled;

        let Some(source) = mapping.source.value() else { return Vec::new() };
        // What is known word for word tells a consumer from its stream.
        let arn = match source.known() {
            Some(arn) => planned::Text::from(arn),
            None => planned::Text::parameter(SOURCE),
        };
        let source = match mapping.kind {
            Some(Polled::Sqs) => model::Source::Queue(arn),
            Some(Polled::Kinesis) => model::Source::Stream(arn),
            Some(Polled::DynamoDb) => model::Source::TableStream(arn),
            // How a cluster or a broker lets Lambda in, the template's reader does not say: only what all need is asked for.
            Some(Polled::Kafka) => model::Source::Msk { cluster: arn, topic: String::new(), consumer_group: None },
            Some(Polled::ActiveMq) => {
                model::Source::Broker { broker: arn, credentials: planned::Text::default(), queue: String::new() }
            }
            Some(Polled::Other) | None => return Vec::new(),
        };
        let mut permissions = plan::permissions::polling(&source, "*");
        let by_credentials = ["ConnectToCluster", "ReadTopic", "JoinGroup", "ReadCredentials"];
        permissions.retain(|permission| !by_credentials.contains(&permission.id));
        permissions
    }

    /// What Lambda does in the function's name when it tells this destination of what was given up, or nothing if it is not
    /// known what the destination is.
    pub(crate) fn telling(&self, destination: &Text) -> Vec<model::Permission> {
        let service = self.service(destination).unwrap_or_default();
        plan::permissions::telling(&service, &planned::Text::parameter(SOURCE))
    }
}

/// Stands for what a mapping polls, or for what is told of failures.
pub(crate) const SOURCE: &str = "Source";
