//! CloudFormation's functions, as far as they can be resolved before a deployment:
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html>.

use super::references::attribute;
use super::template::Template;
use crate::check::observed::{Attribute, Part, Text};
use crate::check::read::document::{Node, Value};
use crate::check::read::text;

impl Template {
    /// A value with all functions in it resolved, and what can't be as unknown; `None` for `AWS::NoValue`.
    pub(crate) fn resolve(&self, node: &Node) -> Option<Node> {
        if !self.may_make(1) {
            self.cannot_read("what comes to more than a template can hold", node);
            return Some(node.unknown("…"));
        }
        let Some(resolved) = self.nested(|| self.resolve_value(node)) else { return Some(node.unknown("…")) };
        resolved
    }

    fn resolve_value(&self, node: &Node) -> Option<Node> {
        match &node.value {
            Value::Null => Some(node.clone()),
            Value::Scalar(text) => Some(node.scalar(dynamic(text))),
            Value::List(items) => {
                Some(node.with(Value::List(items.iter().filter_map(|item| self.resolve(item)).collect())))
            }
            Value::Map(entries) => match entries.as_slice() {
                [(function, argument)] if function == "Ref" || is_function(function) => {
                    self.call(function, argument, node)
                }
                _ => Some(node.with(Value::Map(self.fields(entries)))),
            },
        }
    }

    fn fields(&self, entries: &[(String, Node)]) -> Vec<(String, Node)> {
        let mut fields = Vec::new();
        for (key, value) in entries {
            if is_function(key) {
                self.cannot_read(format!("what `{key}` makes"), value);
            } else if let Some(value) = self.resolve(value) {
                fields.push((key.clone(), value));
            }
        }
        fields
    }

    fn call(&self, function: &str, argument: &Node, node: &Node) -> Option<Node> {
        if function == "Ref" && argument.known() == Some("AWS::NoValue") {
            return None;
        }
        let resolved = match function {
            "Ref" => argument.known().map(|name| self.reference(name)),
            "Fn::If" => return self.choice(argument, node),
            "Fn::Sub" => self.substituted(argument).map(Value::Scalar),
            "Fn::GetAtt" => self.attribute_of(argument).map(Value::Scalar),
            "Fn::Join" => self.joined(argument).map(Value::Scalar),
            "Fn::Select" => self.selected(argument),
            "Fn::Split" => self.split(argument),
            "Fn::FindInMap" => self.found(argument),
            _ => None,
        };
        if function == "Fn::Transform" || function.starts_with("Fn::ForEach") {
            self.cannot_read(format!("what `{function}` makes"), argument);
        }
        match resolved {
            Some(value) if self.may_make(size(&value)) => Some(node.with(value)),
            _ => Some(node.unknown(self.written(function, argument))),
        }
    }

    /// What can't be resolved, so that two that will come to the same look the same.
    fn written(&self, function: &str, argument: &Node) -> String {
        let argument = self.resolve(argument);
        format!("{function}({})", argument.as_ref().map(compact).unwrap_or_default())
    }

    fn choice(&self, argument: &Node, node: &Node) -> Option<Node> {
        let [condition, yes, no] = argument.items() else {
            return Some(node.unknown(self.written("Fn::If", argument)));
        };
        let condition = condition.known().unwrap_or_default();
        let chosen = match self.condition(condition) {
            Some(true) => self.resolve(yes)?,
            Some(false) => self.resolve(no)?,
            None => match (self.resolve(yes), self.resolve(no)) {
                (None, None) => return None,
                (Some(yes), Some(no)) if compact(&yes) == compact(&no) => yes,
                // It may be there, as what stands in a resource that may be there.
                (Some(one), None) | (None, Some(one)) if !matches!(one.value, Value::Scalar(_)) => one,
                (yes, no) => {
                    let either = [yes, no].map(|one| one.as_ref().map(compact).unwrap_or_default());
                    return Some(node.unknown(format!("Fn::If({condition},{})", either.join(","))));
                }
            },
        };
        Some(node.with(chosen.value))
    }

    fn substituted(&self, argument: &Node) -> Option<Text> {
        let (template, variables) = match argument.items() {
            [] => (argument.text()?, &[][..]),
            [template] => (template.text()?, &[][..]),
            [template, variables, ..] => (template.text()?, variables.entries()),
        };
        let mut made = Text::default();
        for part in &template.0 {
            let Part::Literal(literal) = part else {
                text::push(&mut made, part.clone());
                continue;
            };
            let mut rest = literal.as_str();
            while let Some((before, after)) = rest.split_once("${") {
                let Some((name, after)) = after.split_once('}') else { break };
                text::add(&mut made, before);
                match name.strip_prefix('!') {
                    Some(literal) => text::add(&mut made, &format!("${{{literal}}}")),
                    None => text::append(&mut made, self.variable(name.trim(), variables)),
                }
                rest = after;
            }
            text::add(&mut made, rest);
        }
        Some(dynamic(&made))
    }

    fn variable(&self, name: &str, variables: &[(String, Node)]) -> Text {
        let own = variables.iter().find(|(known, _)| known == name);
        let value = match own {
            Some((_, node)) => self.resolve(node).map(|node| node.value),
            None if self.named.contains_key(name) => Some(self.reference(name)),
            None => match name.split_once('.') {
                Some((id, attribute)) => Some(Value::Scalar(self.attribute(id, attribute))),
                None => Some(self.reference(name)),
            },
        };
        match value {
            Some(Value::Scalar(text)) if self.may_make(length(&text)) => text,
            _ => Text(vec![Part::Unknown(format!("${{{name}}}"))]),
        }
    }

