//! As `shadowed_names`, for `#[derive(HttpError)]`.
#![deny(warnings)]
#![allow(dead_code, unused_imports)]

struct Result;
struct Option;
struct Box;
struct String;
struct Problem;
struct Response;
struct Duration;
struct StatusCode;
enum Mine {
    Ok,
    Err,
    Some,
    None,
}
use Mine::{Err, None, Ok, Some};
trait Error {}
trait Display {}
trait Debug {}
trait IntoResponse {}
trait HttpError {}
trait IsError {}
mod std {}
mod core {}
mod http {}
mod alloc {}
mod lambkin_macros {}

#[derive(::core::fmt::Debug, ::lambkin::http::HttpError)]
#[status(500)]
enum Failed<Error> {
    #[status(404, title = "Missing", retry_after = "30s")]
    Ok { field: Error },
    #[status(transparent)]
    Err(Error),
    None,
}

impl<E> ::core::fmt::Display for Failed<E> {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        f.write_str("failed")
    }
}

impl<E: ::core::fmt::Debug> ::core::error::Error for Failed<E> {}

trait Kind {
    fn kind(self) -> Self;
    fn problem(&self);
    fn into_response(&self);
}

impl<E> Kind for Failed<E> {
    fn kind(self) -> Self {
        self
    }
    fn problem(&self) {}
    fn into_response(&self) {}
}

fn main() {
    let missing = Failed::Err(Failed::<Failed<::core::fmt::Error>>::None);
    let _ = &missing;
}
