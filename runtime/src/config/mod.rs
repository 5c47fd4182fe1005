//! Configuration and secrets of a function: see [`derive(Config)`](macro@crate::Config).

mod dotenv;
mod env;
#[cfg(any(debug_assertions, feature = "local"))]
pub(crate) mod manifest;
pub(crate) mod phase;
pub(crate) mod read;
mod secret;
mod source;
mod values;

pub use secret::{NotParsed, Secret};

use crate::app::error::InitError;

/// What generated code calls. Nothing here is stable.
#[doc(hidden)]
pub mod __private {
    pub use super::read::{From, Piece, Read};
    pub use super::values::Values;
    pub use super::{Config, load, must_be_config};
}

/// A type with `#[derive(Config)]`.
#[diagnostic::on_unimplemented(
    message = "this type does not derive `Config`",
    label = "no `#[derive(Config)]`",
    note = "lambkin::E124: `config: […]` lists types: write `#[derive(Config)]` above the type, or move the name to the \
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
pub const fn must_be_config<T: ?Sized + Config>() {}

/// Fetches all that the config reads, at once.
#[doc(hidden)]
pub async fn load<C: Config>() -> Result<C, InitError> {
    let (mut values, wanted) = values::Values::read(C::READS);
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
