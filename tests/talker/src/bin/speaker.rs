//! A handler under a subscriber of the app's own.

use lambkin::prelude::*;
use tracing_subscriber::prelude::*;

/// Says after each event of a handler that it has seen one.
struct Counter;

impl<S: tracing::Subscriber> tracing_subscriber::Layer<S> for Counter {
    #[allow(clippy::print_stderr, reason = "a subscriber writes")]
    fn on_event(&self, event: &tracing::Event<'_>, _: tracing_subscriber::layer::Context<'_, S>) {
        if event.metadata().target().starts_with("speaker") {
            eprintln!("counted");
        }
    }
}

fn install() {
    tracing_subscriber::registry().with(lambkin::logs::layer()).with(Counter).init();
}

/// What a count starts at.
struct Start(usize);

#[init]
async fn start() -> Result<Start, Error> {
    tracing::info!("starting");
    Ok(Start(1))
}

#[handler(invoke)]
async fn count(word: String, start: &Start) -> usize {
    tracing::info!("counting");
    start.0 + word.len()
}

lambkin::main! { subscriber: install, init: [start], handlers: [count] }
