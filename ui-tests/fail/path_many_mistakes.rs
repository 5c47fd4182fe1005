use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[get("/{a/{b-c}//d")]
    async fn show() -> String {
        String::new()
    }
}

lambkin::main! { handlers: [api] }
