//! Payments whose effects can be counted: each is a line in the file `PAYER_EFFECTS`, written in the middle of the handler's
//! work. A test kills this process wherever it is.

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, Write as _};
use std::time::{Duration, SystemTime};

use lambkin::prelude::*;

#[derive(Deserialize)]
struct Payment {
    id: String,
    #[serde(default)]
    cents: u64,
    /// The time that the work takes before its effect, and after.
    #[serde(default)]
    ms: u64,
    /// Whether to wait, after a word on standard output, for the end of standard input.
    #[serde(default)]
    holds: bool,
}

#[derive(Serialize)]
struct Receipt {
    payment: String,
    cents: u64,
    by: &'static str,
}

struct Effects(File);

impl Effects {
    /// Writes who paid, what, when, and until when its lease holds the key, in milliseconds since 1970.
    fn note(&self, payment: &str, cx: &Context) -> Result<(), Error> {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
        let lease_end = now + cx.remaining().unwrap_or_default();
        let (process, now, lease_end) = (std::process::id(), now.as_millis(), lease_end.as_millis());
        // One write: processes do not mix their lines.
        (&self.0).write_all(format!("{process} {payment} {now} {lease_end}\n").as_bytes())?;
        Ok(())
    }
}

#[init]
async fn effects() -> Result<Effects, Error> {
    let path = std::env::var_os("PAYER_EFFECTS").ok_or_else(|| Error::msg("`PAYER_EFFECTS` is not set"))?;
    Ok(Effects(OpenOptions::new().create(true).append(true).open(path)?))
}

async fn work(payment: &Payment, effects: &Effects, cx: &Context) -> Result<(), Error> {
    if payment.holds {
        std::io::stdout().write_all(b"holding\n")?;
        std::io::stdin().lock().read_line(&mut String::new())?;
    }
    tokio::time::sleep(Duration::from_millis(payment.ms)).await;
    effects.note(&payment.id, cx)?;
    tokio::time::sleep(Duration::from_millis(payment.ms)).await;
    Ok(())
}

#[handler(sqs(queue = "payments"), concurrency = 2, all_failed = "report")]
#[idempotent(key = payment.id, verify = payment.cents)]
async fn pay(payment: Payment, effects: &Effects, cx: Context) -> Result<(), Error> {
    work(&payment, effects, &cx).await
}

/// Shares its table with a function in Python.
#[handler(invoke)]
#[idempotent(key = payment.id, verify = payment.cents, scope = "shared", compat = "powertools-python")]
async fn shared(payment: Payment, effects: &Effects, cx: Context) -> Result<Receipt, Error> {
    work(&payment, effects, &cx).await?;
    Ok(Receipt { payment: payment.id, cents: payment.cents, by: "lambkin" })
}

lambkin::main! {
    init: [effects],
    handlers: [pay, shared],
}
