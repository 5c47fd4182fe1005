//! `#[derive(HttpError)]`.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Attribute, Data, DeriveInput, Fields, Generics, Path, Type};

use crate::args::status::{Answer, Status};
use crate::diag::{Code, Errors};
use crate::expand::derive::{self, one};
use crate::expand::place;

pub(crate) fn derive(item: TokenStream) -> TokenStream {
    let input = match syn::parse2::<DeriveInput>(item) {
        Ok(input) => input,
        Err(error) => return error.into_compile_error(),
    };
    let mut errors = Errors::default();
    let krate = derive::krate(&input.attrs, "http_error", elsewhere, &mut errors);
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

    let mut generics = generics.clone();
    if generics.type_params().next().is_some() {
        // A bound on any other type says nothing, and one on the type itself would go in a circle.
        let asks = |ty: &Type| {
            let is_parameter = |word: &Ident| generics.type_params().any(|parameter| parameter.ident == *word);
            names(ty.to_token_stream(), &is_parameter) && !names(ty.to_token_stream(), &|word| word == ident)
        };
        let fields = cases.iter().filter_map(|case| match &case.answer {
            CaseAnswer::Field { ty, .. } if asks(ty) => Some(ty),
            _ => None,
        });
        let mut bounds: Vec<TokenStream> =
            fields.map(|ty| quote_spanned!(place(ty)=> #ty: #krate::http::HttpError)).collect();
        // What the type's own `Error` asks of its parameters, this asks too. Of any other type the trait asks it.
        bounds.push(quote_spanned!(place(ident)=> Self: ::core::error::Error));
        let clause = generics.make_where_clause();
        clause.predicates.extend(bounds.iter().map(|bound| -> syn::WherePredicate { syn::parse_quote!(#bound) }));
    }
    let (parameters, arguments, clause) = generics.split_for_impl();
    hygienic! {
        #[automatically_derived]
        #[allow(deprecated, reason = "a variant may be")]
        impl #parameters #krate::http::HttpError for #ident #arguments #clause {
            fn problem(&self) -> #krate::http::Problem {
                match #matched {
                    #(#arms)*
                }
            }
        }

        #[automatically_derived]
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

/// Whether a word stands anywhere in a type.
fn names(tokens: TokenStream, is_wanted: &dyn Fn(&Ident) -> bool) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(word) => is_wanted(&word),
        TokenTree::Group(group) => names(group.stream(), is_wanted),
        _ => false,
    })
}

/// The `#[status(…)]` among these attributes: `None` if there is none, `Some(None)` if it is wrong.
fn status(attributes: &[Attribute], errors: &mut Errors) -> Option<Option<Status>> {
    one(attributes, "status", errors).map(|attribute| Status::read(attribute, errors))
}

fn misplaced(attributes: &[Attribute], name: &str, right: &str, errors: &mut Errors) {
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident(name)) {
        let message = format!("`#[{name}]` stands above {right}, as it is about all of it");
        errors.at(attribute.path(), Code::MisplacedAttribute, message);
    }
}

/// What belongs elsewhere than above the type.
fn elsewhere(name: &str) -> Option<String> {
    matches!(name, "status" | "kind" | "title" | "retry_after" | "transparent")
        .then(|| "this belongs to `#[status(…)]`, as in `#[status(404, title = \"…\")]`".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The messages of the errors, and the rest of the code.
    fn derived(item: TokenStream) -> (Vec<String>, String) {
        let code = derive(item).to_string();
        let messages = code.split("\"lambkin::").skip(1).filter_map(|rest| rest.split('"').next());
        (messages.map(str::to_owned).collect(), code)
    }

    #[test]
    fn all_that_is_wrong_is_said_and_the_traits_are_there() {
        let (messages, code) = derived(quote! {
            #[status(transparent)]
            enum ApiError {
                A,
                #[status(200)]
                #[status(404)]
                B,
                #[status(transparent)]
                C(u8, u8),
                #[status(title = 5)]
                D { #[status(404)] field: u8 },
                #[status(503, retry_after = "0s", titel = "…")]
                #[http_error(crate = ::lambkin)]
                E,
            }
        });
        let codes: Vec<&str> = messages.iter().filter_map(|message| message.get(..4)).collect();
        assert_eq!(codes, ["E064", "E031", "E061", "E062", "E008", "E064", "E064", "E021", "E006"], "{messages:?}");
        assert!(code.contains("HttpError for ApiError") && code.contains("IntoResponse for ApiError"), "{code}");
    }

    #[test]
    fn parameters_are_asked_for_no_more_than_needed() {
        let code = derived(quote! {
            #[status(500)]
            enum Through<'a, T, const N: usize> {
                Own(T),
                #[status(transparent)]
                Inner(Vec<&'a T>),
                #[status(transparent)]
                Again(Box<Through<'a, T, N>>),
                #[status(transparent)]
                Other(Other),
            }
        })
        .1;
        let clause = "where Vec < & 'a T > : :: lambkin :: http :: HttpError , Self : :: core :: error :: Error {";
        assert_eq!(code.matches(clause).count(), 2, "{code}");
        let plain = derived(quote!(
            #[status(500)]
            struct Plain<'a>(&'a str);
        ))
        .1;
        assert!(!plain.contains("where"), "{plain}");
    }
}
