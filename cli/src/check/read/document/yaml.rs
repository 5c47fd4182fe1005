//! YAML with places.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Tag};

use super::{DEPTH, Node, VALUES, Value, Wrong, place};
use crate::check::read::text;

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html>
const TAGS: [&str; 24] = [
    "And",
    "Base64",
    "Cidr",
    "Contains",
    "EachMemberEquals",
    "EachMemberIn",
    "Equals",
    "FindInMap",
    "GetAZs",
    "GetAtt",
    "If",
    "ImportValue",
    "Join",
    "Length",
    "Not",
    "Or",
    "RefAll",
    "Select",
    "Split",
    "Sub",
    "ToJsonString",
    "Transform",
    "ValueOf",
    "ValueOfAll",
];

/// How many lines may stand further to the left within brackets than YAML takes; each of them is one more attempt.
const OUTDENTED: usize = 500;

pub(super) fn parse(text: &str, file: &Rc<str>) -> Result<Node, Wrong> {
    let mut lines = Lines { indent: indent(text), moved: HashSet::new() };
    loop {
        match attempt(&lines.text(text), file, &lines) {
            // Within brackets deployers take no account of how far to the left a line stands, such as that of a closing one.
            Err((wrong, true)) if lines.moved.len() < OUTDENTED && lines.moved.insert(wrong.line) => {}
            read => return read.map_err(|(wrong, _)| wrong),
        }
    }
}

/// The tree; else what is wrong, and whether it is how far to the left a line stands.
fn attempt(text: &str, file: &Rc<str>, lines: &Lines) -> Result<Node, (Wrong, bool)> {
    let mut builder = Builder { file, open: Vec::new(), anchors: HashMap::new(), values: 0, done: None };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            let is_outdented = matches!(error.info(), "invalid indentation" | "invalid indentation in flow construct");
            (Wrong::new(lines.at(error.marker()), error.info()), is_outdented)
        })?;
        builder.take(event, lines.at(&span.start)).map_err(|wrong| (wrong, false))?;
    }
    builder.done.ok_or_else(|| (Wrong::new((1, 1), "the file is empty"), false))
}

/// The lines that are read as if they stood further to the right.
struct Lines {
    /// By how much.
    indent: usize,
    moved: HashSet<usize>,
}

impl Lines {
    fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.moved.is_empty() {
            return Cow::Borrowed(text);
        }
        let line = |(number, line): (usize, &str)| match self.moved.contains(&number) {
            true => format!("{}{line}", " ".repeat(self.indent)),
            false => line.to_owned(),
        };
        Cow::Owned((1..).zip(text.split_inclusive('\n')).map(line).collect())
    }

    /// Where it stands in the file.
    fn at(&self, marker: &Marker) -> (usize, usize) {
        let (line, column) = (marker.line().max(1), marker.col() + 1);
        let moved = if self.moved.contains(&line) { self.indent } else { 0 };
        (line, column.saturating_sub(moved).max(1))
    }
}

/// One more than any line of the text is indented by.
fn indent(text: &str) -> usize {
    let of = |line: &str| line.len() - line.trim_start_matches(' ').len();
    text.lines().map(of).max().unwrap_or(0).min(1000) + 1
}

/// What a list or a map that is not at its end yet has so far.
struct Open {
    start: (usize, usize),
    anchor: usize,
    function: Option<String>,
    /// How many values there were before it.
    before: usize,
    /// How deep it nests within itself.
    height: usize,
    content: Content,
}

enum Content {
    List(Vec<Node>),
    Map { entries: Vec<(String, Node)>, lines: HashMap<String, usize>, key: Option<Key>, merged: Vec<Node> },
}

/// A key that waits for its value.
struct Key {
    name: String,
    at: (usize, usize),
    /// In quotes `<<` is a key as any other.
    merges: bool,
}

/// What an anchor stands for.
struct Anchored {
    node: Node,
    values: usize,
    height: usize,
}

struct Builder<'a> {
    file: &'a Rc<str>,
    open: Vec<Open>,
    anchors: HashMap<usize, Anchored>,
    values: usize,
    done: Option<Node>,
}

