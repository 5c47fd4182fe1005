//! Charges accounts: however often a payment is delivered, the account is charged once.
//!
//! The ledger is a file with a line for each charge, `PAYMENTS_LEDGER` or one next to the program. Idempotency records are
//! kept in another file next to it, until `LAMBKIN_IDEMPOTENCY` names a table or a server.

use std::env;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::PathBuf;

use lambkin::prelude::*;

/// A payment as the shop sends it.
#[derive(Deserialize)]
struct Payment<'a> {
    id: &'a str,
    account: &'a str,
    cents: u64,
}

/// The money that goes back.
#[derive(Deserialize)]
struct Refund {
    payment: String,
    cents: u64,
}

/// What the caller of a refund gets: the same one each time.
#[derive(Serialize)]
struct Receipt {
    refund: String,
    entry: u64,
}

/// Where money moves. A real one would be the API of a bank.
struct Ledger(File);

impl Ledger {
    /// Writes a line; how many bytes stood before it.
    fn enter(&self, line: &str) -> Result<u64, Error> {
        let mut file = &self.0;
        let before = file.metadata()?.len();
        // One write: two processes do not mix their lines.
        file.write_all(format!("{line}\n").as_bytes())?;
        Ok(before)
    }
}

#[init]
async fn ledger() -> Result<Ledger, Error> {
    let path = match env::var_os("PAYMENTS_LEDGER") {
        Some(path) => PathBuf::from(path),
        None => env::current_exe()?.with_file_name("payments.ledger"),
    };
    tracing::info!(file = %path.display(), "the ledger");
    Ok(Ledger(OpenOptions::new().create(true).append(true).open(path)?))
}

/// Charges an account. The same payment with another amount is a mistake, and refused.
#[handler(sqs(queue = "payments", batch_size = 10), timeout = "30s", memory = 256)]
#[deadline(margin = "5s")]
#[idempotent(key = payment.id, verify = (payment.account, payment.cents), expires = "1day")]
async fn charge(payment: Payment<'_>, ledger: &Ledger) -> Result<(), Error> {
    let Payment { id, account, cents } = payment;
    ledger.enter(&format!("{account} {cents} {id}"))?;
    Ok(())
}

/// Gives money back, and a receipt; whoever asks again gets the same receipt.
#[handler(invoke, timeout = "10s")]
#[idempotent(key = refund.payment, verify = refund.cents, expires = "1day", in_progress = "wait")]
async fn refund(refund: Refund, ledger: &Ledger) -> Result<Receipt, Error> {
    let entry = ledger.enter(&format!("refund {} {}", refund.cents, refund.payment))?;
    Ok(Receipt { refund: refund.payment, entry })
}

lambkin::main! {
    init: [ledger],
    handlers: [charge, refund],
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use lambkin::testing::TestApp;
    use lambkin::testing::sqs::Batch;
    use serde_json::json;

    use super::*;

    fn app() -> (TestApp<App>, PathBuf) {
        let file = tempfile::NamedTempFile::new().unwrap();
        let (file, path) = file.keep().unwrap();
        (TestApp::<App>::new().with(Ledger(file)), path)
    }

    #[tokio::test]
    async fn a_payment_is_charged_once() {
        let (app, path) = app();
        let payment = |cents: u64| json!({"id": "p-1", "account": "ann", "cents": cents});
        for _ in 0..2 {
            app.invoke("charge", Batch::of([payment(5), payment(5)])).await.response();
        }
        let other = app.invoke("charge", Batch::of([payment(5), payment(6)])).await;
        assert_eq!(other.failed(), ["message-1"]);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "ann 5 p-1\n");
        std::fs::remove_file(path).unwrap();
    }

    #[tokio::test]
    async fn a_refund_has_one_receipt() {
        let (app, path) = app();
        let refund = json!({"payment": "p-1", "cents": 5});
        let receipt = app.invoke("refund", refund.clone()).await.response();
        assert_eq!(receipt, json!({"refund": "p-1", "entry": 0}));
        assert_eq!(app.invoke("refund", refund).await.response(), receipt);
        std::fs::remove_file(path).unwrap();
    }
}
