//! What a function tells about itself.

pub(crate) mod logs;
