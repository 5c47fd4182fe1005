use lambkin::prelude::*;

struct Chicken;
struct Egg;

#[init]
async fn chicken(egg: &Egg) -> Result<Chicken, Error> {
    let _ = egg;
    Ok(Chicken)
}

#[init]
async fn egg(chicken: &Chicken) -> Result<Egg, Error> {
    let _ = chicken;
    Ok(Egg)
}

#[handler(sqs)]
async fn fulfil(order: String, egg: &Egg) -> Result<(), Error> {
    let _ = (order, egg);
    Ok(())
}

lambkin::main! { init: [chicken, egg], handlers: [fulfil] }
