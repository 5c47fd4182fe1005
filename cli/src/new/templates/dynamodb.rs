use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use lambkin::prelude::*;

/// An item of the table.
#[derive(Serialize, Deserialize)]
{{pub}}struct Sensor {
    id: String,
    place: String,
}

/// Where to find a sensor. A real one would hold the client of a search engine.
#[derive(Default)]
{{pub}}struct SearchIndex {
    places: Mutex<HashMap<String, String>>,
}

/// Runs once per execution environment, before the first event is asked for.
#[init]
{{pub}}async fn search_index() -> Result<SearchIndex, Error> {
    Ok(SearchIndex::default())
}

/// Mirrors the table into the search index.
///
/// Lambda goes on from the first change that failed, so later ones come again: doing one twice
/// must be as good as once, as it is here. One that never succeeds is given up after five retries.
#[handler(
    dynamodb(
        table = "sensors",
        view = "NEW_AND_OLD_IMAGES",
        starting_position = "TRIM_HORIZON",
        maximum_retry_attempts = 5
    ),
    timeout = "30s",
    memory = 256
)]
#[deadline(margin = "5s")]
{{pub}}async fn mirror(change: Change<Sensor>, index: &SearchIndex) -> Result<(), Error> {
    let mut places = index.places.lock().unwrap_or_else(PoisonError::into_inner);
    match change {
        Change::Insert { new } | Change::Modify { new, .. } => {
            tracing::info!(sensor = new.id, place = new.place, "placed");
            places.insert(new.id, new.place);
        }
        Change::Remove { old } => {
            tracing::info!(sensor = old.id, "removed");
            places.remove(&old.id);
        }
    }
    Ok(())
}

{{main}}

#[cfg(test)]
mod tests {
    use lambkin::testing::TestApp;
    use lambkin::testing::dynamodb::{Batch, Record};
    use serde_json::json;

    use super::*;
    {{app}}

    fn sensor(place: &str) -> Sensor {
        Sensor {
            id: "s-1".to_owned(),
            place: place.to_owned(),
        }
    }

    #[tokio::test]
    async fn a_new_sensor_is_found() {
        let index = SearchIndex::default();
        mirror(
            Change::Insert {
                new: sensor("attic"),
            },
            &index,
        )
        .await
        .unwrap();
        assert_eq!(index.places.lock().unwrap()["s-1"], "attic");
    }

    #[tokio::test]
    async fn the_index_follows_the_table() {
        let app = TestApp::<App>::new();
        let moved = Record::modify(&sensor("attic"), &sensor("cellar"));
        let batch = Batch::new()
            .record(Record::insert(&sensor("attic")))
            .record(moved);
        app.invoke("mirror", batch).await.response();
        let index = app.get::<SearchIndex>().unwrap();
        assert_eq!(index.places.lock().unwrap()["s-1"], "cellar");
        let gone = Batch::new().record(Record::remove(&sensor("cellar")));
        app.invoke("mirror", gone).await.response();
        assert!(index.places.lock().unwrap().is_empty());
    }

    #[tokio::test]
    async fn the_example_is_mirrored() {
        let app = TestApp::<App>::new();
        let done = app
            .invoke("mirror", include_str!("../events/mirror.json"))
            .await;
        assert_eq!(done.response(), json!({"batchItemFailures": []}));
    }
}
