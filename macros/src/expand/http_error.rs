//! `#[derive(HttpError)]`.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Attribute, Data, DeriveInput, Fields, Generics, Meta, Path, Type};

use crate::args::status::{Answer, Status};
use crate::args::{self, Options};
use crate::companion;
use crate::diag::{Code, Errors};
use crate::expand::place;

pub(crate) fn derive(item: TokenStream) -> TokenStream {
    let input = match syn::parse2::<DeriveInput>(item) {
        Ok(input) => input,
        Err(error) => return error.into_compile_error(),
    };
    let mut errors = Errors::default();
    let krate = krate(&input.attrs, &mut errors);
    let of_type = status(&input.attrs, &mut errors);
    let cases = match &input.data {
        Data::Struct(data) => {
            let missing = "write `#[status(…)]` above it, as in `#[status(404)]`";
            vec![Case::read(None, &input.ident, &data.fields, of_type, missing, &mut errors)]
        }
        Data::Enum(data) => {
            if let Some(Some(Status::Transparent(word))) = &of_type {
                let message = "`transparent` stands on a variant, as it is about its field";
                errors.at(word, Code::MisplacedAttribute, message);
            }
            let missing =
                "write `#[status(…)]` above it, as in `#[status(404)]`, or above the enum for all that have none";
            let case = |variant: &syn::Variant| {
                misplaced(&variant.attrs, "http_error", "the type", &mut errors);
                let own = status(&variant.attrs, &mut errors);
                // One that is misplaced was reported.
                let of_type = of_type.clone().map(|status| status.filter(|status| matches!(status, Status::Own(_))));
                let given = own.or(of_type);
                Case::read(Some(&variant.ident), &variant.ident, &variant.fields, given, missing, &mut errors)
            };
            data.variants.iter().map(case).collect()
        }
        Data::Union(data) => {
            let message = "a union does not know which of its fields holds: make it an enum";
            errors.at(&data.union_token, Code::Union, message);
            return errors.into_tokens();
        }
    };
    let mut tokens = implementations(&krate, &input.ident, &input.generics, &cases);
    tokens.extend(errors.into_tokens());
    tokens
}

/// A variant, or all of a struct, and its answer.
struct Case {
    /// `Self::Variant` or `Self`.
    path: TokenStream,
    answer: CaseAnswer,
}

enum CaseAnswer {
    Own(Answer),
    /// That of a field.
    Field {
        member: TokenStream,
        ty: Box<Type>,
    },
}

