//! Out with the spans, in time for the answer.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use opentelemetry_otlp::{Protocol, RetryPolicy, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SpanData, SpanExporter as _};
use tokio::time::timeout;
use tracing::instrument::WithSubscriber;
use tracing::subscriber::NoSubscriber;

use crate::telemetry::incident::Incident;
use crate::telemetry::otel::client::Client;
use crate::telemetry::otel::settings::Settings;
use crate::telemetry::otel::{Traces, queue};

/// How often in a row a limit is halved: down to a sixteenth.
const MAX_HALVINGS: u32 = 4;

/// Sends spans to the collector.
#[derive(Debug)]
pub(crate) struct Exporter {
    inner: SpanExporter,
    limit: Duration,
    /// How often in a row the collector was too slow.
    timeouts: AtomicU32,
    has_warned: AtomicBool,
}

impl Exporter {
    /// # Errors
    /// What is wrong with the variables that the exporter reads by itself.
    pub(crate) fn new(settings: &Settings, resource: &Resource) -> Result<Self, String> {
        let client = Client::new(&settings.endpoint).ok_or("there is no collector at the endpoint's address")?;
        let inner = SpanExporter::builder()
            .with_http()
            .with_http_client(client)
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(settings.endpoint.to_string())
            .with_timeout(settings.limit)
            // Somebody waits for the answer.
            .with_retry_policy(RetryPolicy::disabled())
            .build();
        let mut inner = inner.map_err(|error| format!("traces can't be exported: {error}"))?;
        inner.set_resource(resource);
        Ok(Self { inner, limit: settings.limit, timeouts: AtomicU32::new(0), has_warned: AtomicBool::new(false) })
    }

    /// How long an export may take, with so much time left for all there is to do.
    fn patience(&self, left: Duration) -> Duration {
        // A collector that keeps everybody waiting is waited for less each time, until it is on time again.
        let halvings = self.timeouts.load(Ordering::Relaxed).min(MAX_HALVINGS);
        (self.limit / (1 << halvings)).min(left / 2)
    }

    /// Sends them, at most for half of the time that is left.
    ///
    /// # Errors
    /// What went wrong. The spans are lost then.
    async fn send(&self, spans: Vec<SpanData>, left: Duration) -> Result<(), String> {
        let patience = self.patience(left);
        let export = self.inner.export(spans).with_subscriber(NoSubscriber::new());
        match timeout(patience, export).await {
            Ok(exported) => {
                self.timeouts.store(0, Ordering::Relaxed);
                // It names no header, and nothing that the collector has said.
                exported.map_err(|error| error.to_string())
            }
            Err(_) => {
                self.timeouts.fetch_add(1, Ordering::Relaxed);
                Err(format!("the collector did not answer within {} ms", patience.as_millis()))
            }
        }
    }
}

impl Traces {
    /// Exports these, with so much time left. Who serves is told of a failure the first time only, and is never failed by it.
    pub(crate) async fn export(&self, ended: queue::Ended, left: Duration) {
        if ended.spans.is_empty() {
            return;
        }
        let sent = self.exporter.send(ended.spans, left).await;
        let problem = match (sent, ended.dropped) {
            (Err(problem), _) => format!("traces are not exported: {problem}"),
            (Ok(()), 0) => return,
            (Ok(()), dropped) => format!("{dropped} spans were dropped: there were too many at once"),
        };
        if !self.exporter.has_warned.swap(true, Ordering::Relaxed) {
            Incident::of("Traces").warn(format_args!("{problem}; this is said once"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telemetry::otel::remote::Propagators;

    #[test]
    fn patience_is_half_of_what_is_left_and_wears_out() {
        let settings = Settings {
            endpoint: "http://localhost:4318/v1/traces".parse().unwrap(),
            limit: Duration::from_secs(2),
            propagators: Propagators::of(None),
        };
        let exporter = Exporter::new(&settings, &Resource::builder_empty().build()).unwrap();
        assert_eq!(exporter.patience(Duration::MAX), Duration::from_secs(2));
        assert_eq!(exporter.patience(Duration::from_secs(1)), Duration::from_millis(500));
        assert_eq!(exporter.patience(Duration::ZERO), Duration::ZERO);
        exporter.timeouts.store(1, Ordering::Relaxed);
        assert_eq!(exporter.patience(Duration::MAX), Duration::from_secs(1));
        exporter.timeouts.store(u32::MAX, Ordering::Relaxed);
        assert_eq!(exporter.patience(Duration::MAX), Duration::from_millis(125));
    }
}
