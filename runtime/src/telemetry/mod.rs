//! What a function tells about itself.

pub(crate) mod incident;
pub(crate) mod logs;
