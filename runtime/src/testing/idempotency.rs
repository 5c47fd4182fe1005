//! A conformance suite for [stores of idempotency records](crate::idempotency::Store).

#![allow(clippy::panic, reason = "a test that fails panics")]

use std::collections::HashMap;
use std::time::SystemTime;

use futures_util::future::join_all;

use crate::idempotency::{Acquired, Claim, Record, Store, StoreError, protocol};

/// An hour, in milliseconds: nothing that a store holds here expires by itself while it is looked at.
const HOUR: u64 = 3_600_000;

/// Holds a store against the [protocol]: each of its rules, fields that come back as they
/// were, several at the same time, and a few hundred random steps compared with the protocol's functions.
///
/// It uses identifiers that nobody else has, so it may run on a store that is in use. What it leaves there expires within
/// hours.
///
/// # Panics
/// Where the store departs from the protocol; the message says how, and with which seed.
pub async fn check(store: &impl Store) {
    let seed = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_nanos();
    let suite = Suite { store, run: format!("lambkin-conformance#{seed:x}"), now: now_ms() };
    suite.taking().await;
    suite.completing().await;
    suite.releasing().await;
    suite.fields().await;
    suite.at_the_same_time().await;
    suite.random_steps(u64::try_from(seed & u128::from(u64::MAX)).unwrap_or(1)).await;
}

struct Suite<'s, S> {
    store: &'s S,
    /// What all identifiers start with.
    run: String,
    now: u64,
}

fn now_ms() -> u64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(now.as_millis()).unwrap_or_default()
}

fn answered<T>(what: &str, answer: Result<T, StoreError>) -> T {
    answer.unwrap_or_else(|error| panic!("{what}: the store failed: {error}"))
}

/// The same claim in a time in which everything before `after_ms` from now is over.
fn later(claim: Claim, after_ms: u64) -> Claim {
    let lapsed_before = claim.lapsed_before + after_ms;
    Claim { lapsed_before, expired_before: lapsed_before / 1000, ..claim }
}

