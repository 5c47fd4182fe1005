//! The resources of a module or of a plan, and which of them a text means.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::check::observed::{Attribute, Field, Part, Place, Text};
use crate::check::read::terraform::value::{Kind, Value, literal};

/// A resource that is there.
#[derive(Debug)]
pub(super) struct Resource {
    /// `aws_sqs_queue`.
    pub(super) ty: String,
    /// `aws_sqs_queue.orders`, `module.shop.aws_sqs_queue.orders["eu"]`: unique.
    pub(super) address: String,
    /// Its arguments and blocks.
    pub(super) body: Value,
    pub(super) place: Rc<Place>,
}

/// All of them.
pub(super) struct Resources {
    pub(super) all: Vec<Resource>,
    /// Where each stands among them.
    by_address: BTreeMap<String, usize>,
    /// ARNs and URLs that are known, of a plan for what is there already.
    known: BTreeMap<String, (String, Attribute)>,
}

impl Resource {
    /// An argument; null if it is not written.
    pub(super) fn get(&self, name: &str) -> Value {
        argument(&self.body, name)
    }

    /// The only block of this name, or the first.
    pub(super) fn block(&self, name: &str) -> Option<Value> {
        block(&self.body, name)
    }

    pub(super) fn place(&self) -> Place {
        (*self.place).clone()
    }
}

/// An argument of what stands in a block; null if it is not written.
pub(super) fn argument(body: &Value, name: &str) -> Value {
    match &body.of {
        Kind::Map(map) => match map.get(name) {
            Some(value) => value.clone(),
            None if map.is_open => Value::new(Kind::Unknown(name.to_owned()), &body.place),
            None => Value::new(Kind::Null, &body.place),
        },
        Kind::Null => body.clone(),
        _ => Value::new(Kind::Unknown(name.to_owned()), &body.place),
    }
}

/// The blocks of a name; what may be there and is known only later is an unknown one.
pub(super) fn blocks(body: &Value, name: &str) -> Vec<Value> {
    let value = argument(body, name);
    match &value.of {
        Kind::Null => Vec::new(),
        Kind::List(list) => {
            let mut all = list.items.clone();
            if list.is_open {
                all.push(Value::new(Kind::Unknown(name.to_owned()), &value.place));
            }
            all
        }
        _ => vec![value],
    }
}

pub(super) fn block(body: &Value, name: &str) -> Option<Value> {
    blocks(body, name).into_iter().next()
}

/// The items of a list; what may be there and is known only later is an unknown one.
pub(super) fn items(value: &Value) -> Vec<Value> {
    match &value.of {
        Kind::Null => Vec::new(),
        Kind::List(list) => {
            let mut all = list.items.clone();
            if list.is_open {
                all.push(Value::new(Kind::Unknown("more".to_owned()), &value.place));
            }
            all
        }
        _ => vec![value.clone()],
    }
}

/// The texts of a list.
pub(super) fn strings(value: &Value) -> Vec<Field<String>> {
    items(value).iter().map(|item| item.field(Value::as_str)).collect()
}

/// What an attribute of a resource is: its ARN, what it is called by, or another one.
pub(super) fn attribute(ty: &str, name: &str) -> Attribute {
    let by_arn = matches!(
        ty,
        "aws_sns_topic"
            | "aws_sns_topic_subscription"
            | "aws_iam_policy"
            | "aws_kinesis_stream"
            | "aws_lambda_alias"
            | "aws_lb"
            | "aws_lb_listener"
            | "aws_lb_listener_rule"
            | "aws_lb_target_group"
            | "aws_msk_cluster"
            | "aws_msk_serverless_cluster"
            | "aws_secretsmanager_secret"
            | "aws_acm_certificate"
            | "aws_sfn_state_machine"
            | "aws_cloudwatch_event_connection"
            | "aws_ecs_cluster"
    );
    let is_api = matches!(ty, "aws_apigatewayv2_api" | "aws_api_gateway_rest_api");
    match name {
        "arn" => Attribute::Arn,
        "id" if by_arn => Attribute::Arn,
        "stream_arn" => Attribute::StreamArn,
        "id" => Attribute::Name,
        "name" if !is_api => Attribute::Name,
        "url" if ty == "aws_sqs_queue" => Attribute::Name,
        "function_name" if ty == "aws_lambda_function" => Attribute::Name,
        "bucket" if ty == "aws_s3_bucket" => Attribute::Name,
        "queue_url" if ty == "aws_sqs_queue_redrive_policy" => Attribute::Name,
        _ => Attribute::Other(name.to_owned()),
    }
}

