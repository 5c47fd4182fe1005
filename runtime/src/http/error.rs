//! stand-in
use super::problem::Problem;
/// x
pub trait HttpError: std::error::Error {
    /// x
    fn problem(&self) -> Problem;
}
pub(crate) fn log(_error: &(dyn std::error::Error), _error_type: &'static str, _status: ::http::StatusCode) {}
