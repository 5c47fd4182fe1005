//! SIGTERM, which Lambda sends only to environments with an extension. An internal one that subscribes to
//! nothing suffices: <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html>.

use http::{HeaderName, HeaderValue, Method};
use tokio::signal::unix::{SignalKind, signal};

use crate::app::{App, shutdown};
use crate::error::BoxError;
use crate::serve::RuntimeApi;

/// Registers the extension, and runs the `#[shutdown]` functions when the signal comes.
pub(crate) async fn watch<A: App>(app: &'static A, client: RuntimeApi) -> Result<(), BoxError> {
    // Listening first: from the registration on, the signal may come.
    let mut terminate = signal(SignalKind::terminate())?;
    let name = (HeaderName::from_static("lambda-extension-name"), HeaderValue::from_static("lambkin-shutdown"));
    let body = br#"{"events":[]}"#.to_vec();
    let (status, headers) = client.call(Method::POST, "/2020-01-01/extension/register", vec![name], body).await?;
    let id = HeaderName::from_static("lambda-extension-identifier");
    let Some(value) = headers.get(&id).filter(|_| status.is_success()).cloned() else {
        return Err(format!("the Extensions API answered {status}").into());
    };
    // Asking for the next event says that the extension is ready; it never comes.
    tokio::spawn(async move {
        let next = client.call(Method::GET, "/2020-01-01/extension/event/next", vec![(id, value)], Vec::new());
        next.await.map(drop)
    });
    tokio::spawn(async move {
        terminate.recv().await;
        shutdown::run_all(app).await;
        std::process::exit(0);
    });
    Ok(())
}
