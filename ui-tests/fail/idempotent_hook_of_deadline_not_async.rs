use lambkin::prelude::*;

fn give_up(exceeded: DeadlineExceeded) -> Result<String, Error> {
    Ok(exceeded.to_string())
}

#[handler(invoke)]
#[idempotent(key = order)]
#[deadline(margin = "5s", on_exceeded = give_up)]
async fn quote(order: String) -> Result<String, Error> {
    Ok(order)
}

lambkin::main! { handlers: [quote] }
