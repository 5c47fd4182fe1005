//! In which order changes are made.

use crate::concurrency::rule::{Change, KEPT_UNRESERVED};

/// Raises come first, because a function with more is not in trouble if the rest fails. Where the pool has no room for one,
/// as much is lowered before as it takes, so that AWS, which keeps 100 unreserved, refuses none of them.
pub(crate) fn ordered(changes: Vec<Change>, unreserved: u32) -> Vec<Change> {
    let (mut raises, mut lowerings): (Vec<Change>, Vec<Change>) =
        changes.into_iter().partition(|change| change.takes() > 0);
    // Small raises fit first, and what gives back most is lowered first.
    raises.sort_by_key(|change| std::cmp::Reverse(change.takes()));
    lowerings.sort_by_key(|change| std::cmp::Reverse(change.takes()));
    let mut room = i64::from(unreserved) - i64::from(KEPT_UNRESERVED);
    let mut ordered = Vec::new();
    while !raises.is_empty() || !lowerings.is_empty() {
        let fits = raises.last().is_some_and(|raise| raise.takes() <= room);
        // With nothing left to lower, what does not fit is tried all the same, and AWS says so.
        let next = if fits { raises.pop() } else { lowerings.pop().or_else(|| raises.pop()) };
        room -= next.as_ref().map_or(0, Change::takes);
        ordered.extend(next);
    }
    ordered
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn change(name: &str, before: u32, after: u32) -> Change {
        Change { handler: name.to_owned(), function: name.to_owned(), before: Some(before), after }
    }

    fn order(changes: Vec<Change>, unreserved: u32) -> String {
        ordered(changes, unreserved).into_iter().map(|change| change.handler).collect()
    }

    #[test]
    fn raises_come_first_where_there_is_room() {
        let changes = || vec![change("a", 50, 10), change("b", 10, 60), change("c", 10, 20), change("d", 40, 30)];
        assert_eq!(order(changes(), 1000), "cbad");
        // Room for ten: `c` takes them, and `b` needs what both `a` and `d` give back.
        assert_eq!(order(changes(), 110), "cadb");
        assert_eq!(order(vec![change("a", 60, 10), change("b", 10, 60), change("d", 40, 30)], 100), "abd");
    }

    proptest! {
        #[test]
        fn the_pool_is_never_overdrawn(
            pairs in proptest::collection::vec((0..300_u32, 1..300_u32), 0..8),
            unreserved in 100..1000_u32,
        ) {
            let changes: Vec<Change> = pairs.iter().map(|(before, after)| change("f", *before, *after)).collect();
            let total: i64 = changes.iter().map(Change::takes).sum();
            prop_assume!(i64::from(unreserved) - total >= 100);
            let ordered = ordered(changes.clone(), unreserved);
            prop_assert_eq!(ordered.len(), changes.len());
            let mut left = i64::from(unreserved);
            for change in ordered {
                left -= change.takes();
                prop_assert!(left >= 100, "{left}");
            }
            prop_assert_eq!(left, i64::from(unreserved) - total);
        }
    }
}
