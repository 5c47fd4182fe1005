//! The tool's command line.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::Duration;

/// Where the server listens if nothing is said.
const DEFAULT_HOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const DEFAULT_PORT: u16 = 3000;

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Command {
    Help,
    Manifest,
    Invoke { handler: Option<String>, event: Source, deadline: Option<Duration> },
    Serve(Serve),
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Source {
    StandardInput,
    File(PathBuf),
}

/// What is to be served, and where.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Serve {
    /// All handlers for HTTP if there is none.
    pub(super) handler: Option<String>,
    pub(super) host: IpAddr,
    pub(super) port: u16,
    /// The time for each request.
    pub(super) deadline: Option<Duration>,
}

/// Reads the command line of a binary with these handlers.
pub(super) fn parse(arguments: impl Iterator<Item = String>, handlers: &[&str]) -> Result<Command, String> {
    let mut positional = Vec::new();
    let (mut deadline, mut host, mut port) = (None, None, None);
    let mut arguments = arguments.peekable();
    while let Some(argument) = arguments.next() {
        let (flag, attached) = match argument.split_once('=') {
            Some((flag, value)) if flag.starts_with("--") => (flag, Some(value.to_owned())),
            _ => (argument.as_str(), None),
        };
        match flag {
            "--help" | "-h" => return Ok(Command::Help),
            "--deadline" => {
                let value = attached.or_else(|| arguments.next());
                let value = value.ok_or("`--deadline` needs a duration, as in `--deadline 3s`")?;
                let limit = humantime::parse_duration(&value)
                    .map_err(|error| format!("`--deadline {value}`: {error}; write `3s` or `500ms`"))?;
                deadline = Some(limit);
            }
            "--port" => {
                let value = attached.or_else(|| arguments.next());
                let value = value.ok_or("`--port` needs a number, as in `--port 3000`")?;
                let number = value.parse();
                port = Some(number.map_err(|_| format!("`--port {value}`: write a number up to 65535"))?);
            }
            "--host" => {
                let value = attached.or_else(|| arguments.next());
                let value = value.ok_or("`--host` needs an address, as in `--host 0.0.0.0`")?;
                let address = if value == "localhost" { Ok(DEFAULT_HOST) } else { value.parse() };
                host = Some(address.map_err(|_| format!("`--host {value}`: write an IP address, as in `0.0.0.0`"))?);
            }
            flag if flag.starts_with('-') && flag != "-" => return Err(format!("unknown option `{flag}`")),
            _ => positional.push(argument),
        }
    }
    let mut positional = positional.into_iter().peekable();
    match positional.peek().map(String::as_str) {
        Some("help") => return Ok(Command::Help),
        Some("manifest") => return Ok(Command::Manifest),
        Some("serve") => {
            let handler = positional.nth(1);
            if let Some(extra) = positional.next() {
                return Err(format!("`serve` takes one handler: `{extra}` is one argument too many"));
            }
            let (host, port) = (host.unwrap_or(DEFAULT_HOST), port.unwrap_or(DEFAULT_PORT));
            return Ok(Command::Serve(Serve { handler, host, port, deadline }));
        }
        _ => {}
    }
    if host.is_some() || port.is_some() {
        return Err("`--port` and `--host` are for `serve`, as in `serve --port 3000`".to_owned());
    }
    // With one handler its name can be left out.
    let names_handler = |word: &String| handlers.contains(&word.as_str()) || handlers.len() > 1;
    let handler = positional.next_if(names_handler);
    let event = match positional.next() {
        None => Source::StandardInput,
        Some(dash) if dash == "-" => Source::StandardInput,
        Some(path) => Source::File(path.into()),
    };
    if let Some(extra) = positional.next() {
        return Err(format!("one event at a time: `{extra}` is one argument too many"));
    }
    Ok(Command::Invoke { handler, event, deadline })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &[&str], handlers: &[&str]) -> Result<Command, String> {
        parse(arguments.iter().map(|a| (*a).to_owned()), handlers)
    }

    fn invoke(handler: Option<&str>, event: Source, deadline: Option<u64>) -> Result<Command, String> {
        Ok(Command::Invoke { handler: handler.map(str::to_owned), event, deadline: deadline.map(Duration::from_secs) })
    }

    #[test]
    fn the_command_line_is_read() {
        let file = || Source::File("e.json".into());
        let (one, two) = (&["fulfil"][..], &["fulfil", "report"][..]);
        assert_eq!(parsed(&["fulfil", "e.json"], one), invoke(Some("fulfil"), file(), None));
        assert_eq!(parsed(&["e.json"], one), invoke(None, file(), None));
        assert_eq!(parsed(&[], one), invoke(None, Source::StandardInput, None));
        assert_eq!(parsed(&["fulfil", "-"], one), invoke(Some("fulfil"), Source::StandardInput, None));
        assert_eq!(parsed(&["--deadline", "3s", "e.json"], one), invoke(None, file(), Some(3)));
        assert_eq!(parsed(&["report", "e.json", "--deadline=3s"], two), invoke(Some("report"), file(), Some(3)));
        assert_eq!(parsed(&["refund"], two), invoke(Some("refund"), Source::StandardInput, None));
        assert_eq!(parsed(&["manifest"], one), Ok(Command::Manifest));
        assert_eq!(parsed(&["fulfil", "--help"], one), Ok(Command::Help));
        assert!(parsed(&["--deadline", "3 apples"], one).unwrap_err().contains("write `3s`"));
        assert!(parsed(&["--deadline"], one).unwrap_err().contains("needs a duration"));
        assert!(parsed(&["--verbose"], one).unwrap_err().contains("unknown option `--verbose`"));
        assert!(parsed(&["a.json", "b.json"], one).unwrap_err().contains("`b.json` is one argument too many"));
    }

    fn serve(handler: Option<&str>, host: [u8; 4], port: u16, deadline: Option<u64>) -> Result<Command, String> {
        let (handler, deadline) = (handler.map(str::to_owned), deadline.map(Duration::from_secs));
        Ok(Command::Serve(Serve { handler, host: host.into(), port, deadline }))
    }

    #[test]
    fn what_to_serve_is_read() {
        let (one, two) = (&["site"][..], &["site", "report"][..]);
        let here = [127, 0, 0, 1];
        assert_eq!(parsed(&["serve"], one), serve(None, here, 3000, None));
        assert_eq!(parsed(&["serve", "--port", "0"], two), serve(None, here, 0, None));
        assert_eq!(parsed(&["serve", "site", "--port=80"], two), serve(Some("site"), here, 80, None));
        assert_eq!(parsed(&["--host", "0.0.0.0", "serve"], one), serve(None, [0; 4], 3000, None));
        assert_eq!(parsed(&["serve", "--host=localhost", "--deadline", "3s"], one), serve(None, here, 3000, Some(3)));
        // Whether there is such a handler is seen later, where what it is for is known too.
        assert_eq!(parsed(&["serve", "refund"], one), serve(Some("refund"), here, 3000, None));
        assert!(parsed(&["serve", "site", "e.json"], one).unwrap_err().contains("`e.json` is one argument too many"));
        assert!(parsed(&["serve", "--port"], one).unwrap_err().contains("needs a number"));
        assert!(parsed(&["serve", "--port", "65536"], one).unwrap_err().contains("up to 65535"));
        assert!(parsed(&["serve", "--port=-1"], one).unwrap_err().contains("up to 65535"));
        assert!(parsed(&["serve", "--host"], one).unwrap_err().contains("needs an address"));
        assert!(parsed(&["serve", "--host", "example.com"], one).unwrap_err().contains("write an IP address"));
        assert!(parsed(&["site", "--port", "80"], one).unwrap_err().contains("for `serve`"));
    }
}
