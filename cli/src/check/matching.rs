//! Which function of a template runs which handler, and what belongs to it.

use strsim::levenshtein;

use crate::check::binary::{Own, Whose};
use crate::check::codes;
use crate::check::finding::Findings;
use crate::check::observed::{EventInvokeConfig, Field, Function, Mapping, Observed, Place, Target, Triggered};
use crate::check::words;
use crate::manifest::{self, Manifest};
use crate::template::plan::config::HANDLER;

/// A handler, and a function that runs it.
pub(crate) struct Pair<'a> {
    pub(crate) handler: &'a manifest::Function,
    pub(crate) function: &'a Function,
    pub(crate) mappings: Vec<&'a Mapping>,
    pub(crate) triggers: Vec<&'a Triggered>,
    pub(crate) event_invoke_configs: Vec<&'a EventInvokeConfig>,
}

/// What a function asks the binary to run.
enum Chosen<'a> {
    Name(&'a str, &'a Place),
    /// Nothing that says which.
    Nothing,
    /// Known only when it is deployed, or no binary.
    Unknown,
}

/// A function that names no handler of ours, and what it asks for.
struct Left<'a> {
    function: &'a Function,
    chosen: Chosen<'a>,
    /// Whether its code is known to be ours.
    is_ours: bool,
}

/// Finds the functions of the manifest's handlers, and says which handlers or functions are missing.
pub(crate) fn pairs<'a>(
    manifest: &'a Manifest,
    observed: &'a Observed,
    whole: &Place,
    own: &Own,
    findings: &mut Findings,
) -> Vec<Pair<'a>> {
    let mut found: Vec<(&Function, &manifest::Function)> = Vec::new();
    let mut left: Vec<Left<'_>> = Vec::new();
    let mut others: Vec<&Function> = Vec::new();
    let named = |name: &str| manifest.functions.iter().find(|handler| handler.name == name);
    for (function, whose) in observed.functions.iter().zip(own.binary.whose(&observed.functions)) {
        if let Some(handler) = own.asked(function).and_then(named) {
            found.push((function, handler));
            continue;
        }
        // Who says which function runs the only handler means no other.
        if manifest.functions.len() == 1 && !own.asked.is_empty() {
            continue;
        }
        if whose == Whose::Others {
            others.push(function);
            continue;
        }
        let is_built = whose == Whose::Ours && function.code.built().is_some();
        if !is_built && !may_be_ours(manifest, function) {
            continue;
        }
        let chosen = chosen(function);
        let name = match &chosen {
            Chosen::Name(name, _) => Some(*name),
            // The last that it looks at.
            Chosen::Nothing => function.name.value().and_then(|name| name.known()),
            Chosen::Unknown => None,
        };
        match name.and_then(named) {
            Some(handler) => found.push((function, handler)),
            None => left.push(Left { function, chosen, is_ours: whose == Whose::Ours }),
        }
    }
    for left in &mut left {
        left.is_ours |= found.iter().any(|(function, _)| function.code.is_same(&left.function.code));
    }
    // One binary is one code: with another one it is another binary's, such as what the CDK adds, or a handler misspelt.
    let has_code = found.iter().any(|(function, _)| function.code.path.is_some());
    let names: Vec<&str> = missing(manifest, &found).map(|handler| handler.name.as_str()).collect();
    left.retain(|Left { function, chosen, is_ours }| {
        let is_misspelt = matches!(chosen, Chosen::Name(name, _) if nearest(name, &names).is_some());
        *is_ours || is_misspelt || !has_code || function.code.path.is_none()
    });
    if let [only] = manifest.functions.as_slice() {
        // With one handler there is nothing to choose, and whatever `Handler` says does not matter.
        let runs = running(only, !found.is_empty(), &left, own);
        if found.is_empty() && runs.is_empty() && left.len() > 1 {
            report_unclear(only, &left, whole, findings);
        }
        found.extend(runs.into_iter().map(|function| (function, only)));
    } else {
        report_left(manifest, &found, &left, findings);
    }
    // An image says in itself what it runs.
    let is_image = |function: &Function| function.runtime == Field::Absent && function.handler == Field::Absent;
    let is_unclear = manifest.functions.len() == 1 && !left.is_empty();
    let is_open = is_unclear
        || !observed.unread.is_empty()
        || observed.functions.iter().any(is_image)
        || left.iter().any(|left| matches!(left.chosen, Chosen::Unknown));
    if !is_open {
        for handler in missing(manifest, &found) {
            findings.about(Some(&handler.name));
            let is_misspelt =
                left.iter().any(|left| matches!(left.chosen, Chosen::Name(name, _) if is_near(name, &handler.name)));
            if !is_misspelt && !left.iter().any(|left| matches!(left.chosen, Chosen::Nothing)) {
                report_missing(handler, &others, whole, findings);
            }
        }
    }
    findings.about(None);
    let order = |handler: &manifest::Function| manifest.functions.iter().position(|other| other.name == handler.name);
    found.sort_by_key(|(_, handler)| order(handler));
    found.into_iter().map(|(function, handler)| pair(handler, function, observed)).collect()
}

