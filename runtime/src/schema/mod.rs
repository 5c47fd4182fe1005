//! What payloads look like, as JSON Schema, for the manifest: how it is made is known where the handler's types are, and it is
//! made only when the manifest is printed.
//!
//! Without the feature `schema`, and in binaries without the local tool, a [`Payload`] is nothing at all.

#[cfg(all(feature = "schema", any(debug_assertions, feature = "local")))]
pub mod probe;

use serde::{Serialize, Serializer};

/// The payload of a handler or a route.
#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct Payload {
    #[cfg(all(feature = "schema", any(debug_assertions, feature = "local")))]
    schema: Option<fn() -> Option<serde_json::Value>>,
}

impl Payload {
    /// One of which nothing is known.
    pub const UNKNOWN: Self = Self {
        #[cfg(all(feature = "schema", any(debug_assertions, feature = "local")))]
        schema: None,
    };

    /// One whose schema is made like this, if its type has one.
    #[cfg(all(feature = "schema", any(debug_assertions, feature = "local")))]
    pub const fn made_by(schema: fn() -> Option<serde_json::Value>) -> Self {
        Self { schema: Some(schema) }
    }
}

/// As a field of the manifest: `schema`, or none.
impl Serialize for Payload {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[cfg(all(feature = "schema", any(debug_assertions, feature = "local")))]
        let schema = self.schema.and_then(|make| make());
        #[cfg(not(all(feature = "schema", any(debug_assertions, feature = "local"))))]
        let schema: Option<serde_json::Value> = None;
        serializer.collect_map(schema.map(|schema| ("schema", schema)))
    }
}

/// The payload among the parameters of a handler: `__payload!(Source; TypeOfOne, TypeOfAnother)`. Which of them are
/// extractors is known to the compiler only.
#[doc(hidden)]
#[macro_export]
#[cfg(all(feature = "schema", any(debug_assertions, feature = "local")))]
macro_rules! __payload {
    ($source:ty; $($parameter:ty),*) => {
        $crate::__private::Payload::made_by(|| {
            #[allow(unused_imports, reason = "which one a type needs is known to the compiler only")]
            use $crate::__private::schema::{OfAny as _, OfExtractor as _, OfPayload as _};
            ::core::option::Option::None
                $(.or_else(|| {
                    (&&&$crate::__private::schema::Taken::<
                        $parameter,
                        <$source as $crate::__private::Source>::Record<'_>,
                    >::new()).schema()
                }))*
        })
    };
}

/// The body of a route: `__body!(Type)`.
#[doc(hidden)]
#[macro_export]
#[cfg(all(feature = "schema", any(debug_assertions, feature = "local")))]
macro_rules! __body {
    ($body:ty) => {
        $crate::__private::Payload::made_by(|| {
            #[allow(unused_imports, reason = "which one a type needs is known to the compiler only")]
            use $crate::__private::schema::{OfAny as _, OfBody as _, OfForm as _, OfJson as _};
            (&&&&$crate::__private::schema::Body::<$body>::new()).schema()
        })
    };
}

#[doc(hidden)]
#[macro_export]
#[cfg(not(all(feature = "schema", any(debug_assertions, feature = "local"))))]
macro_rules! __payload {
    ($($types:tt)*) => {
        $crate::__private::Payload::UNKNOWN
    };
}

#[doc(hidden)]
#[macro_export]
#[cfg(not(all(feature = "schema", any(debug_assertions, feature = "local"))))]
macro_rules! __body {
    ($($types:tt)*) => {
        $crate::__private::Payload::UNKNOWN
    };
}
