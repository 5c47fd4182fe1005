use lambkin::prelude::*;

#[derive(Config)]
struct Settings {
    #[parameter("/stage")]
    stage: String,
    #[env(default = 1 + 1)]
    number: u8,
    #[env(list)]
    regions: Vec<String>,
    #[secret("{stage}/{number}/{regions}/db")]
    password: Secret<String>,
}

fn main() {}
