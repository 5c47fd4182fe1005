//! Errors as responses: what the client reads, and what only the log holds.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::cell::RefCell;
use std::error::Error as StdError;
use std::fmt::{self, Debug, Display};
use std::sync::Arc;
use std::time::Duration;

use http_body_util::BodyExt;
use lambkin::http::{IntoResponse, Problem, Response, StatusCode, header};
use lambkin::prelude::*;
use serde_json::{Value, json};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

#[derive(Debug, thiserror::Error)]
#[error("no connection to 10.0.0.7")]
struct DbError(#[source] std::io::Error);

#[derive(Debug, thiserror::Error, HttpError)]
#[error("the card ends in {last_digits}")]
#[status(402, title = "Declined", kind = "https://errors.example.com/declined", retry_after = "1m 30s")]
struct PaymentError {
    last_digits: u16,
}

#[derive(Debug, thiserror::Error, HttpError)]
enum ApiError {
    #[error("there is no user {0}")]
    #[status(404)]
    NoSuchUser(u64),
    #[error("the name is taken")]
    #[status(409, kind = "https://errors.example.com/name-taken", title = "Name taken")]
    Taken,
    #[error("replica {replica} is busy")]
    #[status(503, kind = "https://errors.example.com/busy", title = "Busy", retry_after = "30s")]
    Busy { replica: String },
    #[error(transparent)]
    #[status(transparent)]
    Payment(#[from] PaymentError),
    #[error("boxed")]
    #[status(transparent)]
    Boxed { r#type: Box<PaymentError> },
    #[error("by hand")]
    #[status(transparent)]
    ByHand(#[source] ByHand),
    #[error("the database failed")]
    #[status(500)]
    Db(#[from] DbError),
    #[error("raw")]
    #[status(418)]
    r#Async,
}

#[derive(Debug)]
struct ByHand;

impl Display for ByHand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("by hand")
    }
}

impl StdError for ByHand {}

impl HttpError for ByHand {
    fn problem(&self) -> Problem {
        Problem::of_error(StatusCode::UNPROCESSABLE_ENTITY, self).with("field", "name")
    }
}

/// The response, and its body as JSON.
async fn answer(error: impl IntoResponse) -> (Response<()>, Value) {
    listen();
    let (parts, body) = error.into_response().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (Response::from_parts(parts, ()), serde_json::from_slice(&body).unwrap())
}

fn db_error() -> ApiError {
    DbError(std::io::Error::other("password hunter2 is wrong")).into()
}

#[tokio::test]
async fn a_client_reads_what_it_did_wrong() {
    let (response, body) = answer(ApiError::NoSuchUser(7)).await;
    assert_eq!(response.status(), 404);
    assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
    assert!(!response.headers().contains_key(header::RETRY_AFTER));
    assert_eq!(body, json!({"status": 404, "title": "Not Found", "detail": "there is no user 7"}));

    let (response, body) = answer(ApiError::Taken).await;
    assert_eq!(response.status(), 409);
    let kind = "https://errors.example.com/name-taken";
    assert_eq!(body, json!({"type": kind, "status": 409, "title": "Name taken", "detail": "the name is taken"}));

    assert_eq!(answer(ApiError::r#Async).await.1["detail"], "raw");
}

#[tokio::test]
async fn what_is_wrong_inside_stays_inside() {
    let (response, body) = answer(db_error()).await;
    assert_eq!(response.status(), 500);
    assert_eq!(body, json!({"status": 500, "title": "Internal Server Error"}));

    let (response, body) = answer(ApiError::Busy { replica: "db-3".to_owned() }).await;
    assert_eq!(response.status(), 503);
    assert_eq!(response.headers()[header::RETRY_AFTER], "30");
    let text = format!("{response:?}");
    assert!(!text.contains("db-3"), "{text}");
    assert_eq!(body, json!({"type": "https://errors.example.com/busy", "status": 503, "title": "Busy"}));
}

#[tokio::test]
async fn a_transparent_answer_is_the_fields() {
    let own = answer(PaymentError { last_digits: 42 }).await;
    assert_eq!(own.0.status(), 402);
    assert_eq!(own.0.headers()[header::RETRY_AFTER], "90");
    assert_eq!(own.1["detail"], "the card ends in 42");

    for error in [
        ApiError::from(PaymentError { last_digits: 42 }),
        ApiError::Boxed { r#type: Box::new(PaymentError { last_digits: 42 }) },
    ] {
        let through = answer(error).await;
        assert_eq!(through.0.status(), own.0.status());
        assert_eq!(through.0.headers(), own.0.headers());
        assert_eq!(through.1, own.1);
    }

    let (response, body) = answer(ApiError::ByHand(ByHand)).await;
    assert_eq!(response.status(), 422);
    assert_eq!(body, json!({"status": 422, "title": "Unprocessable Entity", "detail": "by hand", "field": "name"}));
}

/// Where `E` is an error, `Source` is one.
#[derive(Debug, HttpError)]
enum Remote<'a, E, const N: usize>
where
    E: Send,
{
    #[status(400)]
    Text(&'a str),
    #[status(transparent)]
    Source(E),
}

impl<E: Send, const N: usize> Display for Remote<'_, E, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "{text}, {N}"),
            Self::Source(_) => f.write_str("the source"),
        }
    }
}

impl<E: StdError + Send + 'static, const N: usize> StdError for Remote<'_, E, N> {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Text(_) => None,
            Self::Source(error) => Some(error),
        }
    }
}

#[derive(Debug, thiserror::Error, HttpError)]
#[error(transparent)]
#[status(transparent)]
struct Wrapper<E: HttpError + 'static>(Arc<E>);

#[tokio::test]
async fn types_with_parameters_are_answers_too() {
    let text = String::from("borrowed");
    let (response, body) = answer(Remote::<ByHand, 3>::Text(&text)).await;
    assert_eq!(response.status(), 400);
    assert_eq!(body["detail"], "borrowed, 3");
    assert_eq!(answer(Remote::<ByHand, 3>::Source(ByHand)).await.0.status(), 422);
    assert_eq!(answer(Wrapper(Arc::new(ByHand))).await.0.status(), 422);

    let error: Box<dyn HttpError> = Box::new(ByHand);
    assert_eq!(error.problem().status(), 422);
}

/// Its own status is that of the variants without one.
#[derive(Debug, thiserror::Error, HttpError)]
#[status(507)]
enum Mostly {
    #[error("one")]
    One,
    #[error("two")]
    #[status(410, title = "Two")]
    Two,
    #[error("three")]
    Three,
}

#[derive(Debug, thiserror::Error, HttpError)]
enum Never {}

#[tokio::test]
async fn a_time_to_wait_is_whole_seconds() {
    for (time, seconds) in
        [(Duration::ZERO, "1"), (Duration::from_millis(1500), "2"), (Duration::MAX, "18446744073709551615")]
    {
        // The last one counts.
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS).retry_after(Duration::from_secs(7)).retry_after(time);
        let headers = answer(problem).await.0.headers().clone();
        assert_eq!(headers.get_all(header::RETRY_AFTER).iter().collect::<Vec<_>>(), [seconds]);
    }
}

#[test]
fn a_status_of_the_enum_is_that_of_the_others() {
    let statuses = [Mostly::One, Mostly::Two, Mostly::Three].map(|error| error.problem().status().as_u16());
    assert_eq!(statuses, [507, 410, 507]);
    let none: Option<Never> = None;
    assert!(none.map(|never| never.problem()).is_none());
}

thread_local! {
    /// The level, the message and the type of each of this test's lines.
    static LINES: RefCell<Vec<(Level, String, String)>> = const { RefCell::new(Vec::new()) };
}

/// One for all tests: with a subscriber of one thread's, `tracing` may take another thread's word that nobody listens.
struct Log;

/// Called before anything is logged.
fn listen() {
    // An error says that another test was first.
    let _ = tracing::subscriber::set_global_default(Log);
}

#[derive(Default)]
struct Line {
    message: String,
    error_type: String,
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            self.message = format!("{value:?}");
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "error_type" {
            self.error_type = value.to_owned();
        }
    }
}

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        let mut line = Line::default();
        event.record(&mut line);
        LINES.with_borrow_mut(|lines| lines.push((*event.metadata().level(), line.message, line.error_type)));
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[test]
fn the_log_knows_the_sources() {
    listen();
    let _ = db_error().into_response();
    let _ = ApiError::NoSuchUser(7).into_response();
    let text = String::from("borrowed");
    let _ = Remote::<ByHand, 3>::Text(&text).into_response();
    // Looking at the answer is no answer yet.
    let _ = db_error().problem();
    let lines = LINES.take();
    let name = std::any::type_name::<ApiError>();
    let inside =
        "answered with 500: the database failed: no connection to 10.0.0.7: password hunter2 is wrong".to_owned();
    assert_eq!(lines[0], (Level::ERROR, inside, name.to_owned()));
    assert_eq!(lines[1], (Level::DEBUG, "answered with 404: there is no user 7".to_owned(), name.to_owned()));
    assert_eq!(lines[2].1, "answered with 400: borrowed, 3");
    assert_eq!(lines.len(), 3, "{lines:?}");
}
