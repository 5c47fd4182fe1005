//! An HTTP client with one connection.

use std::net::SocketAddr;

use bytes::Bytes;
use http::header::HOST;
use http::{HeaderValue, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::within;

/// One connection: if its server closes it, the next request fails.
pub struct Client {
    sender: SendRequest<Full<Bytes>>,
    host: HeaderValue,
}

impl Client {
    /// Connects.
    pub async fn connect(address: SocketAddr) -> Self {
        let stream = within("a connection", TcpStream::connect(address)).await.unwrap();
        let (sender, connection) = handshake(TokioIo::new(stream)).await.unwrap();
        // An error is the server's, and the request under way fails with it.
        tokio::spawn(async move { connection.await.ok() });
        Self { sender, host: HeaderValue::try_from(address.to_string()).unwrap() }
    }

    /// Sends a request, and reads all of the response.
    pub async fn send(&mut self, request: http::request::Builder, body: impl Into<Bytes>) -> Response<Bytes> {
        self.try_send(request, body).await.unwrap()
    }

    /// [`Self::send`], where the connection may break.
    pub async fn try_send(
        &mut self,
        request: http::request::Builder,
        body: impl Into<Bytes>,
    ) -> hyper::Result<Response<Bytes>> {
        let mut request: Request<Full<Bytes>> = request.body(Full::new(body.into())).unwrap();
        request.headers_mut().entry(HOST).or_insert_with(|| self.host.clone());
        let exchange = async {
            self.sender.ready().await?;
            let (head, body) = self.sender.send_request(request).await?.into_parts();
            Ok(Response::from_parts(head, body.collect().await?.to_bytes()))
        };
        within("a response", exchange).await
    }

    /// Gets what is at this path.
    pub async fn get(&mut self, path: &str) -> Response<Bytes> {
        self.send(Request::get(path), "").await
    }

    /// Posts JSON to this path.
    pub async fn post_json(&mut self, path: &str, json: &serde_json::Value) -> Response<Bytes> {
        self.send(Request::post(path).header("content-type", "application/json"), json.to_string()).await
    }
}
