use lambkin::prelude::*;

#[handler(cloudwatch-logs)]
async fn watch(line: String) -> Result<(), Error> {
    let _ = line;
    Ok(())
}

lambkin::main! { handlers: [watch] }
