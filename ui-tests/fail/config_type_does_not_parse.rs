use lambkin::prelude::*;

struct Level(u8);

type Maybe = Option<String>;

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
    #[env]
    renamed: Maybe,
    #[env(default = 5)]
    name: String,
}

fn main() {}
