//! The three steps.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use serde::Serialize;

use crate::check::observed::Observed;
use crate::concurrency::account::Account;
use crate::concurrency::apply::{self, Outcome};
use crate::concurrency::args::{Apply, Args, Plan as PlanArgs, Rule as RuleArgs, Show, Step, What};
use crate::concurrency::find;
use crate::concurrency::rule::{self, Change, Decision, KEPT_UNRESERVED, Plan, Rule};
use crate::concurrency::state::{FoundBy, State};
use crate::concurrency::template::{self, write};
use crate::error::CliError;
use crate::output::{self, Format};

pub(crate) fn run(args: &Args) -> Result<(), CliError> {
    match &args.step {
        Step::Show(args) => wait(show(args)),
        Step::Plan(args) => wait(plan(args)),
        Step::Apply(args) => wait(apply(args)),
    }
}

/// The SDK is asynchronous, and the tool is not.
fn wait(work: impl Future<Output = Result<(), CliError>>) -> Result<(), CliError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| CliError::new(format!("no runtime to ask AWS with: {error}")))?.block_on(work)
}

async fn show(args: &Show) -> Result<(), CliError> {
    let Looked { state, .. } = look(&args.what).await?;
    output::print(&state, args.format)
}

async fn plan(args: &PlanArgs) -> Result<(), CliError> {
    let rule = rule(&args.what, &args.rule)?;
    let Looked { state, .. } = look(&args.what).await?;
    let plan = rule::plan(state, rule);
    output::print(&plan, args.format)?;
    check_fit(&plan)?;
    check_named(&plan, &args.what)
}

/// Looks at everything: what is at AWS, and what the templates say.
async fn look(what: &What) -> Result<Looked, CliError> {
    let manifest = what.from.load()?;
    let account = Account::connect(what).await?;
    if io::stderr().is_terminal() {
        // The metrics of many functions take a while.
        let _ = writeln!(anstream::stderr(), "asking Lambda and CloudWatch in {} …", account.region);
    }
    let mut state = find::state(&account, what, &manifest).await?;
    let observed = template::read(&what.template, &mut state)?;
    Ok(Looked { account, state, observed })
}

struct Looked {
    account: Account,
    state: State,
    observed: Observed,
}

fn rule(what: &What, args: &RuleArgs) -> Result<Rule, CliError> {
    let minimum_data = args.minimum_data.unwrap_or(what.period.half());
    if minimum_data > what.period {
        return Err(CliError::new(format!(
            "`--minimum-data {minimum_data}`: no data reaches back further than `--period {}`",
            what.period
        )));
    }
    Ok(Rule { utilisation: args.utilisation.get(), minimum_data })
}

/// A plan that does not fit is shown, and nothing of it is shrunk: which function has to do with less is for people to say.
fn check_fit(plan: &Plan) -> Result<(), CliError> {
    if plan.fit.missing == 0 {
        return Ok(());
    }
    let mut raises: Vec<Change> = plan.changes().into_iter().filter(|change| change.takes() > 0).collect();
    raises.sort_by_key(|change| std::cmp::Reverse(change.takes()));
    let raises: Vec<String> =
        raises.iter().map(|change| format!("{} takes {} more", change.handler, change.takes())).collect();
    Err(CliError::new(format!(
        "the account has no room for this plan: {} are missing, since AWS keeps {KEPT_UNRESERVED} for functions without a \
         reservation. {}. Plan fewer of them with `--handler`, or with a higher `--utilisation`, or ask AWS for a higher quota \
         (Service Quotas, `Concurrent executions`)",
        plan.fit.missing,
        raises.join(", ")
    )))
}

/// Who names a handler wants a number for it.
fn check_named(plan: &Plan, what: &What) -> Result<(), CliError> {
    let refused: Vec<String> = plan
        .functions
        .iter()
        .filter_map(|planned| match &planned.decision {
            Decision::Refused(why) => Some(format!("{}: {why}", planned.handler)),
            Decision::Reserve { .. } => None,
        })
        .collect();
    if refused.len() == plan.functions.len() || (!what.handler.is_empty() && !refused.is_empty()) {
        return Err(CliError::new(format!("no number for {}", refused.join("; "))));
    }
    Ok(())
}

async fn apply(args: &Apply) -> Result<(), CliError> {
    let may_ask = io::stdin().is_terminal() && io::stderr().is_terminal();
    if !args.yes && (!may_ask || args.format == Format::Json) {
        return Err(CliError::new(
            "nobody can be asked here, so nothing is changed: look at `cargo lambkin concurrency plan`, then give `--yes`",
        ));
    }
    let rule = rule(&args.what, &args.rule)?;
    let Looked { account, state, observed } = look(&args.what).await?;
    let unreserved = state.account.unreserved;
    let plan = rule::plan(state, rule);
    if args.format == Format::Text {
        output::print(&Changed(&plan), Format::Text)?;
    }
    check_fit(&plan)?;
    check_named(&plan, &args.what)?;
    if args.write_template {
        return write_templates(&plan, &observed, args);
    }
    let changes = plan.changes();
    check_found(&plan)?;
    if !changes.is_empty() && !args.yes && !asked("Reserve this?")? {
        return Err(CliError::new("nothing was changed"));
    }
    let outcome = apply::apply(&account, changes, unreserved).await;
    output::print(&Applied { plan: &plan, outcome: &outcome }, args.format)?;
    match &outcome.stopped {
        Some(why) => Err(CliError::new(format!("{}{why}", outcome.count()))),
        None => Ok(()),
    }
}

/// The plan's numbers into the templates, and nothing to AWS.
fn write_templates(plan: &Plan, observed: &Observed, args: &Apply) -> Result<(), CliError> {
    let edits = write::edits(plan, observed);
    if args.format == Format::Text {
        output::print(&edits, Format::Text)?;
    }
    if !edits.replaced.is_empty() && !args.yes && !asked("Write this?")? {
        return Err(CliError::new("nothing was written"));
    }
    edits.write()?;
    if args.format == Format::Json {
        output::print(&edits, Format::Json)?;
    }
    if edits.left.is_empty() {
        return Ok(());
    }
    Err(CliError::new(format!("not all numbers are in the templates: {}", edits.left.join("; "))))
}

/// What was guessed is not changed.
fn check_found(plan: &Plan) -> Result<(), CliError> {
    let is_guessed =
        |planned: &&rule::Planned| planned.found_by == Some(FoundBy::Handler) && planned.change().is_some();
    let options: Vec<String> = plan
        .functions
        .iter()
        .filter(is_guessed)
        .filter_map(|planned| Some(format!("--function {}={}", planned.handler, planned.function.as_ref()?)))
        .collect();
    if options.is_empty() {
        return Ok(());
    }
    Err(CliError::new(format!(
        "what was found only by its `Handler` may be another's: if it is meant, say so with `{}`",
        options.join(" ")
    )))
}

/// Asks who sits there.
fn asked(question: &str) -> Result<bool, CliError> {
    let failed = |error: io::Error| CliError::new(format!("the question could not be asked: {error}"));
    let mut err = anstream::stderr();
    write!(err, "\n{question} [y/N] ").and_then(|()| err.flush()).map_err(failed)?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).map_err(failed)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

/// The answer of `apply`: for people the plan was shown already.
#[derive(Debug, Serialize)]
pub(crate) struct Applied<'a> {
    plan: &'a Plan,
    #[serde(flatten)]
    pub(crate) outcome: &'a Outcome,
}

/// A plan without what stays.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(crate) struct Changed<'a>(pub(crate) &'a Plan);
