//! Each code of an error is explained in `docs/errors.md` and shown by a case in `fail`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Codes that no case can show, and why.
const WITHOUT_CASE: &[(&str, &str)] = &[("E112", "it is about the profile, and all cases share one")];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|other| other == extension) {
            found.push(path);
        }
    }
    found
}

/// What stands between a mark and the next character that is not of a code: `E` and three digits.
fn codes_after(mark: &str, text: &str) -> BTreeSet<String> {
    let code = |rest: &str| {
        let code: String = rest.chars().take_while(char::is_ascii_alphanumeric).collect();
        let is_code = code.len() == 4 && code.starts_with('E') && code.chars().skip(1).all(|c| c.is_ascii_digit());
        is_code.then_some(code)
    };
    text.split(mark).skip(1).filter_map(code).collect()
}

fn codes_in(files: Vec<PathBuf>, mark: &str) -> BTreeSet<String> {
    files.iter().flat_map(|file| codes_after(mark, &fs::read_to_string(file).unwrap())).collect()
}

/// Every code that can be reported.
fn reported() -> BTreeSet<String> {
    let table = fs::read_to_string(root().join("macros/src/diag.rs")).unwrap();
    let mut codes = codes_after("= \"", &table);
    assert!(codes.contains("E001"), "the table of codes was not found");
    codes.extend(codes_in(files(&root().join("runtime/src"), "rs"), "lambkin::"));
    codes
}

#[test]
fn each_code_is_explained_and_no_other() {
    let page = fs::read_to_string(root().join("docs/errors.md")).unwrap();
    let explained = codes_after("\n## ", &page);
    assert_eq!(reported(), explained, "reported, and explained in docs/errors.md");

    let titles: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    assert_eq!(titles.len(), explained.len(), "a code is explained once");
    for title in titles {
        assert!(title.split_once(": ").is_some_and(|(_, words)| !words.is_empty()), "`{title}` needs a title");
    }
    let mentioned = codes_after("lambkin::", &page);
    assert!(mentioned.is_subset(&explained), "{mentioned:?}");
}

#[test]
fn each_code_is_shown_by_a_case() {
    let shown = codes_in(files(&root().join("ui-tests/fail"), "stderr"), "lambkin::");
    let excepted: BTreeSet<String> = WITHOUT_CASE.iter().map(|(code, _)| (*code).to_owned()).collect();
    let reported = reported();
    let missing: Vec<&String> = reported.iter().filter(|code| !shown.contains(*code)).collect();
    assert_eq!(missing, excepted.iter().collect::<Vec<_>>(), "not shown by a case");
    assert!(shown.is_subset(&reported), "a case shows a code that nothing reports");
}

#[test]
fn no_case_shows_a_path_of_one_machine() {
    for file in files(&root().join("ui-tests/fail"), "stderr") {
        let text = fs::read_to_string(&file).unwrap();
        for path in ["/home/", "/Users/", "/tmp/", ".cargo/registry", "C:\\"] {
            assert!(!text.contains(path), "{}: {path}", file.display());
        }
    }
}

#[test]
fn each_case_has_its_wording() {
    for case in files(&root().join("ui-tests/fail"), "rs") {
        assert!(case.with_extension("stderr").exists(), "{} has no .stderr", case.display());
    }
}
