//! The `main` that `main!` generates.

use std::process::ExitCode;

use crate::app::App;
use crate::telemetry::complain;
use crate::{panic, serve};

/// Runs the app: on Lambda if the Runtime API is there, else as the local tool where that is built in.
#[doc(hidden)]
pub fn main<A: App>() -> ExitCode {
    #[cfg(any(feature = "logs", feature = "metrics"))]
    crate::telemetry::startup::main_begins();
    panic::install_hook();
    let tokio = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(tokio) => tokio,
        Err(error) => return complain(&format!("the async runtime did not start: {error}")),
    };
    // Leaked, so that handlers borrow from it without a lock or a count.
    let app: &'static A = Box::leak(Box::default());
    match std::env::var("AWS_LAMBDA_RUNTIME_API") {
        Ok(endpoint) => tokio.block_on(serve::run(app, &endpoint)),
        #[cfg(any(debug_assertions, feature = "local"))]
        Err(_) => tokio.block_on(crate::local::run(app)),
        #[cfg(not(any(debug_assertions, feature = "local")))]
        Err(_) => complain(
            "`AWS_LAMBDA_RUNTIME_API` is not set, so this is not Lambda; the local tool is in debug builds, \
             and in release builds with lambkin's feature `local`",
        ),
    }
}
