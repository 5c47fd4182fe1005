//! HTTP requests for tests, as each front end sends them.

#![allow(clippy::indexing_slicing, reason = "of JSON values, where it does not panic")]

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::http::FrontEnd;
use crate::testing::{IntoEvent, Invocation, common};

/// A request, as an API Gateway HTTP API sends it, unless another front end is asked for.
///
/// ```
/// use lambkin::testing::http::Request;
/// use serde_json::json;
///
/// let request = Request::post("/orders?notify=true")
///     .header("idempotency-key", "8e03978e")
///     .json(&json!({"article": "pen"}));
/// ```
#[derive(Clone, Debug)]
pub struct Request {
    front_end: FrontEnd,
    method: String,
    path: String,
    query: Vec<(String, String)>,
    raw_query: String,
    headers: Vec<(String, String)>,
    cookies: Vec<String>,
    body: Option<Vec<u8>>,
    stage: Option<String>,
    authorizer: Option<Value>,
}

impl Request {
    /// A request of this method; the path may end with a query. Both are percent-encoded.
    pub fn new(method: &str, path: &str) -> Self {
        let (path, raw_query) = path.split_once('?').unwrap_or((path, ""));
        let pairs = raw_query.split('&').filter(|pair| !pair.is_empty());
        let pair = |pair: &str| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (name.to_owned(), value.to_owned())
        };
        Self {
            front_end: FrontEnd::HttpApi,
            method: method.to_owned(),
            path: path.to_owned(),
            query: pairs.map(pair).collect(),
            raw_query: raw_query.to_owned(),
            headers: vec![
                ("host".to_owned(), "api.example.com".to_owned()),
                ("user-agent".to_owned(), "test".to_owned()),
                ("x-forwarded-for".to_owned(), "192.0.2.1".to_owned()),
            ],
            cookies: Vec::new(),
            body: None,
            stage: None,
            authorizer: None,
        }
    }

    /// A GET request.
    pub fn get(path: &str) -> Self {
        Self::new("GET", path)
    }

    /// A POST request.
    pub fn post(path: &str) -> Self {
        Self::new("POST", path)
    }

    /// A PUT request.
    pub fn put(path: &str) -> Self {
        Self::new("PUT", path)
    }

    /// A PATCH request.
    pub fn patch(path: &str) -> Self {
        Self::new("PATCH", path)
    }

    /// A DELETE request.
    pub fn delete(path: &str) -> Self {
        Self::new("DELETE", path)
    }

    /// Through this front end.
    #[must_use]
    pub fn through(mut self, front_end: FrontEnd) -> Self {
        self.front_end = front_end;
        self
    }

    /// On a stage of this name, which API Gateway's own domain has in its paths.
    #[must_use]
    pub fn stage(mut self, stage: &str) -> Self {
        self.stage = Some(stage.to_owned());
        self
    }

    /// Adds a header; one of the same name stays.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds a cookie.
    #[must_use]
    pub fn cookie(mut self, name: &str, value: &str) -> Self {
        self.cookies.push(format!("{name}={value}"));
        self
    }

    /// With a JSON body.
    #[must_use]
    pub fn json<T: Serialize>(self, body: &T) -> Self {
        let body = common::to_json(body);
        self.header("content-type", "application/json").body(body)
    }

    /// With a form, given as it is encoded.
    #[must_use]
    pub fn form(self, body: &str) -> Self {
        self.header("content-type", "application/x-www-form-urlencoded").body(body)
    }

    /// With this body; the event holds one that is not UTF-8 in Base64.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// With what a JWT authoriser says about the caller: the token's claims.
    #[must_use]
    pub fn claims(mut self, claims: impl Serialize) -> Self {
        self.authorizer = Some(common::to_value(claims));
        self
    }

    fn body_fields(&self) -> (Value, bool) {
        match self.body.as_ref().map(|body| (std::str::from_utf8(body), body)) {
            None => (Value::Null, false),
            Some((Ok(text), _)) => (text.into(), false),
            Some((Err(_), bytes)) => (common::base64(bytes).into(), true),
        }
    }

    fn lists<'p>(pairs: impl IntoIterator<Item = &'p (String, String)>) -> Map<String, Value> {
        let mut lists = Map::new();
        for (name, value) in pairs {
            if let Some(list) = lists.entry(name.clone()).or_insert_with(|| json!([])).as_array_mut() {
                list.push(value.clone().into());
            }
        }
        lists
    }

    /// Lists joined into one value each.
    fn joined(lists: &Map<String, Value>) -> Map<String, Value> {
        let join = |list: &Value| {
            let values: Vec<&str> = list.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            Value::from(values.join(","))
        };
        lists.iter().map(|(name, list)| (name.clone(), join(list))).collect()
    }

    /// The last value of each.
    fn last(lists: &Map<String, Value>) -> Map<String, Value> {
        let last = |list: &Value| list.as_array().and_then(|list| list.last()).cloned().unwrap_or_default();
        lists.iter().map(|(name, list)| (name.clone(), last(list))).collect()
    }

    fn headers_with_cookies(&self) -> Vec<(String, String)> {
        let mut headers = self.headers.clone();
        if !self.cookies.is_empty() {
            headers.push(("cookie".to_owned(), self.cookies.join("; ")));
        }
        headers
    }

    fn decoded_query(&self) -> Vec<(String, String)> {
        let decode = |text: &String| {
            let spaced = text.replace('+', " ");
            percent_encoding::percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
        };
        self.query.iter().map(|(name, value)| (decode(name), decode(value))).collect()
    }

    fn payload_2(&self) -> Value {
        let (body, is_base64) = self.body_fields();
        let is_url = self.front_end == FrontEnd::FunctionUrl;
        let path = match is_url {
            true => self.path.clone(),
            false => percent_encoding::percent_decode_str(&self.path).decode_utf8_lossy().into_owned(),
        };
        let raw_path = self.stage.as_ref().map_or_else(|| path.clone(), |stage| format!("/{stage}{path}"));
        let domain = match is_url {
            true => "abcdefghij.lambda-url.us-east-1.on.aws",
            false => "abcdefghij.execute-api.us-east-1.amazonaws.com",
        };
        let mut event = json!({
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": raw_path,
            "rawQueryString": self.raw_query,
            "headers": Self::joined(&Self::lists(&self.headers)),
            "requestContext": {
                "accountId": "123456789012",
                "apiId": "abcdefghij",
                "domainName": domain,
                "domainPrefix": "abcdefghij",
                "http": {
                    "method": self.method,
                    "path": raw_path,
                    "protocol": "HTTP/1.1",
                    "sourceIp": "192.0.2.1",
                    "userAgent": "test"
                },
                "requestId": "JKJaXmPLvHcESHA=",
                "routeKey": "$default",
                "stage": self.stage.as_deref().unwrap_or("$default"),
                "time": "10/Mar/2020:05:16:23 +0000",
                "timeEpoch": 1_583_817_383_220_u64
            },
            "body": body,
            "isBase64Encoded": is_base64
        });
        if !self.cookies.is_empty() {
            event["cookies"] = json!(self.cookies);
        }
        if !self.query.is_empty() {
            event["queryStringParameters"] = Self::joined(&Self::lists(&self.decoded_query())).into();
        }
        if let Some(claims) = &self.authorizer {
            event["requestContext"]["authorizer"] = json!({ "jwt": { "claims": claims, "scopes": null } });
        }
        event
    }

    fn payload_1(&self) -> Value {
        let (body, is_base64) = self.body_fields();
        let headers = Self::lists(&self.headers_with_cookies());
        let query = Self::lists(&self.decoded_query());
        let or_null = |map: Map<String, Value>| if map.is_empty() { Value::Null } else { map.into() };
        let stage = self.stage.as_deref().unwrap_or("prod");
        let mut event = json!({
            "resource": "/{proxy+}",
            "path": self.path,
            "httpMethod": self.method,
            "headers": Self::last(&headers),
            "multiValueHeaders": headers,
            "queryStringParameters": or_null(Self::last(&query)),
            "multiValueQueryStringParameters": or_null(query),
            "pathParameters": { "proxy": self.path.trim_start_matches('/') },
            "stageVariables": null,
            "requestContext": {
                "accountId": "123456789012",
                "apiId": "abcdefghij",
                "domainName": "abcdefghij.execute-api.us-east-1.amazonaws.com",
                "httpMethod": self.method,
                "identity": { "sourceIp": "192.0.2.1", "userAgent": "test", "userArn": null },
                "path": format!("/{stage}{}", self.path),
                "protocol": "HTTP/1.1",
                "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
                "resourcePath": "/{proxy+}",
                "stage": stage
            },
            "body": body,
            "isBase64Encoded": is_base64
        });
        if let Some(claims) = &self.authorizer {
            event["requestContext"]["authorizer"] = json!({ "claims": claims });
        }
        if self.front_end == FrontEnd::HttpApi1 {
            event["version"] = "1.0".into();
            let path = percent_encoding::percent_decode_str(&self.path).decode_utf8_lossy();
            event["path"] = match &self.stage {
                Some(stage) => format!("/{stage}{path}").into(),
                None => path.into_owned().into(),
            };
            event["requestContext"]["stage"] = self.stage.as_deref().unwrap_or("$default").into();
        }
        event
    }

    fn alb(&self, is_multi_value: bool) -> Value {
        let (body, is_base64) = self.body_fields();
        let (headers, query) = (Self::lists(&self.headers_with_cookies()), Self::lists(&self.query));
        let arn = common::arn("elasticloadbalancing", "targetgroup/lambda/6d0ecf831eec9f09");
        let mut event = json!({
            "requestContext": { "elb": { "targetGroupArn": arn } },
            "httpMethod": self.method,
            "path": self.path,
            "body": body.as_str().unwrap_or_default(),
            "isBase64Encoded": is_base64
        });
        let (headers_name, query_name) = match is_multi_value {
            true => ("multiValueHeaders", "multiValueQueryStringParameters"),
            false => ("headers", "queryStringParameters"),
        };
        let (headers, query) = match is_multi_value {
            true => (headers, query),
            false => (Self::last(&headers), Self::last(&query)),
        };
        event[headers_name] = headers.into();
        event[query_name] = query.into();
        event
    }

    fn lattice_1(&self) -> Value {
        let (body, is_base64) = self.body_fields();
        let mark = if self.raw_query.is_empty() { "" } else { "?" };
        json!({
            "raw_path": format!("{}{mark}{}", self.path, self.raw_query),
            "method": self.method,
            "headers": Self::joined(&Self::lists(&self.headers_with_cookies())),
            "query_string_parameters": Self::last(&Self::lists(&self.query)),
            "body": body,
            "is_base64_encoded": is_base64
        })
    }

    fn lattice_2(&self) -> Value {
        let (body, is_base64) = self.body_fields();
        let mark = if self.raw_query.is_empty() { "" } else { "?" };
        json!({
            "version": "2.0",
            "path": format!("{}{mark}{}", self.path, self.raw_query),
            "method": self.method,
            "headers": Self::lists(&self.headers_with_cookies()),
            "queryStringParameters": Self::lists(&self.query),
            "body": body,
            "isBase64Encoded": is_base64,
            "requestContext": {
                "serviceNetworkArn": common::arn("vpc-lattice", "servicenetwork/sn-0bf3f2882e9cc805a"),
                "serviceArn": common::arn("vpc-lattice", "service/svc-0a40eebed65f8d69c"),
                "targetGroupArn": common::arn("vpc-lattice", "targetgroup/tg-6d0ecf831eec9f09"),
                "identity": {
                    "sourceVpcArn": "arn:aws:ec2:us-east-1:123456789012:vpc/vpc-0b8276c84697e7339",
                    "type": "AWS_IAM",
                    "principal": "arn:aws:iam::123456789012:role/service-role/HealthChecker"
                },
                "region": "us-east-1",
                "timeEpoch": "1690497599177430"
            }
        })
    }
}

