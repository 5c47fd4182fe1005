//! Follows a shop's visitors through a Kafka topic: where each went from which page.
//!
//! The producer puts clicks into partitions by visitor, so one visitor's clicks come in their order; a record without
//! a value (a tombstone) asks to forget the visitor.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use lambkin::prelude::*;

/// A click as the shop's page sends it; its text is borrowed from the event.
#[derive(Deserialize)]
struct Click<'a> {
    page: &'a str,
}

/// The shop's pages. A real list would come with the shop, which may be ahead of this one.
const PAGES: [&str; 3] = ["/", "/tea", "/cart"];

/// The pages that each visitor has seen, in their order. A real one would hold a client of a database.
#[derive(Default)]
struct Trails {
    pages: Mutex<HashMap<String, Vec<String>>>,
}

impl Trails {
    fn pages(&self) -> MutexGuard<'_, HashMap<String, Vec<String>>> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[init]
async fn trails() -> Result<Trails, Error> {
    Ok(Trails::default())
}

/// Adds a click to its visitor's trail.
///
/// Partitions run side by side. A click that fails holds back the rest of its partition, and no other; one that keeps
/// failing is given up after three retries, as the event source mapping says.
#[handler(kafka(
    topic = "clicks",
    consumer_group = "trails",
    starting_position = "LATEST",
    minimum_pollers = 1,
    maximum_retry_attempts = 3
))]
async fn follow(click: Option<Click<'_>>, record: KafkaRecord<'_>, trails: &Trails) -> Result<(), Error> {
    // Nobody knows whose click it is, and nobody will.
    let visitor = record.key()?.ok_or_else(|| Discard::new("a click without a visitor"))?;
    let visitor = String::from_utf8(visitor).or_discard()?;
    let Some(click) = click else {
        trails.pages().remove(&visitor);
        tracing::info!(record = record.id(), "forgotten");
        return Ok(());
    };
    // Monitoring clicks as well, and says so.
    if record.header("agent").is_some_and(|agent| agent == b"monitor") {
        return Ok(());
    }
    if !PAGES.contains(&click.page) {
        return Err(Error::msg(format!("the shop has no page {}", click.page)));
    }
    trails.pages().entry(visitor).or_default().push(click.page.to_owned());
    Ok(())
}

lambkin::main! {
    init: [trails],
    handlers: [follow],
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use lambkin::testing::TestApp;
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn a_failure_holds_back_its_partition_and_no_other() {
        let app = TestApp::<App>::new();
        let done = app.invoke("follow", include_str!("../events/clicks.json")).await;
        assert_eq!(done.failed(), ["clicks-1/71", "clicks-1/72"]);
        assert!(done.outcome("clicks-1/71").failure().unwrap().message().contains("no page /coffee"));
        // Trying again would not help: it holds back nothing.
        assert_eq!(done.discarded(), ["clicks-0/17"]);
    }

    #[tokio::test]
    async fn a_trail_is_in_order_until_its_visitor_is_forgotten() {
        let app = TestApp::<App>::new();
        app.invoke("follow", include_str!("../events/clicks.json")).await.response();
        let pages = app.get::<Trails>().unwrap().pages();
        assert_eq!(pages.get("ada").unwrap(), &["/", "/tea", "/cart"]);
        assert_eq!(pages.get("bob"), None);
        assert_eq!(pages.get("cyd").unwrap(), &["/"]);
    }

    #[tokio::test]
    async fn monitoring_leaves_no_trail() {
        let app = TestApp::<App>::new();
        // Kafka's keys and values come in Base64, headers as lists of bytes: here `ada`, `{"page":"/"}`, `monitor`.
        let record = json!({"offset": 1, "key": "YWRh", "value": "eyJwYWdlIjoiLyJ9",
            "headers": [{"agent": [109, 111, 110, 105, 116, 111, 114]}]});
        let event = json!({"eventSource": "aws:kafka", "records": {"clicks-0": [record]}});
        assert_eq!(app.invoke("follow", event).await.acknowledged(), ["clicks-0/1"]);
        assert!(app.get::<Trails>().unwrap().pages().is_empty());
    }
}
