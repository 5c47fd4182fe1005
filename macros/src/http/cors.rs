//! `cors = "…"`, `cors = […]`, `cors(…)`: what a browser on another origin may do.

use proc_macro2::TokenStream;
use syn::Path;

use crate::args::value::{At, is_http_token};
use crate::args::{self, Arg, Options, Value};
use crate::diag::{Code, Errors};
use crate::expand::hygienic;

/// What the option says, checked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cors {
    /// None means all.
    pub(crate) origins: Option<Vec<String>>,
    methods: Option<Vec<String>>,
    headers: Option<Vec<String>>,
    expose: Vec<String>,
    credentials: bool,
    max_age: Option<u32>,
}

impl Cors {
    /// Reads the option.
    pub(crate) fn read(arg: &Arg, errors: &mut Errors) -> Option<Self> {
        let before = errors.count();
        let cors = match &arg.value {
            Value::Group(group) => Self::options(arg, group.stream(), errors),
            _ => {
                let origins = arg.each_text(errors)?.value;
                Self { origins: read_origins(&origins, errors), ..Self::default() }
            }
        };
        (errors.count() == before).then_some(cors)
    }

    fn options(arg: &Arg, tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut options = Options::new(args::parse_after(Some("origins"), true, tokens, errors), errors);
        let origins_arg = options.take("origins");
        let given = origins_arg.as_ref().and_then(|arg| arg.each_text(errors)).map(|at| at.value);
        let origins = given.as_ref().and_then(|origins| read_origins(origins, errors));
        let is_any = given.as_ref().is_some_and(|given| given.iter().any(|origin| origin.value == "*"));
        let mut texts = |name: &str| options.take(name).and_then(|arg| arg.each_text(errors)).map(|at| at.value);
        let (methods, headers, expose) = (texts("methods"), texts("headers"), texts("expose"));
        let credentials_arg = options.take("credentials");
        let credentials = credentials_arg.as_ref().and_then(|arg| arg.boolean(errors)).unwrap_or(false);
        let max_age = options
            .take("max_age")
            .and_then(|arg| arg.seconds_in(0, 86_400, "browsers keep a preflight's answer for up to a day", errors));
        let before = errors.count();
        options.finish(&["origins", "methods", "headers", "expose", "credentials", "max_age"], |_| None, errors);
        // An option that is unknown may be the one that is missing.
        if origins_arg.is_none() && errors.count() == before {
            let message = "`cors` needs to know whom to allow: `cors(origins = \"https://app.example.com\")`";
            errors.at(&arg.name, Code::Requires, message);
        }

        if let (true, true, Some(arg)) = (credentials, is_any, &credentials_arg) {
            // https://fetch.spec.whatwg.org/#cors-protocol-and-credentials
            let message = "credentials don't go with `*`: any page could act as the user, and browsers refuse it; list the \
                           origins";
            errors.at(&arg.name, Code::Cors, message);
        }
        for (name, list) in [("methods", &methods), ("headers", &headers), ("expose", &expose)] {
            for At { value: item, span } in list.iter().flatten() {
                if credentials && item == "*" {
                    let message = format!(
                        "`*` in `{name}` means nothing with credentials: browsers take it for a name; list them"
                    );
                    errors.at_span(*span, Code::Cors, message);
                }
                if !is_http_token(item) {
                    let message = format!("`{item}` in `{name}` is no name: give each a text of its own");
                    errors.at_span(*span, Code::Cors, message);
                } else if name == "methods" && item.chars().any(|c| c.is_ascii_lowercase()) {
                    let message = format!("methods are upper case: `\"{}\"`", item.to_ascii_uppercase());
                    errors.at_span(*span, Code::Cors, message);
                }
            }
        }
        let list = |given: Option<Vec<At<String>>>| given.map(|list| list.into_iter().map(|at| at.value).collect());
        Self {
            origins,
            methods: list(methods),
            headers: list(headers),
            expose: list(expose).unwrap_or_default(),
            credentials,
            max_age: max_age.and_then(|at| u32::try_from(at.value).ok()),
        }
    }

