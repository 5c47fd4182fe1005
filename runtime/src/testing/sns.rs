//! SNS events for tests.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::testing::{IntoEvent, common};

/// A message from a topic, as Lambda hands it to a function: one per event.
///
/// ```
/// use lambkin::testing::sns::Message;
/// use serde_json::json;
///
/// let message = Message::json(&json!({"id": "a"})).topic("orders").subject("new").attribute("kind", "order");
/// let text = Message::text("not json").id("first");
/// ```
#[derive(Clone, Debug)]
pub struct Message {
    id: String,
    topic: String,
    message: String,
    subject: Option<String>,
    attributes: Map<String, Value>,
}

impl Message {
    /// A message with this payload as JSON.
    ///
    /// # Panics
    /// If the payload does not serialise.
    pub fn json<T: Serialize>(payload: &T) -> Self {
        Self::text(common::to_json(payload))
    }

    /// A message with this text as it is, from a topic named `topic`.
    pub fn text(message: impl Into<String>) -> Self {
        Self {
            id: "message-0".to_owned(),
            topic: "topic".to_owned(),
            message: message.into(),
            subject: None,
            attributes: Map::new(),
        }
    }

    /// The message's identifier; `message-0` by default.
    #[must_use]
    pub fn id(mut self, id: &str) -> Self {
        self.id = id.to_owned();
        self
    }

    /// The topic's name.
    #[must_use]
    pub fn topic(mut self, name: &str) -> Self {
        self.topic = name.to_owned();
        self
    }

    /// The subject.
    #[must_use]
    pub fn subject(mut self, subject: &str) -> Self {
        self.subject = Some(subject.to_owned());
        self
    }

    /// A message attribute of type `String`.
    #[must_use]
    pub fn attribute(mut self, name: &str, value: &str) -> Self {
        self.attributes.insert(name.to_owned(), json!({"Type": "String", "Value": value}));
        self
    }
}

impl IntoEvent for Message {
    fn into_event(self) -> Vec<u8> {
        let topic = common::arn("sns", &self.topic);
        let record = json!({
            "EventVersion": "1.0",
            "EventSubscriptionArn": format!("{topic}:subscription"),
            "EventSource": "aws:sns",
            "Sns": {
                "Type": "Notification",
                "MessageId": self.id,
                "TopicArn": topic,
                "Subject": self.subject,
                "Message": self.message,
                "Timestamp": "2018-12-17T21:37:29.183Z",
                "SignatureVersion": "1",
                "Signature": "signature",
                "SigningCertUrl": "https://sns.us-east-1.amazonaws.com/certificate.pem",
                "UnsubscribeUrl": "https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe",
                "MessageAttributes": self.attributes
            }
        });
        json!({ "Records": [record] }).into_event()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Context;
    use crate::record::FromRecord;
    use crate::source::BatchSource;
    use crate::source::sns::{Sns, SnsMessage};

    #[test]
    fn a_message_is_an_event_of_its_source() {
        let message = Message::json(&json!({"id": "a"})).topic("orders").attribute("kind", "order");
        let event = String::from_utf8(message.into_event()).unwrap();
        let ((), records) = Sns::decode(&event).unwrap();
        let context = Context::new(lambda_runtime::Context::default());
        let message = SnsMessage::from_record(&records[0], &context).unwrap();
        assert_eq!((message.message_id(), message.message()), ("message-0", r#"{"id":"a"}"#));
        assert!(message.topic_arn().unwrap().ends_with(":orders") && message.subject().is_none());
        assert!(message.timestamp().is_some());
        assert_eq!(message.message_attribute("kind").unwrap().value().as_deref(), Some("order"));
    }
}
