use lambkin::prelude::*;

struct Order {
    id: String,
}

#[handler(dynamodb)]
async fn mirror(change: Change<Order>) -> Result<(), Error> {
    if let Change::Insert { new } = change {
        println!("{}", new.id);
    }
    Ok(())
}

lambkin::main! { handlers: [mirror] }
