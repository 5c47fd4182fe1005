use super::*;

fn read_text(text: &str) -> Observed {
    let source = Source { name: "serverless.yml".into(), text: text.to_owned() };
    read(&source, &[]).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_generated_file_is_read_as_a_whole() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots");
    for example in std::fs::read_dir(folder).unwrap() {
        let path = example.unwrap().path().join("serverless.yml");
        let observed = read_text(&std::fs::read_to_string(&path).unwrap());
        assert!(observed.unread.is_empty(), "{path:?} {:?}", observed.unread);
        eprintln!("{path:?} {observed:#?}");
    }
}
