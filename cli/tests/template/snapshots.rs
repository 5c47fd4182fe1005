//! What is written for each example, byte for byte. `UPDATE_SNAPSHOTS=1` writes the snapshots; read them before they are
//! committed.

use crate::given::{FORMATS, examples, snapshot, tool, written};

/// Runs the examples themselves, as a user's crate is run.
#[test]
fn each_example_is_written_as_its_snapshot_says() {
    let mut wrong = Vec::new();
    for example in examples() {
        for (format, file) in FORMATS {
            let template = written(tool().args(["--format", format, "--package", &example]));
            let path = snapshot(&example, file);
            if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(&path, &template).unwrap();
            }
            if std::fs::read_to_string(&path).ok().as_ref() != Some(&template) {
                wrong.push(path.display().to_string());
            }
        }
    }
    assert!(wrong.is_empty(), "not as written now; see with UPDATE_SNAPSHOTS=1 and `git diff`: {wrong:#?}");
}
