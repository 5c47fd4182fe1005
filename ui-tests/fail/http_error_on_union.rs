use lambkin::prelude::*;

#[derive(Clone, Copy, HttpError)]
#[status(500)]
union Bits {
    whole: u64,
    half: u32,
}

fn main() {}
