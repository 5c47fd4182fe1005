//! The tables of prices: one file for each region, built in, or one of the user's own.

use std::fmt;
use std::path::Path;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, de};

use crate::cost::money::Usd;
use crate::cost::tiers::{Tier, Tiers};
use crate::error::CliError;

/// The tables that are built in. A price that could not be confirmed is left out of them, not guessed.
const BUILT_IN: &[(&str, &str)] = &[
    ("us-east-1", include_str!("prices/us-east-1.toml")),
    ("us-east-2", include_str!("prices/us-east-2.toml")),
    ("us-west-2", include_str!("prices/us-west-2.toml")),
    ("eu-west-1", include_str!("prices/eu-west-1.toml")),
    ("eu-central-1", include_str!("prices/eu-central-1.toml")),
    ("ap-northeast-1", include_str!("prices/ap-northeast-1.toml")),
    ("ap-northeast-2", include_str!("prices/ap-northeast-2.toml")),
    ("ap-southeast-1", include_str!("prices/ap-southeast-1.toml")),
    ("sa-east-1", include_str!("prices/sa-east-1.toml")),
];

/// The region whose prices are taken when none is named.
pub(crate) const DEFAULT_REGION: &str = "us-east-1";

/// What a region asks for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Prices {
    pub(crate) region: String,
    /// The region as the console names it.
    pub(crate) name: String,
    pub(crate) lambda: Lambda,
    pub(crate) http_api: Option<Gateway>,
    pub(crate) rest_api: Option<Gateway>,
    pub(crate) alb: Option<LoadBalancer>,
}

/// AWS Lambda itself.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lambda {
    pub(crate) as_of: Date,
    pub(crate) source: String,
    pub(crate) request: Price,
    /// Ephemeral storage beyond the 512 MB that are included.
    pub(crate) storage_gb_second: Price,
    pub(crate) free_tier: FreeTier,
    pub(crate) x86_64: Compute,
    pub(crate) arm64: Compute,
}

/// What is free in each month, for the whole account.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FreeTier {
    pub(crate) requests: u64,
    pub(crate) gb_seconds: u64,
}

/// The prices of one architecture.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Compute {
    #[serde(deserialize_with = "tiers")]
    pub(crate) gb_second: Tiers,
    pub(crate) provisioned_capacity_gb_second: Option<Price>,
    pub(crate) provisioned_duration_gb_second: Option<Price>,
}

/// An API of API Gateway.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Gateway {
    pub(crate) as_of: Date,
    pub(crate) source: String,
    #[serde(deserialize_with = "tiers")]
    pub(crate) request: Tiers,
}

/// An Application Load Balancer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LoadBalancer {
    pub(crate) as_of: Date,
    pub(crate) source: String,
    pub(crate) hour: Price,
    pub(crate) lcu_hour: Price,
}

/// Where a price comes from, as the answer says it.
#[derive(Debug, Serialize)]
pub(crate) struct Source {
    pub(crate) service: &'static str,
    pub(crate) as_of: String,
    pub(crate) source: String,
}

impl Prices {
    /// The user's own table if there is one, else the one of the region.
    pub(crate) fn load(region: Option<&str>, file: Option<&Path>) -> Result<Self, CliError> {
        let Some(file) = file else {
            return Self::built_in(region.unwrap_or(DEFAULT_REGION));
        };
        let text = std::fs::read_to_string(file).map_err(|error| CliError::file(file, &error))?;
        let prices = Self::parse(&text, &file.display().to_string())?;
        match region {
            Some(region) if region != prices.region => Err(CliError::new(format!(
                "`{}` has the prices of {}, not of {region}: leave `--region` out or name another file",
                file.display(),
                prices.region
            ))),
            _ => Ok(prices),
        }
    }

    fn built_in(region: &str) -> Result<Self, CliError> {
        match BUILT_IN.iter().find(|(name, _)| *name == region) {
            Some((name, text)) => Self::parse(text, &format!("{name}.toml")),
            None => {
                let known: Vec<&str> = BUILT_IN.iter().map(|(name, _)| *name).collect();
                Err(CliError::new(format!(
                    "no prices of `{region}` are built in, only of {}: bring your own table with `--prices FILE`",
                    known.join(", ")
                )))
            }
        }
    }

