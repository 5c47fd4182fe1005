//! What a secret may be read into.

use zeroize::Zeroize;

use crate::config::{Refreshed, Secret};

/// A type that keeps a secret to itself.
#[diagnostic::on_unimplemented(
    message = "a secret is read into a `Secret<…>`, which is never printed, and this is a plain type",
    label = "it would be printed by `{{:?}}`, and stay in memory",
    note = "lambkin::E131: write `Secret<{Self}>`; or `plain` into the attribute, as in `#[secret(\"name\", key = \"user\", plain)]`, \
            where everybody may see this value"
)]
#[doc(hidden)]
pub trait Hides {}

impl<T: Zeroize> Hides for Secret<T> {}

impl<T: Hides> Hides for Refreshed<T> {}

/// Refuses what shows a secret.
#[doc(hidden)]
pub const fn must_hide<T: Hides>() {}
