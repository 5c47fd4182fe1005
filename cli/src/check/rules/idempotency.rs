//! Idempotency: whether records have a place, and stay there for as long as they have to.

use crate::check::codes;
use crate::check::finding::Findings;
use crate::check::matching::Pair;
use crate::check::observed::{Attribute, Field, Mapping, Observed, Part, Polled, Table, Text};
use crate::check::rules::{Whole, permissions::may, shown};
use crate::check::words;
use crate::manifest::Idempotency;
use crate::template::plan::config::{STORE, needs_store};

/// The names that lambkin's store has where the URL has no others.
const KEY: &str = "id";
const EXPIRATION: &str = "expiration";

pub(super) fn check(pair: &Pair<'_>, whole: &Whole<'_>, findings: &mut Findings) {
    expiry(pair, whole, findings);
    if !needs_store(pair.handler) {
        return;
    }
    let function = pair.function;
    let environment = &function.environment;
    let Some(variable) = environment.variables.iter().find(|variable| variable.name == STORE) else {
        if !environment.is_open {
            let place = environment.place.as_ref().unwrap_or(&function.place);
            let message = format!("`#[idempotent]` keeps records, and the variable {STORE} does not say where");
            let fix = words::variable(place, STORE, "dynamodb://TABLE");
            findings.add(&codes::STORE_MISSING, place, message, fix);
        }
        return;
    };
    let Some(url) = variable.value.value() else { return };
    let start = match url.0.first() {
        Some(Part::Literal(start)) => start.as_str(),
        Some(_) => return,
        None => "",
    };
    if start.is_empty() {
        let message = format!("the variable {STORE} is empty, which counts as missing");
        let fix = words::variable(&variable.place, STORE, "dynamodb://TABLE");
        findings.add(&codes::STORE_MISSING, &variable.place, message, fix);
    } else if let Some(store) = ["file:", "memory:"].into_iter().find(|store| start.starts_with(store)) {
        let message = format!("the variable {STORE} is `{store}…`, which is an environment's own");
        let fix = words::variable(&variable.place, STORE, "dynamodb://TABLE");
        findings.add(&codes::STORE_NOT_SHARED, &variable.place, message, fix);
    } else if start.starts_with("dynamodb://") {
        table(pair, Url::of(url), whole.observed, findings);
    } else if !["redis://", "rediss://"].iter().any(|store| start.starts_with(store)) && url.known().is_some() {
        let message = format!(
            "the variable {STORE} names no store: it begins with none of `dynamodb://`, `redis://`, `rediss://`"
        );
        let fix = words::variable(&variable.place, STORE, "dynamodb://TABLE");
        findings.add(&codes::STORE_MISSING, &variable.place, message, fix);
    }
}

/// `dynamodb://TABLE?partition_key=pk`.
struct Url {
    table: Text,
    /// `None` if what stands behind the `?` is not all known.
    parameters: Option<String>,
}

impl Url {
    fn of(url: &Text) -> Self {
        let mut table = Text::default();
        let mut parts = url.0.iter().enumerate();
        while let Some((index, part)) = parts.next() {
            let Part::Literal(text) = part else {
                table.0.push(part.clone());
                continue;
            };
            let text = if index == 0 { text.trim_start_matches("dynamodb://") } else { text };
            let (before, after) = text.split_once('?').map_or((text, None), |(before, after)| (before, Some(after)));
            if !before.is_empty() {
                table.0.push(Part::Literal(before.to_owned()));
            }
            if let Some(after) = after {
                let is_whole = parts.next().is_none();
                return Self { table, parameters: is_whole.then(|| after.to_owned()) };
            }
        }
        Self { table, parameters: Some(String::new()) }
    }

    /// A parameter, or what stands for it; `None` if that is not known.
    fn parameter<'u>(&'u self, name: &str, default: Option<&'u str>) -> Option<Option<&'u str>> {
        let pairs = self.parameters.as_deref()?.split('&').filter_map(|pair| pair.split_once('='));
        Some(pairs.into_iter().find(|(key, _)| *key == name).map(|(_, value)| value).or(default))
    }
}

