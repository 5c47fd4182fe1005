//! From a record to a handler's parameters by value.
//!
//! Whether a parameter is an extractor or the payload is decided by its type, not by how the type is
//! spelled, so aliases and renamed imports work. [`Take`] tries [`FromRecord`] first, then the record's
//! own decoding, and ends in a method that never compiles but words the error. Each step stands behind
//! one reference less than the one before, which is the order in which method calls look.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use crate::call::Call;
use crate::context::Context;
use crate::error::Failure;

/// A type that a handler can take by value besides its payload.
///
/// lambkin implements it for [`Context`], [`RawBody`] and the message types of the event sources, such as
/// [`SqsMessage`](crate::SqsMessage). Implement it to take something of your own out of a record:
///
/// ```
/// use lambkin::prelude::*;
/// use lambkin::{Failure, FromRecord, source::sqs};
///
/// /// The tenant that a message belongs to.
/// struct Tenant(String);
///
/// impl<'r> FromRecord<'r, sqs::Record<'r>> for Tenant {
///     fn from_record(record: &'r sqs::Record<'r>, cx: &Context) -> Result<Self, Failure> {
///         let message = SqsMessage::from_record(record, cx)?;
///         let tenant = message.message_attribute("tenant").and_then(|a| a.string_value());
///         let tenant = tenant.ok_or_else(|| Failure::malformed("no attribute `tenant`"))?;
///         Ok(Tenant(tenant.into_owned()))
///     }
/// }
///
/// #[handler(sqs)]
/// async fn fulfil(order: serde_json::Value, tenant: Tenant) -> Result<(), Error> {
/// #   let _ = (order, tenant.0);
///     Ok(())
/// }
/// # fn main() {}
/// ```
pub trait FromRecord<'r, R: ?Sized>: Sized {
    /// Takes the value out of the record or its invocation.
    ///
    /// # Errors
    /// A [`Failure`] fails the record, and no other; as malformed, where [`Failure::malformed`] makes it.
    fn from_record(record: &'r R, cx: &Context) -> Result<Self, Failure>;
}

impl<R: ?Sized> FromRecord<'_, R> for Context {
    fn from_record(_: &R, cx: &Context) -> Result<Self, Failure> {
        Ok(cx.clone())
    }
}

/// A record that has a body.
#[doc(hidden)]
pub trait HasBody {
    /// The body as text, unescaped once if it stood in a JSON string.
    fn body(&self) -> Result<&str, Failure> {
        std::str::from_utf8(self.bytes()?).map_err(|_| Failure::malformed("the record's data is not UTF-8 text"))
    }

    /// The body as bytes, decoded if it stood in Base64.
    fn bytes(&self) -> Result<&[u8], Failure>;
}

/// A record that decodes into payloads of type `T`.
#[doc(hidden)]
pub trait Decode<'r, T> {
    /// The payload, which may borrow from the record.
    fn decode(&'r self, cx: &Context) -> Result<T, Failure>;
}

/// The body of a record as it came, for payloads that are not JSON.
///
/// It dereferences to `str`. For `#[handler(invoke)]` it is the whole event.
///
/// ```
/// use lambkin::prelude::*;
///
/// #[handler(sqs)]
/// async fn import(line: RawBody<'_>) -> Result<(), Error> {
///     let columns = line.split(';').count();
/// #   let _ = columns;
///     Ok(())
/// }
/// # fn main() {}
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RawBody<'r>(&'r str);

impl<'r> RawBody<'r> {
    /// The text, for as long as the record lives.
    pub fn as_str(&self) -> &'r str {
        self.0
    }
}

impl Deref for RawBody<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        self.0
    }
}

impl fmt::Debug for RawBody<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A payload does not reach a log by accident.
        write!(f, "RawBody({} bytes)", self.0.len())
    }
}

impl<'r, R: HasBody> FromRecord<'r, R> for RawBody<'r> {
    fn from_record(record: &'r R, _: &Context) -> Result<Self, Failure> {
        record.body().map(RawBody)
    }
}

