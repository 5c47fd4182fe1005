use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[get("/")]
    #[deadline(margin = "1s", on_exceeded = late)]
    async fn home() -> String {
        String::new()
    }

    async fn late(_: DeadlineExceeded) -> u32 {
        1
    }
}

lambkin::main! { handlers: [api] }
