//! Requests, as each front end hands them on.

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use super::common::{self, ACCOUNT, EPOCH_MILLIS};
use crate::event::Wanted;
use crate::event::body::Body;
use crate::event::details::FrontEnd;

const API: &str = "abcdefghij";
const CLIENT: &str = "192.0.2.1";
const AGENT: &str = "curl/8.9.1";

pub(super) fn event(wanted: &Wanted) -> Value {
    let request = Request::of(wanted);
    match request.front_end {
        FrontEnd::HttpApi | FrontEnd::FunctionUrl => request.payload_2(),
        FrontEnd::RestApi => request.rest(),
        FrontEnd::Alb => request.alb(),
        FrontEnd::VpcLattice => request.lattice(),
    }
}

struct Request<'w> {
    front_end: FrontEnd,
    method: String,
    path: &'w str,
    /// As it stands in the URL.
    query: &'w str,
    /// With names in lower case, as all front ends but one have them.
    headers: Vec<(String, String)>,
    body: Option<&'w Body>,
}

impl<'w> Request<'w> {
    fn of(wanted: &'w Wanted) -> Self {
        let details = &wanted.details;
        let front_end = details.front_end.unwrap_or_default();
        let whole = details.path.as_deref().unwrap_or("/");
        let (path, query) = whole.split_once('?').unwrap_or((whole, ""));
        let mut headers = vec![
            ("host".to_owned(), host(front_end)),
            ("user-agent".to_owned(), AGENT.to_owned()),
            ("x-forwarded-for".to_owned(), CLIENT.to_owned()),
            ("x-forwarded-port".to_owned(), "443".to_owned()),
            ("x-forwarded-proto".to_owned(), "https".to_owned()),
        ];
        let body = wanted.body();
        if let Some(body) = body {
            headers.push(("content-type".to_owned(), body.media_type().to_owned()));
        }
        let given = details.header.iter().map(|header| (header.name.to_ascii_lowercase(), header.value.clone()));
        let given: Vec<(String, String)> = given.collect();
        // One that is given stands in the place of our own.
        headers.retain(|(own, _)| given.iter().all(|(name, _)| name != own));
        headers.extend(given);
        Self { front_end, method: details.method().to_string(), path, query, headers, body }
    }

    fn text(&self) -> Value {
        self.body.map_or(Value::Null, |body| body.text().into())
    }

    /// The parameters of the query, as they stand in the URL.
    fn pairs(&self) -> Vec<(String, String)> {
        let pairs = self.query.split('&').filter(|pair| !pair.is_empty());
        let pair = |pair: &str| pair.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
        pairs.map(|text| pair(text).unwrap_or_else(|| (text.to_owned(), String::new()))).collect()
    }

    fn decoded_pairs(&self) -> Vec<(String, String)> {
        let decode = |text: String| decoded(&text.replace('+', " "));
        self.pairs().into_iter().map(|(name, value)| (decode(name), decode(value))).collect()
    }

    /// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>,
    /// <https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html>
    fn payload_2(&self) -> Value {
        // An API decodes the path, a function URL does not.
        let path = if self.front_end == FrontEnd::HttpApi { decoded(self.path) } else { self.path.to_owned() };
        let cookies = self.headers.iter().filter(|(name, _)| name == "cookie");
        let cookies = cookies.flat_map(|(_, value)| value.split(';').map(|cookie| cookie.trim().to_owned()));
        let cookies: Vec<String> = cookies.collect();
        let headers: Vec<_> = self.headers.iter().filter(|(name, _)| name != "cookie").cloned().collect();
        let mut event = json!({
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": path,
            "rawQueryString": self.query,
            "headers": joined(&headers),
            "requestContext": {
                "accountId": ACCOUNT,
                "apiId": API,
                "domainName": host(self.front_end),
                "domainPrefix": API,
                "http": {
                    "method": self.method,
                    "path": path,
                    "protocol": "HTTP/1.1",
                    "sourceIp": CLIENT,
                    "userAgent": AGENT
                },
                "requestId": "JKJaXmPLvHcESHA=",
                "routeKey": "$default",
                "stage": "$default",
                "time": "01/Jan/2026:12:00:00 +0000",
                "timeEpoch": EPOCH_MILLIS
            },
            "isBase64Encoded": false
        });
        let query = self.decoded_pairs();
        if let Some(event) = event.as_object_mut() {
            if !cookies.is_empty() {
                event.insert("cookies".to_owned(), json!(cookies));
            }
            if !query.is_empty() {
                event.insert("queryStringParameters".to_owned(), joined(&query).into());
            }
            if self.body.is_some() {
                event.insert("body".to_owned(), self.text());
            }
        }
        event
    }

