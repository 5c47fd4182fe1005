//! `#[idempotent(store = …)]` on a function of its own.

use std::future::Future;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, timeout_at};

use super::cache::Cache;
use super::cipher::{AnyCipher, Cipher};
use super::key::Key;
use super::options::Options;
use super::outcome::Who;
use super::patience::Patience;
use super::refused::Refused;
use super::result::NOT_KEPT;
use super::run::{Asked, Backing, Decision, Run, too_late};
use super::store::Store;
use crate::panic;

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

/// Each call may bring another store, so nothing is known without asking it.
static NO_CACHE: Cache = Cache::new(0);

/// One call of an idempotent function.
#[doc(hidden)]
pub struct Single<'s> {
    name: &'static str,
    backing: Backing<'s>,
}

impl<'s> Single<'s> {
    /// Of the function of this name.
    pub fn new<S: Store>(name: &'static str, options: &'static Options, store: &'s S) -> Self {
        Self { name, backing: Backing { options, cache: &NO_CACHE, store, cipher: None } }
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
            Ok(Begun::Replay(run, data)) => match R::replay(data.as_deref()) {
                Ok(returned) => {
                    run.note_replayed();
                    returned
                }
                Err(refused) => R::refused(refused),
            },
            Ok(Begun::Run(run, claim, end)) => {
                let Ok(returned) = timeout_at(end, function).await else {
                    // Nobody knows what it has done: the key is free when the lease has run out.
                    return R::refused(Refused::LeaseExceeded);
                };
                // A result's own code may panic while it is serialised.
                let data = match panic::catch_now(|| returned.keep()) {
                    Ok(None) => {
                        run.release(&claim).await;
                        return returned;
                    }
                    Ok(Some(Ok(data))) => Ok(data),
                    Ok(Some(Err(error))) => Err(crate::decode::without_values(&error.to_string())),
                    Err(panic) => Err(panic.message().to_owned()),
                };
                // What can't be told has had its effect all the same.
                let data = data.inspect_err(|why| run.note_not_kept(why)).ok();
                run.complete(&claim, data).await;
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
        let lease = options.lease(None, None);
        let mut patience = Patience::until(Instant::now().checked_add(lease));
        let mut remembered = run.remembered();
        loop {
            let asked = match remembered.take() {
                Some(remembered) => remembered,
                None => run.ask(None, lease).await,
            };
            let asked = match asked {
                Asked::Yours(claim, since)
                    if run.end_of_lease(&claim, since).is_none_or(|end| Instant::now() >= end) =>
                {
                    run.release(&claim).await;
                    too_late()
                }
                asked => asked,
            };
            match run.decide(asked, &mut patience, || {}).await? {
                None => {}
                Some(Decision::RunAlone) => return Ok(Begun::Alone),
                Some(Decision::Replay(data)) => return Ok(Begun::Replay(Box::new(run), data)),
                Some(Decision::Run(claim, end)) => {
                    let end = end.unwrap_or_else(Instant::now);
                    return Ok(Begun::Run(Box::new(run), claim, end));
                }
            }
        }
    }
}

enum Begun<'s> {
    /// Without a key.
    Alone,
    Replay(Box<Run<'s>>, Option<String>),
    Run(Box<Run<'s>>, super::protocol::Claim, Instant),
}
