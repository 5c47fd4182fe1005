use std::sync::atomic::{AtomicU64, Ordering};

use lambkin::prelude::*;

/// Variables of the function; on this machine they are in `.env`.
#[derive(Config)]
{{pub}}struct Limits {
    /// The largest order that is taken, in cents: `LARGEST_ORDER`.
    #[env(default = "100000")]
    largest_order: u64,
}

/// An order as it comes from the queue; its text is borrowed from the event.
#[derive(Deserialize)]
{{pub}}struct Order<'a> {
    id: &'a str,
    total: u64,
}

/// What was sold. A real one would hold the client of a database.
{{pub}}struct Ledger {
    largest: u64,
    total: AtomicU64,
}

/// Runs once per execution environment, before the first event is asked for.
#[init]
{{pub}}async fn ledger(limits: &Limits) -> Result<Ledger, Error> {
    Ok(Ledger {
        largest: limits.largest_order,
        total: AtomicU64::new(0),
    })
}

/// Books an order. One that fails comes again, and none of the others of its batch.
#[handler(
    sqs(queue = "orders", batch_size = 10),
    concurrency = 8,
    timeout = "30s",
    memory = 256
)]
#[idempotent(key = order.id, verify = order.total, expires = "1day")]
#[deadline(margin = "5s")]
{{pub}}async fn fulfil(order: Order<'_>, ledger: &Ledger) -> Result<(), Error> {
    if order.total > ledger.largest {
        // It will not get smaller: another delivery would be of no use.
        return Err(Discard::new(format!("order {} is too large", order.id)).into());
    }
    let total = ledger.total.fetch_add(order.total, Ordering::Relaxed) + order.total;
    tracing::info!(order = order.id, total, "fulfilled");
    Ok(())
}

{{main}}

#[cfg(test)]
mod tests {
    use lambkin::testing::TestApp;
    use lambkin::testing::sqs::Batch;
    use serde_json::json;

    use super::*;
    {{app}}

    fn ledger_up_to(largest: u64) -> Ledger {
        Ledger {
            largest,
            total: AtomicU64::new(0),
        }
    }

    #[tokio::test]
    async fn an_order_is_added_to_the_total() {
        let ledger = ledger_up_to(100);
        fulfil(
            Order {
                id: "o-1",
                total: 42,
            },
            &ledger,
        )
        .await
        .unwrap();
        assert_eq!(ledger.total.into_inner(), 42);
    }

    #[tokio::test]
    async fn one_bad_message_fails_alone() {
        let app = TestApp::<App>::new().with(ledger_up_to(100));
        let orders = [
            json!({"id": "o-1", "total": 42}),
            json!({"id": "o-2"}),
            json!({"id": "o-3", "total": 101}),
            // Delivered twice, and booked once.
            json!({"id": "o-1", "total": 42}),
        ];
        let done = app.invoke("fulfil", Batch::of(orders)).await;
        assert_eq!(done.failed(), ["message-1"]);
        assert_eq!(done.discarded(), ["message-2"]);
        assert_eq!(
            app.get::<Ledger>().unwrap().total.load(Ordering::Relaxed),
            42
        );
    }

    #[tokio::test]
    async fn the_example_is_fulfilled() {
        let app = TestApp::<App>::new().with(ledger_up_to(10_000));
        let done = app
            .invoke("fulfil", include_str!("../events/fulfil.json"))
            .await;
        assert_eq!(done.response(), json!({"batchItemFailures": []}));
    }
}
