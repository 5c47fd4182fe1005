//! A Lambda Runtime API on loopback.