    /// <https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html>
    fn rest(&self) -> Value {
        let query = self.decoded_pairs();
        let or_null = |map: Map<String, Value>| if map.is_empty() { Value::Null } else { map.into() };
        json!({
            "resource": "/{proxy+}",
            "path": self.path,
            "httpMethod": self.method,
            "headers": last(&self.headers),
            "multiValueHeaders": lists(&self.headers),
            "queryStringParameters": or_null(last(&query)),
            "multiValueQueryStringParameters": or_null(lists(&query)),
            "pathParameters": { "proxy": decoded(self.path.trim_start_matches('/')) },
            "stageVariables": null,
            "requestContext": {
                "accountId": ACCOUNT,
                "apiId": API,
                "domainName": host(self.front_end),
                "domainPrefix": API,
                "extendedRequestId": "JKJaXmPLvHcESHA=",
                "httpMethod": self.method,
                "identity": { "sourceIp": CLIENT, "userAgent": AGENT, "userArn": null },
                "path": format!("/prod{}", self.path),
                "protocol": "HTTP/1.1",
                "requestId": common::uuid(0),
                "requestTime": "01/Jan/2026:12:00:00 +0000",
                "requestTimeEpoch": EPOCH_MILLIS,
                "resourceId": "2gxmpl",
                "resourcePath": "/{proxy+}",
                "stage": "prod"
            },
            "body": self.text(),
            "isBase64Encoded": false
        })
    }

    /// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html>; parameters stay
    /// encoded, and of several of one name the last counts.
    fn alb(&self) -> Value {
        let group = common::arn("elasticloadbalancing", "targetgroup/", "example/6d0ecf831eec9f09");
        json!({
            "requestContext": { "elb": { "targetGroupArn": group } },
            "httpMethod": self.method,
            "path": self.path,
            "queryStringParameters": last(&self.pairs()),
            "headers": last(&self.headers),
            "body": self.body.map_or("", Body::text),
            "isBase64Encoded": false
        })
    }

    /// <https://docs.aws.amazon.com/vpc-lattice/latest/ug/lambda-functions.html>, version 2.0
    fn lattice(&self) -> Value {
        let mark = if self.query.is_empty() { "" } else { "?" };
        let mut event = json!({
            "version": "2.0",
            "path": format!("{}{mark}{}", self.path, self.query),
            "method": self.method,
            "headers": lists(&self.headers),
            "queryStringParameters": lists(&self.pairs()),
            "isBase64Encoded": false,
            "requestContext": {
                "serviceNetworkArn": common::arn("vpc-lattice", "servicenetwork/", "sn-0bf3f2882e9cc805a"),
                "serviceArn": common::arn("vpc-lattice", "service/", "svc-0a40eebed65f8d69c"),
                "targetGroupArn": common::arn("vpc-lattice", "targetgroup/", "tg-6d0ecf831eec9f09"),
                "identity": { "sourceVpcArn": common::arn("ec2", "vpc/", "vpc-0b8276c84697e7339") },
                "region": common::REGION,
                "timeEpoch": (EPOCH_MILLIS * 1000).to_string()
            }
        });
        if let (Some(event), true) = (event.as_object_mut(), self.body.is_some()) {
            event.insert("body".to_owned(), self.text());
        }
        event
    }
}

fn host(front_end: FrontEnd) -> String {
    match front_end {
        FrontEnd::HttpApi | FrontEnd::RestApi => format!("{API}.execute-api.us-east-1.amazonaws.com"),
        FrontEnd::FunctionUrl => format!("{API}.lambda-url.us-east-1.on.aws"),
        FrontEnd::Alb => "example-123578498.us-east-1.elb.amazonaws.com".to_owned(),
        FrontEnd::VpcLattice => "example-0a40eebed65f8d69c.7d67968.vpc-lattice-svcs.us-east-1.on.aws".to_owned(),
    }
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// Each name with all of its values.
fn lists(pairs: &[(String, String)]) -> Map<String, Value> {
    let mut lists = Map::new();
    for (name, value) in pairs {
        if let Some(list) = lists.entry(name.clone()).or_insert_with(|| json!([])).as_array_mut() {
            list.push(json!(value));
        }
    }
    lists
}

/// Each name with its values in a row.
fn joined(pairs: &[(String, String)]) -> Map<String, Value> {
    let join = |values: &Value| {
        let values: Vec<&str> = values.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        Value::from(values.join(","))
    };
    lists(pairs).iter().map(|(name, values)| (name.clone(), join(values))).collect()
}

/// Each name with the last of its values.
fn last(pairs: &[(String, String)]) -> Map<String, Value> {
    pairs.iter().map(|(name, value)| (name.clone(), json!(value))).collect()
}
