use lambkin::prelude::*;

#[derive(Debug, thiserror::Error, HttpError)]
#[error("missing")]
#[status(title = "Missing")]
struct Missing;

fn main() {}
