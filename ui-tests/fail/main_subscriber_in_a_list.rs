use lambkin::prelude::*;

fn install() {}

#[handler(invoke)]
async fn measure(word: String) -> usize {
    word.len()
}

lambkin::main! { subscriber: [install], handlers: [measure] }
