use lambkin::prelude::*;

#[derive(Debug, thiserror::Error, HttpError)]
enum ApiError {
    #[error("busy")]
    #[status(503, retry_after = "30 secnds")]
    Busy,
    #[error("full")]
    #[status(429, retry_after = 30)]
    Full,
}

fn main() {}
