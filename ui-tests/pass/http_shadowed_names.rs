//! The generated code of routes means the standard library's names, whatever stands in the user's module.
#![deny(warnings)]
#![allow(dead_code, unused_imports)]

struct Store(u32);

#[::lambkin::init]
async fn store() -> ::core::result::Result<Store, ::lambkin::Error> {
    ::core::result::Result::Ok(Store(3))
}

#[::lambkin::handler(http(prefix = "/v1", cors = "https://app.example.com"))]
mod api {
    use super::Store;

    struct Result;
    struct Option;
    struct Box;
    struct String;
    struct Vec;
    struct Default;
    struct Hit;
    struct Reply;
    struct Segment;
    struct Target;
    enum Mine {
        Ok,
        Err,
        Some,
        None,
        Get,
    }
    use Mine::{Err, Get, None, Ok, Some};
    trait Send {}
    trait Future {}
    trait Into {}
    trait Extract {}
    mod std {}
    mod core {}
    mod http {}
    mod serde {}
    macro_rules! matches {
        () => {};
    }
    macro_rules! module_path {
        () => {};
    }

    type Returned<T> = ::core::result::Result<T, ::lambkin::Error>;

    #[get("/users/{id}")]
    #[deadline(margin = "1s", on_exceeded = late)]
    async fn show(
        id: u32,
        #[query(default)] page: u32,
        #[query(default = 20)] size: ::core::primitive::u32,
        #[header] x_tenant: ::core::option::Option<&str>,
        #[cookie] session: ::core::option::Option<&str>,
        cx: ::lambkin::Context,
        store: &Store,
    ) -> Returned<::std::string::String> {
        matches!();
        module_path!();
        let _ = cx;
        Returned::Ok(::std::format!("{id} {page} {size} {x_tenant:?} {session:?} {}", store.0))
    }

    async fn late(_: ::lambkin::DeadlineExceeded) -> Returned<::std::string::String> {
        Returned::Ok(::std::string::String::new())
    }

    #[post("/users", cors(origins = "*", methods = "POST", max_age = "1h"))]
    #[idempotent(key = header("idempotency-key"), verify = name, missing_key = "run")]
    async fn create(#[body] name: &str) -> ::std::string::String {
        name.to_owned()
    }

    #[mount("/old")]
    async fn old(_store: &Store) -> Returned<::axum::Router> {
        Returned::Ok(::axum::Router::new())
    }

    #[fallback]
    async fn missing() -> ::lambkin::http::StatusCode {
        ::lambkin::http::StatusCode::NOT_FOUND
    }
}

::lambkin::app! { init: [store], handlers: [api] }

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let app = ::lambkin::testing::TestApp::<App>::new();
    let request = ::lambkin::testing::http::Request::get("/v1/users/7?page=2").header("cookie", "session=a");
    assert_eq!(app.invoke("api", request).await.http().text(), "7 2 20 None Some(\"a\") 3");
    let request = ::lambkin::testing::http::Request::post("/v1/users").body("ada");
    assert_eq!(app.invoke("api", request).await.http().text(), "ada");
    assert_eq!(app.invoke("api", ::lambkin::testing::http::Request::get("/other")).await.http().status, 404);
}
