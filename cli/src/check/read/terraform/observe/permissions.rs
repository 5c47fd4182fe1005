//! What a function's role may do: the policies in it, and those that are attached to it.

use std::rc::Rc;

use crate::check::observed::{Permissions, Place};
use crate::check::read::managed;
use crate::check::read::terraform::policy;
use crate::check::read::terraform::resources::{Resource, Resources, argument, blocks, items};
use crate::check::read::terraform::value::Value;

pub(super) fn permissions(function: &Resource, resources: &Resources) -> Permissions {
    let named = function.get("role");
    let mut permissions = Permissions { place: Some((*named.place).clone()), ..Permissions::default() };
    let Some(role) = named.text().and_then(|role| resources.meant("aws_iam_role", &role)) else {
        permissions.unread = Some((*named.place).clone());
        return permissions;
    };
    permissions.place = Some(role.place());
    for inline in blocks(&role.body, "inline_policy") {
        let policy = argument(&inline, "policy");
        // An empty block says that there are none.
        if !policy.is_null() {
            add(&mut permissions, &policy, resources);
        }
    }
    for arn in items(&role.get("managed_policy_arns")) {
        attach(&mut permissions, &arn, resources);
    }
    for own in resources.of("aws_iam_role_policy") {
        if is_of(&mut permissions, &own.get("role"), role, resources) {
            add(&mut permissions, &own.get("policy"), resources);
        }
    }
    for attachment in resources.of("aws_iam_role_policy_attachment") {
        if is_of(&mut permissions, &attachment.get("role"), role, resources) {
            attach(&mut permissions, &attachment.get("policy_arn"), resources);
        }
    }
    for attachments in resources.of("aws_iam_role_policy_attachments_exclusive") {
        if is_of(&mut permissions, &attachments.get("role_name"), role, resources) {
            items(&attachments.get("policy_arns")).iter().for_each(|arn| attach(&mut permissions, arn, resources));
        }
    }
    for attachment in resources.of("aws_iam_policy_attachment") {
        for to in items(&attachment.get("roles")) {
            if is_of(&mut permissions, &to, role, resources) {
                attach(&mut permissions, &attachment.get("policy_arn"), resources);
            }
        }
    }
    permissions
}

/// Whether a policy is for this role. If that is known only later, it may be.
fn is_of(permissions: &mut Permissions, named: &Value, role: &Resource, resources: &Resources) -> bool {
    let Some(text) = named.text() else { return false };
    match resources.meant("aws_iam_role", &text) {
        Some(found) => found.address == role.address,
        None => {
            // Two texts can differ and be the same name in the end.
            if text.is_open() {
                unread(permissions, &named.place);
            }
            false
        }
    }
}

fn unread(permissions: &mut Permissions, place: &Rc<Place>) {
    if permissions.unread.is_none() {
        permissions.unread = Some((**place).clone());
    }
}

fn add(permissions: &mut Permissions, policy: &Value, resources: &Resources) {
    let (statements, missing) = policy::statements(policy, resources);
    permissions.statements.extend(statements);
    if permissions.unread.is_none() {
        permissions.unread = missing;
    }
}

/// A policy by its ARN: one of these files, or one of AWS.
fn attach(permissions: &mut Permissions, arn: &Value, resources: &Resources) {
    let text = arn.text();
    if let Some(own) = text.as_ref().and_then(|arn| resources.meant("aws_iam_policy", arn)) {
        add(permissions, &own.get("policy"), resources);
        return;
    }
    if !text.is_some_and(|arn_text| managed::add(permissions, &arn_text, &arn.place)) {
        unread(permissions, &arn.place);
    }
}
