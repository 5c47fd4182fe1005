//! `main!` and `app!`: who is there, and who provides what.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Lit, LitStr, Path, Token, bracketed};

use crate::diag::{Code, Errors, unknown};
use crate::expand::{metrics, moved};

const SECTIONS: &[&str] = &["config", "init", "handlers", "shutdown", "metrics", "crate"];

/// `main! { … }` in a binary: sections, or the path of an app from a library.
pub(crate) fn main(input: TokenStream) -> TokenStream {
    // `main!(orders::App)`: a path and nothing else.
    if let Ok(app) = syn::parse2::<Path>(input.clone()) {
        return quote! {
            fn main() -> ::std::process::ExitCode {
                // The app's own crate knows where lambkin is.
                <#app>::__main()
            }
        };
    }
    let app = app(input, &quote!());
    quote! {
        #app

        fn main() -> ::std::process::ExitCode {
            <App>::__main()
        }
    }
}

/// `app! { … }` in a library: a public `App`.
pub(crate) fn public(input: TokenStream) -> TokenStream {
    app(input, &quote!(pub))
}

fn app(input: TokenStream, vis: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let wiring = match syn::parse2::<Sections>(input) {
        Ok(sections) => Wiring::read(sections, &mut errors),
        Err(error) => {
            errors.push(error);
            Wiring::default()
        }
    };
    let mut tokens = wiring.expand(vis, errors.is_empty());
    tokens.extend(errors.into_tokens());
    tokens
}

/// The sections as they are written.
struct Sections(Vec<(Ident, Entries)>);

pub(super) enum Entries {
    List(Vec<Entry>),
    Path(Path),
    Literal(Lit),
}

/// One entry of a list: a path, or something else to complain about.
pub(super) struct Entry(Result<Path, TokenStream>);

impl Parse for Sections {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut sections = Vec::new();
        while !input.is_empty() {
            let name = input.call(syn::ext::IdentExt::parse_any)?;
            input.parse::<Token![:]>()?;
            let entries = if input.peek(syn::token::Bracket) {
                let inside;
                bracketed!(inside in input);
                Entries::List(Punctuated::<Entry, Token![,]>::parse_terminated(&inside)?.into_iter().collect())
            } else if input.peek(Lit) {
                Entries::Literal(input.parse()?)
            } else {
                Entries::Path(input.call(Path::parse_mod_style)?)
            };
            sections.push((name, entries));
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(Self(sections))
    }
}

impl Parse for Entry {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let fork = input.fork();
        if let Ok(path) = fork.call(Path::parse_mod_style)
            && (fork.is_empty() || fork.peek(Token![,]))
        {
            syn::parse::discouraged::Speculative::advance_to(input, &fork);
            return Ok(Self(Ok(path)));
        }
        let mut other = TokenStream::new();
        while !input.is_empty() && !input.peek(Token![,]) {
            other.extend([input.parse::<proc_macro2::TokenTree>()?]);
        }
        Ok(Self(Err(other)))
    }
}

/// The sections, understood.
#[derive(Default)]
struct Wiring {
    krate: Option<Path>,
    config: Vec<Path>,
    init: Vec<Path>,
    handlers: Vec<Path>,
    shutdown: Vec<Path>,
    metrics: Option<LitStr>,
}

impl Wiring {
    fn read(sections: Sections, errors: &mut Errors) -> Self {
        let mut wiring = Self::default();
        let mut seen: Vec<String> = Vec::new();
        for (name, entries) in sections.0 {
            let section = name.to_string();
            if seen.contains(&section) {
                errors.at(
                    &name,
                    Code::Section,
                    format_args!("`{section}` is there twice: put all of it into one list"),
                );
                continue;
            }
            match (section.as_str(), entries) {
                ("crate", Entries::Path(path)) => wiring.krate = Some(path),
                ("config", Entries::List(entries)) => wiring.config = paths(&section, entries, errors),
                ("init", Entries::List(entries)) => wiring.init = paths(&section, entries, errors),
                ("handlers", Entries::List(entries)) => {
                    if entries.is_empty() {
                        errors.at(&name, Code::NoHandlers, "`handlers` is empty: name at least one `#[handler]`");
                    }
                    wiring.handlers = paths(&section, entries, errors);
                }
                ("shutdown", Entries::List(entries)) => wiring.shutdown = paths(&section, entries, errors),
                ("metrics", entries) => wiring.metrics = metrics::namespace(&name, &entries, errors),
                ("crate", Entries::List(_) | Entries::Literal(_)) => {
                    errors.at(&name, Code::Section, "`crate` takes a path: `crate: ::lambkin`");
                }
                ("config" | "init" | "handlers" | "shutdown", Entries::Path(path)) => {
                    errors.at(&path, Code::Section, format_args!("`{section}` takes a list: `{section}: […]`"));
                }
                ("config" | "init" | "handlers" | "shutdown", Entries::Literal(literal)) => {
                    errors.at(&literal, Code::Section, format_args!("`{section}` takes a list: `{section}: […]`"));
                }
                _ => errors.at(&name, Code::Section, unknown("section", &section, SECTIONS)),
            }
            seen.push(section);
        }
        // An unknown section may be the handlers', misspelt.
        if errors.is_empty() && !seen.iter().any(|section| section == "handlers") {
            let message = "there is nothing to run: add `handlers: [function]` with your `#[handler]` functions";
            errors.at_span(proc_macro2::Span::call_site(), Code::NoHandlers, message);
        }
        wiring
    }

