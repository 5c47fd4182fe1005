//! `#[derive(Config)]`.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{Attribute, Data, DeriveInput, Field, Fields, GenericArgument, Meta, Path, PathArguments, Type};

use crate::args::config::{self, Piece, Reading, SOURCES, Source, Version};
use crate::args::{self, Options};
use crate::companion;
use crate::diag::{Code, Errors};
use crate::expand::http_error::one;
use crate::expand::{method, moved, place};

pub(crate) fn derive(item: TokenStream) -> TokenStream {
    let input = match syn::parse2::<DeriveInput>(item) {
        Ok(input) => input,
        Err(error) => return error.into_compile_error(),
    };
    let mut errors = Errors::default();
    let krate = krate(&input.attrs, &mut errors);
    for attribute in input.attrs.iter().filter(|attribute| is_source(attribute)) {
        let message = "this stands above a field, as it says where the field's value is";
        errors.at(attribute.path(), Code::MisplacedAttribute, message);
    }
    if !input.generics.params.is_empty() {
        let message = "a config has no parameters: `main!` provides one type, and makes one value of it";
        errors.at(&input.generics, Code::ConfigShape, message);
        return errors.into_tokens();
    }
    let fields = fields(&input.data, &input.ident, &mut errors);
    let fields: Vec<ReadField<'_>> = fields.iter().filter_map(|field| ReadField::read(field, &mut errors)).collect();
    let names = fields.iter().filter_map(|field| field.pieces(&fields, &mut errors)).collect();
    let mut tokens =
        implementations(&krate, &input.ident, if errors.is_empty() { Some((&fields, names)) } else { None });
    tokens.extend(errors.into_tokens());
    tokens
}

/// The fields, if they have names.
fn fields(data: &Data, ident: &Ident, errors: &mut Errors) -> Vec<Field> {
    let fields = match data {
        Data::Struct(data) => &data.fields,
        Data::Enum(data) => {
            errors.at(&data.enum_token, Code::ConfigShape, "a config is a struct, and each of its fields is one value");
            return Vec::new();
        }
        Data::Union(data) => {
            errors.at(
                &data.union_token,
                Code::ConfigShape,
                "a config is a struct, and each of its fields is one value",
            );
            return Vec::new();
        }
    };
    match fields {
        Fields::Named(fields) => fields.named.iter().cloned().collect(),
        Fields::Unnamed(_) | Fields::Unit => {
            let message = "a config is a struct with named fields: `struct Settings { #[env] table_name: String }`";
            errors.at(ident, Code::ConfigShape, message);
            Vec::new()
        }
    }
}

fn is_source(attribute: &Attribute) -> bool {
    SOURCES.iter().any(|word| attribute.path().is_ident(word))
}

/// A field, and where its value is.
struct ReadField<'f> {
    ident: &'f Ident,
    ty: &'f Type,
    /// The `T` of an `Option<T>`.
    inner: Option<&'f Type>,
    reading: Reading,
}

