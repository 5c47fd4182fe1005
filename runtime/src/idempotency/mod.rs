//! `#[idempotent]`: one effect for a key, however often an event is delivered.
//!
//! `#[idempotent]` says how it is used; here is what stands behind it. [`protocol`] is what may happen to a
//! key's [`Record`]; a [`Store`] keeps records: [`Memory`], and behind the features of their names others, which
//! [`open`] chooses by a URL.

pub mod protocol;
mod record;
mod store;

pub use protocol::{Acquired, Claim};
pub use record::{Record, Status};
pub use store::{AnyStore, Memory, Store, StoreError, open};
