//! From a URL to a store.

use super::{AnyStore, Memory, StoreError};

/// Opens the store that a URL names, as `LAMBKIN_IDEMPOTENCY` does.
///
/// | URL | store | feature |
/// |---|---|---|
/// | `memory:` | [`Memory`], for tests | |
/// | `file:path` | `File`: SQLite | `idempotency-file` |
/// | `dynamodb://table` | `DynamoDb`, see there for more | `idempotency-dynamodb` |
/// | `redis://host`, `rediss://host`, `valkey://host`, `valkeys://host` | `Redis`: Redis or Valkey, see there for more | `idempotency-redis` |
///
/// # Errors
/// If the URL is of none of these forms, if the feature is not built in, or if the store does not open.
pub async fn open(url: &str) -> Result<AnyStore, StoreError> {
    let (scheme, rest) = url.split_once(':').unwrap_or((url, ""));
    match scheme {
        "memory" => Ok(AnyStore::new(Memory::new())),
        "file" => open_file(rest).await,
        "dynamodb" => open_dynamodb(rest).await,
        "redis" | "rediss" | "valkey" | "valkeys" => open_redis(url).await,
        // What stands behind the colon may hold a password.
        _ => Err(StoreError::new(
            "its URL starts with none of `file:`, `dynamodb://`, `redis://`, `rediss://` and `memory:`",
        )),
    }
}

macro_rules! behind_a_feature {
    ($($feature:literal: async fn $name:ident($rest:ident) $open:block)*) => { $(
        #[cfg(feature = $feature)]
        async fn $name($rest: &str) -> Result<AnyStore, StoreError> $open

        #[cfg(not(feature = $feature))]
        async fn $name(_: &str) -> Result<AnyStore, StoreError> {
            Err(StoreError::new(concat!(
                "this program is built without it: add the feature `", $feature, "` to lambkin in Cargo.toml"
            )))
        }
    )* };
}

behind_a_feature! {
    "idempotency-file": async fn open_file(path) {
        if path.is_empty() {
            return Err(StoreError::new("`file:` needs a path, as in `file:records.sqlite`"));
        }
        // A URL's two slashes are as welcome as none.
        Ok(AnyStore::new(super::File::open(path.strip_prefix("//").unwrap_or(path)).await?))
    }

    "idempotency-dynamodb": async fn open_dynamodb(rest) {
        Ok(AnyStore::new(super::DynamoDb::open(rest).await?))
    }

    "idempotency-redis": async fn open_redis(url) {
        Ok(AnyStore::new(super::Redis::open(url).await?))
    }
}
