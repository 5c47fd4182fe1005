//! `#[env]`, `#[secret(…)]` and `#[parameter(…)]` of `#[derive(Config)]`: raw arguments become a checked [`Reading`].

use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Attribute, Expr, ExprLit, Lit, Meta};

use crate::args::value::At;
use crate::args::{Arg, Options, Value, leading_texts, parse};
use crate::diag::{Code, Errors};

/// The attributes that say where a field's value is.
pub(crate) const SOURCES: [&str; 3] = ["env", "secret", "parameter"];

/// Secrets Manager's and Parameter Store's limits.
const MAX_NAME: usize = 2048;

/// A day.
const MAX_REFRESH: u64 = 86_400;

/// Where a value is, as its attribute says.
pub(crate) struct Reading {
    pub(crate) source: Source,
    pub(crate) name: Vec<Piece>,
    /// Where the name stands.
    pub(crate) place: Span,
    pub(crate) key: Option<String>,
    pub(crate) version: Option<Version>,
    /// Whether everybody may see a secret's value.
    pub(crate) plain: bool,
    /// The words `by_path`, where they stand: all parameters below the name are meant.
    pub(crate) by_path: Option<Ident>,
    pub(crate) default: Option<Default>,
    /// The word `list`, where it stands.
    pub(crate) list: Option<Ident>,
    /// After how many seconds it is fetched again.
    pub(crate) refresh: Option<At<u64>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Env,
    Secret,
    Parameter,
}

/// Which version of a secret or a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    Stage(String),
    Id(String),
    Label(String),
    Number(u64),
}

/// A piece of a name; a placeholder is not understood yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    Text(String),
    Placeholder(String),
}

/// What stands for a variable that is not there.
pub(crate) enum Default {
    /// A text, which is parsed as the variable's would be.
    Text(At<String>),
    /// A value of the field's type.
    Value(Box<Expr>),
}

impl Reading {
    /// Reads the attribute of a field. `None` if it has a mistake that leaves nothing to read.
    pub(crate) fn read(attribute: &Attribute, source: Source, field: &Ident, errors: &mut Errors) -> Option<Self> {
        let word = attribute.path().to_token_stream().to_string();
        let tokens = match &attribute.meta {
            Meta::List(list) => list.tokens.clone(),
            Meta::Path(_) => TokenStream::new(),
            Meta::NameValue(pair) => {
                let value = pair.value.to_token_stream();
                errors.at(pair, Code::WrongValue, format_args!("a name stands in parentheses: `#[{word}({value})]`"));
                return None;
            }
        };
        let (names, rest) = leading_texts(tokens);
        let args = parse(rest, errors);
        let mut names = names.into_iter();
        let name = names.next();
        for second in names {
            errors.at_span(second.span, Code::RepeatedOption, "the name is given twice: remove one");
        }
        let mut options = Options::new(args, errors);
        let valid: &[&str] = match source {
            Source::Env => &["default", "list"],
            Source::Secret => &["key", "plain", "version_stage", "version", "refresh"],
            Source::Parameter => &["default", "list", "by_path", "label", "version", "refresh"],
        };
        // What is no option of this source is left for `finish` to report.
        let mut take = |name| if valid.contains(&name) { options.take(name) } else { None };
        let [key, default, version, refresh] = ["key", "default", "version", "refresh"].map(&mut take);
        let moving = take(if source == Source::Secret { "version_stage" } else { "label" });
        let [list, plain, by_path] = ["list", "plain", "by_path"].map(&mut take);
        let elsewhere = |name: &str| match (source, name) {
            (_, "crate") => Some("`crate` stands on the type: `#[config(crate = ::path)]`".to_owned()),
            (Source::Secret, "default") => {
                let message = "a secret has no default, which everybody with the program would have: where there may be none, \
                               the field is an `Option<Secret<…>>`";
                Some(message.to_owned())
            }
            _ => None,
        };
        options.finish(valid, elsewhere, errors);

        let key = match key {
            Some(arg) => Some(read_key(&arg, errors)?),
            None => None,
        };
        let why = "how old a value may be";
        let refresh = refresh.and_then(|arg| arg.seconds_in(1, MAX_REFRESH, why, errors));
        let default = default.and_then(|arg| read_default(&arg, errors));
        let mut bare = |arg: Option<Arg>| {
            let arg = arg?;
            if !matches!(arg.value, Value::Word) {
                errors.at(&arg.name, Code::WrongValue, format_args!("`{}` takes no value", arg.name));
            }
            Some(arg.name)
        };
        let [list, plain, by_path] = [list, plain, by_path].map(&mut bare);
        let version = read_version(source, version, moving, errors);
        let place = name.as_ref().map_or_else(|| attribute.path().span(), |name| name.span);
        let name = match (source, name) {
            (Source::Env, None) => vec![Piece::Text(variable(field))],
            (Source::Env, Some(name)) => vec![Piece::Text(variable_name(name, errors)?)],
            (_, Some(name)) => stored_name(source, by_path.is_some(), &name, errors)?,
            (_, None) => {
                let example = if source == Source::Secret { "prod/db/password" } else { "/prod/db/host" };
                let message = format!("the name is missing: write it first, as in `#[{word}(\"{example}\")]`");
                errors.at(attribute.path(), Code::ConfigName, message);
                return None;
            }
        };
        let plain = plain.is_some();
        Some(Self { source, name, place, key, version, plain, by_path, default, list, refresh })
    }
}

