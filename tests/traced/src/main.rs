//! Handlers whose traces are exported.

mod routes;

use std::sync::OnceLock;

use crate::routes::api;
use lambkin::prelude::*;
use tokio::sync::Barrier;
use tracing::Instrument;

#[derive(Deserialize)]
struct Order<'a> {
    id: &'a str,
    #[serde(default)]
    secret: &'a str,
}

/// What goes wrong with an order.
#[derive(Debug)]
struct NoSuchOrder(String);

impl std::fmt::Display for NoSuchOrder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "no such order: {}", self.0)
    }
}

impl std::error::Error for NoSuchOrder {}

/// A user's span, with a field of theirs.
#[tracing::instrument(skip_all, fields(order.id = order.id))]
async fn post(order: &Order<'_>) -> Result<(), NoSuchOrder> {
    tracing::debug_span!("too fine").in_scope(|| ());
    tracing::info!("posting {}", order.secret);
    tokio::task::yield_now().await;
    match order.id {
        "none" => Err(NoSuchOrder(order.secret.to_owned())),
        _ => Ok(()),
    }
}

#[handler(sqs)]
async fn orders(order: Order<'_>) -> Result<(), NoSuchOrder> {
    post(&order).await
}

#[handler(sqs, name = "bulk")]
async fn bulk(batch: Batch<Order<'_>>) -> Result<Processed, NoSuchOrder> {
    for entry in &batch {
        post(entry.payload()).await?;
    }
    Ok(batch.rest_done())
}

#[derive(Deserialize)]
struct Task {
    act: String,
}

/// What a task comes to.
#[handler(invoke)]
async fn act(task: Task) -> Result<String, NoSuchOrder> {
    match &*task.act {
        "fail" => return Err(NoSuchOrder("sesame".to_owned())),
        // The part of the work that somebody else's task does.
        "spawn" => {
            let work = async { tracing::info_span!("elsewhere").in_scope(|| ()) };
            let _ = tokio::spawn(work.in_current_span()).await;
        }
        // Held beyond the invocation.
        "leak" => {
            static LEAKED: OnceLock<tracing::Span> = OnceLock::new();
            let _ = LEAKED.set(tracing::Span::current());
        }
        "hang" => {
            tracing::info!("hanging");
            std::future::pending().await
        }
        _ => {}
    }
    Ok(task.act)
}

/// Answers when four are there.
#[handler(invoke)]
async fn meet(cx: Context) -> Result<String, Error> {
    static ALL: OnceLock<Barrier> = OnceLock::new();
    ALL.get_or_init(|| Barrier::new(4)).wait().instrument(tracing::info_span!("wait")).await;
    Ok(cx.request_id().to_owned())
}

#[shutdown]
async fn farewell() {
    tracing::info_span!("farewell").in_scope(|| ());
}

lambkin::main! { handlers: [orders, bulk, act, meet, api], shutdown: [farewell] }
