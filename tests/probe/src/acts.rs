//! What an event tells a handler to do.

use std::fmt;
use std::future::pending;
use std::io::Read;
use std::net::TcpStream;

use lambkin::prelude::*;
use serde::{Deserializer, Serializer};
use serde_json::Value;

#[derive(Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub(crate) enum Act {
    /// Answers with the value.
    Echo {
        value: Value,
    },
    /// Answers with so many bytes of JSON.
    Fill {
        bytes: usize,
    },
    /// Returns an error that has a source.
    Fail,
    Panic,
    /// Panics in a task of its own, and waits for it.
    PanicInTask,
    PanicInDecoder {
        #[serde(rename = "bomb")]
        _bomb: PanicsInDeserialize,
    },
    PanicInSerializer,
    PanicInDestructor,
    /// Hangs; being cancelled then panics.
    PanicInDestructorOnceCancelled,
    /// The payload of the panic panics in its turn when it is dropped.
    PanicWithPanic,
    /// Panics, catches that, and goes on.
    PanicAndCatch,
    /// Panics and catches that, and then hands on the panic of a task.
    PanicAndResume,
    /// Yields to the runtime for ever.
    Hang,
    /// Blocks the thread until the peer at this address closes the connection.
    Block {
        peer: String,
    },
}

impl Act {
    pub(crate) async fn perform(self) -> Result<Answer, Refused> {
        match self {
            Self::Echo { value } => return Ok(Answer::Json(value)),
            Self::Fill { bytes } => return Ok(Answer::Json("x".repeat(bytes.saturating_sub(2)).into())),
            Self::Fail => return Err(Refused(CardExpired)),
            Self::Panic => panic!("the till is on fire"),
            Self::PanicInTask => {
                let _ = tokio::spawn(async { panic!("the till is on fire") }).await;
            }
            Self::PanicInDecoder { .. } => {}
            Self::PanicInSerializer => return Ok(Answer::Panics),
            Self::PanicInDestructor => drop(PanicsInDrop),
            Self::PanicInDestructorOnceCancelled => {
                let _held = PanicsInDrop;
                pending::<()>().await;
            }
            Self::PanicWithPanic => std::panic::panic_any(PanicsInDrop),
            Self::PanicAndCatch => {
                let _ = std::panic::catch_unwind(|| panic!("the till is on fire"));
            }
            Self::PanicAndResume => {
                let _ = std::panic::catch_unwind(|| panic!("never mind"));
                let Err(error) = tokio::spawn(async { panic!("the till is on fire") }).await;
                std::panic::resume_unwind(error.into_panic())
            }
            Self::Hang => pending().await,
            Self::Block { peer } => {
                let Ok(mut peer) = TcpStream::connect(peer) else { return Err(Refused(CardExpired)) };
                // Nothing is sent: this ends when the peer hangs up.
                let _ = peer.read(&mut [0]);
            }
        }
        Ok(Answer::Json(Value::Null))
    }
}

/// The error of a handler, with a source.
#[derive(Debug)]
pub(crate) struct Refused(CardExpired);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("payment refused")
    }
}

impl std::error::Error for Refused {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

#[derive(Debug)]
pub(crate) struct CardExpired;

impl fmt::Display for CardExpired {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the card expired")
    }
}

impl std::error::Error for CardExpired {}

pub(crate) enum Answer {
    Json(Value),
    Panics,
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Json(value) => value.serialize(serializer),
            Self::Panics => panic!("the till is on fire"),
        }
    }
}

pub(crate) struct PanicsInDeserialize;

impl<'de> Deserialize<'de> for PanicsInDeserialize {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        panic!("the till is on fire")
    }
}

struct PanicsInDrop;

impl Drop for PanicsInDrop {
    fn drop(&mut self) {
        panic!("the till is on fire")
    }
}
