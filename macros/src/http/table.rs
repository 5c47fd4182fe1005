//! Which route takes a request, and what is known about all of them.

use proc_macro2::{Ident, Span, TokenStream};
use quote::format_ident;
use syn::Path;
use syn::ext::IdentExt;

use crate::expand::hygienic;
use crate::http::contents::Contents;
use crate::http::input::path_name;
use crate::http::mount::mounted_type;
use crate::http::pattern::{Pattern, Segment};
use crate::http::plan::Planned;
use crate::source::options::Settings;

impl Contents {
    /// The routes as data.
    pub(crate) fn group(&self, http: &TokenStream, routes: &[Planned<'_>], is_function: bool) -> TokenStream {
        let mut shown = Vec::new();
        for Planned { route, described, .. } in routes {
            let name = route.ident.unraw().to_string();
            for number in route.numbers() {
                let (verbs, pattern) = match number {
                    Some(path) => {
                        let pattern = path.pattern.text.clone();
                        let variant = format_ident!("{}", path.method.variant());
                        match path.method.is_any() {
                            true => (hygienic!(#http::Verbs::ANY), pattern),
                            false => (hygienic!(#http::Verbs::of(&[#http::Verb::#variant])), pattern),
                        }
                    }
                    None if is_function => (hygienic!(#http::Verbs::ANY), "/{*path}".to_owned()),
                    None => (hygienic!(#http::Verbs::NONE), String::new()),
                };
                shown.push(hygienic!(#http::Route::new(#name, #verbs, #pattern)#described));
            }
        }
        let mounts = self.mounts.iter().enumerate().map(|(index, mount)| {
            let (prefix, module) = (prefix_text(&mount.prefix), mounted_type(index));
            hygienic!(#http::Mount { prefix: #prefix, group: #module::GROUP })
        });
        let services = self.services().map(|service| {
            let (prefix, name) = (prefix_text(&service.prefix), service.ident.unraw().to_string());
            let route = hygienic!(#http::Route::new(#name, #http::Verbs::ANY, "/{*path}"));
            hygienic!(#http::Mount {
                prefix: #prefix, group: &#http::Group { module: ::core::module_path!(), routes: &[#route], mounts: &[] },
            })
        });
        hygienic! {
            #http::Group { module: ::core::module_path!(), routes: &[#(#shown),*], mounts: &[#(#mounts,)* #(#services,)*] }
        }
    }

    pub(crate) fn settings(&self, krate: &Path, settings: &Settings) -> TokenStream {
        let http = hygienic!(#krate::__private::http);
        let cors = match &settings.cors {
            Some(_) => hygienic!(::core::option::Option::Some(__CORS)),
            None => hygienic!(::core::option::Option::None),
        };
        let slash = match settings.text("trailing_slash").map(|at| at.value) {
            Some("strict") => hygienic!(Strict),
            Some("redirect") => hygienic!(Redirected),
            _ => hygienic!(Ignored),
        };
        let mut number = 0;
        let mut fallback = hygienic!(::core::option::Option::None);
        for route in self.own() {
            if route.is_fallback {
                fallback = hygienic!(::core::option::Option::Some(#number));
            }
            number += route.numbers().count();
        }
        hygienic! {
            #http::Settings { group: &__GROUP, cors: #cors, slash: #http::Slash::#slash, fallback: #fallback }
        }
    }

    /// Which route takes a request: the most specific pattern comes first.
    pub(crate) fn find(&self, http: &TokenStream, routes: &[Planned<'_>], behind: &[(&Pattern, Ident)]) -> TokenStream {
        /// The method itself, GET for HEAD, or any.
        const EXPLICIT: u64 = 2;
        const IMPLIED: u64 = 1;
        let mut arms: Vec<(u64, TokenStream)> = Vec::new();
        let mut number: usize = 0;
        for Planned { route, .. } in routes {
            for path in route.numbers() {
                if let Some(path) = path {
                    let (pattern, guard) = matched(http, &path.pattern);
                    let rank = path.pattern.rank();
                    let mut arm = |verb: TokenStream, class: u64| {
                        let rank = rank | class;
                        let hit = hygienic!(#http::Hit::new(#number, #rank));
                        arms.push((rank, hygienic!((#verb, #pattern) #guard => ::core::option::Option::Some(#hit),)));
                    };
                    let variant = format_ident!("{}", path.method.variant());
                    match path.method.name() {
                        "any" => arm(hygienic!(_), 0),
                        "get" => {
                            arm(hygienic!(#http::Verb::Get), EXPLICIT);
                            arm(hygienic!(#http::Verb::Head), IMPLIED);
                        }
                        _ => arm(hygienic!(#http::Verb::#variant), EXPLICIT),
                    }
                }
                number += 1;
            }
        }
        arms.sort_by_key(|(rank, _)| std::cmp::Reverse(*rank));
        let arms = arms.iter().map(|(_, arm)| arm);
        let mounts = self.mounted(behind, number, |field, before, segments| {
            hygienic! {
                #http::Hit::or(found, self.#field.find(verb, rest).map(|hit| hit.mounted(#before, #segments)))
            }
        });
        let mounts = mounts.into_iter().map(|(pattern, found)| {
            hygienic! {
                let found = match path {
                    #pattern => #found,
                    _ => found,
                };
            }
        });
        hygienic! {
            fn find(&self, verb: #http::Verb, path: &[&str]) -> ::core::option::Option<#http::Hit> {
                #[allow(clippy::match_single_binding, reason = "there may be mounted routes only")]
                let found = match (verb, path) {
                    #(#arms)*
                    _ => ::core::option::Option::None,
                };
                #(#mounts)*
                found
            }
        }
    }

    /// Code for each mounted module, with the pattern of its prefix: of its field, the number of routes before it, and the
    /// number of the prefix's segments.
    fn mounted(
        &self,
        behind: &[(&Pattern, Ident)],
        own: usize,
        code: impl Fn(&Ident, &TokenStream, &TokenStream) -> TokenStream,
    ) -> Vec<(TokenStream, TokenStream)> {
        let mut before = hygienic!(#own);
        let mut all = Vec::new();
        for (index, (prefix, field)) in behind.iter().enumerate() {
            let literals = prefix.segments.iter().map(|segment| match segment {
                Segment::Literal(text) => text.as_str(),
                // A prefix has none.
                Segment::Parameter(_) | Segment::Rest(_) => "",
            });
            let count = u32::try_from(prefix.segments.len()).unwrap_or(0);
            let segments = hygienic!(#count);
            all.push((hygienic!([#(#literals,)* rest @ ..]), code(field, &before, &segments)));
            let routes = match self.mounts.get(index) {
                Some(_) => {
                    let module = mounted_type(index);
                    hygienic!(#module::GROUP.count())
                }
                // A service is one route.
                None => hygienic!(1),
            };
            before = hygienic!(#before + #routes);
        }
        all
    }

    /// The methods that a path takes.
    pub(crate) fn allowed(
        &self,
        http: &TokenStream,
        routes: &[Planned<'_>],
        behind: &[(&Pattern, Ident)],
    ) -> TokenStream {
        let mut shapes: Vec<(&Pattern, Vec<&'static str>)> = Vec::new();
        for path in routes.iter().flat_map(|planned| &planned.route.paths) {
            let mut verbs = vec![path.method.variant()];
            if path.method.name() == "get" {
                verbs.push("Head");
            }
            match shapes.iter_mut().find(|(pattern, _)| pattern.is_like(&path.pattern)) {
                Some((_, all)) => all.extend(verbs),
                None => shapes.push((&path.pattern, verbs)),
            }
        }
        let own = shapes.into_iter().map(|(pattern, verbs)| {
            let (pattern, guard) = matched(http, pattern);
            let verbs = match verbs.contains(&"Any") {
                true => hygienic!(#http::Verbs::ANY),
                false => {
                    let verbs = verbs.iter().map(|verb| format_ident!("{verb}"));
                    hygienic!(#http::Verbs::of(&[#(#http::Verb::#verbs),*]))
                }
            };
            hygienic! {
                if ::core::matches!(path, #pattern #guard) {
                    verbs = verbs | #verbs;
                }
            }
        });
        let mounts = self.mounted(behind, 0, |field, _, _| hygienic!(self.#field.allowed(rest)));
        let mounts = mounts.into_iter().map(|(pattern, allowed)| {
            hygienic! {
                if let #pattern = path {
                    verbs = verbs | #allowed;
                }
            }
        });
        hygienic! {
            #[allow(unused_mut, unused_variables, clippy::redundant_guards, reason = "there may be no path to look at")]
            fn allowed(&self, path: &[&str]) -> #http::Verbs {
                let mut verbs = #http::Verbs::NONE;
                #(#own)*
                #(#mounts)*
                verbs
            }
        }
    }

    pub(crate) fn run(&self, http: &TokenStream, routes: &[Planned<'_>], behind: &[(&Pattern, Ident)]) -> TokenStream {
        let mut number: usize = 0;
        let mut arms = Vec::new();
        for Planned { route, name, .. } in routes {
            let names: Vec<&str> = route.inputs.iter().filter_map(path_name).collect();
            for path in route.numbers() {
                let places = names.iter().map(|name| match path {
                    Some(path) => segment(http, &path.pattern, name),
                    None => hygienic!(#http::Segment::From(0)),
                });
                arms.push(hygienic!(#number => return self.#name(target, [#(#places),*], call).await,));
                number += 1;
            }
        }
        let mounts = self.mounted(behind, number, |field, before, segments| {
            hygienic! {
                // Mounted routes know their own numbers.
                if route < #before + self.#field.count() {
                    return self.#field.run(route - (#before), target.within(#segments as usize), call).await;
                }
            }
        });
        let mounts = mounts.into_iter().map(|(_, run)| run);
        hygienic! {
            #[allow(clippy::match_single_binding, clippy::unnecessary_cast, reason = "there may be mounted routes only")]
            fn run<'a>(
                &'a self,
                route: usize,
                target: #http::Target<'a>,
                call: &'a #http::Call<'a>,
            ) -> impl ::core::future::Future<
                Output = ::core::result::Result<#http::Reply, #http::Failure>,
            > + ::core::marker::Send + 'a {
                async move {
                    match route {
                        #(#arms)*
                        _ => {}
                    }
                    #(#mounts)*
                    #http::nowhere()
                }
            }
        }
    }
}

/// A pattern that the segments match, and what else they have to be.
fn matched(http: &TokenStream, pattern: &Pattern) -> (TokenStream, Option<TokenStream>) {
    let (mut parts, mut conditions) = (Vec::new(), Vec::new());
    for (index, segment) in pattern.segments.iter().enumerate() {
        let name = Ident::new(&format!("segment_{index}"), Span::mixed_site());
        match segment {
            Segment::Literal(text) => parts.push(hygienic!(#text)),
            Segment::Parameter(_) => {
                conditions.push(hygienic!(!#name.is_empty()));
                parts.push(hygienic!(#name));
            }
            Segment::Rest(_) => {
                conditions.push(hygienic!(#http::is_something(#name)));
                parts.push(hygienic!(#name @ ..));
            }
        }
    }
    let guard = (!conditions.is_empty()).then(|| hygienic!(if #(#conditions)&&*));
    (hygienic!([#(#parts),*]), guard)
}

/// Where a pattern has the parameter of this name.
fn segment(http: &TokenStream, pattern: &Pattern, name: &str) -> TokenStream {
    let found = pattern.segments.iter().enumerate().find(|(_, segment)| segment.name() == Some(name));
    match found {
        Some((index, Segment::Rest(_))) => hygienic!(#http::Segment::From(#index)),
        Some((index, _)) => hygienic!(#http::Segment::At(#index)),
        // Refused before.
        None => hygienic!(#http::Segment::From(0)),
    }
}

/// A mount's prefix, as what stands before other patterns.
fn prefix_text(pattern: &Pattern) -> &str {
    if pattern.segments.is_empty() { "" } else { &pattern.text }
}
