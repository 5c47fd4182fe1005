//! Temperatures from a Kinesis stream: averaged each minute, and archived one by one. The table of sensors is a
//! DynamoDB table, which is mirrored into a search index.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use lambkin::prelude::*;

/// A reading as a sensor sends it; its text is borrowed from the event.
#[derive(Deserialize)]
struct Reading<'a> {
    sensor: &'a str,
    celsius: f64,
}

/// What a window knows about each sensor so far. It travels as JSON from one invocation to the next.
type Totals = BTreeMap<String, Total>;

#[derive(Clone, Default, Serialize, Deserialize)]
struct Total {
    count: u32,
    sum: f64,
}

/// The display in the hall. A real one would hold a connection.
struct Board {
    sensors: Vec<&'static str>,
    lines: Mutex<Vec<String>>,
}

#[init]
async fn board() -> Result<Board, Error> {
    Ok(Board { sensors: vec!["attic", "cellar"], lines: Mutex::default() })
}

/// Adds up what each sensor on the board has measured within a minute.
#[handler(
    kinesis(stream = "readings", starting_position = "LATEST", tumbling_window = "1m"),
    on_window_end = publish(board)
)]
async fn average(reading: Reading<'_>, mut totals: WindowState<'_, Totals>, board: &Board) -> Result<(), Error> {
    if board.sensors.contains(&reading.sensor) {
        let total = totals.entry(reading.sensor.to_owned()).or_default();
        total.count += 1;
        total.sum += reading.celsius;
    }
    Ok(())
}

/// Runs when the minute is over and all of its readings are added up. An error makes Lambda end the window again.
async fn publish(totals: Totals, window: Window<'_>, board: &Board) -> Result<(), Error> {
    for (sensor, total) in totals {
        let line = format!("{sensor}: {:.1} °C", total.sum / f64::from(total.count));
        tracing::info!(shard = window.shard_id().as_deref(), line, "published");
        locked(&board.lines).push(line);
    }
    Ok(())
}

/// Every reading by its place in the stream. A real one would hold a client of a database.
#[derive(Default)]
struct Archive {
    rows: Mutex<BTreeMap<String, f64>>,
}

#[init]
async fn archive() -> Result<Archive, Error> {
    Ok(Archive::default())
}

/// Archives readings, eight at a time, those of one sensor in their order: the sensor is the partition key.
///
/// Lambda goes on from the first reading that failed, so later ones come again: writing one twice must be as good as
/// once, and the event's identifier sees to that. One that never succeeds is given up after five retries. A sensor that
/// only says that it is there sends no temperature: the event source mapping passes that over.
#[handler(
    kinesis(
        stream = "readings",
        starting_position = "TRIM_HORIZON",
        batch_size = 500,
        maximum_retry_attempts = 5,
        filters = r#"{"data": {"celsius": [{"exists": true}]}}"#
    ),
    concurrency = 8
)]
async fn store(reading: Reading<'_>, record: KinesisRecord<'_>, archive: &Archive) -> Result<(), Error> {
    let id = record.event_id().ok_or_else(|| Error::msg("a record without `eventID`"))?;
    locked(&archive.rows).insert(id.into_owned(), reading.celsius);
    Ok(())
}

/// An item of the table of sensors.
#[derive(Deserialize)]
struct Sensor {
    id: String,
    place: String,
}

/// Where to find a sensor. A real one would hold a client of a search engine.
#[derive(Default)]
struct SearchIndex {
    places: Mutex<HashMap<String, String>>,
}

#[init]
async fn search_index() -> Result<SearchIndex, Error> {
    Ok(SearchIndex::default())
}

/// Mirrors the table into the search index.
#[handler(dynamodb(table = "sensors", view = "NEW_AND_OLD_IMAGES", starting_position = "TRIM_HORIZON"))]
async fn mirror(change: Change<Sensor>, record: DynamoDbRecord<'_>, index: &SearchIndex) -> Result<(), Error> {
    let mut places = locked(&index.places);
    match change {
        Change::Insert { new } | Change::Modify { new, .. } => places.insert(new.id, new.place),
        // Nobody has removed it: it was silent for too long, and is still somewhere.
        Change::Remove { old } if record.is_expired() => places.insert(old.id, format!("{} (lost)", old.place)),
        Change::Remove { old } => places.remove(&old.id),
    };
    Ok(())
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

lambkin::main! {
    init: [board, archive, search_index],
    handlers: [average, store, mirror],
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use lambkin::testing::TestApp;
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn a_window_goes_on_from_its_state() {
        let app = TestApp::<App>::new();
        let done = app.invoke("average", include_str!("../events/window.json")).await;
        let state = json!({"attic": {"count": 3, "sum": 60.5}, "cellar": {"count": 1, "sum": 12.0}});
        assert_eq!(done.response(), json!({"state": state, "batchItemFailures": []}));
        assert!(locked(&app.get::<Board>().unwrap().lines).is_empty());
    }

    #[tokio::test]
    async fn the_end_of_a_window_is_published() {
        let app = TestApp::<App>::new();
        app.invoke("average", include_str!("../events/window-end.json")).await.response();
        assert_eq!(*locked(&app.get::<Board>().unwrap().lines), ["attic: 20.2 °C", "cellar: 12.0 °C"]);
    }

    #[tokio::test]
    async fn a_bad_reading_is_the_checkpoint() {
        let app = TestApp::<App>::new();
        let done = app.invoke("store", include_str!("../events/one-bad.json")).await;
        assert_eq!(done.response(), json!({"batchItemFailures": [{"itemIdentifier": "496600000002"}]}));
        assert!(done.outcome("496600000002").failure().unwrap().message().contains("celsius"));
        assert!(done.acknowledged().contains(&"496600000001"));
    }

    #[tokio::test]
    async fn an_expired_sensor_stays_in_the_index() {
        let app = TestApp::<App>::new();
        let done = app.invoke("mirror", include_str!("../events/sensors.json")).await;
        assert_eq!(done.response(), json!({"batchItemFailures": []}));
        let places = locked(&app.get::<SearchIndex>().unwrap().places);
        assert_eq!(places.get("s-1").unwrap(), "second floor");
        assert_eq!(places.get("s-2").unwrap(), "cellar (lost)");
        assert_eq!(places.get("s-3"), None);
    }
}
