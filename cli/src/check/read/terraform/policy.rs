//! Policies: what `data "aws_iam_policy_document"` makes, and the statements of a document.

use std::rc::Rc;

use crate::check::observed::{Field, Place, Statement};
use crate::check::read::terraform::json;
use crate::check::read::terraform::resources::{Resources, argument, blocks, items, strings};
use crate::check::read::terraform::value::{Kind, List, Map, Value, known};

/// The document that such a data source makes of its blocks.
/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document>
pub(super) fn document(body: &Value) -> Value {
    let mut all = List::default();
    for name in ["source_json", "source_policy_documents"] {
        sources(&argument(body, name), &mut all);
    }
    for block in blocks(body, "statement") {
        if block.is_unknown() {
            all.is_open = true;
        } else {
            replace(&mut all, statement(&block));
        }
    }
    for name in ["override_json", "override_policy_documents"] {
        sources(&argument(body, name), &mut all);
    }
    let statements = Value::new(Kind::List(all), &body.place);
    Value::new(Kind::Map(Map { entries: vec![("Statement".to_owned(), statements)], is_open: false }), &body.place)
}

fn sources(value: &Value, all: &mut List) {
    for source in items(value) {
        let found = json::decoded(&source).map(|document| argument(&document, "Statement"));
        match found {
            Some(Value { of: Kind::List(list), .. }) => {
                list.items.into_iter().for_each(|statement| replace(all, statement));
                all.is_open |= list.is_open;
            }
            Some(statement @ Value { of: Kind::Map(_), .. }) => replace(all, statement),
            _ => all.is_open = true,
        }
    }
}

/// Of two statements with the same `Sid` the later one stands.
fn replace(all: &mut List, statement: Value) {
    let sid = |of: &Value| argument(of, "Sid").as_str().filter(|sid| !sid.is_empty());
    let same = sid(&statement).and_then(|new| all.items.iter_mut().find(|old| sid(old).as_ref() == Some(&new)));
    match same {
        Some(old) => *old = statement,
        None => all.items.push(statement),
    }
}

fn statement(block: &Value) -> Value {
    let names = [
        ("sid", "Sid"),
        ("effect", "Effect"),
        ("actions", "Action"),
        ("not_actions", "NotAction"),
        ("resources", "Resource"),
        ("not_resources", "NotResource"),
    ];
    let mut map = Map::default();
    for (name, key) in names {
        let value = argument(block, name);
        let is_empty = value.is_null() || value.as_list().is_some_and(|list| list.items.is_empty() && !list.is_open);
        if !is_empty {
            map.set(key.to_owned(), value);
        }
    }
    if map.get("Effect").is_none() {
        map.set("Effect".to_owned(), Value::new(Kind::Text(known("Allow")), &block.place));
    }
    if !blocks(block, "condition").is_empty() {
        map.set("Condition".to_owned(), Value::new(Kind::Map(Map::default()), &block.place));
    }
    Value::new(Kind::Map(map), &block.place)
}

/// The statements of a policy, and where it could not be read.
pub(super) fn statements(policy: &Value, resources: &Resources) -> (Vec<Statement>, Option<Place>) {
    let unread = |place: &Rc<Place>| Some((**place).clone());
    let Some(document) = json::decoded(policy) else { return (Vec::new(), unread(&policy.place)) };
    let list = argument(&document, "Statement");
    let (mut all, mut unknown) = (Vec::new(), None);
    for statement in items(&list) {
        match statement.of {
            Kind::Map(_) => match of(&statement, resources) {
                Some(statement) => all.push(statement),
                None => unknown = unread(&statement.place),
            },
            _ => unknown = unread(&policy.place),
        }
    }
    (all, unknown)
}

fn of(statement: &Value, resources: &Resources) -> Option<Statement> {
    let get = |name: &str| argument(statement, name);
    let texts = |name: &str| -> Vec<Field<_>> { items(&get(name)).iter().map(|item| resources.text(item)).collect() };
    Some(Statement {
        is_allow: match get("Effect").as_str()?.as_str() {
            "Allow" => true,
            "Deny" => false,
            _ => return None,
        },
        actions: strings(&get("Action")),
        not_actions: strings(&get("NotAction")),
        resources: texts("Resource"),
        not_resources: texts("NotResource"),
        has_condition: get("Condition").as_map().map_or(!get("Condition").is_null(), |_| true),
        is_generated: false,
        place: (*statement.place).clone(),
    })
}
