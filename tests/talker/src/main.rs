//! Handlers that log in every way, and reach the limits that are warned about.

use std::time::Duration;

use lambkin::prelude::*;
use tracing_subscriber::layer::SubscriberExt;

/// A line of an `#[init]` function.
struct Greeting;

#[init]
async fn greeting() -> Result<Greeting, Error> {
    tracing::info!("good morning");
    Ok(Greeting)
}

#[derive(Deserialize)]
struct Order<'a> {
    id: &'a str,
    fails: bool,
}

#[handler(sqs, concurrency = 2)]
async fn fulfil(order: Order<'_>, _greeting: &Greeting) -> Result<(), Error> {
    look_up(order.id).await;
    tracing::info!(order.id, level = "mine", total = 2.5, is_late = false, "taken\nin");
    if order.fails { Err(Error::msg("out of stock")) } else { Ok(()) }
}

#[tracing::instrument(level = "debug", fields(shelf = 7))]
async fn look_up(order: &str) {
    tracing::debug!(shelf_life = u64::MAX, "looking");
    tokio::task::yield_now().await;
    tracing::debug!("looked");
}

#[derive(Deserialize)]
enum Task {
    /// Answers with a text of so many bytes.
    Answer(usize),
    /// Touches so many megabytes.
    Hold(usize),
    /// Says something in detail, and waits for ever.
    Wait,
    /// Says something on every level.
    Speak,
    /// Logs, and panics.
    Panic,
}

#[handler(invoke)]
#[allow(clippy::panic, reason = "that is what the test asks for")]
async fn work(task: Task) -> Result<String, Error> {
    tracing::debug!("at work");
    match task {
        Task::Answer(bytes) => Ok("x".repeat(bytes)),
        Task::Hold(megabytes) => {
            let held = vec![1_u8; megabytes * 1024 * 1024];
            Ok(std::hint::black_box(held).len().to_string())
        }
        Task::Wait => std::future::pending().await,
        Task::Speak => {
            tracing::trace!("trace");
            tracing::warn!("warn");
            tracing::error!("error");
            log::info!("by log");
            log::debug!("details by log");
            tracing::debug!("after the error");
            Ok(String::new())
        }
        Task::Panic => panic!("out of words"),
    }
}

#[handler(http)]
mod api {
    #[allow(unused_imports, reason = "what stands around a module is usually needed in it")]
    use super::*;

    #[get("/orders/{id}")]
    async fn show(id: u64) -> Json<u64> {
        tracing::info!(id, "shown");
        Json(id)
    }
}

/// A subscriber of one's own, with lambkin's lines in it.
struct Subscriber;

#[init]
async fn subscriber() -> Result<Subscriber, Error> {
    let registry = tracing_subscriber::registry().with(lambkin::logs::layer()).with(Counter);
    tracing::subscriber::set_global_default(registry)?;
    Ok(Subscriber)
}

/// Says after each event of a handler that it has seen one.
struct Counter;

impl<S: tracing::Subscriber> tracing_subscriber::Layer<S> for Counter {
    #[allow(clippy::print_stderr, reason = "a subscriber writes")]
    fn on_event(&self, event: &tracing::Event<'_>, _: tracing_subscriber::layer::Context<'_, S>) {
        if event.metadata().target().starts_with("talker") {
            eprintln!("counted");
        }
    }
}

#[handler(invoke)]
async fn count(word: String, _subscriber: &Subscriber) -> usize {
    tracing::info!("counting");
    word.len()
}

/// Takes longer than Lambda allows.
struct Sleep;

#[init]
async fn sleep() -> Result<Sleep, Error> {
    tokio::time::sleep(Duration::from_secs(9)).await;
    Ok(Sleep)
}

#[handler(invoke)]
async fn dream(_nothing: RawBody<'_>, _sleep: &Sleep) -> String {
    "of sheep".to_owned()
}

lambkin::main! {
    init: [greeting, subscriber, sleep],
    handlers: [fulfil, work, api, count, dream],
}
