use lambkin::prelude::*;

struct Store(String);

#[init]
async fn store() -> Result<Store, Error> {
    Ok(Store(String::new()))
}

#[handler(http)]
mod api {
    use super::*;

    #[get("/users")]
    async fn show(store: Store) -> String {
        store.0
    }
}

lambkin::main! { handlers: [api] }
