use lambkin::prelude::*;

#[handler(sqs)]
async fn import(line: &str) -> Result<(), Error> {
    println!("{line}");
    Ok(())
}

lambkin::main! { handlers: [import] }
