//! What AWS refuses, by a server that answers every request in one way.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use lambkin_e2e::tool::Output;

use crate::cloud::tool;

/// Answers every request with this error, as Lambda words it; counts them.
fn refusing(status: &'static str, code: &'static str, message: &'static str) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let requests = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&requests);
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            counted.fetch_add(1, Ordering::Relaxed);
            refuse(stream, status, code, message);
        }
    });
    (url, requests)
}

fn refuse(mut stream: TcpStream, status: &str, code: &str, message: &str) {
    let mut request = BufReader::new(&stream);
    let (mut line, mut length) = (String::new(), 0);
    while request.read_line(&mut line).is_ok_and(|read| read > 2) {
        let header = line.to_ascii_lowercase();
        length = header.strip_prefix("content-length:").map_or(length, |value| value.trim().parse().unwrap());
        line.clear();
    }
    request.take(length).read_to_end(&mut Vec::new()).unwrap();
    let body = format!(r#"{{"Message": "{message}"}}"#);
    let head = format!("HTTP/1.1 {status}\r\nx-amzn-errortype: {code}\r\ncontent-type: application/json");
    let _ = write!(stream, "{head}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
}

async fn run(url: &str) -> Output {
    run_with(url, "1").await
}

/// The SDK tries so many times.
async fn run_with(url: &str, attempts: &str) -> Output {
    let variables = [
        ("AWS_MAX_ATTEMPTS", attempts),
        ("AWS_ENDPOINT_URL", url),
        ("AWS_ACCESS_KEY_ID", "key"),
        ("AWS_SECRET_ACCESS_KEY", "secret-key"),
        ("AWS_REGION", "eu-west-1"),
    ];
    let output = tool(&["show"], &variables).await;
    assert_eq!(output.code, Some(1), "{output:?}");
    assert!(!output.stderr.contains("secret-key"), "{output:?}");
    output
}

#[tokio::test]
async fn a_permission_that_is_missing_is_named() {
    let (url, requests) = refusing("403 Forbidden", "AccessDeniedException", "User: u is not authorized");
    let denied = run(&url).await.stderr;
    let expected = "AWS does not allow it (User: u is not authorized): whoever runs this needs the permission \
                    `lambda:GetAccountSettings` on `*`";
    assert!(denied.contains(expected), "{denied}");
    assert_eq!(requests.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn throttling_is_waited_out_before_it_is_said() {
    let (url, requests) = refusing("429 Too Many Requests", "TooManyRequestsException", "Rate Exceeded.");
    let throttled = run_with(&url, "2").await.stderr;
    let expected =
        "`lambda:GetAccountSettings`: AWS takes no more requests for now, and was asked several times (Rate Exceeded.)";
    assert!(throttled.contains(expected), "{throttled}");
    assert_eq!(requests.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn credentials_that_are_of_no_use_are_said_to_be() {
    let (url, _) =
        refusing("403 Forbidden", "ExpiredTokenException", "The security token included in the request is expired");
    let expired = run(&url).await.stderr;
    assert!(expired.contains("the credentials have expired") && expired.contains("`aws sso login`"), "{expired}");
    let (url, _) = refusing("403 Forbidden", "UnrecognizedClientException", "The security token is invalid");
    let unknown = run(&url).await.stderr;
    assert!(unknown.contains("AWS does not know these credentials"), "{unknown}");
}

#[tokio::test]
async fn nobody_at_the_other_end_is_said_in_a_line() {
    let url = format!("http://{}", TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap());
    let nobody = run(&url).await.stderr;
    assert!(nobody.contains("`lambda:GetAccountSettings`: AWS can't be asked: "), "{nobody}");
    assert!(nobody.contains("refused") && nobody.lines().count() == 1, "{nobody}");
}
