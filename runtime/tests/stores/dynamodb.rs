//! The store in a DynamoDB table, over HTTP.

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::{Client, Config};
use lambkin::idempotency::{Acquired, Attribute, DynamoDb, Store};
use lambkin::testing::idempotency::check;
use lambkin_peers::dynamodb::DynamoDb as Peer;

use crate::claim;

/// A client with credentials of its own: the environment's belong to all tests.
fn client(endpoint: &str) -> Client {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .region(Region::new("eu-west-1"))
        .endpoint_url(endpoint);
    Client::from_conf(config.build())
}

fn records(peer: &Peer) -> DynamoDb {
    DynamoDb::new(client(&peer.endpoint()), "records")
}

#[tokio::test(flavor = "multi_thread")]
async fn it_conforms() {
    let peer = Peer::start().table("records", None);
    check(&records(&peer)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_conforms_with_a_sort_key_and_other_names() {
    let peer = Peer::start().table("records", Some(("pk", "sk")));
    let store = records(&peer)
        .partition_key("pk")
        .sort_key("sk", "idempotency#f")
        .attribute(Attribute::Status, "s")
        .attribute(Attribute::Expiration, "e")
        .attribute(Attribute::InProgressExpiration, "i")
        .attribute(Attribute::Data, "d")
        .attribute(Attribute::Validation, "v")
        .attribute(Attribute::Owner, "o");
    check(&store).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn native_data_comes_back_as_the_same_json() {
    let peer = Peer::start().table("records", None);
    let (native, text) = (records(&peer).native_data(), records(&peer));
    for (index, data) in
        [r#"{"a":[1,2.5,null,"x"],"b":false}"#, "null", r#""text""#, "[]", "12"].into_iter().enumerate()
    {
        let (id, first) = (format!("native-{index}"), claim("a"));
        assert_eq!(native.acquire(&id, &first).await.unwrap(), Acquired::Yours);
        let done = first.done(first.lapsed_before, 3_600_000, Some(data.to_owned()));
        assert!(native.complete(&id, &done).await.unwrap());
        for store in [&native, &text] {
            let Acquired::Taken(record) = store.acquire(&id, &claim("b")).await.unwrap() else { panic!("{data}") };
            let expected = if index == 2 && std::ptr::eq(store, &text) { "text" } else { data };
            assert_eq!(record.data.as_deref(), Some(expected));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_wrong_says_what_to_do() {
    let peer = Peer::start();
    let store = DynamoDb::new(client(&peer.endpoint()), "nowhere");
    let error = store.acquire("a", &claim("a")).await.unwrap_err().to_string();
    assert!(error.contains("`nowhere`: ResourceNotFoundException") && error.contains("create the table"), "{error}");

    let store = records(&peer);
    drop(peer);
    let error = store.release("a", "a").await.unwrap_err().to_string();
    assert!(error.contains("`records`: ") && error.contains("onnect"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_that_is_too_large_is_an_error_that_says_so() {
    let peer = Peer::start().table("records", None);
    let store = records(&peer);
    let first = claim("a");
    assert_eq!(store.acquire("a", &first).await.unwrap(), Acquired::Yours);
    let largest = "x".repeat(store.max_data_bytes());
    assert!(store.complete("a", &first.done(0, u64::MAX / 2, Some(largest.clone()))).await.unwrap());
    let error = store.complete("a", &first.done(0, u64::MAX / 2, Some(largest + &"x".repeat(8 * 1024)))).await;
    let error = error.unwrap_err().to_string();
    assert!(error.contains("size has exceeded"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_that_is_no_record_is_named() {
    let peer = Peer::start().table("records", None);
    let other = records(&peer).attribute(Attribute::Status, "state");
    assert_eq!(other.acquire("a", &claim("a")).await.unwrap(), Acquired::Yours);
    let store = records(&peer);
    let error = store.acquire("a", &claim("b")).await.unwrap_err().to_string();
    assert!(error.contains("no idempotency record: see its `status`"), "{error}");
}
