//! From a plan to the account.

use serde::Serialize;

use crate::concurrency::account::Account;
use crate::concurrency::order::ordered;
use crate::concurrency::rule::{Change, KEPT_UNRESERVED};

/// What became of the changes.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Outcome {
    pub(crate) applied: Vec<Change>,
    /// What was not reached, or failed.
    pub(crate) not_applied: Vec<Change>,
    /// Why it ended before its end.
    pub(crate) stopped: Option<String>,
}

impl Outcome {
    /// How far it came, where it came somewhere.
    pub(crate) fn count(&self) -> String {
        let (done, all) = (self.applied.len(), self.applied.len() + self.not_applied.len());
        if done == 0 { "nothing was changed: ".to_owned() } else { format!("{done} of {all} were changed: ") }
    }
}

/// Makes the changes, one after the other, and stops at the first that can't be made.
pub(crate) async fn apply(account: &Account, changes: Vec<Change>, unreserved: u32) -> Outcome {
    let mut outcome = Outcome { not_applied: ordered(changes, unreserved), ..Outcome::default() };
    while let Some(change) = outcome.not_applied.first() {
        if let Err(why) = make(account, change).await {
            outcome.stopped = Some(why);
            break;
        }
        outcome.applied.push(outcome.not_applied.remove(0));
    }
    outcome
}

/// Makes a change, if all is as it was when it was shown.
async fn make(account: &Account, change: &Change) -> Result<(), String> {
    let Change { function, before, after, .. } = change;
    let now = account.reserved(function).await.map_err(|error| error.to_string())?;
    if now == Some(*after) {
        // Somebody was faster, to the same end.
        return Ok(());
    }
    if now != *before {
        return Err(format!(
            "what is reserved for `{function}` was {} when the plan was made, and is {} now: run this again and look at the new plan",
            shown(*before),
            shown(now)
        ));
    }
    if change.takes() > 0 {
        let (_, unreserved) = account.limits().await.map_err(|error| error.to_string())?;
        if i64::from(unreserved) - change.takes() < i64::from(KEPT_UNRESERVED) {
            return Err(format!(
                "`{function}` takes {} more, and the account has only {unreserved} unreserved now, of which AWS keeps \
                 {KEPT_UNRESERVED}: run this again and look at the new plan",
                change.takes()
            ));
        }
    }
    account.reserve(function, *after).await.map_err(|error| error.to_string())
}

/// What is reserved, in words.
pub(crate) fn shown(reserved: Option<u32>) -> String {
    reserved.map_or("nothing".to_owned(), |reserved| reserved.to_string())
}
