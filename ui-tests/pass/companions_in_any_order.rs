#![deny(warnings)]

use std::time::Duration;

use lambkin::prelude::*;
use lambkin::testing::TestApp;

/// Longer than any line that these deadlines draw.
async fn too_long() -> Result<u32, Error> {
    tokio::time::sleep(Duration::from_secs(60)).await;
    Ok(0)
}

#[deadline(margin = "9950ms")]
#[handler(invoke)]
async fn above() -> Result<u32, Error> {
    too_long().await
}

#[handler(invoke)]
#[deadline(margin = "9950ms")]
async fn below() -> Result<u32, Error> {
    too_long().await
}

#[deadline(margin = "9950ms")]
#[tracing::instrument(skip_all)]
#[handler(invoke)]
#[allow(clippy::unused_async, reason = "stands between")]
async fn above_instrument() -> Result<u32, Error> {
    too_long().await
}

#[tracing::instrument]
#[handler(invoke)]
#[tracing::instrument]
#[deadline(margin = "9950ms")]
async fn between_instruments() -> Result<u32, Error> {
    too_long().await
}

#[lambkin::deadline(margin = "9950ms")]
#[allow(dead_code)]
#[lambkin::handler(invoke)]
#[must_use]
async fn by_path() -> Result<u32, Error> {
    too_long().await
}

lambkin::app! { handlers: [above, below, above_instrument, between_instruments, by_path] }

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let app = TestApp::<App>::new();
    for name in ["above", "below", "above_instrument", "between_instruments", "by_path"] {
        let done = app.invoke(name, "{}").remaining(Duration::from_secs(10)).await;
        assert!(done.error().is_some(), "{name} was cancelled at its line");
    }
}