    fn parse(text: &str, name: &str) -> Result<Self, CliError> {
        toml::from_str(text).map_err(|error| {
            let place = error.span().map_or_else(String::new, |span| {
                let before = text.get(..span.start).unwrap_or_default();
                let line = before.matches('\n').count() + 1;
                let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
                format!(":{line}:{column}")
            });
            CliError::new(format!("the table of prices `{name}{place}`: {}", error.message().replace('\n', " ")))
        })
    }
}

/// A price in US dollars, written as a string so that no digit is lost on the way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Price(pub(crate) Usd);

impl<'de> Deserialize<'de> for Price {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl de::Visitor<'_> for Visitor {
            type Value = Price;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a price in US dollars as a string, such as \"0.0000002\"")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Price, E> {
                // Far above any price there is, and low enough for exact products.
                let most = Decimal::from(1_000_000);
                let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') && text.len() <= 20;
                let price = text.parse::<Decimal>().ok().filter(|price| plain && *price <= most);
                price.map(|price| Price(Usd(price))).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }

        deserializer.deserialize_str(Visitor)
    }
}

/// A day as `2026-09-19`.
#[derive(Debug)]
pub(crate) struct Date(pub(crate) String);

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let lengths: Vec<usize> = text.split('-').map(str::len).collect();
        if lengths == [4, 2, 2] && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
            return Ok(Self(text));
        }
        Err(de::Error::invalid_value(de::Unexpected::Str(&text), &"a day, such as \"2026-09-19\""))
    }
}

fn tiers<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Tiers, D::Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Written {
        up_to: Option<u64>,
        price: Price,
    }

    let written = Vec::<Written>::deserialize(deserializer)?;
    let tier = |tier: Written| Tier { up_to: tier.up_to.map(Into::into), price: tier.price.0 };
    Tiers::new(written.into_iter().map(tier).collect()).map_err(de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(change: impl Fn(&str) -> String) -> String {
        let (_, table) = BUILT_IN[0];
        Prices::parse(&change(table), "mine.toml").unwrap_err().to_string()
    }

    #[test]
    fn every_table_is_whole_and_says_where_it_is_from() {
        for (region, text) in BUILT_IN {
            let prices = Prices::parse(text, region).unwrap();
            assert_eq!(prices.region, *region);
            let gateways = [&prices.http_api, &prices.rest_api].into_iter().flatten().map(|gateway| &gateway.source);
            let others = [&prices.lambda.source].into_iter().chain(prices.alb.as_ref().map(|alb| &alb.source));
            assert!(gateways.chain(others).all(|source| source.starts_with("https://")), "{region}");
            assert!(prices.lambda.arm64.gb_second.first() < prices.lambda.x86_64.gb_second.first(), "{region}");
        }
    }

    #[test]
    fn a_broken_table_is_refused_at_the_place() {
        let error = broken(|table| table.replace("request = \"0.0000002\"", "request = 0.0000002"));
        assert!(error.contains("mine.toml:8:11"), "{error}");
        assert!(error.contains("as a string"), "{error}");
        let error = broken(|table| table.replace("\"0.0225\"", "\"-0.0225\""));
        assert!(error.contains("a price in US dollars"), "{error}");
        let error = broken(|table| table.replace("15_000_000_000", "5_000_000_000"));
        assert!(error.contains("mine.toml:13:13"), "{error}");
        assert!(error.contains("does not lie above"), "{error}");
        let error = broken(|table| table.replace("lcu_hour", "lcu_minute"));
        assert!(error.contains("lcu_minute"), "{error}");
        let error = broken(|table| table.replace("2026-09-19", "yesterday"));
        assert!(error.contains("a day"), "{error}");
        let error = broken(|_| "region = ".to_owned());
        assert!(error.contains("mine.toml:1:"), "{error}");
    }

    #[test]
    fn an_unknown_region_lists_the_known_ones() {
        let error = Prices::load(Some("mars-1"), None).unwrap_err().to_string();
        assert!(error.contains("mars-1") && error.contains("us-east-1, us-east-2"), "{error}");
        assert!(error.contains("--prices FILE"), "{error}");
    }
}