    fn expand(&self, vis: &TokenStream, is_right: bool) -> TokenStream {
        let krate = self.krate.clone().unwrap_or_else(|| syn::parse_quote!(::lambkin));
        let private = quote!(#krate::__private);
        // With a mistake in the lists, the app stays empty: what it lacks would only be noise.
        let listed = |paths: &'_ [Path]| if is_right { paths.to_vec() } else { Vec::new() };
        let [config, init, handlers, shutdown] =
            [&self.config, &self.init, &self.handlers, &self.shutdown].map(|paths| listed(paths));
        let metrics =
            self.metrics.as_ref().filter(|_| is_right).map(|namespace| metrics::constant(&private, namespace));
        let lists = [
            List::new("config", &config),
            List::new("init", &init),
            List::new("handler", &handlers),
            List::new("shutdown", &shutdown),
        ];
        let fallbacks = lists.iter().flat_map(|list| list.fallbacks(&private));
        let imports = lists.iter().flat_map(List::imports);
        let [configs, inits, handlers, shutdowns] = &lists;
        let slots = |list: &List<'_>, section: &str| -> Vec<Ident> {
            (0..list.names.len()).map(|index| format_ident!("{section}_{index}")).collect()
        };
        let (config_slots, init_slots) = (slots(configs, "config"), slots(inits, "slot"));
        let (config_names, init_names) = (&configs.names, &inits.names);
        // Found in place of a type that does not derive it, which is refused once, by `must_be_config`.
        let not_config = (!configs.names.is_empty()).then(|| {
            quote! {
                #[allow(unused_imports, reason = "needed for a type that is no config")]
                use #private::config::{NotConfig as _, NotListed as _};
            }
        });
        let config_types: Vec<TokenStream> = config_names
            .iter()
            .map(|name| {
                let pick = quote!(#private::config::Pick<{ #private::config::Listed::<#name>::PROVIDES }>);
                quote_spanned!(name.span()=> <#pick as #private::config::Picked<#name>>::Provided)
            })
            .collect();
        let later = match configs.names.is_empty() {
            true => quote!(::core::option::Option::None),
            false => quote!(::core::option::Option::Some(#private::config::Later::CONFIG)),
        };
        // An impl stands at the name in the list: cycles and second providers are reported there.
        let provided_inits = init_names.iter().zip(&init_slots).map(|(name, slot)| {
            let provided = quote_spanned!(name.span()=> <#name as #private::InitOutput>::Provided);
            let needs = quote_spanned!(name.span()=> <#name as #private::InitFn<App>>::NEEDS);
            let run = quote_spanned!(name.span()=> <#name as #private::InitFn<App>>::run(self));
            let check = quote_spanned!(name.span()=> #private::must_be_init::<#name>());
            provider(&private, name, slot, &[provided, needs, run, check])
        });
        let provided_configs = config_names.iter().zip(&config_types).zip(&config_slots).map(|((name, ty), slot)| {
            let needs = quote_spanned!(name.span()=> #private::config::Provided::<#ty>::NEEDS);
            let run = quote_spanned!(name.span()=> #private::config::Provided::<#ty>::run());
            let check = quote_spanned!(name.span()=> #private::config::must_be_config::<#name>());
            provider(&private, name, slot, &[ty.clone(), needs, run, check])
        });
        let providers = provided_configs.chain(provided_inits);
        let entries =
            handlers.names.iter().map(|name| quote_spanned!(name.span()=> #private::Entry::of(&#name::__LAMBKIN)));
        let names = handlers.names.iter().enumerate().skip(1).map(|(index, name)| {
            let private = moved(&private, name);
            quote_spanned!(name.span()=> const _: () = #private::assert_name(<App as #private::App>::HANDLERS, #index);)
        });
        let goodbyes =
            shutdowns.names.iter().map(|name| quote_spanned!(name.span()=> <#name as #private::ShutdownFn<App>>::run));
        // An app without such functions names nothing that would link what waits for the signal.
        let shutdown = if goodbyes.len() == 0 {
            quote!(::core::option::Option::None)
        } else {
            quote!(::core::option::Option::Some(#private::Shutdown::of(&[#(#goodbyes),*])))
        };
        quote! {
            /// The app: what its handlers are, and what they borrow.
            #[derive(::core::default::Default)]
            #vis struct App {
                slots: <App as #private::Wired>::Slots,
            }

            const _: () = {
                #(#fallbacks)*

                const _: () = {
                    #(#imports)*
                    #not_config

                    #[derive(::core::default::Default)]
                    #[allow(unreachable_pub, reason = "as public as the trait that names it")]
                    pub struct Slots {
                        #(#config_slots: #private::Slot<#config_types>,)*
                        #(#init_slots: #private::Slot<<#init_names as #private::InitOutput>::Provided>,)*
                    }

                    #[automatically_derived]
                    impl #private::Wired for App {
                        type Slots = Slots;
                    }

                    #(#providers)*

                    #[automatically_derived]
                    impl #private::App for App {
                        const HANDLERS: &'static [#private::Entry<App>] = &[#(#entries),*];
                        const SHUTDOWN: ::core::option::Option<#private::Shutdown<App>> = #shutdown;
                        const LATER: ::core::option::Option<#private::config::Later> = #later;
                        #metrics
                    }

                    #(#names)*
                };

                impl App {
                    #[doc(hidden)]
                    #[allow(dead_code, reason = "an app in a library may be for tests only")]
                    pub fn __main() -> ::std::process::ExitCode {
                        #private::main::<App>()
                    }
                }
            };
        }
    }
}

/// The impl for one provided type, and the constants that refuse cycles and what is in the wrong list.
fn provider(private: &TokenStream, name: &Ident, slot: &Ident, parts: &[TokenStream; 4]) -> TokenStream {
    let [provided, needs, run, check] = parts;
    quote_spanned! {name.span()=>
        #[automatically_derived]
        #[allow(private_interfaces, reason = "what is provided may be private to the app's module")]
        impl #private::Provide<#provided> for App {
            const NEEDS: &'static #private::Needs = #needs;

            fn slot(&self) -> &#private::Slot<#provided> {
                &self.slots.#slot
            }

            fn init(&'static self) -> #private::Resolving<&'static #provided> {
                let slot = &self.slots.#slot;
                ::std::boxed::Box::pin(slot.get_or_make(move || #run))
            }
        }

        const _: &#private::Needs = #needs;
        const _: () = #check;
    }
}

/// The functions of a list under names of our own. A function without its attribute has no type of its
/// name: the lookup then falls back, one block further out, on a type that words the error.
struct List<'p> {
    paths: &'p [Path],
    names: Vec<Ident>,
}

impl<'p> List<'p> {
    fn new(section: &str, paths: &'p [Path]) -> Self {
        let name = |(index, path): (usize, &Path)| {
            let place = path.segments.last().map_or_else(Span::call_site, |last| last.ident.span());
            Ident::new(&format!("__{section}_{index}"), place)
        };
        Self { paths, names: paths.iter().enumerate().map(name).collect() }
    }

    fn fallbacks(&self, private: &TokenStream) -> Vec<TokenStream> {
        let fallback = |name| {
            quote! {
                #[allow(unused_imports, reason = "found only in place of a function without its attribute")]
                use #private::Unmarked as #name;
            }
        };
        self.names.iter().map(fallback).collect()
    }

    fn imports(&self) -> Vec<TokenStream> {
        self.paths.iter().zip(&self.names).map(|(path, name)| quote!(use #path as #name;)).collect()
    }
}

/// The paths in a list, each once.
fn paths(section: &str, entries: Vec<Entry>, errors: &mut Errors) -> Vec<Path> {
    let mut paths: Vec<Path> = Vec::new();
    for entry in entries {
        match entry.0 {
            Ok(path) if paths.iter().any(|other| written(other) == written(&path)) => {
                let name = path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
                errors.at(&path, Code::RepeatedEntry, format_args!("`{name}` is in `{section}` twice"));
            }
            Ok(path) => paths.push(path),
            Err(other) => {
                let message = match section {
                    "config" => "`config` lists types by name, as in `config: [orders::Settings]`".to_owned(),
                    _ => format!("`{section}` lists functions by name, as in `{section}: [orders::fulfil]`"),
                };
                errors.at(&other, Code::NotAPath, message);
            }
        }
    }
    paths
}

fn written(path: &Path) -> String {
    path.to_token_stream().to_string()
}
