//! The sections of a template: what its values are resolved with.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};

use crate::check::observed::{Attribute, Part, Text, Unread};
use crate::check::read::document::{Node, Value};
use crate::check::read::{Given, text};

/// How many values and characters the functions of a template may make. Far more than a template is allowed to hold.
const BUDGET: usize = 1_000_000;

/// How deep functions and conditions may lead into each other.
const NESTING: usize = 250;

/// What a template's values refer to.
pub(crate) struct Template {
    /// Those whose value is known.
    pub(super) parameters: HashMap<String, Value>,
    pub(super) mappings: HashMap<String, Node>,
    pub(super) conditions: HashMap<String, Node>,
    pub(super) met: RefCell<HashMap<String, Option<bool>>>,
    /// By logical identifier, those of its own and those that its deployer makes.
    pub(super) named: HashMap<String, Named>,
    pub(super) unread: RefCell<Vec<Unread>>,
    noted: RefCell<HashSet<(Option<usize>, String)>>,
    pub(super) budget: Cell<usize>,
    pub(super) depth: Cell<usize>,
}

/// What a logical identifier stands for.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    /// As `AWS::SQS::Queue`.
    pub(crate) kind: String,
    /// As it is called in what is read.
    pub(crate) address: String,
}

/// A resource with its values resolved.
#[derive(Debug)]
pub(crate) struct Resource {
    pub(crate) kind: String,
    pub(crate) address: String,
    /// Its own place, and `Properties` as a map, which is empty if there are none.
    pub(crate) node: Node,
    pub(crate) properties: Node,
}

impl Resource {
    pub(crate) fn arn(&self) -> Text {
        Text(vec![Part::Of { address: self.address.clone(), attribute: Attribute::Arn }])
    }

    pub(crate) fn named(&self) -> Text {
        Text(vec![Part::Of { address: self.address.clone(), attribute: Attribute::Name }])
    }
}

impl Template {
    /// Of a document's sections; `named` is what else its values can refer to.
    pub(crate) fn new(document: &Node, given: &[Given], named: HashMap<String, Named>) -> Self {
        let section = |name: &str| {
            let entries = document.get(name).map(Node::entries).unwrap_or_default();
            entries.iter().cloned().collect::<HashMap<_, _>>()
        };
        let declared = document.get("Parameters").map(Node::entries).unwrap_or_default();
        let parameters = declared
            .iter()
            .filter_map(|(name, parameter)| Some((name.clone(), parameter_value(name, parameter, given)?)))
            .collect();
        Self {
            parameters,
            mappings: section("Mappings"),
            conditions: section("Conditions"),
            met: RefCell::default(),
            named,
            unread: RefCell::default(),
            noted: RefCell::default(),
            budget: Cell::new(BUDGET),
            depth: Cell::new(0),
        }
    }

    /// Notes a part that nothing is known about.
    pub(crate) fn cannot_read(&self, what: impl Into<String>, node: &Node) {
        // A value can be resolved more than once.
        if self.noted.borrow_mut().insert((node.place.line, node.place.path.clone())) {
            self.unread.borrow_mut().push(Unread { what: what.into(), place: node.place.clone() });
        }
    }

    /// Whether this much may still be made.
    pub(super) fn may_make(&self, amount: usize) -> bool {
        let left = self.budget.get().checked_sub(amount);
        self.budget.set(left.unwrap_or(0));
        left.is_some()
    }

    /// Does something that may lead on to the same; `None` if that has gone on for too long.
    pub(super) fn nested<T>(&self, work: impl FnOnce() -> T) -> Option<T> {
        let depth = self.depth.get();
        if depth >= NESTING {
            return None;
        }
        self.depth.set(depth + 1);
        let done = work();
        self.depth.set(depth);
        Some(done)
    }

    /// The resources that are there, resolved.
    pub(crate) fn resources(&self, section: &Node) -> Vec<Resource> {
        let mut all = Vec::new();
        for (id, node) in section.entries() {
            if id.starts_with("Fn::") {
                self.cannot_read(format!("what `{id}` makes"), node);
                continue;
            }
            let condition = node.get("Condition").and_then(Node::known);
            if condition.is_some_and(|name| self.condition(name) == Some(false)) {
                continue;
            }
            let Some(Named { kind, address }) = self.named.get(id).cloned() else { continue };
            let properties = node.get("Properties").and_then(|properties| self.resolve(properties));
            let properties = properties.filter(|properties| properties.value != Value::Null);
            let properties = properties.unwrap_or_else(|| node.with(Value::Map(Vec::new())));
            if properties.is_unknown() {
                self.cannot_read(format!("the properties of {id}"), &properties);
            }
            all.push(Resource { kind, address, node: node.clone(), properties });
        }
        all
    }
}

/// The kinds of a section's resources; one without a kind is nothing that could be read.
pub(crate) fn named(section: Option<&Node>, address: impl Fn(&str) -> String) -> HashMap<String, Named> {
    let entries = section.map(Node::entries).unwrap_or_default();
    let kinds = entries.iter().filter_map(|(id, node)| Some((id, node.get("Type")?.known()?)));
    kinds.map(|(id, kind)| (id.clone(), Named { kind: kind.to_owned(), address: address(id) })).collect()
}

/// What a parameter comes to: what is given, else its default. One that names a parameter of Systems Manager is known
/// only when it is deployed.
fn parameter_value(name: &str, parameter: &Node, given: &[Given]) -> Option<Value> {
    let kind = parameter.get("Type").and_then(Node::known).unwrap_or("String");
    if kind.starts_with("AWS::SSM::") {
        return None;
    }
    let given = given.iter().rfind(|given| given.name == name);
    let value = match given {
        Some(given) => given.value.clone(),
        None => parameter.get("Default")?.known()?.to_owned(),
    };
    if !(kind == "CommaDelimitedList" || kind.starts_with("List<")) {
        return Some(Value::Scalar(text::literal(value)));
    }
    let items = value.split(',').map(str::trim).filter(|item| !item.is_empty());
    Some(Value::List(items.map(|item| parameter.scalar(text::literal(item))).collect()))
}

/// The resource that a text is of, if it is of one and nothing else.
pub(crate) fn of(text: &Text) -> Option<&str> {
    match text.0.as_slice() {
        [Part::Of { address, .. }] => Some(address),
        _ => None,
    }
}
