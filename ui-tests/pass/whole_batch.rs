#![deny(warnings)]
//! A batch is known by its type, however it is spelled.

use lambkin::prelude::*;

#[derive(Deserialize)]
struct Order<'a> {
    id: &'a str,
}

type Orders<'a> = Batch<Order<'a>, SqsMessage<'a>>;

mod own {
    /// A payload of the user's own that has the same name.
    #[derive(lambkin::prelude::Deserialize)]
    pub struct Batch<T> {
        pub lines: Vec<T>,
    }
}

#[handler(sqs)]
async fn aliased(orders: Orders<'_>) -> Result<Processed, Error> {
    for order in &orders {
        if order.id.is_empty() {
            order.failed("no identifier");
        } else {
            println!("{} {} {}", order.id(), order.id, order.message().message_id());
        }
    }
    Ok(orders.rest_done())
}

#[handler(kinesis)]
async fn extracted(records: Batch<KinesisRecord<'_>>, cx: Context) -> Result<Processed, Error> {
    for record in &records {
        println!("{} {:?}", record.sequence_number(), cx.remaining());
        record.done();
    }
    Ok(records.rest_retried())
}

#[handler(sqs)]
async fn payload_named_batch(batch: own::Batch<u32>) -> Result<(), Error> {
    println!("{}", batch.lines.len());
    Ok(())
}

lambkin::app! { handlers: [aliased, extracted, payload_named_batch] }

fn main() {}
