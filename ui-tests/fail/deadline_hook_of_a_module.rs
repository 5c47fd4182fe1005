use lambkin::prelude::*;

#[handler(http)]
#[deadline(margin = "1s", on_exceeded = late)]
mod api {
    use super::*;

    #[get("/")]
    async fn home() -> String {
        String::new()
    }

    async fn late(_: DeadlineExceeded) -> String {
        String::new()
    }
}

lambkin::main! { handlers: [api] }