/// The functions that run a binary's only handler: by their code, else by what they name, else by what they are called.
fn running<'a>(only: &manifest::Function, is_found: bool, left: &[Left<'a>], own: &Own) -> Vec<&'a Function> {
    let all = |is_it: &dyn Fn(&Left<'a>) -> bool| -> Vec<&'a Function> {
        left.iter().filter(|left| is_it(left)).map(|left| left.function).collect()
    };
    let ours = all(&|left| left.is_ours);
    if is_found || !ours.is_empty() {
        return ours;
    }
    let named = all(&|left| matches!(left.chosen, Chosen::Name(name, _) if own.binary.is_named(name)));
    if !named.is_empty() {
        return named;
    }
    let called = all(&|left| own.binary.is_called(left.function, &only.name));
    if !called.is_empty() {
        return called;
    }
    // One alone, or several with the same code.
    let is_one = left.iter().zip(left.iter().skip(1)).all(|(a, b)| a.function.code.is_same(&b.function.code));
    if is_one { all(&|_| true) } else { Vec::new() }
}

fn report_unclear(only: &manifest::Function, left: &[Left<'_>], whole: &Place, findings: &mut Findings) {
    let names: Vec<&str> = left.iter().map(|left| left.function.address.as_str()).collect();
    let message = format!("nothing tells which of {} runs it, so none is checked", listed(&names));
    let first = names.first().copied().unwrap_or_default();
    let fix = format!("`--function {first}={}`, with the function that runs it", only.name);
    findings.about(Some(&only.name));
    findings.add(&codes::FUNCTION_UNCLEAR, whole, message, fix);
    findings.about(None);
}

fn report_missing(handler: &manifest::Function, others: &[&Function], whole: &Place, findings: &mut Findings) {
    let mut message = format!("no function runs the handler `{}`", handler.name);
    let mut binaries: Vec<String> = others.iter().filter_map(|other| other.code.built()).collect();
    binaries.sort();
    binaries.dedup();
    if !binaries.is_empty() {
        let names: Vec<&str> = binaries.iter().map(String::as_str).collect();
        message.push_str(&format!("; those here are of other binaries: {}", listed(&names)));
    }
    let handler = words::HANDLER.text(whole, &handler.name);
    let fix = format!("a function with {handler}; `cargo lambkin template` writes one");
    findings.add(&codes::FUNCTION_MISSING, whole, message, fix);
}

/// The first of many names.
fn listed(names: &[&str]) -> String {
    const SHOWN: usize = 6;
    let mut shown = names.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        shown.push_str(&format!(" and {} more", names.len() - SHOWN));
    }
    shown
}

fn pair<'a>(handler: &'a manifest::Function, function: &'a Function, observed: &'a Observed) -> Pair<'a> {
    let is_its = |target: &Target| target.address() == Some(&function.address);
    let configs = observed.event_invoke_configs.iter().filter(|config| is_its(&config.function)).collect();
    Pair {
        handler,
        function,
        mappings: observed.mappings.iter().filter(|mapping| is_its(&mapping.function)).collect(),
        triggers: observed.triggers.iter().filter(|trigger| is_its(&trigger.function)).collect(),
        event_invoke_configs: configs,
    }
}

