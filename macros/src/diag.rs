//! Compile errors: all of a function's at once, each at the token to change, each with a stable code.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

macro_rules! codes {
    ($($name:ident = $number:literal,)*) => {
        /// The codes of the errors that the macros report. Each is explained in `docs/errors.md`; those
        /// from `E101` on are worded by traits of the runtime.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Code {
            $($name,)*
        }

        impl Code {
            #[cfg(test)]
            pub(crate) const ALL: &[Self] = &[$(Self::$name,)*];

            pub(crate) fn number(self) -> &'static str {
                match self {
                    $(Self::$name => $number,)*
                }
            }
        }
    };
}

codes! {
    NotAFunction = "E001",
    NotAsync = "E002",
    TakesSelf = "E003",
    Generic = "E004",
    Qualified = "E005",
    UnknownOption = "E006",
    RepeatedOption = "E007",
    WrongValue = "E008",
    Source = "E009",
    MisplacedOption = "E010",
    UnknownWord = "E011",
    MutableReference = "E012",
    BorrowedText = "E013",
    ImplParameter = "E014",
    CfgParameter = "E015",
    ReservedName = "E016",
    ShadowedPath = "E017",
    BadDuration = "E020",
    DurationRange = "E021",
    NumberRange = "E022",
    BatchWindow = "E023",
    FifoBatch = "E024",
    MarginOverTimeout = "E025",
    Conflict = "E026",
    Requires = "E027",
    ResourceName = "E028",
    ScheduleExpression = "E029",
    LonelyCompanion = "E030",
    RepeatedAttribute = "E031",
    NoMargin = "E032",
    HookArgument = "E033",
    NoKey = "E034",
    OnceReturn = "E035",
    TurnedOff = "E036",
    OverReserved = "E037",
    FilterPattern = "E038",
    DeadFilter = "E039",
    BadPattern = "E070",
    NoPath = "E071",
    RouteConflict = "E072",
    Unreachable = "E073",
    MissingSegment = "E074",
    UnknownSegment = "E075",
    BodyOnGet = "E076",
    NoName = "E077",
    Cors = "E078",
    LonelyRoute = "E079",
    ModuleShape = "E080",
    MountShape = "E081",
    InitByValue = "E040",
    InitReturn = "E041",
    Section = "E050",
    RepeatedEntry = "E051",
    NoHandlers = "E052",
    NotAPath = "E053",
    NoStatus = "E060",
    WrongStatus = "E061",
    TransparentFields = "E062",
    Union = "E063",
    MisplacedAttribute = "E064",
    ConfigShape = "E090",
    NoSource = "E091",
    ConfigName = "E092",
    Placeholder = "E093",
    ListField = "E094",
    RefreshedField = "E095",
    Namespace = "E096",
}

/// The errors found so far.
#[derive(Default)]
pub(crate) struct Errors(Option<syn::Error>);

impl Errors {
    /// An error at these tokens.
    pub(crate) fn at(&mut self, tokens: &impl ToTokens, code: Code, message: impl std::fmt::Display) {
        self.push(syn::Error::new_spanned(tokens, worded(code, message)));
    }

    /// An error at this span.
    pub(crate) fn at_span(&mut self, span: Span, code: Code, message: impl std::fmt::Display) {
        self.push(syn::Error::new(span, worded(code, message)));
    }

    /// An error of the parser's.
    pub(crate) fn push(&mut self, error: syn::Error) {
        match &mut self.0 {
            Some(errors) => errors.combine(error),
            None => self.0 = Some(error),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// How many there are. A mistake that was reported is not reported again as what it left missing.
    pub(crate) fn count(&self) -> usize {
        self.0.iter().flatten().count()
    }

    /// The errors as code that does not compile; nothing if there are none.
    pub(crate) fn into_tokens(self) -> TokenStream {
        self.0.map(|errors| errors.into_compile_error()).unwrap_or_default()
    }

    #[cfg(test)]
    pub(crate) fn messages(self) -> Vec<String> {
        self.0.into_iter().flatten().map(|error| error.to_string()).collect()
    }
}

fn worded(code: Code, message: impl std::fmt::Display) -> String {
    format!("lambkin::{}: {message}", code.number())
}

/// `unknown option …`, with the nearest valid name if one is near, and all of them.
pub(crate) fn unknown(what: &str, found: &str, valid: &[&str]) -> String {
    let found_lower = found.to_ascii_lowercase();
    let near = valid
        .iter()
        .map(|name| (strsim::jaro_winkler(&found_lower, &name.to_ascii_lowercase()), *name))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    if valid.is_empty() {
        return format!("unknown {what} `{found}`; there are none");
    }
    let list = list(valid);
    match near {
        Some((_, name)) => format!("unknown {what} `{found}`; did you mean `{name}`? There are: {list}"),
        None => format!("unknown {what} `{found}`; there are: {list}"),
    }
}

/// Names as a sentence lists them.
pub(crate) fn list(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_unique_and_documented() {
        let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/errors.md")).unwrap();
        let mut numbers: Vec<&str> = Code::ALL.iter().map(|code| code.number()).collect();
        for number in &numbers {
            assert!(page.contains(&format!("\n## {number}: ")), "docs/errors.md has no section on {number}");
        }
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), Code::ALL.len());
    }

    #[test]
    fn a_near_name_is_suggested() {
        let valid = ["queue", "batch_size", "window"];
        assert!(unknown("option", "batchsize", &valid).contains("did you mean `batch_size`?"));
        assert!(unknown("option", "Queue", &valid).contains("did you mean `queue`?"));
        assert!(unknown("word", "latest", &["TRIM_HORIZON", "LATEST"]).contains("did you mean `LATEST`?"));
        assert_eq!(unknown("option", "zzz", &["a", "b"]), "unknown option `zzz`; there are: `a`, `b`");
        assert_eq!(unknown("option", "zzz", &[]), "unknown option `zzz`; there are none");
    }
}
