//! Errors as answers: all kinds of types, by hand and with thiserror.
#![deny(warnings)]

use std::fmt;

use lambkin::prelude::*;

#[derive(Debug, thiserror::Error, HttpError)]
pub enum ApiError {
    #[error("there is no user {0}")]
    #[status(404)]
    NoSuchUser(u64),
    #[error("{name} is taken")]
    #[status(409, kind = "https://errors.example.com/name-taken", title = "Name taken",)]
    Taken { name: String },
    #[error("try again later")]
    #[status(503, retry_after = "1m 30s")]
    Busy,
    #[error(transparent)]
    #[status(transparent)]
    Payment(#[from] PaymentError),
    #[error("the field {}", .r#type)]
    #[status(transparent)]
    Named { r#type: Box<PaymentError> },
    #[error("raw")]
    #[status(500)]
    r#Move,
    #[cfg(any())]
    Left(NotThere),
    #[deprecated]
    #[error("old")]
    #[status(410)]
    Old,
    #[error("itself")]
    #[status(transparent)]
    Again(Box<ApiError>),
}

#[derive(Debug, HttpError)]
#[status(402)]
pub struct PaymentError;

impl fmt::Display for PaymentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("declined")
    }
}

impl std::error::Error for PaymentError {}

// A private type in a public one.
#[derive(Debug, thiserror::Error, HttpError)]
#[error("private")]
#[status(500)]
struct Inner;

#[derive(Debug, thiserror::Error, HttpError)]
#[error(transparent)]
#[status(transparent)]
pub struct Outer(#[from] Inner);

#[derive(Debug, thiserror::Error, HttpError)]
#[error("{value}")]
#[status(400)]
pub struct Generic<T: fmt::Display = u64, const N: usize = 1>
where
    T: fmt::Debug,
{
    value: T,
}

#[derive(Debug, thiserror::Error, HttpError)]
pub enum Through<'a, E> {
    #[error("borrowed {0}")]
    #[status(422)]
    Borrowed(&'a str),
    #[error("through")]
    #[status(transparent)]
    Inner(E),
    #[error("again")]
    #[status(transparent)]
    Again(Box<Through<'a, E>>),
}

#[derive(Debug, thiserror::Error, HttpError)]
pub enum Never {}

macro_rules! errors {
    ($($name:ident = $status:literal, $text:literal;)*) => {
        #[derive(Debug, thiserror::Error, HttpError)]
        pub enum Listed {
            $(#[error($text)] #[status($status, title = $text)] $name,)*
        }
    };
}

errors! {
    One = 400, "one";
    Two = 500, "two";
}

#[handler(invoke)]
async fn quote(id: u64) -> Result<(), ApiError> {
    Err(ApiError::NoSuchUser(id))
}

lambkin::app! { handlers: [quote] }

fn is_answer<E: HttpError + lambkin::http::IntoResponse>(error: E) -> u16 {
    error.problem().status().as_u16()
}

fn main() {
    let _ = App::default;
    let payment = || Box::new(PaymentError);
    assert_eq!(is_answer(ApiError::NoSuchUser(7)), 404);
    assert_eq!(is_answer(ApiError::Taken { name: String::new() }), 409);
    assert_eq!(is_answer(ApiError::Busy), 503);
    assert_eq!(is_answer(ApiError::from(PaymentError)), 402);
    assert_eq!(is_answer(ApiError::Named { r#type: payment() }), 402);
    assert_eq!(is_answer(ApiError::r#Move), 500);
    #[allow(deprecated)]
    let old = ApiError::Old;
    assert_eq!(is_answer(ApiError::Again(Box::new(old))), 410);
    assert_eq!(is_answer(Outer(Inner)), 500);
    assert_eq!(is_answer(Generic::<_, 2> { value: 7 }), 400);
    assert_eq!(is_answer(Through::<PaymentError>::Borrowed("a")), 422);
    assert_eq!(is_answer(Through::Inner(PaymentError)), 402);
    assert_eq!(is_answer(Through::Again(Box::new(Through::Inner(PaymentError)))), 402);
    assert_eq!([Listed::One, Listed::Two].map(is_answer), [400, 500]);
    let _ = is_answer::<Never>;
}
