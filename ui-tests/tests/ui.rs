//! The compiler is asked about each case of `pass` and `fail`.
//!
//! `TRYBUILD=overwrite cargo test -p lambkin-ui-tests` writes what it says now. Read it before committing:
//! does it point at the token to change, and say what to do, once?

/// The compiler whose wording the `.stderr` files hold.
const PINNED: &str = "1.95.";

#[test]
fn right_code_compiles_without_a_warning() {
    trybuild::TestCases::new().pass("pass/*.rs");
}

#[test]
fn wrong_code_is_explained() {
    let version = compiler();
    if !version.starts_with(PINNED) {
        let message = format!("SKIPPED: `fail/*.rs` is worded for rustc {PINNED}x, and this is {version}");
        let line = "!".repeat(message.len());
        // Straight to the terminal: the test harness shows nothing that a passing test prints.
        let shown =
            std::io::Write::write_all(&mut std::io::stderr(), format!("\n{line}\n{message}\n{line}\n").as_bytes());
        assert!(shown.is_ok());
        return;
    }
    trybuild::TestCases::new().compile_fail("fail/*.rs");
}

/// The version of the compiler that the cases are given to, such as `1.95.0`.
fn compiler() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = std::process::Command::new(rustc).arg("--version").output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    text.split_whitespace().nth(1).unwrap_or("unknown").to_owned()
}
