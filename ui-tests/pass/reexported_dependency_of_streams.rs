//! As `reexported_dependency`, for what streams, whole batches and hooks need.
#![deny(warnings)]

mod vendor {
    pub(crate) use ::lambkin as serverless;
}

use crate::vendor::serverless::{
    Batch, Change, Disposition, Error, Failure, Processed, S3Event, SesMessage, SqsMessage, Window, WindowState, handler,
};

/// Not the crate.
mod lambkin {}

#[handler(kinesis(tumbling_window = "1m"), on_window_end = publish, crate = crate::vendor::serverless)]
async fn tally(sale: u64, mut total: WindowState<'_, u64>) -> Result<(), Error> {
    *total += sale;
    Ok(())
}

async fn publish(_: u64, _: Window<'_>) -> Result<(), Error> {
    Ok(())
}

#[handler(dynamodb(view = "KEYS_ONLY"), crate = crate::vendor::serverless)]
async fn mirror(change: Change<u64>) {
    let _ = change;
}

#[handler(kafka, crate = crate::vendor::serverless)]
async fn load(batch: Batch<u64>) -> Result<Processed, Error> {
    Ok(batch.rest_done())
}

#[handler(sqs(max_receive_count = 2), on_last_attempt = park, crate = crate::vendor::serverless)]
async fn fulfil(order: u64) {
    let _ = order;
}

async fn park(_: SqsMessage<'_>, _: Failure) {}

#[handler(ses, crate = crate::vendor::serverless)]
async fn screen(mail: SesMessage<'_>) -> Result<Disposition, Error> {
    let _ = mail;
    Ok(Disposition::StopRule)
}

#[handler(s3(events = ["s3:ObjectCreated:*"]), crate = crate::vendor::serverless)]
async fn resize(object: S3Event<'_>) {
    let _ = object;
}

#[handler(schedule("rate(1 hour)"), crate = crate::vendor::serverless)]
async fn report() {}

crate::vendor::serverless::app! {
    crate: crate::vendor::serverless,
    handlers: [tally, mirror, load, fulfil, screen, resize, report],
}

fn main() {}
