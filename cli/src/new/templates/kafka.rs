use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use lambkin::prelude::*;

/// A click as the shop's page sends it; its text is borrowed from the event.
#[derive(Deserialize)]
{{pub}}struct Click<'a> {
    page: &'a str,
}

/// How often each page was seen. A real one would hold the client of a database.
#[derive(Default)]
{{pub}}struct Views {
    pages: Mutex<HashMap<String, u64>>,
}

/// Runs once per execution environment, before the first event is asked for.
#[init]
{{pub}}async fn views() -> Result<Views, Error> {
    Ok(Views::default())
}

/// Counts a click. Partitions run side by side; a click that fails holds back the rest of its
/// partition, and no other. One that never succeeds is given up after five retries.
#[handler(
    kafka(
        topic = "clicks",
        consumer_group = "views",
        starting_position = "LATEST",
        minimum_pollers = 1,
        maximum_retry_attempts = 5
    ),
    timeout = "30s",
    memory = 256
)]
#[deadline(margin = "5s")]
{{pub}}async fn follow(click: Click<'_>, views: &Views) -> Result<(), Error> {
    let mut pages = views.pages.lock().unwrap_or_else(PoisonError::into_inner);
    let count = pages.entry(click.page.to_owned()).or_default();
    *count += 1;
    tracing::info!(page = click.page, count, "seen");
    Ok(())
}

{{main}}

#[cfg(test)]
mod tests {
    use lambkin::testing::TestApp;
    use lambkin::testing::kafka::{Batch, Record};
    use serde_json::json;

    use super::*;
    {{app}}

    #[test]
    fn a_click_names_its_page() {
        let click: Click<'_> = serde_json::from_str(r#"{"page": "/tea"}"#).unwrap();
        assert_eq!(click.page, "/tea");
    }

    #[tokio::test]
    async fn a_bad_click_holds_back_its_partition() {
        let app = TestApp::<App>::new();
        let tea = || Record::json(&json!({"page": "/tea"}));
        let batch = Batch::new()
            .record(tea())
            .record(Record::bytes("no click"))
            .record(tea())
            .record(tea().partition(1));
        let done = app.invoke("follow", batch).await;
        assert_eq!(done.failed(), ["topic-0/1", "topic-0/2"]);
        assert_eq!(app.get::<Views>().unwrap().pages.lock().unwrap()["/tea"], 2);
    }

    #[tokio::test]
    async fn the_example_is_counted() {
        let app = TestApp::<App>::new();
        let done = app
            .invoke("follow", include_str!("../events/follow.json"))
            .await;
        assert_eq!(done.response(), json!({"batchItemFailures": []}));
    }
}
