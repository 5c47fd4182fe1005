//! A condition removes a route, and nothing else of its module.
#![deny(warnings)]

use lambkin::prelude::*;
use lambkin::testing::TestApp;
use lambkin::testing::http::Request;

#[cfg(any())]
struct Gone;

#[routes]
pub mod admin {
    #![allow(dead_code)]

    #[get("/")]
    #[cfg(all())]
    async fn home() -> &'static str {
        "admin"
    }

    /// Its path is that of another, which is not there.
    #[cfg(any())]
    #[get("/")]
    async fn other(gone: super::Gone) -> &'static str {
        "other"
    }
}

/// The module's own attributes stay.
#[handler(http(cors = "*"), name = "shop")]
#[deadline(margin = "1s")]
#[allow(clippy::unused_async)]
pub(crate) mod api {
    use super::*;

    #[cfg(any())]
    #[mount("/gone")]
    pub use super::gone;
    #[cfg(not(any()))]
    #[mount("/admin")]
    pub use super::admin;

    #[get("/version")]
    #[cfg(any())]
    async fn version(gone: &Gone) -> &'static str {
        "old"
    }

    #[get("/version")]
    #[cfg(not(any()))]
    async fn version() -> &'static str {
        "new"
    }

    #[cfg(all())]
    #[cfg(not(any()))]
    #[get("/twice")]
    async fn twice() -> &'static str {
        "twice"
    }

    #[cfg(any())]
    #[fallback]
    async fn missing() -> NoContent {
        NoContent
    }

    #[cfg(not(any()))]
    pub(super) fn helper() -> Json<u8> {
        Json(1)
    }
}

#[cfg(any())]
#[handler(http)]
mod removed {
    #[get("/")]
    async fn home(gone: super::Gone) {}
}

lambkin::app! { handlers: [api] }

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let app = TestApp::<App>::new();
    let get = async |path: &str| {
        let response = app.invoke("shop", Request::get(path)).await.http();
        (response.status, response.text().to_owned())
    };
    assert_eq!(get("/version").await, (200, "new".to_owned()));
    assert_eq!(get("/twice").await.1, "twice");
    assert_eq!(get("/admin").await.1, "admin");
    assert_eq!(get("/gone").await.0, 404);
    assert_eq!(api::helper().0, 1);
}
