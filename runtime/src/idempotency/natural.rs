//! The key that a source's own records have: `key = natural`.

use std::borrow::Cow;

use super::key::Key;
use super::refused::Refused;

/// A record that its source names, over all deliveries.
#[diagnostic::on_unimplemented(
    message = "events of this source have no key of their own",
    label = "there is no natural key",
    note = "lambkin::E121: say what identifies an event: `key = order.id`; of an event that Lambda retries by itself, \
            `key = cx.request_id()` with a parameter `cx: Context`"
)]
#[doc(hidden)]
pub trait NaturalKey {
    /// What names the record, in parts; a part that is not there is missing.
    fn natural_key(&self) -> Vec<Option<Cow<'_, str>>>;
}

/// The key of a record.
#[doc(hidden)]
pub fn natural(record: &impl NaturalKey) -> Result<Key, Refused> {
    Key::of(&record.natural_key())
}
