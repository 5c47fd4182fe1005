use std::sync::{Mutex, PoisonError};

use lambkin::prelude::*;

/// A note as a client sends it; its text is borrowed from the request.
#[derive(Deserialize)]
{{pub}}struct NewNote<'a> {
    text: &'a str,
}

#[derive(Serialize)]
{{pub}}struct Note {
    id: usize,
    text: String,
}

/// What was noted. Each execution environment has its own: a real one would be in a database.
#[derive(Default)]
{{pub}}struct Notes {
    texts: Mutex<Vec<String>>,
}

impl Notes {
    fn add(&self, text: &str) -> usize {
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        texts.push(text.to_owned());
        texts.len()
    }

    fn get(&self, id: usize) -> Result<Note, NoteError> {
        let texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        let text = id.checked_sub(1).and_then(|index| texts.get(index));
        text.map(|text| Note {
            id,
            text: text.clone(),
        })
        .ok_or(NoteError::NoNote(id))
    }
}

/// Runs once per execution environment, before the first request.
#[init]
{{pub}}async fn notes() -> Result<Notes, Error> {
    Ok(Notes::default())
}

/// What a client reads about, with its status. Any other error is a 500 that says nothing.
#[derive(Debug, thiserror::Error, HttpError)]
{{pub}}enum NoteError {
    #[error("there is no note {0}")]
    #[status(404)]
    NoNote(usize),
    #[error("a note has a text")]
    #[status(422)]
    Empty,
}

/// One function for all routes, behind API Gateway, a function URL, a load balancer or VPC Lattice.
#[handler(http(cors = "http://localhost:8080"), timeout = "10s", memory = 256)]
#[deadline(margin = "1s")]
{{pub}}mod api {
    use super::*;

    #[get("/")]
    async fn home() -> &'static str {
        "Notes are at /notes\n"
    }

    #[get("/notes/{id}")]
    async fn show(id: usize, notes: &Notes) -> Result<Json<Note>, NoteError> {
        notes.get(id).map(Json)
    }

    #[post("/notes")]
    async fn create(#[body] note: NewNote<'_>, notes: &Notes) -> Result<Created<Note>, NoteError> {
        if note.text.is_empty() {
            return Err(NoteError::Empty);
        }
        let id = notes.add(note.text);
        tracing::info!(id, "noted");
        Ok(Created::at(format!("/notes/{id}"), notes.get(id)?))
    }
}

{{main}}

#[cfg(test)]
mod tests {
    use lambkin::testing::TestApp;
    use lambkin::testing::http::Request;
    use serde_json::{Value, json};

    use super::*;
    {{app}}

    #[test]
    fn a_note_is_found_by_its_number() {
        let notes = Notes::default();
        let id = notes.add("buy tea");
        assert_eq!(notes.get(id).unwrap().text, "buy tea");
        assert!(matches!(notes.get(0), Err(NoteError::NoNote(0))));
    }

    #[tokio::test]
    async fn a_note_is_made_and_shown() {
        let app = TestApp::<App>::new();
        let request = Request::post("/notes").json(&json!({"text": "buy tea"}));
        let made = app.invoke("api", request).await.http();
        assert_eq!(
            (made.status, made.header("location")),
            (201, Some("/notes/1"))
        );
        let shown = app.invoke("api", Request::get("/notes/1")).await.http();
        assert_eq!(shown.json::<Value>(), json!({"id": 1, "text": "buy tea"}));
    }

    #[tokio::test]
    async fn what_is_not_there_or_not_right_has_its_status() {
        let app = TestApp::<App>::new();
        assert_eq!(
            app.invoke("api", Request::get("/notes/7"))
                .await
                .http()
                .status,
            404
        );
        let empty = Request::post("/notes").json(&json!({"text": ""}));
        assert_eq!(app.invoke("api", empty).await.http().status, 422);
    }

    #[tokio::test]
    async fn the_example_is_answered() {
        let app = TestApp::<App>::new();
        let done = app.invoke("api", include_str!("../events/api.json")).await;
        assert_eq!(done.http().text(), "Notes are at /notes\n");
    }
}
