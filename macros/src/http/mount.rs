//! `#[mount("/prefix")]`: what stands behind a prefix.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::{Attribute, Meta, Type, UseTree};

use crate::args::value::At;
use crate::args::{self, Options};
use crate::diag::{Code, Errors};
use crate::expand::{moved, place};
use crate::http::pattern::{Pattern, Segment};
use crate::http::route::method;
use crate::signature::{Function, Parameter, parameter};

/// Routes of another module.
pub(crate) struct Mounted {
    pub(crate) prefix: Pattern,
    /// The name under which this module has it.
    pub(crate) module: Ident,
    /// Its name where it comes from, for the place of errors.
    pub(crate) at: Ident,
}

/// A function that makes a service.
pub(crate) struct Service {
    pub(crate) ident: Ident,
    pub(crate) output: Type,
    pub(crate) prefix: Pattern,
    pub(crate) inputs: Vec<Parameter>,
}

pub(crate) const MADE_ONCE: &str =
    "a service is made once, before the first request: take what it needs from the app, by reference";

impl Service {
    pub(crate) fn read(
        function: &mut Function,
        attribute: &Attribute,
        prefix: Option<&Pattern>,
        errors: &mut Errors,
    ) -> Option<Self> {
        let prefix_here = mount_prefix(attribute, errors);
        function.check_qualifiers("#[mount]", errors);
        let mut inputs = Vec::new();
        for input in &function.sig.inputs {
            match parameter(input, "#[mount]", errors) {
                Some(Parameter::Event(ty)) => errors.at(&ty, Code::InitByValue, MADE_ONCE),
                found => inputs.extend(found),
            }
        }
        Some(Self {
            ident: function.sig.ident.clone(),
            output: crate::signature::returned(&function.sig),
            prefix: prefix_here?.behind(prefix),
            inputs,
        })
    }
}

/// The prefix in `#[mount("/prefix")]`, which is made of texts alone.
pub(crate) fn mount_prefix(attribute: &Attribute, errors: &mut Errors) -> Option<Pattern> {
    let tokens = match &attribute.meta {
        Meta::List(list) => list.tokens.clone(),
        meta => {
            errors.at(
                meta,
                Code::NoPath,
                "`#[mount]` needs a prefix: `#[mount(\"/users\")]`, or `#[mount(\"/\")]` for none",
            );
            return None;
        }
    };
    let (texts, rest) = args::leading_texts(tokens);
    Options::new(args::parse(rest, errors), errors).finish(&[], |_| None, errors);
    let mut texts = texts.into_iter();
    let Some(At { value, span }) = texts.next() else {
        errors.at(attribute.path(), Code::NoPath, "`#[mount]` needs a prefix first: `#[mount(\"/users\")]`");
        return None;
    };
    if let Some(At { span, .. }) = texts.next() {
        errors.at_span(span, Code::WrongValue, "`#[mount]` takes one prefix: write a second `#[mount]` for another");
    }
    let pattern = Pattern::read(value, span, errors)?;
    prefix_of_texts(pattern, errors)
}

/// A prefix that holds no parameters and no slash at its end.
fn prefix_of_texts(pattern: Pattern, errors: &mut Errors) -> Option<Pattern> {
    if let Some(name) = pattern.names().next() {
        let what = "the routes behind a mount can't take a parameter of its prefix: say the prefix where they stand, as in \
                    `#[routes(\"/shops/{shop}\")]`";
        errors.at_span(pattern.span, Code::BadPattern, pattern.about(name, what));
        return None;
    }
    without_last_slash(pattern, errors)
}

pub(crate) fn without_last_slash(pattern: Pattern, errors: &mut Errors) -> Option<Pattern> {
    if pattern.segments.last().is_some_and(|last| *last == Segment::Literal(String::new())) {
        errors.at_span(pattern.span, Code::BadPattern, pattern.whole("a prefix does not end with `/`"));
        return None;
    }
    Some(pattern)
}

