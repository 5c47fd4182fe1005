//! Terraform's functions, as far as deployments of functions use them: <https://developer.hashicorp.com/terraform/language/functions>.

use hcl_edit::expr::FuncCall;

use super::Module;
use super::eval::At;
use crate::check::observed::{Part, Text};
use crate::check::read::terraform::value::{Kind, List, Map, Value, append, known, literal};

impl Module<'_> {
    /// What a call comes to; none if that is not known.
    pub(super) fn call(&self, call: &FuncCall, at: At<'_>) -> Option<Kind> {
        if call.name.is_namespaced() {
            return None;
        }
        let mut args: Vec<Value> = call.args.iter().map(|arg| self.value(arg, at)).collect();
        if call.args.expand_final() {
            match args.pop()?.of {
                Kind::List(list) if !list.is_open => args.extend(list.items),
                _ => return None,
            }
        }
        let result = apply(call.name.name.as_str(), &args)?;
        let place = at.file.place(None, at.path);
        let made = Value::new(result, &place);
        // What was made is as big as what it was made of, and has been paid for once; now again.
        self.copy(&made)
    }
}

fn apply(name: &str, args: &[Value]) -> Option<Kind> {
    let text = |text: String| Some(Kind::Text(known(text)));
    let number = |number: f64| Some(Kind::Number(number));
    let flag = |flag: bool| Some(Kind::Bool(flag));
    match (name, args) {
        ("jsonencode", [value]) => Some(Kind::Json(Box::new(value.clone()))),
        ("jsondecode", [Value { of: Kind::Json(value), .. }]) => Some(value.of.clone()),
        ("sensitive" | "nonsensitive" | "ephemeralasnull", [value]) => Some(value.of.clone()),
        ("tostring", [value]) => value.text().map(Kind::Text),
        ("tonumber", [value]) => value.as_number().map(Kind::Number),
        ("tobool", [value]) => value.as_bool().map(Kind::Bool),
        ("tolist" | "tomap", [value]) => Some(value.of.clone()),
        ("toset" | "distinct", [value]) => Some(Kind::List(unique(value.as_list()?))),
        ("setunion", args) => Some(Kind::List(unique(&concat(args)))),
        ("concat", args) => Some(Kind::List(concat(args))),
        ("flatten", [value]) => Some(Kind::List(flatten(value.as_list()?))),
        ("compact", [value]) => {
            let mut list = value.as_list()?.clone();
            list.items.retain(|item| !item.is_null() && item.as_str().is_none_or(|text| !text.is_empty()));
            Some(Kind::List(list))
        }
        ("merge", args) => Some(Kind::Map(merge(args))),
        ("format", [format, rest @ ..]) => formatted(&format.as_str()?, rest).map(Kind::Text),
        ("join", [separator, list]) => join(&separator.as_str()?, list.as_list()?).map(Kind::Text),
        ("split", [separator, value]) => {
            let (separator, whole) = (separator.as_str()?, value.as_str()?);
            let part = |part: &str| Value::new(Kind::Text(known(part)), &value.place);
            let items = whole.split(separator.as_str()).filter(|_| !separator.is_empty()).map(part).collect();
            Some(Kind::List(List { items, is_open: false }))
        }
        ("lower", [value]) => text(value.as_str()?.to_lowercase()),
        ("upper", [value]) => text(value.as_str()?.to_uppercase()),
        ("trimspace", [value]) => text(value.as_str()?.trim().to_owned()),
        ("chomp", [value]) => text(value.as_str()?.trim_end_matches(['\r', '\n']).to_owned()),
        ("trimprefix", [value, prefix]) => {
            let (value, prefix) = (value.as_str()?, prefix.as_str()?);
            text(value.strip_prefix(prefix.as_str()).unwrap_or(&value).to_owned())
        }
        ("trimsuffix", [value, suffix]) => {
            let (value, suffix) = (value.as_str()?, suffix.as_str()?);
            text(value.strip_suffix(suffix.as_str()).unwrap_or(&value).to_owned())
        }
        ("replace", [value, from, to]) => {
            let from = from.as_str()?;
            // Between slashes it is a regular expression.
            let is_regex = from.len() > 1 && from.starts_with('/') && from.ends_with('/');
            let plain = (!is_regex && !from.is_empty()).then_some(from)?;
            text(value.as_str()?.replace(plain.as_str(), &to.as_str()?))
        }
        ("startswith", [value, prefix]) => flag(value.as_str()?.starts_with(&prefix.as_str()?)),
        ("endswith", [value, suffix]) => flag(value.as_str()?.ends_with(&suffix.as_str()?)),
        ("length", [value]) => match &value.of {
            Kind::List(list) if !list.is_open => number(list.items.len() as f64),
            Kind::Map(map) if !map.is_open => number(map.entries.len() as f64),
            Kind::Text(all) => number(literal(all)?.chars().count() as f64),
            _ => None,
        },
        ("max", [_, ..]) => {
            args.iter().map(Value::as_number).try_fold(f64::MIN, |a, b| Some(a.max(b?))).map(Kind::Number)
        }
        ("min", [_, ..]) => {
            args.iter().map(Value::as_number).try_fold(f64::MAX, |a, b| Some(a.min(b?))).map(Kind::Number)
        }
        ("ceil", [value]) => number(value.as_number()?.ceil()),
        ("floor", [value]) => number(value.as_number()?.floor()),
        ("keys", [Value { of: Kind::Map(map), .. }]) if !map.is_open => {
            let mut keys: Vec<&(String, Value)> = map.entries.iter().collect();
            keys.sort_by(|(a, _), (b, _)| a.cmp(b));
            let key = |(key, value): &&(String, Value)| Value::new(Kind::Text(known(key.as_str())), &value.place);
            Some(Kind::List(List { items: keys.iter().map(key).collect(), is_open: false }))
        }
        ("values", [Value { of: Kind::Map(map), .. }]) => {
            let mut entries = map.entries.clone();
            entries.sort_by(|(a, _), (b, _)| a.cmp(b));
            let items = entries.into_iter().map(|(_, value)| value).collect();
            Some(Kind::List(List { items, is_open: map.is_open }))
        }
        ("lookup", [Value { of: Kind::Map(map), .. }, key, rest @ ..]) => match (map.get(&key.as_str()?), rest) {
            (Some(value), _) => Some(value.of.clone()),
            (None, [default]) if !map.is_open => Some(default.of.clone()),
            _ => None,
        },
        ("element", [Value { of: Kind::List(list), .. }, index]) if !list.is_open => {
            let index = usize::try_from(index.unsigned()?).ok()?;
            let at = index.checked_rem(list.items.len())?;
            list.items.get(at).map(|item| item.of.clone())
        }
        ("contains", [Value { of: Kind::List(list), .. }, value]) => {
            let wanted = value.as_str()?;
            let all: Vec<Option<String>> = list.items.iter().map(Value::as_str).collect();
            let is_there = all.iter().any(|item| item.as_ref() == Some(&wanted));
            let is_known = !list.is_open && all.iter().all(Option::is_some);
            (is_there || is_known).then_some(Kind::Bool(is_there))
        }
        ("one", [Value { of: Kind::List(list), .. }]) => match list.items.as_slice() {
            [one] => Some(one.of.clone()),
            [] if !list.is_open => Some(Kind::Null),
            _ => None,
        },
        // The first that is something; before it nothing may be unknown.
        ("coalesce", args) => {
            let is_empty = |value: &&Value| value.is_null() || value.as_str().is_some_and(|text| text.is_empty());
            args.iter().find(|value| !is_empty(value)).filter(|value| !value.is_unknown()).map(|value| value.of.clone())
        }
        // What is unknown may be what fails, so only a first one that is known is sure.
        ("try", [first, ..]) if !first.is_unknown() => Some(first.of.clone()),
        _ => None,
    }
}

