//! Functions for AWS Lambda, in one program.
//!
//! Each is deployed as a function of its own, whose `_HANDLER`, or whose name, says which it is.

{{modules}}

{{main}}