/// A binary's function, or one that names a handler of ours by mistake with another runtime.
fn may_be_ours(manifest: &Manifest, function: &Function) -> bool {
    let names_ours = matches!(chosen(function), Chosen::Name(name, _) if manifest.functions.iter().any(|handler| handler.name == name));
    match function.runtime.value() {
        Some(runtime) => runtime.starts_with("provided") || names_ours,
        None => function.runtime.is_unknown() || names_ours,
    }
}

/// As the binary chooses: `LAMBKIN_HANDLER`, else `_HANDLER`.
fn chosen(function: &Function) -> Chosen<'_> {
    let variable = function.environment.variables.iter().find(|variable| variable.name == HANDLER);
    if let Some(variable) = variable {
        return match variable.value.value().and_then(|value| value.known()) {
            Some(name) if !name.is_empty() => Chosen::Name(name, &variable.place),
            Some(_) => Chosen::Nothing,
            None => Chosen::Unknown,
        };
    }
    if function.environment.is_open {
        return Chosen::Unknown;
    }
    match &function.handler {
        Field::Known(name, _) | Field::Default(name) if name.is_empty() || name == "bootstrap" => Chosen::Nothing,
        Field::Known(name, place) => Chosen::Name(name, place),
        Field::Default(name) => Chosen::Name(name, &function.place),
        Field::Absent => Chosen::Nothing,
        Field::Unknown(_) => Chosen::Unknown,
    }
}

fn missing<'a>(
    manifest: &'a Manifest,
    found: &[(&Function, &manifest::Function)],
) -> impl Iterator<Item = &'a manifest::Function> {
    let names: Vec<String> = found.iter().map(|(_, handler)| handler.name.clone()).collect();
    manifest.functions.iter().filter(move |handler| !names.contains(&handler.name))
}

fn report_left(
    manifest: &Manifest,
    found: &[(&Function, &manifest::Function)],
    left: &[Left<'_>],
    findings: &mut Findings,
) {
    let names: Vec<&str> = manifest.functions.iter().map(|handler| handler.name.as_str()).collect();
    // With a function for each handler, others are another binary's, unless their code is ours.
    let is_complete = missing(manifest, found).next().is_none();
    for Left { function, chosen, .. } in left.iter().filter(|left| left.is_ours || !is_complete) {
        match chosen {
            Chosen::Name(name, place) => {
                let near = nearest(name, &names);
                // The values of variables are not repeated.
                let is_variable = function.environment.variables.iter().any(|variable| variable.place == **place);
                let message = match is_variable {
                    true => format!("{HANDLER} names no handler of the binary, which has only {}", names.join(", ")),
                    false => format!("the binary has no handler `{name}`, only {}", names.join(", ")),
                };
                let fix = match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("name one of them: {}", names.join(", ")),
                };
                findings.about(near);
                findings.add(&codes::UNKNOWN_HANDLER, place, message, fix);
                findings.about(None);
            }
            Chosen::Nothing => {
                let place = function.handler.place().unwrap_or(&function.place);
                let message = format!("nothing says which of {} it runs", names.join(", "));
                let missing = missing(manifest, found).next().map(|handler| handler.name.as_str());
                let name = missing.or(names.first().copied()).unwrap_or_default();
                let fix = format!("{}, or the variable `{HANDLER}`", words::HANDLER.text(place, name));
                findings.add(&codes::HANDLER_NOT_CHOSEN, place, message, fix);
            }
            Chosen::Unknown => {}
        }
    }
}

/// The name that was probably meant.
pub(crate) fn nearest<'n>(name: &str, known: &[&'n str]) -> Option<&'n str> {
    known.iter().copied().filter(|other| is_near(name, other)).min_by_key(|other| levenshtein(name, other))
}

fn is_near(a: &str, b: &str) -> bool {
    let longest = a.chars().count().max(b.chars().count());
    levenshtein(&a.to_lowercase(), &b.to_lowercase()) <= (longest / 3).clamp(1, 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_misspelt_is_near() {
        assert_eq!((levenshtein("", "abc"), levenshtein("abc", ""), levenshtein("kitten", "sitting")), (3, 3, 3));
        assert_eq!(nearest("fulfill", &["report", "fulfil"]), Some("fulfil"));
        assert_eq!(nearest("Report", &["report", "fulfil"]), Some("report"));
        assert_eq!(nearest("thumbnail", &["report", "fulfil"]), None);
    }
}
