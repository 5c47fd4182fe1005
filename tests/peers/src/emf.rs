//! CloudWatch, as far as it reads documents in its embedded format: a line is checked by the rules of the format, and a metric
//! is what it would be in a graph.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use jsonschema::Validator;
use serde_json::{Map, Value};

/// Which metric: its name, its unit and its dimensions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Metric {
    /// The name.
    pub name: String,
    /// The unit.
    pub unit: Option<String>,
    /// The dimensions with their values.
    pub dimensions: BTreeMap<String, String>,
}

/// A document, as CloudWatch takes it.
#[derive(Clone, Debug)]
pub struct Document {
    /// The namespace.
    pub namespace: String,
    /// The metrics with all of their values; what occurs several times is here as often.
    pub metrics: BTreeMap<Metric, Vec<f64>>,
    /// The document itself.
    pub json: Value,
}

impl Document {
    /// The document on this line.
    ///
    /// # Errors
    /// What breaks a rule of the format.
    pub fn read(line: &str) -> Result<Self, String> {
        if line.len() > 1024 * 1024 || line.contains('\n') {
            return Err(format!("{} bytes on one line, or on several", line.len()));
        }
        let members: Members = serde_json::from_str(line).map_err(|error| format!("no JSON object: {error}"))?;
        let json = Value::Object(members.0);
        let faults: Vec<String> =
            schema().iter_errors(&json).map(|error| format!("{}: {error}", error.instance_path())).collect();
        if !faults.is_empty() {
            return Err(faults.join("; "));
        }
        let directives = json.pointer("/_aws/CloudWatchMetrics").map(array).unwrap_or_default();
        let [directive] = directives else { return Err("more than one directive".to_owned()) };
        let mut metrics = BTreeMap::new();
        for set in array(&directive["Dimensions"]) {
            let dimensions =
                array(set).iter().map(|name| dimension(&json, text(name))).collect::<Result<BTreeMap<_, _>, _>>()?;
            for definition in array(&directive["Metrics"]) {
                let name = text(&definition["Name"]);
                let unit = definition.get("Unit").map(|unit| text(unit).to_owned());
                let metric = Metric { name: name.to_owned(), unit, dimensions: dimensions.clone() };
                metrics.insert(metric, values(name, json.get(name))?);
            }
        }
        Ok(Self { namespace: text(&directive["Namespace"]).to_owned(), metrics, json })
    }

    /// The values of a metric, whatever its dimensions.
    pub fn values(&self, name: &str) -> Vec<f64> {
        self.metrics.iter().filter(|(metric, _)| metric.name == name).flat_map(|(_, values)| values.clone()).collect()
    }
}

/// An object of which each member stands once: readers of JSON make different things of others.
struct Members(Map<String, Value>);

impl<'de> serde::Deserialize<'de> for Members {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visit;
        impl<'de> serde::de::Visitor<'de> for Visit {
            type Value = Members;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<M: serde::de::MapAccess<'de>>(self, mut access: M) -> Result<Members, M::Error> {
                let mut members = Map::new();
                while let Some((name, value)) = access.next_entry::<String, Value>()? {
                    if members.insert(name.clone(), value).is_some() {
                        return Err(serde::de::Error::custom(format!("`{name}` stands twice")));
                    }
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Visit)
    }
}

#[allow(clippy::expect_used, reason = "the schema is part of this program")]
fn schema() -> &'static Validator {
    static SCHEMA: OnceLock<Validator> = OnceLock::new();
    SCHEMA.get_or_init(|| {
        let schema = serde_json::from_str(include_str!("emf.json")).expect("the schema is JSON");
        jsonschema::validator_for(&schema).expect("the schema is one")
    })
}