fn unique(list: &List) -> List {
    let mut made = List { items: Vec::new(), is_open: list.is_open };
    for item in &list.items {
        if !made.items.iter().any(|known| known.of == item.of) {
            made.items.push(item.clone());
        }
    }
    made
}

fn concat(args: &[Value]) -> List {
    let mut made = List::default();
    for arg in args {
        match &arg.of {
            Kind::List(list) => {
                made.items.extend(list.items.iter().cloned());
                made.is_open |= list.is_open;
            }
            _ => made.is_open = true,
        }
    }
    made
}

fn flatten(list: &List) -> List {
    let mut made = List { items: Vec::new(), is_open: list.is_open };
    for item in &list.items {
        match &item.of {
            Kind::List(inner) => {
                let inner = flatten(inner);
                made.items.extend(inner.items);
                made.is_open |= inner.is_open;
            }
            Kind::Unknown(_) => made.is_open = true,
            _ => made.items.push(item.clone()),
        }
    }
    made
}

fn merge(args: &[Value]) -> Map {
    let mut made = Map::default();
    for arg in args {
        match &arg.of {
            Kind::Map(map) => {
                map.entries.iter().for_each(|(key, value)| made.set(key.clone(), value.clone()));
                made.is_open |= map.is_open;
            }
            Kind::Null => {}
            _ => {
                // What comes later stands before what came earlier, so those values may be others.
                for (_, value) in &mut made.entries {
                    value.of = Kind::Unknown("merge(…)".to_owned());
                }
                made.is_open = true;
            }
        }
    }
    made
}

fn join(separator: &str, list: &List) -> Option<Text> {
    let mut text = Text::default();
    for (index, item) in list.items.iter().enumerate() {
        if index > 0 {
            append(&mut text, Part::Literal(separator.to_owned()));
        }
        item.text()?.0.into_iter().for_each(|part| append(&mut text, part));
    }
    (!list.is_open).then_some(text)
}

/// `%s`, `%d`, `%v` and `%%`; what pads or rounds is not known here.
fn formatted(format: &str, args: &[Value]) -> Option<Text> {
    let mut text = Text::default();
    let mut args = args.iter();
    let mut rest = format;
    while let Some((before, after)) = rest.split_once('%') {
        append(&mut text, Part::Literal(before.to_owned()));
        let mut chars = after.chars();
        match chars.next()? {
            '%' => append(&mut text, Part::Literal("%".to_owned())),
            's' | 'd' | 'v' => args.next()?.text()?.0.into_iter().for_each(|part| append(&mut text, part)),
            _ => return None,
        }
        rest = chars.as_str();
    }
    append(&mut text, Part::Literal(rest.to_owned()));
    Some(text)
}
