//! `cargo lambkin check`: whether a template gives the crate's functions what they need.

#![expect(dead_code, reason = "the parts are on their way to each other")]

pub(crate) mod observed;
pub(crate) mod read;
