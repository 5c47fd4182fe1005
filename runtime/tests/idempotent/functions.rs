//! `#[idempotent(store = …)]` on functions of their own.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use lambkin::Error;
use lambkin::idempotency::{Refused, Status};
use lambkin::prelude::*;

use crate::peer::Peer;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Receipt {
    cents: u64,
    note: Option<String>,
}

#[derive(Debug)]
enum PayError {
    Declined,
    Refused(Refused),
}

impl From<Refused> for PayError {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

#[derive(Default)]
struct Bank {
    peer: Peer,
    payments: AtomicUsize,
}

impl Bank {
    /// Pays, and says how often it has.
    #[idempotent(store = &self.peer, key = (account, reference), verify = cents, scope = "bank/pay", lease = "20s")]
    async fn pay(&self, account: &str, reference: &str, cents: u64) -> Result<Receipt, PayError> {
        if cents == 0 {
            return Err(PayError::Declined);
        }
        self.payments.fetch_add(1, Ordering::SeqCst);
        Ok(Receipt { cents, note: None })
    }
}

#[idempotent(store = peer, key = id, lease = "30s")]
async fn answer(peer: &Peer, id: u32, ran: &AtomicUsize, result: Option<bool>) -> Result<Option<bool>, Error> {
    ran.fetch_add(1, Ordering::SeqCst);
    Ok(result)
}

#[idempotent(store = peer, key = id, lease = "30s", data = "key-only")]
async fn told(peer: &Peer, id: u32) -> Result<Option<bool>, Error> {
    Ok(Some(true))
}

#[idempotent(store = peer, key = id, lease = "30s", data = "key-only")]
async fn done(peer: &Peer, id: u32, ran: &AtomicUsize) -> Result<(), Error> {
    ran.fetch_add(1, Ordering::SeqCst);
    Ok(())
}

#[idempotent(store = peer, key = id, lease = "1s")]
async fn slow(peer: &Peer, id: u32) -> Result<(), Error> {
    std::future::pending().await
}

#[tokio::test]
async fn a_method_runs_once_for_its_key() {
    let bank = Bank::default();
    let receipt = Receipt { cents: 5, note: None };
    assert_eq!(bank.pay("a", "1", 5).await.unwrap(), receipt);
    assert_eq!(bank.pay("a", "1", 5).await.unwrap(), receipt);
    assert_eq!(bank.payments.load(Ordering::SeqCst), 1);
    assert!(matches!(bank.pay("a", "1", 6).await, Err(PayError::Refused(Refused::Mismatch))));
    assert!(matches!(bank.pay("a", "2", 0).await, Err(PayError::Declined)));
    assert_eq!(bank.pay("a", "2", 5).await.unwrap(), receipt, "an error gave the key back");
    assert!(matches!(bank.pay("", "2", 5).await, Err(PayError::Refused(Refused::MissingKey))));
    assert_eq!(bank.payments.load(Ordering::SeqCst), 2);
    assert!(bank.peer.memory().all().iter().all(|(id, _)| id.starts_with("bank/pay#")));
}

#[tokio::test]
async fn none_and_false_are_results_like_any_other() {
    let (peer, ran) = (Peer::default(), AtomicUsize::new(0));
    for (id, result) in [None, Some(false), Some(true)].into_iter().enumerate() {
        let id = u32::try_from(id).unwrap();
        for _ in 0..2 {
            assert_eq!(answer(&peer, id, &ran, result).await.unwrap(), result);
        }
        assert_eq!(ran.load(Ordering::SeqCst), id as usize + 1);
    }
}

#[tokio::test]
async fn a_result_that_was_not_kept_is_not_made_up() {
    let (peer, ran) = (Peer::default(), AtomicUsize::new(0));
    assert_eq!(told(&peer, 1).await.unwrap(), Some(true));
    let again = told(&peer, 1).await.unwrap_err();
    assert!(again.to_string().contains("its result was not kept"), "{again}");
    // Nothing can be told without being kept.
    for _ in 0..2 {
        done(&peer, 1, &ran).await.unwrap();
    }
    assert_eq!(ran.load(Ordering::SeqCst), 1);
    assert!(peer.memory().all().iter().all(|(_, record)| record.data.is_none()));
}

#[tokio::test(start_paused = true)]
async fn what_takes_longer_than_its_lease_is_stopped_and_keeps_the_key_until_then() {
    let peer = Peer::default();
    let start = tokio::time::Instant::now();
    let error = slow(&peer, 1).await.unwrap_err();
    assert_eq!(error.type_name(), "lambkin::idempotency::refused::Refused");
    assert!(error.to_string().contains("not done within its idempotency lease"), "{error}");
    assert!(start.elapsed() <= Duration::from_secs(1));
    assert!(slow(&peer, 1).await.unwrap_err().to_string().contains("in progress"));
    assert_eq!(peer.memory().all()[0].1.status, Status::InProgress);
}

#[tokio::test]
async fn a_call_that_is_dropped_leaves_its_key() {
    let peer = Peer::default();
    let has_key = async {
        while peer.count("acquire") == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        _ = slow(&peer, 1) => panic!("it never ends"),
        () = has_key => {}
    }
    assert_eq!(peer.memory().all()[0].1.status, Status::InProgress);
}

#[tokio::test]
async fn calls_at_the_same_time_have_one_effect() {
    let bank = Bank::default();
    let calls = futures_util::future::join_all((0..20).map(|_| bank.pay("a", "1", 5))).await;
    // Those that come later are answered with the result.
    assert!(calls.iter().any(Result::is_ok));
    assert!(calls.iter().all(|call| matches!(call, Ok(_) | Err(PayError::Refused(Refused::InProgress { .. })))));
    assert_eq!(bank.payments.load(Ordering::SeqCst), 1);
}
