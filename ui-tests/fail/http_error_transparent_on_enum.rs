use lambkin::prelude::*;

#[derive(Debug, thiserror::Error, HttpError)]
#[error("inner")]
#[status(404)]
struct Inner;

#[derive(Debug, thiserror::Error, HttpError)]
#[status(transparent)]
enum Outer {
    #[error(transparent)]
    Inner(Inner),
}

fn main() {}
