//! A function as small as it gets.

use lambkin::prelude::*;

#[handler(sqs)]
#[cfg_attr(feature = "idempotent", idempotent(key = natural))]
async fn nothing(body: RawBody<'_>) -> Result<(), Error> {
    let _ = body;
    Ok(())
}

#[cfg(not(feature = "metrics"))]
lambkin::main! { handlers: [nothing] }
#[cfg(feature = "metrics")]
lambkin::main! { metrics: "Sized", handlers: [nothing] }
