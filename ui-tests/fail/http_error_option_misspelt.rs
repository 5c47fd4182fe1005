use lambkin::prelude::*;

#[derive(Debug, thiserror::Error, HttpError)]
enum ApiError {
    #[error("a")]
    #[status(503, retry_afte = "30s")]
    Busy,
    #[error("b")]
    #[status(transparant)]
    Inner(std::io::Error),
    #[error("c")]
    #[status(404, detail = "there is none")]
    Missing,
}

fn main() {}
