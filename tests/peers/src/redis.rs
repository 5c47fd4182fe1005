//! A real Redis or Valkey, whichever is installed.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tempfile::TempDir;

use crate::free_port;

/// How long a server may take to start, or a cluster to agree.
const PATIENCE: Duration = Duration::from_secs(30);

/// How a server is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Plain,
    WithoutScripts,
    Tls,
    Cluster,
}

/// A server; it ends when it is dropped.
pub struct Redis {
    child: Child,
    port: u16,
    /// Where the nodes of a cluster talk to each other. The port that is 10,000 higher may be taken, or beyond the last.
    bus: u16,
    mode: Mode,
    password: Option<&'static str>,
    folder: TempDir,
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Redis {
    /// A server without a password.
    pub fn start() -> Self {
        Self::on(free_port(), Mode::Plain, None)
    }

    /// A server with a password.
    pub fn with_password(password: &'static str) -> Self {
        Self::on(free_port(), Mode::Plain, Some(password))
    }

    /// A server that knows no scripts.
    pub fn without_scripts() -> Self {
        Self::on(free_port(), Mode::WithoutScripts, None)
    }

    /// A server that speaks TLS only, with a certificate by an authority of its own.
    pub fn with_tls() -> Self {
        Self::on(free_port(), Mode::Tls, None)
    }

    fn on(port: u16, mode: Mode, password: Option<&'static str>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let bus = free_port();
        let child = spawn(folder.path(), port, bus, mode, password);
        let mut server = Self { child, port, bus, mode, password, folder };
        server.wait();
        server
    }

    /// Waits until it says that it is ready.
    fn wait(&mut self) {
        let output = self.child.stdout.take().expect("its output");
        let mut said = Vec::new();
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let is_ready = line.contains("eady to accept connections");
            said.push(line);
            if is_ready {
                return;
            }
        }
        panic!("the server did not start:\n{}", said.join("\n"));
    }

    /// Kills it and starts another one on the same port, which knows nothing.
    pub fn restart(&mut self) {
        self.stop();
        self.child = spawn(self.folder.path(), self.port, self.bus, self.mode, self.password);
        self.wait();
    }

    /// Kills it.
    pub fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its URL.
    pub fn url(&self) -> String {
        let port = self.port;
        match (self.mode, self.password) {
            (Mode::Tls, _) => format!("rediss://127.0.0.1:{port}?ca={}", self.authority().display()),
            (Mode::Cluster, _) => format!("redis://127.0.0.1:{port}?cluster=true"),
            (_, Some(password)) => format!("redis://:{password}@127.0.0.1:{port}"),
            (_, None) => format!("redis://127.0.0.1:{port}"),
        }
    }

    /// The certificate of the authority.
    pub fn authority(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// Sends a command, to a server without TLS, and returns the first line of the answer.
    pub fn command(&self, words: &[&str]) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("a connection");
        if let Some(password) = self.password {
            ask(&mut stream, &["AUTH", password]);
        }
        ask(&mut stream, words)
    }
}

/// Three servers that share their keys.
pub struct Cluster(Vec<Redis>);

impl Cluster {
    /// Starts them, each with a third of the slots.
    pub fn start() -> Self {
        let nodes: Vec<Redis> = (0..3).map(|_| Redis::on(free_port(), Mode::Cluster, None)).collect();
        let first = nodes.first().expect("a node");
        for (node, slots) in nodes.iter().zip([("0", "5460"), ("5461", "10922"), ("10923", "16383")]) {
            let said = node.command(&["CLUSTER", "ADDSLOTSRANGE", slots.0, slots.1]);
            assert_eq!(said, "+OK");
            let said = first.command(&["CLUSTER", "MEET", "127.0.0.1", &node.port.to_string(), &node.bus.to_string()]);
            assert_eq!(said, "+OK");
        }
        let start = Instant::now();
        for node in &nodes {
            // They agree when each has heard of all slots; there is no event to wait for.
            while !node.command(&["CLUSTER", "INFO"]).contains("cluster_state:ok")
                || !node.command(&["CLUSTER", "INFO"]).contains("cluster_known_nodes:3")
            {
                assert!(start.elapsed() < PATIENCE, "the cluster did not form");
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        Self(nodes)
    }

    /// The URL of one of them.
    pub fn url(&self) -> String {
        self.0.first().expect("a node").url()
    }
}

/// The program, be it Redis or Valkey.
fn program() -> &'static str {
    let is_there = |program: &&str| {
        let version = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        version.is_ok_and(|status| status.success())
    };
    ["valkey-server", "redis-server"].into_iter().find(is_there).unwrap_or_else(|| {
        panic!(
            "neither `redis-server` nor `valkey-server` is there: on Debian and Ubuntu, `apt-get install redis-server`"
        )
    })
}

fn spawn(folder: &Path, port: u16, bus: u16, mode: Mode, password: Option<&str>) -> Child {
    let port = port.to_string();
    let mut command = Command::new(program());
    command.current_dir(folder).args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", "."]);
    match mode {
        Mode::Plain => {
            command.args(["--port", &port]);
        }
        Mode::WithoutScripts => {
            command.args(["--port", &port, "--rename-command", "EVALSHA", "", "--rename-command", "EVAL", ""]);
        }
        Mode::Tls => {
            if !folder.join("ca.pem").exists() {
                certify(folder);
            }
            command.args(["--port", "0", "--tls-port", &port, "--tls-auth-clients", "no"]);
            command.args([
                "--tls-cert-file",
                "server.pem",
                "--tls-key-file",
                "server.key",
                "--tls-ca-cert-file",
                "ca.pem",
            ]);
        }
        Mode::Cluster => {
            command.args(["--port", &port, "--cluster-enabled", "yes", "--cluster-port", &bus.to_string()]);
        }
    }
    if let Some(password) = password {
        command.args(["--requirepass", password]);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("a server")
}

/// An authority, and a certificate by it for this machine.
fn certify(folder: &Path) {
    let mut authority = CertificateParams::new([]).expect("parameters");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().expect("a key")).expect("an authority");
    let key = KeyPair::generate().expect("a key");
    let server = CertificateParams::new(["localhost".to_owned(), "127.0.0.1".to_owned()]).expect("parameters");
    let server = server.signed_by(&key, &authority).expect("a certificate");
    for (file, text) in [("ca.pem", authority.pem()), ("server.pem", server.pem()), ("server.key", key.serialize_pem())]
    {
        std::fs::write(folder.join(file), text).expect("a file");
    }
}

/// Sends a command in the protocol of Redis, <https://redis.io/docs/latest/develop/reference/protocol-spec/>.
fn ask(stream: &mut TcpStream, words: &[&str]) -> String {
    let mut command = format!("*{}\r\n", words.len());
    for word in words {
        command.push_str(&format!("${}\r\n{word}\r\n", word.len()));
    }
    stream.write_all(command.as_bytes()).expect("a command sent");
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).expect("an answer");
    if let Some(Ok(bytes)) = line.strip_prefix('$').map(|bytes| bytes.trim_end().parse::<usize>()) {
        let mut text = vec![0; bytes];
        reader.read_exact(&mut text).expect("the rest of the answer");
        line = String::from_utf8_lossy(&text).into_owned();
    }
    line.trim_end().to_owned()
}
