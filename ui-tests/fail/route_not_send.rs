use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[get("/")]
    async fn show() -> String {
        let count = std::rc::Rc::new(1);
        std::future::ready(()).await;
        count.to_string()
    }
}

lambkin::main! { handlers: [api] }