/// A `use` with `#[mount("/prefix")]`, and takes that off it.
pub(crate) fn mounted(item: &mut syn::ItemUse, prefix: Option<&Pattern>, errors: &mut Errors) -> Option<Mounted> {
    let is_mount = |attr: &syn::Attribute| attr.path().segments.last().is_some_and(|last| last.ident == "mount");
    let index = item.attrs.iter().position(is_mount)?;
    let attribute = item.attrs.remove(index);
    if let Some(second) = item.attrs.iter().find(|attr| is_mount(attr)) {
        let message = "routes are mounted once by each `use`: write a second one for another prefix";
        errors.at(second, Code::RepeatedAttribute, message);
    }
    item.attrs.retain(|attr| !is_mount(attr));
    item.attrs.push(syn::parse_quote! {
        #[allow(unused_imports, reason = "where something is wrong, nothing uses it")]
    });
    let pattern = mount_prefix(&attribute, errors)?.behind(prefix);
    if let Some(prefix) = prefix
        && let Some(name) = prefix.names().next()
    {
        let what = "mounted routes can't take a parameter of this module's prefix: say the prefix where they stand";
        errors.at_span(prefix.span, Code::BadPattern, prefix.about(name, what));
        return None;
    }
    let mut tree = &item.tree;
    let (module, at) = loop {
        match tree {
            UseTree::Path(path) => tree = &path.tree,
            UseTree::Name(name) => break (name.ident.clone(), name.ident.clone()),
            UseTree::Rename(rename) => break (rename.rename.clone(), rename.ident.clone()),
            UseTree::Glob(_) | UseTree::Group(_) => {
                let message = "`#[mount]` goes on the `use` of one module: `pub use crate::users::routes as users;`";
                errors.at(&item.tree, Code::MountShape, message);
                return None;
            }
        }
    };
    Some(Mounted { prefix: pattern, module, at })
}

/// The alias of a mounted module's routes in generated code.
pub(crate) fn mounted_type(index: usize) -> Ident {
    Ident::new(&format!("__Routes{index}"), Span::mixed_site())
}

impl Mounted {
    /// Defines the alias of its routes. A module that has none gets what says so: a name that is not there would be the
    /// compiler's to report, once for each place that needs it.
    pub(crate) fn found(&self, alias: &Ident, http: &TokenStream) -> TokenStream {
        let (module, there) = (&self.module, moved(http, &self.at));
        let found = Ident::new("__Routes", place(&self.at));
        let mark = Ident::new(&format!("{alias}Found"), Span::mixed_site());
        quote_spanned! {place(&self.at)=>
            struct #mark;
            type #alias = <#mark as #there::Mounted>::Routes;
            const _: () = {
                use #there::Mounted as __Mounted;
                #[allow(unused_imports, reason = "found only in place of a module without its attribute")]
                use #there::UnmarkedRoutes as #found;
                const _: () = {
                    #[allow(unused_imports, reason = "a module without its attribute has none")]
                    use self::#module::*;
                    impl __Mounted for #mark {
                        type Routes = #found;
                    }
                };
            };
        }
    }
}

/// Lets imports of the attributes that are taken off be. Whether a glob is there for anything else is unknown.
pub(crate) fn allow_unused(item: &mut syn::ItemUse) {
    fn names_attribute(tree: &UseTree) -> bool {
        match tree {
            UseTree::Path(path) => names_attribute(&path.tree),
            UseTree::Name(syn::UseName { ident }) | UseTree::Rename(syn::UseRename { ident, .. }) => {
                let name = ident.to_string();
                method(&name).is_some() || matches!(name.as_str(), "fallback" | "mount" | "deadline" | "idempotent")
            }
            UseTree::Glob(_) => true,
            UseTree::Group(group) => group.items.iter().any(names_attribute),
        }
    }
    if names_attribute(&item.tree) {
        item.attrs.push(syn::parse_quote! {
            #[allow(unused_imports, reason = "the attributes of routes are taken off")]
        });
    }
}