/// The variable of a field without a name of its own: `TABLE_NAME` of `table_name`.
pub(crate) fn variable(field: &Ident) -> String {
    field.unraw().to_string().to_uppercase()
}

fn variable_name(name: At<String>, errors: &mut Errors) -> Option<String> {
    let At { value, span } = name;
    let is_word = |name: &str| {
        name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && name.starts_with(|c: char| c.is_ascii_alphabetic())
    };
    if is_word(&value) {
        return Some(value);
    }
    let message = "a variable of a function has a name of letters, digits and `_`, and a letter first";
    errors.at_span(span, Code::ConfigName, message);
    None
}

fn stored_name(source: Source, is_path: bool, name: &At<String>, errors: &mut Errors) -> Option<Vec<Piece>> {
    let At { value, span } = name;
    let pieces = match pieces(value) {
        Ok(pieces) => pieces,
        Err(message) => {
            errors.at_span(*span, Code::Placeholder, message);
            return None;
        }
    };
    let (what, others) = match source {
        Source::Secret => ("a secret", "/_+=.@-:!"),
        Source::Env | Source::Parameter => ("a parameter", "/_.-:"),
    };
    let fits = |c: char| c.is_ascii_alphanumeric() || others.contains(c);
    let is_right = pieces.iter().all(|piece| match piece {
        Piece::Text(text) => text.chars().all(fits),
        Piece::Placeholder(_) => true,
    });
    if value.is_empty() || value.len() > MAX_NAME || !is_right {
        let others: Vec<String> = others.chars().map(|c| format!("`{c}`")).collect();
        let others = others.join(" ");
        let message = format!("{what} has a name or an ARN of letters, digits and {others}, and it is not empty");
        errors.at_span(*span, Code::ConfigName, message);
        return None;
    }
    if source == Source::Parameter && !value.starts_with("arn:") {
        let after = value.rsplit_once(':').map(|(_, after)| after);
        let message = match after {
            Some(number) if number.chars().all(|c| c.is_ascii_digit()) && !number.is_empty() => {
                Some(format!("a version stands beside the name: `version = {number}`"))
            }
            Some(label) => Some(format!("a label stands beside the name: `label = \"{label}\"`")),
            None if is_path && !value.starts_with(['/', '{']) => {
                Some("a path begins with `/`, as in `#[parameter(\"/app/db\", by_path)]`".to_owned())
            }
            None => None,
        };
        if let Some(message) = message {
            errors.at_span(*span, Code::ConfigName, message);
            return None;
        }
    }
    Some(pieces)
}

/// Which version is meant: one at most.
fn read_version(source: Source, version: Option<Arg>, moving: Option<Arg>, errors: &mut Errors) -> Option<Version> {
    if let (Some(version), Some(moving)) = (&version, &moving) {
        let message =
            format!("`{}` says which version is meant, and so does `version`: remove one of them", moving.name);
        errors.at(&version.name, Code::Conflict, message);
    }
    if let Some(arg) = moving {
        let name = version_name(&arg, errors)?;
        return Some(if source == Source::Secret { Version::Stage(name) } else { Version::Label(name) });
    }
    let arg = version?;
    match source {
        Source::Secret => version_name(&arg, errors).map(Version::Id),
        Source::Env | Source::Parameter => {
            let number = arg.number_in(1, u32::MAX.into(), "the number of a parameter's version", errors)?;
            Some(Version::Number(number.value))
        }
    }
}

