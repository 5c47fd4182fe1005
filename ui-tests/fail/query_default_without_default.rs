use lambkin::prelude::*;

#[derive(Deserialize)]
struct Sort(String);

#[handler(http)]
mod api {
    use super::*;

    #[get("/users")]
    async fn show(#[query(default)] sort: Sort) -> String {
        sort.0
    }
}

lambkin::main! { handlers: [api] }
