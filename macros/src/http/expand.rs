//! Where the attributes start: `#[handler(http)]` on a module or a function, `#[routes]` on a module.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Path, Visibility};

use crate::args::handler::{Handler, krate, read_idempotent};
use crate::args::value::At;
use crate::args::{self, Options};
use crate::companion;
use crate::diag::{Code, Errors};
use crate::expand::handler::broken;
use crate::expand::{assemble, found, head, hygienic};
use crate::http::cfg;
use crate::http::contents::Contents;
use crate::http::items::Module;
use crate::http::mount::without_last_slash;
use crate::http::pattern::Pattern;
use crate::http::route::{Role, unmark};
use crate::signature::Function;
use crate::source::options::Settings;

/// `#[handler(http)]` on a module.
pub(crate) fn module(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let Some(mut module) = parsed(&item, &mut errors) else {
        let errors = errors.into_tokens();
        return quote!(#item #errors);
    };
    let krate = krate(args.clone());
    if let Some(split) = cfg::split("handler", &krate, &args, &module) {
        return split;
    }
    // What an attribute can say about a function it can say about the module.
    let mut stand_in = stand_in(&mut module);
    let handler = Handler::read(args.clone(), &mut stand_in, &mut errors);
    module.attrs = stand_in.attrs;
    if let Some(handler) = handler.as_ref().filter(|handler| handler.source.name != "http") {
        let message =
            format!("`#[handler({})]` goes on an `async fn`: a module has the routes of `http`", handler.source.name);
        errors.at(&module.ident, Code::NotAFunction, message);
    }
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
    contents.check_idempotent(handler.as_ref().and_then(|handler| handler.idempotent.as_ref()), &mut errors);
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
    let (texts, rest) = args::leading_texts(args.clone());
    if let Some(split) = cfg::split("routes", &krate(rest.clone()), &args, &module) {
        return split;
    }
    let mut rest = args::parse(rest, &mut errors);
    let krate = companion::krate(&mut rest, &mut errors);
    let mut options = Options::new(rest, &mut errors);
    let is_slash_strict =
        options.take("trailing_slash").and_then(|arg| arg.word_of(&["ignore", "strict"], &mut errors)) == Some(1);
    if let Some(arg) = options.take("prefix") {
        let message = "the prefix comes first, without a name: `#[routes(\"/users\")]`";
        errors.at(&arg.name, Code::WrongValue, message);
    }
    let elsewhere = |name: &str| {
        let of_module = crate::args::handler::is_option(name);
        of_module.then(|| format!("`{name}` is an option of the handler that mounts these routes"))
    };
    options.finish(&["trailing_slash", "crate"], elsewhere, &mut errors);
    let mut texts = texts.into_iter();
    let prefix = texts.next().and_then(|At { value, span }| {
        let pattern = Pattern::read(value, span, &mut errors)?;
        without_last_slash(pattern, &mut errors)
    });
    if let Some(At { span, .. }) = texts.next() {
        errors.at_span(
            span,
            Code::WrongValue,
            "`#[routes]` takes one prefix: what differs stands in the paths of the routes",
        );
    }
    let mut stand_in = stand_in(&mut module);
    let idempotent = read_idempotent(&mut stand_in, &Settings::default(), true, &mut errors);
    if let Some((path, _)) = companion::take(&mut stand_in, "deadline", &mut errors) {
        let message =
            "the deadline is that of the handler that mounts these routes: put it above that, or above a route";
        errors.at(&path, Code::MisplacedOption, message);
    }
    module.attrs = stand_in.attrs;
    let contents = Contents::read(&mut module, prefix.as_ref(), is_slash_strict, &mut errors);
    contents.check_idempotent(idempotent.as_ref(), &mut errors);
    if let Some(fallback) = contents.fallback() {
        let message = "a fallback is for all that no route takes, so it stands in the module with `#[handler(http)]`";
        errors.at(&fallback.ident, Code::MisplacedOption, message);
    }
    let glue = match errors.is_empty() {
        true => contents.routes(&krate, idempotent.as_ref(), &module.ident, &mut errors),
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
    let items = module.items.iter().flatten();
    let module = module.around(quote!(#(#items)* #glue));
    let errors = errors.into_tokens();
    quote!(#module #errors)
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
