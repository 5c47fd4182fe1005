//! What is deployed is no larger than what one writes by hand, and what is not used is not linked.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking"
)]

use lambkin_e2e::binaries::{cargo, release};

#[test]
fn a_function_is_at_most_a_tenth_larger_than_by_hand() {
    // The release profile strips them both.
    let size = |path| std::fs::metadata(path).unwrap().len();
    let (ours, by_hand) = (size(&release().orders), size(&release().by_hand));
    let ratio = ours as f64 / by_hand as f64;
    eprintln!("orders: {ours} bytes; orders-by-hand: {by_hand} bytes; ratio: {ratio:.3}");
    assert!(ratio <= 1.1, "{ours} bytes against {by_hand} by hand: {ratio:.3} times as many");
}

#[test]
fn what_a_function_does_not_use_is_not_in_its_tree() {
    let tree = cargo(&["tree", "--package", "orders", "--edges", "normal", "--prefix", "none", "--format", "{p}"]);
    let packages: Vec<&str> = tree.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(packages.contains(&"lambda_runtime"), "not the tree that was expected: {tree}");
    let heavy = ["aws-sdk", "aws-config", "rustls", "native-tls", "openssl", "redis", "rusqlite", "libsqlite3"];
    for package in packages {
        assert!(!heavy.iter().any(|name| package.starts_with(name)), "`orders` links {package}");
    }
}
