use lambkin::prelude::*;

#[derive(Debug, thiserror::Error, HttpError)]
enum ApiError {
    #[error("a")]
    #[status(transparent)]
    Nothing,
    #[error("b")]
    #[status(transparent)]
    Two { first: std::io::Error, second: u64 },
}

fn main() {}
