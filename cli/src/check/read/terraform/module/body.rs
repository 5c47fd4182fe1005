//! What stands in a block, and how often a resource is there.

use std::rc::Rc;

use hcl_edit::Span;
use hcl_edit::structure::{Attribute, Block, Body, Structure};

use super::eval::{At, Scope, word};
use super::{Declared, Module};
use crate::check::observed::Place;
use crate::check::read::terraform::resources::Resource;
use crate::check::read::terraform::value::{Kind, List, Map, Value, known};

/// Terraform's own words, which say nothing of the resource.
const META: [&str; 8] =
    ["count", "for_each", "depends_on", "provider", "lifecycle", "provisioner", "connection", "timeouts"];

/// A resource is there at most this often; more are read as if their number was not known.
const MANY: usize = 1_000;

/// How often a resource is there.
pub(super) enum Instances {
    One,
    /// What stands behind the address, such as `["eu"]`, and what `each` or `count` are there.
    Many(Vec<(String, Scope)>),
    Unknown,
}

impl Instances {
    /// What `each` and `count` are in the resource of this address.
    pub(super) fn scope(&self, base: &str, address: &str) -> Scope {
        let key = address.strip_prefix(base).unwrap_or_default();
        match self {
            Self::Many(keys) => {
                let found = keys.iter().find(|(known, _)| known == key);
                found.map(|(_, scope)| scope.clone()).unwrap_or_default()
            }
            Self::One => Scope::default(),
            Self::Unknown => {
                let place = Rc::new(Place { file: "".into(), line: None, column: None, path: base.to_owned() });
                let unknown = |name: &str| (name.to_owned(), Value::new(Kind::Map(Map::default()), &place));
                Scope(vec![unknown("each"), unknown("count")])
            }
        }
    }
}

