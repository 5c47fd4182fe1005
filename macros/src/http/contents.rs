//! What a module answers requests with: its routes, those that it mounts, and services.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote_spanned};
use syn::Path;
use syn::ext::IdentExt;

use crate::args::handler::Handler;
use crate::args::idempotent::Idempotent;
use crate::diag::{Code, Errors};
use crate::expand::handler::spec;
use crate::expand::{Borrowed, dependency, hygienic, local, method, moved, place};
use crate::http::check;
use crate::http::items::{Item, Module};
use crate::http::mount::{Mounted, Service, allow_unused, mounted, mounted_type};
use crate::http::pattern::Pattern;
use crate::http::plan::{Planned, Setting};
use crate::http::route::{Role, Route, unmark};
use crate::signature::{Parameter, halves};

/// What a module has to answer requests with.
pub(crate) struct Contents {
    pub(crate) roles: Vec<Role>,
    pub(crate) mounts: Vec<Mounted>,
}

impl Contents {
    /// Reads the items, and takes the routing attributes off them.
    pub(crate) fn read(
        module: &mut Module,
        prefix: Option<&Pattern>,
        is_slash_strict: bool,
        errors: &mut Errors,
    ) -> Self {
        let mut contents = Self { roles: Vec::new(), mounts: Vec::new() };
        for item in module.items.iter_mut().flatten() {
            match item {
                Item::Function(function) => {
                    contents.roles.extend(Role::read(function, prefix, errors));
                    unmark(function);
                }
                Item::Use(item) => {
                    contents.mounts.extend(mounted(item, prefix, errors));
                    allow_unused(item);
                }
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

    pub(crate) fn own(&self) -> impl Iterator<Item = &Route> {
        self.roles.iter().filter_map(|role| match role {
            Role::Route(route) => Some(&**route),
            Role::Service(_) => None,
        })
    }

    pub(crate) fn services(&self) -> impl Iterator<Item = &Service> {
        self.roles.iter().filter_map(|role| match role {
            Role::Service(service) => Some(&**service),
            Role::Route(_) => None,
        })
    }

    pub(crate) fn fallback(&self) -> Option<&Route> {
        self.own().find(|route| route.is_fallback)
    }

    /// What a module says about idempotency holds for its own routes, so it has no others: they would seem to be safe.
    pub(crate) fn check_idempotent(&self, idempotent: Option<&Idempotent>, errors: &mut Errors) {
        if let (Some(_), Some(mount)) = (idempotent, self.mounts.first()) {
            let message = "`#[idempotent]` above this module does not reach the routes that it mounts: put it above their module \
                           with `#[routes]`, and above the functions of this one";
            errors.at(&mount.at, Code::Conflict, message);
        }
    }

    /// The code of a module with `#[handler(http)]`.
    pub(crate) fn handler(&self, handler: &Handler, module: &Ident, errors: &mut Errors) -> TokenStream {
        let krate = &handler.krate;
        let private = hygienic!(#krate::__private);
        let name = hygienic!(__Handler);
        let glue = self.glue(krate, Some(handler), handler.idempotent.as_ref(), &name, module, errors);
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
    pub(crate) fn function(&self, handler: &Handler, ident: &Ident, errors: &mut Errors) -> TokenStream {
        self.glue(&handler.krate, Some(handler), handler.idempotent.as_ref(), &ident.to_token_stream(), ident, errors)
    }

    /// The code of a module with `#[routes]`.
    pub(crate) fn routes(
        &self,
        krate: &Path,
        idempotent: Option<&Idempotent>,
        module: &Ident,
        errors: &mut Errors,
    ) -> TokenStream {
        let name = hygienic!(__Routes);
        let glue = self.glue(krate, None, idempotent, &name, module, errors);
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
        handler: Option<&Handler>,
        of_module: Option<&Idempotent>,
        ident: &TokenStream,
        module: &Ident,
        errors: &mut Errors,
    ) -> TokenStream {
        let private = hygienic!(#krate::__private);
        let http = hygienic!(#krate::__private::http);
        let is_function = self.fallback().is_some_and(|route| route.ident == *module);
        let routes: Vec<Planned<'_>> = self.plan(krate, handler, of_module, is_function, errors);
        let asked: Vec<&Parameter> = routes.iter().flat_map(|route| route.borrowed.iter()).collect();
        let of_services: Vec<&Parameter> = self.services().flat_map(|service| &service.inputs).collect();
        let borrowed = Borrowed::new(krate, asked.into_iter().chain(of_services));
        let (fields, references) = (borrowed.names(), borrowed.references());
        let (bounds, needs, begun, taken) = (borrowed.bounds(), borrowed.needs(), borrowed.begun(), borrowed.taken());

        let items = routes.iter().map(|route| &route.items);
        let more_fields = routes.iter().flat_map(|route| &route.fields);
        let more_values: Vec<&TokenStream> = routes.iter().flat_map(|route| &route.values).collect();
        let methods = routes.iter().map(|route| &route.method);

        // Those of other modules, then services, in this order everywhere.
        let modules: Vec<Ident> = (0..self.mounts.len()).map(mounted_type).collect();
        let types = self.mounts.iter().zip(&modules).map(|(mount, name)| mount.found(name, &http));
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
        let mounted_bounds = self.mounts.iter().zip(&modules).map(|(mount, module)| {
            let there = moved(&http, &mount.at);
            quote_spanned!(place(&mount.at)=> #module: #there::Mountable<__App>)
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
            .map(|module| hygienic!(&#private::Needs { name: "", deps: <#module as #http::Mountable<__App>>::NEEDS, reads: &[] }))
            .collect();
        let needs = hygienic! {
            &[&#private::Needs { name: "", deps: #needs, reads: &[] } #(, #mounted_needs)*]
        };
        let begin = hygienic! {
            #(all.push(#begun);)*
            #(<#modules as #http::Mountable<__App>>::begin(app, all);)*
        };
        let bind = hygienic! {
            // What other modules borrow is made at the same time.
            #[allow(unused_mut, reason = "there may be nothing to make")]
            let mut all = ::std::vec::Vec::new();
            {
                #[allow(unused_variables, reason = "there may be nothing to make")]
                let all = &mut all;
                #begin
            }
            #private::init_all(all).await?;
            #taken
            #(let #mount_fields = <#modules as #http::Mountable<__App>>::resolve(app).await?;)*
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
                let cors = handler.settings.cors.as_ref().map(|cors| cors.tokens(krate));
                let with_cors = cors.as_ref().map(|_| hygienic!(.cors(__CORS)));
                let cors = cors.map(|cors| hygienic!(const __CORS: &#http::Cors = &#cors;));
                hygienic! {
                    #cors

                    const __SETTINGS: #http::Settings = #settings;

                    #[automatically_derived]
                    impl<__App> #private::Handler<__App> for #ident
                    where
                        #bounds,
                        #(#mounted_bounds,)*
                    {
                        const SPEC: &'static #private::FunctionSpec = &#spec.routes(&__GROUP)#with_cors;
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
                impl #http::IsRoutes for #ident {}

                #[automatically_derived]
                impl<__App> #http::Mountable<__App> for #ident
                where
                    #bounds,
                    #(#mounted_bounds,)*
                {
                    const NEEDS: &'static [&'static #private::Needs] = #needs;

                    #[allow(unused_variables, reason = "there may be nothing to make")]
                    fn begin(app: &'static __App, all: &mut ::std::vec::Vec<#private::Resolving<()>>) {
                        #begin
                    }

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
            #(#types)*

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
        handler: Option<&'c Handler>,
        of_module: Option<&'c Idempotent>,
        is_function: bool,
        errors: &mut Errors,
    ) -> Vec<Planned<'c>> {
        let mut first = 0;
        let mut planned = Vec::new();
        for (index, route) in self.own().enumerate() {
            let name = route.ident.unraw().to_string();
            let full_name = match handler {
                Some(handler) if is_function => handler.name.to_token_stream(),
                Some(handler) => format!("{}.{name}", handler.name).to_token_stream(),
                // Every module of routes may be called `routes`, so only its path tells it from others.
                None => hygienic!(::core::concat!(::core::module_path!(), "::", #name)),
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
