//! What the handlers borrow, made and unmade.

use std::fmt;
use std::io;
use std::sync::LazyLock;

use lambkin::prelude::*;
use tokio::sync::Barrier;

/// Never made: its init function fails.
pub(crate) struct Database;

#[derive(Debug)]
pub(crate) struct NoDatabase(io::Error);

impl fmt::Display for NoDatabase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no database")
    }
}

impl std::error::Error for NoDatabase {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

#[init]
pub(crate) async fn database() -> Result<Database, NoDatabase> {
    Err(NoDatabase(io::Error::other("nobody listens")))
}

/// Never made: its init function panics.
pub(crate) struct Cache;

#[init]
pub(crate) async fn cache() -> Result<Cache, Error> {
    panic!("the cache is cold")
}

static TWO: LazyLock<Barrier> = LazyLock::new(|| Barrier::new(2));

pub(crate) struct Left(u32);

/// Waits for `right`.
#[init]
pub(crate) async fn left() -> Result<Left, Error> {
    TWO.wait().await;
    Ok(Left(1))
}

pub(crate) struct Right(u32);

/// Waits for `left`.
#[init]
pub(crate) async fn right() -> Result<Right, Error> {
    TWO.wait().await;
    Ok(Right(2))
}

pub(crate) struct Both {
    pub(crate) sum: u32,
}

#[init]
pub(crate) async fn both(left: &Left, right: &Right) -> Result<Both, Error> {
    Ok(Both { sum: left.0 + right.0 })
}

/// Its failure must not keep the others from running.
#[shutdown]
pub(crate) async fn stumble() -> Result<(), Error> {
    Err(Error::msg("the stairs are dark"))
}

#[shutdown]
pub(crate) async fn farewell() {
    tracing::info!("farewell");
}

/// Runs only where `both` was made.
#[shutdown]
pub(crate) async fn close(both: &Both) {
    tracing::info!(sum = both.sum, "closed");
}
