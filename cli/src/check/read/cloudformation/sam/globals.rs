//! `Globals`: what all resources of a kind have, <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html>.

use crate::check::read::cloudformation::template::{Resource, Template};
use crate::check::read::document::{Node, Value};

/// Merges them into the resources. A resource's own word stands before that of all.
pub(in crate::check::read::cloudformation) fn apply(
    template: &Template,
    document: &Node,
    resources: &mut Vec<Resource>,
) {
    let Some(globals) = document.get("Globals") else { return };
    // The APIs that SAM makes have no properties but these.
    for (kind, address) in [("Api", "ServerlessRestApi"), ("HttpApi", "ServerlessHttpApi")] {
        if let Some(node) = globals.get(kind) {
            let properties = node.with(Value::Map(Vec::new()));
            let kind = format!("AWS::Serverless::{kind}");
            resources.push(Resource { kind, address: address.to_owned(), node: properties.clone(), properties });
        }
    }
    for (kind, global) in globals.entries() {
        let Some(global) = template.resolve(global) else { continue };
        let kind = format!("AWS::Serverless::{kind}");
        for resource in resources.iter_mut().filter(|resource| resource.kind == kind) {
            let ignored = resource.node.get("IgnoreGlobals");
            match ignored {
                Some(all) if all.known() == Some("*") => continue,
                _ => {}
            }
            let is_ignored = |key: &str| {
                let keys = ignored.map(Node::items).unwrap_or_default();
                keys.iter().any(|ignored| ignored.known() == Some(key))
            };
            let kept = global.entries().iter().filter(|(key, _)| !is_ignored(key)).cloned();
            let kept = global.with(Value::Map(kept.collect()));
            resource.properties = merge(kept, &resource.properties);
        }
    }
}

/// Maps merge, lists follow each other, and of anything else it is the resource's own that stands.
fn merge(global: Node, own: &Node) -> Node {
    match (global.value, &own.value) {
        (Value::Map(mut merged), Value::Map(entries)) => {
            for (key, node) in entries {
                match merged.iter_mut().find(|(known, _)| known == key) {
                    Some((_, known)) => *known = merge(known.clone(), node),
                    None => merged.push((key.clone(), node.clone())),
                }
            }
            own.with(Value::Map(merged))
        }
        (Value::List(mut items), Value::List(more)) => {
            items.extend(more.iter().cloned());
            own.with(Value::List(items))
        }
        _ => own.clone(),
    }
}
