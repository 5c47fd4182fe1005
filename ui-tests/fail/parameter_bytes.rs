use lambkin::prelude::*;

#[handler(sqs)]
async fn import(line: &[u8]) -> Result<(), Error> {
    println!("{}", line.len());
    Ok(())
}

lambkin::main! { handlers: [import] }
