//! Configuration and secrets of a function: see [`derive(Config)`](macro@crate::Config).

mod dotenv;
mod env;
mod find;
mod hidden;
#[cfg(any(debug_assertions, feature = "local"))]
pub(crate) mod manifest;
mod map;
pub(crate) mod phase;
pub(crate) mod read;
mod refreshed;
mod secret;
mod source;
mod text;
mod values;

pub use refreshed::Refreshed;
pub use secret::{NotParsed, Secret};
/// What a type of one's own needs to stand in a [`Secret`]: how it is wiped.
#[doc(no_inline)]
pub use zeroize::Zeroize;

use std::marker::PhantomData;

use crate::app::Resolving;
use crate::app::error::InitError;
use crate::app::init::{InitOutput, keep};
use crate::app::provide::Needs;

/// What generated code calls. Nothing here is stable.
#[doc(hidden)]
pub mod __private {
    pub use super::hidden::must_hide;
    pub use super::phase::Later;
    pub use super::read::{From, Piece, Read, Version};
    pub use super::source::{Sdk, must_tell_all};
    pub use super::values::Values;
    pub use super::{Config, Listed, NotConfig, NotListed, Pick, Picked, Provided, must_be_config};
}

/// A type with `#[derive(Config)]`.
#[diagnostic::on_unimplemented(
    message = "this type does not derive `Config`",
    label = "no `#[derive(Config)]`",
    note = "lambkin::E130: `config: […]` lists types: write `#[derive(Config)]` above the type, or move the name to the \
            list it belongs to"
)]
#[doc(hidden)]
pub trait Config: Sized {
    /// The type's name.
    const NAME: &'static str;

    /// What is read, field by field.
    const READS: &'static [read::Read];

    /// Makes the value, or says in `values` why not.
    fn take(values: &mut values::Values) -> Option<Self>;
}

/// Refuses what is no config.
#[doc(hidden)]
pub const fn must_be_config<T: Config>() {}

/// A config as an app provides it. Of a type that is none, [`NotConfig`] is found instead.
#[doc(hidden)]
pub struct Provided<C: ?Sized>(PhantomData<C>);

impl<C: Config + Sync + 'static> Provided<C> {
    /// What it reads.
    pub const NEEDS: &'static Needs = &Needs { name: C::NAME, deps: &[], reads: C::READS };

    /// Makes the value, for the rest of the process.
    pub fn run() -> Resolving<&'static C> {
        Box::pin(async {
            #[cfg(any(feature = "logs", feature = "metrics"))]
            let running = crate::telemetry::startup::Running::begin(C::NAME);
            let loaded = load::<C>().await;
            #[cfg(any(feature = "logs", feature = "metrics"))]
            running.done();
            Ok(keep(loaded?))
        })
    }
}

/// Stands in for a type that does not derive `Config`, so that [`must_be_config`] is the only one to complain.
#[doc(hidden)]
pub trait NotConfig<C: ?Sized + 'static> {
    /// Nothing.
    const NEEDS: &'static Needs = &Needs { name: "", deps: &[], reads: &[] };

    /// Never ends.
    fn run() -> Resolving<&'static C> {
        Box::pin(std::future::pending())
    }
}

impl<C: ?Sized + 'static> NotConfig<C> for Provided<C> {}

/// Whether a type in `config: […]` provides something: a config itself, and an `#[init]` function in the wrong list what it
/// makes. Then it is refused there, and not missed elsewhere too.
#[doc(hidden)]
pub struct Listed<T>(PhantomData<T>);

impl<T: InitOutput> Listed<T> {
    /// It does.
    pub const PROVIDES: bool = true;
}

/// For what provides nothing, found in place of the constant of [`Listed`] itself.
#[doc(hidden)]
pub trait NotListed {
    /// It does not.
    const PROVIDES: bool = false;
}

impl<T> NotListed for Listed<T> {}

/// Picks what a type in `config: […]` provides.
#[doc(hidden)]
pub struct Pick<const PROVIDES: bool>;

/// What is provided.
#[doc(hidden)]
pub trait Picked<T> {
    /// The type that handlers borrow.
    type Provided: ?Sized + Sync + 'static;
}

impl<T: InitOutput> Picked<T> for Pick<true> {
    type Provided = T::Provided;
}

impl<T: Sync + 'static> Picked<T> for Pick<false> {
    type Provided = T;
}

/// Fetches all that the config reads, at once.
async fn load<C: Config>() -> Result<C, InitError> {
    let read = values::Values::read(C::READS);
    let (mut values, wanted) =
        read.map_err(|why| InitError::new("Config", format!("the config `{}`: {why}", C::NAME)))?;
    // What comes with the first event only is no reason to say later what is wrong without it.
    if source::may_wait() && !wanted.is_empty() {
        let mut so_far = values.so_far();
        let _ = C::take(&mut so_far);
        if let Some(error) = so_far.into_error(C::NAME) {
            return Err(error);
        }
    }
    values.fetch(wanted).await;
    let config = C::take(&mut values);
    match (values.into_error(C::NAME), config) {
        (None, Some(config)) => Ok(config),
        (Some(error), _) => Err(error),
        (None, None) => Err(InitError::new("Config", format!("the config `{}` can't be made", C::NAME))),
    }
}
