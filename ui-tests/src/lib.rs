//! Holds nothing: the cases are in `pass` and `fail`.
