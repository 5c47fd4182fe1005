//! Results as they are kept, and as they are replayed.

use crate::Processed;
use crate::source::ses::Disposition;

/// What a source keeps of a handler's result, so that it can be told again.
#[doc(hidden)]
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

/// That of a handler of whole batches, which is refused before: see `HasKey`.
impl Kept for Processed {
    fn keep(&self) -> Option<String> {
        None
    }

    fn replay(_: Option<&str>) -> Result<Self, String> {
        Err(NOT_KEPT.to_owned())
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
