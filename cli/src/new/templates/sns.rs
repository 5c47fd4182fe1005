use std::sync::{Mutex, PoisonError};

use lambkin::prelude::*;

/// What CloudWatch publishes about an alarm; its text is borrowed from the event.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
{{pub}}struct Alarm<'a> {
    alarm_name: &'a str,
    new_state_value: &'a str,
}

/// The team's chat room. A real one would hold an HTTP client.
#[derive(Default)]
{{pub}}struct Chat {
    lines: Mutex<Vec<String>>,
}

/// Runs once per execution environment, before the first event is asked for.
#[init]
{{pub}}async fn chat() -> Result<Chat, Error> {
    Ok(Chat::default())
}

/// Tells the team about an alarm. If it fails, Lambda tries it again, two times unless told
/// otherwise.
#[handler(sns(topic = "alarms"), timeout = "10s", memory = 256)]
#[deadline(margin = "1s")]
{{pub}}async fn notify(alarm: Alarm<'_>, chat: &Chat) -> Result<(), Error> {
    let line = format!("{} is {}", alarm.alarm_name, alarm.new_state_value);
    tracing::info!(line, "posted");
    chat.lines
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(line);
    Ok(())
}

{{main}}

#[cfg(test)]
mod tests {
    use lambkin::testing::TestApp;
    use lambkin::testing::sns::Message;
    use serde_json::json;

    use super::*;
    {{app}}

    #[tokio::test]
    async fn an_alarm_is_a_line() {
        let chat = Chat::default();
        let alarm = Alarm {
            alarm_name: "disk",
            new_state_value: "ALARM",
        };
        notify(alarm, &chat).await.unwrap();
        assert_eq!(*chat.lines.lock().unwrap(), ["disk is ALARM"]);
    }

    #[tokio::test]
    async fn what_is_no_alarm_fails() {
        let app = TestApp::<App>::new();
        let alarm = json!({"AlarmName": "disk", "NewStateValue": "OK"});
        app.invoke("notify", Message::json(&alarm)).await.response();
        assert!(
            app.invoke("notify", Message::text("hello"))
                .await
                .error()
                .is_some()
        );
        assert_eq!(
            *app.get::<Chat>().unwrap().lines.lock().unwrap(),
            ["disk is OK"]
        );
    }

    #[tokio::test]
    async fn the_example_is_posted() {
        let app = TestApp::<App>::new();
        app.invoke("notify", include_str!("../events/notify.json"))
            .await
            .response();
        let lines = app.get::<Chat>().unwrap().lines.lock().unwrap();
        assert_eq!(*lines, ["orders-failing is ALARM"]);
    }
}
