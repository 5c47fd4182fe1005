//! Routes.

use lambkin::http::{Problem, StatusCode};
use lambkin::prelude::*;

/// There is nobody of that number.
#[derive(Debug)]
pub(crate) struct NoSuchUser;

impl std::fmt::Display for NoSuchUser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("no such user: sesame")
    }
}

impl std::error::Error for NoSuchUser {}

impl HttpError for NoSuchUser {
    fn problem(&self) -> Problem {
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

#[handler(http)]
pub(crate) mod api {
    use super::*;

    #[get("/users/{id}")]
    async fn show(id: u32) -> Result<Json<u32>, NoSuchUser> {
        tracing::info_span!("load").in_scope(|| ());
        match id {
            0 => Err(NoSuchUser),
            _ => Ok(Json(id)),
        }
    }

    #[post("/users")]
    async fn create() -> StatusCode {
        StatusCode::BAD_GATEWAY
    }
}
