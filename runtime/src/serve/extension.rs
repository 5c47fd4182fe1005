//! SIGTERM, which Lambda sends only to environments with an extension. An internal one that subscribes to
//! nothing suffices: <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html>.

use http::Method;
use lambda_runtime_api_client::body::Body;
use lambda_runtime_api_client::build_request;
use tokio::signal::unix::{SignalKind, signal};

use crate::app::{App, shutdown};
use crate::error::BoxError;
use crate::serve::RuntimeApi;

/// Registers the extension, and runs the `#[shutdown]` functions when the signal comes.
pub(crate) async fn watch<A: App>(app: &'static A, client: RuntimeApi) -> Result<(), BoxError> {
    // Listening first: from the registration on, the signal may come.
    let mut terminate = signal(SignalKind::terminate())?;
    let register = build_request()
        .method(Method::POST)
        .uri("/2020-01-01/extension/register")
        .header("lambda-extension-name", "lambkin-shutdown")
        .body(Body::from(r#"{"events":[]}"#))?;
    let (status, headers) = client.call(register).await?;
    let Some(id) = headers.get("lambda-extension-identifier").filter(|_| status.is_success()) else {
        return Err(format!("the Extensions API answered {status}").into());
    };
    // Asking for the next event says that the extension is ready; it never comes.
    let next = build_request()
        .uri("/2020-01-01/extension/event/next")
        .header("lambda-extension-identifier", id)
        .body(Body::empty())?;
    tokio::spawn(async move { client.call(next).await.map(drop) });
    tokio::spawn(async move {
        terminate.recv().await;
        shutdown::run_all(app).await;
        std::process::exit(0);
    });
    Ok(())
}
