//! One effect for a key, however often an event is delivered.
//!
//! [`#[idempotent]`](macro@crate::idempotent) says how it is used; here is what stands behind it. [`protocol`] is all
//! that can happen to the [`Record`] of a key. A [`Store`] keeps records: [`Memory`], and those behind features, which
//! [`open`] chooses by a URL. [`Refused`] is why a function did not run; [`counts`] tells how often.

mod cache;
mod cipher;
mod compat;
mod function;
mod handler;
pub(crate) mod hash;
mod key;
mod natural;
mod options;
mod outcome;
mod patience;
pub mod protocol;
mod record;
mod refused;
mod result;
mod run;
mod session;
mod store;

pub use cipher::Cipher;
pub(crate) use handler::Held;
pub(crate) use key::Key;
pub(crate) use natural::NaturalKey;
pub(crate) use options::Options;
pub use outcome::{Counts, counts};
pub use protocol::{Acquired, Claim};
pub use record::{Record, Status};
pub use refused::Refused;
pub(crate) use result::{Kept, NOT_KEPT};
pub(crate) use session::Session;
#[cfg(feature = "idempotency-file")]
pub use store::File;
pub(crate) use store::OF_TEST;
#[cfg(feature = "idempotency-redis")]
pub use store::Redis;
pub use store::{AnyStore, Memory, Store, StoreError, open};
#[cfg(feature = "idempotency-dynamodb")]
pub use store::{Attribute, DynamoDb};

/// What generated code calls.
#[doc(hidden)]
pub mod __private {
    pub use super::function::Single;
    pub use super::handler::{AHEAD, Entered, Guarded};
    pub use super::key::Key;
    pub use super::natural::natural;
    pub use super::options::Options;
    pub use super::store::default_store;
}
