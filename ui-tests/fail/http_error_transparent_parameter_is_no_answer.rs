use lambkin::prelude::*;

#[derive(Debug, thiserror::Error, HttpError)]
enum Through<E> {
    #[error("through")]
    #[status(transparent)]
    Inner(E),
}

fn answer(_: impl HttpError) {}

fn main() {
    answer(Through::Inner(std::fmt::Error));
}
