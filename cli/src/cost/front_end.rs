//! What stands between HTTP clients and the function.

use rust_decimal::Decimal;
use serde::Serialize;

use crate::cost::bill::{Line, Unit};
use crate::cost::money::{self, Usd};
use crate::cost::prices::Prices;
use crate::cost::quantity::HOURS_OF_MONTH;
use crate::cost::tiers::Tiers;
use crate::error::CliError;

/// The ways by which HTTP requests reach a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum FrontEnd {
    /// A function URL: nothing on top of Lambda
    FunctionUrl,
    /// API Gateway, HTTP API
    HttpApi,
    /// API Gateway, REST API
    RestApi,
    /// An Application Load Balancer
    Alb,
}

/// What passes through it in a month.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Traffic {
    pub(crate) requests: Decimal,
    /// Bytes of a request and of its response.
    pub(crate) request_bytes: Decimal,
    pub(crate) response_bytes: Decimal,
    /// How long a request is open.
    pub(crate) mean_ms: Decimal,
}

impl FrontEnd {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::FunctionUrl => "function URL",
            Self::HttpApi => "HTTP API",
            Self::RestApi => "REST API",
            Self::Alb => "load balancer",
        }
    }

    /// The name in a sentence.
    pub(crate) fn one(self) -> String {
        let article = if self == Self::HttpApi { "an" } else { "a" };
        format!("{article} {}", self.name())
    }

    /// Its lines of the bill; free tiers of new accounts, and data that leaves AWS, are left out.
    pub(crate) fn lines(self, traffic: &Traffic, prices: &Prices) -> Result<Vec<Line>, CliError> {
        let missing = || {
            let (region, one) = (&prices.region, self.one());
            CliError::new(format!("the table of {region} has no price of {one}: bring one with `--prices FILE`"))
        };
        match self {
            Self::FunctionUrl => {
                let free = Tiers::flat(Usd::ZERO);
                Line::tiered("function-url", "Function URL", Unit::Request, traffic.requests, Decimal::ZERO, &free)
                    .map_err(|_| missing())
            }
            Self::HttpApi => {
                let gateway = prices.http_api.as_ref().ok_or_else(missing)?;
                requests("http-api", self, traffic.requests * traffic.metered_calls(), &gateway.request, prices)
            }
            Self::RestApi => {
                let gateway = prices.rest_api.as_ref().ok_or_else(missing)?;
                requests("rest-api", self, traffic.requests, &gateway.request, prices)
            }
            Self::Alb => {
                let alb = prices.alb.as_ref().ok_or_else(missing)?;
                let hours = Decimal::from(HOURS_OF_MONTH);
                Ok(vec![
                    Line::flat("alb-hours", "Load balancer", Unit::Hour, hours, alb.hour.0),
                    Line::flat(
                        "alb-lcu",
                        "Load balancer, capacity",
                        Unit::LcuHour,
                        traffic.lcus() * hours,
                        alb.lcu_hour.0,
                    ),
                ])
            }
        }
    }
}

fn requests(
    item: &'static str,
    front_end: FrontEnd,
    quantity: Decimal,
    tiers: &Tiers,
    prices: &Prices,
) -> Result<Vec<Line>, CliError> {
    Line::tiered(item, front_end.name(), Unit::Request, quantity, Decimal::ZERO, tiers).map_err(|beyond| {
        CliError::new(format!(
            "the table of {} knows the price of {} up to {} requests a month: bring the others with `--prices FILE`",
            prices.region,
            front_end.one(),
            money::quantity(beyond.known_up_to)
        ))
    })
}

impl Traffic {
    /// An HTTP API meters calls in steps of 512 KB. Whether a request and its response count together is not said;
    /// here they do, which is the dearer reading.
    fn metered_calls(&self) -> Decimal {
        let step = Decimal::from(512 * 1024);
        ((self.request_bytes + self.response_bytes) / step).ceil().max(Decimal::ONE)
    }

    /// Load balancer capacity units, by the dimension that asks for the most: 25 new connections a second, 3,000
    /// open ones, 0.4 GB an hour to and from functions. Traffic is taken to be even, each request to have a
    /// connection of its own, the rules not to be more than the ten that are free.
    fn lcus(&self) -> Decimal {
        let hours = Decimal::from(HOURS_OF_MONTH);
        let per_second = self.requests / (hours * Decimal::from(3600));
        let open = per_second * self.mean_ms / Decimal::ONE_THOUSAND;
        let gigabytes_per_hour =
            self.requests * (self.request_bytes + self.response_bytes) / Decimal::from(1_000_000_000) / hours;
        let lcus =
            [per_second / Decimal::from(25), open / Decimal::from(3_000), gigabytes_per_hour / Decimal::new(4, 1)];
        lcus.into_iter().max().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn traffic(requests: u64, request_bytes: u64, response_bytes: u64, mean_ms: u64) -> Traffic {
        let [request_bytes, response_bytes] = [request_bytes, response_bytes].map(Decimal::from);
        Traffic { requests: requests.into(), request_bytes, response_bytes, mean_ms: mean_ms.into() }
    }

    fn total(front_end: FrontEnd, traffic: &Traffic) -> String {
        let prices = Prices::load(None, None).unwrap();
        let lines = front_end.lines(traffic, &prices).unwrap();
        lines.iter().map(|line| line.amount).sum::<Usd>().0.normalize().to_string()
    }

    #[test]
    fn a_function_url_costs_nothing() {
        assert_eq!(total(FrontEnd::FunctionUrl, &traffic(1_000_000, 0, 0, 1)), "0");
    }

    #[test]
    fn api_gateway_has_tiers() {
        // 300 M × $1.00/M + 100 M × $0.90/M
        assert_eq!(total(FrontEnd::HttpApi, &traffic(400_000_000, 0, 0, 1)), "390");
        // 333 M × $3.50/M + 67 M × $2.80/M
        assert_eq!(total(FrontEnd::RestApi, &traffic(400_000_000, 0, 0, 1)), "1353.1");
    }

    #[test]
    fn an_http_api_meters_in_steps_of_512_kb() {
        let million = |bytes| total(FrontEnd::HttpApi, &traffic(1_000_000, 0, bytes, 1));
        assert_eq!(million(0), "1");
        assert_eq!(million(512 * 1024), "1");
        assert_eq!(million(512 * 1024 + 1), "2");
        // A REST API does not.
        assert_eq!(total(FrontEnd::RestApi, &traffic(1_000_000, 0, 600 * 1024, 1)), "3.5");
    }

    #[test]
    fn a_load_balancer_counts_the_dimension_that_asks_for_most() {
        let hours = "16.425"; // 730 × $0.0225
        assert_eq!(total(FrontEnd::Alb, &traffic(0, 0, 0, 0)), hours);
        // 2,628,000 s × 25 connections/s are 65.7 M: one LCU all month, 730 × $0.008 = $5.84.
        assert_eq!(total(FrontEnd::Alb, &traffic(65_700_000, 0, 0, 0)), "22.265");
        // 25 requests a second that take 240 s are 6,000 open connections: two LCUs.
        assert_eq!(total(FrontEnd::Alb, &traffic(65_700_000, 0, 0, 240_000)), "28.105");
        // 1 M × 876 KB (decimal) are 876 GB, 1.2 GB an hour: three LCUs.
        assert_eq!(total(FrontEnd::Alb, &traffic(1_000_000, 438_000, 438_000, 1)), "33.945");
    }
}