impl Case {
    fn read(
        variant: Option<&Ident>,
        name: &Ident,
        fields: &Fields,
        given: Option<Option<Status>>,
        missing: &str,
        errors: &mut Errors,
    ) -> Self {
        for field in fields {
            let whole = if variant.is_some() { "the variant" } else { "the type" };
            misplaced(&field.attrs, "status", whole, errors);
            misplaced(&field.attrs, "http_error", "the type", errors);
        }
        let path = match variant {
            Some(variant) => quote!(Self::#variant),
            None => quote!(Self),
        };
        // What is wrong leaves a type that is an `HttpError` nevertheless, and no errors where it is used.
        let mut answer = CaseAnswer::Own(Answer { status: 500, kind: None, title: None, retry_after_seconds: None });
        match given {
            None => errors.at(name, Code::NoStatus, format_args!("`{name}` has no status: {missing}")),
            Some(None) => {}
            Some(Some(Status::Own(own))) => answer = CaseAnswer::Own(own),
            Some(Some(Status::Transparent(word))) => match one_field(fields) {
                Some((member, ty)) => answer = CaseAnswer::Field { member, ty: Box::new(ty.clone()) },
                None => {
                    let count = match fields.len() {
                        0 => "no field".to_owned(),
                        count => format!("{count} fields"),
                    };
                    let message = format!(
                        "`transparent` takes the answer of the one field, and `{name}` has {count}: give it a status, as in \
                         `#[status(500)]`"
                    );
                    errors.at(&word, Code::TransparentFields, message);
                }
            },
        }
        Self { path, answer }
    }
}

/// The field if there is one, as patterns name it in all kinds of types.
fn one_field(fields: &Fields) -> Option<(TokenStream, &Type)> {
    let mut all = fields.iter();
    let (Some(field), None) = (all.next(), all.next()) else { return None };
    let member = field.ident.as_ref().map_or_else(|| quote!(0), ToTokens::to_token_stream);
    Some((member, &field.ty))
}

fn implementations(krate: &Path, ident: &Ident, generics: &Generics, cases: &[Case]) -> TokenStream {
    let arms = cases.iter().map(|Case { path, answer }| match answer {
        CaseAnswer::Own(answer) => {
            let problem = problem(krate, answer);
            hygienic!(#path { .. } => #problem,)
        }
        CaseAnswer::Field { member, ty } => {
            // An error about the type stands at the type.
            let problem = quote_spanned!(place(ty)=> <#ty as #krate::http::HttpError>::problem);
            hygienic!(#path { #member: field } => #problem(field),)
        }
    });
    let matched = if cases.is_empty() { hygienic!(*self) } else { hygienic!(self) };

    // What the type's own `Error` asks for, this asks for: what is an error is an `HttpError`. In a type without
    // parameters the compiler reports it here, once, in the trait's words.
    let is_error = quote_spanned!(place(ident)=> Self: #krate::__private::IsError);
    let fields = cases.iter().filter_map(|case| match &case.answer {
        CaseAnswer::Field { ty, .. } if is_generic(ty, generics) => {
            Some(quote_spanned!(place(ty)=> #ty: #krate::http::HttpError))
        }
        _ => None,
    });
    let mut generics = generics.clone();
    let clause = generics.make_where_clause();
    clause.predicates.push(syn::parse_quote!(#is_error));
    clause.predicates.extend(fields.map(|bound| -> syn::WherePredicate { syn::parse_quote!(#bound) }));
    let (parameters, arguments, clause) = generics.split_for_impl();
    hygienic! {
        #[automatically_derived]
        #[allow(deprecated, trivial_bounds, reason = "a variant may be deprecated; the bounds word errors")]
        impl #parameters #krate::http::HttpError for #ident #arguments #clause {
            fn problem(&self) -> #krate::http::Problem {
                match #matched {
                    #(#arms)*
                }
            }
        }

        #[automatically_derived]
        #[allow(trivial_bounds, reason = "the bounds word errors")]
        impl #parameters #krate::http::IntoResponse for #ident #arguments #clause {
            fn into_response(self) -> #krate::http::Response {
                #krate::__private::error_response(&self)
            }
        }
    }
}

/// The answer as an expression.
fn problem(krate: &Path, answer: &Answer) -> TokenStream {
    let Answer { status, kind, title, retry_after_seconds } = answer;
    let (kind, title, retry_after_seconds) = (kind.iter(), title.iter(), retry_after_seconds.iter());
    hygienic! {
        #krate::__private::error_problem(self, #status)
            #(.kind(#kind))*
            #(.title(#title))*
            #(.retry_after(::core::time::Duration::from_secs(#retry_after_seconds)))*
    }
}

/// Whether a type names a type parameter. A bound on any other type says nothing, and could go in a circle.
fn is_generic(ty: &Type, generics: &Generics) -> bool {
    fn names(tokens: TokenStream, generics: &Generics) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Ident(word) => generics.type_params().any(|parameter| parameter.ident == word),
            TokenTree::Group(group) => names(group.stream(), generics),
            _ => false,
        })
    }
    names(ty.to_token_stream(), generics)
}

/// The `#[status(…)]` among these attributes: `None` if there is none, `Some(None)` if it is wrong.
fn status(attributes: &[Attribute], errors: &mut Errors) -> Option<Option<Status>> {
    one(attributes, "status", errors).map(|attribute| Status::read(attribute, errors))
}

/// The attribute of this name; a second one is an error.
fn one<'a>(attributes: &'a [Attribute], name: &str, errors: &mut Errors) -> Option<&'a Attribute> {
    let mut found = attributes.iter().filter(|attribute| attribute.path().is_ident(name));
    let first = found.next();
    for repeated in found {
        errors.at(repeated.path(), Code::RepeatedAttribute, format_args!("`#[{name}]` is there twice: remove one"));
    }
    first
}

fn misplaced(attributes: &[Attribute], name: &str, right: &str, errors: &mut Errors) {
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident(name)) {
        let message = format!("`#[{name}]` is about all of {right}: write it above that");
        errors.at(attribute.path(), Code::MisplacedAttribute, message);
    }
}

/// The path of this crate, as `#[http_error(crate = ::path)]` says it.
fn krate(attributes: &[Attribute], errors: &mut Errors) -> Path {
    let mut args = match one(attributes, "http_error", errors).map(|attribute| &attribute.meta) {
        Some(Meta::List(list)) => args::parse(list.tokens.clone(), errors),
        Some(Meta::NameValue(pair)) => {
            errors.at(pair, Code::WrongValue, "write `#[http_error(crate = ::path)]`");
            Vec::new()
        }
        Some(Meta::Path(_)) | None => Vec::new(),
    };
    let krate = companion::krate(&mut args, errors);
    let elsewhere = |name: &str| {
        matches!(name, "status" | "kind" | "title" | "retry_after" | "transparent")
            .then(|| "this belongs to `#[status(…)]`, as in `#[status(404, title = \"…\")]`".to_owned())
    };
    Options::new(args, errors).finish(&["crate"], elsewhere, errors);
    krate
}
