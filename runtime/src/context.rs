//! What a handler may know about its invocation.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

/// Deadlines before 2020 are placeholders: `Context::default()` has 0, `cargo lambda watch` sends 600000.
const FIRST_PLAUSIBLE_DEADLINE_MS: u64 = 1_577_836_800_000;

/// The invocation that a handler runs in: who was invoked, by which request, and how long it may take.
///
/// Taken by value as a parameter of any handler; cloning it costs a reference count. Where a value comes
/// from: the headers of the [runtime API][api]'s next-invocation call.
///
/// ```
/// use lambkin::prelude::*;
///
/// #[handler(invoke)]
/// async fn report(cx: Context) -> Result<String, Error> {
///     Ok(cx.request_id().to_owned())
/// }
/// # fn main() {}
/// ```
///
/// [api]: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html#runtimes-api-next
#[derive(Clone)]
pub struct Context(Arc<Inner>);

struct Inner {
    lambda: lambda_runtime::Context,
    deadline: Option<Instant>,
}

impl Context {
    pub(crate) fn new(lambda: lambda_runtime::Context) -> Self {
        let deadline = deadline_instant(lambda.deadline, SystemTime::now(), Instant::now());
        Self(Arc::new(Inner { lambda, deadline }))
    }

    /// A context with a deadline on tokio's clock, which tests may have paused.
    pub(crate) fn with_deadline(lambda: lambda_runtime::Context, remaining: Option<Duration>) -> Self {
        let deadline = remaining.and_then(|left| Instant::now().checked_add(left));
        Self(Arc::new(Inner { lambda, deadline }))
    }

    /// The name of the function, from `AWS_LAMBDA_FUNCTION_NAME`.
    pub fn function_name(&self) -> &str {
        &self.0.lambda.env_config.function_name
    }

    /// The version of the function, from `AWS_LAMBDA_FUNCTION_VERSION`.
    pub fn function_version(&self) -> &str {
        &self.0.lambda.env_config.version
    }

    /// The memory that the function is configured with, in MB.
    pub fn memory_mb(&self) -> u32 {
        u32::try_from(self.0.lambda.env_config.memory).unwrap_or(0)
    }

    /// The identifier of the request; Lambda's retries of an asynchronous event keep it.
    pub fn request_id(&self) -> &str {
        &self.0.lambda.request_id
    }

    /// The ARN that was invoked: with the alias or version, if the caller named one.
    pub fn invoked_function_arn(&self) -> &str {
        &self.0.lambda.invoked_function_arn
    }

    /// The tenant, for functions with [tenant isolation][t].
    ///
    /// [t]: https://docs.aws.amazon.com/lambda/latest/dg/tenant-isolation.html
    pub fn tenant_id(&self) -> Option<&str> {
        self.0.lambda.tenant_id.as_deref()
    }

    /// The X-Ray trace header of the invocation.
    pub fn trace_id(&self) -> Option<&str> {
        self.0.lambda.xray_trace_id.as_deref()
    }

    /// The time until Lambda ends the invocation; zero once it is over. `None` where the deadline is
    /// unknown, as under `cargo lambda watch`.
    pub fn remaining(&self) -> Option<Duration> {
        self.0.deadline.map(|at| at.saturating_duration_since(Instant::now()))
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.0.deadline
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Client context and Cognito identity are the caller's; they stay out of logs.
        f.debug_struct("Context")
            .field("function_name", &self.function_name())
            .field("request_id", &self.request_id())
            .field("invoked_function_arn", &self.invoked_function_arn())
            .field("tenant_id", &self.tenant_id())
            .field("trace_id", &self.trace_id())
            .field("remaining", &self.remaining())
            .finish_non_exhaustive()
    }
}

/// The deadline on the monotonic clock: `None` if it is unknown, now if it has passed.
fn deadline_instant(deadline_ms: u64, wall: SystemTime, now: Instant) -> Option<Instant> {
    if deadline_ms < FIRST_PLAUSIBLE_DEADLINE_MS {
        return None;
    }
    let at = SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(deadline_ms))?;
    let left = at.duration_since(wall).unwrap_or(Duration::ZERO);
    // A deadline past the clock's range is as good as none.
    now.checked_add(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_deadline_before_2020_is_unknown() {
        let now = Instant::now();
        let wall = SystemTime::UNIX_EPOCH + Duration::from_millis(1_800_000_000_000);
        assert_eq!(deadline_instant(0, wall, now), None);
        assert_eq!(deadline_instant(600_000, wall, now), None);
        assert_eq!(deadline_instant(1_799_999_999_999, wall, now), Some(now));
        assert_eq!(deadline_instant(1_800_000_000_000, wall, now), Some(now));
        let later = Some(now + Duration::from_millis(3_000));
        assert_eq!(deadline_instant(1_800_000_003_000, wall, now), later);
        deadline_instant(u64::MAX, wall, now);
    }
}
