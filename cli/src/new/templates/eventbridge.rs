use std::sync::atomic::{AtomicU64, Ordering};

use lambkin::prelude::*;

/// What the shop says about an order that is paid; its text is borrowed from the event.
#[derive(Deserialize)]
{{pub}}struct Paid<'a> {
    order: &'a str,
}

/// Who delivers. A real one would hold an HTTP client.
#[derive(Default)]
{{pub}}struct Carrier {
    parcels: AtomicU64,
}

/// Runs once per execution environment, before the first event is asked for.
#[init]
{{pub}}async fn carrier() -> Result<Carrier, Error> {
    Ok(Carrier::default())
}

/// Ships an order, once however often the event comes: EventBridge delivers at least once.
#[handler(
    eventbridge(bus = "shop", source = "com.example.shop", detail_type = "Order paid"),
    timeout = "10s",
    memory = 256
)]
#[idempotent(key = paid.order, expires = "7days")]
#[deadline(margin = "2s")]
{{pub}}async fn ship(paid: Paid<'_>, carrier: &Carrier) -> Result<(), Error> {
    let parcels = carrier.parcels.fetch_add(1, Ordering::Relaxed) + 1;
    tracing::info!(order = paid.order, parcels, "shipped");
    Ok(())
}

{{main}}

#[cfg(test)]
mod tests {
    use lambkin::testing::TestApp;
    use lambkin::testing::eventbridge::Event;
    use serde_json::json;

    use super::*;
    {{app}}

    fn paid(order: &str) -> Event {
        Event::of(json!({"order": order}))
            .source("com.example.shop")
            .detail_type("Order paid")
    }

    #[tokio::test]
    async fn an_order_is_a_parcel() {
        let carrier = Carrier::default();
        ship(Paid { order: "o-1" }, &carrier).await.unwrap();
        assert_eq!(carrier.parcels.into_inner(), 1);
    }

    #[tokio::test]
    async fn an_event_that_comes_twice_ships_once() {
        let app = TestApp::<App>::new();
        for order in ["o-1", "o-2", "o-1"] {
            app.invoke("ship", paid(order)).await.response();
        }
        assert_eq!(
            app.get::<Carrier>()
                .unwrap()
                .parcels
                .load(Ordering::Relaxed),
            2
        );
    }

    #[tokio::test]
    async fn the_example_is_shipped() {
        let app = TestApp::<App>::new();
        app.invoke("ship", include_str!("../events/ship.json"))
            .await
            .response();
        assert_eq!(
            app.get::<Carrier>()
                .unwrap()
                .parcels
                .load(Ordering::Relaxed),
            1
        );
    }
}
