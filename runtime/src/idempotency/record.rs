//! What a store holds under a key: one layout for all stores, which Powertools for AWS Lambda reads too.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Whether the function behind a key is running or done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Status {
    /// Somebody runs it, or died doing so.
    #[serde(rename = "INPROGRESS")]
    InProgress,
    /// It succeeded.
    #[serde(rename = "COMPLETED")]
    Completed,
}

impl Status {
    /// The word that stands in the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InProgress => "INPROGRESS",
            Self::Completed => "COMPLETED",
        }
    }

    /// The status of this word, if it is one.
    pub fn of(word: &str) -> Option<Self> {
        [Self::InProgress, Self::Completed].into_iter().find(|status| status.as_str() == word)
    }
}

/// The record of a key.
///
/// As JSON and in tables its fields have the names that they have here. It is what [Powertools for AWS Lambda][layout]
/// writes, and `owner` besides.
///
/// [layout]: https://docs.aws.amazon.com/powertools/python/latest/utilities/idempotency/
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Record {
    /// Running or done.
    pub status: Status,
    /// When the record as a whole is worth nothing any more, in seconds since 1970. A table's time to live is set to it.
    pub expiration: u64,
    /// Until when the one that runs holds the key, in milliseconds since 1970. Powertools leaves it out where it knows
    /// no deadline; then the key is held until `expiration`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_progress_expiration: Option<u64>,
    /// The result as JSON, or the text that a [`Cipher`](super::Cipher) made of it as a string of JSON; absent while the function runs, and where results
    /// are not kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
    /// The hash of what has to be the same whenever the key is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validation: Option<String>,
    /// A random token of the run that wrote the record; absent where another library did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Neither a result nor the hash of a payload belongs in a log.
        f.debug_struct("Record")
            .field("status", &self.status)
            .field("expiration", &self.expiration)
            .field("in_progress_expiration", &self.in_progress_expiration)
            .field("owner", &self.owner)
            .finish_non_exhaustive()
    }
}
