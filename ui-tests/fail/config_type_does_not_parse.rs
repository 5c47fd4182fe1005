use lambkin::prelude::*;

struct Level(u8);

#[derive(Config)]
struct Settings {
    #[env]
    level: Level,
    #[env]
    other: Option<Level>,
    #[env(list)]
    levels: Vec<Level>,
    #[env(list)]
    text: String,
    #[env(default = 5)]
    name: String,
}

fn main() {}
