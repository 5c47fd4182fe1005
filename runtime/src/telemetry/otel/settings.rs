//! The standard variables: <https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/>.
//!
//! The SDK reads some of them by itself: those of the sampler, of limits and of resources; the exporter those of headers.

use std::time::Duration;

use http::Uri;

use crate::telemetry::incident::Incident;
use crate::telemetry::otel::remote::Propagators;

/// How long an export may take, unless a variable says otherwise. The standard's ten seconds are for those who export
/// behind what they serve.
const DEFAULT_LIMIT: Duration = Duration::from_secs(2);

const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
const TRACES_ENDPOINT: &str = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";

/// What the SDK samples by. Whatever else is in the variable, it takes for the default, and says nothing.
const SAMPLERS: [&str; 6] = [
    "always_on",
    "always_off",
    "traceidratio",
    "parentbased_always_on",
    "parentbased_always_off",
    "parentbased_traceidratio",
];

/// How and where to export.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) endpoint: Uri,
    pub(crate) limit: Duration,
    pub(crate) propagators: Propagators,
}

impl Settings {
    /// What these variables say; `None` if they ask for no traces.
    ///
    /// # Errors
    /// What can't be done. No value is in it: an endpoint can hold a password.
    pub(crate) fn of(variable: impl Fn(&str) -> Option<String>) -> Result<Option<Self>, String> {
        let variable = |name: &str| variable(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let is = |name: &str, word: &str| variable(name).is_some_and(|text| text.eq_ignore_ascii_case(word));
        if is("OTEL_SDK_DISABLED", "true") || is("OTEL_TRACES_EXPORTER", "none") {
            return Ok(None);
        }
        let (name, endpoint) = match (variable(TRACES_ENDPOINT), variable(ENDPOINT)) {
            (Some(endpoint), _) => (TRACES_ENDPOINT, endpoint),
            (None, Some(base)) => (ENDPOINT, format!("{}/v1/traces", base.trim_end_matches('/'))),
            (None, None) => return Ok(None),
        };
        let endpoint: Uri = endpoint.parse().map_err(|_| format!("`{name}` is not a URL"))?;
        match (endpoint.scheme_str(), endpoint.authority()) {
            (Some("http"), Some(_)) => {}
            (Some("https"), Some(_)) => {
                return Err(format!(
                    "`{name}` is an https URL, and traces are exported over plain HTTP: to a collector next to the \
                     function, such as the layer of ADOT at http://localhost:4318, which encrypts them on their way out"
                ));
            }
            _ => return Err(format!("`{name}` is not a URL such as http://localhost:4318")),
        }
        for name in ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"] {
            match variable(name) {
                Some(protocol) if protocol != "http/protobuf" => {
                    return Err(format!(
                        "`{name}` is `{protocol}`, and traces are exported as `http/protobuf`: collectors take that \
                         on port 4318"
                    ));
                }
                // The first one counts.
                Some(_) => break,
                None => {}
            }
        }
        for name in ["OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "OTEL_EXPORTER_OTLP_COMPRESSION"] {
            if variable(name).is_some_and(|compression| compression != "none") {
                return Err(format!("`{name}` asks for compression, which traces are exported without: remove it"));
            }
        }
        let millis = |name: &str| variable(name)?.parse().ok().map(Duration::from_millis);
        let limit = millis("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT").or_else(|| millis("OTEL_EXPORTER_OTLP_TIMEOUT"));
        let propagators = Propagators::of(variable("OTEL_PROPAGATORS").as_deref());
        Ok(Some(Self { endpoint, limit: limit.unwrap_or(DEFAULT_LIMIT), propagators }))
    }
}

/// Says what is asked for in vain.
pub(crate) fn warn(variable: impl Fn(&str) -> Option<String>) {
    if let Some(sampler) = variable("OTEL_TRACES_SAMPLER").filter(|sampler| !SAMPLERS.contains(&sampler.as_str())) {
        Incident::of("InvalidEnvironment").warn(format_args!(
            "`OTEL_TRACES_SAMPLER` is `{sampler}`, and `parentbased_always_on` is used in its place; the others are {}",
            SAMPLERS.join(", ")
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> Result<Option<Settings>, String> {
        Settings::of(|name| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn a_collector_is_asked_for_by_its_endpoint() {
        assert!(of(&[]).unwrap().is_none());
        assert!(of(&[(ENDPOINT, " ")]).unwrap().is_none());
        let endpoint = |variables: &[(&str, &str)]| of(variables).unwrap().unwrap().endpoint.to_string();
        assert_eq!(endpoint(&[(ENDPOINT, "http://localhost:4318")]), "http://localhost:4318/v1/traces");
        assert_eq!(endpoint(&[(ENDPOINT, "http://collector/otel/")]), "http://collector/otel/v1/traces");
        let both = [(ENDPOINT, "http://a"), (TRACES_ENDPOINT, "http://b/traces")];
        assert_eq!(endpoint(&both), "http://b/traces");
    }

    #[test]
    fn both_switches_turn_it_off() {
        for off in [("OTEL_SDK_DISABLED", "TRUE"), ("OTEL_TRACES_EXPORTER", "none")] {
            assert!(of(&[(ENDPOINT, "https://collector"), off]).unwrap().is_none(), "{off:?}");
        }
        assert!(of(&[(ENDPOINT, "http://collector"), ("OTEL_SDK_DISABLED", "false")]).unwrap().is_some());
    }

    #[test]
    fn what_cannot_be_done_is_said_without_the_value() {
        let at = |endpoint: &str| of(&[(ENDPOINT, endpoint)]).unwrap_err();
        assert!(at("https://user:password@collector").contains("plain HTTP"));
        for endpoint in ["localhost:4318", "grpc://user:password@collector", "http://", "pass word"] {
            let error = at(endpoint);
            assert!(error.starts_with("`OTEL_EXPORTER_OTLP_ENDPOINT` is not a URL"), "{error}");
            assert!(!error.contains("pass"), "{error}");
        }
        let grpc = of(&[(ENDPOINT, "http://collector"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")]).unwrap_err();
        assert!(grpc.contains("`grpc`") && grpc.contains("4318"), "{grpc}");
        let gzip = of(&[(ENDPOINT, "http://collector"), ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip")]).unwrap_err();
        assert!(gzip.contains("`OTEL_EXPORTER_OTLP_COMPRESSION`"), "{gzip}");
        let own = [("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/protobuf"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")];
        assert!(of(&[(ENDPOINT, "http://collector"), own[0], own[1]]).unwrap().is_some());
    }

    #[test]
    fn the_limit_is_the_standards_variable_or_two_seconds() {
        let limit = |variables: &[(&str, &str)]| {
            let variables: Vec<_> = [(ENDPOINT, "http://collector")].iter().chain(variables).copied().collect();
            of(&variables).unwrap().unwrap().limit
        };
        assert_eq!(limit(&[]), Duration::from_secs(2));
        assert_eq!(limit(&[("OTEL_EXPORTER_OTLP_TIMEOUT", "soon")]), Duration::from_secs(2));
        assert_eq!(limit(&[("OTEL_EXPORTER_OTLP_TIMEOUT", "500")]), Duration::from_millis(500));
        let both = [("OTEL_EXPORTER_OTLP_TIMEOUT", "500"), ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "100")];
        assert_eq!(limit(&both), Duration::from_millis(100));
    }
}
