//! What `terraform show -json PLAN` prints: <https://developer.hashicorp.com/terraform/internals/json-format>.
//!
//! It has the values that are planned, which of them are known only after it is applied, and for each argument of the
//! configuration what it refers to. So what is unknown is a reference where its argument is one.

mod references;
mod values;

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::Value as Json;

use crate::check::observed::Place;
use crate::check::read::Source;
use crate::check::read::terraform::module::without_mark;
use crate::check::read::terraform::resources::Resource;
use crate::error::CliError;
use references::Scope;

/// Modules in modules, at most; what is deeper is no plan.
const DEPTH: usize = 64;

/// A plan, and how its parts are found.
struct Plan<'p> {
    source: &'p Source,
    /// The changes, by the address of what is changed.
    changes: BTreeMap<&'p str, &'p Json>,
    /// All resources that are planned, by address, with the module they are in.
    planned: BTreeMap<&'p str, (&'p Json, Rc<Scope<'p>>)>,
    /// The order of the plan.
    order: Vec<&'p str>,
}

/// The resources that are there when the plan is applied.
pub(super) fn resources(source: &Source) -> Result<Vec<Resource>, CliError> {
    let name = &source.name;
    let json: Json = serde_json::from_str(without_mark(&source.text))
        .map_err(|error| CliError::new(format!("`{name}` is no JSON: {error}")))?;
    let Some(version) = json.get("format_version").and_then(Json::as_str) else {
        return Err(CliError::new(format!(
            "`{name}` is no plan, it has no `format_version`: make it with `terraform show -json PLAN`"
        )));
    };
    if !matches!(version.split('.').next(), Some("0" | "1")) {
        return Err(CliError::new(format!("`{name}` has the format {version} of plans, which is not known: 1 is")));
    }
    let Some(root) = json.pointer("/planned_values/root_module") else {
        return Err(CliError::new(format!(
            "`{name}` is a state, or a plan that has failed: make a plan with `terraform plan -out PLAN`, and name what \
             `terraform show -json PLAN` prints"
        )));
    };
    let mut plan = Plan { source, changes: changes(&json), planned: BTreeMap::new(), order: Vec::new() };
    let configuration = json.pointer("/configuration/root_module").unwrap_or(&Json::Null);
    plan.collect(root, &Rc::new(Scope { address: String::new(), configuration, parent: None }), 0);
    Ok(plan.order.iter().filter_map(|address| plan.resource(address)).collect())
}

fn changes(json: &Json) -> BTreeMap<&str, &Json> {
    let all = json.get("resource_changes").and_then(Json::as_array).into_iter().flatten();
    // A deposed object is on its way out.
    let current = all.filter(|change| change.get("deposed").is_none());
    current.filter_map(|change| Some((change.get("address")?.as_str()?, change.get("change")?))).collect()
}

impl<'p> Plan<'p> {
    fn collect(&mut self, module: &'p Json, scope: &Rc<Scope<'p>>, depth: usize) {
        let list = |name: &str| module.get(name).and_then(Json::as_array).into_iter().flatten();
        for resource in list("resources") {
            if let Some(address) = resource.get("address").and_then(Json::as_str) {
                self.planned.insert(address, (resource, Rc::clone(scope)));
                self.order.push(address);
            }
        }
        for child in list("child_modules").filter(|_| depth < DEPTH) {
            if let Some(address) = child.get("address").and_then(Json::as_str) {
                self.collect(child, &Rc::new(Scope::child(scope, address)), depth + 1);
            }
        }
    }

    fn place(&self, path: &str) -> Rc<Place> {
        Rc::new(Place { file: Rc::clone(&self.source.name), line: None, column: None, path: path.to_owned() })
    }

    /// A resource that Terraform manages; what it only reads is looked at where it is referred to.
    fn resource(&self, address: &str) -> Option<Resource> {
        let (resource, _) = self.planned.get(address)?;
        let ty = resource.get("type").and_then(Json::as_str)?;
        if resource.get("mode").and_then(Json::as_str) != Some("managed") || !super::observe::is_read(ty) {
            return None;
        }
        let body = self.body(address, 0)?;
        let place = self.place(address);
        Some(Resource { ty: ty.to_owned(), address: address.to_owned(), body, place })
    }
}
