//! The log line of something that went wrong: one set of fields for all of them.
//!
//! It also keeps binaries small: each use of a `tracing` macro is about a kilobyte of statics and code, and an
//! inlined copy as much again.

use std::fmt;

use crate::context::Context;
use crate::error::Failure;

/// What a line says besides its message.
#[derive(Clone, Copy, Default)]
pub(crate) struct Incident<'a> {
    handler: Option<&'a str>,
    request_id: Option<&'a str>,
    record: Option<&'a str>,
    kind: Option<&'a str>,
    error_type: Option<&'a str>,
}

impl<'a> Incident<'a> {
    /// An incident with this type of error.
    pub(crate) fn of(error_type: &'a str) -> Self {
        Self { error_type: Some(error_type), ..Self::default() }
    }

    /// The failure of a record or an invocation.
    pub(crate) fn failure(failure: &'a Failure) -> Self {
        Self { kind: Some(failure.kind().as_str()), ..Self::of(failure.error_type()) }
    }

    /// By this handler in this invocation.
    pub(crate) fn by(self, handler: &'a str, cx: &'a Context) -> Self {
        Self { handler: Some(handler), request_id: Some(cx.request_id()), ..self }
    }

    /// By this handler, in whichever invocation.
    pub(crate) fn of_handler(self, handler: &'a str) -> Self {
        Self { handler: Some(handler), ..self }
    }

    /// About this record.
    pub(crate) fn record(self, id: Option<&'a str>) -> Self {
        Self { record: id, ..self }
    }

    /// Writes the line as an error.
    #[inline(never)]
    pub(crate) fn error(self, message: fmt::Arguments<'_>) {
        let Self { handler, request_id, record, kind, error_type } = self;
        tracing::error!(handler, requestId = request_id, record, kind, error_type, "{message}");
    }

    /// Writes the line as a warning.
    #[inline(never)]
    pub(crate) fn warn(self, message: fmt::Arguments<'_>) {
        let Self { handler, request_id, record, kind, error_type } = self;
        tracing::warn!(handler, requestId = request_id, record, kind, error_type, "{message}");
    }

    /// Writes the line for whoever asks for details.
    #[inline(never)]
    pub(crate) fn debug(self, message: fmt::Arguments<'_>) {
        let Self { handler, request_id, record, kind, error_type } = self;
        tracing::debug!(handler, requestId = request_id, record, kind, error_type, "{message}");
    }
}
