use lambkin::prelude::*;

mod users {}

#[mount("/users")]
pub(crate) use crate::users as api;

fn main() {}
