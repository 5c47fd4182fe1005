//! What a parameter is, its type says, under whatever name: imported under another one, or an alias.
#![deny(warnings)]

use lambkin::testing::TestApp;
use lambkin::{
    Batch as Bunch, Change as Difference, DynamoDbRecord as Row, KinesisRecord as Event, Processed as Ended,
    S3Event as Object, Window as Interval, WindowState as Accumulator, handler,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

type Failing<T> = Result<T, lambkin::Error>;
type Total<'r> = Accumulator<'r, Sales>;
type Span<'r> = Interval<'r>;
type Sold = Difference<Sale>;
type SoldOrKey<'a> = Difference<Sale, Key<'a>>;
type Sellings<'e> = Bunch<Sale, Event<'e>>;

#[derive(Clone, Default, Serialize, Deserialize)]
struct Sales(u64);

#[derive(Deserialize)]
struct Sale {
    amount: u64,
}

#[derive(Deserialize)]
struct Key<'a> {
    #[allow(dead_code)]
    id: std::borrow::Cow<'a, str>,
}

#[handler(kinesis(tumbling_window = "1m"), on_window_end = publish)]
async fn fold(sale: Sale, mut total: Total<'_>, span: Span<'_>, event: Event<'_>) -> Failing<()> {
    let _ = (span, event);
    total.0 += sale.amount;
    Ok(())
}

async fn publish(total: Sales, _: Span<'_>) -> Failing<()> {
    println!("{}", total.0);
    Ok(())
}

#[handler(dynamodb)]
async fn differ(sold: Sold, row: Row<'_>) -> Failing<()> {
    let _ = (sold, row);
    Ok(())
}

#[handler(dynamodb(view = "NEW_IMAGE"))]
async fn differ_by_key(sold: SoldOrKey<'_>) -> Failing<()> {
    let _ = sold;
    Ok(())
}

#[handler(kinesis)]
async fn load(sellings: Sellings<'_>) -> Failing<Ended> {
    Ok(sellings.rest_done())
}

#[handler(dynamodb)]
async fn load_changes(batch: Bunch<Sold, Row<'_>>) -> Ended {
    batch.rest_done()
}

#[handler(s3)]
async fn load_objects(objects: Bunch<Object<'_>>) -> Ended {
    objects.rest_done()
}

lambkin::app! { handlers: [fold, differ, differ_by_key, load, load_changes, load_objects] }

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let record = json!({
        "eventID": "shardId-000000000000:1",
        "eventSource": "aws:kinesis",
        // {"amount":7}
        "kinesis": {"sequenceNumber": "1", "partitionKey": "a", "data": "eyJhbW91bnQiOjd9"},
    });
    let event = json!({
        "Records": [record],
        "window": {"start": "2020-12-09T07:04:00Z", "end": "2020-12-09T07:06:00Z"},
        "state": {},
    });
    let done: Value = TestApp::<App>::new().invoke("fold", event).await.response();
    assert_eq!(done["state"], json!(7));
}
