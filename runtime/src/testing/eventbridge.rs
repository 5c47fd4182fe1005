//! EventBridge events and schedules for tests.

use serde::Serialize;
use serde_json::{Value, json};

use crate::testing::IntoEvent;
use crate::testing::common;

/// An event of EventBridge, as Lambda hands it to a function.
///
/// A schedule with an input of its own sends just that: give a [`serde_json::Value`] to
/// [`TestApp::invoke`](crate::testing::TestApp::invoke).
///
/// ```
/// use lambkin::testing::eventbridge::Event;
/// use serde_json::json;
///
/// let shipped = Event::of(json!({"order": "o-1"})).source("com.example.shop").detail_type("Order shipped");
/// let tick = Event::scheduled();
/// ```
#[derive(Clone, Debug)]
pub struct Event {
    id: String,
    source: String,
    detail_type: String,
    time: String,
    resources: Vec<String>,
    detail: Value,
}

impl Event {
    /// An event with this detail.
    ///
    /// # Panics
    /// If the detail does not serialise.
    pub fn of(detail: impl Serialize) -> Self {
        Self {
            id: "event-0".to_owned(),
            source: "source".to_owned(),
            detail_type: "type".to_owned(),
            time: "2018-12-17T21:37:29Z".to_owned(),
            resources: Vec::new(),
            detail: common::to_value(detail),
        }
    }

    /// The event of a schedule, as a rule sends it.
    pub fn scheduled() -> Self {
        let mut event = Self::of(json!({})).source("aws.events").detail_type("Scheduled Event");
        event.resources.push(common::arn("events", "rule/rule"));
        event
    }

    /// The event's identifier.
    #[must_use]
    pub fn id(mut self, id: &str) -> Self {
        self.id = id.to_owned();
        self
    }

    /// Who sent it.
    #[must_use]
    pub fn source(mut self, source: &str) -> Self {
        self.source = source.to_owned();
        self
    }

    /// What the detail is about.
    #[must_use]
    pub fn detail_type(mut self, detail_type: &str) -> Self {
        self.detail_type = detail_type.to_owned();
        self
    }

    /// When it happened, as RFC 3339 writes it.
    #[must_use]
    pub fn time(mut self, time: &str) -> Self {
        self.time = time.to_owned();
        self
    }

    /// Adds an ARN that the event is about.
    #[must_use]
    pub fn resource(mut self, arn: &str) -> Self {
        self.resources.push(arn.to_owned());
        self
    }
}

impl IntoEvent for Event {
    fn into_event(self) -> Vec<u8> {
        json!({
            "version": "0",
            "id": self.id,
            "detail-type": self.detail_type,
            "source": self.source,
            "account": "123456789012",
            "time": self.time,
            "region": "us-east-1",
            "resources": self.resources,
            "detail": self.detail
        })
        .into_event()
    }
}
