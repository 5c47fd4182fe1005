//! What functions need besides themselves.

use crate::template::cloudformation::DEAD_LETTER_RETENTION;
use crate::template::model::{Key, Queue, Table};
use crate::template::plan::names::snake;
use crate::template::terraform::Writer;
use crate::template::terraform::hcl::{Body, Expr};

impl Writer<'_> {
    /// Everything that is neither a function nor what invokes one.
    pub(super) fn shared(&self, file: &mut Body) {
        self.of.queues.iter().for_each(|queue| self.queue(queue, file));
        for queue in &self.of.failure_queues {
            let body = Body::new()
                .with("name", self.text(&queue.name))
                .with("message_retention_seconds", DEAD_LETTER_RETENTION)
                .with("sqs_managed_sse_enabled", true);
            file.resource("aws_sqs_queue", &snake(&queue.id), body);
        }
        for stream in &self.of.streams {
            let body = Body::new()
                .with("name", self.text(&stream.name))
                .with("encryption_type", "KMS")
                .with("kms_key_id", "alias/aws/kinesis")
                .block("stream_mode_details", Body::new().with("stream_mode", "ON_DEMAND"));
            file.resource("aws_kinesis_stream", &snake(&stream.id), body);
        }
        self.of.tables.iter().for_each(|table| self.table(table, file));
        for topic in &self.of.topics {
            file.resource("aws_sns_topic", &snake(&topic.id), Body::new().with("name", self.text(&topic.name)));
        }
        for bus in &self.of.buses {
            file.resource("aws_cloudwatch_event_bus", &snake(&bus.id), Body::new().with("name", self.text(&bus.name)));
        }
        for bucket in &self.of.buckets {
            let label = snake(&bucket.id);
            file.resource("aws_s3_bucket", &label, Body::new().with("bucket", self.text(&bucket.name)));
            let blocked = ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"];
            let body = Body::new().with("bucket", Expr::Raw(format!("aws_s3_bucket.{label}.id")));
            let body = blocked.into_iter().fold(body, |body, name| body.with(name, true));
            file.resource("aws_s3_bucket_public_access_block", &label, body);
        }
        self.notifications(file);
    }

    fn queue(&self, queue: &Queue, file: &mut Body) {
        let Queue { id, name, dead_letters, moves_to, is_fifo, visibility_timeout, max_receive_count } = queue;
        let label = snake(id);
        let fifo = is_fifo.then_some(true);
        let redrive = Expr::Object(vec![
            ("deadLetterTargetArn".to_owned(), self.text(&queue.dead_letter_queue().arn())),
            ("maxReceiveCount".to_owned(), (*max_receive_count).into()),
        ]);
        let body = Body::new()
            .with("name", self.text(name))
            .maybe("fifo_queue", fifo)
            .comment("Six times the function's timeout, and the batch window.")
            .with("visibility_timeout_seconds", *visibility_timeout)
            .maybe("message_retention_seconds", self.of.takes_dead_letters(queue).then_some(DEAD_LETTER_RETENTION))
            .with("sqs_managed_sse_enabled", true)
            .with("redrive_policy", Expr::Call("jsonencode", Box::new(redrive)));
        file.resource("aws_sqs_queue", &label, body);
        if moves_to.is_some() {
            return;
        }
        let body = Body::new()
            .with("name", self.text(dead_letters))
            .maybe("fifo_queue", fifo)
            .with("message_retention_seconds", DEAD_LETTER_RETENTION)
            .with("sqs_managed_sse_enabled", true);
        file.resource("aws_sqs_queue", &format!("{label}_dead_letters"), body);
    }

    fn table(&self, table: &Table, file: &mut Body) {
        let Table { id, name, partition_key, sort_key, ttl, stream } = table;
        let attribute = |key: &Key| Body::new().with("name", &key.name).with("type", key.ty);
        let ttl = ttl.map(|name| Body::new().with("attribute_name", name).with("enabled", true));
        let body = Body::new()
            .with("name", self.text(name))
            .with("billing_mode", "PAY_PER_REQUEST")
            .with("hash_key", &partition_key.name)
            .maybe("range_key", sort_key.as_ref().map(|key| &key.name))
            .maybe("stream_enabled", stream.as_ref().map(|_| true))
            .maybe("stream_view_type", stream.as_ref())
            .block("attribute", attribute(partition_key))
            .maybe_block("attribute", sort_key.as_ref().map(attribute))
            .maybe_block("ttl", ttl);
        file.resource("aws_dynamodb_table", &snake(id), body);
    }
}
