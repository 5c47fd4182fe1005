//! Which invocations are told about in detail.

/// A share of the invocations, from 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Sample(f64);

impl Sample {
    /// A share; `None` if it is none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let share: f64 = text.trim().parse().ok()?;
        (0.0..=1.0).contains(&share).then_some(Self(share))
    }

    pub(crate) fn is_nothing(self) -> bool {
        self.0 == 0.0
    }

    /// Whether this request is one of them. The same answer each time: a retried request is told about again, and
    /// so is it by every function that has the same identifier.
    pub(crate) fn has(self, request_id: &str) -> bool {
        // FNV-1a, and a last mix for the upper bits: a request's identifier is random in all its digits.
        let hash = request_id
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        let mixed = (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        // The upper 53 bits are a number from 0 up to 1.
        ((mixed >> 11) as f64) / ((1_u64 << 53) as f64) < self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_are_in_the_sample() {
        let ids: Vec<String> = (0_u64..20_000).map(|n| format!("8476a536-e9f4-11e8-9739-{n:012x}")).collect();
        for share in [0.0, 0.01, 0.25, 1.0] {
            let sample = Sample(share);
            let had = ids.iter().filter(|id| sample.has(id)).count() as f64 / ids.len() as f64;
            assert!((had - share).abs() < 0.01, "{had} of {share}");
        }
        assert_eq!(Sample(0.5).has("a"), Sample(0.5).has("a"));
    }

    #[test]
    fn a_share_is_from_nothing_to_all() {
        assert_eq!(Sample::parse(" 0.05 "), Some(Sample(0.05)));
        for odd in ["", "5%", "1.01", "-0.1", "NaN", "inf"] {
            assert_eq!(Sample::parse(odd), None, "{odd}");
        }
    }
}
