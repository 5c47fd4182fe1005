use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use lambkin::prelude::*;

/// A reading as a sensor sends it; its text is borrowed from the event.
#[derive(Deserialize)]
{{pub}}struct Reading<'a> {
    sensor: &'a str,
    celsius: f64,
}

/// The highest reading of each sensor. A real one would hold the client of a database.
#[derive(Default)]
{{pub}}struct Peaks {
    celsius: Mutex<HashMap<String, f64>>,
}

/// Runs once per execution environment, before the first event is asked for.
#[init]
{{pub}}async fn peaks() -> Result<Peaks, Error> {
    Ok(Peaks::default())
}

/// Keeps a reading if it is the highest so far, eight at a time, those of one key in their order.
///
/// Lambda goes on from the first record that failed, so later ones come again: doing one twice
/// must be as good as once, as it is here. One that never succeeds is given up after five retries.
#[handler(
    kinesis(
        stream = "readings",
        starting_position = "LATEST",
        batch_size = 100,
        maximum_retry_attempts = 5
    ),
    concurrency = 8,
    timeout = "30s",
    memory = 256
)]
#[deadline(margin = "5s")]
{{pub}}async fn measure(reading: Reading<'_>, peaks: &Peaks) -> Result<(), Error> {
    let mut celsius = peaks.celsius.lock().unwrap_or_else(PoisonError::into_inner);
    let peak = celsius.entry(reading.sensor.to_owned()).or_insert(f64::MIN);
    if reading.celsius > *peak {
        *peak = reading.celsius;
        tracing::info!(
            sensor = reading.sensor,
            celsius = reading.celsius,
            "a new peak"
        );
    }
    Ok(())
}

{{main}}

#[cfg(test)]
mod tests {
    use lambkin::testing::TestApp;
    use lambkin::testing::kinesis::Batch;
    use serde_json::json;

    use super::*;
    {{app}}

    #[tokio::test]
    async fn the_highest_reading_stays() {
        let peaks = Peaks::default();
        for celsius in [20.5, 22.0, 21.0] {
            measure(
                Reading {
                    sensor: "attic",
                    celsius,
                },
                &peaks,
            )
            .await
            .unwrap();
        }
        assert_eq!(peaks.celsius.lock().unwrap()["attic"], 22.0);
    }

    #[tokio::test]
    async fn a_bad_record_is_the_checkpoint() {
        let app = TestApp::<App>::new();
        let records = [
            json!({"sensor": "attic", "celsius": 20.5}),
            json!({"sensor": "attic"}),
        ];
        let done = app.invoke("measure", Batch::of(records)).await;
        assert_eq!(done.failed(), ["1"]);
        assert_eq!(
            app.get::<Peaks>().unwrap().celsius.lock().unwrap()["attic"],
            20.5
        );
    }

    #[tokio::test]
    async fn the_example_is_measured() {
        let app = TestApp::<App>::new();
        let done = app
            .invoke("measure", include_str!("../events/measure.json"))
            .await;
        assert_eq!(done.response(), json!({"batchItemFailures": []}));
    }
}
