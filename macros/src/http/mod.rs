//! HTTP: a module of routes, or a function for all requests.
//!
//! [`items`] cuts a module apart, [`cfg`] decides what depends on conditions, [`route`] understands its functions and [`input`] their
//! parameters, [`pattern`] their paths, [`mount`] what stands behind prefixes, and [`cors`] what they
//! say about other origins; [`check`] looks at all of them together. [`plan`] makes the code of each route,
//! [`table`] what finds it, [`contents`] the rest of a module's; [`expand`] is where attributes start.

pub(crate) mod cfg;
pub(crate) mod check;
pub(crate) mod contents;
pub(crate) mod cors;
pub(crate) mod expand;
pub(crate) mod input;
pub(crate) mod items;
pub(crate) mod mount;
pub(crate) mod pattern;
pub(crate) mod plan;
pub(crate) mod route;
pub(crate) mod table;
