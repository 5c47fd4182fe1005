use lambkin::prelude::*;

#[derive(Debug, thiserror::Error, HttpError)]
enum ApiError {
    #[error(transparent)]
    #[status(transparent)]
    Disk(#[from] std::io::Error),
}

fn main() {}
