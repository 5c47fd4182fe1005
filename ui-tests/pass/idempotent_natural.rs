//! Every source whose records have a name has a key of its own.
#![deny(warnings)]

use lambkin::prelude::*;

macro_rules! natural {
    ($($source:ident($payload:ty),)*) => {
        $(
            #[handler($source)]
            #[idempotent(key = natural)]
            async fn $source(payload: $payload) -> Result<(), Error> {
                let _ = payload;
                Ok(())
            }
        )*

        lambkin::app! { handlers: [$($source),*] }
    };
}

natural! {
    sqs(u64),
    kinesis(u64),
    dynamodb(Change<u64>),
    kafka(u64),
    sns(u64),
    s3(S3Event<'_>),
    ses(SesMessage<'_>),
    eventbridge(u64),
    cloudwatch_logs(String),
    activemq(u64),
}

fn main() {
    let _ = App::default();
}
