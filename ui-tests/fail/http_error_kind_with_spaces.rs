use lambkin::prelude::*;

#[derive(Debug, thiserror::Error, HttpError)]
enum ApiError {
    #[error("a")]
    #[status(404, kind = "not found")]
    Missing,
    #[error("b")]
    #[status(409, title = "")]
    Taken,
    #[error("c")]
    #[status(410, crate = ::lambkin)]
    Gone,
    #[error("d")]
    #[status(400 title = "Bad")]
    Bad,
}

fn main() {}
