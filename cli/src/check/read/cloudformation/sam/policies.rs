//! `Policies` of a function: <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html>.

use super::templates;
use crate::check::observed::Permissions;
use crate::check::read::cloudformation::Reader;
use crate::check::read::document::{Node, Value};
use crate::check::read::policy::{add_document, generated};

impl Reader<'_> {
    /// Adds one of them: a managed policy, a document, or a template of SAM's.
    pub(super) fn policy(&self, permissions: &mut Permissions, policy: &Node) {
        match &policy.value {
            Value::Null => {}
            Value::Scalar(_) => self.roles.add_managed(permissions, policy),
            Value::Map(_) if policy.get("Statement").is_some() => add_document(permissions, policy, false),
            Value::Map(entries) => match entries.as_slice() {
                [(name, parameters)] => match templates::expand(name, parameters) {
                    Some(statements) => {
                        let made = statements.into_iter();
                        let made = made.map(|(actions, on)| generated(actions, on, &parameters.place));
                        permissions.statements.extend(made);
                    }
                    None => permissions.cannot_read(&parameters.place),
                },
                _ => permissions.cannot_read(&policy.place),
            },
            Value::List(_) => permissions.cannot_read(&policy.place),
        }
    }
}
