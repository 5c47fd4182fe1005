//! Results as they are kept, and as they are replayed.

use crate::source::ses::Disposition;

/// What a source keeps of a handler's result, so that it can be told again.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`#[idempotent]` is about records one by one, and this handler takes a whole batch",
    label = "all records of an event at once",
    note = "lambkin::E113: take the payload of one record instead of a `Batch`, or put `#[idempotent(store = …)]` on a \
            function that the handler calls for each record"
)]
pub trait Kept: Sized {
    /// The result as JSON.
    fn keep(&self) -> Option<String>;

    /// The result out of what was kept; why not, if it can't be told any more.
    fn replay(data: Option<&str>) -> Result<Self, String>;
}

/// Why a result that is not there can't be replayed.
pub(crate) const NOT_KEPT: &str = "its result was not kept";

/// The result of a handler whose source reads none.
impl Kept for () {
    fn keep(&self) -> Option<String> {
        Some("null".to_owned())
    }

    fn replay(_: Option<&str>) -> Result<Self, String> {
        Ok(())
    }
}

/// A response, which is JSON already.
impl Kept for Vec<u8> {
    fn keep(&self) -> Option<String> {
        String::from_utf8(self.clone()).ok()
    }

    fn replay(data: Option<&str>) -> Result<Self, String> {
        data.map(|data| data.as_bytes().to_vec()).ok_or_else(|| NOT_KEPT.to_owned())
    }
}

impl Kept for Option<Disposition> {
    fn keep(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }

    fn replay(data: Option<&str>) -> Result<Self, String> {
        let data = data.ok_or_else(|| NOT_KEPT.to_owned())?;
        serde_json::from_str(data).map_err(|_| "its result is not a disposition".to_owned())
    }
}
