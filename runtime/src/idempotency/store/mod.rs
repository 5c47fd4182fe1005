//! Where records are kept: the trait, and one file for each store.

mod default;
#[cfg(feature = "idempotency-dynamodb")]
mod dynamodb;
#[cfg(feature = "idempotency-file")]
mod file;
mod memory;
mod open;
#[cfg(feature = "idempotency-redis")]
mod redis;
#[cfg(any(feature = "idempotency-dynamodb", feature = "idempotency-redis"))]
mod url;

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::protocol::{Acquired, Claim};
use super::record::Record;
use crate::error::BoxError;

pub(crate) use default::OF_TEST;
pub use default::default_store;
#[cfg(feature = "idempotency-dynamodb")]
pub use dynamodb::{Attribute, DynamoDb};
#[cfg(feature = "idempotency-file")]
pub use file::File;
pub use memory::Memory;
pub use open::open;
#[cfg(feature = "idempotency-redis")]
pub use redis::Redis;

/// A store of idempotency records.
///
/// Each method is one atomic step; what it has to do is said, as code, by the function of its name in
/// [`protocol`](super::protocol). [`lambkin::testing::idempotency`](crate::testing::idempotency) holds any store against
/// it.
///
/// ```
/// use std::collections::HashMap;
/// use std::sync::{Mutex, PoisonError};
///
/// use lambkin::idempotency::{Acquired, Claim, Record, Store, StoreError, protocol};
///
/// #[derive(Default)]
/// struct InAMap(Mutex<HashMap<String, Option<Record>>>);
///
/// impl InAMap {
///     fn with<T>(&self, id: &str, step: impl FnOnce(&mut Option<Record>) -> T) -> T {
///         let mut records = self.0.lock().unwrap_or_else(PoisonError::into_inner);
///         step(records.entry(id.to_owned()).or_default())
///     }
/// }
///
/// impl Store for InAMap {
///     async fn acquire(&self, id: &str, claim: &Claim) -> Result<Acquired, StoreError> {
///         Ok(self.with(id, |record| protocol::acquire(record, claim)))
///     }
///
///     async fn complete(&self, id: &str, done: &Record) -> Result<bool, StoreError> {
///         Ok(self.with(id, |record| protocol::complete(record, done)))
///     }
///
///     async fn release(&self, id: &str, owner: &str) -> Result<bool, StoreError> {
///         Ok(self.with(id, |record| protocol::release(record, owner)))
///     }
/// }
///
/// # #[tokio::main]
/// # async fn main() {
/// lambkin::testing::idempotency::check(&InAMap::default()).await;
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a store of idempotency records",
    label = "does not implement `lambkin::idempotency::Store`",
    note = "lambkin::E122: `store` takes a reference to a value that implements `lambkin::idempotency::Store`: a by-reference \
            parameter of the function or a part of it, a static, or for a handler the name of an `#[init]` function"
)]
pub trait Store: Send + Sync {
    /// Takes the key for the claim, or tells what is in the way.
    ///
    /// # Errors
    /// If the store can't be reached, or does not answer as it should.
    fn acquire(&self, id: &str, claim: &Claim) -> impl Future<Output = Result<Acquired, StoreError>> + Send;

    /// Keeps a result, unless the key is another one's by now; whether it is kept.
    ///
    /// # Errors
    /// If the store can't be reached, or does not answer as it should.
    fn complete(&self, id: &str, done: &Record) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Gives the key back, unless it is another one's or completed by now; whether it was given back.
    ///
    /// # Errors
    /// If the store can't be reached, or does not answer as it should.
    fn release(&self, id: &str, owner: &str) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// The largest result, in bytes, that a record can hold. A larger one is not kept; that the function ran is.
    fn max_data_bytes(&self) -> usize {
        usize::MAX
    }
}

macro_rules! store_behind {
    ($($pointer:ty),*) => { $(
        impl<S: Store + ?Sized> Store for $pointer {
            fn acquire(&self, id: &str, claim: &Claim) -> impl Future<Output = Result<Acquired, StoreError>> + Send {
                (**self).acquire(id, claim)
            }

            fn complete(&self, id: &str, done: &Record) -> impl Future<Output = Result<bool, StoreError>> + Send {
                (**self).complete(id, done)
            }

            fn release(&self, id: &str, owner: &str) -> impl Future<Output = Result<bool, StoreError>> + Send {
                (**self).release(id, owner)
            }

            fn max_data_bytes(&self) -> usize {
                (**self).max_data_bytes()
            }
        }
    )* };
}

store_behind!(&S, Arc<S>);

/// A store that can't be reached, or that does not answer as it should.
#[derive(Clone)]
pub struct StoreError(Arc<BoxError>);

impl StoreError {
    /// An error for this reason: a message or an error. It reaches the log, so it holds no credentials.
    pub fn new(reason: impl Into<BoxError>) -> Self {
        Self(Arc::new(reason.into()))
    }
}

impl fmt::Debug for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoreError({self})")
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::error::chain(&**self.0))
    }
}

// The sources' messages are in its own.
impl std::error::Error for StoreError {}

/// Some store, whichever it is: what [`open`](super::open) makes out of a URL.
#[derive(Clone)]
pub struct AnyStore(Arc<dyn Erased>);

impl AnyStore {
    /// Any store as this type.
    pub fn new(store: impl Store + 'static) -> Self {
        Self(Arc::new(store))
    }
}

impl fmt::Debug for AnyStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AnyStore")
    }
}

impl Store for AnyStore {
    async fn acquire(&self, id: &str, claim: &Claim) -> Result<Acquired, StoreError> {
        self.0.acquire(id, claim).await
    }

    async fn complete(&self, id: &str, done: &Record) -> Result<bool, StoreError> {
        self.0.complete(id, done).await
    }

    async fn release(&self, id: &str, owner: &str) -> Result<bool, StoreError> {
        self.0.release(id, owner).await
    }

    fn max_data_bytes(&self) -> usize {
        self.0.max_data_bytes()
    }
}

/// [`Store`] as an object.
pub(crate) trait Erased: Send + Sync {
    fn acquire<'a>(&'a self, id: &'a str, claim: &'a Claim) -> BoxFuture<'a, Result<Acquired, StoreError>>;
    fn complete<'a>(&'a self, id: &'a str, done: &'a Record) -> BoxFuture<'a, Result<bool, StoreError>>;
    fn release<'a>(&'a self, id: &'a str, owner: &'a str) -> BoxFuture<'a, Result<bool, StoreError>>;
    fn max_data_bytes(&self) -> usize;
}

impl<S: Store> Erased for S {
    fn acquire<'a>(&'a self, id: &'a str, claim: &'a Claim) -> BoxFuture<'a, Result<Acquired, StoreError>> {
        Box::pin(Store::acquire(self, id, claim))
    }

    fn complete<'a>(&'a self, id: &'a str, done: &'a Record) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(Store::complete(self, id, done))
    }

    fn release<'a>(&'a self, id: &'a str, owner: &'a str) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(Store::release(self, id, owner))
    }

    fn max_data_bytes(&self) -> usize {
        Store::max_data_bytes(self)
    }
}
