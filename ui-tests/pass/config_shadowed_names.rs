//! As `shadowed_names`, for `#[derive(Config)]`.
#![deny(warnings)]
#![allow(dead_code, unused_imports)]

struct Result;
struct Box;
struct String;
struct Values;
struct Read;
struct Piece;
struct From;
struct Secret;
enum Mine {
    Ok,
    Err,
    Some,
    None,
}
use Mine::{Err, None, Ok, Some};
trait Config {}
trait FromStr {}
trait InitFn {}
trait InitOutput {}
mod std {}
mod core {}
mod config {}
mod alloc {}
mod lambkin_macros {}

#[derive(::lambkin::Config)]
struct Settings {
    #[env]
    values: ::std::string::String,
    #[env(default = 5)]
    field_0: u8,
    #[env(list)]
    app: ::std::vec::Vec<u8>,
    #[secret("{values}")]
    kept: ::core::option::Option<::lambkin::Secret<::std::string::String>>,
}

trait Kind {
    fn required(self) -> Self;
    fn take(&self);
    fn run(&self);
    fn load(&self);
}

impl Kind for Settings {
    fn required(self) -> Self {
        self
    }
    fn take(&self) {}
    fn run(&self) {}
    fn load(&self) {}
}

fn main() {}
