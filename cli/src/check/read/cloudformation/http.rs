//! What HTTP requests come through: APIs, function URLs, load balancers.

use super::template::of;
use super::triggers::allowed_by;
use super::{Reader, Resource};
use crate::check::observed::{AllowedBy, Cors, Field, FrontEnd, Part, Place, Route, Target, Text};
use crate::check::read::document::Node;
use crate::check::read::{field, text, trigger};

/// How many resources of a REST API a path can go through.
const SEGMENTS: usize = 64;

/// The methods of a path in an OpenAPI document; `x-amazon-apigateway-any-method` is each of them.
const METHODS: [&str; 8] =
    ["get", "put", "post", "delete", "options", "head", "patch", "x-amazon-apigateway-any-method"];

impl<'a> Reader<'a> {
    pub(super) fn resource_of(&self, node: Option<&Node>) -> Option<&'a Resource> {
        let text = node?.text()?;
        let address = text.0.iter().find_map(|part| match part {
            Part::Of { address, .. } => Some(address),
            _ => None,
        })?;
        self.by_address.get(address.as_str()).copied()
    }

    /// Reads a resource of these kinds.
    pub(super) fn front_end(&mut self, resource: &Resource) {
        let properties = &resource.properties;
        match resource.kind.as_str() {
            "AWS::ApiGatewayV2::Api" => self.quick_api(resource),
            "AWS::ApiGatewayV2::Route" => self.route(properties, &resource.node.place),
            "AWS::ApiGateway::RestApi" => {
                if let Some(body) = properties.get("Body") {
                    self.definition(resource, body, FrontEnd::RestApi, &Field::Absent);
                }
                if let Some(location) = properties.get("BodyS3Location") {
                    self.template.cannot_read(format!("the definition of the API {}", resource.address), location);
                }
            }
            "AWS::ApiGateway::Method" => self.method(properties, &resource.node.place),
            "AWS::Lambda::Url" => {
                let function = self.qualified_target(properties, "TargetFunctionArn");
                self.url(properties, function, &resource.node.place, AllowedBy::Permission { source: None });
            }
            "AWS::ElasticLoadBalancingV2::TargetGroup" => self.target_group(resource),
            _ => {}
        }
    }

    /// A function's URL.
    pub(crate) fn url(&mut self, config: &Node, function: Target, place: &Place, allowed_by: AllowedBy) {
        let authorization = field::word(config.get("AuthType"), trigger::open());
        let cors = trigger::cors(config.get("Cors"));
        let by = trigger::http(FrontEnd::FunctionUrl, Route::All, cors, authorization);
        self.triggered(place, function, by, allowed_by);
    }

    /// An API with a function or a definition of its own.
    fn quick_api(&mut self, resource: &Resource) {
        let properties = &resource.properties;
        let cors = trigger::cors(properties.get("CorsConfiguration"));
        if let Some(function) = self.invoked(properties.get("Target")) {
            let route = trigger::route_key(properties.get("RouteKey"));
            let by = trigger::http(protocol(properties), route, cors.clone(), trigger::open());
            let allowed_by = allowed_by(properties.get("CredentialsArn"), Some(invocations(&resource.named())));
            self.triggered(&resource.node.place, function, by, allowed_by);
        }
        if let Some(body) = properties.get("Body") {
            self.definition(resource, body, protocol(properties), &cors);
        }
        if let Some(location) = properties.get("BodyS3Location") {
            self.template.cannot_read(format!("the definition of the API {}", resource.address), location);
        }
    }

    fn route(&mut self, properties: &Node, place: &Place) {
        let integration = self.resource_of(properties.get("Target"));
        let uri = integration.and_then(|integration| integration.properties.get("IntegrationUri"));
        let function = match (integration, self.invoked(uri)) {
            (_, Some(function)) => function,
            // One that is made elsewhere.
            (None, None) => Target::Elsewhere,
            (Some(_), None) => return,
        };
        let api = self.resource_of(properties.get("ApiId")).map(|api| &api.properties);
        let cors = trigger::cors(api.and_then(|api| api.get("CorsConfiguration")));
        let front_end = api.map_or(FrontEnd::HttpApi, protocol);
        let authorization = field::word(properties.get("AuthorizationType"), trigger::open());
        let by = trigger::http(front_end, trigger::route_key(properties.get("RouteKey")), cors, authorization);
        let role = integration.and_then(|integration| integration.properties.get("CredentialsArn"));
        let source = properties.get("ApiId").and_then(Node::text).map(invocations);
        self.triggered(place, function, by, allowed_by(role, source));
    }

    fn method(&mut self, properties: &Node, place: &Place) {
        let Some(function) = self.invoked(properties.at(&["Integration", "Uri"])) else { return };
        let route = match (properties.get("HttpMethod").and_then(Node::known), self.path(properties.get("ResourceId")))
        {
            (Some(method), Some(path)) => Route::Of { method: method.to_ascii_uppercase(), path },
            _ => Route::Unknown,
        };
        let authorization = field::word(properties.get("AuthorizationType"), trigger::open());
        let by = trigger::http(FrontEnd::RestApi, route, Field::Absent, authorization);
        let source = properties.get("RestApiId").and_then(Node::text).map(invocations);
        self.triggered(place, function, by, allowed_by(properties.at(&["Integration", "Credentials"]), source));
    }

    /// The path of a resource of a REST API, through those it is below.
    fn path(&self, resource: Option<&Node>) -> Option<String> {
        let mut segments = Vec::new();
        let mut at = resource;
        while let Some(part) = self.resource_of(at) {
            if part.kind != "AWS::ApiGateway::Resource" {
                // The root is an attribute of the API.
                segments.reverse();
                return Some(format!("/{}", segments.join("/")));
            }
            segments.push(part.properties.get("PathPart")?.known()?);
            at = part.properties.get("ParentId");
            if segments.len() > SEGMENTS {
                return None;
            }
        }
        None
    }

    /// The routes of an OpenAPI document that go to functions.
    pub(super) fn definition(&mut self, api: &Resource, body: &Node, front_end: FrontEnd, cors: &Field<Cors>) {
        if body.is_unknown() {
            self.template.cannot_read("the definition of an API", body);
            return;
        }
        for (path, item) in body.get("paths").map(Node::entries).unwrap_or_default() {
            if item.is_unknown() {
                self.template.cannot_read(format!("the routes of {path}"), item);
            }
            for (method, operation) in item.entries().iter().filter(|(method, _)| METHODS.contains(&method.as_str())) {
                let Some(integration) = operation.get("x-amazon-apigateway-integration") else { continue };
                let Some(function) = self.invoked(integration.get("uri")) else { continue };
                let method = if method.starts_with("x-") { "ANY".to_owned() } else { method.to_ascii_uppercase() };
                let route = if path == "$default" || path == "/$default" {
                    Route::All
                } else {
                    Route::Of { method, path: path.clone() }
                };
                let by = trigger::http(front_end, route, cors.clone(), security(operation, body));
                let allowed_by = allowed_by(integration.get("credentials"), Some(invocations(&api.named())));
                self.triggered(&operation.place, function, by, allowed_by);
            }
        }
    }

    fn target_group(&mut self, group: &Resource) {
        let targets = group.properties.get("Targets").map(Node::items).unwrap_or_default();
        let is_lambda = group.properties.get("TargetType").and_then(Node::known) == Some("lambda");
        if !is_lambda {
            return;
        }
        for target in targets {
            let Some(function) = self.invoked(target.get("Id")) else { continue };
            let mut routes = self.load_balanced(&group.address);
            if routes.is_empty() {
                // Its rule is elsewhere.
                routes.push((Route::Unknown, group.node.place.clone()));
            }
            for (route, place) in routes {
                let by = trigger::http(FrontEnd::LoadBalancer, route, Field::Absent, trigger::open());
                // The group comes after the permission, which so can't have its ARN.
                let source = text::own_arn("elasticloadbalancing", text::literal("targetgroup/*"));
                let allowed_by = AllowedBy::Permission { source: Some(source) };
                self.triggered(&place, function.clone(), by, allowed_by);
            }
        }
    }

    /// What the rules of listeners, and their last resort, pass on to a group.
    fn load_balanced(&self, group: &str) -> Vec<(Route, Place)> {
        let mut routes = Vec::new();
        for resource in self.resources {
            let actions = match resource.kind.as_str() {
                "AWS::ElasticLoadBalancingV2::ListenerRule" => resource.properties.get("Actions"),
                "AWS::ElasticLoadBalancingV2::Listener" => resource.properties.get("DefaultActions"),
                _ => continue,
            };
            let actions = actions.map(Node::items).unwrap_or_default();
            if !actions.iter().any(|action| forwards_to(action, group)) {
                continue;
            }
            let conditions = resource.properties.get("Conditions").map(Node::items).unwrap_or_default();
            for route in balanced_routes(conditions) {
                routes.push((route, resource.node.place.clone()));
            }
        }
        routes
    }
}