impl Builder<'_> {
    fn take(&mut self, event: Event<'_>, at: (usize, usize)) -> Result<(), Wrong> {
        match event {
            Event::DocumentStart(_) if self.done.is_some() => {
                Err(Wrong::new(at, "a second document begins here; a template is one document"))
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => {
                Ok(())
            }
            Event::Alias(anchor) => self.alias(anchor, at),
            Event::Scalar(scalar, style, anchor, tag) => {
                let is_null =
                    style == ScalarStyle::Plain && matches!(scalar.as_ref(), "" | "~" | "null" | "Null" | "NULL");
                let function = function(tag.as_deref(), at)?;
                let value = if is_null && function.is_none() && tag.is_none() {
                    Value::Null
                } else {
                    Value::Scalar(text::literal(scalar))
                };
                self.count(1, at)?;
                let is_bare = style == ScalarStyle::Plain;
                self.close(Node { value, is_bare, place: place(self.file, at) }, anchor, function, 1, 1)
            }
            Event::SequenceStart(anchor, tag) => self.begin(Content::List(Vec::new()), anchor, tag.as_deref(), at),
            Event::MappingStart(anchor, tag) => {
                let content =
                    Content::Map { entries: Vec::new(), lines: HashMap::new(), key: None, merged: Vec::new() };
                self.begin(content, anchor, tag.as_deref(), at)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(open) = self.open.pop() else { return Ok(()) };
                let value = match open.content {
                    Content::List(items) => Value::List(items),
                    Content::Map { entries, merged, .. } => Value::Map(merge(entries, merged)),
                };
                let values = self.values - open.before;
                let node = Node { value, is_bare: false, place: place(self.file, open.start) };
                self.close(node, open.anchor, open.function, values, open.height + 1)
            }
        }
    }

    fn count(&mut self, values: usize, at: (usize, usize)) -> Result<(), Wrong> {
        self.values += values;
        if self.values > VALUES { Err(Wrong::too_many(at)) } else { Ok(()) }
    }

    fn begin(
        &mut self,
        content: Content,
        anchor: usize,
        tag: Option<&Tag>,
        start: (usize, usize),
    ) -> Result<(), Wrong> {
        if self.open.len() >= DEPTH {
            return Err(Wrong::too_deep(start));
        }
        let before = self.values;
        self.count(1, start)?;
        self.open.push(Open { start, anchor, function: function(tag, start)?, before, height: 0, content });
        Ok(())
    }

    fn alias(&mut self, anchor: usize, at: (usize, usize)) -> Result<(), Wrong> {
        let Some(anchored) = self.anchors.get(&anchor) else {
            return Err(Wrong::new(at, "this alias stands within what it stands for"));
        };
        let (values, height) = (anchored.values, anchored.height);
        if self.open.len() + height > DEPTH {
            return Err(Wrong::too_deep(at));
        }
        let node = anchored.node.clone();
        // Aliases of aliases double with each line.
        self.count(values, at)?;
        self.add(node, height)
    }

    /// A value is there as a whole.
    fn close(
        &mut self,
        node: Node,
        anchor: usize,
        function: Option<String>,
        values: usize,
        height: usize,
    ) -> Result<(), Wrong> {
        let at = (node.place.line.unwrap_or_default(), node.place.column.unwrap_or_default());
        let (node, height) = match function {
            Some(function) => (long_form(function, node), height + 2),
            None => (node, height),
        };
        if self.open.len() + height > DEPTH {
            return Err(Wrong::too_deep(at));
        }
        if anchor != 0 {
            self.anchors.insert(anchor, Anchored { node: node.clone(), values, height });
        }
        self.add(node, height)
    }

    /// Puts a value where it belongs: a key, or what a key or a list has.
    fn add(&mut self, mut node: Node, height: usize) -> Result<(), Wrong> {
        let Some(open) = self.open.last_mut() else {
            self.done = Some(node);
            return Ok(());
        };
        open.height = open.height.max(height);
        let (entries, lines, pending, merged) = match &mut open.content {
            Content::List(items) => {
                items.push(node);
                return Ok(());
            }
            Content::Map { entries, lines, key, merged } => (entries, lines, key, merged),
        };
        let here = (node.place.line.unwrap_or(1), node.place.column.unwrap_or(1));
        let Some(Key { name: key, at, merges }) = pending.take() else {
            let name = match &node.value {
                Value::Scalar(text) => text.known().map(str::to_owned),
                Value::Null => Some(String::new()),
                Value::List(_) | Value::Map(_) => None,
            };
            let name = name.ok_or_else(|| Wrong::new(here, "a key has to be a word"))?;
            let merges = node.is_bare && name == "<<";
            *pending = Some(Key { name, at: here, merges });
            return Ok(());
        };
        if merges {
            return match &node.value {
                Value::Map(_) => {
                    merged.push(node);
                    Ok(())
                }
                Value::List(items) if items.iter().all(Node::is_map) => {
                    merged.extend(items.iter().cloned());
                    Ok(())
                }
                _ => Err(Wrong::new(at, "`<<` takes a map or a list of maps")),
            };
        }
        if let Some(line) = lines.insert(key.clone(), at.0) {
            return Err(Wrong::twice(&key, at, &place(self.file, (line, 1))));
        }
        node.place = place(self.file, at);
        entries.push((key, node));
        Ok(())
    }
}

/// What a map says itself comes before what it merges, and of that the first.
fn merge(mut entries: Vec<(String, Node)>, merged: Vec<Node>) -> Vec<(String, Node)> {
    let mut known: std::collections::HashSet<String> = match merged.is_empty() {
        true => return entries,
        false => entries.iter().map(|(key, _)| key.clone()).collect(),
    };
    for node in merged {
        let Value::Map(more) = node.value else { continue };
        for (key, node) in more {
            if known.insert(key.clone()) {
                entries.push((key, node));
            }
        }
    }
    entries
}

/// The function that a tag stands for.
fn function(tag: Option<&Tag>, at: (usize, usize)) -> Result<Option<String>, Wrong> {
    let Some(tag) = tag.filter(|tag| tag.handle == "!") else { return Ok(None) };
    match tag.suffix.as_str() {
        name @ ("Ref" | "Condition") => Ok(Some(name.to_owned())),
        name if TAGS.contains(&name) => Ok(Some(format!("Fn::{name}"))),
        // Of a tool that makes templates, such as `!Rain::Embed`: what it stands for is not known.
        name if name.contains("::") => Ok(Some(format!("Fn::{name}"))),
        name => Err(Wrong::new(at, format!("`!{name}` is no function of CloudFormation"))),
    }
}

fn long_form(function: String, mut node: Node) -> Node {
    if function == "Fn::GetAtt"
        && let Some((resource, attribute)) = node.known().and_then(|both| both.split_once('.'))
    {
        let both = [resource, attribute].map(|word| node.scalar(text::literal(word)));
        node.value = Value::List(both.into());
    }
    let place = node.place.clone();
    Node { value: Value::Map(vec![(function, node)]), is_bare: false, place }
}
