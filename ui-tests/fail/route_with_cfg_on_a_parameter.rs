use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[get("/")]
    async fn home(#[cfg(unix)] cx: Context) -> String {
        cx.request_id().to_owned()
    }
}

lambkin::main! { handlers: [api] }
