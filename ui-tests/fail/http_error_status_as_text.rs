use lambkin::prelude::*;

#[derive(Debug, thiserror::Error, HttpError)]
#[error("missing")]
#[status("404")]
struct Missing;

#[derive(Debug, thiserror::Error, HttpError)]
#[error("missing")]
#[status = 404]
struct Gone;

fn main() {}
