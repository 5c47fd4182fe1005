use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use lambkin::prelude::*;

/// A ticket as it comes from the queue; its text is borrowed from the event.
#[derive(Deserialize)]
{{pub}}struct Ticket<'a> {
    id: &'a str,
    title: &'a str,
}

/// What there is to do. A real one would hold the client of a database.
#[derive(Default)]
{{pub}}struct Board {
    titles: Mutex<BTreeMap<String, String>>,
}

/// Runs once per execution environment, before the first event is asked for.
#[init]
{{pub}}async fn board() -> Result<Board, Error> {
    Ok(Board::default())
}

/// Puts a ticket on the board. If one fails, the whole batch comes again: doing one twice must be
/// as good as once, as it is here.
#[handler(
    activemq(queue = "tickets", batch_size = 10),
    timeout = "30s",
    memory = 256
)]
#[deadline(margin = "5s")]
{{pub}}async fn pin(ticket: Ticket<'_>, board: &Board) -> Result<(), Error> {
    tracing::info!(ticket = ticket.id, "pinned");
    let mut titles = board.titles.lock().unwrap_or_else(PoisonError::into_inner);
    titles.insert(ticket.id.to_owned(), ticket.title.to_owned());
    Ok(())
}

{{main}}

#[cfg(test)]
mod tests {
    use lambkin::testing::TestApp;
    use serde_json::Value;

    use super::*;
    {{app}}

    #[test]
    fn a_ticket_has_a_title() {
        let ticket: Ticket<'_> = serde_json::from_str(r#"{"id": "t-1", "title": "tea"}"#).unwrap();
        assert_eq!((ticket.id, ticket.title), ("t-1", "tea"));
    }

    #[tokio::test]
    async fn the_example_is_pinned() {
        let app = TestApp::<App>::new();
        app.invoke("pin", include_str!("../events/pin.json"))
            .await
            .response();
        let titles = app.get::<Board>().unwrap().titles.lock().unwrap();
        assert_eq!(titles["t-1"], "the oven is hot");
    }

    #[tokio::test]
    async fn what_is_no_ticket_brings_the_batch_back() {
        let app = TestApp::<App>::new();
        let mut event: Value = serde_json::from_str(include_str!("../events/pin.json")).unwrap();
        // In Base64, as messages are: `hello`.
        event["messages"][0]["data"] = "aGVsbG8=".into();
        assert!(app.invoke("pin", event).await.error().is_some());
    }
}
