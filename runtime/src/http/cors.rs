//! CORS, after the [Fetch standard](https://fetch.spec.whatwg.org/#http-cors-protocol).
//!
//! What is taken from a request goes through the checks of [`HeaderName`] and [`HeaderValue`] before it goes out.

use ::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, HeaderName, HeaderValue, VARY,
};
use serde::{Serialize, Serializer};

/// Which pages of other origins may read the answers of a route.
///
/// ```
/// use lambkin::http::{Cors, Origins};
///
/// const CORS: Cors = Cors {
///     origins: Origins::Of(&["https://example.com", "https://*.example.com"]),
///     credentials: true,
///     max_age: Some(3600),
///     ..Cors::ANY
/// };
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Cors {
    /// The origins of these pages.
    pub origins: Origins,
    /// The methods that they may use; without any said, those of the route.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub methods: Option<&'static [&'static str]>,
    /// The headers that they may send; without any said, those that they ask for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headers: Option<&'static [&'static str]>,
    /// The headers that they may read, besides those which every page may.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub expose: &'static [&'static str],
    /// Whether they may send cookies and the like, and read what is answered to them.
    pub credentials: bool,
    /// For how many seconds a browser may remember all of this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_age: Option<u32>,
}

/// Origins of pages.
///
/// ```
/// use lambkin::http::Origins;
///
/// const OURS: Origins = Origins::Of(&["https://example.com", "https://*.example.com", "http://localhost:3000"]);
/// # assert_ne!(OURS, Origins::Any);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origins {
    /// Any page there is. Together with credentials, each origin is answered by its name, because browsers
    /// take no `*` then.
    Any,
    /// These alone: scheme, host, and port if it is not that of the scheme. `https://*.example.com` are all
    /// subdomains of `example.com`, of whatever depth, and not `example.com`.
    Of(&'static [&'static str]),
}

/// As a list, which is what deployments take.
impl Serialize for Origins {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Any => ["*"].serialize(serializer),
            Self::Of(origins) => origins.serialize(serializer),
        }
    }
}

impl Cors {
    /// Pages of any origin, with the methods of the route, any headers, and no credentials.
    ///
    /// ```
    /// use lambkin::http::{Cors, Origins};
    ///
    /// assert_eq!(Cors::ANY.origins, Origins::Any);
    /// assert!(!Cors::ANY.credentials);
    /// ```
    pub const ANY: Self =
        Self { origins: Origins::Any, methods: None, headers: None, expose: &[], credentials: false, max_age: None };

    /// The headers of the answer to a preflight; none if the origin is not allowed, which is how it is refused.
    pub(crate) fn preflight(
        &self,
        origin: &str,
        requested_headers: Option<&str>,
        allowed_methods: &str,
    ) -> Vec<(HeaderName, HeaderValue)> {
        let mut headers = Vec::new();
        if !self.allow(Some(origin), &mut headers) {
            return headers;
        }
        let vary = match self.by_origin() {
            true => "origin, access-control-request-method, access-control-request-headers",
            false => "access-control-request-method, access-control-request-headers",
        };
        headers.push((VARY, HeaderValue::from_static(vary)));
        let methods = self.methods.map(|methods| methods.join(", "));
        push(&mut headers, ACCESS_CONTROL_ALLOW_METHODS, methods.as_deref().unwrap_or(allowed_methods));
        let allowed = match self.headers {
            Some(headers) => headers.join(", "),
            None => names(requested_headers.unwrap_or_default()),
        };
        push(&mut headers, ACCESS_CONTROL_ALLOW_HEADERS, &allowed);
        if let Some(seconds) = self.max_age {
            headers.push((ACCESS_CONTROL_MAX_AGE, seconds.into()));
        }
        headers
    }

    /// The headers of any other answer. They belong to all of them, so that no cache gives one origin's to another.
    pub(crate) fn actual(&self, origin: Option<&str>) -> Vec<(HeaderName, HeaderValue)> {
        let mut headers = Vec::new();
        if self.by_origin() {
            headers.push((VARY, HeaderValue::from_static("origin")));
        }
        if self.allow(origin, &mut headers) {
            push(&mut headers, ACCESS_CONTROL_EXPOSE_HEADERS, &self.expose.join(", "));
        }
        headers
    }

