//! A batch record by record: what a source of records does for a handler of one.

use crate::batch::{Outcome, engine, response};
use crate::call::Call;
use crate::error::InvocationError;
use crate::source::{BatchRecord, BatchSource, OnRecord, Source, event_text};

impl<S: BatchSource> Source for S {
    type Record<'e> = <S as BatchSource>::Record<'e>;
    type Answer = <S as BatchSource>::Answer;

    fn name<'r>(record: &'r Self::Record<'_>) -> Option<&'r str> {
        Some(record.id())
    }

    async fn serve<'c, H: OnRecord<Self>>(handler: &'c H, call: &'c Call<'c>) -> Result<Vec<u8>, InvocationError> {
        let event = S::unpack(event_text(call)?)?;
        let (envelope, records) = S::decode(&event)?;
        S::check(&records, call.spec)?;
        let workers = call.spec.concurrency.unwrap_or(S::CONCURRENCY);
        let order = S::order(&records, workers);
        let outcomes = engine::run::<S, H>(handler, &records, order, workers, call).await;
        let partial = S::IS_PARTIAL && call.spec.policy.partial;
        let summary = response::settle(call, partial, records.iter().map(BatchRecord::id), &outcomes)?;
        if outcomes.iter().all(Outcome::is_acknowledged)
            && let Some(closing) = S::close(handler, &envelope, call)
        {
            closing.await?;
        }
        let response = S::respond(&envelope, &records, &outcomes)?;
        summary.log(call);
        Ok(response)
    }
}
