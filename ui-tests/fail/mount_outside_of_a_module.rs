use lambkin::prelude::*;

pub mod users {}

#[mount("/users")]
pub use crate::users as api;

fn main() {}
