//! A value that nobody is to see.

use std::fmt;
use std::str::FromStr;

use zeroize::{Zeroize, ZeroizeOnDrop};

/// A value that is never printed, and wiped from memory when it is dropped.
///
/// `Debug` shows `Secret(…)` and nothing else, there is no `Display` and no `Serialize`: who wants the value says so
/// with [`expose`](Self::expose).
///
/// ```
/// use lambkin::Secret;
///
/// let password = Secret::new("correct horse".to_owned());
/// assert_eq!(format!("{password:?}"), "Secret(…)");
/// assert_eq!(password.expose(), "correct horse");
/// ```
///
/// What the value is wiped from is its own place. A copy that your code makes of it is not wiped, nor is what the network
/// layer held on the way.
pub struct Secret<T: Zeroize>(Box<T>);

impl<T: Zeroize> Secret<T> {
    /// Hides a value. In the box it has one place, so a move leaves no copy behind.
    ///
    /// ```
    /// let pin = lambkin::Secret::new(1234_u32);
    /// assert_eq!(*pin.expose(), 1234);
    /// ```
    pub fn new(value: T) -> Self {
        Self(Box::new(value))
    }

    /// The value. Search for this word to find where secrets are used.
    ///
    /// ```
    /// let token = lambkin::Secret::new("abc".to_owned());
    /// assert_eq!(token.expose().len(), 3);
    /// ```
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl<T: Zeroize + Clone> Clone for Secret<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: Zeroize> From<T> for Secret<T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl<T: Zeroize> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize> ZeroizeOnDrop for Secret<T> {}

/// A text was no value of a [`Secret`]'s type. It says no more: the type's own error may hold the text.
///
/// ```
/// let error = "12e".parse::<lambkin::Secret<u32>>().unwrap_err();
/// assert_eq!(error.to_string(), "the text does not parse");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotParsed;

impl fmt::Display for NotParsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the text does not parse")
    }
}

impl std::error::Error for NotParsed {}

impl<T: Zeroize + FromStr> FromStr for Secret<T> {
    type Err = NotParsed;

    fn from_str(text: &str) -> Result<Self, NotParsed> {
        text.parse().map(Self::new).map_err(|_| NotParsed)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[test]
    fn a_value_is_wiped_when_it_is_dropped() {
        static WIPED: AtomicBool = AtomicBool::new(false);

        struct Value;

        impl Zeroize for Value {
            fn zeroize(&mut self) {
                WIPED.store(true, Ordering::SeqCst);
            }
        }

        drop(Secret::new(Value));
        assert!(WIPED.load(Ordering::SeqCst));
    }

    #[test]
    fn nothing_prints_it() {
        let secret: Secret<String> = "hunter2".parse().unwrap();
        for text in [format!("{secret:?}"), format!("{secret:#?}"), format!("{:?}", Some(&secret))] {
            assert!(text.contains("Secret(…)") && !text.contains("hunter2"), "{text}");
        }
        assert_eq!(secret.clone().expose(), "hunter2");
        assert!(!"hunter2".parse::<Secret<u8>>().unwrap_err().to_string().contains("hunter2"));
    }
}
