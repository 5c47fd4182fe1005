//! Events of APIs, and the APIs themselves.

use crate::check::observed::{AllowedBy, Cors, Field, FrontEnd, Place, Target};
use crate::check::read::cloudformation::Reader;
use crate::check::read::cloudformation::template::Resource;
use crate::check::read::document::{Node, Value};
use crate::check::read::{field, text, trigger};

impl Reader<'_> {
    /// An API with a definition of its own.
    pub(in crate::check::read::cloudformation) fn sam_api(&mut self, resource: &Resource) {
        let (front_end, cors) = match resource.kind.as_str() {
            "AWS::Serverless::HttpApi" => {
                (FrontEnd::HttpApi, trigger::cors(resource.properties.get("CorsConfiguration")))
            }
            _ => (FrontEnd::RestApi, rest_cors(resource.properties.get("Cors"))),
        };
        if let Some(body) = resource.properties.get("DefinitionBody") {
            self.definition(resource, body, front_end, &cors);
        }
        if let Some(location) = resource.properties.get("DefinitionUri") {
            self.template.cannot_read(format!("the definition of the API {}", resource.address), location);
        }
    }

    /// A WebSocket's routes are named, and each has a function.
    pub(in crate::check::read::cloudformation) fn sam_web_socket(&mut self, resource: &Resource) {
        for (name, route) in resource.properties.get("Routes").map(Node::entries).unwrap_or_default() {
            let Some(function) = self.invoked(route.get("FunctionArn")) else { continue };
            // Only the first request of a connection can be authorized.
            let asks = resource.properties.at(&["Auth", "AuthType"]).filter(|_| name == "$connect");
            let key = route.scalar(text::literal(name.as_str()));
            let authorization = field::word(asks, trigger::open());
            let by = trigger::http(FrontEnd::WebSocket, trigger::route_key(Some(&key)), Field::Absent, authorization);
            self.triggered(&route.place, function, by, AllowedBy::Generated);
        }
    }

    /// `HttpApi` and `Api`; without an API of the template's it is the one that SAM makes for all.
    pub(super) fn api_event(&mut self, kind: &str, properties: &Node, function: Target, place: &Place) {
        let (front_end, id, implicit) = match kind {
            "HttpApi" => (FrontEnd::HttpApi, "ApiId", "ServerlessHttpApi"),
            _ => (FrontEnd::RestApi, "RestApiId", "ServerlessRestApi"),
        };
        let api = match properties.get(id) {
            Some(id) => self.resource_of(Some(id)),
            None => self.by_address.get(implicit).copied(),
        };
        let api = api.map(|api| &api.properties);
        let cors = match front_end {
            FrontEnd::HttpApi => trigger::cors(api.and_then(|api| api.get("CorsConfiguration"))),
            _ => rest_cors(api.and_then(|api| api.get("Cors"))),
        };
        let route = trigger::route(properties.get("Method"), properties.get("Path"));
        let authorization = authorization(properties, api);
        let by = trigger::http(front_end, route, cors, authorization);
        self.triggered(place, function, by, AllowedBy::Generated);
    }
}

/// What authorizes a route: its own authorizer, else the API's default.
fn authorization(event: &Node, api: Option<&Node>) -> Field<String> {
    let default = || api.and_then(|api| api.at(&["Auth", "DefaultAuthorizer"]));
    let Some(named) = event.at(&["Auth", "Authorizer"]).or_else(default) else { return trigger::open() };
    let Some(name) = named.known() else { return Field::Unknown(named.place.clone()) };
    if matches!(name, "NONE" | "AWS_IAM") {
        return Field::Known(name.to_owned(), named.place.clone());
    }
    let authorizer = api.and_then(|api| api.at(&["Auth", "Authorizers", name]));
    let kind = authorizer.and_then(|authorizer| {
        let has = |key: &str| authorizer.get(key).is_some();
        if has("JwtConfiguration") || has("OpenIdConnectUrl") {
            Some("JWT")
        } else if has("UserPoolArn") {
            Some("COGNITO_USER_POOLS")
        } else if has("FunctionArn") {
            Some("CUSTOM")
        } else {
            None
        }
    });
    match kind {
        Some(kind) => Field::Known(kind.to_owned(), named.place.clone()),
        None => Field::Unknown(named.place.clone()),
    }
}

/// `Cors` of a REST API, whose values are quoted once more: `"'GET,POST'"`. A single value is the origin:
/// <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-api-corsconfiguration.html>.
fn rest_cors(node: Option<&Node>) -> Field<Cors> {
    let Some(node) = node else { return Field::Absent };
    let words = |node: Option<&Node>| match node {
        None => Some(Vec::new()),
        Some(node) => {
            let inner = node.known()?.trim_matches('\'');
            Some(inner.split(',').map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect())
        }
    };
    let credentials = || match field::boolean(node.get("AllowCredentials"), Field::Default(false)) {
        Field::Unknown(_) => None,
        known => known.value().copied(),
    };
    let read = match &node.value {
        Value::Map(_) => (|| {
            Some(Cors {
                origins: words(node.get("AllowOrigin"))?,
                methods: words(node.get("AllowMethods"))?,
                headers: words(node.get("AllowHeaders"))?,
                credentials: credentials()?,
            })
        })(),
        _ => words(Some(node)).map(|origins| Cors { origins, ..Cors::default() }),
    };
    read.map_or_else(|| Field::Unknown(node.place.clone()), |cors| Field::Known(cors, node.place.clone()))
}
