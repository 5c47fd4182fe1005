//! The stated minimum Rust version holds for what users compile: lambkin and its dependencies. The standard
//! library's own versions are clippy's `incompatible_msrv`.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

use std::collections::{BTreeSet, HashMap};
use std::process::Command;

use serde_json::Value;

fn version(text: &str) -> (u32, u32) {
    let mut parts = text.split('.').map(|part| part.parse().unwrap());
    (parts.next().unwrap(), parts.next().unwrap_or(0))
}

#[test]
fn no_dependency_asks_for_a_newer_rust() {
    let output = Command::new(env!("CARGO")).args(["metadata", "--format-version=1"]).output().unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages: HashMap<&str, &Value> = metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| (package["id"].as_str().unwrap(), package))
        .collect();
    let nodes: HashMap<&str, &Value> = metadata["resolve"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| (node["id"].as_str().unwrap(), node))
        .collect();
    let lambkin = packages.values().find(|package| package["name"] == "lambkin").unwrap();
    let stated = version(lambkin["rust_version"].as_str().unwrap());

    let mut seen = BTreeSet::new();
    let mut open = vec![lambkin["id"].as_str().unwrap()];
    while let Some(id) = open.pop() {
        if !seen.insert(id) {
            continue;
        }
        let package = packages[id];
        if let Some(asked) = package["rust_version"].as_str() {
            assert!(version(asked) <= stated, "{} asks for Rust {asked}, lambkin states {stated:?}", package["name"]);
        }
        for dependency in nodes[id]["deps"].as_array().unwrap() {
            // Development dependencies are not what users compile.
            if dependency["dep_kinds"].as_array().unwrap().iter().any(|kind| kind["kind"] != "dev") {
                open.push(dependency["pkg"].as_str().unwrap());
            }
        }
    }
    assert!(seen.len() > 20, "the dependency tree was not walked: {seen:?}");
}
