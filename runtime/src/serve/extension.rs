//! SIGTERM, which Lambda sends only to environments with an extension. An internal one that subscribes to
//! nothing suffices: <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html>.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method};
use signal_hook::consts::SIGTERM;
use signal_hook::iterator::Signals;
use tokio::sync::oneshot;

use crate::app::{App, shutdown};
use crate::error::BoxError;
use crate::serve::RuntimeApi;

/// Registers the extension, and runs the `#[shutdown]` functions when the signal comes.
pub(crate) async fn watch<A: App>(app: &'static A, client: RuntimeApi) -> Result<(), BoxError> {
    // Listening first: from the registration on, the signal may come.
    let terminate = terminated()?;
    let name = (HeaderName::from_static("lambda-extension-name"), HeaderValue::from_static("lambkin-shutdown"));
    let body = Bytes::from_static(br#"{"events":[]}"#);
    let (status, headers) = client.call(Method::POST, "/2020-01-01/extension/register", vec![name], body).await?;
    let id = HeaderName::from_static("lambda-extension-identifier");
    let Some(value) = headers.get(&id).filter(|_| status.is_success()).cloned() else {
        return Err(format!("the Extensions API answered {status}").into());
    };
    // Asking for the next event says that the extension is ready; it never comes.
    tokio::spawn(async move {
        let next = client.call(Method::GET, "/2020-01-01/extension/event/next", vec![(id, value)], Bytes::new());
        next.await.map(drop)
    });
    tokio::spawn(async move {
        if terminate.await.is_err() {
            return;
        }
        shutdown::run_all(app).await;
        #[cfg(feature = "otel")]
        crate::telemetry::otel::finish().await;
        std::process::exit(0);
    });
    Ok(())
}

/// Resolves when the signal comes. Tokio's own signals would be part of every runtime, and so of every
/// binary; this thread is linked only into apps that have something to shut down.
fn terminated() -> Result<oneshot::Receiver<()>, BoxError> {
    let mut signals = Signals::new([SIGTERM])?;
    let (sender, receiver) = oneshot::channel();
    std::thread::Builder::new().name("lambkin-shutdown".to_owned()).spawn(move || {
        if signals.forever().next().is_some() {
            // Nobody waits any more: the process is ending another way.
            let _ = sender.send(());
        }
    })?;
    Ok(receiver)
}
