//! Schemas of payloads in the manifest.
#![cfg(feature = "schema")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    dead_code,
    reason = "a test fails by panicking, and nobody else reads it"
)]

use lambkin::__private::{FunctionSpec, Handler};
use lambkin::http::{Form, Page};
use lambkin::prelude::*;
use lambkin::schemars::{self, JsonSchema};
use lambkin::source::sqs;
use lambkin::{Failure, FromRecord};
use serde_json::{Value, json};

/// An order.
#[derive(Deserialize, JsonSchema)]
struct Order<'a> {
    id: &'a str,
    total: u64,
    note: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct Key {
    id: String,
}

#[derive(Deserialize, JsonSchema)]
struct Item {
    id: String,
    parent: Option<Box<Item>>,
}

#[derive(Deserialize)]
struct Unknown {
    id: u64,
}

type Alias<'a> = Order<'a>;

/// An extractor, which is no payload whatever it implements.
#[derive(Deserialize, JsonSchema)]
struct Tenant {
    name: String,
}

impl<'r> FromRecord<'r, sqs::Record<'r>> for Tenant {
    fn from_record(_: &'r sqs::Record<'r>, _: &Context) -> Result<Self, Failure> {
        Ok(Tenant { name: String::new() })
    }
}

macro_rules! handlers {
    ($($(#[$attribute:meta])* fn $name:ident($($parameter:ident: $ty:ty),*))*) => {
        $(
            $(#[$attribute])*
            async fn $name($($parameter: $ty),*) -> Result<(), Error> {
                $(let _ = $parameter;)*
                Ok(())
            }
        )*
        lambkin::app! { handlers: [$($name,)* in_bulk, routes, one] }
    };
}

handlers! {
    #[handler(invoke)]
    fn called(order: Order<'_>)
    #[handler(event)]
    fn any(event: Value)
    #[handler(event)]
    fn text(event: String)
    #[handler(invoke)]
    fn silent(order: Unknown)
    #[handler(invoke)]
    fn without(cx: Context)
    #[handler(sqs)]
    fn queue(cx: Context, tenant: Tenant, message: SqsMessage<'_>, order: Alias<'_>)
    #[handler(sqs)]
    fn queue_raw(tenant: Tenant, body: RawBody<'_>)
    #[handler(kinesis)]
    fn stream(order: Order<'_>)
    #[handler(dynamodb)]
    fn table(change: Change<Item>)
    #[handler(dynamodb)]
    fn table_with_key(change: Change<Item, Key>)
    #[handler(dynamodb)]
    fn table_of_anything(change: Change<Value>)
    #[handler(kafka)]
    fn topic(order: Option<Order<'_>>)
    #[handler(sns)]
    fn notice(order: Order<'_>)
    #[handler(s3)]
    fn bucket(event: S3Event<'_>)
    #[handler(eventbridge)]
    fn bus(order: Order<'_>, event: EventBridgeEvent<'_>)
    #[handler(schedule("rate(1 day)"))]
    fn time(order: Order<'_>)
    #[handler(cloudwatch_logs)]
    fn logs(order: Order<'_>)
    #[handler(ses)]
    fn mail(message: SesMessage<'_>)
    #[handler(activemq)]
    fn queue_of_mq(order: Order<'_>)
    #[handler(iot)]
    fn things(order: Order<'_>)
}

#[handler(sqs)]
async fn in_bulk(batch: Batch<Order<'_>, SqsMessage<'_>>) -> Processed {
    batch.rest_done()
}

pub mod elsewhere {
    use super::*;

    #[routes]
    pub mod orders {
        use super::*;

        #[post("/")]
        async fn create(#[body] order: Order<'_>) -> String {
            order.id.to_owned()
        }
    }
}

#[handler(http)]
mod routes {
    use super::*;

    #[mount("/orders")]
    pub(crate) use elsewhere::orders;

    #[get("/")]
    async fn list() -> Page<u8> {
        Page::new().fill([], |_| 0)
    }

    #[post("/maybe")]
    #[put("/maybe")]
    async fn maybe(#[body] order: Option<Order<'_>>) -> NoContent {
        drop(order);
        NoContent
    }

    #[post("/text")]
    async fn text(#[body] text: String) -> String {
        text
    }

    #[post("/form")]
    async fn form(#[body] Form(key): Form<Key>) -> String {
        key.id
    }

    #[post("/unknown")]
    async fn unknown(#[body] order: Unknown) -> String {
        order.id.to_string()
    }
}

#[handler(http)]
async fn one(#[body] key: Key) -> String {
    key.id
}

fn spec<H: Handler<App>>(_: &H) -> &'static FunctionSpec {
    H::SPEC
}

fn schema(spec: &FunctionSpec) -> Option<Value> {
    serde_json::to_value(spec).unwrap().get("schema").cloned()
}

fn order() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Order",
        "description": "An order.",
        "type": "object",
        "properties": {
            "id": {"type": "string"},
            "total": {"type": "integer", "format": "uint64", "minimum": 0},
            "note": {"type": ["string", "null"]},
        },
        "required": ["id", "total"],
    })
}

#[test]
fn the_payload_of_each_source_has_the_schema_of_its_type() {
    for of_orders in [
        spec(&called {}),
        spec(&queue {}),
        spec(&stream {}),
        spec(&notice {}),
        spec(&bus {}),
        spec(&time {}),
        spec(&logs {}),
        spec(&queue_of_mq {}),
        spec(&things {}),
    ] {
        assert_eq!(schema(of_orders), Some(order()), "{}", of_orders.name);
    }
    let of_key = schema(spec(&topic {})).unwrap();
    assert_eq!(of_key["anyOf"][1], json!({"type": "null"}), "{of_key}");
}

#[test]
fn what_says_nothing_has_none() {
    for silent in [
        spec(&any {}),
        spec(&silent {}),
        spec(&without {}),
        spec(&queue_raw {}),
        spec(&bucket {}),
        spec(&mail {}),
        spec(&table_of_anything {}),
    ] {
        assert_eq!(schema(silent), None, "{}", silent.name);
    }
    assert_eq!(schema(spec(&text {})).unwrap()["type"], "string");
}

#[test]
fn a_batch_has_the_schema_of_one_record_and_a_change_that_of_its_item() {
    assert_eq!(schema(spec(&in_bulk {})), Some(order()));
    let item = json!({
        "type": "object",
        "properties": {"id": {"type": "string"}, "parent": {"anyOf": [{"$ref": "#/$defs/Item"}, {"type": "null"}]}},
        "required": ["id"],
    });
    let draft = "https://json-schema.org/draft/2020-12/schema";
    let table = schema(spec(&table {})).unwrap();
    assert_eq!(table, json!({"$schema": draft, "$ref": "#/$defs/Item", "$defs": {"Item": item}}));
    let key = json!({"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]});
    let both = schema(spec(&table_with_key {})).unwrap();
    let parts = json!([{"$ref": "#/$defs/Item"}, {"$ref": "#/$defs/Key"}]);
    assert_eq!(both, json!({"$schema": draft, "allOf": parts, "$defs": {"Item": item, "Key": key}}));
}

#[test]
fn a_route_has_the_schema_of_its_json_or_form() {
    let routes = serde_json::to_value(spec(&routes::__LAMBKIN)).unwrap();
    let schemas: Vec<(&str, &str, Option<&Value>)> = routes["routes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|route| (route["methods"][0].as_str().unwrap(), route["path"].as_str().unwrap(), route.get("schema")))
        .collect();
    let of = |method, path| schemas.iter().find(|(m, p, _)| (*m, *p) == (method, path)).unwrap().2;
    assert_eq!(of("POST", "/orders"), Some(&order()));
    assert!(of("POST", "/maybe").is_some() && of("POST", "/maybe") == of("PUT", "/maybe"), "{schemas:?}");
    for (method, path) in [("GET", "/"), ("POST", "/text"), ("POST", "/unknown")] {
        assert_eq!(of(method, path), None, "{path}");
    }
    assert_eq!(routes.get("schema"), None, "{routes}");
    let fields =
        json!({"title": "Key", "type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]});
    let form = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "string",
        "contentMediaType": "application/x-www-form-urlencoded",
        "contentSchema": fields,
    });
    assert_eq!(of("POST", "/form"), Some(&form));
    let one = serde_json::to_value(spec(&one::__LAMBKIN)).unwrap();
    assert_eq!(one["routes"][0]["schema"]["required"], json!(["id"]), "{one}");
}

#[test]
fn the_same_types_have_the_same_schema() {
    for spec in [spec(&table_with_key {}), spec(&called {})] {
        let text = || serde_json::to_string(spec).unwrap();
        assert_eq!(text(), text());
    }
}
