use lambkin::http::StatusCode;
use lambkin::prelude::*;

#[derive(Debug, thiserror::Error, HttpError)]
enum ApiError {
    #[error("a")]
    #[status(NOT_FOUND)]
    Missing,
    #[error("b")]
    #[status(StatusCode::CONFLICT, title = "Taken")]
    Taken,
    #[error("c")]
    #[status(code = 503)]
    Busy,
}

fn main() {
    let _ = StatusCode::CONFLICT;
}
