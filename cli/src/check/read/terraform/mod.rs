//! Terraform: `.tf` files, and what `terraform show -json PLAN` prints.
//!
//! Both come to resources whose arguments are known, references or unknown (`resources`, `value`); of those `observe` makes
//! what the rules look at.

mod json;
mod module;
mod observe;
mod plan;
mod policy;
mod resources;
#[cfg(test)]
mod tests;
mod value;

use crate::check::observed::Observed;
use crate::check::read::{Given, Source};
use crate::error::CliError;
use module::{File, Module};
use resources::Resources;

/// The names of the variables that these files declare: what can be given.
pub(crate) fn declared(sources: &[Source]) -> Result<Vec<String>, CliError> {
    let mut all = Vec::new();
    for source in sources {
        all.extend(File::parse(source)?.declared().map(str::to_owned));
    }
    Ok(all)
}

/// Reads the `.tf` files of one module. What is given and not declared by them is another module's.
pub(crate) fn read_module(sources: &[Source], given: &[Given]) -> Result<Observed, CliError> {
    let files: Vec<File<'_>> = sources.iter().map(File::parse).collect::<Result<_, _>>()?;
    let module = Module::new(&files, given);
    let mut observed = observe::observe(&Resources::new(module.resources(observe::is_read)));
    observed.unread.extend(module.unread());
    Ok(observed)
}

/// Reads what `terraform show -json PLAN` prints.
pub(crate) fn read_plan(source: &Source) -> Result<Observed, CliError> {
    Ok(observe::observe(&Resources::new(plan::resources(source)?).with_known()))
}
