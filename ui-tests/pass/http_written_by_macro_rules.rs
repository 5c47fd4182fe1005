//! Routes whose parts are fragments of a `macro_rules!`.
#![deny(warnings)]

use lambkin::prelude::*;
use lambkin::testing::TestApp;
use lambkin::testing::http::Request;

struct Store(&'static str);

#[init]
async fn store() -> Result<Store, Error> {
    Ok(Store("ada"))
}

macro_rules! service {
    ($module:ident, $prefix:literal, $path:literal, $method:ident $name:ident($id:ident: $ty:ty, $app:ty) -> $out:ty, $query:literal = $default:expr, $fallback:item) => {
        #[handler(http(prefix = $prefix))]
        mod $module {
            use super::*;

            #[$method($path)]
            async fn $name($id: $ty, #[query($query, default = $default)] number: u32, app: $app) -> $out {
                Ok(format!("{} {number} {}", $id, app.0))
            }

            #[fallback]
            $fallback
        }
    };
}

service!(api, "/v1", "/users/{id}", get show(id: u64, &Store) -> Result<String, Error>, "page" = 1 + 1,
    async fn missing() -> &'static str { "missing" });

macro_rules! crud {
    ($module:ident: $ty:ty) => {
        #[routes]
        pub mod $module {
            use super::*;

            #[post("/")]
            pub async fn create(#[body] value: $ty) -> Json<$ty> {
                Json(value)
            }

            #[put("/{id}")]
            async fn replace(id: u64, #[body] value: $ty) -> Json<($ty, u64)> {
                Json((value, id))
            }
        }
    };
}

crud!(names: String);
crud!(counts: u32);

#[handler(http)]
mod all {
    #[mount("/names")]
    pub use super::names;
    #[mount("/counts")]
    pub use super::counts;
}

lambkin::app! { init: [store], handlers: [api, all] }

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let app = TestApp::<App>::new();
    assert_eq!(app.invoke("api", Request::get("/v1/users/7")).await.http().text(), "7 2 ada");
    assert_eq!(app.invoke("api", Request::get("/users/7")).await.http().text(), "missing");
    assert_eq!(app.invoke("all", Request::put("/counts/7").json(&5)).await.http().text(), "[5,7]");
    assert_eq!(app.invoke("all", Request::post("/names").body("a")).await.http().text(), "\"a\"");
}
