use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use lambkin::prelude::*;

/// Variables of the function; on this machine they are in `.env`.
#[derive(Config)]
{{pub}}struct Retention {
    /// For how many days things are kept: `KEEP_DAYS`.
    #[env(default = "30")]
    keep_days: u64,
}

/// When each thing was put on the shelf. A real one would hold the client of a database.
{{pub}}struct Shelf {
    keep: Duration,
    put: Mutex<Vec<SystemTime>>,
}

/// Runs once per execution environment, before the first event is asked for.
#[init]
{{pub}}async fn shelf(retention: &Retention) -> Result<Shelf, Error> {
    let day = Duration::from_secs(24 * 60 * 60);
    let keep = day.saturating_mul(u32::try_from(retention.keep_days)?);
    Ok(Shelf {
        keep,
        put: Mutex::default(),
    })
}

/// Clears away what is too old. What counts is the time of the event, not of this machine.
#[handler(schedule("rate(12 hours)"), timeout = "1m", memory = 256)]
#[deadline(margin = "5s")]
{{pub}}async fn sweep(event: EventBridgeEvent<'_>, shelf: &Shelf) -> Result<(), Error> {
    // A schedule with an input of its own sends no time.
    let now = event.time().unwrap_or_else(SystemTime::now);
    let mut put = shelf.put.lock().unwrap_or_else(PoisonError::into_inner);
    let before = put.len();
    put.retain(|at| now.duration_since(*at).is_ok_and(|age| age < shelf.keep));
    tracing::info!(removed = before - put.len(), left = put.len(), "swept");
    Ok(())
}

{{main}}

#[cfg(test)]
mod tests {
    use lambkin::testing::TestApp;
    use lambkin::testing::eventbridge::Event;

    use super::*;
    {{app}}

    #[tokio::test]
    async fn the_shelf_keeps_as_long_as_the_settings_say() {
        let shelf = shelf(&Retention { keep_days: 2 }).await.unwrap();
        assert_eq!(shelf.keep, Duration::from_secs(2 * 24 * 60 * 60));
    }

    #[tokio::test]
    async fn what_is_too_old_is_swept_away() {
        let minute = Duration::from_secs(60);
        let now = SystemTime::UNIX_EPOCH + 60 * minute;
        let put = Mutex::new(vec![now - 3 * minute, now - minute]);
        let app = TestApp::<App>::new().with(Shelf {
            keep: 2 * minute,
            put,
        });
        let event = Event::scheduled().time("1970-01-01T01:00:00Z");
        app.invoke("sweep", event).await.response();
        assert_eq!(
            *app.get::<Shelf>().unwrap().put.lock().unwrap(),
            [now - minute]
        );
    }

    #[tokio::test]
    async fn the_example_is_swept() {
        let app = TestApp::<App>::new();
        app.invoke("sweep", include_str!("../events/sweep.json"))
            .await
            .response();
    }
}
