use lambkin::prelude::*;

#[derive(Debug, thiserror::Error, HttpError)]
#[http_error(crate = "lambkin", title = "Missing")]
#[error("missing")]
#[status(404)]
struct Missing;

fn main() {}
