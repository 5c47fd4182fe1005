//! Whether what invokes a function may do so: <https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html>.

use crate::check::codes;
use crate::check::finding::Findings;
use crate::check::matching::Pair;
use crate::check::observed::{AllowedBy, Field, FrontEnd, Invoker, Part, Target, Text, Trigger};
use crate::check::rules::Whole;
use crate::check::texts::is_action;
use crate::check::words;
use crate::template::principals;

const INVOKE: &str = "lambda:InvokeFunction";
const INVOKE_URL: &str = "lambda:InvokeFunctionUrl";

/// Who has to be allowed.
struct Service {
    name: &'static str,
    principal: &'static str,
    action: &'static str,
}

/// One finding for each service and what it invokes. What is not compared: of which rule, topic or API a permission is.
pub(super) fn check(pair: &Pair<'_>, whole: &Whole<'_>, findings: &mut Findings) {
    if !whole.observed.unread.is_empty() {
        return;
    }
    let mut told = Vec::new();
    for triggered in &pair.triggers {
        let AllowedBy::Permission { source } = &triggered.allowed_by else { continue };
        let Some(service) = Service::of(&triggered.by) else { continue };
        let invoked = &triggered.function;
        let invokers = &whole.observed.invokers;
        if told.contains(&(service.principal, invoked)) || service.is_allowed(pair, invoked, invokers) {
            continue;
        }
        told.push((service.principal, invoked));
        if let Some(other) = invokers.iter().find(|invoker| service.lets(invoker, pair)) {
            let (what, of) = (words::invoked(invoked), words::invoked(&other.function));
            let message = format!("{} invokes {what}, and the permission is for {of}", service.name);
            let fix = words::permitted(&other.place, invoked);
            findings.add(&codes::INVOKER_NOT_ALLOWED, &other.place, message, fix);
            continue;
        }
        let message = format!("{} invokes it, and no permission of the function lets it", service.name);
        let fix = words::permission(&triggered.place, invoked, service.action, service.principal, source.as_ref());
        findings.add(&codes::INVOKER_NOT_ALLOWED, &triggered.place, message, fix);
    }
}

/// An alias and a version have permissions of their own; what is not known may be the one. A version may be what an alias
/// stands for, but is no other name of it.
fn is_for(permission: &Target, invoked: &Target) -> bool {
    match (permission.qualifier(), invoked.qualifier()) {
        (None, None) => true,
        (Some(one), None) | (None, Some(one)) => one.is_open(),
        (Some(one), Some(other)) => one == other || one.is_open() || other.is_open(),
    }
}

impl Service {
    /// None where nobody has to be.
    fn of(trigger: &Trigger) -> Option<Self> {
        let (name, principal) = match trigger {
            Trigger::Topic { .. } => ("SNS", principals::SNS),
            Trigger::Bucket { .. } => ("S3", principals::S3),
            Trigger::Rule { .. } | Trigger::Schedule { .. } => ("EventBridge", principals::EVENTBRIDGE),
            Trigger::LogGroup { .. } => ("CloudWatch Logs", principals::LOGS),
            Trigger::Mail { .. } => ("SES", principals::SES),
            Trigger::Devices { .. } => ("IoT", principals::IOT),
            Trigger::Http(http) => match http.front_end {
                FrontEnd::HttpApi | FrontEnd::RestApi | FrontEnd::WebSocket => ("API Gateway", principals::API_GATEWAY),
                FrontEnd::LoadBalancer => ("the load balancer", principals::LOAD_BALANCING),
                FrontEnd::FunctionUrl => {
                    // Else the caller's own policy may let it.
                    let is_open = http.authorization.value().is_some_and(|kind| kind == "NONE");
                    return is_open.then_some(Self { name: "whoever has its URL", principal: "*", action: INVOKE_URL });
                }
            },
        };
        Some(Self { name, principal, action: INVOKE })
    }

    /// Whether it may invoke this, or what is not known may let it.
    fn is_allowed(&self, pair: &Pair<'_>, invoked: &Target, invokers: &[Invoker]) -> bool {
        let lets = |invoker: &Invoker| {
            let is_open = invoker.function == Target::Elsewhere || invoker.action.is_unknown();
            self.lets(invoker, pair) && (is_open || is_for(&invoker.function, invoked))
        };
        // What the deployer writes for one trigger is often for all of the service's.
        let comes_with_another = || {
            let generated = pair.triggers.iter().filter(|other| other.allowed_by == AllowedBy::Generated);
            generated.filter_map(|other| Self::of(&other.by)).any(|other| other.principal == self.principal)
        };
        invokers.iter().any(lets) || comes_with_another()
    }

    /// Whether it may invoke the function, by whatever alias.
    fn lets(&self, invoker: &Invoker, pair: &Pair<'_>) -> bool {
        let is_its = invoker.function.address().is_none_or(|address| address == pair.function.address);
        let acts = invoker.action.value().is_none_or(|action| is_action(action, self.action));
        is_its && acts && self.is(&invoker.principal)
    }

    /// `logs.eu-west-1.amazonaws.com` is CloudWatch Logs too, and what stands behind the first word may be unknown.
    fn is(&self, principal: &Field<Text>) -> bool {
        let Some(text) = principal.value() else { return true };
        let own = self.principal.split('.').next();
        match text.0.as_slice() {
            [Part::Literal(head), rest @ ..] => match head.split_once('.') {
                Some((first, _)) => own == Some(first),
                None => head == "*" || !rest.is_empty(),
            },
            _ => true,
        }
    }
}
