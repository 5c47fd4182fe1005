//! As with a library: the app is there, the binary has the `main!`.
#![deny(warnings, unreachable_pub)]

pub mod orders {
    use lambkin::prelude::*;

    #[handler(invoke)]
    pub async fn quote() -> Result<u64, Error> {
        Ok(7)
    }

    lambkin::app! { handlers: [quote] }
}

lambkin::main!(orders::App);
