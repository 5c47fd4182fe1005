//! Servers on the loopback interface, for tests: each has a port of its own, and ends with the value that stands for it.
//! CloudWatch is none of them: what it reads is lines, which [`emf`] checks.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test without its server has failed")]

use std::net::{SocketAddr, TcpListener};
use std::thread::JoinHandle;

use tokio::sync::oneshot;

pub mod delay;
pub mod dynamodb;
pub mod emf;
pub mod redis;

/// Something that runs on a thread of its own, so that a test's runtime, which may have one thread or a stopped clock, has no
/// part in it. It ends when this is dropped.
pub(crate) struct Background {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Background {
    pub(crate) fn run<F: Future>(start: impl FnOnce() -> F + Send + 'static) -> Self {
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                tokio::select! {
                    _ = start() => {}
                    _ = stopped => {}
                }
            });
            runtime.shutdown_background();
        });
        Self { stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A listener on a free port, for a runtime that is yet to be.
pub(crate) fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.set_nonblocking(true).expect("a listener that does not block");
    let address = listener.local_addr().expect("its number");
    (listener, address)
}

/// A port that nobody listens on.
pub(crate) fn free_port() -> u16 {
    listener().1.port()
}
