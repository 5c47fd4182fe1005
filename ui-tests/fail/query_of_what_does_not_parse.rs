use lambkin::prelude::*;

struct Sort(String);

#[handler(http)]
mod api {
    use super::*;

    #[get("/users")]
    async fn show(#[query] sort: Sort) -> String {
        sort.0
    }
}

lambkin::main! { handlers: [api] }
