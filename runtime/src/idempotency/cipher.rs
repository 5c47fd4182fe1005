//! Encryption of results.

use std::future::Future;

use futures_util::future::BoxFuture;

use crate::error::{BoxError, Error};

/// Encrypts results before they reach a store, and decrypts them on a replay: `#[idempotent(cipher = …)]`.
///
/// A result that can't be encrypted is not kept, which is logged; that the function ran is. One that can't be decrypted
/// is refused.
///
/// ```
/// use lambkin::Error;
/// use lambkin::idempotency::Cipher;
///
/// /// Stands in for a real one, which an `#[init]` function would give a key.
/// struct Backwards;
///
/// impl Cipher for Backwards {
///     async fn seal(&self, _id: &str, data: String) -> Result<String, Error> {
///         Ok(data.chars().rev().collect())
///     }
///
///     async fn open(&self, _id: &str, sealed: String) -> Result<String, Error> {
///         Ok(sealed.chars().rev().collect())
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not encrypt results",
    label = "does not implement `lambkin::idempotency::Cipher`",
    note = "lambkin::E119: `cipher` takes a reference to a value that implements `lambkin::idempotency::Cipher`: a by-reference \
            parameter of the function or a part of it, a static, or for a handler the name of an `#[init]` function"
)]
pub trait Cipher: Send + Sync {
    /// The text to store in the place of `data`, which is JSON. `id` is the record's key, to bind the text to it.
    ///
    /// # Errors
    /// If it can't be encrypted. The message reaches the log.
    fn seal(&self, id: &str, data: String) -> impl Future<Output = Result<String, Error>> + Send;

    /// The `data` out of which [`seal`](Self::seal) made this text.
    ///
    /// # Errors
    /// If it can't be decrypted. The message reaches the log and the caller.
    fn open(&self, id: &str, sealed: String) -> impl Future<Output = Result<String, Error>> + Send;
}

impl<C: Cipher + ?Sized> Cipher for &C {
    fn seal(&self, id: &str, data: String) -> impl Future<Output = Result<String, Error>> + Send {
        (**self).seal(id, data)
    }

    fn open(&self, id: &str, sealed: String) -> impl Future<Output = Result<String, Error>> + Send {
        (**self).open(id, sealed)
    }
}

/// [`Cipher`] as an object.
pub(crate) trait AnyCipher: Send + Sync {
    fn seal<'a>(&'a self, id: &'a str, data: String) -> BoxFuture<'a, Result<String, BoxError>>;
    fn open<'a>(&'a self, id: &'a str, sealed: String) -> BoxFuture<'a, Result<String, BoxError>>;
}

impl<C: Cipher> AnyCipher for C {
    fn seal<'a>(&'a self, id: &'a str, data: String) -> BoxFuture<'a, Result<String, BoxError>> {
        Box::pin(async move { Ok(Cipher::seal(self, id, data).await?) })
    }

    fn open<'a>(&'a self, id: &'a str, sealed: String) -> BoxFuture<'a, Result<String, BoxError>> {
        Box::pin(async move { Ok(Cipher::open(self, id, sealed).await?) })
    }
}
