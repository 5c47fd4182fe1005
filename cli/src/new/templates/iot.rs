use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use lambkin::prelude::*;

/// What the rule's statement selects; its text is borrowed from the event.
#[derive(Deserialize)]
{{pub}}struct Hot<'a> {
    device: &'a str,
    celsius: f64,
}

/// Which devices are to cool down, and how hot they are. A real one would hold a client of IoT.
#[derive(Default)]
{{pub}}struct Cooling {
    devices: Mutex<HashMap<String, f64>>,
}

/// Runs once per execution environment, before the first event is asked for.
#[init]
{{pub}}async fn cooling() -> Result<Cooling, Error> {
    Ok(Cooling::default())
}

/// Cools a device down. If it fails, Lambda tries it again, two times unless told otherwise.
#[handler(
    iot(sql = "SELECT celsius, topic(2) AS device FROM 'ovens/+' WHERE celsius > 300"),
    timeout = "10s",
    memory = 256
)]
#[deadline(margin = "1s")]
{{pub}}async fn cool(hot: Hot<'_>, cooling: &Cooling) -> Result<(), Error> {
    tracing::info!(device = hot.device, celsius = hot.celsius, "cooling");
    let mut devices = cooling
        .devices
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    devices.insert(hot.device.to_owned(), hot.celsius);
    Ok(())
}

{{main}}

#[cfg(test)]
mod tests {
    use lambkin::testing::TestApp;
    use serde_json::json;

    use super::*;
    {{app}}

    #[tokio::test]
    async fn a_hot_device_is_cooled() {
        let cooling = Cooling::default();
        cool(
            Hot {
                device: "oven-1",
                celsius: 301.0,
            },
            &cooling,
        )
        .await
        .unwrap();
        assert_eq!(cooling.devices.lock().unwrap()["oven-1"], 301.0);
    }

    #[tokio::test]
    async fn what_the_rule_does_not_select_fails() {
        let app = TestApp::<App>::new();
        assert!(
            app.invoke("cool", json!({"celsius": 301}))
                .await
                .error()
                .is_some()
        );
    }

    #[tokio::test]
    async fn the_example_is_cooled() {
        let app = TestApp::<App>::new();
        app.invoke("cool", include_str!("../events/cool.json"))
            .await
            .response();
        let devices = app.get::<Cooling>().unwrap().devices.lock().unwrap();
        assert_eq!(devices["oven-7"], 312.5);
    }
}
