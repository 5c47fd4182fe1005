//! The function under an attribute: its signature is understood, its body is passed on as it is.

use proc_macro2::{Ident, Spacing, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{Parse, ParseStream};
use syn::visit_mut::VisitMut;
use syn::{Attribute, FnArg, GenericParam, Lifetime, ReturnType, Safety, Signature, Type, Visibility};

use crate::diag::{Code, Errors};

/// A function with its attributes. The body stays tokens, so that an editor's half-written code does not
/// take the function away.
pub(crate) struct Function {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    pub(crate) body: TokenStream,
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let function = Self {
            attrs: input.call(Attribute::parse_outer)?,
            vis: input.parse()?,
            sig: input.parse()?,
            body: input.parse()?,
        };
        // A trait's method is a promise of a function.
        if matches!(function.body.clone().into_iter().next(), Some(TokenTree::Punct(punct)) if punct.as_char() == ';') {
            return Err(syn::Error::new(function.sig.ident.span(), "a function without a body"));
        }
        Ok(function)
    }
}

impl ToTokens for Function {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(self.attrs.iter().map(ToTokens::to_token_stream));
        self.vis.to_tokens(tokens);
        self.sig.to_tokens(tokens);
        self.body.to_tokens(tokens);
    }
}

/// A parameter by value comes from the event, one by reference from the app.
pub(crate) enum Parameter {
    /// The type as it is written, with the function's lifetimes elided.
    Event(Type),
    /// The type behind the reference, with all its lifetimes `'static`, and the parameter's name.
    App { ty: Type, name: Option<Ident> },
}

impl Function {
    /// Whether it is a method, next to which nothing else can be generated.
    pub(crate) fn takes_self(&self) -> bool {
        matches!(self.sig.inputs.first(), Some(FnArg::Receiver(_)))
    }

    /// Checks what holds for each kind of function, and sorts the parameters.
    pub(crate) fn check(&self, attribute: &str, errors: &mut Errors) -> Vec<Parameter> {
        let sig = &self.sig;
        self.check_qualifiers(attribute, errors);
        self.check_shadowed(attribute, errors);
        sig.inputs.iter().filter_map(|input| parameter(input, attribute, errors)).collect()
    }

    /// Checks that the type of the function's name hides nothing that it uses.
    pub(crate) fn check_shadowed(&self, attribute: &str, errors: &mut Errors) {
        let sig = &self.sig;
        if let Some(path) = self.shadowed_path() {
            let ident = &sig.ident;
            let message = format!(
                "`{attribute}` defines a type named `{ident}`, so `{ident}::…` is not the crate or module any more: \
                 rename the function, as in `{ident}_client`, or write `::{ident}::…`"
            );
            errors.at(&path, Code::ShadowedPath, message);
        }
    }

    /// Checks what stands around the parameters.
    pub(crate) fn check_qualifiers(&self, attribute: &str, errors: &mut Errors) {
        let sig = &self.sig;
        if sig.asyncness.is_none() {
            let message = format!("`{attribute}` goes on an `async fn`: write `async fn {}`", sig.ident);
            errors.at(&sig.fn_token, Code::NotAsync, message);
        }
        if let Some(constness) = &sig.constness {
            errors.at(constness, Code::Qualified, format_args!("`{attribute}` can't go on a `const fn`"));
        }
        if let Safety::Unsafe(token) = &sig.safety {
            errors.at(
                token,
                Code::Qualified,
                format_args!("`{attribute}` can't go on an `unsafe fn`: nobody would uphold its contract"),
            );
        }
        if let Some(abi) = &sig.abi {
            errors.at(abi, Code::Qualified, format_args!("`{attribute}` goes on a function of Rust's own ABI"));
        }
        if let Some(variadic) = &sig.variadic {
            errors.at(variadic, Code::Qualified, format_args!("`{attribute}` can't go on a variadic function"));
        }
        for parameter in &sig.generics.params {
            let what = match parameter {
                GenericParam::Lifetime(_) => continue,
                GenericParam::Type(_) => "type",
                GenericParam::Const(_) => "const",
            };
            let message =
                format!("`{attribute}` can't go on a function with {what} parameters: nobody would choose them");
            errors.at(parameter, Code::Generic, message);
        }
    }

    /// A path in the function that starts with the function's own name.
    fn shadowed_path(&self) -> Option<Ident> {
        fn find(tokens: TokenStream, name: &Ident) -> Option<Ident> {
            let tokens: Vec<TokenTree> = tokens.into_iter().collect();
            let is = |index: usize, character: char| matches!(tokens.get(index), Some(TokenTree::Punct(punct)) if punct.as_char() == character);
            let is_joint = |index: usize| matches!(tokens.get(index), Some(TokenTree::Punct(punct)) if punct.as_char() == ':' && punct.spacing() == Spacing::Joint);
            tokens.iter().enumerate().find_map(|(index, token)| match token {
                TokenTree::Group(group) => find(group.stream(), name),
                TokenTree::Ident(ident) if ident == name => {
                    // Not `name: ::path`.
                    let is_path = is_joint(index + 1) && is(index + 2, ':');
                    let is_first = index == 0 || !is(index - 1, ':');
                    (is_path && is_first).then(|| ident.clone())
                }
                _ => None,
            })
        }
        let signature = [self.sig.inputs.to_token_stream(), self.sig.output.to_token_stream()];
        signature.into_iter().chain([self.body.clone()]).find_map(|tokens| find(tokens, &self.sig.ident))
    }
}

