//! Metrics in a test: each invocation has its own, whatever runs beside it.
#![cfg(feature = "metrics")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    reason = "a test fails by panicking, and nobody else reads it"
)]

use lambkin::metrics::{counter, gauge};
use lambkin::testing::{Invocation, TestApp, sqs};
use lambkin_peers::emf::Document;
use serde_json::json;

mod measured {
    use super::*;
    use lambkin::prelude::*;

    pub(crate) struct Started;

    #[init]
    async fn started() -> Result<Started, Error> {
        counter!("Starts").increment(1);
        Ok(Started)
    }

    #[derive(Deserialize)]
    struct Step<'a> {
        id: &'a str,
        by: u64,
    }

    #[handler(sqs, concurrency = 3)]
    #[idempotent(key = step.id)]
    async fn walk(step: Step<'_>, started: &Started) -> Result<(), Error> {
        let Started = started;
        for _ in 0..step.by {
            counter!("Steps").increment(1);
            tokio::task::yield_now().await;
        }
        gauge!("Last").set(step.by as f64);
        Ok(())
    }

    lambkin::app! { init: [started], metrics: "Walks/test", handlers: [walk] }
}

mod unmeasured {
    use super::*;
    use lambkin::prelude::*;

    #[handler(invoke)]
    async fn walk() -> Result<(), Error> {
        counter!("Steps").increment(1);
        Ok(())
    }

    lambkin::app! { handlers: [walk] }
}

fn documents(done: &Invocation) -> Vec<Document> {
    done.metrics().iter().map(|json| Document::read(&json.to_string()).unwrap()).collect()
}

fn values(done: &Invocation, name: &str) -> Vec<f64> {
    documents(done).iter().flat_map(|document| document.values(name)).collect()
}

#[tokio::test]
async fn an_invocation_has_its_metrics() {
    let app = TestApp::<measured::App>::new();
    let batch = || sqs::Batch::of([json!({"id": "a", "by": 2}), json!({"id": "b", "by": 3})]);
    let done = app.invoke("walk", batch()).await;
    assert!(documents(&done).iter().all(|document| document.namespace == "Walks/test"));
    for (name, value) in [("Steps", 5.0), ("Starts", 1.0), ("RecordsDone", 2.0), ("IdempotencyRan", 2.0)] {
        assert_eq!(values(&done, name), [value], "{name}");
    }
    let again = app.invoke("walk", batch()).await;
    for (name, written) in
        [("Steps", vec![]), ("Starts", vec![]), ("IdempotencyReplayed", vec![2.0]), ("IdempotencyRan", vec![])]
    {
        assert_eq!(values(&again, name), written, "{name}");
    }
}

#[tokio::test]
async fn apps_side_by_side_do_not_mix() {
    let walk = async |by: u64| {
        let batch = sqs::Batch::of([json!({"id": "a", "by": by}), json!({"id": "b", "by": by})]);
        values(&TestApp::<measured::App>::new().invoke("walk", batch).await, "Steps")
    };
    let (one, other, third) = tokio::join!(walk(5), walk(40), walk(7));
    assert_eq!((one, other, third), (vec![10.0], vec![80.0], vec![14.0]));
}

#[tokio::test]
async fn an_app_that_asks_for_none_has_none() {
    let done = TestApp::<unmeasured::App>::new().invoke("walk", "null").await;
    assert!(done.error().is_none() && done.metrics().is_empty());
}