impl<'f> ReadField<'f> {
    fn read(field: &'f Field, errors: &mut Errors) -> Option<Self> {
        let ident = field.ident.as_ref()?;
        for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("config")) {
            let message = "`#[config]` stands above the type, as it is about all of it";
            errors.at(attribute.path(), Code::MisplacedAttribute, message);
        }
        let mut found = field.attrs.iter().filter(|attribute| is_source(attribute));
        let Some(attribute) = found.next() else {
            let message = format!(
                "`{ident}` has no source: write `#[env]`, `#[secret(\"name\")]` or `#[parameter(\"/name\")]` above it"
            );
            errors.at(ident, Code::NoSource, message);
            return None;
        };
        for second in found {
            errors.at(second.path(), Code::RepeatedAttribute, "a field has one source: remove one of them");
        }
        let source = match () {
            () if attribute.path().is_ident("env") => Source::Env,
            () if attribute.path().is_ident("secret") => Source::Secret,
            () => Source::Parameter,
        };
        let reading = Reading::read(attribute, source, ident, errors)?;
        let inner = argument(&field.ty, "Option");
        let value = inner.unwrap_or(&field.ty);
        if let Some(message) = conflict(inner.is_some(), &reading) {
            errors.at(&field.ty, Code::Conflict, message);
        }
        if reading.list.is_none() && reading.by_path.is_none() && argument(value, "Vec").is_some() {
            let message = match source {
                Source::Env => "a `Vec` is read from a list: `#[env(list)]`, whose items stand between commas",
                Source::Parameter => "a `Vec` is read from a list: `#[parameter(\"/name\", list)]`",
                Source::Secret => "a secret is no list: read it as a `Secret<String>`, and cut that",
            };
            errors.at(value, Code::ListField, message);
        }
        if let Some(message) = refreshed_mismatch(value, &reading) {
            errors.at(&field.ty, Code::RefreshedField, message);
        }
        Some(Self { ident, ty: &field.ty, inner, reading })
    }

    /// The name, with each placeholder as the variable behind it.
    fn pieces(&self, fields: &[Self], errors: &mut Errors) -> Option<Vec<NamePiece>> {
        let before = errors.count();
        let mut pieces = Vec::new();
        for piece in &self.reading.name {
            let placeholder = match piece {
                Piece::Text(text) => {
                    pieces.push(NamePiece::Text(text.clone()));
                    continue;
                }
                Piece::Placeholder(placeholder) => placeholder,
            };
            let Some(field) = fields.iter().find(|field| field.ident.unraw() == placeholder) else {
                // No field: the variable of the same name.
                pieces.push(NamePiece::Variable { name: placeholder.to_uppercase(), default: None });
                continue;
            };
            let Reading { source, name, default, list, .. } = &field.reading;
            let why = match (source, default) {
                (Source::Secret | Source::Parameter, _) => Some("is fetched itself"),
                (Source::Env, Some(config::Default::Value(_))) => Some("has a default that is no text"),
                (Source::Env, _) if list.is_some() => Some("is a list"),
                (Source::Env, _) => None,
            };
            if let Some(why) = why {
                let message =
                    format!("`{{{placeholder}}}` stands for a field with `#[env]` and one text, and this {why}");
                errors.at_span(self.reading.place, Code::Placeholder, message);
            }
            let default = match default {
                Some(config::Default::Text(text)) => Some(text.value.clone()),
                Some(config::Default::Value(_)) | None => None,
            };
            if let [Piece::Text(name)] = name.as_slice() {
                pieces.push(NamePiece::Variable { name: name.clone(), default });
            }
        }
        (errors.count() == before).then_some(pieces)
    }

    /// The value that describes it.
    fn described(&self, config: &TokenStream, pieces: &[NamePiece]) -> TokenStream {
        let from = match self.reading.source {
            Source::Env => quote!(Variable),
            Source::Secret => quote!(Secret),
            Source::Parameter if self.reading.by_path.is_some() => quote!(Path),
            Source::Parameter => quote!(Parameter),
        };
        let pieces = pieces.iter().map(|piece| match piece {
            NamePiece::Text(text) => quote!(#config::Piece::Text(#text)),
            NamePiece::Variable { name, default } => {
                let default = option(default.as_ref());
                quote!(#config::Piece::Variable { name: #name, default: #default })
            }
        });
        let key = option(self.reading.key.as_ref());
        let version = match &self.reading.version {
            None => option(None),
            Some(version) => {
                let version = match version {
                    Version::Stage(name) => quote!(Stage(#name)),
                    Version::Id(name) => quote!(Id(#name)),
                    Version::Label(name) => quote!(Label(#name)),
                    Version::Number(number) => quote!(Number(#number)),
                };
                quote!(::core::option::Option::Some(#config::Version::#version))
            }
        };
        let default = match &self.reading.default {
            Some(config::Default::Text(text)) => option(Some(&text.value)),
            Some(config::Default::Value(_)) | None => option(None),
        };
        let required = self.inner.is_none() && self.reading.default.is_none();
        let value = self.inner.unwrap_or(self.ty);
        let ty = shown(argument(value, REFRESHED).unwrap_or(value));
        hygienic! {
            #config::Read {
                from: #config::From::#from,
                name: &[#(#pieces),*],
                version: #version,
                key: #key,
                default: #default,
                required: #required,
                ty: #ty,
            }
        }
    }

    /// The call that takes its value. An error about the type stands at the type.
    fn taken(&self, index: usize) -> TokenStream {
        let value = self.inner.unwrap_or(self.ty);
        if let (Some(seconds), Some(value)) = (self.reading.refresh, argument(value, REFRESHED)) {
            let name = if self.inner.is_some() { "optional_refreshed" } else { "refreshed" };
            let (method, seconds) = (method(name, value), seconds.value);
            return quote_spanned!(place(value)=> values.#method::<#value>(#index, #seconds));
        }
        if self.reading.by_path.is_some() {
            let method = method(if self.inner.is_some() { "optional_map" } else { "map" }, value);
            return quote_spanned!(place(value)=> values.#method::<#value>(#index));
        }
        let kind = match (&self.reading.default, self.inner) {
            (Some(config::Default::Value(_)), _) => ["or_else", "list_or_else"],
            (_, None) => ["required", "list"],
            (_, Some(_)) => ["optional", "optional_list"],
        };
        let [single, list] = kind.map(|name| method(name, value));
        let method = if self.reading.list.is_some() { list } else { single };
        let default = match &self.reading.default {
            Some(config::Default::Value(default)) => quote!(, || #default),
            Some(config::Default::Text(_)) | None => quote!(),
        };
        quote_spanned!(place(value)=> values.#method::<#value>(#index #default))
    }

    /// What refuses a type that would show a secret, and a path where there is nobody to ask.
    fn checked(&self, config: &TokenStream) -> Option<TokenStream> {
        let value = self.inner.unwrap_or(self.ty);
        if let Some(by_path) = &self.reading.by_path {
            let config = moved(config, by_path);
            return Some(quote_spanned!(by_path.span()=> const _: () = #config::must_tell_all::<#config::Sdk>();));
        }
        let is_hidden = self.reading.source == Source::Secret && !self.reading.plain;
        is_hidden.then(|| quote_spanned!(place(value)=> const _: () = #config::must_hide::<#value>();))
    }
}

/// The type of a field that is fetched again.
const REFRESHED: &str = "Refreshed";

/// What does not go together.
fn conflict(is_optional: bool, reading: &Reading) -> Option<&'static str> {
    let Reading { default, list, by_path, refresh, version, .. } = reading;
    if default.is_some() && is_optional {
        return Some("an `Option` is `None` where there is nothing, so it has no default: remove one of them");
    }
    if default.is_some() && refresh.is_some() {
        return Some("what is fetched again has no default: it is there, or the field is an `Option<Refreshed<…>>`");
    }
    by_path.as_ref()?;
    match (list, version, default) {
        (Some(_), ..) => Some("all parameters below a path are a map, and no list: remove `list` or `by_path`"),
        (_, Some(_), _) => Some("all parameters below a path have no version in common: remove it, or `by_path`"),
        (.., Some(_)) => {
            Some("all parameters below a path have no default: where there may be none, the field is an `Option`")
        }
        (None, None, None) => None,
    }
}

/// What is wrong with a field that is fetched again, or looks as if it were.
fn refreshed_mismatch(value: &Type, reading: &Reading) -> Option<&'static str> {
    let refreshed = argument(value, REFRESHED);
    match (&reading.refresh, refreshed) {
        (Some(_), _) if reading.list.is_some() || reading.by_path.is_some() => {
            Some("what is fetched again is one value, and neither a list nor a map")
        }
        (Some(_), Some(inner)) if argument(inner, "Option").is_some() => {
            Some("where there may be none, the field is an `Option<Refreshed<…>>`")
        }
        (Some(_), Some(_)) | (None, None) => None,
        (Some(_), None) => Some("what is fetched again is a `Refreshed<…>`, whose `current()` is the newest value"),
        (None, Some(_)) => Some("a `Refreshed` says how old its value may be: `#[secret(\"name\", refresh = \"5m\")]`"),
    }
}

enum NamePiece {
    Text(String),
    Variable { name: String, default: Option<String> },
}

fn option(text: Option<&String>) -> TokenStream {
    match text {
        Some(text) => quote!(::core::option::Option::Some(#text)),
        None => quote!(::core::option::Option::None),
    }
}

/// The argument of a type of this name.
fn argument<'t>(ty: &'t Type, name: &str) -> Option<&'t Type> {
    let ty = match ty {
        Type::Group(group) => &group.elem,
        ty => ty,
    };
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == name)?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// A type as people write it.
fn shown(ty: &Type) -> String {
    ty.to_token_stream().to_string().replace(" :: ", "::").replace(" < ", "<").replace(" >", ">").replace(" ,", ",")
}

fn implementations(krate: &Path, ident: &Ident, right: Option<(&[ReadField<'_>], Vec<Vec<NamePiece>>)>) -> TokenStream {
    let private = hygienic!(#krate::__private);
    let config = hygienic!(#private::config);
    let name = ident.to_string();
    // What is wrong leaves a type that is a config nevertheless, and no errors where it is used.
    let (reads, take) = match right {
        None => (quote!(), hygienic!(let _ = values; ::core::option::Option::None)),
        Some((fields, names)) => {
            let reads = fields.iter().zip(&names).map(|(field, pieces)| field.described(&config, pieces));
            let reads = quote!(#(#reads),*);
            let locals: Vec<Ident> = (0..fields.len()).map(|index| format_ident!("field_{index}")).collect();
            let idents = fields.iter().map(|field| field.ident);
            let taken = fields.iter().enumerate().map(|(index, field)| field.taken(index));
            let checks = fields.iter().filter_map(|field| field.checked(&config));
            // All of them are taken before the first that is missing ends it: all are to be reported.
            let take = hygienic! {
                #(#checks)*
                #(let #locals = #taken;)*
                let _ = values;
                ::core::option::Option::Some(Self { #(#idents: #locals?),* })
            };
            (reads, take)
        }
    };
    hygienic! {
        #[automatically_derived]
        impl #config::Config for #ident {
            const NAME: &'static str = #name;
            const READS: &'static [#config::Read] = &[#reads];

            fn take(values: &mut #config::Values) -> ::core::option::Option<Self> {
                #take
            }
        }

        // For who lists the type in `init: […]`: it is refused there, and otherwise known.
        #[automatically_derived]
        impl #private::InitOutput for #ident {
            type Provided = Self;
        }

        #[automatically_derived]
        impl<__App> #private::InitFn<__App> for #ident {
            const NEEDS: &'static #private::Needs = #config::Provided::<Self>::NEEDS;

            fn run(_: &'static __App) -> #private::Resolving<&'static Self> {
                #config::Provided::<Self>::run()
            }
        }
    }
}

/// The path of this crate, as `#[config(crate = ::path)]` says it.
fn krate(attributes: &[Attribute], errors: &mut Errors) -> Path {
    let mut args = match one(attributes, "config", errors).map(|attribute| &attribute.meta) {
        Some(Meta::List(list)) => args::parse(list.tokens.clone(), errors),
        Some(Meta::NameValue(pair)) => {
            errors.at(pair, Code::WrongValue, "write `#[config(crate = ::path)]`");
            Vec::new()
        }
        Some(Meta::Path(_)) | None => Vec::new(),
    };
    let krate = companion::krate(&mut args, errors);
    let elsewhere = |name: &str| {
        matches!(name, "env" | "secret" | "parameter" | "default" | "list" | "key" | "plain" | "refresh" | "by_path")
            .then(|| "this belongs above a field, as in `#[env(default = \"info\")]`".to_owned())
    };
    Options::new(args, errors).finish(&["crate"], elsewhere, errors);
    krate
}

#[cfg(test)]
mod tests {
    use super::*;

    fn derived(item: TokenStream) -> (Vec<String>, String) {
        let code = derive(item).to_string();
        let messages = code.split("\"lambkin::").skip(1).filter_map(|rest| rest.split('"').next());
        (messages.map(str::to_owned).collect(), code)
    }

    #[test]
    fn all_that_is_wrong_is_said_and_the_traits_are_there() {
        let (messages, code) = derived(quote! {
            #[env]
            struct Settings {
                a: String,
                #[env]
                #[secret("x")]
                b: String,
                #[env(default = "x")]
                c: Option<String>,
                #[env]
                d: Option<Vec<String>>,
                #[secret]
                e: String,
                #[secret("{b}{f}{g}")]
                f: String,
                #[env(list)]
                #[config(crate = ::x)]
                g: Vec<u8>,
                #[env(defualt = 1)]
                h: u8,
            }
        });
        let codes: Vec<&str> = messages.iter().filter_map(|message| message.get(..4)).collect();
        let expected = ["E064", "E091", "E031", "E026", "E094", "E092", "E064", "E006", "E093", "E093"];
        assert_eq!(codes, expected, "{messages:?}");
        assert!(code.contains("Config for Settings") && code.contains("InitOutput for Settings"), "{code}");
    }

    #[test]
    fn only_a_struct_with_named_fields_is_a_config() {
        for item in [
            quote!(
                struct Settings;
            ),
            quote!(
                struct Settings(#[env] String);
            ),
            quote!(
                enum Settings {
                    A,
                }
            ),
            quote!(union Settings { a: u8 }),
            quote!(
                struct Settings<T> {
                    #[env]
                    a: T,
                }
            ),
        ] {
            let (messages, _) = derived(item);
            assert!(messages.len() == 1 && messages[0].starts_with("E090"), "{messages:?}");
        }
    }
}
