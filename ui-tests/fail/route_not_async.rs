use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[get("/")]
    fn home() -> String {
        String::new()
    }
}

lambkin::main! { handlers: [api] }