pub(crate) fn parameter(input: &FnArg, attribute: &str, errors: &mut Errors) -> Option<Parameter> {
    let input = match input {
        FnArg::Typed(input) => input,
        FnArg::Receiver(receiver) => {
            let message = format!(
                "`{attribute}` goes on a free function: move it out of the `impl`, and take the value by \
                 reference: `#[init]` provides it"
            );
            errors.at(receiver, Code::TakesSelf, message);
            return None;
        }
    };
    if let Some(cfg) = input.attrs.iter().find(|attr| attr.path().is_ident("cfg") || attr.path().is_ident("cfg_attr")) {
        let message = "a parameter can't depend on `cfg`: put `#[cfg]` on two versions of the function";
        errors.at(cfg, Code::CfgParameter, message);
        return None;
    }
    let ty = peeled(&input.ty);
    if let Type::ImplTrait(_) = ty {
        errors.at(
            ty,
            Code::ImplParameter,
            "the type of a parameter says where its value comes from: name it instead of `impl Trait`",
        );
        return None;
    }
    let Type::Reference(reference) = ty else {
        return Some(Parameter::Event(elided(ty)));
    };
    if let Some(mutability) = &reference.mutability {
        let message =
            "the app is shared by all events: take `&T`, and put what changes behind a `Mutex` or an atomic in it";
        errors.at(mutability, Code::MutableReference, message);
        return None;
    }
    let inner = peeled(&reference.elem);
    if is_text(inner) {
        let given = if matches!(inner, Type::Slice(_)) { "&[u8]" } else { "&str" };
        let message = if attribute == "#[handler]" {
            format!(
                "`{given}` is by reference, so it would come from the app: for the record's body take `RawBody<'_>`"
            )
        } else {
            format!("`{given}` says too little to be provided: give the value a type of its own")
        };
        errors.at(ty, Code::BorrowedText, message);
        return None;
    }
    let mut ty = inner.clone();
    Lifetimes("'static").visit_type_mut(&mut ty);
    let name = match &*input.pat {
        syn::Pat::Ident(pat) => Some(pat.ident.clone()),
        _ => None,
    };
    Some(Parameter::App { ty, name })
}

/// The type without the invisible groups and parentheses that macros put around it.
pub(crate) fn peeled(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => peeled(&group.elem),
        Type::Paren(paren) => peeled(&paren.elem),
        ty => ty,
    }
}

pub(crate) fn is_text(ty: &Type) -> bool {
    match ty {
        Type::Path(path) => path.qself.is_none() && path.path.is_ident("str"),
        Type::Slice(slice) => matches!(peeled(&slice.elem), Type::Path(path) if path.path.is_ident("u8")),
        _ => false,
    }
}

