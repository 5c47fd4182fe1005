//! Routes as data: what generated code says about them, for the manifest and for what holds for each.

use serde::Serialize;
use serde::ser::{SerializeSeq, Serializer};

use super::cors::Cors;
use super::verb::Verbs;
use crate::idempotency::Options;
use crate::schema::Payload;

/// The routes of a module, for the manifest and for checks across modules.
#[doc(hidden)]
pub struct Group {
    /// The module's path.
    pub module: &'static str,
    /// Its own routes.
    pub routes: &'static [Route],
    /// Those of other modules, behind prefixes.
    pub mounts: &'static [Mount],
}

/// A route.
#[doc(hidden)]
pub struct Route {
    /// The function's name.
    pub name: &'static str,
    /// The methods that it takes.
    pub verbs: Verbs,
    /// The pattern, with the prefix of its module.
    pub pattern: &'static str,
    /// What it says itself about CORS.
    pub cors: Option<&'static Cors>,
    /// What its `#[idempotent]` says, or its module's.
    pub idempotency: Option<&'static Options>,
    /// The margin of its own `#[deadline]`.
    pub deadline_margin_ms: Option<u64>,
    /// What its body looks like, as far as its type says so.
    pub body: Payload,
}

impl Route {
    /// A route of which nothing more is known.
    pub const fn new(name: &'static str, verbs: Verbs, pattern: &'static str) -> Self {
        Self { name, verbs, pattern, cors: None, idempotency: None, deadline_margin_ms: None, body: Payload::UNKNOWN }
    }

    /// With what it says itself about CORS.
    pub const fn cors(mut self, cors: &'static Cors) -> Self {
        self.cors = Some(cors);
        self
    }

    /// `#[idempotent]`.
    pub const fn idempotency(mut self, options: &'static Options) -> Self {
        self.idempotency = Some(options);
        self
    }

    /// `#[deadline(margin = "…")]`, in milliseconds.
    pub const fn deadline_margin_ms(mut self, ms: u64) -> Self {
        self.deadline_margin_ms = Some(ms);
        self
    }

    /// The type of its `#[body]`.
    pub const fn body(mut self, body: Payload) -> Self {
        self.body = body;
        self
    }
}

/// Routes of another module.
#[doc(hidden)]
pub struct Mount {
    /// What stands before each of its patterns.
    pub prefix: &'static str,
    /// Those.
    pub group: &'static Group,
}

impl Group {
    /// The number of routes, mounted ones included.
    pub const fn count(&self) -> usize {
        let (mut count, mut mounts) = (self.routes.len(), self.mounts);
        while let [mount, rest @ ..] = mounts {
            count += mount.group.count();
            mounts = rest;
        }
        count
    }

    /// Whether one of the routes has something to say about CORS.
    pub(crate) fn has_cors(&self) -> bool {
        self.routes.iter().any(|route| route.cors.is_some()) || self.mounts.iter().any(|mount| mount.group.has_cors())
    }

    /// The route of this number.
    pub(crate) fn route(&self, number: usize) -> Option<&'static Route> {
        if let Some(route) = self.routes.get(number) {
            return Some(route);
        }
        let mut number = number - self.routes.len();
        for mount in self.mounts {
            let count = mount.group.count();
            if number < count {
                return mount.group.route(number);
            }
            number -= count;
        }
        None
    }

    /// The whole pattern of a route; none for the fallback.
    #[cfg(feature = "otel")]
    pub(crate) fn pattern(&self, number: usize) -> Option<String> {
        let (mut index, mut found) = (0, None);
        self.each("", &mut |pattern, _| {
            if index == number {
                found = Some(pattern);
            }
            index += 1;
        });
        found.filter(|pattern| !pattern.is_empty())
    }

    /// Tells each route with its whole pattern.
    fn each(&self, prefix: &str, tell: &mut impl FnMut(String, &'static Route)) {
        for route in self.routes {
            // Behind a prefix, the root is the prefix itself.
            let rest = if route.pattern == "/" && !prefix.is_empty() { "" } else { route.pattern };
            tell(format!("{prefix}{rest}"), route);
        }
        for mount in self.mounts {
            mount.group.each(&format!("{prefix}{}", mount.prefix), tell);
        }
    }
}

/// For the manifest.
impl Serialize for Group {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Shown {
            methods: Vec<&'static str>,
            path: String,
            function: &'static str,
            #[serde(skip_serializing_if = "Option::is_none")]
            cors: Option<&'static Cors>,
            #[serde(skip_serializing_if = "Option::is_none")]
            idempotency: Option<&'static Options>,
            #[serde(skip_serializing_if = "Option::is_none")]
            deadline_margin_ms: Option<u64>,
            #[serde(flatten)]
            body: Payload,
        }
        let mut routes = Vec::new();
        self.each("", &mut |path, route| {
            // A fallback has neither method nor path of its own.
            let (verbs, path) =
                if route.verbs.is_empty() { (Verbs::ANY, "/{*path}".to_owned()) } else { (route.verbs, path) };
            let methods = if verbs == Verbs::ANY { vec!["ANY"] } else { verbs.names().collect() };
            let Route { name, cors, idempotency, deadline_margin_ms, body, .. } = *route;
            routes.push(Shown { methods, path, function: name, cors, idempotency, deadline_margin_ms, body });
        });
        let mut list = serializer.serialize_seq(Some(routes.len()))?;
        for route in &routes {
            list.serialize_element(route)?;
        }
        list.end()
    }
}

impl std::fmt::Debug for Group {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Group").field("module", &self.module).finish_non_exhaustive()
    }
}
