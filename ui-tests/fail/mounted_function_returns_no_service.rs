use lambkin::prelude::*;

#[handler(http)]
mod api {
    #[mount("/legacy")]
    async fn legacy() -> String {
        String::new()
    }
}

lambkin::main! { handlers: [api] }
