//! Numbers that look random and are the same in each run, for tests.

/// Gives a number below a bound.
pub(crate) fn below() -> impl FnMut(usize) -> usize {
    let mut random = 1_u64;
    move |bound| {
        random = random.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        usize::try_from(random >> 33).unwrap() % bound
    }
}
