use lambkin::prelude::*;

#[derive(Debug, thiserror::Error, HttpError)]
enum ApiError {
    #[error("busy")]
    #[status(503, retry_after = "500ms")]
    Busy,
    #[error("full")]
    #[status(429, retry_after = "0s")]
    Full,
}

fn main() {}
