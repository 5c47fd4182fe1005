//! `crate = …` where `lambkin` itself is out of sight.
#![deny(warnings)]

mod vendored {
    pub(crate) mod deep {
        pub(crate) use ::lambkin as cloud;
    }
}

mod lambkin {}

use vendored::deep::cloud::http::{HttpError as Answered, IntoResponse};

#[derive(Debug, thiserror::Error, Answered)]
#[http_error(crate = crate::vendored::deep::cloud)]
enum Failed {
    #[error("missing")]
    #[status(404, kind = "a:b", title = "Missing", retry_after = "30s")]
    Missing,
    #[error(transparent)]
    #[status(transparent)]
    Inner(#[from] Inner),
}

#[derive(Debug, thiserror::Error, Answered)]
#[error("inner")]
#[status(409)]
#[http_error(crate = vendored::deep::cloud)]
struct Inner;

fn main() {
    assert_eq!(Failed::Missing.into_response().status(), 404);
    assert_eq!(Failed::from(Inner).problem().status(), 409);
}