fn table(pair: &Pair<'_>, url: Url, observed: &Observed, findings: &mut Findings) {
    let found = observed.table(&url.table);
    permission(pair, &url, found, observed, findings);
    let Some(table) = found else { return };
    let wanted = |name, default| url.parameter(name, default);
    // A sort key makes the identifier one: both are named then.
    let keys = [
        (&table.partition_key, wanted("partition_key", Some(KEY)), "partition key"),
        (&table.sort_key, wanted("sort_key", None), "sort key"),
    ];
    for (field, wanted, what) in keys {
        let (Some(wanted), false) = (wanted, field.is_unknown()) else { continue };
        let found = field.value().map(String::as_str);
        if found != wanted {
            let place = field.place().unwrap_or(&table.place);
            let quoted = |name: Option<&str>| name.map_or_else(|| "none".to_owned(), |name| format!("`{name}`"));
            let message = format!("the {what} of records is {}, and this table's is {}", quoted(wanted), quoted(found));
            let parameter = what.replace(' ', "_");
            let fix = match found {
                Some(found) => {
                    format!("a table whose {what} is {}, or `?{parameter}={found}` in {STORE}", quoted(wanted))
                }
                None => format!("a table whose {what} is {}", quoted(wanted)),
            };
            findings.add(&codes::TABLE_KEY, place, message, fix);
        }
    }
    let (Some(Some(wanted)), false) = (wanted("expiration", Some(EXPIRATION)), table.ttl.is_unknown()) else { return };
    let found = table.ttl.value();
    if found.is_none_or(|found| found != wanted) {
        let place = table.ttl.place().unwrap_or(&table.place);
        let message = match found {
            Some(found) => format!("records expire by `{wanted}`, and this table's items by `{found}`"),
            None => "nothing removes the records that have expired from this table".to_owned(),
        };
        let fix = match words::Language::of(place) {
            words::Language::Terraform => format!("`ttl {{ attribute_name = \"{wanted}\", enabled = true }}`"),
            _ => format!("`TimeToLiveSpecification: {{ AttributeName: {wanted}, Enabled: true }}`"),
        };
        findings.add(&codes::TABLE_TTL, place, message, fix);
    }
}

fn permission(pair: &Pair<'_>, url: &Url, table: Option<&Table>, observed: &Observed, findings: &mut Findings) {
    let permissions = &pair.function.permissions;
    if permissions.unread.is_some() {
        return;
    }
    let resource = match (table, url.table.0.as_slice()) {
        (Some(table), _) => Text(vec![Part::Of { address: table.address.clone(), attribute: Attribute::Arn }]),
        (None, [Part::Of { address, .. }]) => {
            Text(vec![Part::Of { address: address.clone(), attribute: Attribute::Arn }])
        }
        (None, parts) => {
            let literal = |text: &str| Part::Literal(text.to_owned());
            let head =
                [literal("arn:"), Part::Partition, literal(":dynamodb:"), Part::Region, literal(":"), Part::Account];
            Text([&head[..], &[literal(":table/")], parts].concat())
        }
    };
    // A claim that is refused brings the old record along, so nothing else is asked for.
    let wanted = ["dynamodb:DeleteItem", "dynamodb:PutItem"];
    let lacking: Vec<&str> =
        wanted.into_iter().filter(|action| !may(permissions, action, &resource, observed)).collect();
    if !lacking.is_empty() {
        let place = permissions.place.as_ref().unwrap_or(&pair.function.place);
        let message = format!("its role lacks {} on the table of idempotency records, {resource}", lacking.join(", "));
        findings.add(&codes::STORE_PERMISSION, place, message, words::statement(place, &lacking, &[resource]));
    }
}

/// A message that comes again after its record has expired.
fn expiry(pair: &Pair<'_>, whole: &Whole<'_>, findings: &mut Findings) {
    let Some(expires) = pair.handler.idempotency.as_ref().and_then(|Idempotency { expires_ms, .. }| *expires_ms) else {
        return;
    };
    let polled = |mapping: &&&Mapping| mapping.kind == Some(Polled::Sqs);
    for mapping in pair.mappings.iter().filter(polled) {
        let Some(queue) = mapping.source.value().and_then(|source| whole.observed.queue(source)) else { continue };
        let (Some(hidden), Field::Known(count, _)) = (queue.visibility_timeout.value(), &queue.max_receive_count)
        else {
            continue;
        };
        // From the first delivery to the last.
        let again = hidden.saturating_mul(count.saturating_sub(1));
        if again > expires / 1000 {
            let place = queue.visibility_timeout.place().unwrap_or(&queue.place);
            let message = format!(
                "records are kept for {}, and a message may come for the last time {again} s after the first",
                shown(Some(&(expires / 1000)), "s")
            );
            let fix = format!("`expires = \"{again}s\"` or more in `#[idempotent]`, or a shorter visibility timeout");
            findings.add(&codes::RECORDS_EXPIRE, place, message, fix);
        }
    }
}
