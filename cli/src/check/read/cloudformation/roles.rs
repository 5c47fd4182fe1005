//! What roles may do: their own policies, and those that are attached to them.

use std::collections::HashMap;

use super::template::{self, Resource};
use crate::check::observed::{Permissions, Place, Text};
use crate::check::read::document::Node;
use crate::check::read::{managed, policy};

/// The roles of a template.
#[derive(Default)]
pub(crate) struct Roles<'a> {
    by_address: HashMap<&'a str, &'a Resource>,
    /// Roles by the names that they are given.
    by_name: Vec<(&'a Text, &'a str)>,
    /// The documents of policies that are made apart, by the role's address.
    attached: HashMap<String, Vec<&'a Node>>,
    /// Policies that are attached to what is not known, and so perhaps to any role.
    adrift: Vec<Place>,
    policies: HashMap<&'a str, &'a Resource>,
}

impl<'a> Roles<'a> {
    pub(super) fn of(resources: &'a [Resource]) -> Self {
        let mut roles = Self::default();
        for resource in resources {
            match resource.kind.as_str() {
                "AWS::IAM::Role" => {
                    roles.by_address.insert(&resource.address, resource);
                    if let Some(name) = resource.properties.get("RoleName").and_then(Node::text) {
                        roles.by_name.push((name, &resource.address));
                    }
                }
                "AWS::IAM::ManagedPolicy" => {
                    roles.policies.insert(&resource.address, resource);
                }
                _ => {}
            }
        }
        for resource in resources {
            let to = match resource.kind.as_str() {
                "AWS::IAM::Policy" | "AWS::IAM::ManagedPolicy" => resource.properties.get("Roles"),
                "AWS::IAM::RolePolicy" => resource.properties.get("RoleName"),
                _ => continue,
            };
            let Some(document) = resource.properties.get("PolicyDocument") else { continue };
            for role in to.map(Node::one_or_many).unwrap_or_default() {
                match role.text().map(|role| roles.address(role)) {
                    Some(Some(address)) => roles.attached.entry(address).or_default().push(document),
                    // The role of a name that is known is not of these files.
                    Some(None) if role.known().is_some() => {}
                    _ => roles.adrift.push(role.place.clone()),
                }
            }
        }
        roles
    }

    fn address(&self, role: &Text) -> Option<String> {
        let named = || self.by_name.iter().find(|(name, _)| *name == role).map(|(_, address)| *address);
        template::of(role).or_else(named).map(str::to_owned)
    }

    /// What a function's role may do; `place` is the function's.
    pub(super) fn permissions(&self, role: Option<&Node>, place: &Place) -> Permissions {
        let Some(role) = role else { return Permissions { unread: Some(place.clone()), ..Permissions::default() } };
        let address = role.text().and_then(template::of);
        let Some(resource) = address.and_then(|address| self.by_address.get(address)) else {
            return Permissions {
                place: Some(role.place.clone()),
                unread: Some(role.place.clone()),
                ..Permissions::default()
            };
        };
        let mut permissions = Permissions { place: Some(resource.node.place.clone()), ..Permissions::default() };
        if resource.properties.is_unknown() {
            permissions.cannot_read(&resource.properties.place);
        }
        for inline in resource.properties.get("Policies").map(Node::one_or_many).unwrap_or_default() {
            match inline.get("PolicyDocument") {
                Some(document) => policy::add_document(&mut permissions, document, false),
                None => permissions.cannot_read(&inline.place),
            }
        }
        for arn in resource.properties.get("ManagedPolicyArns").map(Node::one_or_many).unwrap_or_default() {
            self.add_managed(&mut permissions, arn);
        }
        self.add_attached(&mut permissions, &resource.address);
        permissions
    }

    /// Adds what policies say that are made apart.
    pub(super) fn add_attached(&self, permissions: &mut Permissions, role: &str) {
        for document in self.attached.get(role).map(Vec::as_slice).unwrap_or_default() {
            policy::add_document(permissions, document, false);
        }
        for place in &self.adrift {
            permissions.cannot_read(place);
        }
    }

    /// Adds what a managed policy says, one of AWS's or one of these files.
    pub(super) fn add_managed(&self, permissions: &mut Permissions, policy: &Node) {
        let own = policy.text().and_then(template::of).and_then(|address| self.policies.get(address));
        let is_known = match own.and_then(|own| own.properties.get("PolicyDocument")) {
            Some(document) => {
                policy::add_document(permissions, document, false);
                true
            }
            None => policy.text().is_some_and(|arn| managed::add(permissions, arn, &policy.place)),
        };
        if !is_known {
            permissions.cannot_read(&policy.place);
        }
    }
}
