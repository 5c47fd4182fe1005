use lambkin::prelude::*;

#[derive(Debug, thiserror::Error, HttpError)]
enum ApiError {
    #[error("missing")]
    #[status(404)]
    #[status(410)]
    Missing,
}

fn main() {}
