//! Prices that fall with the quantity of a month.

use rust_decimal::Decimal;

use crate::cost::money::Usd;

/// Prices of a unit by how much of it a month has. The first ones are at the first step's price, and so on.
#[derive(Clone, Debug)]
pub(crate) struct Tiers(Vec<Tier>);

/// One step of the prices.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tier {
    /// The quantity of a month at which the next step begins. `None` at the last one; there, `Some` means that
    /// nothing is known of what lies beyond.
    pub(crate) up_to: Option<Decimal>,
    /// The price of one unit.
    pub(crate) price: Usd,
}

/// What of a quantity falls into one tier.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Slice {
    pub(crate) quantity: Decimal,
    pub(crate) price: Usd,
    /// The quantity at which the tier begins.
    pub(crate) from: Decimal,
    /// The quantity at which it ends.
    pub(crate) up_to: Option<Decimal>,
}

impl Slice {
    pub(crate) fn amount(self) -> Usd {
        self.price * self.quantity
    }
}

/// More than the table has prices for.
#[derive(Debug, PartialEq)]
pub(crate) struct Beyond {
    pub(crate) known_up_to: Decimal,
}

impl Tiers {
    /// The steps must rise, and only the last may be open.
    pub(crate) fn new(tiers: Vec<Tier>) -> Result<Self, String> {
        let mut from = Decimal::ZERO;
        let Some((last, before)) = tiers.split_last() else {
            return Err("there is no price in it".to_owned());
        };
        for tier in before {
            let up_to = tier.up_to.ok_or("only the last price may be without `up_to`")?;
            if up_to <= from {
                return Err(format!("`up_to = {up_to}` does not lie above what is before it"));
            }
            from = up_to;
        }
        match last.up_to {
            Some(up_to) if up_to <= from => Err(format!("`up_to = {up_to}` does not lie above what is before it")),
            _ => Ok(Self(tiers)),
        }
    }

    /// One price, whatever the quantity.
    pub(crate) fn flat(price: Usd) -> Self {
        Self(vec![Tier { up_to: None, price }])
    }

    /// The price of the first units.
    pub(crate) fn first(&self) -> Usd {
        self.0.first().map_or(Usd::ZERO, |tier| tier.price)
    }

    /// The slices of a quantity, none of them empty.
    pub(crate) fn split(&self, quantity: Decimal) -> Result<Vec<Slice>, Beyond> {
        let mut slices = Vec::new();
        let mut from = Decimal::ZERO;
        for tier in &self.0 {
            let end = tier.up_to.map_or(quantity, |up_to| up_to.min(quantity));
            if end > from {
                slices.push(Slice { quantity: end - from, price: tier.price, from, up_to: tier.up_to });
                from = end;
            }
        }
        if quantity > from { Err(Beyond { known_up_to: from }) } else { Ok(slices) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tiers(steps: &[(Option<u64>, u64)]) -> Tiers {
        let tier =
            |&(up_to, price): &(Option<u64>, u64)| Tier { up_to: up_to.map(Into::into), price: Usd(price.into()) };
        Tiers::new(steps.iter().map(tier).collect()).unwrap()
    }

    fn total(tiers: &Tiers, quantity: impl Into<Decimal>) -> Decimal {
        tiers.split(quantity.into()).unwrap().into_iter().map(Slice::amount).sum::<Usd>().0
    }

    #[test]
    fn each_unit_has_the_price_of_its_tier() {
        let prices = tiers(&[(Some(10), 5), (Some(20), 3), (None, 1)]);
        assert_eq!(prices.split(Decimal::ZERO).unwrap(), []);
        assert_eq!(total(&prices, 10), Decimal::from(50));
        assert_eq!(total(&prices, 11), Decimal::from(53));
        assert_eq!(total(&prices, 25), Decimal::from(50 + 30 + 5));
        assert_eq!(prices.first(), Usd(5.into()));
    }

    #[test]
    fn what_the_table_does_not_know_is_no_price() {
        let prices = tiers(&[(Some(10), 5)]);
        assert_eq!(total(&prices, 10), Decimal::from(50));
        assert_eq!(prices.split(Decimal::from(11)), Err(Beyond { known_up_to: 10.into() }));
    }

    #[test]
    fn tiers_rise() {
        let tier = |up_to: Option<u64>| Tier { up_to: up_to.map(Into::into), price: Usd::CENT };
        assert!(Tiers::new(vec![]).is_err());
        assert!(Tiers::new(vec![tier(None), tier(None)]).is_err());
        assert!(Tiers::new(vec![tier(Some(10)), tier(Some(10))]).is_err());
        assert!(Tiers::new(vec![tier(Some(0))]).is_err());
        assert!(Tiers::new(vec![tier(Some(10)), tier(None)]).is_ok());
    }

    proptest! {
        /// The split is the same as asking each unit for its price.
        #[test]
        fn the_split_is_the_sum_over_the_units(
            steps in prop::collection::vec((1_u64..50, 0_u64..1_000), 1..5),
            quantity in 0_u64..400,
        ) {
            let mut end = 0;
            let mut bounds: Vec<(Option<u64>, u64)> =
                steps.iter().map(|&(width, price)| { end += width; (Some(end), price) }).collect();
            bounds.push((None, 7));
            let price = |unit: u64| {
                bounds.iter().find(|(up_to, _)| up_to.is_none_or(|up_to| unit < up_to)).map_or(0, |(_, price)| *price)
            };
            let by_unit: u64 = (0..quantity).map(price).sum();
            prop_assert_eq!(total(&tiers(&bounds), quantity), Decimal::from(by_unit));
        }
    }
}