    /// The value as the runtime has it.
    pub(crate) fn tokens(&self, krate: &Path) -> TokenStream {
        let http = hygienic!(#krate::__private::http);
        let (some, none) = (hygienic!(::core::option::Option::Some), hygienic!(::core::option::Option::None));
        let origins = match &self.origins {
            None => hygienic!(#http::Origins::Any),
            Some(origins) => hygienic!(#http::Origins::Of(&[#(#origins),*])),
        };
        let list = |list: &Option<Vec<String>>| match list {
            Some(list) => hygienic!(#some(&[#(#list),*])),
            None => none.clone(),
        };
        let (methods, headers, expose, credentials) =
            (list(&self.methods), list(&self.headers), &self.expose, self.credentials);
        let max_age = self.max_age.map_or_else(|| none.clone(), |seconds| hygienic!(#some(#seconds)));
        hygienic! {
            #http::Cors {
                origins: #origins,
                methods: #methods,
                headers: #headers,
                expose: &[#(#expose),*],
                credentials: #credentials,
                max_age: #max_age,
            }
        }
    }
}

/// The origins; none for all of them.
fn read_origins(given: &[At<String>], errors: &mut Errors) -> Option<Vec<String>> {
    if let Some(At { span, .. }) = given.iter().find(|origin| origin.value == "*") {
        if given.len() > 1 {
            errors.at_span(*span, Code::Cors, "`*` allows all origins: remove it, or the others");
        }
        return None;
    }
    for At { value: origin, span } in given {
        if let Some(what) = mistake(origin) {
            errors.at_span(*span, Code::Cors, format_args!("`{origin}` is no origin: {what}"));
        }
    }
    Some(given.iter().map(|origin| origin.value.clone()).collect())
}

/// What is wrong with an origin, which is a scheme, a host and perhaps a port:
/// <https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Origin>.
fn mistake(origin: &str) -> Option<String> {
    if origin == "null" {
        return Some("any page can send `null`, from a sandboxed frame".to_owned());
    }
    let Some((scheme, host)) = origin.split_once("://") else {
        return Some(format!("it starts with a scheme, as in `https://{origin}`"));
    };
    if scheme.is_empty() || !scheme.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "+-.".contains(c)) {
        return Some("its scheme is in lower case, as in `https://`".to_owned());
    }
    if let Some(rest) = host.find(['/', '?', '#']) {
        let host = host.get(..rest).unwrap_or_default();
        return Some(format!("it ends with the host or the port: `{scheme}://{host}`"));
    }
    if host.is_empty() || host.chars().any(|c| c.is_whitespace() || c.is_ascii_uppercase() || c == '@') {
        return Some("its host is in lower case, without spaces and without a user".to_owned());
    }
    let stars = host.matches('*').count();
    if stars > 0 && (stars > 1 || !host.starts_with("*.") || host.matches('.').count() < 2) {
        return Some("a `*` stands for a subdomain, at the front: `https://*.example.com`".to_owned());
    }
    let default_port = match scheme {
        "https" => ":443",
        "http" => ":80",
        _ => return None,
    };
    host.strip_suffix(default_port).map(|host| format!("browsers leave the default port out: `{scheme}://{host}`"))
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    fn read(tokens: TokenStream) -> Result<Cors, String> {
        let mut errors = Errors::default();
        let args = args::parse(tokens, &mut errors);
        let cors = args.first().and_then(|arg| Cors::read(arg, &mut errors));
        if errors.is_empty() { Ok(cors.unwrap()) } else { Err(errors.messages().join("\n")) }
    }

    #[test]
    fn what_browsers_refuse_does_not_compile() {
        let wrong = |tokens: TokenStream, words: &str| {
            let message = read(tokens).unwrap_err();
            assert!(message.contains(words), "{message}");
        };
        wrong(quote!(cors(origins = "*", credentials = true)), "don't go with `*`");
        wrong(quote!(cors = "app.example.com"), "`https://app.example.com`");
        wrong(quote!(cors = "https://app.example.com/"), "ends with the host");
        wrong(quote!(cors = "https://App.example.com"), "lower case");
        wrong(quote!(cors = "https://app.example.com:443"), "`https://app.example.com`");
        wrong(quote!(cors = ["*", "https://a.b"]), "remove it");
        wrong(quote!(cors = "https://*"), "subdomain");
        wrong(quote!(cors = "null"), "sandboxed");
        wrong(quote!(cors(origins = "https://a.b", methods = "get")), "`\"GET\"`");
        wrong(quote!(cors(origins = "https://a.b", headers = "a, b")), "no name");
        wrong(quote!(cors(origins = "https://a.b", headers = "*", credentials = true)), "means nothing");
        wrong(quote!(cors(max_age = "1h")), "whom to allow");
        wrong(quote!(cors(origins = "https://a.b", max_age = "2days")), "up to a day");
    }

    #[test]
    fn all_forms_are_read() {
        assert_eq!(read(quote!(cors = "*")).unwrap().origins, None);
        assert_eq!(read(quote!(cors = "https://a.b")).unwrap().origins.unwrap(), ["https://a.b"]);
        let cors = read(quote!(cors("https://*.a.b", credentials = true, max_age = "1h", headers = ["x-a"]))).unwrap();
        assert!(cors.credentials && cors.max_age == Some(3600));
    }
}
