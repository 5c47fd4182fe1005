use lambkin::prelude::*;

#[derive(Debug, thiserror::Error, HttpError)]
enum ApiError {
    #[error("missing")]
    #[status(404)]
    Missing,
    #[error("busy")]
    Busy(u64),
    #[error("empty")]
    #[status()]
    Empty,
}

fn main() {}
