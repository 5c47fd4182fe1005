use lambkin::prelude::*;

mod users {}

#[mount("/users")]
pub use crate::users as api;

fn main() {}
