//! What the types of a handler's parameters say about the handler, asked while it compiles.

use std::marker::PhantomData;

/// What a parameter's type says about the handler: what stands on a type itself comes before what the trait says
/// of all others.
#[doc(hidden)]
pub struct Takes<T>(PhantomData<fn(T)>);

#[doc(hidden)]
pub trait TakesRecord {
    /// Whether it is a [`Batch`](crate::Batch).
    const BATCH: bool = false;

    /// A window's state can go through it.
    fn must_fold() {}

    /// It is there without a window.
    fn must_need_no_window() {}

    /// Some of it can run at the same time as others.
    fn must_be_one_of_many() {}

    /// It has a key of its own.
    fn must_be_single() {}
}

impl<T> TakesRecord for Takes<T> {}

/// Whether one of the parameters is a batch.
#[doc(hidden)]
#[track_caller]
#[allow(clippy::panic, reason = "a panic in a constant is a compile error")]
pub const fn takes_batch(mut parameters: &[bool]) -> bool {
    let mut found = false;
    while let [is_batch, rest @ ..] = parameters {
        if found && *is_batch {
            panic!(
                "lambkin::E117: this handler takes the batch twice: of two, one would say that a record is done while \
                 the other does not: take `Batch<T, M>`, with an extractor for `M`"
            );
        }
        found |= *is_batch;
        parameters = rest;
    }
    found
}
