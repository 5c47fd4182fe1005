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
struct Refreshed;
struct Vec;
struct HashMap;
struct Version;
struct Sdk;
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
trait Hides {}
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
    #[secret("{values}", key = "a", version_stage = "AWSPREVIOUS", plain)]
    plain: ::std::string::String,
    #[secret("{values}/b", refresh = "1s")]
    renewed: ::core::option::Option<::lambkin::config::Refreshed<::lambkin::Secret<u8>>>,
    #[parameter("/a", list, default = "1,2", version = 3)]
    r#type: ::std::vec::Vec<u8>,
    #[parameter("/{values}", label = "new")]
    r#match: ::std::string::String,
    #[cfg(any())]
    #[secret("never")]
    absent: NoSuchType,
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