impl Module<'_> {
    /// A resource, as often as it is there.
    pub(super) fn expand(&self, ty: &str, name: &str, declared: Declared<'_>) -> Vec<Resource> {
        let base = format!("{ty}.{name}");
        let Some(instances) = self.instances(&base, declared) else { return Vec::new() };
        let make = |key: &str, scope: &Scope| {
            let address = format!("{base}{key}");
            let place = declared.file.place(declared.block.ident.span(), &address);
            let at = At { file: declared.file, path: &address, scope };
            let body = self.body(&declared.block.body, at);
            Resource {
                ty: ty.to_owned(),
                address,
                body: Value { of: Kind::Map(body), place: Rc::clone(&place) },
                place,
            }
        };
        match &*instances {
            Instances::One => vec![make("", &Scope::default())],
            Instances::Many(keys) => keys.iter().map(|(key, scope)| make(key, scope)).collect(),
            Instances::Unknown => vec![make("", &instances.scope(&base, &base))],
        }
    }

    /// How often it is there; none if that is made of itself.
    pub(super) fn instances(&self, base: &str, declared: Declared<'_>) -> Option<Rc<Instances>> {
        if let Some(known) = self.instances.borrow().get(base) {
            return Some(Rc::clone(known));
        }
        let body = &declared.block.body;
        let place = declared.file.place(None, base);
        let evaluated = |attribute: &Attribute| {
            let at = At { file: declared.file, path: base, scope: &Scope::default() };
            self.once(&format!("instances of {base}"), || self.value(&attribute.value, at))
        };
        let instances = if let Some(count) = body.get_attribute("count") {
            match evaluated(count)?.unsigned().and_then(|count| usize::try_from(count).ok()) {
                Some(count) if count <= MANY => {
                    let of = |index: usize| {
                        let number = Value::new(Kind::Number(index as f64), &place);
                        let entries = vec![("index".to_owned(), number)];
                        let count = Value::new(Kind::Map(Map { entries, is_open: false }), &place);
                        (format!("[{index}]"), Scope(vec![("count".to_owned(), count)]))
                    };
                    Instances::Many((0..count).map(of).collect())
                }
                _ => Instances::Unknown,
            }
        } else if let Some(each) = body.get_attribute("for_each") {
            let value = evaluated(each)?;
            match self.each(&value).filter(|pairs| pairs.len() <= MANY) {
                Some(pairs) => {
                    let of = |(key, value): (String, Value)| {
                        let name = Value::new(Kind::Text(known(key.as_str())), &place);
                        let entries = vec![("key".to_owned(), name), ("value".to_owned(), value)];
                        let each = Value::new(Kind::Map(Map { entries, is_open: false }), &place);
                        (format!("[\"{key}\"]"), Scope(vec![("each".to_owned(), each)]))
                    };
                    Instances::Many(pairs.into_iter().map(of).collect())
                }
                None => Instances::Unknown,
            }
        } else {
            Instances::One
        };
        let instances = Rc::new(instances);
        self.instances.borrow_mut().insert(base.to_owned(), Rc::clone(&instances));
        Some(instances)
    }

    /// The keys and values of a `for_each`: those of a map, and of a set each text as both.
    fn each(&self, value: &Value) -> Option<Vec<(String, Value)>> {
        let mut all: Vec<(String, Value)> = Vec::new();
        for (key, item) in Self::pairs(value)? {
            let key = match &value.of {
                Kind::List(_) => item.as_str()?,
                _ => key.as_str()?,
            };
            if !all.iter().any(|(known, _)| *known == key) {
                all.push((key, item));
            }
        }
        Some(all)
    }

    /// The arguments of a block, and the blocks in it: those of one kind are a list.
    pub(super) fn body(&self, body: &Body, at: At<'_>) -> Map {
        let mut map = Map::default();
        for structure in body {
            match structure {
                Structure::Attribute(attribute) if !META.contains(&attribute.key.as_str()) => {
                    let path = format!("{}.{}", at.path, attribute.key.as_str());
                    let kind = self.kind(&attribute.value, At { path: &path, ..at });
                    let place = at.file.place(attribute.key.span(), &path);
                    map.set(attribute.key.as_str().to_owned(), Value { of: kind, place });
                }
                Structure::Block(block) if block.has_ident("dynamic") => self.dynamic(block, at, &mut map),
                Structure::Block(block) if !META.contains(&block.ident.as_str()) => {
                    self.block(block.ident.as_str(), block, &block.body, at, &mut map);
                }
                _ => {}
            }
        }
        map
    }

    fn block(&self, name: &str, block: &Block, body: &Body, at: At<'_>, map: &mut Map) {
        let list = blocks(map, name, || at.file.place(block.ident.span(), &format!("{}.{name}", at.path)));
        let Some(list) = list else { return };
        let path = match list.items.len() {
            0 => format!("{}.{name}", at.path),
            index => format!("{}.{name}[{index}]", at.path),
        };
        let inner = self.body(body, At { path: &path, ..at });
        list.items.push(Value { of: Kind::Map(inner), place: at.file.place(block.ident.span(), &path) });
    }

    /// `dynamic "name" { for_each = …, content { … } }`: the block for each of them.
    fn dynamic(&self, block: &Block, at: At<'_>, map: &mut Map) {
        let Some(name) = block.labels.first().map(|label| label.as_str()) else { return };
        let content = block.body.get_blocks("content").next();
        let each = block.body.get_attribute("for_each").map(|each| self.value(&each.value, at));
        let pairs = each.as_ref().and_then(Self::pairs).filter(|pairs| pairs.len() <= MANY);
        let (Some(content), Some(pairs)) = (content, pairs) else {
            let place = || at.file.place(block.ident.span(), &format!("{}.{name}", at.path));
            if let Some(list) = blocks(map, name, place) {
                list.is_open = true;
            }
            return;
        };
        let iterator = block.body.get_attribute("iterator").and_then(|iterator| word(&iterator.value));
        let iterator = iterator.unwrap_or(name);
        let is_set = each.is_some_and(|each| matches!(each.of, Kind::List(_)));
        for (key, value) in pairs {
            let key = if is_set { value.clone() } else { key };
            let entries = vec![("key".to_owned(), key), ("value".to_owned(), value)];
            let place = at.file.place(block.ident.span(), at.path);
            let each = Value::new(Kind::Map(Map { entries, is_open: false }), &place);
            let scope = at.scope.with(iterator, each);
            self.block(name, block, &content.body, At { scope: &scope, ..at }, map);
        }
    }
}

/// The blocks of this name so far.
fn blocks<'m>(map: &'m mut Map, name: &str, place: impl FnOnce() -> Rc<Place>) -> Option<&'m mut List> {
    if map.get(name).is_none() {
        map.entries.push((name.to_owned(), Value { of: Kind::List(List::default()), place: place() }));
    }
    let (_, blocks) = map.entries.iter_mut().find(|(known, _)| known == name)?;
    // In JSON one block need not be in a list.
    if let Kind::Map(_) = blocks.of {
        blocks.of = Kind::List(List { items: vec![blocks.clone()], is_open: false });
    }
    match &mut blocks.of {
        Kind::List(list) => Some(list),
        _ => None,
    }
}