fn version_name(arg: &Arg, errors: &mut Errors) -> Option<String> {
    let At { value, span } = arg.text(errors)?;
    // The characters of all of them: <https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-labels.html>.
    if !value.is_empty() && value.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c)) {
        return Some(value);
    }
    let message = format!("`{}` takes letters, digits and `_` `.` `-`, and at least one of them", arg.name);
    errors.at_span(span, Code::WrongValue, message);
    None
}

/// Cuts a name at its placeholders.
fn pieces(name: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut rest = name;
    while let Some((before, behind)) = rest.split_once('{') {
        let (inside, after) = behind.split_once('}').ok_or("a `{` is not closed: a placeholder is `{field}`")?;
        let is_word = inside.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && inside.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        if !is_word {
            return Err(format!("`{{{inside}}}` names neither a field nor a variable, as in `{{stage}}`"));
        }
        pieces.push(Piece::Text(before.to_owned()));
        pieces.push(Piece::Placeholder(inside.to_owned()));
        rest = after;
    }
    pieces.push(Piece::Text(rest.to_owned()));
    let closes = |piece: &Piece| matches!(piece, Piece::Text(text) if text.contains('}'));
    if pieces.iter().any(closes) {
        return Err("a `}` closes nothing: a placeholder is `{field}`".to_owned());
    }
    pieces.retain(|piece| !matches!(piece, Piece::Text(text) if text.is_empty()));
    Ok(pieces)
}

fn read_key(arg: &Arg, errors: &mut Errors) -> Option<String> {
    let At { value, span } = arg.text(errors)?;
    if value.is_empty() {
        errors.at_span(span, Code::WrongValue, "a key is not empty; leave the option out for the whole secret");
        return None;
    }
    Some(value)
}

