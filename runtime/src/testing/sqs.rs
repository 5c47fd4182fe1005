//! SQS events for tests.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::testing::{IntoEvent, common};

/// A batch of messages from one queue, as Lambda hands it to a function.
///
/// ```
/// use lambkin::testing::sqs::{Batch, Message};
/// use serde_json::json;
///
/// let batch = Batch::of([json!({"id": "a"}), json!({"id": "b"})]);
/// let fifo = Batch::new()
///     .queue("orders.fifo")
///     .message(Message::json(&json!({"id": "a"})).group("eu"))
///     .message(Message::text("not json").group("us").receive_count(3).id("second"));
/// ```
#[derive(Clone, Debug)]
pub struct Batch {
    queue: String,
    messages: Vec<Message>,
}

impl Default for Batch {
    fn default() -> Self {
        Self::new()
    }
}

impl Batch {
    /// A batch without messages, from a standard queue named `queue`.
    pub fn new() -> Self {
        Self { queue: "queue".to_owned(), messages: Vec::new() }
    }

    /// A batch with a message per payload.
    pub fn of<T: Serialize>(payloads: impl IntoIterator<Item = T>) -> Self {
        payloads.into_iter().fold(Self::new(), |batch, payload| batch.message(Message::json(&payload)))
    }

    /// The queue's name; one that ends in `.fifo` is a FIFO queue.
    #[must_use]
    pub fn queue(mut self, name: &str) -> Self {
        self.queue = name.to_owned();
        self
    }

    /// Adds a message. Without an identifier of its own it is called `message-` and its index.
    #[must_use]
    pub fn message(mut self, message: Message) -> Self {
        self.messages.push(message);
        self
    }
}

impl IntoEvent for Batch {
    fn into_event(self) -> Vec<u8> {
        let arn = common::arn("sqs", &self.queue);
        let messages = self.messages.into_iter().enumerate();
        let records: Vec<Value> = messages.map(|(index, message)| message.into_record(index, &arn)).collect();
        json!({ "Records": records }).into_event()
    }
}

/// One message of a [`Batch`].
#[derive(Clone, Debug)]
pub struct Message {
    id: Option<String>,
    body: String,
    group: Option<String>,
    receive_count: u64,
    attributes: Map<String, Value>,
    has_id: bool,
}

impl Message {
    /// A message with this payload as its JSON body.
    ///
    /// # Panics
    /// If the payload does not serialise.
    pub fn json<T: Serialize>(payload: &T) -> Self {
        Self::text(common::to_json(payload))
    }

    /// A message with this body as it is.
    pub fn text(body: impl Into<String>) -> Self {
        Self { id: None, body: body.into(), group: None, receive_count: 1, attributes: Map::new(), has_id: true }
    }

    /// The message's identifier.
    #[must_use]
    pub fn id(mut self, id: &str) -> Self {
        self.id = Some(id.to_owned());
        self
    }

    /// Leaves the identifier out, which no queue does.
    #[must_use]
    pub fn without_id(mut self) -> Self {
        self.has_id = false;
        self
    }

    /// The message group.
    #[must_use]
    pub fn group(mut self, group: &str) -> Self {
        self.group = Some(group.to_owned());
        self
    }

    /// How often the message was delivered, this time included; 1 by default.
    #[must_use]
    pub fn receive_count(mut self, count: u64) -> Self {
        self.receive_count = count;
        self
    }

    /// A message attribute of type `String`.
    #[must_use]
    pub fn attribute(mut self, name: &str, value: &str) -> Self {
        let attribute =
            json!({"stringValue": value, "stringListValues": [], "binaryListValues": [], "dataType": "String"});
        self.attributes.insert(name.to_owned(), attribute);
        self
    }

    fn into_record(self, index: usize, arn: &str) -> Value {
        let id = self.id.unwrap_or_else(|| format!("message-{index}"));
        let mut attributes = json!({
            "ApproximateReceiveCount": self.receive_count.to_string(),
            "SentTimestamp": "1545082649183",
            "SenderId": "AIDAIENQZJOLO23YVJ4VO",
            "ApproximateFirstReceiveTimestamp": "1545082649185"
        });
        if let (Some(group), Some(attributes)) = (self.group, attributes.as_object_mut()) {
            attributes.insert("MessageGroupId".to_owned(), group.into());
            attributes.insert("MessageDeduplicationId".to_owned(), id.clone().into());
            attributes.insert("SequenceNumber".to_owned(), format!("{:020}", index + 1).into());
        }
        let mut record = json!({
            "receiptHandle": format!("receipt-{index}"),
            "body": self.body,
            "attributes": attributes,
            "messageAttributes": self.attributes,
            "eventSource": "aws:sqs",
            "eventSourceARN": arn,
            "awsRegion": "us-east-1"
        });
        if let (true, Some(fields)) = (self.has_id, record.as_object_mut()) {
            fields.insert("messageId".to_owned(), id.into());
        }
        record
    }
}
