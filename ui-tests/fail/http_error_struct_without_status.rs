use lambkin::prelude::*;

#[derive(Debug, thiserror::Error, HttpError)]
#[error("missing")]
struct Missing;

fn main() {}
