//! A proxy that makes any server slow: what a client sends arrives later by a fixed time.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;

use crate::{Background, listener};

/// A proxy; it ends when it is dropped.
pub struct Delay {
    address: SocketAddr,
    _proxy: Background,
}

impl Delay {
    /// In front of this server.
    pub fn before(server: SocketAddr, delay: Duration) -> Self {
        let (listener, address) = listener();
        let proxy = Background::run(async move || {
            let listener = TcpListener::from_std(listener).expect("a listener");
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(connection(client, server, delay));
            }
        });
        Self { address, _proxy: proxy }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

async fn connection(client: TcpStream, server: SocketAddr, delay: Duration) -> std::io::Result<()> {
    let server = TcpStream::connect(server).await?;
    for stream in [&client, &server] {
        stream.set_nodelay(true)?;
    }
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    tokio::spawn(async move { copy(&mut from_server, &mut to_client).await });
    // Each piece is late by the same time, however many are under way.
    let (sender, mut pieces) = tokio::sync::mpsc::unbounded_channel::<(Instant, Vec<u8>)>();
    tokio::spawn(async move {
        while let Some((at, piece)) = pieces.recv().await {
            tokio::time::sleep_until(at).await;
            if to_server.write_all(&piece).await.is_err() {
                return;
            }
        }
    });
    let mut buffer = vec![0; 65_536];
    loop {
        let read = from_client.read(&mut buffer).await?;
        let piece = buffer.get(..read).unwrap_or_default().to_vec();
        if piece.is_empty() || sender.send((Instant::now() + delay, piece)).is_err() {
            return Ok(());
        }
    }
}
