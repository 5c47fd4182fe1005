//! `#[idempotent]` on functions without a handler.
#![deny(warnings)]

use lambkin::idempotency::{Memory, Refused, Store};
use lambkin::prelude::*;
use std::sync::Arc;

/// Its docs stay.
#[idempotent(key = order, store = store, lease = "30s")]
#[must_use]
#[tracing::instrument(skip_all)]
async fn charge(order: u64, store: &Memory) -> Result<u64, Error> {
    Ok(order)
}

#[idempotent(key = (order.0, order.1), store = store, lease = "30s")]
pub async fn moves(order: (String, u64), store: Arc<Memory>) -> Result<String, Error> {
    Ok(order.0)
}

#[idempotent(key = id, verify = amount > 1, store = store, lease = "30s")]
async fn patterns((id, mut amount): (String, u64), _: u8, store: &Memory) -> Result<(), Error> {
    amount += 1;
    drop((id, amount));
    Ok(())
}

#[idempotent(key = order, store = store, lease = "30s", scope = "generic")]
async fn generic<T, S>(order: T, store: &S) -> Result<T, Error>
where
    T: Serialize + serde::de::DeserializeOwned,
    S: Store,
{
    Ok(order)
}

#[idempotent(key = orders, store = store, lease = "30s")]
async fn returns_early(orders: &[u64], store: &Memory) -> Result<u64, Error> {
    if orders.is_empty() {
        return Ok(0);
    }
    let mut sum = 0;
    for order in orders {
        if *order == 13 {
            return Err(Error::msg("unlucky"));
        }
        let parsed: u64 = order.to_string().parse()?;
        tokio::task::yield_now().await;
        sum += parsed;
    }
    while sum > 100 {
        sum -= 100;
        if sum == 7 {
            break;
        }
    }
    Ok(sum)
}

#[idempotent(key = order, store = store, lease = "30s")]
async fn never_returns(order: u64, store: &Memory) -> Result<(), Error> {
    panic!("{order}")
}

#[derive(Debug)]
enum Declined {
    Refused(Refused),
    Poor,
}

impl From<Refused> for Declined {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

#[idempotent(key = key, store = store, lease = "30s")]
async fn own_error(key: &str, verify: u64, single: u64, returned: u64, store: &Memory) -> Result<u64, Declined> {
    if verify + single + returned == 0 { Err(Declined::Poor) } else { Ok(verify) }
}

#[idempotent(key = r#type, store = store, lease = "30s")]
async fn r#match(r#type: u64, store: &Memory) -> Result<u64, Error> {
    Ok(r#type)
}

static RECORDS: std::sync::LazyLock<Memory> = std::sync::LazyLock::new(Memory::new);

#[idempotent(key = order, store = *RECORDS, lease = "30s")]
async fn by_static(order: u64) -> Result<u64, Error> {
    Ok(order)
}

struct Till {
    records: Memory,
}

trait Charges {
    async fn charge(&self, order: &str) -> Result<(), Error>;
}

impl Charges for Till {
    #[idempotent(key = order, store = self.records, lease = "30s", scope = "till/charge")]
    async fn charge(&self, order: &str) -> Result<(), Error> {
        self.count(order.len()).await.map(drop)
    }
}

impl Till {
    /// Its docs stay.
    #[idempotent(key = (order, self.name()), store = &self.records, lease = "30s", scope = "till/count")]
    pub async fn count(&self, order: usize) -> Result<usize, Error> {
        Ok(order)
    }

    #[idempotent(key = order, store = store, lease = "30s", scope = "till/new")]
    async fn open(order: usize, store: &Memory) -> Result<Vec<usize>, Error> {
        Ok(vec![order])
    }

    fn name(&self) -> usize {
        self.records.all().capacity().min(0)
    }
}

macro_rules! function {
    ($name:ident, $order:ident => $body:expr) => {
        #[idempotent(key = $order, store = store, lease = "30s")]
        async fn $name($order: u64, store: &Memory) -> Result<u64, Error> {
            $body
        }
    };
}

function! { by_macro, order => Ok(order + 1) }

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let store = Memory::new();
    assert_eq!(charge(7, &store).await.unwrap(), 7);
    assert_eq!(store.all().len(), 1);
    let shared = Arc::new(Memory::new());
    assert_eq!(moves(("a".to_owned(), 1), Arc::clone(&shared)).await.unwrap(), "a");
    assert_eq!(moves(("a".to_owned(), 1), shared).await.unwrap(), "a");
    patterns(("a".to_owned(), 1), 0, &store).await.unwrap();
    assert_eq!(generic("a".to_owned(), &store).await.unwrap(), "a");
    assert!(returns_early(&[], &store).await.is_err(), "nothing is no key");
    assert!(returns_early(&[13], &store).await.is_err());
    assert_eq!(returns_early(&[1, 2], &store).await.unwrap(), 3);
    let _ = never_returns;
    assert!(matches!(own_error("", 1, 1, 1, &store).await, Err(Declined::Refused(Refused::MissingKey))));
    assert!(matches!(own_error("a", 0, 0, 0, &store).await, Err(Declined::Poor)));
    assert_eq!(r#match(1, &store).await.unwrap(), 1);
    assert_eq!(by_static(1).await.unwrap(), 1);
    let till = Till { records: Memory::new() };
    till.charge("order").await.unwrap();
    till.charge("order").await.unwrap();
    assert_eq!(till.records.all().len(), 2);
    assert_eq!(Till::open(1, &store).await.unwrap(), [1]);
    assert_eq!(by_macro(1, &store).await.unwrap(), 2);
    let ids: Vec<String> = store.all().into_iter().map(|(id, _)| id).collect();
    assert!(ids.iter().any(|id| id.contains("::match#")), "{ids:?}");
}
