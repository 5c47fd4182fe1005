use lambkin::prelude::*;

#[derive(Debug, thiserror::Error, HttpError)]
enum ApiError {
    #[error("a")]
    Missing,
    #[error("b")]
    #[status(200)]
    Fine,
    #[error("c")]
    #[status(503, retry_after = "soon", titel = "Busy")]
    Busy,
    #[error("d")]
    #[status(transparent)]
    Nothing,
}

// Nothing more is said where it is used.
#[handler(invoke)]
async fn quote() -> Result<(), ApiError> {
    let error = ApiError::Missing;
    println!("{}", error.problem().status());
    Err(error)
}

lambkin::main! { handlers: [quote] }