fn read_default(arg: &Arg, errors: &mut Errors) -> Option<Default> {
    let Value::Tokens(tokens) = &arg.value else {
        errors.at(&arg.name, Code::WrongValue, "`default` takes a text or a value, as in `default = \"info\"`");
        return None;
    };
    match syn::parse2::<Expr>(tokens.clone()) {
        Ok(Expr::Lit(ExprLit { lit: Lit::Str(text), .. })) => {
            Some(Default::Text(At { value: text.value(), span: text.span() }))
        }
        Ok(value) => Some(Default::Value(Box::new(value))),
        Err(_) => {
            errors.at_span(tokens.span(), Code::WrongValue, "`default` takes a text or a value of the field's type");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    fn read(tokens: TokenStream, source: Source) -> Result<Reading, String> {
        let mut errors = Errors::default();
        let word = Ident::new(SOURCES[source as usize], proc_macro2::Span::call_site());
        let field = Ident::new("table_name", word.span());
        let reading = Reading::read(&syn::parse_quote!(#[#word #tokens]), source, &field, &mut errors);
        reading.filter(|_| errors.is_empty()).ok_or_else(|| errors.messages().join("\n"))
    }

    #[test]
    fn a_variable_is_named_after_its_field_or_by_its_name() {
        let name = |tokens| read(tokens, Source::Env).map(|reading| reading.name);
        assert_eq!(name(quote!()).unwrap(), [Piece::Text("TABLE_NAME".to_owned())]);
        assert_eq!(name(quote!(("queueUrl_2", list))).unwrap(), [Piece::Text("queueUrl_2".to_owned())]);
        assert_eq!(variable(&Ident::new_raw("type", proc_macro2::Span::call_site())), "TYPE");
        for wrong in [quote!(("")), quote!(("A-B")), quote!(("1A")), quote!(("{a}")), quote!(("_A"))] {
            assert!(name(wrong).unwrap_err().contains("E092"));
        }
        assert!(name(quote!(= "A")).unwrap_err().contains("`#[env(\"A\")]`"));
        assert!(name(quote!(("A", "B"))).unwrap_err().contains("E007"));
    }

    #[test]
    fn names_have_placeholders() {
        let text = |text: &str| Piece::Text(text.to_owned());
        let stage = || Piece::Placeholder("stage".to_owned());
        assert_eq!(pieces("{stage}/db").unwrap(), [stage(), text("/db")]);
        assert_eq!(pieces("a{stage}{stage}b").unwrap(), [text("a"), stage(), stage(), text("b")]);
        assert_eq!(pieces("db").unwrap(), [text("db")]);
        for wrong in ["{stage", "stage}", "{}", "{a b}", "{{a}}", "a}{b"] {
            assert!(pieces(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn each_source_has_its_options() {
        let secret = |tokens| read(tokens, Source::Secret);
        assert_eq!(secret(quote!(("a/b", key = "user"))).unwrap().key.as_deref(), Some("user"));
        assert!(secret(quote!()).err().unwrap().contains("E092"));
        assert!(secret(quote!((""))).err().unwrap().contains("E092"));
        assert!(secret(quote!(("a b"))).err().unwrap().contains("letters, digits"));
        assert!(secret(quote!(("a", key = ""))).err().unwrap().contains("E008"));
        assert!(secret(quote!(("{a"))).err().unwrap().contains("E093"));
        assert!(secret(quote!(("a", crate = ::x))).err().unwrap().contains("E010"));
        let refreshed = secret(quote!(("a", refresh = "5m"))).unwrap().refresh;
        assert_eq!(refreshed.map(|seconds| seconds.value), Some(300));
        assert!(secret(quote!(("a", refresh = "2days"))).err().unwrap().contains("E021"));
        assert!(read(quote!(("/a", list)), Source::Parameter).unwrap().list.is_some());
        assert!(matches!(read(quote!((default = "5")), Source::Env).unwrap().default, Some(Default::Text(_))));
        assert!(matches!(read(quote!((default = 5 * 2)), Source::Env).unwrap().default, Some(Default::Value(_))));
        for (source, option) in [
            (Source::Env, quote!(key = "a")),
            (Source::Env, quote!(refresh = "5m")),
            (Source::Secret, quote!(list)),
            (Source::Secret, quote!(label = "a")),
            (Source::Secret, quote!(by_path)),
            (Source::Parameter, quote!(plain)),
            (Source::Parameter, quote!(version_stage = "a")),
            (Source::Parameter, quote!(key = "a")),
        ] {
            let message = read(quote!(("a", #option)), source).err().unwrap();
            assert!(message.contains("E006"), "{option}: {message}");
        }
        assert!(secret(quote!(("a", default = "b"))).err().unwrap().contains("an `Option<Secret<…>>`"));
        assert!(secret(quote!(("a", plain = true))).err().unwrap().contains("E008: `plain` takes no value"));
        assert!(read(quote!((default)), Source::Env).err().unwrap().contains("E008"));
    }
    #[test]
    fn a_version_is_named_once() {
        let secret = |tokens| read(tokens, Source::Secret).map(|reading| reading.version.unwrap());
        let parameter = |tokens| read(tokens, Source::Parameter).map(|reading| reading.version.unwrap());
        assert_eq!(secret(quote!(("a", version_stage = "AWSPREVIOUS"))), Ok(Version::Stage("AWSPREVIOUS".to_owned())));
        assert_eq!(secret(quote!(("a", version = "a1-b2"))), Ok(Version::Id("a1-b2".to_owned())));
        assert_eq!(parameter(quote!(("/a", version = 3))), Ok(Version::Number(3)));
        assert_eq!(parameter(quote!(("/a", label = "new.1"))), Ok(Version::Label("new.1".to_owned())));
        assert!(secret(quote!(("a", version_stage = "A", version = "b"))).unwrap_err().contains("E026"));
        assert!(parameter(quote!(("/a", label = "A", version = 3))).unwrap_err().contains("E026"));
        assert!(secret(quote!(("a", version_stage = ""))).unwrap_err().contains("E008"));
        assert!(parameter(quote!(("/a", version = 0))).unwrap_err().contains("E022"));
        assert!(parameter(quote!(("/a:3"))).unwrap_err().contains("beside the name: `version = 3`"));
        assert!(parameter(quote!(("/a:new"))).unwrap_err().contains("beside the name: `label = \"new\"`"));
        assert!(read(quote!(("arn:aws:ssm:eu-west-1:1:parameter/a")), Source::Parameter).is_ok());
        assert!(read(quote!(("app", by_path)), Source::Parameter).err().unwrap().contains("begins with `/`"));
        assert!(read(quote!(("{stage}", by_path)), Source::Parameter).is_ok());
    }
}