/// The types in `Result<T, E>`, as it is written: for pointing at them, never for deciding anything.
pub(crate) fn halves(output: &Type) -> (Option<&Type>, Option<&Type>) {
    let Type::Path(path) = peeled(output) else { return (None, None) };
    let Some(syn::PathArguments::AngleBracketed(arguments)) = path.path.segments.last().map(|last| &last.arguments)
    else {
        return (None, None);
    };
    let mut types = arguments.args.iter().filter_map(|argument| match argument {
        syn::GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    (types.next(), types.next())
}

/// The first `impl Trait` in a type.
pub(crate) fn impl_trait(ty: &Type) -> Option<TokenStream> {
    struct Find(Option<TokenStream>);

    impl VisitMut for Find {
        fn visit_type_impl_trait_mut(&mut self, found: &mut syn::TypeImplTrait) {
            self.0.get_or_insert_with(|| found.to_token_stream());
        }
    }

    let mut find = Find(None);
    find.visit_type_mut(&mut ty.clone());
    find.0
}

/// The first reference in a type.
pub(crate) fn reference(ty: &Type) -> Option<TokenStream> {
    struct Find(Option<TokenStream>);

    impl VisitMut for Find {
        fn visit_type_reference_mut(&mut self, found: &mut syn::TypeReference) {
            self.0.get_or_insert_with(|| found.to_token_stream());
        }

        // Those of a function's own parameters borrow nothing.
        fn visit_type_fn_ptr_mut(&mut self, _: &mut syn::TypeFnPtr) {}
    }

    let mut find = Find(None);
    find.visit_type_mut(&mut ty.clone());
    find.0
}

/// The type that the function returns; `()` if it does not say.
pub(crate) fn returned(sig: &Signature) -> Type {
    match &sig.output {
        // Errors about it stand at the function's name.
        ReturnType::Default => syn::parse_quote_spanned!(sig.ident.span()=> ()),
        ReturnType::Type(_, ty) => (**ty).clone(),
    }
}

/// The type with its named lifetimes elided, `'static` excepted.
pub(crate) fn elided(ty: &Type) -> Type {
    let mut ty = ty.clone();
    Lifetimes("'_").visit_type_mut(&mut ty);
    ty
}

/// Replaces every lifetime, elided ones in references included.
struct Lifetimes(&'static str);

impl VisitMut for Lifetimes {
    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        // What is `'static` in the signature stays so.
        if lifetime.ident != "static" {
            *lifetime = Lifetime::new(self.0, lifetime.span());
        }
    }

    fn visit_type_reference_mut(&mut self, reference: &mut syn::TypeReference) {
        if reference.lifetime.is_none() && self.0 == "'static" {
            reference.lifetime = Some(Lifetime::new(self.0, reference.and_token.span));
        }
        syn::visit_mut::visit_type_reference_mut(self, reference);
    }

    // Lifetimes that a type binds itself stay its own: in `fn(&str)`, `Fn(&str)` and `for<'a> …`.
    fn visit_type_fn_ptr_mut(&mut self, _: &mut syn::TypeFnPtr) {}

    fn visit_parenthesized_generic_arguments_mut(&mut self, _: &mut syn::ParenthesizedGenericArguments) {}

    fn visit_trait_bound_mut(&mut self, bound: &mut syn::TraitBound) {
        if bound.lifetimes.is_none() {
            syn::visit_mut::visit_trait_bound_mut(self, bound);
        }
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    fn checked(tokens: TokenStream) -> (Vec<String>, Vec<String>) {
        let function: Function = syn::parse2(tokens).unwrap();
        let mut errors = Errors::default();
        let parameters = function.check("#[handler]", &mut errors);
        let shown = parameters.iter().map(|parameter| match parameter {
            Parameter::Event(ty) => format!("event {}", ty.to_token_stream()),
            Parameter::App { ty, .. } => format!("app {}", ty.to_token_stream()),
        });
        (shown.collect(), errors.messages())
    }

    #[test]
    fn parameters_are_sorted_by_value_and_by_reference() {
        let (parameters, errors) = checked(quote! {
            async fn f<'a>(order: Order<'a>, db: &'a Db<'_>, store: &dyn Store, cx: Context) -> Result<(), E> { half written(
            ) }
        });
        assert!(errors.is_empty(), "{errors:?}");
        assert_eq!(parameters, ["event Order < '_ >", "app Db < 'static >", "app dyn Store", "event Context"]);
    }

    #[test]
    fn a_path_that_the_functions_own_name_hides_is_found() {
        let (_, errors) = checked(quote!(
            async fn redis() -> Result<redis::Client, E> {}
        ));
        assert!(errors[0].starts_with("lambkin::E017: "), "{errors:?}");
        let (_, errors) = checked(quote!(
            async fn redis() -> Result<C, E> {
                let c = { redis::open() };
            }
        ));
        assert_eq!(errors.len(), 1, "{errors:?}");
        let (_, errors) = checked(quote!(async fn redis() -> Result<::redis::C, E> { my::redis::open(redis: 1) }));
        assert!(errors.is_empty(), "{errors:?}");
        let (_, errors) = checked(quote!(
            async fn redis(redis: ::cache::Redis) {
                Stock { redis: ::stock() };
            }
        ));
        assert!(errors.is_empty(), "{errors:?}");
    }

    #[test]
    fn what_a_type_binds_itself_stays_its_own() {
        let (parameters, _) = checked(quote! {
            async fn f(a: &Box<dyn Fn(&str) -> bool + Send>, b: &Box<dyn for<'x> T<'x>>, c: &Box<fn(&str)>, d: &D<'_>) {}
        });
        let expected = [
            "app Box < dyn Fn (& str) -> bool + Send >",
            "app Box < dyn for < 'x > T < 'x > >",
            "app Box < fn (& str) >",
            "app D < 'static >",
        ];
        assert_eq!(parameters, expected);
    }

    #[test]
    fn all_mistakes_are_found_at_once() {
        let (_, errors) = checked(quote!(
            fn f<T>(&self, a: &mut A, b: &str, c: impl C, #[cfg(x)] d: D) {}
        ));
        let codes: Vec<&str> = errors.iter().filter_map(|error| error.split(": ").next()).collect();
        let expected = ["E002", "E004", "E003", "E012", "E013", "E014", "E015"].map(|code| format!("lambkin::{code}"));
        assert_eq!(codes, expected);
    }
}