impl Resources {
    pub(super) fn new(all: Vec<Resource>) -> Self {
        let by_address = all.iter().enumerate().map(|(at, resource)| (resource.address.clone(), at)).collect();
        Self { all, by_address, known: BTreeMap::new() }
    }

    /// With what the resources that are there already have: exactly such a text means that resource.
    pub(super) fn with_known(mut self) -> Self {
        for resource in &self.all {
            let Some(body) = resource.body.as_map() else { continue };
            // An event target's `arn` is of what it invokes.
            let own = |name: &str| name != "arn" || resource.ty != "aws_cloudwatch_event_target";
            for name in ["arn", "stream_arn", "url", "invoke_arn", "qualified_arn", "qualified_invoke_arn"] {
                if let Some(text) =
                    own(name).then(|| body.get(name)?.as_str()).flatten().filter(|text| !text.is_empty())
                {
                    let of = (resource.address.clone(), attribute(&resource.ty, name));
                    self.known.entry(text).or_insert(of);
                }
            }
        }
        self
    }

    pub(super) fn of<'r>(&'r self, ty: &'r str) -> impl Iterator<Item = &'r Resource> {
        self.all.iter().filter(move |resource| resource.ty == ty)
    }

    pub(super) fn get(&self, address: &str) -> Option<&Resource> {
        self.by_address.get(address).and_then(|at| self.all.get(*at))
    }

    /// A setting that is a text; a known ARN of one of these resources is a reference to it.
    pub(super) fn text(&self, value: &Value) -> Field<Text> {
        match value.text_field() {
            Field::Known(text, place) => Field::Known(self.referring(text), place),
            field => field,
        }
    }

    /// A known ARN of one of these resources as a reference to it.
    pub(super) fn referring(&self, text: Text) -> Text {
        match literal(&text).and_then(|text| self.known.get(text)) {
            Some((address, attribute)) => {
                Text(vec![Part::Of { address: address.clone(), attribute: attribute.clone() }])
            }
            None => text,
        }
    }

    /// The resource of this type that a text is an ARN, a name or another attribute of.
    pub(super) fn meant<'r>(&'r self, ty: &str, text: &Text) -> Option<&'r Resource> {
        let text = self.referring(text.clone());
        if let [Part::Of { address, .. }] = text.0.as_slice() {
            return self.get(address).filter(|resource| resource.ty == ty);
        }
        // An identifier is known of what is there already.
        let names = [name_argument(ty), "id"];
        let is_named = |resource: &&Resource| {
            resource.ty == ty && names.iter().any(|name| resource.get(name).text().as_ref() == Some(&text))
        };
        // An empty text is no name.
        self.all.iter().find(is_named).filter(|_| !text.0.is_empty())
    }

    /// The resource of one of these types that a text is made with: an ARN with more around it, too.
    pub(super) fn within<'r>(&'r self, types: &[&str], text: &Text) -> Option<&'r Resource> {
        let text = self.referring(text.clone());
        text.0.iter().find_map(|part| match part {
            Part::Of { address, .. } => self.get(address).filter(|resource| types.contains(&resource.ty.as_str())),
            _ => None,
        })
    }
}

/// The argument that a resource of this type is called by.
fn name_argument(ty: &str) -> &'static str {
    match ty {
        "aws_lambda_function" => "function_name",
        "aws_s3_bucket" => "bucket",
        _ => "name",
    }
}
