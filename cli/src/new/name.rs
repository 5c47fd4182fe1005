//! The name of a package, and so of a program, a crate and a function.

use std::path::Path;

use crate::error::CliError;

/// Words of the language, which no crate can be called:
/// <https://doc.rust-lang.org/reference/keywords.html>.
const KEYWORDS: [&str; 52] = [
    "_", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super",
    "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// What the project depends on, or the compiler brings along: two crates of one name are none too many for cargo, but
/// for whoever reads `use serde::…`.
const TAKEN: [&str; 11] =
    ["alloc", "core", "lambkin", "proc_macro", "serde", "serde_json", "std", "test", "thiserror", "tokio", "tracing"];

/// Folders of cargo's own next to the program.
const FOLDERS: [&str; 4] = ["build", "deps", "examples", "incremental"];

/// The name that a folder gives its package.
pub(super) fn of(path: &Path) -> Result<String, CliError> {
    let Some(name) = path.file_name() else {
        return Err(CliError::new(format!("`{}` ends with no name for the package", path.display())));
    };
    let name = name.to_string_lossy();
    check(&name).map_err(|why| CliError::new(format!("`{name}` can't be the package's name: {why}")))?;
    Ok(name.into_owned())
}

fn check(name: &str) -> Result<(), String> {
    if let Some(odd) = name.chars().find(|c| !(c.is_ascii_alphanumeric() || *c == '-' || *c == '_')) {
        return Err(format!("it has the character `{odd}`; letters, digits, `-` and `_` are possible"));
    }
    if !name.starts_with(|first: char| first.is_ascii_alphabetic()) {
        return Err("it does not start with a letter".to_owned());
    }
    if name.chars().any(|c| c.is_ascii_uppercase()) {
        return Err(format!("crates are written in lower case: `{}`", lower(name)));
    }
    // The compiler warns of such a crate.
    if name.replace('-', "_").contains("__") {
        return Err("it has two `-` or `_` in a row".to_owned());
    }
    if KEYWORDS.contains(&name) {
        return Err(format!("it is a word of the language; `{name}-function` would do"));
    }
    if TAKEN.contains(&name.replace('-', "_").as_str()) {
        return Err(format!("another crate has it, which the project uses; `my-{name}` would do"));
    }
    if FOLDERS.contains(&name) {
        return Err(format!("cargo has a folder of this name next to the program; `my-{name}` would do"));
    }
    // Lambda's limit on the name of a function, which is often the package's:
    // <https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html>.
    if name.len() > 64 {
        return Err("it is longer than the 64 characters of a function's name".to_owned());
    }
    Ok(())
}

/// `MyApp` as `my-app`.
fn lower(name: &str) -> String {
    let mut lower = String::new();
    let mut after_small = false;
    for c in name.chars() {
        if c.is_ascii_uppercase() && after_small {
            lower.push('-');
        }
        after_small = c.is_ascii_lowercase() || c.is_ascii_digit();
        lower.push(c.to_ascii_lowercase());
    }
    lower
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_crates_are_taken() {
        for name in ["orders", "my-app", "my_app", "a1", "a", "a-", "selfish", "testing", "buildings"] {
            assert_eq!(of(&Path::new("some/where").join(name)).unwrap(), name);
        }
    }

    #[test]
    fn what_cannot_be_one_says_why() {
        for (name, why) in [
            ("my app", "` `"),
            ("café", "`é`"),
            ("1st", "start with a letter"),
            ("-a", "start with a letter"),
            ("MyApp", "`my-app`"),
            ("ORDERS", "`orders`"),
            ("a--b", "in a row"),
            ("a-_b", "in a row"),
            ("async", "a word of the language"),
            ("gen", "`gen-function`"),
            ("test", "another crate"),
            ("serde", "another crate"),
            ("serde-json", "another crate"),
            ("lambkin", "`my-lambkin`"),
            ("deps", "cargo has a folder"),
            (&"a".repeat(65), "64 characters"),
        ] {
            let error = of(Path::new(name)).unwrap_err().to_string();
            assert!(error.starts_with(&format!("`{name}`")) && error.contains(why), "{error}");
        }
        for path in ["..", "/", "a/.."] {
            assert!(of(Path::new(path)).unwrap_err().to_string().contains("no name"), "{path}");
        }
    }
}
