use lambkin::prelude::*;

#[derive(Debug, thiserror::Error, HttpError)]
#[error("inner")]
#[status(404)]
struct Inner;

#[derive(Debug, thiserror::Error, HttpError)]
#[error(transparent)]
#[status(transparent, title = "Inner")]
struct Outer(Inner);

fn main() {}
