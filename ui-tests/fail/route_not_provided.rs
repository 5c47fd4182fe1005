use lambkin::prelude::*;

struct Store(String);

#[handler(http)]
mod api {
    use super::*;

    #[get("/")]
    async fn home(store: &Store) -> String {
        store.0.clone()
    }
}

lambkin::main! { handlers: [api] }
