use std::collections::BTreeMap;

use lambkin::prelude::*;

#[derive(Config)]
struct Settings {
    #[parameter("/app/db", by_path)]
    db: BTreeMap<String, String>,
}

fn main() {}
