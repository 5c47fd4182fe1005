use lambkin::prelude::*;

async fn install() -> Result<(), Error> {
    Ok(())
}

#[handler(invoke)]
async fn measure(word: String) -> usize {
    word.len()
}

lambkin::main! { subscriber: install, handlers: [measure] }
