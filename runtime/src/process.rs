//! The `main` that `main!` generates.

use std::process::ExitCode;

use crate::app::App;
use crate::{local, panic, serve};

/// Runs the app: on Lambda if the Runtime API is there, else as the local tool where that is built in.
#[doc(hidden)]
pub fn main<A: App>() -> ExitCode {
    panic::install_hook();
    let tokio = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(tokio) => tokio,
        Err(error) => {
            tracing::error!("the async runtime did not start: {error}");
            return ExitCode::FAILURE;
        }
    };
    // Leaked, so that handlers borrow from it without a lock or a count.
    let app: &'static A = Box::leak(Box::default());
    tokio.block_on(async {
        match std::env::var("AWS_LAMBDA_RUNTIME_API") {
            Ok(endpoint) => serve::run(app, &endpoint).await,
            Err(_) if cfg!(any(debug_assertions, feature = "local")) => local::run(app).await,
            Err(_) => {
                use std::io::Write as _;
                let _ = writeln!(
                    std::io::stderr(),
                    "error: `AWS_LAMBDA_RUNTIME_API` is not set, so this is not Lambda; the local tool is in \
                     debug builds, and in release builds with lambkin's feature `local`"
                );
                ExitCode::FAILURE
            }
        }
    })
}
