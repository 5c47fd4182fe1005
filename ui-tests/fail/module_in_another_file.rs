use lambkin::prelude::*;

#[handler(http)]
mod api;

lambkin::main! { handlers: [api] }
