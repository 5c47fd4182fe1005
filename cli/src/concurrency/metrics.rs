//! What ran, as CloudWatch keeps it: <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-concurrency.html>.

use std::collections::HashMap;
use std::time::{SystemTime, UNIX_EPOCH};

use aws_sdk_cloudwatch::primitives::{DateTime, DateTimeFormat};
use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricStat, ScanBy, StatusCode};

use crate::concurrency::account::Account;
use crate::concurrency::failure::Call;
use crate::concurrency::period::Period;
use crate::concurrency::state::{Live, Usage};
use crate::error::CliError;

/// As many as one call takes, <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html>.
const QUERIES: usize = 500;

/// The time that is asked about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    from: i64,
    to: i64,
    step: u32,
}

impl Window {
    /// From now back, in whole steps, so that CloudWatch does not round.
    pub(crate) fn of(period: Period) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let step = u64::from(period.step());
        // The step that has begun is asked for too.
        let to = now.div_ceil(step).saturating_mul(step);
        let from = to.saturating_sub(u64::from(period.seconds()).max(step));
        Self { from: from.cast_signed(), to: to.cast_signed(), step: period.step() }
    }

    pub(crate) fn from(&self) -> String {
        shown(DateTime::from_secs(self.from))
    }

    pub(crate) fn to(&self) -> String {
        shown(DateTime::from_secs(self.to))
    }
}

/// Values with their times, oldest first.
type Series = Vec<(DateTime, f64)>;

/// What is asked for.
#[derive(Default)]
struct Questions {
    queries: Vec<MetricDataQuery>,
}

impl Questions {
    /// Asks for a statistic of a metric; the identifier of the answer.
    fn ask(&mut self, metric: &str, dimensions: &[(&str, &str)], statistic: &str, step: u32) -> String {
        let id = format!("m{}", self.queries.len());
        let dimensions = dimensions.iter().map(|(name, value)| Dimension::builder().name(*name).value(*value).build());
        let metric = Metric::builder()
            .namespace("AWS/Lambda")
            .metric_name(metric)
            .set_dimensions(Some(dimensions.collect()))
            .build();
        let statistic = MetricStat::builder().metric(metric).period(step.cast_signed()).stat(statistic).build();
        self.queries.push(MetricDataQuery::builder().id(&id).metric_stat(statistic).return_data(true).build());
        id
    }

    async fn answers(self, account: &Account, window: Window) -> Result<HashMap<String, Series>, CliError> {
        let call = Call::on_all("cloudwatch:GetMetricData");
        let mut answers: HashMap<String, Series> = HashMap::new();
        for queries in self.queries.chunks(QUERIES) {
            let mut pages = account
                .cloudwatch
                .get_metric_data()
                .set_metric_data_queries(Some(queries.to_vec()))
                .start_time(DateTime::from_secs(window.from))
                .end_time(DateTime::from_secs(window.to))
                .scan_by(ScanBy::TimestampAscending)
                .into_paginator()
                .send();
            while let Some(page) = pages.next().await {
                let page = page.map_err(|error| call.failed(&error))?;
                for result in page.metric_data_results() {
                    // What is partial goes on in the next page; what failed would make a peak look lower than it was.
                    if matches!(result.status_code(), Some(StatusCode::Forbidden | StatusCode::InternalError)) {
                        return Err(CliError::new("CloudWatch could not read all of the metrics: try again"));
                    }
                    let values = result.timestamps().iter().copied().zip(result.values().iter().copied());
                    answers.entry(result.id().unwrap_or_default().to_owned()).or_default().extend(values);
                }
            }
        }
        Ok(answers)
    }
}

/// Where the answers about a function are.
struct Asked {
    peak: String,
    sum: String,
    count: String,
    throttles: String,
    utilisations: Vec<String>,
}

/// Fills in what ran of the functions, whose versions and aliases with provisioned concurrency stand beside them; gives the
/// most that was in use of the pool.
pub(crate) async fn fill(
    functions: &mut [(&mut Live, &[String])],
    account: &Account,
    window: Window,
) -> Result<Option<u32>, CliError> {
    let mut questions = Questions::default();
    let pool = questions.ask("UnreservedConcurrentExecutions", &[], "Maximum", window.step);
    let asked: Vec<Asked> = functions
        .iter()
        .map(|(live, qualifiers)| {
            let of = [("FunctionName", live.function.as_str())];
            let mut ask = |metric, statistic| questions.ask(metric, &of, statistic, window.step);
            let (peak, sum) = (ask("ConcurrentExecutions", "Maximum"), ask("ConcurrentExecutions", "Sum"));
            let (count, throttles) = (ask("ConcurrentExecutions", "SampleCount"), ask("Throttles", "Sum"));
            let utilisations = qualifiers.iter().map(|qualifier| {
                let resource = format!("{}:{qualifier}", live.function);
                let of = [("FunctionName", live.function.as_str()), ("Resource", resource.as_str())];
                questions.ask("ProvisionedConcurrencyUtilization", &of, "Maximum", window.step)
            });
            let utilisations = utilisations.collect();
            Asked { peak, sum, count, throttles, utilisations }
        })
        .collect();
    let answers = questions.answers(account, window).await?;
    let series = |id: &String| answers.get(id).map(Vec::as_slice).unwrap_or_default();
    let total = |id: &String| series(id).iter().map(|(_, value)| value).sum::<f64>();
    let highest = |series: &[(DateTime, f64)]| series.iter().copied().reduce(|a, b| if b.1 > a.1 { b } else { a });
    for ((live, _), asked) in functions.iter_mut().zip(&asked) {
        let peaks = series(&asked.peak);
        live.provisioned_utilisation =
            asked.utilisations.iter().filter_map(|id| highest(series(id))).map(|(_, value)| value).reduce(f64::max);
        let (Some((first, _)), Some((at, peak))) = (peaks.first(), highest(peaks)) else { continue };
        let count = total(&asked.count);
        live.usage = Some(Usage {
            peak: whole(peak),
            peak_at: shown(at),
            average: if count > 0.0 { total(&asked.sum) / count } else { 0.0 },
            throttles: u64::from(whole(total(&asked.throttles))),
            reaches_back: u32::try_from(window.to - first.secs()).unwrap_or(0),
            datapoints: peaks.len(),
        });
    }
    Ok(highest(series(&pool)).map(|(_, value)| whole(value)))
}

/// Counts come as floating-point numbers.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast of what does not fit takes the nearest"
)]
fn whole(value: f64) -> u32 {
    value.ceil() as u32
}

fn shown(at: DateTime) -> String {
    at.fmt(DateTimeFormat::DateTime).unwrap_or_default()
}
