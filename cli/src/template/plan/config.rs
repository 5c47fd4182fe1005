//! What a function reads: its variables, and the names of its secrets and parameters.

use crate::manifest::{Function, Variable};
use crate::template::model::is_entry_point;
use crate::template::plan::names::pascal;
use crate::template::plan::{Draft, Plan};
use crate::template::text::{Kind, Piece, Text};

/// The variable that chooses the store of idempotency records.
pub(crate) const STORE: &str = "LAMBKIN_IDEMPOTENCY";

/// The variable that names the handler where Lambda's `Handler` can't.
pub(crate) const HANDLER: &str = "LAMBKIN_HANDLER";

/// What Lambda sets itself and refuses to be told,
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime>.
pub(crate) const RESERVED: [&str; 20] = [
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_DEFAULT_REGION",
    "AWS_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_LAMBDA_RUNTIME_API",
    "LAMBDA_TASK_ROOT",
    "LAMBDA_RUNTIME_DIR",
    "AWS_LAMBDA_METADATA_API",
    "AWS_LAMBDA_METADATA_TOKEN",
];

/// Where a function's idempotency records are.
pub(super) enum Records {
    /// In the table of the deployment.
    OwnTable,
    /// In this table, which is there already.
    Table(String),
    /// Somewhere that no permission of AWS is needed for.
    Elsewhere,
}

