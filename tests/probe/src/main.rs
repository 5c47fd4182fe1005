//! Handlers that fail in every way.
//!
//! An event, or the body of a record, is an [`Act`]: what the handler is to do about it.

#![allow(clippy::panic, reason = "to panic is what this program is for")]

mod acts;
mod app;
mod web;

use lambkin::prelude::*;
use serde_json::Value;
use tokio::sync::Barrier;

use acts::{Act, Answer, Refused};
use app::{Both, Cache, Database, Left};

/// Gives back what it gets.
#[handler(invoke)]
async fn echo(event: Value) -> Result<Value, Error> {
    Ok(event)
}

#[derive(Deserialize)]
struct Parcel<'a> {
    content: &'a str,
}

/// Borrows from the event, and tells how much.
#[handler(invoke)]
async fn measure(parcel: Parcel<'_>) -> Result<usize, Error> {
    Ok(parcel.content.len())
}

/// Does what the event says.
#[handler(invoke)]
async fn act(act: Act) -> Result<Answer, Refused> {
    act.perform().await
}

/// Does what the event says, until half a second before Lambda's limit.
#[handler(invoke)]
#[deadline(margin = "500ms")]
async fn act_in_time(act: Act) -> Result<Answer, Refused> {
    act.perform().await
}

/// Does what each record says, one after the other, until half a second before Lambda's limit.
#[handler(sqs)]
#[deadline(margin = "500ms")]
async fn act_on_each(act: Act) -> Result<(), Refused> {
    act.perform().await.map(drop)
}

/// Waits until four invocations are here at once, then tells which one it is.
#[handler(invoke)]
async fn meet(cx: Context) -> Result<Value, Error> {
    static FOUR: std::sync::LazyLock<Barrier> = std::sync::LazyLock::new(|| Barrier::new(4));
    FOUR.wait().await;
    Ok(serde_json::json!({ "request": cx.request_id(), "trace": cx.trace_id() }))
}

/// Tells what it knows about the invocation.
#[handler(invoke)]
async fn introspect(cx: Context) -> Result<Value, Error> {
    Ok(serde_json::json!({
        "function": cx.function_name(),
        "version": cx.function_version(),
        "memory": cx.memory_mb(),
        "request": cx.request_id(),
        "arn": cx.invoked_function_arn(),
        "trace": cx.trace_id(),
        "deadline_is_known": cx.remaining().is_some(),
    }))
}

#[handler(invoke)]
async fn needs_database(_: &Database) -> Result<(), Error> {
    Ok(())
}

#[handler(invoke)]
async fn needs_cache(_: &Cache) -> Result<(), Error> {
    Ok(())
}

#[handler(invoke)]
async fn needs_both(both: &Both) -> Result<u32, Error> {
    Ok(both.sum)
}

/// `left` alone waits for ever, and `database` fails.
#[handler(invoke)]
async fn needs_database_and_left(_: &Database, _: &Left) -> Result<(), Error> {
    Ok(())
}

lambkin::main! {
    init: [app::database, app::cache, app::left, app::right, app::both],
    handlers: [
        echo, measure, act, act_in_time, act_on_each, meet, introspect,
        needs_database, needs_cache, needs_both, needs_database_and_left,
        web::site, web::brief,
    ],
    shutdown: [app::stumble, app::farewell, app::close],
}
