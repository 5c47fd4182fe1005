//! REST APIs, whose paths are made of resources.

use super::http::http;
use super::invokers::{allowed_by, invocations};
use super::target::target;
use crate::check::observed::{Attribute, Field, FrontEnd, Http, Part, Route, Text, Triggered};
use crate::check::read::terraform::resources::{Resource, Resources};
use crate::check::read::terraform::value::Value;

/// A path has at most as many segments as this; one that leads back to itself ends here.
const SEGMENTS: usize = 100;

pub(super) fn integration(integration: &Resource, resources: &Resources) -> Option<Triggered> {
    let function = target(&integration.get("uri"), resources)?;
    let method = integration.get("http_method");
    let resource = integration.get("resource_id");
    let route = match (method.as_str(), resource.text().and_then(|resource| path(&resource, resources))) {
        (Some(method), Some(path)) => Route::Of { method: method.to_ascii_uppercase(), path },
        _ => Route::Unknown,
    };
    let is_same = |other: &&Resource| {
        other.get("resource_id").text() == resource.text() && other.get("http_method").text() == method.text()
    };
    let of = resources.of("aws_api_gateway_method").find(is_same);
    let authorization = match of {
        Some(of) => of.get("authorization").field(Value::as_str),
        None => Field::Unknown((*method.place).clone()),
    };
    let api = Http { front_end: FrontEnd::RestApi, route, cors: Field::Absent, authorization };
    let source = invocations(&integration.get("rest_api_id"), "aws_api_gateway_rest_api", resources);
    Some(http(integration.place(), function, api, allowed_by(&integration.get("credentials"), source)))
}

/// The path of a resource, from its own segment to the root.
fn path(resource: &Text, resources: &Resources) -> Option<String> {
    let mut segments = Vec::new();
    let mut next = resource.clone();
    for _ in 0..SEGMENTS {
        if is_root(&next, resources) {
            segments.reverse();
            return Some(format!("/{}", segments.join("/")));
        }
        let of = resources.meant("aws_api_gateway_resource", &next)?;
        segments.push(of.get("path_part").as_str()?);
        next = of.get("parent_id").text()?;
    }
    None
}

fn is_root(text: &Text, resources: &Resources) -> bool {
    match text.0.as_slice() {
        [Part::Of { address, attribute: Attribute::Other(name) }] => {
            let of = resources.get(address);
            name == "root_resource_id" && of.is_some_and(|of| of.ty == "aws_api_gateway_rest_api")
        }
        // As a plan has it for what is there already.
        [Part::Literal(_)] => resources
            .of("aws_api_gateway_rest_api")
            .any(|api| api.get("root_resource_id").text().as_ref() == Some(text)),
        _ => false,
    }
}
