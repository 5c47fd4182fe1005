//! Handlers of every source beside each other; what one generates does not meet what another does.
#![deny(warnings, missing_docs, unreachable_pub)]

/// Handlers.
pub mod handlers {
    use lambkin::prelude::*;

    /// The same function's worth, from one source after the other.
    macro_rules! handler_of {
        ($($source:ident $name:ident($($parameter:ident: $ty:ty),*);)*) => {
            $(
                /// Takes it.
                #[handler($source)]
                pub async fn $name($($parameter: $ty),*) -> Result<(), Error> {
                    $(let _ = $parameter;)*
                    Ok(())
                }
            )*
        };
    }

    handler_of! {
        sqs sqs(message: String);
        kinesis kinesis(data: String);
        dynamodb dynamodb(change: Change<u64>);
        kafka kafka(value: RawBytes<'_>);
        sns sns(message: RawBody<'_>);
        s3 s3(event: S3Event<'_>);
        eventbridge eventbridge(detail: u64);
        schedule schedule(input: u64);
        cloudwatch_logs cloudwatch_logs(line: RawBody<'_>, event: LogEvent<'_>);
        ses ses(mail: SesMessage<'_>);
        iot iot(reading: u64);
        event any(event: RawBody<'_>);
        invoke invoke_();
    }

    /// A batch of notifications.
    #[handler(sns)]
    pub async fn all_of_sns(batch: Batch<String, SnsMessage<'_>>) -> Processed {
        batch.rest_done()
    }

    lambkin::app! {
        handlers: [
            sqs, kinesis, dynamodb, kafka, sns, s3, eventbridge, schedule, cloudwatch_logs, ses, iot, any, invoke_,
            all_of_sns,
        ],
    }
}

fn main() {
    let _ = handlers::App::default();
}
