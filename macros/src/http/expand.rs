//! Routes to code: what finds the route of a request, and a straight line from the request to its response.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{AttrStyle, Path, UseTree, Visibility};

use crate::args::handler::{Handler, krate};
use crate::args::idempotent::Idempotent;
use crate::args::value::At;
use crate::args::{self, Options};
use crate::companion;
use crate::diag::{Code, Errors};
use crate::expand::handler::{broken, spec};
use crate::expand::{Borrowed, assemble, dependency, found, head, hygienic, local, method, moved, place};
use crate::http::check;
use crate::http::items::{Item, Module};
use crate::http::pattern::{Pattern, Segment};
use crate::http::plan::{Planned, Setting};
use crate::http::route::{Role, Route, Service, mount_prefix, path_name, unmark};
use crate::signature::{Function, Parameter, halves};
use crate::source::options::Settings;

/// `#[handler(http)]` on a module.
pub(crate) fn module(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let Some(mut module) = parsed(&item, &mut errors) else {
        let errors = errors.into_tokens();
        return quote!(#item #errors);
    };
    // What an attribute can say about a function it can say about the module.
    let mut stand_in = stand_in(&mut module);
    let handler = Handler::read(args.clone(), &mut stand_in, &mut errors);
    module.attrs = stand_in.attrs;
    if let Some(handler) = handler.as_ref().filter(|handler| handler.source.name != "http") {
        let message =
            format!("`#[handler({})]` goes on an `async fn`: a module has the routes of `http`", handler.source.name);
        errors.at(&module.ident, Code::NotAFunction, message);
    }
    let krate = krate(args.clone());
    let settings = handler.as_ref().map(|handler| &handler.settings);
    let prefix = settings.and_then(|settings| settings.prefix.as_ref());
    let is_slash_strict =
        settings.and_then(|settings| settings.text("trailing_slash")).is_some_and(|at| at.value == "strict");
    if let Some(hook) = handler.as_ref().and_then(|handler| handler.deadline.as_ref()?.on_exceeded.as_ref()) {
        let message =
            "the responses of routes differ: put `#[deadline(…, on_exceeded = …)]` above the route that it is for";
        errors.at(&hook.path, Code::MisplacedOption, message);
    }
    let contents = Contents::read(&mut module, prefix, is_slash_strict, &mut errors);
    let glue = match &handler {
        Some(handler) if errors.is_empty() => contents.handler(handler, &module.ident, &mut errors),
        _ => TokenStream::new(),
    };
    let is_right = errors.is_empty();
    let glue = if is_right { glue } else { broken_module(&krate) };
    emit(module, glue, errors)
}

/// `#[handler(http)]` on a function: it takes all requests, or makes a service that does.
pub(crate) fn function(args: TokenStream, mut function: Function) -> TokenStream {
    let mut errors = Errors::default();
    let handler = Handler::read(args.clone(), &mut function, &mut errors);
    if let Some((path, _)) = companion::take(&mut function, "handler", &mut errors) {
        let message = "a function has one `#[handler]`: write a second function for another event source";
        errors.at(&path, Code::RepeatedAttribute, message);
    }
    function.check_shadowed("#[handler]", &mut errors);
    let role = Role::of_handler(&mut function, &mut errors);
    let glue = match handler {
        Some(handler) if errors.is_empty() => {
            let contents = Contents { roles: vec![role], mounts: Vec::new() };
            let ident = &function.sig.ident;
            let private = {
                let krate = &handler.krate;
                hygienic!(#krate::__private)
            };
            let found = found(ident);
            let glue = contents.function(&handler, ident, &mut errors);
            hygienic! {
                #found

                impl #private::NotInit for #ident {}

                #glue
            }
        }
        _ => TokenStream::new(),
    };
    let glue = if errors.is_empty() { glue } else { broken(args, &function) };
    unmark(&mut function);
    assemble(&function, glue, errors)
}

/// `#[routes("/prefix")]` on a module.
pub(crate) fn routes(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let Some(mut module) = parsed(&item, &mut errors) else {
        let errors = errors.into_tokens();
        return quote!(#item #errors);
    };
    let (texts, rest) = args::leading_texts(args);
    let mut rest = args::parse(rest, &mut errors);
    let krate = companion::krate(&mut rest, &mut errors);
    let mut options = Options::new(rest, &mut errors);
    let is_slash_strict =
        options.take("trailing_slash").and_then(|arg| arg.word_of(&["ignore", "strict"], &mut errors)) == Some(1);
    let elsewhere = |name: &str| {
        let of_module = crate::args::handler::is_option(name);
        of_module.then(|| format!("`{name}` is an option of the handler that mounts these routes"))
    };
    options.finish(&["trailing_slash", "crate"], elsewhere, &mut errors);
    let mut texts = texts.into_iter();
    let prefix = texts.next().and_then(|At { value, span }| {
        let pattern = Pattern::read(value, span, &mut errors)?;
        crate::http::route::without_last_slash(pattern, &mut errors)
    });
    if let Some(At { span, .. }) = texts.next() {
        errors.at_span(span, Code::WrongValue, "`#[routes]` takes one prefix");
    }
    let contents = Contents::read(&mut module, prefix.as_ref(), is_slash_strict, &mut errors);
    if let Some(fallback) = contents.fallback() {
        let message = "a fallback is for all that no route takes, so it stands in the module with `#[handler(http)]`";
        errors.at(&fallback.ident, Code::MisplacedOption, message);
    }
    let glue = match errors.is_empty() {
        true => contents.routes(&krate, &module.ident, &mut errors),
        false => TokenStream::new(),
    };
    let glue = if errors.is_empty() { glue } else { broken_routes(&krate) };
    emit(module, glue, errors)
}

fn parsed(item: &TokenStream, errors: &mut Errors) -> Option<Module> {
    match syn::parse2::<Module>(item.clone()) {
        Ok(module) if module.items.is_none() => {
            let message = "the attribute has to see what is in the module: write it here, `mod …  { … }`, or put `#[routes] pub \
                           mod routes { … }` into the file and mount that: `#[mount(\"/\")] pub use file::routes as file;`";
            errors.at(&module.ident, Code::ModuleShape, message);
            None
        }
        Ok(module) => Some(module),
        Err(_) => {
            let message = "this goes on a module with routes: `mod api { … }`";
            errors.at(&head(item), Code::ModuleShape, message);
            None
        }
    }
}

/// The module as a function, for those who read attributes off one.
fn stand_in(module: &mut Module) -> Function {
    let ident = &module.ident;
    Function {
        attrs: std::mem::take(&mut module.attrs),
        vis: Visibility::Inherited,
        sig: syn::parse_quote!(async fn #ident()),
        body: TokenStream::new(),
    }
}

/// The module with what is added to it, and the errors.
fn emit(module: Module, glue: TokenStream, errors: Errors) -> TokenStream {
    let Module { attrs, vis, mod_token, ident, items } = module;
    let (outer, inner): (Vec<_>, Vec<_>) = attrs.into_iter().partition(|attr| matches!(attr.style, AttrStyle::Outer));
    let items = items.into_iter().flatten();
    let errors = errors.into_tokens();
    quote! {
        #(#outer)*
        #vis #mod_token #ident {
            #(#inner)*
            #(#items)*
            #glue
        }
        #errors
    }
}

/// Stands in for a module whose attributes are wrong, so that `main!` does not complain on top.
fn broken_module(krate: &Path) -> TokenStream {
    hygienic! {
        #[doc(hidden)]
        #[allow(dead_code, reason = "`main!` may not name it")]
        pub const __LAMBKIN: #krate::__private::Broken = #krate::__private::Broken;
    }
}

fn broken_routes(krate: &Path) -> TokenStream {
    hygienic! {
        #[doc(hidden)]
        #[allow(unused_imports, reason = "nobody may mount it")]
        pub use #krate::__private::http::BrokenRoutes as __Routes;
    }
}

/// What a module has to answer requests with.
struct Contents {
    roles: Vec<Role>,
    mounts: Vec<Mounted>,
}

/// Routes of another module.
struct Mounted {
    prefix: Pattern,
    /// The name under which this module has it.
    module: Ident,
    /// The path, for its place.
    at: TokenStream,
}

impl Contents {
    /// Reads the items, and takes the routing attributes off them.
    fn read(module: &mut Module, prefix: Option<&Pattern>, is_slash_strict: bool, errors: &mut Errors) -> Self {
        let mut contents = Self { roles: Vec::new(), mounts: Vec::new() };
        for item in module.items.iter_mut().flatten() {
            match item {
                Item::Function(function) => {
                    contents.roles.extend(Role::read(function, prefix, errors));
                    unmark(function);
                }
                Item::Use(item) => contents.mounts.extend(mounted(item, prefix, errors)),
                Item::Other(_) => {}
            }
        }
        check::check(&contents.roles, is_slash_strict, errors);
        if errors.is_empty() && contents.roles.is_empty() && contents.mounts.is_empty() {
            let message = "there are no routes in this module: write `#[get(\"/\")]` above a function";
            errors.at(&module.ident, Code::ModuleShape, message);
        }
        contents
    }

    fn own(&self) -> impl Iterator<Item = &Route> {
        self.roles.iter().filter_map(|role| match role {
            Role::Route(route) => Some(&**route),
            Role::Service(_) => None,
        })
    }

    fn services(&self) -> impl Iterator<Item = &Service> {
        self.roles.iter().filter_map(|role| match role {
            Role::Service(service) => Some(&**service),
            Role::Route(_) => None,
        })
    }

    fn fallback(&self) -> Option<&Route> {
        self.own().find(|route| route.is_fallback)
    }

    /// The code of a module with `#[handler(http)]`.
    fn handler(&self, handler: &Handler, module: &Ident, errors: &mut Errors) -> TokenStream {
        let krate = &handler.krate;
        let private = hygienic!(#krate::__private);
        let name = hygienic!(__Handler);
        let glue = self.glue(krate, &handler.name, Some(handler), &name, module, errors);
        hygienic! {
            #[doc(hidden)]
            #[allow(dead_code, unreachable_pub, reason = "`main!` may not name it")]
            pub const __LAMBKIN: #name = #name {};

            #[doc(hidden)]
            #[allow(dead_code, unreachable_pub, reason = "`main!` may not name it")]
            pub struct #name {}

            const _: () = {
                impl #private::NotInit for #name {}

                #glue
            };
        }
    }

    /// The code of a function with `#[handler(http)]`.
    fn function(&self, handler: &Handler, ident: &Ident, errors: &mut Errors) -> TokenStream {
        self.glue(&handler.krate, &handler.name, Some(handler), &ident.to_token_stream(), ident, errors)
    }

    /// The code of a module with `#[routes]`.
    fn routes(&self, krate: &Path, module: &Ident, errors: &mut Errors) -> TokenStream {
        let name = hygienic!(__Routes);
        let glue = self.glue(krate, &module.unraw().to_string(), None, &name, module, errors);
        hygienic! {
            #[doc(hidden)]
            #[allow(dead_code, unreachable_pub, reason = "nobody may mount it")]
            pub struct #name {}

            const _: () = {
                #glue
            };
        }
    }

    fn glue(
        &self,
        krate: &Path,
        name: &str,
        handler: Option<&Handler>,
        ident: &TokenStream,
        module: &Ident,
        errors: &mut Errors,
    ) -> TokenStream {
        let private = hygienic!(#krate::__private);
        let http = hygienic!(#krate::__private::http);
        let of_module = handler.and_then(|handler| handler.idempotent.as_ref());
        let is_function = self.fallback().is_some_and(|route| route.ident == *module);
        let routes: Vec<Planned<'_>> = self.plan(krate, name, handler, of_module, is_function, errors);
        let asked: Vec<&Parameter> = routes.iter().flat_map(|route| route.borrowed.iter()).collect();
        let of_services: Vec<&Parameter> = self.services().flat_map(|service| &service.inputs).collect();
        let borrowed = Borrowed::new(krate, asked.into_iter().chain(of_services));
        let (fields, references) = (borrowed.names(), borrowed.references());
        let (bounds, needs, resolve) = (borrowed.bounds(), borrowed.needs(), borrowed.resolve());

        let items = routes.iter().map(|route| &route.items);
        let more_fields = routes.iter().flat_map(|route| &route.fields);
        let more_values: Vec<&TokenStream> = routes.iter().flat_map(|route| &route.values).collect();
        let methods = routes.iter().map(|route| &route.method);

        // Those of other modules, then services, in this order everywhere.
        let modules: Vec<&Ident> = self.mounts.iter().map(|mount| &mount.module).collect();
        let mount_fields: Vec<Ident> = (0..self.mounts.len()).map(|index| format_ident!("mount_{index}")).collect();
        let service_fields: Vec<Ident> =
            (0..self.services().count()).map(|index| format_ident!("service_{index}")).collect();
        let behind: Vec<(&Pattern, Ident)> = self
            .mounts
            .iter()
            .map(|mount| &mount.prefix)
            .chain(self.services().map(|service| &service.prefix))
            .zip(mount_fields.iter().chain(&service_fields).cloned())
            .collect();
        let mut first = routes.iter().map(|route| route.borrowed.len()).sum::<usize>();
        let services = self.services().zip(&service_fields).map(|(service, field)| {
            let arguments: Vec<Ident> = (first..first + service.inputs.len()).map(dependency).collect();
            first += service.inputs.len();
            made(service, &arguments, field, krate)
        });
        let services: Vec<TokenStream> = services.collect();
        let mounted_bounds = self.mounts.iter().map(|mount| {
            let (module, there) = (&mount.module, moved(&http, &mount.at));
            quote_spanned!(place(&mount.at)=> #module::__Routes: #there::Mountable<__App>)
        });

        let group = self.group(&http, &routes, is_function);
        let find = self.find(&http, &routes, &behind);
        let allowed = self.allowed(&http, &routes, &behind);
        let run = self.run(&http, &routes, &behind);
        let check = self.mounts.first().map(|mount| {
            let there = moved(&http, &mount.at);
            quote_spanned! {place(&mount.at)=>
                #[allow(long_running_const_eval, reason = "each route is held against each other")]
                const _: () = #there::check(&__GROUP);
            }
        });
        let mounted_needs: Vec<TokenStream> = modules
            .iter()
            .map(|module| hygienic!(&#private::Needs { name: "", deps: <#module::__Routes as #http::Mountable<__App>>::NEEDS }))
            .collect();
        let needs = hygienic! {
            &[&#private::Needs { name: "", deps: #needs } #(, #mounted_needs)*]
        };
        let bind = hygienic! {
            #resolve
            #(let #mount_fields = <#modules::__Routes as #http::Mountable<__App>>::resolve(app).await?;)*
            #(#services)*
            let bound = __Bound {
                #(#fields,)*
                #(#mount_fields,)*
                #(#service_fields,)*
                #(#more_values,)*
            };
        };
        let implemented = match handler {
            Some(handler) => {
                let spec = spec(handler);
                let settings = self.settings(krate, &handler.settings);
                hygienic! {
                    const __SETTINGS: #http::Settings = #settings;

                    #[automatically_derived]
                    impl<__App> #private::Handler<__App> for #ident
                    where
                        #bounds,
                        #(#mounted_bounds,)*
                    {
                        const SPEC: &'static #private::FunctionSpec = &#spec.routes(&__GROUP);
                        const NEEDS: &'static [&'static #private::Needs] = #needs;

                        fn resolve(app: &'static __App) -> #private::Resolving<&'static dyn #private::Ready> {
                            ::std::boxed::Box::pin(async move {
                                #bind
                                let spec = <#ident as #private::Handler<__App>>::SPEC;
                                ::core::result::Result::Ok(#http::ready(spec, &__SETTINGS, bound))
                            })
                        }
                    }
                }
            }
            None => hygienic! {
                impl #ident {
                    #[doc(hidden)]
                    #[allow(dead_code, reason = "nobody may mount it")]
                    pub const GROUP: &'static #http::Group = &__GROUP;
                }

                #[automatically_derived]
                impl<__App> #http::Mountable<__App> for #ident
                where
                    #bounds,
                    #(#mounted_bounds,)*
                {
                    const NEEDS: &'static [&'static #private::Needs] = #needs;

                    fn resolve(app: &'static __App) -> #private::Resolving<&'static dyn #http::AnyRoutes> {
                        ::std::boxed::Box::pin(async move {
                            #bind
                            ::core::result::Result::Ok(#http::bound(bound))
                        })
                    }
                }
            },
        };
        hygienic! {
            #(#items)*

            const __GROUP: #http::Group = #group;

            #check

            struct __Bound {
                #(#fields: #references,)*
                #(#mount_fields: &'static dyn #http::AnyRoutes,)*
                #(#service_fields: &'static dyn #http::AnyRoutes,)*
                #(#more_fields,)*
            }

            #implemented

            #[automatically_derived]
            impl #http::Routes for __Bound {
                const COUNT: usize = __GROUP.count();

                #find
                #allowed
                #run
            }

            #[automatically_derived]
            impl __Bound {
                #(#methods)*
            }
        }
    }

    /// The code of each route, and what it asks of the app.
    fn plan<'c>(
        &'c self,
        krate: &Path,
        name: &str,
        handler: Option<&'c Handler>,
        of_module: Option<&'c Idempotent>,
        is_function: bool,
        errors: &mut Errors,
    ) -> Vec<Planned<'c>> {
        let mut first = 0;
        let mut planned = Vec::new();
        for (index, route) in self.own().enumerate() {
            let full_name = match is_function {
                true => name.to_owned(),
                false => format!("{name}.{}", route.ident.unraw()),
            };
            let changes = route.paths.iter().any(|path| matches!(path.method.name(), "post" | "patch"));
            let idempotent = match (&route.idempotent, of_module) {
                (Some(own), _) => Some(own),
                // What the draft is about: other methods are idempotent by themselves.
                (None, of_module) => of_module.filter(|_| changes || is_function),
            };
            let of_handler = handler.filter(|_| is_function).and_then(|handler| handler.deadline.as_ref());
            let full_name = &full_name;
            let setting = Setting { krate, index, first, full_name, idempotent, of_handler };
            let planned_route = Planned::new(route, &setting, errors);
            first += planned_route.borrowed.len();
            planned.push(planned_route);
        }
        planned
    }

    /// The routes as data.
    fn group(&self, http: &TokenStream, routes: &[Planned<'_>], is_function: bool) -> TokenStream {
        let mut shown = Vec::new();
        for Planned { route, cors, .. } in routes {
            let name = route.ident.unraw().to_string();
            let cors = cors.as_ref().map_or_else(
                || hygienic!(::core::option::Option::None),
                |cors| hygienic!(::core::option::Option::Some(&#cors)),
            );
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
                shown.push(hygienic!(#http::Route { name: #name, verbs: #verbs, pattern: #pattern, cors: #cors }));
            }
        }
        let mounts = self.mounts.iter().map(|mount| {
            let (prefix, module) = (prefix_text(&mount.prefix), &mount.module);
            hygienic!(#http::Mount { prefix: #prefix, group: #module::__Routes::GROUP })
        });
        let services = self.services().map(|service| {
            let (prefix, name) = (prefix_text(&service.prefix), service.ident.unraw().to_string());
            let route = hygienic!(#http::Route {
                name: #name, verbs: #http::Verbs::ANY, pattern: "/{*path}", cors: ::core::option::Option::None,
            });
            hygienic!(#http::Mount {
                prefix: #prefix, group: &#http::Group { module: ::core::module_path!(), routes: &[#route], mounts: &[] },
            })
        });
        hygienic! {
            #http::Group { module: ::core::module_path!(), routes: &[#(#shown),*], mounts: &[#(#mounts,)* #(#services,)*] }
        }
    }

    fn settings(&self, krate: &Path, settings: &Settings) -> TokenStream {
        let http = hygienic!(#krate::__private::http);
        let cors = match &settings.cors {
            Some(cors) => {
                let cors = cors.tokens(krate);
                hygienic!(::core::option::Option::Some(&#cors))
            }
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
    fn find(&self, http: &TokenStream, routes: &[Planned<'_>], behind: &[(&Pattern, Ident)]) -> TokenStream {
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
                Some(mount) => {
                    let module = &mount.module;
                    hygienic!(#module::__Routes::GROUP.count())
                }
                // A service is one route.
                None => hygienic!(1),
            };
            before = hygienic!(#before + #routes);
        }
        all
    }

    /// The methods that a path takes.
    fn allowed(&self, http: &TokenStream, routes: &[Planned<'_>], behind: &[(&Pattern, Ident)]) -> TokenStream {
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

    fn run(&self, http: &TokenStream, routes: &[Planned<'_>], behind: &[(&Pattern, Ident)]) -> TokenStream {
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

/// A `use` with `#[mount("/prefix")]`, and takes that off it.
fn mounted(item: &mut syn::ItemUse, prefix: Option<&Pattern>, errors: &mut Errors) -> Option<Mounted> {
    let is_mount = |attr: &syn::Attribute| attr.path().segments.last().is_some_and(|last| last.ident == "mount");
    let index = item.attrs.iter().position(is_mount)?;
    let attribute = item.attrs.remove(index);
    if let Some(second) = item.attrs.iter().find(|attr| is_mount(attr)) {
        let message = "routes are mounted once by each `use`: write a second one for another prefix";
        errors.at(second, Code::RepeatedAttribute, message);
    }
    item.attrs.retain(|attr| !is_mount(attr));
    let pattern = mount_prefix(&attribute, errors)?.behind(prefix);
    if let Some(prefix) = prefix
        && let Some(name) = prefix.names().next()
    {
        let what = "mounted routes can't take a parameter of this module's prefix: say the prefix where they stand";
        errors.at_span(prefix.span, Code::BadPattern, prefix.about(name, what));
        return None;
    }
    let mut tree = &item.tree;
    let module = loop {
        match tree {
            UseTree::Path(path) => tree = &path.tree,
            UseTree::Name(name) => break name.ident.clone(),
            UseTree::Rename(rename) => break rename.rename.clone(),
            UseTree::Glob(_) | UseTree::Group(_) => {
                let message = "`#[mount]` goes on the `use` of one module: `pub use crate::users::routes as users;`";
                errors.at(&item.tree, Code::MountShape, message);
                return None;
            }
        }
    };
    Some(Mounted { prefix: pattern, module, at: item.tree.to_token_stream() })
}

/// The service that a function makes.
fn made(service: &Service, arguments: &[Ident], field: &Ident, krate: &Path) -> TokenStream {
    let private = hygienic!(#krate::__private);
    let Service { ident, output, .. } = service;
    let name = ident.to_string();
    let (value, error) = halves(output);
    let (value, error) = (value.unwrap_or(output), error.unwrap_or(output));
    let (returned, settle) = (local("returned", error), method("settle", error));
    let (mounted, service) = (local("mounted", value), method("service", value));
    let called = quote_spanned!(ident.span()=> #ident(#(#arguments),*));
    hygienic! {
        let #field = {
            #[allow(unused_imports, reason = "which one a type needs is known to the compiler only")]
            use #private::{SettleClassified as _, SettleNothing as _, SettleResult as _, SettleValue as _};
            let #returned = #private::catch_init(#name, #called).await?;
            let settled = (&&&#private::Returned::of(&#returned)).#settle(#returned);
            let #mounted = #private::http::Made(#private::made(#name, settled)?);
            #mounted.#service(#name)
        };
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
