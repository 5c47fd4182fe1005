use lambkin::prelude::*;

struct Filter(String);

#[handler(http)]
mod api {
    use super::*;

    #[get("/users")]
    async fn show(filter: Filter) -> String {
        filter.0
    }
}

lambkin::main! { handlers: [api] }
