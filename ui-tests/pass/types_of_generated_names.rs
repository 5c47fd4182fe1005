//! Types of the user's that are called like what the macros generate, and trait objects with all that
//! belongs to them.
#![deny(warnings)]

use lambkin::prelude::*;
use lambkin::testing::TestApp;
use serde_json::json;

struct A(u64);

#[derive(Deserialize)]
struct Bound {
    value: u64,
}

trait Greeter {
    fn greet(&self) -> String;
}

struct Hello;

impl Greeter for Hello {
    fn greet(&self) -> String {
        "hello".to_owned()
    }
}

type Check = Box<dyn Fn(&str) -> bool + Send + Sync>;

#[init]
async fn a() -> Result<A, Error> {
    Ok(A(1))
}

#[init(provides = dyn Greeter + Send + Sync)]
async fn greeter(a: &A) -> Result<Hello, Error> {
    let _ = a;
    Ok(Hello)
}

#[init]
async fn check() -> Result<Check, Error> {
    Ok(Box::new(|text| text == "hello"))
}

#[handler(invoke)]
async fn add(
    bound: Bound,
    a: &A,
    greeter: &(dyn Greeter + Send + Sync),
    check: &Box<dyn Fn(&str) -> bool + Send + Sync>,
) -> Result<(u64, bool), Error> {
    Ok((bound.value + a.0, check(&greeter.greet())))
}

lambkin::app! { init: [a, greeter, check], handlers: [add] }

fn main() {
    let tokio = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let done = tokio.block_on(async { TestApp::<App>::new().invoke("add", json!({"value": 2})).await.response() });
    assert_eq!(done, json!([3, true]));
}