    /// Whether the answer is not the same for all origins.
    fn by_origin(&self) -> bool {
        self.credentials || self.origins != Origins::Any
    }

    /// Adds what allows the origin, if it is allowed.
    fn allow(&self, origin: Option<&str>, headers: &mut Vec<(HeaderName, HeaderValue)>) -> bool {
        let allowed = match (self.by_origin(), origin) {
            (false, _) => Some(HeaderValue::from_static("*")),
            (true, Some(origin)) if self.origins.contain(origin) => HeaderValue::from_str(origin).ok(),
            (true, _) => None,
        };
        let Some(allowed) = allowed else { return false };
        headers.push((ACCESS_CONTROL_ALLOW_ORIGIN, allowed));
        if self.credentials {
            headers.push((ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true")));
        }
        true
    }
}

impl Origins {
    fn contain(&self, origin: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Of(origins) => origins.iter().any(|pattern| matches(pattern, origin)),
        }
    }
}

/// Whether the origin is this one, or under this wildcard. Nothing in an origin is told apart by its case.
fn matches(pattern: &str, origin: &str) -> bool {
    let Some((scheme, domain)) = pattern.split_once('*') else { return pattern.eq_ignore_ascii_case(origin) };
    // A wildcard elsewhere would take in domains of others.
    if !scheme.ends_with("://") || !domain.starts_with('.') {
        return false;
    }
    let Some((start, rest)) = origin.split_at_checked(scheme.len()) else { return false };
    let Some((subdomain, end)) = rest.len().checked_sub(domain.len()).and_then(|at| rest.split_at_checked(at)) else {
        return false;
    };
    let label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    start.eq_ignore_ascii_case(scheme) && end.eq_ignore_ascii_case(domain) && subdomain.split('.').all(label)
}

/// What are names of headers in a list of them.
fn names(list: &str) -> String {
    let mut names = String::new();
    for name in list.split(',') {
        if let Ok(name) = HeaderName::from_bytes(name.trim().as_bytes()) {
            names.push_str(if names.is_empty() { "" } else { ", " });
            names.push_str(name.as_str());
        }
    }
    names
}

/// Adds a header that says something and can be said.
fn push(headers: &mut Vec<(HeaderName, HeaderValue)>, name: HeaderName, value: &str) {
    if let Some(value) = HeaderValue::from_str(value).ok().filter(|value| !value.is_empty()) {
        headers.push((name, value));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const OURS: Cors = Cors {
        origins: Origins::Of(&["https://example.com", "https://*.example.com", "http://localhost:3000"]),
        ..Cors::ANY
    };

    fn lines(headers: Vec<(HeaderName, HeaderValue)>) -> Vec<String> {
        let mut lines: Vec<String> =
            headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect();
        lines.sort();
        lines
    }

    #[test]
    fn any_origin_without_credentials_is_one_answer_for_all() {
        assert_eq!(lines(Cors::ANY.actual(Some("https://a.com"))), ["access-control-allow-origin: *"]);
        assert_eq!(lines(Cors::ANY.actual(None)), ["access-control-allow-origin: *"]);
        assert_eq!(
            lines(Cors::ANY.preflight("https://a.com", Some("X-A,content-type"), "GET, HEAD")),
            [
                "access-control-allow-headers: x-a, content-type",
                "access-control-allow-methods: GET, HEAD",
                "access-control-allow-origin: *",
                "vary: access-control-request-method, access-control-request-headers",
            ]
        );
    }

    #[test]
    fn any_origin_with_credentials_is_answered_by_name() {
        let cors = Cors { credentials: true, ..Cors::ANY };
        assert_eq!(
            lines(cors.actual(Some("https://a.com"))),
            ["access-control-allow-credentials: true", "access-control-allow-origin: https://a.com", "vary: origin"]
        );
        assert_eq!(lines(cors.actual(None)), ["vary: origin"]);
    }

    #[test]
    fn an_origin_of_a_list_is_answered_by_name() {
        let cors = Cors { expose: &["etag", "x-total"], ..OURS };
        assert_eq!(
            lines(cors.actual(Some("https://example.com"))),
            [
                "access-control-allow-origin: https://example.com",
                "access-control-expose-headers: etag, x-total",
                "vary: origin"
            ]
        );
        assert_eq!(lines(cors.actual(Some("https://other.com"))), ["vary: origin"]);
        assert_eq!(lines(cors.actual(None)), ["vary: origin"]);
    }

    #[test]
    fn a_preflight_says_all_that_is_allowed() {
        let cors = Cors {
            methods: Some(&["PUT", "DELETE"]),
            headers: Some(&["authorization", "x-a"]),
            expose: &["etag"],
            credentials: true,
            max_age: Some(600),
            ..OURS
        };
        assert_eq!(
            lines(cors.preflight("http://localhost:3000", Some("x-b"), "GET")),
            [
                "access-control-allow-credentials: true",
                "access-control-allow-headers: authorization, x-a",
                "access-control-allow-methods: PUT, DELETE",
                "access-control-allow-origin: http://localhost:3000",
                "access-control-max-age: 600",
                "vary: origin, access-control-request-method, access-control-request-headers",
            ]
        );
        assert_eq!(lines(cors.preflight("http://localhost:3001", Some("x-b"), "GET")), [""; 0]);
    }

    #[test]
    fn a_preflight_that_asks_for_no_headers_is_told_none() {
        for asked in [None, Some(""), Some(" , ")] {
            assert!(!lines(OURS.preflight("https://example.com", asked, "GET")).concat().contains("allow-headers"));
        }
    }

    #[test]
    fn a_wildcard_takes_subdomains_and_nothing_else() {
        let allowed = |origin| OURS.origins.contain(origin);
        for origin in ["https://a.example.com", "https://a-1.b_2.example.com", "HTTPS://A.Example.com"] {
            assert!(allowed(origin), "{origin}");
        }
        for origin in [
            "http://a.example.com",
            "https://a.example.com:8443",
            "https://aexample.com",
            "https://.example.com",
            "https://a..example.com",
            "https://evil.com/.example.com",
            "https://evil.com#.example.com",
            "https://evil.com?.example.com",
            "https://evil.com\\.example.com",
            "https://evil.com:80@a.example.com",
            "https://evil.com%2f.example.com",
            "https://a.example.com.evil.com",
            "https://é.example.com",
            "https://*.example.com",
            "https:/",
            "null",
            "",
        ] {
            assert!(!allowed(origin), "{origin}");
        }
        assert!(matches("https://*.example.com:8443", "https://a.example.com:8443"));
        // No subdomain has room for both ends of the pattern.
        assert!(!matches("https://*.a.a", "https://.a"));
    }

    #[test]
    fn a_wildcard_elsewhere_takes_nothing() {
        for (pattern, origin) in [
            ("https://*example.com", "https://evilexample.com"),
            ("https://example.*", "https://example.evil"),
            ("*", "https://a.com"),
            ("*.example.com", "a.example.com"),
            ("https://*.*.example.com", "https://a.b.example.com"),
        ] {
            assert!(!matches(pattern, origin), "{pattern}");
        }
    }

    #[test]
    fn what_the_request_says_does_not_break_out_of_a_header() {
        let cors = Cors { credentials: true, ..Cors::ANY };
        assert_eq!(lines(cors.actual(Some("https://a.com\r\nset-cookie: a=b"))), ["vary: origin"]);
        let asked = Some("x-a, b\r\nset-cookie: a=b, é, x-c");
        let said = lines(Cors::ANY.preflight("https://a.com", asked, "GET\n"));
        assert_eq!(said[0], "access-control-allow-headers: x-a, x-c");
        assert!(!said.concat().contains("allow-methods"));
    }

    proptest! {
        #[test]
        fn no_request_is_too_odd(origin: String, headers: String, methods: String, odd in "https://[a.é@:/#-]{0,8}[.]example[.]com") {
            for cors in [Cors::ANY, OURS, Cors { credentials: true, ..Cors::ANY }] {
                for origin in [&origin, &odd] {
                    cors.actual(Some(origin));
                    for (_, value) in cors.preflight(origin, Some(&headers), &methods) {
                        prop_assert!(!value.as_bytes().iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)));
                    }
                }
            }
            prop_assert!(!OURS.origins.contain(&odd) || !odd.contains(['@', '#', 'é']) && !odd[8..].contains(['/', ':']));
        }
    }
}
