use std::sync::{Mutex, PoisonError};

use lambkin::prelude::*;

/// A line of another function's log; its text is borrowed from the event.
#[derive(Deserialize)]
{{pub}}struct Line<'a> {
    level: &'a str,
    message: &'a str,
}

/// What went wrong. A real one would hold the client of whoever is told.
#[derive(Default)]
{{pub}}struct Faults {
    messages: Mutex<Vec<String>>,
}

/// Runs once per execution environment, before the first event is asked for.
#[init]
{{pub}}async fn faults() -> Result<Faults, Error> {
    Ok(Faults::default())
}

/// Collects errors. Lines that are not of this form come from Lambda itself, and are dropped.
#[handler(
    cloudwatch_logs(log_group = "/aws/lambda/orders", filter = "ERROR"),
    malformed = "discard",
    timeout = "30s",
    memory = 256
)]
#[deadline(margin = "5s")]
{{pub}}async fn collect(line: Line<'_>, faults: &Faults) -> Result<(), Error> {
    if line.level == "ERROR" {
        tracing::info!(fault = line.message, "collected");
        let mut messages = faults
            .messages
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        messages.push(line.message.to_owned());
    }
    Ok(())
}

{{main}}

#[cfg(test)]
mod tests {
    use lambkin::testing::TestApp;
    use lambkin::testing::cloudwatch_logs;
    use serde_json::json;

    use super::*;
    {{app}}

    #[test]
    fn a_line_has_a_level() {
        let line: Line<'_> = serde_json::from_str(r#"{"level": "INFO", "message": "ok"}"#).unwrap();
        assert_eq!((line.level, line.message), ("INFO", "ok"));
    }

    #[tokio::test]
    async fn errors_are_collected_and_the_rest_is_not() {
        let app = TestApp::<App>::new();
        let lines = cloudwatch_logs::Lines::of([
            json!({"level": "ERROR", "message": "no tea"}),
            json!({"level": "INFO", "message": "tea"}),
        ]);
        let report = cloudwatch_logs::Line::text("REPORT RequestId: 1");
        app.invoke("collect", lines.line(report)).await.response();
        assert_eq!(
            *app.get::<Faults>().unwrap().messages.lock().unwrap(),
            ["no tea"]
        );
    }

    #[tokio::test]
    async fn the_example_is_collected() {
        let app = TestApp::<App>::new();
        app.invoke("collect", include_str!("../events/collect.json"))
            .await
            .response();
        assert_eq!(
            *app.get::<Faults>().unwrap().messages.lock().unwrap(),
            ["no stock"]
        );
    }
}