impl<S: Store> Suite<'_, S> {
    fn id(&self, name: &str) -> String {
        format!("{}-{name}", self.run)
    }

    /// A claim for a lease of an hour, whose record expires an hour later.
    fn claim(&self, owner: &str) -> Claim {
        Claim::new(owner.to_owned(), self.now, self.now + HOUR, 2 * HOUR, 0, None)
    }

    async fn acquire(&self, what: &str, id: &str, claim: &Claim) -> Acquired {
        answered(what, self.store.acquire(id, claim).await)
    }

    async fn expect_yours(&self, what: &str, id: &str, claim: &Claim) {
        let got = self.acquire(what, id, claim).await;
        assert!(got == Acquired::Yours, "{what}: the key should be the claim's, and there is {got:?} in the way");
    }

    async fn expect_taken(&self, what: &str, id: &str, claim: &Claim, record: &Record) {
        match self.acquire(what, id, claim).await {
            Acquired::Yours => panic!("{what}: the key should not be the claim's"),
            Acquired::Taken(got) => {
                assert!(got == *record, "{what}: the record in the way came back as {got:?}, not as {record:?}");
            }
        }
    }

    async fn taking(&self) {
        let id = self.id("take");
        let (a, b) = (self.claim("a"), self.claim("b"));
        self.expect_yours("a free key", &id, &a).await;
        self.expect_taken("a key in progress", &id, &b, &a.record).await;
        self.expect_yours("the own claim, whose answer was lost", &id, &a).await;
        let at_its_end = later(b.clone(), HOUR);
        self.expect_taken("a lease in its last moment", &id, &at_its_end, &a.record).await;
        let lapsed = later(b.clone(), HOUR + 1);
        self.expect_yours("a lease that has run out", &id, &lapsed).await;
        self.expect_taken("a key that another one took over", &id, &a, &lapsed.record).await;

        let id = self.id("expire");
        self.expect_yours("a free key", &id, &a).await;
        let done = a.done(self.now, 2 * HOUR, None);
        assert!(answered("completing", self.store.complete(&id, &done).await), "the own key is completed");
        self.expect_taken("a completed key, long after its lease", &id, &later(b.clone(), HOUR + 1), &done).await;
        self.expect_taken("a completed key", &id, &a, &done).await;
        let expires = Claim { expired_before: done.expiration, ..b.clone() };
        self.expect_taken("a completed key in its last second", &id, &expires, &done).await;
        let expired = Claim { expired_before: done.expiration + 1, ..b.clone() };
        self.expect_yours("a record that has expired", &id, &expired).await;

        // As other libraries write it, where they know no deadline.
        let id = self.id("endless");
        let mut endless = self.claim("c");
        endless.record.in_progress_expiration = None;
        self.expect_yours("a free key", &id, &endless).await;
        let mut much_later = later(b.clone(), 10 * HOUR);
        much_later.expired_before = b.expired_before;
        self.expect_taken("a lease without an end", &id, &much_later, &endless.record).await;
        let expired = Claim { expired_before: endless.record.expiration + 1, ..b };
        self.expect_yours("a lease without an end, in a record that has expired", &id, &expired).await;
    }

    async fn completing(&self) {
        let id = self.id("complete");
        let (a, b) = (self.claim("a"), self.claim("b"));
        let done = |claim: &Claim| claim.done(self.now, HOUR, Some("1".to_owned()));
        let complete = async |what: &str, record: &Record, kept: bool| {
            let got = answered(what, self.store.complete(&id, record).await);
            assert!(got == kept, "{what}: kept: {got}");
        };
        self.expect_yours("a free key", &id, &a).await;
        complete("another one's key", &done(&b), false).await;
        self.expect_taken("after another one's completion", &id, &b, &a.record).await;
        complete("the own key", &done(&a), true).await;
        complete("the own key again, as after a lost answer", &done(&a), true).await;
        complete("another one's completed key", &done(&b), false).await;
        self.expect_taken("a completed key", &id, &b, &done(&a)).await;

        let vanished = self.id("vanished");
        let kept = answered("a record that has vanished", self.store.complete(&vanished, &done(&a)).await);
        assert!(kept, "the completion of a record that has vanished is kept");
        self.expect_taken("a record that had vanished", &vanished, &b, &done(&a)).await;
    }

    async fn releasing(&self) {
        let id = self.id("release");
        let (a, b) = (self.claim("a"), self.claim("b"));
        let release = async |what: &str, owner: &str, given_back: bool| {
            let got = answered(what, self.store.release(&id, owner).await);
            assert!(got == given_back, "{what}: given back: {got}");
        };
        release("a key that nobody has", "a", false).await;
        self.expect_yours("a free key", &id, &a).await;
        release("another one's key", "b", false).await;
        self.expect_taken("after another one's release", &id, &b, &a.record).await;
        release("the own key", "a", true).await;
        release("the own key again", "a", false).await;
        self.expect_yours("a key that was given back", &id, &b).await;
        let done = b.done(self.now, HOUR, None);
        assert!(answered("completing", self.store.complete(&id, &done).await), "the own key is completed");
        release("the own completed key", "b", false).await;
        self.expect_taken("a completed key after a release", &id, &a, &done).await;
    }

    async fn fields(&self) {
        let long = "é".repeat(150_000.min(self.store.max_data_bytes() / 2));
        let data = [
            None,
            Some(String::new()),
            Some("null".to_owned()),
            Some(r#"{"a":"naïve \u0000 😀 \" \\","n":1e300,"i":12345678901234567890}"#.to_owned()),
            Some(long),
        ];
        let validations = [None, Some("5f3c".to_owned()), Some("o0ndYKeTeMztgH9Kvphd0A==".to_owned())];
        for (index, data) in data.into_iter().enumerate() {
            for validation in &validations {
                let id = self.id(&format!("fields-{index}-{}", validation.as_deref().unwrap_or("none")));
                let mut claim = self.claim("näme");
                claim.record.validation.clone_from(validation);
                self.expect_yours("a free key", &id, &claim).await;
                self.expect_taken("a record in progress", &id, &self.claim("b"), &claim.record).await;
                let done = claim.done(self.now, HOUR, data.clone());
                assert!(answered("completing", self.store.complete(&id, &done).await), "the own key is completed");
                self.expect_taken("a completed record", &id, &self.claim("b"), &done).await;
            }
        }
    }

    async fn at_the_same_time(&self) {
        for round in 0..10 {
            let id = self.id(&format!("rush-{round}"));
            let claims: Vec<Claim> = (0..16).map(|owner| self.claim(&format!("owner-{owner}"))).collect();
            let answers = join_all(claims.iter().map(|claim| self.acquire("a rush", &id, claim))).await;
            let winners = answers.iter().filter(|answer| **answer == Acquired::Yours).count();
            assert!(winners == 1, "of 16 claims at the same time, {winners} got the key");
        }
    }

    async fn random_steps(&self, seed: u64) {
        let mut random = Random(seed | 1);
        let mut expected: HashMap<String, Option<Record>> = HashMap::new();
        for step in 0..400 {
            let id = self.id(&format!("random-{}", random.below(4)));
            let claim = later(self.claim(&format!("owner-{}", random.below(3))), random.below(5) * HOUR / 2);
            let slot = expected.entry(id.clone()).or_default();
            let what = format!("step {step} of seed {seed}");
            let (got, expected) = match random.below(4) {
                0 => {
                    let done = claim.done(self.now, (1 + random.below(3)) * HOUR, Some(step.to_string()));
                    let got = answered(&what, self.store.complete(&id, &done).await);
                    (format!("complete {got}"), format!("complete {}", protocol::complete(slot, &done)))
                }
                1 => {
                    let owner = claim.record.owner.as_deref().unwrap_or_default();
                    let got = answered(&what, self.store.release(&id, owner).await);
                    (format!("release {got}"), format!("release {}", protocol::release(slot, owner)))
                }
                _ => {
                    let got = self.acquire(&what, &id, &claim).await;
                    (format!("acquire {got:?}"), format!("acquire {:?}", protocol::acquire(slot, &claim)))
                }
            };
            assert!(got == expected, "{what}: the store answered `{got}`, and the protocol `{expected}`");
        }
    }
}

