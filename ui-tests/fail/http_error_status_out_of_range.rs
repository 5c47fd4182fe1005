use lambkin::prelude::*;

#[derive(Debug, thiserror::Error, HttpError)]
enum ApiError {
    #[error("a")]
    #[status(600)]
    Above,
    #[error("b")]
    #[status(-404)]
    Negative,
    #[error("c")]
    #[status(404u16)]
    Suffixed,
    #[error("d")]
    #[status(100)]
    Early,
}

fn main() {}
