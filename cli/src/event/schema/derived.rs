//! Examples of the schemas that `JsonSchema` derives are read back as the type: what serde and schemars make of an attribute is what
//! handlers take.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::num::NonZeroU8;
use std::path::PathBuf;
use std::time::Duration;

use schemars::{JsonSchema, schema_for};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::example;

/// The example, which is one of the type.
fn read<T: JsonSchema + DeserializeOwned>() -> Value {
    let schema = schema_for!(T).to_value();
    let made = example(&schema).unwrap_or_else(|error| panic!("{error}: {schema:#}"));
    let read = serde_json::from_value::<T>(made.clone());
    assert!(read.is_ok(), "{:?}: {made} of {schema:#}", read.err());
    made
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "read, and looked at as JSON")]
struct Order {
    order_id: String,
    #[serde(rename = "total", alias = "sum")]
    cents: u64,
    #[serde(default)]
    note: Option<String>,
    #[serde(default = "three")]
    retries: u8,
    #[serde(skip)]
    internal: u8,
    address: Address,
    billing: Option<Address>,
    lines: Vec<Line>,
    tags: BTreeSet<String>,
    by_name: BTreeMap<String, Line>,
    by_number: BTreeMap<u32, String>,
    pair: (u8, String),
    three: [i16; 3],
    letter: char,
    least: NonZeroU8,
    share: f32,
    from: IpAddr,
    takes: Duration,
    file: PathBuf,
    anything: Value,
    nothing: (),
}

fn three() -> u8 {
    3
}

#[derive(Deserialize, JsonSchema)]
#[expect(dead_code, reason = "read, and looked at as JSON")]
struct Address {
    city: String,
    #[schemars(length(min = 5, max = 5), regex(pattern = "^[0-9]{5}$"), example = "10115")]
    postcode: String,
}

#[derive(Deserialize, JsonSchema)]
#[expect(dead_code, reason = "read, and looked at as JSON")]
struct Line {
    #[serde(flatten)]
    product: Product,
    #[schemars(range(min = 2, max = 7))]
    count: i32,
    kind: Kind,
    state: State,
    choice: Choice,
    #[serde(flatten)]
    event: Tagged,
}

#[derive(Deserialize, JsonSchema)]
#[expect(dead_code, reason = "read, and looked at as JSON")]
struct Product {
    sku: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    /// With a description each is a choice of its own.
    FirstOne,
    /// As here.
    SecondOne,
}

#[derive(Deserialize, JsonSchema)]
#[expect(dead_code, reason = "read, and looked at as JSON")]
enum State {
    Sent { at: String },
    Lost(u8, u8),
    Open,
}

#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "read, and looked at as JSON")]
enum Choice {
    Number(u32),
    Text(String),
}

#[derive(Deserialize, JsonSchema)]
#[serde(tag = "type")]
#[expect(dead_code, reason = "read, and looked at as JSON")]
enum Tagged {
    Wrapped(Wrapped),
    Plain { with: bool },
    Empty,
}

#[derive(Deserialize, JsonSchema)]
#[expect(dead_code, reason = "read, and looked at as JSON")]
struct Wrapped {
    inner: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(tag = "t", content = "c")]
#[expect(dead_code, reason = "read, and looked at as JSON")]
enum Adjacent {
    One(Wrapped),
    Two,
}

#[derive(Deserialize, JsonSchema)]
#[expect(dead_code, reason = "read, and looked at as JSON")]
struct Tree {
    name: String,
    children: Vec<Tree>,
    parent: Option<Box<Tree>>,
}

#[derive(Deserialize, JsonSchema)]
#[expect(dead_code, reason = "read, and looked at as JSON")]
struct Id(u64);

#[derive(Deserialize, JsonSchema)]
#[serde(transparent)]
#[expect(dead_code, reason = "read, and looked at as JSON")]
struct Named {
    name: String,
}

#[test]
fn an_example_is_one_of_the_type() {
    let order = read::<Order>();
    assert_eq!((&order["retries"], &order["address"]["postcode"]), (&json!(3), &json!("10115")));
    assert_eq!((&order["lines"][0]["count"], &order["lines"][0]["kind"]), (&json!(2), &json!("first-one")));
    assert_eq!(order.get("internal"), None);
    read::<Line>();
    read::<Vec<Order>>();
    read::<Option<Order>>();
    read::<Kind>();
    read::<State>();
    read::<Choice>();
    read::<Adjacent>();
    read::<Tree>();
    read::<Id>();
    read::<Named>();
    read::<Result<u8, String>>();
}

#[test]
fn what_is_wrapped_keeps_its_tag() {
    assert_eq!(read::<Tagged>(), json!({"type": "Wrapped", "inner": "inner"}));
    assert_eq!(read::<Line>()["type"], "Wrapped");
}
