//! The store in Redis or Valkey.

use lambkin::idempotency::{Acquired, Redis, Store};
use lambkin::testing::idempotency::check;
use lambkin_peers::redis::{self, Cluster};

use crate::claim;

async fn opened(peer: &redis::Redis) -> Redis {
    Redis::open(&peer.url()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_conforms() {
    let peer = redis::Redis::start();
    check(&opened(&peer).await).await;
    check(&Redis::open(&peer.url().replace("redis:", "valkey:")).await.unwrap()).await;
    let prefixed = Redis::open(&format!("{}?prefix=p:&data=native", peer.url())).await.unwrap();
    assert_eq!(prefixed.acquire("key", &claim("a")).await.unwrap(), Acquired::Yours);
    assert_eq!(peer.command(&["EXISTS", "p:key"]), ":1");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_conforms_in_a_cluster() {
    let cluster = Cluster::start();
    check(&Redis::open(&cluster.url()).await.unwrap()).await;

    // As if it were one server: some keys are elsewhere.
    let alone = Redis::open(&cluster.url().replace("?cluster=true", "")).await.unwrap();
    let mut errors = Vec::new();
    for key in 0..20 {
        errors.extend(alone.acquire(&key.to_string(), &claim("a")).await.err().map(|error| error.to_string()));
    }
    assert!(!errors.is_empty() && errors.iter().all(|error| error.contains("add `cluster=true`")), "{errors:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_conforms_behind_tls_and_trusts_nobody_else() {
    let peer = redis::Redis::with_tls();
    check(&opened(&peer).await).await;

    let without = format!("rediss://127.0.0.1:{}", peer.port());
    let stranger = redis::Redis::with_tls();
    for url in [without.clone(), format!("{without}?ca={}", stranger.authority().display())] {
        let store = Redis::open(&url).await.unwrap();
        let error = store.acquire("a", &claim("a")).await.unwrap_err().to_string();
        assert!(error.contains("certificate"), "{error}");
    }
    let error = Redis::open(&format!("{without}?ca=not-there.pem")).await.unwrap_err().to_string();
    assert!(error.contains("`not-there.pem`"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_needed_and_never_told() {
    let peer = redis::Redis::with_password("s3cret");
    check(&opened(&peer).await).await;
    for url in [
        format!("redis://:an0ther@127.0.0.1:{}", peer.port()),
        format!("redis://127.0.0.1:{}", peer.port()),
        "redis://:an0ther@127.0.0.1:notaport".to_owned(),
        "redis://:an0ther@127.0.0.1:1?mode=x".to_owned(),
        "redis://:an0ther@127.0.0.1:1".to_owned(),
    ] {
        let error = match Redis::open(&url).await {
            Ok(store) => store.acquire("a", &claim("a")).await.unwrap_err(),
            Err(error) => error,
        };
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("s3cret") && !shown.contains("an0ther"), "{shown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_breaks_costs_nothing() {
    let mut peer = redis::Redis::start();
    let store = opened(&peer).await;
    let first = claim("a");
    assert_eq!(store.acquire("key", &first).await.unwrap(), Acquired::Yours);
    assert!(peer.command(&["CLIENT", "KILL", "TYPE", "normal"]).starts_with(':'));
    assert!(matches!(store.acquire("key", &claim("b")).await.unwrap(), Acquired::Taken(_)));
    assert_eq!(peer.command(&["SCRIPT", "FLUSH"]), "+OK");
    assert!(store.complete("key", &first.done(first.lapsed_before, 3_600_000, None)).await.unwrap());

    peer.restart();
    assert_eq!(store.acquire("key", &claim("b")).await.unwrap(), Acquired::Yours, "it knows nothing any more");
    peer.stop();
    let error = store.acquire("key", &claim("b")).await.unwrap_err().to_string();
    assert!(error.starts_with("the Redis server: "), "{error}");
    peer.restart();
    assert_eq!(store.acquire("key", &claim("b")).await.unwrap(), Acquired::Yours);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_goes_away_after_its_record_and_not_before() {
    let peer = redis::Redis::start();
    let store = opened(&peer).await;
    let first = claim("a");
    assert_eq!(store.acquire("key", &first).await.unwrap(), Acquired::Yours);
    let left = |answer: String| answer.trim_start_matches(':').parse::<u64>().unwrap();
    let seconds = left(peer.command(&["TTL", "key"]));
    assert!((3_600..=3_800).contains(&seconds), "{seconds}");
    assert!(store.complete("key", &first.done(first.lapsed_before, 86_400_000, None)).await.unwrap());
    let seconds = left(peer.command(&["TTL", "key"]));
    assert!((86_390..=86_600).contains(&seconds), "{seconds}");
}

/// A server without scripts quotes what it was sent.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_is_not_in_an_error() {
    let peer = redis::Redis::without_scripts();
    let store = Redis::open(&format!("{}?prefix=secret", peer.url())).await.unwrap();
    let first = claim("a");
    let done = first.done(first.lapsed_before, 3_600_000, Some("secret result".to_owned()));
    let error = store.complete("key", &done).await.unwrap_err().to_string();
    assert!(error.contains("unknown command") && !error.contains("secret"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_record_is_an_error() {
    let peer = redis::Redis::start();
    let store = opened(&peer).await;
    assert_eq!(peer.command(&["SET", "key", r#"{"status":"ELSE","expiration":99999999999}"#]), "+OK");
    let error = store.acquire("key", &claim("a")).await.unwrap_err().to_string();
    assert!(error.contains("holds no idempotency record"), "{error}");
    assert_eq!(peer.command(&["SET", "key", "no JSON"]), "+OK");
    assert!(store.acquire("key", &claim("a")).await.is_err());
}