impl Plan<'_> {
    /// The function's environment: what its configs read, and what chooses the store.
    pub(super) fn environment(&mut self, draft: &mut Draft<'_>) -> Vec<(String, Text)> {
        let mut environment = Vec::new();
        for variable in &draft.of.config.variables {
            if RESERVED.contains(&variable.name.as_str()) {
                continue;
            }
            if !is_name(&variable.name) {
                draft.notes.push(format!(
                    "Lambda takes no variable named `{}`: a letter first, then letters, digits and `_`",
                    variable.name
                ));
                continue;
            }
            if variable.name == STORE && needs_store(draft.of) {
                continue;
            }
            let value = self.value(draft, variable);
            environment.push((variable.name.clone(), value));
        }
        if needs_store(draft.of) {
            let value = match &self.args.idempotency {
                // A template is read by many.
                Some(url) if without_password(url) != *url => {
                    let description = "The URL of the store of idempotency records, with its password";
                    Text::parameter(&self.parameter("idempotency", "IdempotencyUrl", description, None))
                }
                Some(url) => Text::from(url.as_str()),
                None => Text::from("dynamodb://").then(self.records_table().name()),
            };
            environment.push((STORE.to_owned(), value));
        }
        if !is_entry_point(&draft.of.name) {
            // lambkin reads it before `_HANDLER`.
            environment.retain(|(name, _)| name != HANDLER);
            environment.push((HANDLER.to_owned(), Text::from(draft.of.name.as_str())));
        }
        environment.sort_by(|(a, _), (b, _)| a.cmp(b));
        environment.dedup_by(|(a, _), (b, _)| a == b);
        environment
    }

    /// The variable's value: the stage, or a parameter that all functions share if they agree on its default.
    fn value(&mut self, draft: &Draft<'_>, variable: &Variable) -> Text {
        let Variable { name, required, default } = variable;
        if name == "STAGE" {
            return self.stage();
        }
        // An empty variable counts as one that is not there.
        let default = default.as_deref().or((!required).then_some(""));
        let others = self.manifest.functions.iter().flat_map(|function| &function.config.variables);
        let agree = others
            .filter(|other| other.name == *name)
            .all(|other| other.default.as_deref().or((!other.required).then_some("")) == default);
        let (purpose, id) = match agree {
            true => (format!("variable {name}"), pascal(name)),
            false => (format!("variable {name} of {}", draft.id), format!("{}{}", draft.id, pascal(name))),
        };
        let whose = if agree { String::new() } else { format!(" of {}", draft.of.name) };
        let state = match default {
            None => "",
            Some("") => "; may be empty",
            Some(_) => "; has a default",
        };
        let description = format!("The variable {name}{whose}{state}");
        let id = self.parameter(&purpose, &id, &description, default);
        if let Some((_, parameter)) = self.parameters.iter_mut().find(|(_, parameter)| parameter.id == id) {
            parameter.variable = Some(name.clone());
        }
        Text::parameter(&id)
    }

    /// A name with its placeholders filled with the variables' values.
    pub(super) fn filled(&mut self, draft: &mut Draft<'_>, name: &str) -> Text {
        let mut text = Text::default();
        let mut rest = name;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((placeholder, behind)) = after.split_once('}') else { break };
            text = text.then(before).then(self.placeholder(draft, placeholder));
            rest = behind;
        }
        text.then(rest)
    }

    fn placeholder(&mut self, draft: &mut Draft<'_>, name: &str) -> Text {
        match name {
            "AWS_REGION" | "AWS_DEFAULT_REGION" => return Piece::Region.into(),
            "AWS_LAMBDA_FUNCTION_NAME" => return draft.name.clone(),
            _ => {}
        }
        let variables = &draft.of.config.variables;
        match variables.iter().find(|variable| variable.name == name && !RESERVED.contains(&name)) {
            Some(variable) => self.value(draft, variable),
            None => {
                draft.notes.push(format!("`{{{name}}}` in the name of a secret or parameter can be anything here"));
                Text::from("*")
            }
        }
    }

    /// Where the function's idempotency records are, if it has any that are not its own business.
    pub(super) fn records(&mut self, of: &Function) -> Option<Records> {
        needs_store(of).then(|| match self.args.idempotency.as_deref() {
            None => Records::OwnTable,
            Some(url) => match url.strip_prefix("dynamodb://") {
                Some(table) => Records::Table(table.split(['?', '/']).next().unwrap_or_default().to_owned()),
                None => Records::Elsewhere,
            },
        })
    }

    /// The layers of a function.
    pub(super) fn layers(&mut self, of: &Function) -> Vec<Text> {
        if !self.args.extension || !reads_stored(of) {
            return Vec::new();
        }
        let description = "The ARN of the AWS Parameters and Secrets extension's layer for the region and architecture, from \
                           https://docs.aws.amazon.com/systems-manager/latest/userguide/ps-integration-lambda-extensions.html";
        vec![Text::parameter(&self.parameter("extension", "ParametersAndSecretsLayer", description, None))]
    }

    /// The table of idempotency records, which all functions share: their scopes tell them apart.
    pub(super) fn records_table(&mut self) -> crate::template::text::Resource {
        let name = self.named("idempotency", "-_.", 255, "");
        self.resources.records_table(Text::from(self.service.as_str()).then("-").then(name));
        Kind::Table.of(crate::template::plan::resources::RECORDS)
    }
}

/// A URL whose password is not to be read; any other text as it is.
pub(crate) fn without_password(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else { return text.to_owned() };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    match authority.rsplit_once('@') {
        Some((user, _)) if user.contains(':') => {
            let behind = rest.get(user.len()..).unwrap_or_default();
            let user = user.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}:PASSWORD{behind}")
        }
        _ => text.to_owned(),
    }
}

/// Whether `LAMBKIN_IDEMPOTENCY` has to say where records are.
pub(crate) fn needs_store(of: &Function) -> bool {
    let own = of.idempotency.iter();
    own.chain(of.routes.iter().filter_map(|route| route.idempotency.as_ref())).any(|options| !options.has_own_store)
}

/// Whether a store comes out of the function's own code.
pub(crate) fn has_own_store(of: &Function) -> bool {
    let own = of.idempotency.iter();
    own.chain(of.routes.iter().filter_map(|route| route.idempotency.as_ref())).any(|options| options.has_own_store)
}

pub(crate) fn reads_stored(of: &Function) -> bool {
    !of.config.secrets.is_empty() || !of.config.parameters.is_empty()
}

/// `[a-zA-Z]([a-zA-Z0-9_])+`, as the API has it.
pub(crate) fn is_name(name: &str) -> bool {
    name.len() > 1
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
