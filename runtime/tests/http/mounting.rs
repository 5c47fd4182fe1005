//! Routes of several modules, and services behind prefixes.

use lambkin::prelude::*;
use lambkin::testing::TestApp;
use lambkin::testing::http::Request;

struct Stock(u32);
struct Left(u32);

#[init]
async fn stock() -> Result<Stock, Error> {
    Ok(Stock(3))
}

#[init]
async fn left(stock: &Stock) -> Result<Left, Error> {
    Ok(Left(stock.0 - 1))
}

mod items {
    use lambkin::prelude::*;

    #[routes]
    pub mod routes {
        use super::super::Left;
        use super::*;

        #[get("/")]
        async fn list(left: &Left) -> String {
            format!("items, {} left", left.0)
        }

        #[get("/{item}")]
        async fn show(item: &str) -> String {
            format!("item {item}")
        }

        #[get("/files/{*path}")]
        async fn files(path: &str) -> String {
            format!("files {path}")
        }

        #[delete("/{item}")]
        async fn remove(item: u8) -> NoContent {
            let _ = item;
            NoContent
        }
    }
}

mod shops {
    use lambkin::prelude::*;

    #[routes("/shops/{shop}")]
    pub mod routes {
        #[get("/")]
        async fn show(shop: u32) -> String {
            format!("shop {shop}")
        }

        #[get("/items/{item}")]
        async fn item(shop: u32, item: u32) -> String {
            format!("shop {shop} item {item}")
        }
    }
}

#[handler(http)]
mod api {
    use super::*;

    #[mount("/items")]
    use crate::mounting::items::routes as items;
    #[mount("/")]
    use crate::mounting::shops::routes as shops;

    #[get("/items/best")]
    async fn best(stock: &Stock) -> String {
        format!("the best of {}", stock.0)
    }

    #[mount("/legacy/v1")]
    async fn legacy(stock: &Stock) -> axum::Router {
        let count = stock.0;
        axum::Router::new()
            .route("/", axum::routing::get(|| async { "legacy root" }))
            .route("/count", axum::routing::get(move || async move { format!("{count}") }))
            .route(
                "/echo/{word}",
                axum::routing::post(|path: axum::extract::Path<String>, body: String| async move {
                    format!("{} {body}", path.0)
                }),
            )
    }

    #[fallback]
    async fn missing(request: lambkin::http::HttpRequest<'_>) -> (lambkin::http::StatusCode, String) {
        (lambkin::http::StatusCode::NOT_FOUND, format!("no {}", request.path()))
    }
}

#[handler(http)]
async fn router(stock: &Stock) -> Result<axum::Router, Error> {
    let count = stock.0;
    Ok(axum::Router::new().route("/count", axum::routing::get(move || async move { format!("{count}") })))
}

mod app {
    use super::{api, left, router, stock};
    lambkin::app! { init: [left, stock], handlers: [api, router] }
}

#[tokio::test]
async fn routes_of_other_modules_are_reached() {
    let app = TestApp::<app::App>::new();
    let send = async |request: Request| {
        let response = app.invoke("api", request).await.http();
        (response.status, response.text().to_owned())
    };
    let get = async |path: &str| send(Request::get(path)).await.1;
    assert_eq!(get("/items").await, "items, 2 left");
    assert_eq!(get("/items/pen").await, "item pen");
    assert_eq!(get("/items/files").await, "item files");
    assert_eq!(get("/items/files/a/b/").await, "files a/b/");
    assert_eq!(get("/items/files/a%2Fb/c").await, "files a/b/c");
    assert_eq!(get("/items/best").await, "the best of 3");
    assert_eq!(get("/shops/5").await, "shop 5");
    assert_eq!(get("/shops/5/items/7/").await, "shop 5 item 7");
    assert_eq!(get("/legacy/v1/count").await, "3");
    assert_eq!(get("/legacy/v1").await, "legacy root");
    assert_eq!(get("/legacy").await, "no /legacy");
    assert_eq!(send(Request::post("/legacy/v1/echo/a%20b?x=1").body("hi")).await.1, "a b hi");
    assert_eq!(send(Request::post("/legacy/v1/count")).await.0, 405);
    // The more specific pattern has no DELETE, and the other one has.
    assert_eq!(send(Request::delete("/items/best")).await.0, 400);
    assert_eq!(send(Request::delete("/items/7")).await.0, 204);
    let response = app.invoke("api", Request::put("/items/7")).await.http();
    assert_eq!((response.status, response.header("allow")), (405, Some("GET, HEAD, DELETE")));
}

#[tokio::test]
async fn a_router_is_a_handler() {
    let app = TestApp::<app::App>::new();
    let response = app.invoke("router", Request::get("/count")).await.http();
    assert_eq!((response.status, response.text()), (200, "3"));
    assert_eq!(app.invoke("router", Request::get("/other")).await.http().status, 404);
}

mod meeting {
    use lambkin::prelude::*;
    use tokio::sync::Barrier;

    pub struct Place(Barrier);
    pub struct Here;
    pub struct There;

    #[init]
    pub async fn place() -> Result<Place, Error> {
        Ok(Place(Barrier::new(2)))
    }

    #[init]
    pub async fn here(place: &Place) -> Result<Here, Error> {
        place.0.wait().await;
        Ok(Here)
    }

    #[init]
    pub async fn there(place: &Place) -> Result<There, Error> {
        place.0.wait().await;
        Ok(There)
    }

    #[routes]
    pub mod far {
        use super::There;

        #[get("/")]
        async fn meet(_there: &There) -> &'static str {
            "met"
        }
    }

    #[handler(http)]
    pub mod near {
        use super::Here;

        #[mount("/far")]
        use super::far;

        #[get("/")]
        async fn meet(_here: &Here) -> &'static str {
            "met"
        }
    }

    pub mod app {
        use super::{here, near, place, there};
        lambkin::app! { init: [place, here, there], handlers: [near] }
    }
}

/// Neither gets past the barrier without the other.
#[tokio::test]
async fn what_modules_borrow_is_made_at_the_same_time() {
    let app = TestApp::<meeting::app::App>::new();
    assert_eq!(app.invoke("near", Request::get("/far")).await.http().text(), "met");
}
