//! Tells the team each evening what was sold that day, and CloudWatch too.
//!
//! Where the sales lie is a variable, the team's channel a parameter, and the chat's token a secret: `.env` in this folder
//! holds those for a run on the own machine.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;

use lambkin::metrics::{Unit, counter, describe_counter, describe_histogram, gauge, histogram};
use lambkin::prelude::*;

#[derive(Config)]
struct Settings {
    #[env]
    shop: String,
    /// The file of sales. A real one would be a bucket or a table.
    #[env]
    sales: PathBuf,
    #[env(default = "EUR")]
    currency: String,
    #[parameter("/reports/channel")]
    channel: String,
    #[secret("reports/chat", key = "token")]
    token: Secret<String>,
}

/// The team's chat. A real one would hold an HTTP client.
struct Chat {
    channel: String,
    greeting: String,
    lines: Mutex<Vec<String>>,
}

impl Chat {
    async fn post(&self, line: String) -> Result<(), Error> {
        tracing::info!(channel = self.channel, chat = self.greeting, "{line}");
        self.lines.lock().map_err(|_| Error::msg("the chat is gone"))?.push(line);
        Ok(())
    }
}

#[init]
async fn chat(settings: &Settings) -> Result<Chat, Error> {
    describe_counter!("LinesSkipped", Unit::Count, "Lines of the file that are no sale");
    describe_histogram!("PiecesPerSale", Unit::Count, "How many pieces a customer takes");
    // Where the token goes, and nowhere else.
    let greeting = format!("a token of {} characters", settings.token.expose().chars().count());
    Ok(Chat { channel: settings.channel.clone(), greeting, lines: Mutex::default() })
}

/// A sale, as a line of the file says it: `2026-03-02,tea,3,1260`.
struct Sale<'a> {
    day: &'a str,
    product: &'a str,
    pieces: u32,
    cents: u64,
}

impl<'a> Sale<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let mut fields = line.split(',');
        let (day, product) = (fields.next()?, fields.next()?);
        let (pieces, cents) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
        fields.next().is_none().then_some(Self { day, product, pieces, cents })
    }
}

/// The input that the schedule is given: `{"time": "<aws.scheduler.scheduled-time>"}`. An event that comes again is about the
/// same day.
#[derive(Deserialize)]
struct Evening<'a> {
    time: &'a str,
}

#[handler(schedule("cron(0 22 * * ? *)"), timeout = "1m", memory = 256)]
#[deadline(margin = "5s")]
async fn report(evening: Evening<'_>, settings: &Settings, chat: &Chat) -> Result<(), Error> {
    let day = evening.time.split('T').next().unwrap_or_default();
    let Settings { shop, sales: file, currency, .. } = settings;
    let text = std::fs::read_to_string(file).map_err(|error| Error::msg(format!("{}: {error}", file.display())))?;

    let mut cents_of: BTreeMap<&str, u64> = BTreeMap::new();
    for line in text.lines() {
        let Some(sale) = Sale::parse(line) else {
            counter!("LinesSkipped").increment(1);
            continue;
        };
        if sale.day == day {
            histogram!("PiecesPerSale").record(sale.pieces);
            *cents_of.entry(sale.product).or_default() += sale.cents;
        }
    }
    let products: Vec<String> =
        cents_of.iter().map(|(product, cents)| format!("{product} {}", money(*cents))).collect();
    let total: u64 = cents_of.values().sum();
    // A currency is one of a few. A product would be a metric of its own each, on the bill too.
    gauge!("Revenue", "Currency" => currency.clone()).set(total as f64 / 100.0);
    chat.post(format!("{shop}, {day}: {} {currency} ({})", money(total), products.join(", "))).await
}

fn money(cents: u64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

lambkin::main! { config: [Settings], init: [chat], metrics: "Reports", handlers: [report] }

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

    use std::io::Write;

    use lambkin::testing::TestApp;
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn the_evening_is_reported_and_measured() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(include_bytes!("../sales.csv")).unwrap();
        let settings = Settings {
            shop: "Test".to_owned(),
            sales: file.path().to_owned(),
            currency: "CHF".to_owned(),
            channel: "#test".to_owned(),
            token: Secret::new("12345".to_owned()),
        };
        let app = TestApp::<App>::new().with(settings);
        let done = app.invoke("report", include_str!("../events/evening.json")).await;
        assert_eq!(done.response(), json!(null));
        let chat = app.get::<Chat>().unwrap();
        let line = "Test, 2026-03-02: 51.30 CHF (cake 3.90, coffee 34.80, tea 12.60)";
        assert_eq!(*chat.lines.lock().unwrap(), [line]);

        let [common, revenue] = done.metrics() else { panic!("two sets of dimensions: {:?}", done.metrics()) };
        assert_eq!((&common["LinesSkipped"], &common["PiecesPerSale"]), (&json!(1), &json!([3, 1, 12])));
        assert_eq!((&revenue["Revenue"], &revenue["Currency"]), (&json!(51.3), &json!("CHF")));
    }
}
