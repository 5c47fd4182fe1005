use lambkin::prelude::*;

#[derive(Debug, thiserror::Error, HttpError)]
#[error("missing")]
#[status(404, title = "Missing", title = "Gone", 410)]
struct Missing;

fn main() {}
