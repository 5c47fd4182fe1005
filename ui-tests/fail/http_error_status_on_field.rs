use lambkin::prelude::*;

#[derive(Debug, thiserror::Error, HttpError)]
#[status(500)]
enum ApiError {
    #[error("missing")]
    Missing {
        #[status(404)]
        id: u64,
    },
    #[error("busy")]
    #[http_error(crate = ::lambkin)]
    Busy,
}

fn main() {}