    /// What `Ref` says.
    fn reference(&self, name: &str) -> Value {
        let part = match name {
            "AWS::Region" => Part::Region,
            "AWS::AccountId" => Part::Account,
            "AWS::Partition" => Part::Partition,
            "AWS::URLSuffix" | "AWS::StackName" | "AWS::StackId" | "AWS::NotificationARNs" => unknown(name),
            _ => match (self.parameters.get(name), self.named.get(name)) {
                (Some(value), _) => return value.clone(),
                (None, Some(named)) => {
                    Part::Of { address: named.address.clone(), attribute: super::references::reference(&named.kind) }
                }
                (None, None) => unknown(name),
            },
        };
        Value::Scalar(Text(vec![part]))
    }

    fn attribute_of(&self, argument: &Node) -> Option<Text> {
        match argument.items() {
            [id, name] => Some(self.attribute(id.known()?, self.resolve(name)?.known()?)),
            [] => argument.known()?.split_once('.').map(|(id, name)| self.attribute(id, name)),
            _ => None,
        }
    }

    fn attribute(&self, id: &str, name: &str) -> Text {
        let Some(named) = self.named.get(id) else { return Text(vec![unknown(&format!("{id}.{name}"))]) };
        if named.kind == "AWS::CloudFormation::Stack" {
            return Text(vec![unknown(&format!("{id}.{name}"))]);
        }
        let attribute = attribute(name);
        let is_group = named.kind == "AWS::Logs::LogGroup" && attribute == Attribute::Arn;
        let mut text = Text(vec![Part::Of { address: named.address.clone(), attribute }]);
        if is_group {
            // The ARN that CloudFormation gives of a group is that of its streams.
            text::add(&mut text, ":*");
        }
        text
    }

    fn joined(&self, argument: &Node) -> Option<Text> {
        let [between, items] = argument.items() else { return None };
        let between = between.known()?;
        let items = self.resolve(items)?;
        if !matches!(items.value, Value::List(_)) {
            return None;
        }
        let mut made = Text::default();
        for (number, item) in items.items().iter().enumerate() {
            if !self.may_make(between.len() + length(item.text()?)) {
                return None;
            }
            if number > 0 {
                text::add(&mut made, between);
            }
            text::append(&mut made, item.text()?.clone());
        }
        Some(made)
    }

    fn selected(&self, argument: &Node) -> Option<Value> {
        let [index, items] = argument.items() else { return None };
        let index: usize = self.resolve(index)?.known()?.parse().ok()?;
        self.resolve(items)?.items().get(index).map(|item| item.value.clone())
    }

    fn split(&self, argument: &Node) -> Option<Value> {
        let [between, whole] = argument.items() else { return None };
        let whole = self.resolve(whole)?;
        let pieces = whole.known()?.split(between.known().filter(|between| !between.is_empty())?);
        let pieces: Vec<Node> = pieces.map(|piece| whole.scalar(text::literal(piece))).collect();
        Some(Value::List(pieces))
    }

    fn found(&self, argument: &Node) -> Option<Value> {
        let [map, first, second, ..] = argument.items() else { return None };
        let [map, first, second] = [map, first, second].map(|key| self.resolve(key));
        let (map, first, second) = (map?, first?, second?);
        let found = self.mappings.get(map.known()?)?.at(&[first.known()?, second.known()?])?;
        Some(found.value.clone())
    }
}

fn is_function(key: &str) -> bool {
    key.starts_with("Fn::")
}

fn unknown(name: &str) -> Part {
    Part::Unknown(format!("${{{name}}}"))
}

/// `{{resolve:ssm:…}}` is looked up when it is deployed:
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html>.
fn dynamic(written: &Text) -> Text {
    let has_any = |part: &Part| matches!(part, Part::Literal(literal) if literal.contains("{{resolve:"));
    if !written.0.iter().any(has_any) {
        return written.clone();
    }
    let mut made = Text::default();
    for part in &written.0 {
        let Part::Literal(literal) = part else {
            text::push(&mut made, part.clone());
            continue;
        };
        let mut rest = literal.as_str();
        while let Some((before, after)) = rest.split_once("{{resolve:") {
            let Some((reference, after)) = after.split_once("}}") else { break };
            text::add(&mut made, before);
            text::push(&mut made, Part::Unknown(format!("{{{{resolve:{reference}}}}}")));
            rest = after;
        }
        text::add(&mut made, rest);
    }
    made
}

/// On one line, for comparing.
fn compact(node: &Node) -> String {
    match &node.value {
        Value::Null => "null".to_owned(),
        Value::Scalar(text) => text::written(text),
        Value::List(items) => format!("[{}]", items.iter().map(compact).collect::<Vec<_>>().join(",")),
        Value::Map(entries) => {
            let entries = entries.iter().map(|(key, node)| format!("{key}:{}", compact(node)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(","))
        }
    }
}

fn length(text: &Text) -> usize {
    text.0.iter().map(|part| if let Part::Literal(literal) = part { literal.len() } else { 8 }).sum()
}

fn size(value: &Value) -> usize {
    1 + match value {
        Value::Null => 0,
        Value::Scalar(text) => length(text),
        Value::List(items) => items.iter().map(|item| size(&item.value)).sum(),
        Value::Map(entries) => entries.iter().map(|(key, node)| key.len() + size(&node.value)).sum(),
    }
}
