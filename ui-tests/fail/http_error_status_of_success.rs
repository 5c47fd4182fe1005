use lambkin::prelude::*;

#[derive(Debug, thiserror::Error, HttpError)]
enum ApiError {
    #[error("created")]
    #[status(201)]
    Created,
    #[error("elsewhere")]
    #[status(302)]
    Moved,
}

fn main() {}
