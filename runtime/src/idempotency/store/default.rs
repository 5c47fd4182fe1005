//! The store of a function that names none.

use super::{AnyStore, open};
use crate::app::error::InitError;

/// Where the environment says which store to use.
const VARIABLE: &str = "LAMBKIN_IDEMPOTENCY";

tokio::task_local! {
    /// The store of the app that is being tested.
    pub(crate) static OF_TEST: AnyStore;
}

/// The store that `LAMBKIN_IDEMPOTENCY` names; without it, and not on Lambda, a file next to the program.
///
/// # Errors
/// If there is none, or it does not open.
#[doc(hidden)]
pub async fn default_store() -> Result<&'static AnyStore, InitError> {
    if let Ok(store) = OF_TEST.try_with(AnyStore::clone) {
        return Ok(Box::leak(Box::new(store)));
    }
    let variable = |name| std::env::var(name).ok().filter(|value: &String| !value.is_empty());
    let url = match variable(VARIABLE) {
        Some(url) => url,
        None => local_url(variable("AWS_LAMBDA_RUNTIME_API").is_some())?,
    };
    let opened = open(&url).await.map_err(|error| {
        InitError::new("IdempotencyStoreError", format!("the store of `{VARIABLE}` does not open: {error}"))
    })?;
    Ok(Box::leak(Box::new(opened)))
}

fn local_url(is_lambda: bool) -> Result<String, InitError> {
    let missing = |message: &str| Err(InitError::new("NoIdempotencyStore", message));
    if is_lambda {
        // An environment's own disk and memory are shared with nobody.
        return missing(
            "`#[idempotent]` needs a store that all environments of the function share: set `LAMBKIN_IDEMPOTENCY` to its \
             URL, such as `dynamodb://table` or `rediss://host`, or name an `#[init]` function: `store = …`",
        );
    }
    if !cfg!(feature = "idempotency-file") {
        return missing(
            "`#[idempotent]` needs a store: add lambkin's feature `idempotency-file`, which keeps records in a file next to \
             the program, or set `LAMBKIN_IDEMPOTENCY`, to `memory:` for a single run",
        );
    }
    let program = std::env::current_exe().map_err(|error| {
        InitError::new("NoIdempotencyStore", format!("where the program lies is unknown: {error}; set `{VARIABLE}`"))
    })?;
    let file = program.with_file_name("lambkin-idempotency.sqlite");
    tracing::info!(file = %file.display(), "idempotency records are kept in a file: `{VARIABLE}` is not set");
    Ok(format!("file:{}", file.display()))
}
