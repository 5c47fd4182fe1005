use lambkin::prelude::*;

#[derive(Config)]
struct Settings {
    #[parameter("/app/db", by_path)]
    names: Vec<String>,
}

fn main() {}