impl IntoEvent for Request {
    fn into_event(self) -> Vec<u8> {
        let event = match self.front_end {
            FrontEnd::HttpApi | FrontEnd::FunctionUrl => self.payload_2(),
            FrontEnd::RestApi | FrontEnd::HttpApi1 => self.payload_1(),
            FrontEnd::Alb { is_multi_value } => self.alb(is_multi_value),
            FrontEnd::Lattice1 => self.lattice_1(),
            FrontEnd::Lattice => self.lattice_2(),
        };
        event.into_event()
    }
}

/// A response, as the client gets it.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The headers, with names in lower case, cookies included.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Response {
    /// The value of the first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The body as text.
    ///
    /// # Panics
    /// If it is none.
    #[allow(clippy::panic, reason = "a test that expects text must fail without it")]
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap_or_else(|_| panic!("the body is not UTF-8 text"))
    }

    /// The body, decoded from JSON.
    ///
    /// # Panics
    /// If it does not decode.
    #[allow(clippy::panic, reason = "a test that expects JSON must fail without it")]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("the body does not decode: {error}"))
    }
}

impl Invocation {
    /// The response to an HTTP request, whichever front end's form it has.
    ///
    /// # Panics
    /// If the invocation failed, or the response is none that a front end takes.
    #[allow(clippy::panic, reason = "a test that expects a response must fail without one")]
    pub fn http(&self) -> Response {
        let response = self.response();
        let status = response["statusCode"].as_u64().and_then(|status| u16::try_from(status).ok());
        let status = status.unwrap_or_else(|| panic!("the response has no status: {response}"));
        let mut headers = Vec::new();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        for (name, value) in response["headers"].as_object().into_iter().flatten() {
            headers.push((name.to_ascii_lowercase(), text(value)));
        }
        for (name, values) in response["multiValueHeaders"].as_object().into_iter().flatten() {
            let values = values.as_array().into_iter().flatten();
            headers.extend(values.map(|value| (name.to_ascii_lowercase(), text(value))));
        }
        let cookies = response["cookies"].as_array().into_iter().flatten();
        headers.extend(cookies.map(|cookie| ("set-cookie".to_owned(), text(cookie))));
        let body = text(&response["body"]);
        let body = match response["isBase64Encoded"].as_bool() {
            Some(true) => common::from_base64(&body),
            _ => body.into_bytes(),
        };
        Response { status, headers, body }
    }
}