/// The data of a record as bytes, for payloads that are neither JSON nor text: Avro, Protobuf, compressed ones.
///
/// It dereferences to `[u8]`.
///
/// ```
/// use lambkin::prelude::*;
///
/// #[handler(kinesis)]
/// async fn decode(data: RawBytes<'_>) -> Result<(), Error> {
///     let (version, rest) = data.split_first().ok_or_else(|| Error::msg("no data"))?;
/// #   let _ = (version, rest);
///     Ok(())
/// }
/// # fn main() {}
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RawBytes<'r>(&'r [u8]);

impl<'r> RawBytes<'r> {
    /// The bytes, for as long as the record lives.
    pub fn as_slice(&self) -> &'r [u8] {
        self.0
    }
}

impl Deref for RawBytes<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.0
    }
}

impl fmt::Debug for RawBytes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawBytes({} bytes)", self.0.len())
    }
}

impl<'r, R: HasBody> FromRecord<'r, R> for RawBytes<'r> {
    fn from_record(record: &'r R, _: &Context) -> Result<Self, Failure> {
        record.bytes().map(RawBytes)
    }
}

/// Takes a `T` out of an `R`; see the module's description.
#[doc(hidden)]
pub struct Take<T, R>(PhantomData<fn(R) -> T>);

impl<T, R> Take<T, R> {
    /// The `R` is the type of this record.
    pub fn from(_: &R) -> Self {
        Self(PhantomData)
    }
}

/// No parameter has taken the payload yet.
#[doc(hidden)]
pub struct Unclaimed;

/// A parameter has taken the payload.
#[doc(hidden)]
pub struct Claimed;

/// The payload can still be taken.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "this handler takes two payloads",
    label = "this is the second parameter that is decoded from the record's body",
    note = "lambkin::E102: a record has one body: put the fields into one struct, or take what comes from \
            the app by reference: `&T`"
)]
pub trait PayloadIsFree {}

impl PayloadIsFree for Unclaimed {}

#[doc(hidden)]
pub trait TakeExtractor<'r, T, R> {
    /// Takes an extractor, which leaves the payload to others.
    fn take<P>(self, record: &'r R, call: &Call<'_>, payload: P) -> Result<(T, P), Failure>;
}

impl<'r, T: FromRecord<'r, R>, R> TakeExtractor<'r, T, R> for &&Take<T, R> {
    fn take<P>(self, record: &'r R, call: &Call<'_>, payload: P) -> Result<(T, P), Failure> {
        Ok((T::from_record(record, call.context())?, payload))
    }
}

#[doc(hidden)]
pub trait TakePayload<'r, T, R> {
    /// Takes the payload.
    fn take<P: PayloadIsFree>(self, record: &'r R, call: &Call<'_>, payload: P) -> Result<(T, Claimed), Failure>;
}

impl<'r, T, R: Decode<'r, T>> TakePayload<'r, T, R> for &Take<T, R> {
    fn take<P: PayloadIsFree>(self, record: &'r R, call: &Call<'_>, _: P) -> Result<(T, Claimed), Failure> {
        Ok((record.decode(call.context())?, Claimed))
    }
}

/// What a handler can take by value. Nothing implements it: it words the error.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be taken from this event",
    label = "neither a payload nor an extractor of this event source",
    note = "lambkin::E101: a parameter by value comes from the event: derive `serde::Deserialize` for a \
            payload, or implement `lambkin::FromRecord` for an extractor",
    note = "each source has extractors of its own, as `sqs` has `SqsMessage<'_>`; the payload of `dynamodb` is a \
            `Change<T>`, `s3` and `ses` have none: take an `S3Event<'_>` or a `SesMessage<'_>`; what stands in a \
            `Batch` or a `Change` has to decode too",
    note = "what comes from the app is taken by reference: `&{Self}`, as an `#[init]` function returned it"
)]
pub trait FromEvent {}

#[doc(hidden)]
pub trait TakeNothing<'r, T, R> {
    /// Never compiles: says why.
    fn take<P>(self, record: &'r R, call: &Call<'_>, payload: P) -> Result<(T, P), Failure>
    where
        T: FromEvent;
}

impl<'r, T, R> TakeNothing<'r, T, R> for Take<T, R> {
    fn take<P>(self, _: &'r R, _: &Call<'_>, _: P) -> Result<(T, P), Failure>
    where
        T: FromEvent,
    {
        Err(Failure::malformed("not an event parameter"))
    }
}
