//! Policies of IAM: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html>.

use crate::check::observed::{Field, Part, Permissions, Place, Statement, Text};
use crate::check::read::document::{Node, Value};
use crate::check::read::{field, text};

/// Adds the statements of a policy document.
pub(crate) fn add_document(permissions: &mut Permissions, document: &Node, is_generated: bool) {
    match document.get("Statement") {
        Some(statements) => add_statements(permissions, statements, is_generated),
        None => permissions.cannot_read(&document.place),
    }
}

/// Adds a statement, or a list of them.
pub(crate) fn add_statements(permissions: &mut Permissions, statements: &Node, is_generated: bool) {
    for statement in statements.one_or_many() {
        match &statement.value {
            Value::Map(_) => permissions.statements.push(self::statement(statement, is_generated)),
            Value::Null => {}
            Value::Scalar(_) | Value::List(_) => permissions.cannot_read(&statement.place),
        }
    }
}

fn statement(node: &Node, is_generated: bool) -> Statement {
    Statement {
        is_allow: node.get("Effect").and_then(Node::known) == Some("Allow"),
        actions: field::words(node.get("Action")),
        not_actions: field::words(node.get("NotAction")),
        resources: arns(node.get("Resource")),
        not_resources: arns(node.get("NotResource")),
        has_condition: node.get("Condition").is_some(),
        is_generated,
        place: node.place.clone(),
    }
}

fn arns(node: Option<&Node>) -> Vec<Field<Text>> {
    let texts = field::texts(node).into_iter();
    texts
        .map(|text| match text {
            Field::Known(text, place) => Field::Known(text::by_arn(text), place),
            other => other,
        })
        .collect()
}

/// A statement that nobody wrote: what stands for it is at `place`.
pub(crate) fn generated(actions: &[&str], resources: Vec<Text>, place: &Place) -> Statement {
    let word = |action: &&str| Field::Default((*action).to_owned());
    Statement {
        is_allow: true,
        actions: actions.iter().map(word).collect(),
        not_actions: Vec::new(),
        resources: resources.into_iter().map(Field::Default).collect(),
        not_resources: Vec::new(),
        has_condition: false,
        is_generated: true,
        place: place.clone(),
    }
}

pub(crate) fn anything() -> Vec<Text> {
    vec![text::literal("*")]
}

/// Whether some of the principals of a resource's policy are more than its account, which leaves it to IAM's policies:
/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>.
pub(crate) fn lets_others(principals: impl IntoIterator<Item = Field<Text>>) -> bool {
    let is_account = |principal: &Text| match principal.0.as_slice() {
        [Part::Account] => true,
        [Part::Literal(id)] if id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit()) => true,
        _ => principal.ends_with(":root") == Some(true),
    };
    principals.into_iter().any(|principal| !principal.value().is_some_and(is_account))
}

impl Permissions {
    /// Notes the first part that could not be read.
    pub(crate) fn cannot_read(&mut self, place: &Place) {
        if self.unread.is_none() {
            self.unread = Some(place.clone());
        }
    }
}
