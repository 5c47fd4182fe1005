//! What a reference takes: of variables and locals, of resources and data, of values.

use std::rc::Rc;

use hcl_edit::Span;
use hcl_edit::expr::{Expression, Traversal, TraversalOperator};

use super::body::Instances;
use super::eval::{At, Scope, word};
use super::{Declared, Module};
use crate::check::observed::{Attribute, Part, Place, Text};
use crate::check::read::terraform::resources::attribute;
use crate::check::read::terraform::value::{Kind, List, Map, Value, known};

/// A step of a reference.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Name(String),
    Index(Value),
    All,
}

impl Module<'_> {
    pub(super) fn traversal(&self, traversal: &Traversal, at: At<'_>) -> Option<Kind> {
        let step = |operator: &TraversalOperator| match operator {
            TraversalOperator::GetAttr(name) => Step::Name(name.as_str().to_owned()),
            TraversalOperator::Index(index) => Step::Index(self.value(index, at)),
            TraversalOperator::LegacyIndex(index) => {
                Step::Index(Value::new(Kind::Number(*index.value() as f64), &at.file.place(None, at.path)))
            }
            TraversalOperator::AttrSplat(_) | TraversalOperator::FullSplat(_) => Step::All,
        };
        let steps: Vec<Step> = traversal.operators.iter().map(|operator| step(operator.value())).collect();
        let Expression::Variable(root) = &traversal.expr else {
            return self.walk(self.value(&traversal.expr, at), &steps);
        };
        let place = at.file.place(traversal.span(), at.path);
        if let Some(value) = at.scope.get(root.as_str()) {
            let kind = self.copy(value)?;
            return self.walk(Value::new(kind, &place), &steps);
        }
        match (root.as_str(), steps.as_slice()) {
            ("var", [Step::Name(name), rest @ ..]) => self.walk(self.variable(name)?, rest),
            ("local", [Step::Name(name), rest @ ..]) => self.walk(self.local(name)?, rest),
            ("data", [Step::Name(ty), Step::Name(name), rest @ ..]) => self.data(ty, name, rest, at),
            (ty, [Step::Name(name), rest @ ..]) => {
                let declared = *self.resources.get(&(ty, name.as_str()))?;
                self.instance(ty, name, declared, rest, &place)
            }
            _ => None,
        }
    }

    fn variable(&self, name: &str) -> Option<Value> {
        let Declared { file, block } = *self.variables.get(name)?;
        let path = format!("var.{name}");
        let at = At { file, path: &path, scope: &Scope::default() };
        if let Some(given) = self.given.iter().find(|given| given.name == name) {
            let place = file.place(block.ident.span(), &path);
            let ty = block.body.get_attribute("type").map(|ty| word(&ty.value));
            let is_text = ty.is_none_or(|ty| ty.is_some_and(|ty| ["string", "number", "bool"].contains(&ty)));
            // Terraform too reads the value of a list or a map as an expression, and that of another variable as it is.
            let kind = match is_text {
                true => Kind::Text(known(given.value.as_str())),
                false => self.kind(&hcl_edit::parser::parse_expr(&given.value).ok()?, at),
            };
            // It stands in no file.
            return Some(Value { of: kind, place: Rc::clone(&place) }.placed(&place));
        }
        let default = block.body.get_attribute("default")?;
        self.once(&path, || self.value(&default.value, at))
    }

    fn local(&self, name: &str) -> Option<Value> {
        let (file, expr) = *self.locals.get(name)?;
        let path = format!("local.{name}");
        self.once(&path, || self.value(expr, At { file, path: &path, scope: &Scope::default() }))
    }

    /// A reference to a resource, or to what it has.
    fn instance(
        &self,
        ty: &str,
        name: &str,
        declared: Declared<'_>,
        steps: &[Step],
        place: &Rc<Place>,
    ) -> Option<Kind> {
        let base = format!("{ty}.{name}");
        let instances = self.instances(&base, declared)?;
        let resource = |key: &str| Value::new(Kind::Resource(format!("{base}{key}")), place);
        match (&*instances, steps) {
            (Instances::One, steps) => self.walk(resource(""), steps),
            // Which one is not known, and there may be none; it is one to whoever names it.
            (Instances::Unknown, [Step::Index(_), rest @ ..]) => self.walk(resource(""), rest),
            (Instances::Unknown, [Step::All, rest @ ..]) => {
                let one = self.walk(resource(""), rest)?;
                let items = vec![Value::new(one, place)];
                Some(Kind::List(List { items, is_open: true }))
            }
            (Instances::Unknown, _) => None,
            (Instances::Many(keys), [Step::Index(index), rest @ ..]) => {
                let key = key_of(index)?;
                let (key, _) = keys.iter().find(|(known, _)| *known == key)?;
                self.walk(resource(key), rest)
            }
            (Instances::Many(keys), [Step::All, rest @ ..]) => {
                let all: Option<Vec<Value>> =
                    keys.iter().map(|(key, _)| Some(Value::new(self.walk(resource(key), rest)?, place))).collect();
                Some(Kind::List(List { items: all?, is_open: false }))
            }
            // All of them, as `for_each = aws_sqs_queue.all` has it.
            (Instances::Many(keys), []) => {
                let mut map = Map::default();
                for (key, scope) in keys {
                    match scope.get("each").and_then(|each| each.as_map()?.get("key")?.as_str()) {
                        Some(name) => map.set(name, resource(key)),
                        None => return None,
                    }
                }
                Some(Kind::Map(map))
            }
            (Instances::Many(_), _) => None,
        }
    }

    fn walk(&self, value: Value, steps: &[Step]) -> Option<Kind> {
        let Some((step, rest)) = steps.split_first() else { return Some(value.of) };
        if !self.spend(1) {
            return None;
        }
        match (&value.of, step) {
            (Kind::Resource(address), Step::Name(name)) => {
                let taken = Value::new(self.taken(address, name)?, &value.place);
                self.walk(taken, rest)
            }
            (Kind::Map(map), Step::Name(name)) => self.walk(map.get(name)?.clone(), rest),
            (Kind::Map(map), Step::Index(key)) => self.walk(map.get(&key.as_str()?)?.clone(), rest),
            (Kind::List(list), Step::Index(index)) => {
                let index = usize::try_from(index.unsigned()?).ok()?;
                self.walk(list.items.get(index)?.clone(), rest)
            }
            (Kind::List(list), Step::All) => {
                let of = |item: &Value| Some(Value::new(self.walk(item.clone(), rest)?, &item.place));
                let items: Option<Vec<Value>> = list.items.iter().map(of).collect();
                Some(Kind::List(List { items: items?, is_open: list.is_open }))
            }
            _ => None,
        }
    }

    /// What a resource has: a reference where it is what the resource is called by, else what its argument says.
    fn taken(&self, address: &str, name: &str) -> Option<Kind> {
        let base = address.split('[').next().unwrap_or(address);
        let (ty, label) = base.split_once('.')?;
        let of = attribute(ty, name);
        if let Attribute::Other(_) = of {
            let declared = self.resources.get(&(ty, label))?;
            if let Some(argument) = declared.block.body.get_attribute(name) {
                let instances = self.instances(base, *declared)?;
                let scope = instances.scope(base, address);
                let path = format!("{address}.{name}");
                let at = At { file: declared.file, path: &path, scope: &scope };
                return Some(self.once(&path, || self.value(&argument.value, at))?.of);
            }
        }
        Some(Kind::Text(Text(vec![Part::Of { address: address.to_owned(), attribute: of }])))
    }
}

/// As it stands in an address: `[0]`, `["eu"]`.
pub(super) fn key_of(index: &Value) -> Option<String> {
    match &index.of {
        Kind::Number(number) => Some(format!("[{number}]")),
        _ => index.as_str().map(|key| format!("[\"{key}\"]")),
    }
}
