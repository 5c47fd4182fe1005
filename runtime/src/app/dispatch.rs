//! Which of several handlers this process runs.

use crate::app::Entry;
use crate::app::error::InitError;

/// Chooses by `LAMBKIN_HANDLER`, else Lambda's `_HANDLER`, else the function's name.
///
/// With one handler there is nothing to choose, and what `_HANDLER` says does not matter. `bootstrap` is
/// what deployment tools write there when nobody chose anything.
pub(crate) fn choose<A>(
    handlers: &'static [Entry<A>],
    variable: impl Fn(&str) -> Option<String>,
) -> Result<&'static Entry<A>, InitError> {
    if let [only] = handlers {
        return Ok(only);
    }
    let variables = ["LAMBKIN_HANDLER", "_HANDLER", "AWS_LAMBDA_FUNCTION_NAME"];
    let chosen = variables.into_iter().find_map(|name| {
        let value = variable(name)?;
        let is_placeholder = value.is_empty() || (name == "_HANDLER" && value == "bootstrap");
        (!is_placeholder).then_some((name, value))
    });
    let names = names(handlers);
    let Some((name, value)) = chosen else {
        let message = format!("this binary holds {names}: set `LAMBKIN_HANDLER` to one of them");
        return Err(InitError::new("NoHandlerChosen", message));
    };
    named(handlers, &value).ok_or_else(|| {
        let message = format!("`{name}` asks for the handler `{value}`, but this binary holds {names}");
        InitError::new("NoSuchHandler", message)
    })
}

/// The handler of this name.
pub(crate) fn named<'h, A>(handlers: &'h [Entry<A>], name: &str) -> Option<&'h Entry<A>> {
    handlers.iter().find(|entry| entry.spec.name == name)
}

/// The handlers' names, as a sentence lists them.
pub(crate) fn names<A>(handlers: &[Entry<A>]) -> String {
    let names: Vec<String> = handlers.iter().map(|entry| format!("`{}`", entry.spec.name)).collect();
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => "no handler".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{Ready, Resolving};
    use crate::spec::FunctionSpec;

    static FULFIL: FunctionSpec = FunctionSpec::new("fulfil", "orders", "sqs");
    static REPORT: FunctionSpec = FunctionSpec::new("report", "orders", "invoke");

    fn nothing(_: &'static ()) -> Resolving<&'static dyn Ready> {
        Box::pin(std::future::pending())
    }

    fn entries(specs: &[&'static FunctionSpec]) -> &'static [Entry<()>] {
        let entries = specs.iter().map(|spec| Entry { spec, needs: &[], resolve: nothing });
        Box::leak(entries.collect())
    }

    fn chosen(specs: &[&'static FunctionSpec], variables: &[(&str, &str)]) -> Result<&'static str, String> {
        let variable = |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
        choose(entries(specs), variable).map(|entry| entry.spec.name).map_err(|error| error.to_string())
    }

    #[test]
    fn the_first_variable_that_says_something_chooses() {
        let both = [&FULFIL, &REPORT];
        assert_eq!(chosen(&[&FULFIL], &[("_HANDLER", "whatever")]).unwrap(), "fulfil");
        assert_eq!(chosen(&both, &[("_HANDLER", "report"), ("LAMBKIN_HANDLER", "fulfil")]).unwrap(), "fulfil");
        assert_eq!(chosen(&both, &[("_HANDLER", "report"), ("AWS_LAMBDA_FUNCTION_NAME", "fulfil")]).unwrap(), "report");
        assert_eq!(
            chosen(&both, &[("_HANDLER", "bootstrap"), ("AWS_LAMBDA_FUNCTION_NAME", "fulfil")]).unwrap(),
            "fulfil"
        );

        let unknown = chosen(&both, &[("_HANDLER", "refund")]).unwrap_err();
        assert!(unknown.contains("`_HANDLER` asks for the handler `refund`"), "{unknown}");
        assert!(unknown.contains("`fulfil` and `report`"), "{unknown}");
        assert!(chosen(&both, &[]).unwrap_err().contains("set `LAMBKIN_HANDLER`"));
    }
}