/// Marsaglia's xorshift: enough for a choice of steps, and the same steps for a seed on any machine.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::idempotency::{Memory, Status};

    #[tokio::test]
    async fn memory_conforms() {
        check(&Memory::new()).await;
    }

    /// Breaks one rule of the protocol.
    struct Wrong<F>(Memory, F);

    #[derive(Clone, Copy, PartialEq)]
    enum Rule {
        Steal,
        ForgetOwner,
        CompleteAnyway,
        RefuseVanished,
        ReleaseAnyway,
        ReleaseCompleted,
        DropValidation,
        IgnoreExpiry,
        EndlessLapses,
    }

    impl Store for Wrong<Rule> {
        async fn acquire(&self, id: &str, claim: &Claim) -> Result<Acquired, StoreError> {
            let mut claim = claim.clone();
            match self.1 {
                Rule::Steal => claim.lapsed_before += 10 * HOUR,
                Rule::ForgetOwner if self.0.get(id).is_some_and(|old| old.owner == claim.record.owner) => {
                    return Ok(Acquired::Taken(claim.record));
                }
                Rule::DropValidation => claim.record.validation = None,
                Rule::IgnoreExpiry => claim.expired_before = 0,
                Rule::EndlessLapses => {
                    if let Some(old) = self.0.get(id).filter(|old| old.in_progress_expiration.is_none()) {
                        self.0.put(id, Record { in_progress_expiration: Some(0), ..old });
                    }
                }
                _ => {}
            }
            self.0.acquire(id, &claim).await
        }

        async fn complete(&self, id: &str, done: &Record) -> Result<bool, StoreError> {
            match self.1 {
                Rule::CompleteAnyway => {
                    self.0.put(id, done.clone());
                    Ok(true)
                }
                Rule::RefuseVanished if self.0.get(id).is_none() => Ok(false),
                _ => self.0.complete(id, done).await,
            }
        }

        async fn release(&self, id: &str, owner: &str) -> Result<bool, StoreError> {
            let old = self.0.get(id);
            let stands_in = match self.1 {
                Rule::ReleaseAnyway => true,
                Rule::ReleaseCompleted => old.as_ref().is_some_and(|old| old.status == Status::Completed),
                _ => false,
            };
            if let (true, Some(old)) = (stands_in, old) {
                self.0.put(id, Record { status: Status::InProgress, owner: Some(owner.to_owned()), ..old });
            }
            self.0.release(id, owner).await
        }
    }

    #[tokio::test]
    async fn a_store_that_breaks_a_rule_is_caught() {
        let rules = [
            (Rule::Steal, "a key in progress"),
            (Rule::ForgetOwner, "the own claim"),
            (Rule::CompleteAnyway, "another one's key"),
            (Rule::RefuseVanished, "has vanished"),
            (Rule::ReleaseAnyway, "another one's key"),
            (Rule::ReleaseCompleted, "the own completed key"),
            (Rule::DropValidation, "a record in progress"),
            (Rule::IgnoreExpiry, "has expired"),
            (Rule::EndlessLapses, "a lease without an end"),
        ];
        for (rule, words) in rules {
            let checking = tokio::spawn(async move { check(&Wrong(Memory::new(), rule)).await });
            let panic = checking.await.expect_err(words).into_panic();
            let message = crate::panic::text(&*panic);
            assert!(message.contains(words), "{words}: {message}");
        }
    }
}
