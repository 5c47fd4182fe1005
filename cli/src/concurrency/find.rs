//! Which function of the account is which handler's.

use futures_util::{StreamExt as _, TryStreamExt as _};

use crate::concurrency::account::Account;
use crate::concurrency::args::{Named, What};
use crate::concurrency::metrics::{self, Window};
use crate::concurrency::state::{self, Deployed, FoundBy, State};
use crate::error::CliError;
use crate::manifest::{Function, Manifest, Trigger};
use crate::template::model;
use crate::template::plan::{self, names};

/// So many functions are asked about at the same time; Lambda takes few of these calls in a second.
const AT_ONCE: usize = 4;

/// All that is asked for.
pub(crate) async fn state(account: &Account, what: &What, manifest: &Manifest) -> Result<State, CliError> {
    let wanted = wanted(what, manifest)?;
    // What is not allowed, or has expired, is said once, before all that would run into it too.
    let (limit, unreserved) = account.limits().await?;
    let mut found: Vec<(Deployed, Vec<String>)> = futures_util::stream::iter(&wanted)
        .map(|function| by_name(account, what, manifest, function))
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    if found.iter().any(|(deployed, _)| matches!(deployed, Deployed::No { .. })) {
        by_handler(account, &wanted, &mut found).await?;
    }
    let window = Window::of(what.period);
    let mut live: Vec<(&mut state::Live, &[String])> = found
        .iter_mut()
        .filter_map(|(deployed, qualifiers)| match deployed {
            Deployed::Yes(live) => Some((&mut **live, qualifiers.as_slice())),
            Deployed::No { .. } | Deployed::Ambiguous { .. } => None,
        })
        .collect();
    let unreserved_peak = metrics::fill(&mut live, account, window).await?;
    let functions = wanted.iter().zip(found).map(|(function, (deployed, _))| state::Function {
        handler: function.name.clone(),
        maximum_concurrency: maximum_concurrency(function),
        attribute: function.reserved_concurrency,
        deployed,
        templates: Vec::new(),
    });
    Ok(State {
        region: account.region.clone(),
        period: what.period.to_string(),
        from: window.from(),
        to: window.to(),
        step: what.period.step(),
        account: state::Account { limit, unreserved, unreserved_peak },
        functions: functions.collect(),
        notes: Vec::new(),
    })
}

/// The functions that are meant: all, or those that were named.
fn wanted<'m>(what: &What, manifest: &'m Manifest) -> Result<Vec<&'m Function>, CliError> {
    let names: Vec<&str> = manifest.functions.iter().map(|function| function.name.as_str()).collect();
    let given = what.handler.iter().map(|handler| ("--handler", handler));
    let given = given.chain(what.function.iter().map(|named| ("--function", &named.handler)));
    for (option, handler) in given {
        if !names.contains(&handler.as_str()) {
            let message = format!("`{option} {handler}`: there is no handler `{handler}`, only {}", names.join(", "));
            return Err(CliError::new(message));
        }
    }
    let is_wanted = |function: &&Function| what.handler.is_empty() || what.handler.contains(&function.name);
    Ok(manifest.functions.iter().filter(is_wanted).collect())
}

/// By the name that was given, or else by those that the template gives it.
async fn by_name(
    account: &Account,
    what: &What,
    manifest: &Manifest,
    function: &Function,
) -> Result<(Deployed, Vec<String>), CliError> {
    let given = what.function.iter().rev().find(|named| named.handler == function.name);
    let (looked_for, found_by) = match given {
        Some(Named { function, .. }) => (vec![function.clone()], FoundBy::Given),
        None => {
            let service = what.name.clone().unwrap_or_else(|| names::service(plan::package(manifest)));
            (names::deployed(&service, &function.name, &what.stage), FoundBy::Name)
        }
    };
    for name in &looked_for {
        if account.has(name).await? {
            let (live, qualifiers) = account.live(name, found_by).await?;
            return Ok((Deployed::Yes(Box::new(live)), qualifiers));
        }
    }
    if found_by == FoundBy::Given {
        return Err(CliError::new(format!(
            "`--function {}={}`: there is no function of this name in {}",
            function.name,
            looked_for.concat(),
            account.region
        )));
    }
    Ok((Deployed::No { looked_for }, Vec::new()))
}

/// Those that were not found by name: by their `Handler`.
async fn by_handler(
    account: &Account,
    wanted: &[&Function],
    found: &mut [(Deployed, Vec<String>)],
) -> Result<(), CliError> {
    let all = account.functions().await?;
    let taken: Vec<String> = found
        .iter()
        .filter_map(|(deployed, _)| match deployed {
            Deployed::Yes(live) => Some(live.function.clone()),
            Deployed::No { .. } | Deployed::Ambiguous { .. } => None,
        })
        .collect();
    for (function, found) in wanted.iter().zip(found) {
        if !matches!(found.0, Deployed::No { .. }) || !model::is_entry_point(&function.name) {
            continue;
        }
        let fits = all.iter().filter(|(name, handler)| *handler == function.name && !taken.contains(name));
        let names: Vec<String> = fits.map(|(name, _)| name.clone()).collect();
        match names.as_slice() {
            [] => {}
            [name] => {
                let (live, qualifiers) = account.live(name, FoundBy::Handler).await?;
                *found = (Deployed::Yes(Box::new(live)), qualifiers);
            }
            _ => *found = (Deployed::Ambiguous { found: names }, Vec::new()),
        }
    }
    Ok(())
}

fn maximum_concurrency(function: &Function) -> Option<u32> {
    match &function.trigger {
        Trigger::Sqs(sqs) => sqs.maximum_concurrency,
        _ => None,
    }
}