/// The ARN of whatever is sent to an API: <https://docs.aws.amazon.com/apigateway/latest/developerguide/arn-format-reference.html>.
fn invocations(api: &Text) -> Text {
    let mut all = api.clone();
    text::add(&mut all, "/*");
    text::own_arn("execute-api", all)
}

fn protocol(api: &Node) -> FrontEnd {
    match api.get("ProtocolType").and_then(Node::known) {
        Some("WEBSOCKET") => FrontEnd::WebSocket,
        _ => FrontEnd::HttpApi,
    }
}

/// Whether an operation asks for an authorizer; which one is a matter of names.
fn security(operation: &Node, body: &Node) -> Field<String> {
    match operation.get("security").or_else(|| body.get("security")) {
        Some(security) if !security.items().is_empty() => Field::Unknown(security.place.clone()),
        _ => trigger::open(),
    }
}

fn forwards_to(action: &Node, group: &str) -> bool {
    let is_it = |node: Option<&Node>| node.and_then(Node::text).and_then(of) == Some(group);
    let groups = action.at(&["ForwardConfig", "TargetGroups"]).map(Node::items).unwrap_or_default();
    is_it(action.get("TargetGroupArn")) || groups.iter().any(|group| is_it(group.get("TargetGroupArn")))
}

/// The methods and paths of a rule's conditions: all pairs of them.
fn balanced_routes(conditions: &[Node]) -> Vec<Route> {
    let values = |field: &str, config: &str| {
        let condition =
            conditions.iter().find(|condition| condition.get("Field").and_then(Node::known) == Some(field))?;
        let values = condition.at(&[config, "Values"]).or_else(|| condition.get("Values"))?;
        Some(values.one_or_many())
    };
    balanced(values("http-request-method", "HttpRequestMethodConfig"), values("path-pattern", "PathPatternConfig"))
}

/// All pairs of methods and paths that a load balancer's rule asks for.
pub(crate) fn balanced(methods: Option<&[Node]>, paths: Option<&[Node]>) -> Vec<Route> {
    let any_or = |values: Option<&'_ [Node]>| -> Vec<Option<Node>> {
        values.map_or(vec![None], |values| values.iter().cloned().map(Some).collect())
    };
    let mut routes = Vec::new();
    for method in &any_or(methods) {
        for path in &any_or(paths) {
            let is_any = path.as_ref().is_none_or(|path| matches!(path.known(), Some("*" | "/*")));
            routes.push(match (is_any, method.as_ref().map(Node::known)) {
                (true, None) => Route::All,
                (true, Some(Some(method))) => Route::Of { method: method.to_ascii_uppercase(), path: "/*".to_owned() },
                (true, Some(None)) => Route::Unknown,
                (false, _) => trigger::route(method.as_ref(), path.as_ref()),
            });
        }
    }
    routes
}
