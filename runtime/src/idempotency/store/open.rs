//! From a URL to a store.

use super::{AnyStore, Memory, StoreError};

/// Opens the store that a URL names.
///
/// | URL | store | feature |
/// |---|---|---|
/// | `memory:` | [`Memory`], for tests | |
///
/// # Errors
/// If the URL is of none of these forms, if the feature is not built in, or if the store does not open.
pub async fn open(url: &str) -> Result<AnyStore, StoreError> {
    let (scheme, _rest) = url.split_once(':').unwrap_or((url, ""));
    match scheme {
        "memory" => Ok(AnyStore::new(Memory::new())),
        // The URL may hold a password: it stays out of the message.
        _ => Err(StoreError::new(format!("`{scheme}:` is no store; write `memory:`"))),
    }
}
