//! What a plan's arguments refer to.

use std::rc::Rc;

use serde_json::Value as Json;

use super::Plan;
use super::values::{Planned, Written};
use crate::check::observed::{Part, Text};
use crate::check::read::terraform::policy;
use crate::check::read::terraform::resources::attribute;
use crate::check::read::terraform::value::{Kind, Value};

/// References that lead to references, at most: through modules' variables and outputs, from document to document.
pub(super) const STEPS: usize = 32;

/// A module of a plan.
pub(super) struct Scope<'p> {
    /// `module.shop["eu"]`; empty for the root.
    pub(super) address: String,
    /// Its own part of the configuration.
    pub(super) configuration: &'p Json,
    /// What calls it, and the module which that is in.
    pub(super) parent: Option<(&'p Json, Rc<Scope<'p>>)>,
}

impl<'p> Scope<'p> {
    /// The module of this address, called by another one.
    pub(super) fn child(parent: &Rc<Self>, address: &str) -> Self {
        let own = address.strip_prefix(&parent.address).unwrap_or(address).trim_start_matches('.');
        let name = own.strip_prefix("module.").unwrap_or(own);
        let name = name.split(['[', '.']).next().unwrap_or(name);
        let call = parent.configuration.get("module_calls").and_then(|calls| calls.get(name)).unwrap_or(&Json::Null);
        Self {
            address: address.to_owned(),
            configuration: call.get("module").unwrap_or(&Json::Null),
            parent: Some((call, Rc::clone(parent))),
        }
    }

    fn absolute(&self, address: &str) -> String {
        match self.address.as_str() {
            "" => address.to_owned(),
            module => format!("{module}.{address}"),
        }
    }

    /// The expressions of a resource's arguments.
    pub(super) fn expressions(&self, mode: &str, ty: &str, name: &str) -> Option<&'p Json> {
        let all = self.configuration.get("resources")?.as_array()?;
        let has = |resource: &&Json, key: &str, value: &str| resource.get(key).and_then(Json::as_str) == Some(value);
        let of =
            |resource: &&Json| has(resource, "mode", mode) && has(resource, "type", ty) && has(resource, "name", name);
        all.iter().find(of)?.get("expressions")
    }
}

impl<'p> Plan<'p> {
    /// What an expression comes to that is nothing but one reference; none if it has several.
    pub(super) fn referred(&self, expression: &Json, scope: &Rc<Scope<'p>>, steps: usize) -> Option<Kind> {
        let steps = steps.checked_add(1).filter(|steps| *steps < STEPS)?;
        let all: Vec<&str> = expression.get("references")?.as_array()?.iter().filter_map(Json::as_str).collect();
        // What a longer one implies is listed too.
        let is_implied =
            |of: &str| all.iter().any(|other| other.strip_prefix(of).is_some_and(|rest| rest.starts_with(['.', '['])));
        let mut own = all.iter().filter(|reference| !is_implied(reference));
        let (one, None) = (own.next()?, own.next()) else { return None };
        self.reference(one, scope, steps)
    }

    fn reference(&self, reference: &str, scope: &Rc<Scope<'p>>, steps: usize) -> Option<Kind> {
        let part = |part| Some(Kind::Text(Text(vec![part])));
        let pieces = pieces(reference);
        let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
        match pieces.as_slice() {
            ["var", name] => {
                let (call, parent) = scope.parent.as_ref()?;
                self.referred(call.get("expressions")?.get(*name)?, parent, steps)
            }
            ["module", name, output] => {
                let child = Rc::new(Scope::child(scope, &scope.absolute(&format!("module.{name}"))));
                let outputs = child.configuration.get("outputs")?;
                self.referred(outputs.get(*output)?.get("expression")?, &child, steps)
            }
            ["data", "aws_region", _, "region" | "name" | "id"] => part(Part::Region),
            ["data", "aws_caller_identity", _, "account_id" | "id"] => part(Part::Account),
            ["data", "aws_partition", _, "partition" | "id"] => part(Part::Partition),
            ["data", "aws_iam_policy_document", name, "json" | "minified_json"] => {
                let address = scope.absolute(&format!("data.aws_iam_policy_document.{name}"));
                let body = self.body(&address, steps)?;
                Some(Kind::Json(Box::new(policy::document(&body))))
            }
            [ty, name, taken] if *ty != "data" && *ty != "local" && *ty != "each" => {
                let address = scope.absolute(&format!("{ty}.{name}"));
                self.planned.get(address.as_str())?;
                part(Part::Of { address, attribute: attribute(ty, taken) })
            }
            _ => None,
        }
    }

    /// What a planned resource or data source says.
    pub(super) fn body(&self, address: &str, steps: usize) -> Option<Value> {
        let (resource, scope) = self.planned.get(address)?;
        let get = |name: &str| resource.get(name).and_then(Json::as_str);
        let (mode, ty, name) = (get("mode")?, get("type")?, get("name")?);
        let change = self.changes.get(address);
        let of_change = |name: &str| change.and_then(|change| change.get(name));
        let planned = Planned {
            value: resource.get("values").unwrap_or(&Json::Null),
            unknown: of_change("after_unknown").unwrap_or(&Json::Null),
            sensitive: [resource.get("sensitive_values"), of_change("after_sensitive")],
            written: scope.expressions(mode, ty, name).map_or(Written::Hidden, Written::As),
        };
        Some(self.value(&planned, address, scope, steps))
    }
}

/// `aws_sqs_queue.orders["eu.west"].arn` as `aws_sqs_queue`, `orders["eu.west"]`, `arn`.
fn pieces(reference: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    let (mut is_quoted, mut depth) = (false, 0_usize);
    for char in reference.chars() {
        match char {
            '"' => is_quoted = !is_quoted,
            '[' if !is_quoted => depth += 1,
            ']' if !is_quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        match all.last_mut() {
            Some(last) if char != '.' || is_quoted || depth > 0 => last.push(char),
            _ => all.push(String::new()),
        }
    }
    all
}

/// What an unknown one is called: where it stands, so that two are not equal.
pub(super) fn unknown(path: &str) -> Kind {
    Kind::Unknown(format!("{path}, known after apply"))
}
