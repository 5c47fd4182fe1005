use lambkin::prelude::*;

#[derive(Config)]
enum Settings {
    Dev,
    Prod,
}

#[derive(Config)]
struct Other(#[env] String);

#[derive(Config)]
struct Any<T> {
    #[env]
    value: T,
}

fn main() {}
