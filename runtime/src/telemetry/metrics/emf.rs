//! Documents in CloudWatch's embedded format:
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>.
//!
//! Metrics of the same dimensions share a document as long as there is room in it. Written by hand: a document's size has to
//! be known before a metric is put into it.

use std::collections::{BTreeMap, HashSet};

use super::limits;
use super::recorder::Reading;
use super::values;

/// What the documents of one time of writing have in common.
pub(super) struct Frame<'f> {
    pub(super) namespace: &'f str,
    pub(super) timestamp_ms: u128,
    /// Dimensions of all metrics; a label of the same name takes the place of one.
    pub(super) dimensions: Vec<(String, String)>,
    /// What is no dimension, and found in the log.
    pub(super) properties: Vec<(String, String)>,
}

/// Hears of what could not be written as it was recorded: the metric's name, and what became of it.
pub(super) type Complain<'c> = &'c mut dyn FnMut(&str, &str);

/// The member that makes a line a document.
const AWS: &str = "_aws";

/// The documents with these metrics, each on one line.
pub(super) fn documents(frame: &Frame<'_>, readings: &[Reading], complain: Complain<'_>) -> Vec<String> {
    let mut places: BTreeMap<Place, Vec<&Reading>> = BTreeMap::new();
    for reading in readings {
        places.entry(Place::of(frame, reading, complain)).or_default().push(reading);
    }
    let mut all = Vec::new();
    for (place, readings) in places {
        let shell = Shell::of(frame, &place);
        let mut documents: Vec<Document> = Vec::new();
        for reading in readings {
            put(&shell, &mut documents, reading, complain);
        }
        all.extend(documents.into_iter().map(|document| shell.around(&document)));
    }
    all
}

/// What a document says besides its metrics.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    dimensions: Vec<(String, String)>,
    properties: Vec<(String, String)>,
}

impl Place {
    fn of(frame: &Frame<'_>, reading: &Reading, complain: Complain<'_>) -> Self {
        let Reading { name, labels, .. } = reading;
        let is_label = |name: &str| labels.iter().any(|(label, _)| label == name);
        let given =
            frame.dimensions.iter().filter(|(name, value)| limits::is_dimension(name, value) && !is_label(name));
        let mut dimensions: Vec<(String, String)> = given.cloned().collect();
        let mut properties = Vec::new();
        for (label, value) in labels {
            if label == AWS || !limits::is_dimension(label, value) {
                complain(name, "a label is no dimension, as its name or its value is empty, too long or not ASCII");
            } else if dimensions.len() == limits::DIMENSIONS {
                complain(name, "it has more labels than CloudWatch takes dimensions, which are 30");
            } else {
                dimensions.push((label.clone(), value.clone()));
                continue;
            }
            // In the log, it is still there.
            if label != AWS {
                properties.push(limits::property(label, value));
            }
        }
        Self { dimensions, properties }
    }
}

/// A document without its metrics.
struct Shell {
    before: String,
    after: String,
    /// The names of the members.
    taken: HashSet<String>,
}

impl Shell {
    fn of(frame: &Frame<'_>, place: &Place) -> Self {
        let names: Vec<String> = place.dimensions.iter().map(|(name, _)| quoted(name)).collect();
        let (namespace, timestamp) = (quoted(frame.namespace), frame.timestamp_ms);
        let before = format!(
            r#"{{"{AWS}":{{"Timestamp":{timestamp},"CloudWatchMetrics":[{{"Namespace":{namespace},"Dimensions":[[{}]],"Metrics":["#,
            names.join(",")
        );
        let mut after = "]}]}".to_owned();
        let mut taken = HashSet::from([AWS.to_owned()]);
        for (name, value) in place.dimensions.iter().chain(&frame.properties).chain(&place.properties) {
            if taken.insert(name.clone()) {
                after.extend([",", &quoted(name), ":", &quoted(value)]);
            }
        }
        Self { before, after, taken }
    }

    /// The name of a metric that is no other member's.
    fn free<'n>(&self, name: &'n str, complain: Complain<'_>) -> std::borrow::Cow<'n, str> {
        if !self.taken.contains(name) {
            return name.into();
        }
        let mut other = format!("{name}_");
        while self.taken.contains(&other) {
            other.push('_');
        }
        complain(name, &format!("it is written as `{other}`, as a dimension or a property has its name"));
        other.into()
    }

    fn around(&self, document: &Document) -> String {
        [&self.before, &document.definitions, &self.after, &document.members, "}"].map(|part| part as &str).concat()
    }

    fn len(&self) -> usize {
        self.before.len() + self.after.len() + 1
    }
}

/// The metrics of a document.
#[derive(Default)]
struct Document {
    names: HashSet<String>,
    definitions: String,
    members: String,
}

impl Document {
    /// Puts a metric in, unless there is no room for it.
    fn put(&mut self, shell: &Shell, name: &str, definition: &str, value: &str) -> bool {
        let member = format!(",{}:{value}", quoted(name));
        let length = self.definitions.len() + self.members.len() + definition.len() + member.len() + 1 + shell.len();
        let is_full = self.names.len() == limits::METRICS || length > limits::DOCUMENT_BYTES;
        // A document without any metric takes one of whatever size.
        if self.names.contains(name) || (is_full && !self.names.is_empty()) {
            return false;
        }
        if !self.names.is_empty() {
            self.definitions.push(',');
        }
        self.definitions.push_str(definition);
        self.members.push_str(&member);
        self.names.insert(name.to_owned())
    }
}

/// Puts a metric into the first documents with room for it, and makes new ones where there are none.
fn put(shell: &Shell, documents: &mut Vec<Document>, reading: &Reading, complain: Complain<'_>) {
    let Some(name) = limits::metric_name(&reading.name) else {
        return complain(&reading.name, "it has no name, and is not written");
    };
    if name.len() < reading.name.len() {
        complain(name, "its name is cut off after 255 characters");
    }
    let name = shell.free(name, complain);
    let (unit, factor) = reading.unit.map(values::unit).unzip();
    let (pieces, is_lossy) = values::pieces(&reading.told, factor.unwrap_or(1.0));
    if is_lossy {
        complain(&name, "what is not finite, or beyond 2 to the power of 360, is no value for CloudWatch");
    }
    let definition = match unit {
        Some(unit) => format!(r#"{{"Name":{},"Unit":"{unit}"}}"#, quoted(&name)),
        None => format!(r#"{{"Name":{}}}"#, quoted(&name)),
    };
    let mut from = 0;
    for piece in pieces {
        let rest = documents.get_mut(from..).unwrap_or_default();
        let found = rest.iter_mut().position(|document| document.put(shell, &name, &definition, &piece));
        // No document holds two pieces of one metric.
        from = match found {
            Some(at) => from + at + 1,
            None => {
                let mut document = Document::default();
                document.put(shell, &name, &definition, &piece);
                documents.push(document);
                documents.len()
            }
        };
    }
}

/// A JSON string.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}
