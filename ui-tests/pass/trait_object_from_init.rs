#![deny(warnings)]

use lambkin::prelude::*;
use lambkin::testing::TestApp;

trait Store: Send + Sync {
    fn name(&self) -> &'static str;
}

struct Postgres;

impl Store for Postgres {
    fn name(&self) -> &'static str {
        "postgres"
    }
}

struct Fake;

impl Store for Fake {
    fn name(&self) -> &'static str {
        "fake"
    }
}

#[init(provides = dyn Store)]
async fn store() -> Result<Postgres, Error> {
    Ok(Postgres)
}

#[handler(invoke)]
async fn which(store: &dyn Store) -> &'static str {
    store.name()
}

lambkin::app! { init: [store], handlers: [which] }

#[tokio::main(flavor = "current_thread")]
async fn main() {
    assert_eq!(TestApp::<App>::new().invoke("which", "null").await.response(), "postgres");
    let faked = TestApp::<App>::new().with_boxed::<dyn Store>(Box::new(Fake));
    assert_eq!(faked.invoke("which", "null").await.response(), "fake");
}
