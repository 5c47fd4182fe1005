use lambkin::prelude::*;

#[handler(sns)]
async fn watch(line: LogEvent<'_>) -> Result<(), Error> {
    let _ = line;
    Ok(())
}

lambkin::main! { handlers: [watch] }