fn array(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn dimension(json: &Value, name: &str) -> Result<(String, String), String> {
    let value = json.get(name).and_then(Value::as_str).ok_or_else(|| format!("the dimension `{name}` has no text"))?;
    let is_printable = value.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if value.trim().is_empty() || name.trim().is_empty() || value.len() > 1024 || !is_printable {
        return Err(format!("the dimension `{name}` is refused: {value:?}"));
    }
    Ok((name.to_owned(), value.to_owned()))
}

/// The values of a metric: a number, up to a hundred, or `Values` with how often each of them occurred.
fn values(name: &str, member: Option<&Value>) -> Result<Vec<f64>, String> {
    let number = |value: &Value| {
        let number = value.as_f64().filter(|number| number.abs() <= 2_f64.powi(360));
        number.ok_or_else(|| format!("a value of `{name}` is refused: {value}"))
    };
    match member {
        Some(Value::Array(values)) if (1..=100).contains(&values.len()) => values.iter().map(number).collect(),
        Some(Value::Object(form)) if form.len() == 2 => {
            let (values, counts) = (array(&form["Values"]), array(&form["Counts"]));
            if values.len() != counts.len() || !(1..=100).contains(&values.len()) {
                return Err(format!("`{name}` has {} values with {} counts", values.len(), counts.len()));
            }
            let repeated = values.iter().zip(counts).map(|(value, count)| {
                let count = count.as_u64().and_then(|count| usize::try_from(count).ok()).unwrap_or_default();
                Ok(vec![number(value)?; count])
            });
            Ok(repeated.collect::<Result<Vec<_>, String>>()?.concat())
        }
        Some(value @ Value::Number(_)) => Ok(vec![number(value)?]),
        other => Err(format!("`{name}` has no values: {other:?}")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

    use serde_json::json;

    use super::*;

    fn document(change: impl FnOnce(&mut Value)) -> Result<Document, String> {
        let mut json = json!({
            "_aws": {
                "Timestamp": 1_700_000_000_000_u64,
                "CloudWatchMetrics": [{"Namespace": "Shop", "Dimensions": [["Size"]], "Metrics": [{"Name": "Orders", "Unit": "Count"}]}],
            },
            "Size": "small",
            "Orders": [1, 2],
            "requestId": "1",
        });
        change(&mut json);
        Document::read(&json.to_string())
    }

    #[test]
    fn a_document_is_read() {
        let read = document(|_| {}).unwrap();
        assert_eq!((read.namespace.as_str(), read.values("Orders")), ("Shop", vec![1.0, 2.0]));
        let counted = document(|json| json["Orders"] = json!({"Values": [0.5, 3], "Counts": [1, 2]})).unwrap();
        assert_eq!(counted.values("Orders"), [0.5, 3.0, 3.0]);
    }

    #[test]
    fn what_breaks_a_rule_is_refused() {
        let directive = |json: &mut Value, name: &str, value: Value| json["_aws"]["CloudWatchMetrics"][0][name] = value;
        let many = |count: usize| (0..count).map(|number| json!({"Name": format!("m{number}")})).collect::<Vec<_>>();
        let named = |count: usize| json!([(0..count).map(|number| format!("d{number}")).collect::<Vec<_>>()]);
        assert!(document(|json| json["_aws"]["Timestamp"] = json!(1.5)).is_err());
        assert!(document(|json| json["_aws"]["Timestamp"] = json!(1_700_000_000)).is_err(), "seconds");
        assert!(document(|json| directive(json, "Namespace", json!(""))).is_err());
        assert!(document(|json| directive(json, "Metrics", json!(many(101)))).is_err());
        assert!(document(|json| directive(json, "Metrics", json!([{"Name": "Orders", "Unit": "Pieces"}]))).is_err());
        assert!(document(|json| directive(json, "Metrics", json!([{"Name": "Others"}]))).is_err(), "no such member");
        assert!(document(|json| directive(json, "Dimensions", named(31))).is_err());
        assert!(document(|json| directive(json, "Dimensions", json!([]))).is_err());
        assert!(document(|json| directive(json, "Dimensions", json!([[":d"]]))).is_err());
        assert!(document(|json| json["Size"] = json!(1)).is_err());
        assert!(document(|json| json["Size"] = json!(" ")).is_err());
        assert!(document(|json| json["Orders"] = json!("1")).is_err());
        assert!(document(|json| json["Orders"] = json!(1e200)).is_err());
        assert!(document(|json| json["Orders"] = json!(vec![1; 101])).is_err());
        assert!(Document::read(r#"{"_aws": {}, "_aws": {}}"#).unwrap_err().contains("stands twice"));
    }
}
