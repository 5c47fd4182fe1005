#![deny(warnings)]

use lambkin::prelude::*;
use lambkin::source::sqs;
use lambkin::testing::TestApp;
use lambkin::testing::sqs::{Batch, Message};
use lambkin::{Failure, FromRecord};

struct Tenant<'r>(&'r str);

impl<'r> FromRecord<'r, sqs::Record<'r>> for Tenant<'r> {
    fn from_record(record: &'r sqs::Record<'r>, cx: &Context) -> Result<Self, Failure> {
        let message = SqsMessage::from_record(record, cx)?;
        message.body().split(':').next().map(Tenant).ok_or_else(|| Failure::malformed("no tenant"))
    }
}

/// An extractor that could be decoded as well stays an extractor.
#[derive(Deserialize)]
struct Length(usize);

impl<'r> FromRecord<'r, sqs::Record<'r>> for Length {
    fn from_record(record: &'r sqs::Record<'r>, cx: &Context) -> Result<Self, Failure> {
        Ok(Self(SqsMessage::from_record(record, cx)?.body().len()))
    }
}

#[handler(sqs)]
async fn fulfil(tenant: Tenant<'_>, Length(length): Length, body: RawBody<'_>) -> Result<(), Error> {
    assert_eq!((tenant.0, length, &*body), ("acme", 6, "acme:7"));
    Ok(())
}

lambkin::app! { handlers: [fulfil] }

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let batch = Batch::new().message(Message::text("acme:7"));
    assert!(TestApp::<App>::new().invoke("fulfil", batch).await.failed().is_empty());
}
