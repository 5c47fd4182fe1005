//! `#[idempotent(store = …)]` on a function of its own.

use std::future::Future;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, timeout_at};

use super::cache::Cache;
use super::cipher::{AnyCipher, Cipher};
use super::key::Key;
use super::options::Options;
use super::outcome::Who;
use super::refused::Refused;
use super::result::NOT_KEPT;
use super::run::{Asked, Backing, Run, left_until};
use super::session::Patience;
use super::store::Store;

/// What a function with `#[idempotent]` alone returns.
#[diagnostic::on_unimplemented(
    message = "an idempotent function can't return `{Self}`",
    label = "not a result that can be kept and told again",
    note = "lambkin::E120: return `Result<T, E>`: `T` derives `serde::Serialize` and `serde::Deserialize` and owns what it \
            holds, and `E` converts from `lambkin::idempotency::Refused`, as `lambkin::Error` does"
)]
#[doc(hidden)]
pub trait Once: Sized {
    /// The result without its error, as JSON; `None` for an error.
    fn keep(&self) -> Option<Result<String, serde_json::Error>>;

    /// The result of an earlier run.
    fn replay(data: Option<&str>) -> Result<Self, Refused>;

    /// No result.
    fn refused(refused: Refused) -> Self;
}

// Not named in errors: they would speak of one bound, and not of what a function returns.
#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned, E: From<Refused>> Once for Result<T, E> {
    fn keep(&self) -> Option<Result<String, serde_json::Error>> {
        self.as_ref().ok().map(serde_json::to_string)
    }

    fn replay(data: Option<&str>) -> Result<Self, Refused> {
        // What takes no room has one value, which nobody needs to keep.
        let data = match data {
            None if size_of::<T>() == 0 => "null",
            None => return Err(Refused::NoResult(NOT_KEPT.to_owned())),
            Some(data) => data,
        };
        // serde's own words may quote the result.
        let why = |error: serde_json::Error| crate::decode::without_values(&error.to_string());
        let value = serde_json::from_str(data).map_err(|error| {
            Refused::NoResult(format!(
                "its result does not decode into `{}`: {}",
                std::any::type_name::<T>(),
                why(error)
            ))
        })?;
        Ok(Ok(value))
    }

    fn refused(refused: Refused) -> Self {
        Err(refused.into())
    }
}

/// One call of an idempotent function.
#[doc(hidden)]
pub struct Single<'s> {
    name: &'static str,
    backing: Backing<'s>,
}

impl<'s> Single<'s> {
    /// Of the function of this name.
    pub fn new<S: Store>(name: &'static str, options: &'static Options, cache: &'s Cache, store: &'s S) -> Self {
        Self { name, backing: Backing { options, cache, store, cipher: None } }
    }

    /// With a cipher.
    pub fn sealed<C: Cipher>(self, cipher: &'s C) -> Self {
        let cipher: &'s dyn AnyCipher = cipher;
        Self { backing: Backing { cipher: Some(cipher), ..self.backing }, ..self }
    }

    /// Runs the function, unless it ran before.
    pub async fn run<R: Once>(
        self,
        key: Result<Key, Refused>,
        verify: Option<Result<Key, Refused>>,
        function: impl Future<Output = R>,
    ) -> R {
        match self.begin(key, verify).await {
            Ok(Begun::Alone) => function.await,
            Ok(Begun::Replay(data)) => R::replay(data.as_deref()).unwrap_or_else(R::refused),
            Ok(Begun::Run(run, claim, end)) => {
                let Ok(returned) = timeout_at(end, function).await else {
                    // Nobody knows what it has done: the key is free when the lease has run out.
                    return R::refused(Refused::LeaseExceeded);
                };
                match returned.keep() {
                    // What can't be told has had its effect all the same.
                    Some(data) => drop(run.complete(&claim, data.ok()).await),
                    None => run.release(&claim).await,
                }
                returned
            }
            Err(refused) => R::refused(refused),
        }
    }

    /// Not generic: each function would hold a copy.
    async fn begin(
        self,
        key: Result<Key, Refused>,
        verify: Option<Result<Key, Refused>>,
    ) -> Result<Begun<'s>, Refused> {
        let Self { name, backing } = self;
        let options = backing.options;
        let function = std::env::var("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_default();
        let Some(id) = key?.id(options, &function, None) else {
            return if options.runs_without_key { Ok(Begun::Alone) } else { Err(Refused::MissingKey) };
        };
        let validation = verify.transpose()?.map(|verify| verify.validation(options));
        let run = Run { backing, validation, who: Who { handler: name, key: id, ..Who::default() } };
        if let Some(record) = run.remembered() {
            return run.judge(record).await.map(Begun::Replay);
        }
        let lease = options.lease(None, None);
        let mut patience = Patience::until(Instant::now().checked_add(lease));
        loop {
            let refused = match run.ask(None, lease).await {
                Ok(Asked::Yours(claim)) => {
                    let left = claim.record.in_progress_expiration.map_or(Duration::ZERO, left_until);
                    let end = Instant::now().checked_add(left).unwrap_or_else(Instant::now);
                    return Ok(Begun::Run(Box::new(run), claim, end));
                }
                Ok(Asked::Taken(record)) => match run.judge(record).await {
                    Ok(data) => return Ok(Begun::Replay(data)),
                    Err(refused @ Refused::InProgress { .. }) => refused,
                    Err(refused) => return Err(refused),
                },
                Err(error) if options.runs_without_store => {
                    run.note_store_error(&error, "the function runs without knowing whether it ran before");
                    return Ok(Begun::Alone);
                }
                Err(error) => {
                    run.note_store_error(&error, "the function does not run");
                    return Err(Refused::Store(error));
                }
            };
            if !options.waits || !patience.wait(&refused).await {
                run.note_in_flight(&refused);
                return Err(refused);
            }
        }
    }
}

enum Begun<'s> {
    /// Without a key.
    Alone,
    Replay(Option<String>),
    Run(Box<Run<'s>>, super::protocol::Claim, Instant),
}
