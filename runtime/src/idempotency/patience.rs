//! Waiting for another run: `in_progress = "wait"`.

use std::time::Duration;

use tokio::time::Instant;

use super::refused::Refused;

/// How long a run waits before it asks again for a key that another one holds, at first; it doubles up to a second.
const FIRST_WAIT: Duration = Duration::from_millis(50);
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// Pauses between attempts to get a key that another run holds.
pub(crate) struct Patience {
    next: Duration,
    end: Option<Instant>,
}

impl Patience {
    pub(crate) fn until(end: Option<Instant>) -> Self {
        Self { next: FIRST_WAIT, end }
    }

    /// Waits a while; whether there is time for another attempt.
    pub(crate) async fn wait(&mut self, refused: &Refused) -> bool {
        let left = match refused {
            // Not longer than the other run can take.
            Refused::InProgress { retry_after } => *retry_after + Duration::from_millis(1),
            _ => LONGEST_WAIT,
        };
        let pause = self.next.min(left);
        let Some(at) = Instant::now().checked_add(pause) else { return false };
        if self.end.is_some_and(|end| at >= end) {
            return false;
        }
        tokio::time::sleep_until(at).await;
        self.next = (self.next * 2).min(LONGEST_WAIT);
        true
    }
}
