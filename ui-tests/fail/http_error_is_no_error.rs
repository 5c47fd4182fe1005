use lambkin::prelude::*;

#[derive(Debug, HttpError)]
#[status(404)]
struct Missing;

fn main() {}
