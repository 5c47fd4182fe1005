use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[get("/")]
    async fn home(#[cfg(unix)] cx: Context) -> String {
        String::new()
    }
}

lambkin::main! { handlers: [api] }
