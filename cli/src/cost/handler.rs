//! The handler whose settings are reckoned, where the command line leaves the memory to the crate.

use crate::cost::args::Args;
use crate::cost::quantity::Memory;
use crate::error::CliError;
use crate::manifest::{DEFAULT_MEMORY, Manifest};

/// What the manifest says about it, as far as it bears on a bill.
pub(super) struct Handler {
    pub(super) name: String,
    pub(super) memory: Memory,
    /// Whether the memory is Lambda's default.
    is_default: bool,
    provisioned: Option<u32>,
}

impl Handler {
    /// Builds and asks the crate in the current directory, or reads the manifest that was named.
    pub(super) fn find(args: &Args) -> Result<Self, CliError> {
        let manifest = args.from.load().map_err(|error| {
            CliError::new(format!("without `--memory` it is that of a handler of the crate here: {error}"))
        })?;
        Self::of(&manifest, args.handler.as_deref())
    }

    fn of(manifest: &Manifest, name: Option<&str>) -> Result<Self, CliError> {
        let function = match (name, manifest.functions.as_slice()) {
            (Some(name), _) => manifest.function(name).ok_or_else(|| {
                CliError::new(format!("`{name}` is no handler of this crate, which has {}", manifest.names()))
            })?,
            (None, [only]) => only,
            (None, _) => {
                return Err(CliError::new(format!(
                    "this crate has several handlers, {}: say whose memory is meant with `--handler NAME`, or give \
                     `--memory`",
                    manifest.names()
                )));
            }
        };
        let mb = function.memory.unwrap_or(DEFAULT_MEMORY);
        let memory = Memory::new(mb).ok_or_else(|| {
            let (least, most) = (Memory::LEAST, Memory::MOST);
            CliError::new(format!(
                "the manifest says that `{}` has {mb} MB of memory, and Lambda gives {least} to {most} MB",
                function.name
            ))
        })?;
        Ok(Self {
            name: function.name.clone(),
            memory,
            is_default: function.memory.is_none(),
            provisioned: function.provisioned_concurrency,
        })
    }

    /// The environments that are kept ready, unless the command line says how many.
    pub(super) fn provisioned(&self, given: Option<u32>) -> Option<u32> {
        given.or(self.provisioned)
    }

    /// Where the numbers come from.
    pub(super) fn note(&self, given: Option<u32>) -> String {
        let Self { name, memory, .. } = self;
        let memory = match self.is_default {
            true => format!("{memory} is Lambda's default: the attribute of `{name}` names no memory"),
            false => format!("{memory} is the memory of `{name}`, as its attribute says"),
        };
        let provisioned = match (given, self.provisioned) {
            (None, Some(environments)) => format!("; so are its {environments} environments that are kept ready"),
            _ => String::new(),
        };
        format!("{memory}{provisioned}.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(functions: &[&str], name: Option<&str>) -> Result<Handler, String> {
        let functions: Vec<String> = functions
            .iter()
            .map(|rest| format!(r#"{{"package": "p", "trigger": {{"source": "invoke"}}, {rest}}}"#))
            .collect();
        let manifest = format!(r#"{{"version": 1, "functions": [{}]}}"#, functions.join(","));
        Handler::of(&Manifest::parse(&manifest, "it").unwrap(), name).map_err(|error| error.to_string())
    }

    #[test]
    fn one_handler_is_meant_unless_another_is_named() {
        let one = [r#""name": "a", "memory": 256, "provisioned_concurrency": 3"#];
        let found = find(&one, None).unwrap();
        assert_eq!((found.name.as_str(), found.memory.mb(), found.provisioned(None)), ("a", 256, Some(3)));
        assert_eq!(
            found.note(None),
            "256 MB is the memory of `a`, as its attribute says; so are its 3 environments that are kept ready."
        );
        assert_eq!((found.provisioned(Some(0)), found.note(Some(0)).contains("ready")), (Some(0), false));

        let two = [r#""name": "a", "memory": 256"#, r#""name": "b""#];
        let found = find(&two, Some("b")).unwrap();
        assert_eq!(found.memory.mb(), 128);
        assert_eq!(found.note(None), "128 MB is Lambda's default: the attribute of `b` names no memory.");
        let error = find(&two, None).err().unwrap();
        assert!(
            error.contains("`a`, `b`") && error.contains("--handler NAME") && error.contains("--memory"),
            "{error}"
        );
        let error = find(&two, Some("c")).err().unwrap();
        assert!(error.contains("`c` is no handler") && error.contains("`a`, `b`"), "{error}");
    }

    #[test]
    fn a_manifest_of_another_origin_is_held_against_lambda_s_limits() {
        let error = find(&[r#""name": "a", "memory": 64"#], None).err().unwrap();
        assert!(error.contains("64 MB") && error.contains("128 to 10240"), "{error}");
    }
}
