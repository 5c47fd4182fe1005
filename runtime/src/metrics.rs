//! Metrics in CloudWatch's embedded format, with the feature `metrics`.
//!
//! An app asks for them by a section with their namespace. Each invocation then writes what lambkin knows of it, such as its
//! duration, its records and the memory it took, and whatever the code has recorded with the macros in here. They are
//! those of the crate [`metrics`](::metrics): libraries that record with it are heard too.
//!
//! ```
//! use lambkin::metrics::counter;
//! use lambkin::prelude::*;
//! use lambkin::testing::TestApp;
//!
//! #[handler(invoke)]
//! async fn order(pieces: u64) -> Result<(), Error> {
//!     counter!("PiecesOrdered").increment(pieces);
//!     counter!("Orders", "Size" => if pieces < 10 { "small" } else { "large" }).increment(1);
//!     Ok(())
//! }
//!
//! lambkin::main! { metrics: "Shop", handlers: [order] }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn test() {
//! let done = TestApp::<App>::new().invoke("order", "12").await;
//! let [own, orders] = done.metrics() else { panic!("two sets of dimensions") };
//! assert_eq!(own["_aws"]["CloudWatchMetrics"][0]["Namespace"], "Shop");
//! assert_eq!((&own["PiecesOrdered"], &own["Invocations"]), (&12.into(), &1.into()));
//! assert_eq!((&orders["Orders"], &orders["Size"]), (&1.into(), &"large".into()));
//! # }
//! # test();
//! ```
//!
//! The page `docs/metrics.md` in the repository lists lambkin's own, and what becomes of what CloudWatch does not take.

pub use ::metrics::{
    Counter, Gauge, Histogram, Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};
