//! `#[env]`, `#[secret(…)]` and `#[parameter(…)]` of `#[derive(Config)]`: raw arguments become a checked [`Reading`].

use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;
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
            Source::Secret => &["key", "refresh"],
            Source::Parameter => &["list", "refresh"],
        };
        // What is no option of this source is left for `finish` to report.
        let mut take = |name| if valid.contains(&name) { options.take(name) } else { None };
        let key = take("key");
        let default = take("default");
        let list = take("list");
        let refresh = take("refresh");
        let elsewhere = |name: &str| {
            (name == "crate").then(|| "`crate` stands on the type: `#[config(crate = ::path)]`".to_owned())
        };
        options.finish(valid, elsewhere, errors);

        let key = match key {
            Some(arg) => Some(read_key(&arg, errors)?),
            None => None,
        };
        let why = "how old a value may be";
        let refresh = refresh.and_then(|arg| arg.seconds_in(1, MAX_REFRESH, why, errors));
        let default = default.and_then(|arg| read_default(&arg, errors));
        let list = list.map(|arg| {
            if !matches!(arg.value, Value::Word) {
                errors.at(&arg.name, Code::WrongValue, "`list` takes no value");
            }
            arg.name
        });
        let place = name.as_ref().map_or_else(|| attribute.path().span(), |name| name.span);
        let name = match (source, name) {
            (Source::Env, None) => vec![Piece::Text(variable(field))],
            (Source::Env, Some(name)) => vec![Piece::Text(variable_name(name, errors)?)],
            (_, Some(name)) => stored_name(source, &name, errors)?,
            (_, None) => {
                let example = if source == Source::Secret { "prod/db/password" } else { "/prod/db/host" };
                let message = format!("the name is missing: write it first, as in `#[{word}(\"{example}\")]`");
                errors.at(attribute.path(), Code::ConfigName, message);
                return None;
            }
        };
        Some(Self { source, name, place, key, default, list, refresh })
    }
}

/// The variable of a field without a name of its own: `TABLE_NAME` of `table_name`.
pub(crate) fn variable(field: &Ident) -> String {
    field.to_string().trim_start_matches("r#").to_uppercase()
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

fn stored_name(source: Source, name: &At<String>, errors: &mut Errors) -> Option<Vec<Piece>> {
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
    Some(pieces)
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
            (Source::Secret, quote!(default = "a")),
            (Source::Parameter, quote!(key = "a")),
        ] {
            let message = read(quote!(("a", #option)), source).err().unwrap();
            assert!(message.contains("E006"), "{option}: {message}");
        }
        assert!(read(quote!((default)), Source::Env).err().unwrap().contains("E008"));
    }
}
