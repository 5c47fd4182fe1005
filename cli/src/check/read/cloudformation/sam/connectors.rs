//! Connectors: SAM allows one resource what it takes to work with another one, in the role of a function on either side.
//! <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/managing-permissions-connectors.html>

use crate::check::observed::{Field, Invoker, Target};
use crate::check::read::cloudformation::Reader;
use crate::check::read::document::Node;

impl Reader<'_> {
    /// What a connector allows is not spelled out here, so of the functions that have one nothing is known to be missing.
    pub(in crate::check::read::cloudformation) fn connectors(&mut self) {
        for resource in self.resources {
            if resource.kind == "AWS::Serverless::Connector" {
                for end in ["Source", "Destination"] {
                    self.connected(resource.properties.get(end));
                }
            }
            for (_, connector) in resource.node.get("Connectors").map(Node::entries).unwrap_or_default() {
                self.allow_unknown(&resource.address, connector);
                self.connected(connector.at(&["Properties", "Destination"]));
            }
        }
    }

    /// One end of a connector: one resource or several.
    fn connected(&mut self, end: Option<&Node>) {
        for end in end.map(Node::one_or_many).unwrap_or_default() {
            let function = self.target(end.get("Arn"));
            if let Some(id) = end.get("Id").and_then(Node::known).or(function.address()) {
                self.allow_unknown(id, end);
            }
        }
    }

    fn allow_unknown(&mut self, address: &str, node: &Node) {
        let own = self.observed.functions.iter_mut().find(|function| function.address == address);
        let Some(function) = own else { return };
        function.permissions.cannot_read(&node.place);
        // It may as well be a topic or a rule that may invoke the function.
        let unknown = || node.place.clone();
        self.observed.invokers.push(Invoker {
            place: node.place.clone(),
            function: Target::Function(address.to_owned()),
            principal: Field::Unknown(unknown()),
            action: Field::Unknown(unknown()),
        });
    }
}
