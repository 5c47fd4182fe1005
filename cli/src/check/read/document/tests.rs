use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;

fn source(name: &str, text: &str) -> Source {
    Source { name: name.into(), text: text.to_owned() }
}

fn parsed(text: &str) -> Node {
    parse(&source("a.yaml", text)).unwrap_or_else(|error| panic!("{error}"))
}

fn refused(text: &str) -> String {
    parse(&source("a.yaml", text)).unwrap_err().to_string()
}

/// As JSON would be, without quotes.
fn shown(node: &Node) -> String {
    match &node.value {
        Value::Null => "null".to_owned(),
        Value::Scalar(text) => crate::check::read::text::written(text),
        Value::List(items) => format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(", ")),
        Value::Map(entries) => {
            let entries = entries.iter().map(|(key, node)| format!("{key}: {}", shown(node)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
    }
}

#[test]
fn each_value_knows_its_line_column_and_way() {
    let node = parsed("a:\n  - b: 1\n    ccc:\n      d: x\n  - 'é': e\n");
    let at = |keys: &[&str], number: usize| {
        let place = &node.get("a").unwrap().items()[number].at(keys).unwrap().place;
        (place.line.unwrap(), place.column.unwrap(), place.path.clone())
    };
    assert_eq!(at(&["ccc"], 0), (3, 5, "a[0].ccc".to_owned()));
    assert_eq!(at(&["ccc", "d"], 0), (4, 7, "a[0].ccc.d".to_owned()));
    assert_eq!(at(&["é"], 1), (5, 5, "a[1].é".to_owned()));
    // Columns are of characters, also where lines end as on Windows and a mark of the byte order comes first.
    let node = parsed("\u{feff}{é: 1, b: 2}\r\n");
    assert_eq!(node.get("b").unwrap().place.column, Some(8));
    let node = parsed("a: 1\r\nb: 2\r\n");
    assert_eq!((node.get("b").unwrap().place.line, node.get("b").unwrap().known()), (Some(2), Some("2")));
}

/// As libyaml and CloudFormation read it, strictly against the specification of YAML.
#[test]
fn lines_within_brackets_may_stand_to_the_left() {
    let node = parsed("a:\n  b:\n    c: [{\n      d: 1,\n   e: x\n  }]\n    f: [\n  1,\n  !Ref G\n    ]\nh: 2\n");
    assert_eq!(shown(&node), "{a: {b: {c: [{d: 1, e: x}], f: [1, {Ref: G}]}}, h: 2}");
    let place = &node.at(&["a", "b", "c"]).unwrap().items()[0].get("e").unwrap().place;
    assert_eq!((place.line, place.column), (Some(5), Some(4)));
    let place = &node.get("h").unwrap().place;
    assert_eq!((place.line, place.column), (Some(11), Some(1)));
    // Elsewhere it is still a mistake, and where the file has it.
    assert!(refused("a:\n    b: [\n  1\n  ]\n   c: 2\n").contains("line 5, column 4"));
    assert!(refused("a:\n   b: 1\n  c: 2\n").contains("line 3, column 3"));
}

#[test]
fn short_tags_come_out_long() {
    let text = "\
a: !Ref Queue
b: !Sub 'x-${Stage}'
c: !GetAtt Queue.Arn
d: !GetAtt [Stack, Outputs.Name]
e: !If [Prod, 30, !Ref AWS::NoValue]
f: !Join ['-', [a, !Ref B]]
g: !Sub
  - '${x}'
  - x: !ImportValue y
h: !And
  - !Condition One
  - !Not [!Equals [1, 2]]
i: !FindInMap [A, b, c]
j: !Select [0, !Split [',', 'a,b']]
k: !GetAtt Stack.Outputs.Name
";
    let expected = "{a: {Ref: Queue}, b: {Fn::Sub: x-${Stage}}, c: {Fn::GetAtt: [Queue, Arn]}, \
                    d: {Fn::GetAtt: [Stack, Outputs.Name]}, e: {Fn::If: [Prod, 30, {Ref: AWS::NoValue}]}, \
                    f: {Fn::Join: [-, [a, {Ref: B}]]}, g: {Fn::Sub: [${x}, {x: {Fn::ImportValue: y}}]}, \
                    h: {Fn::And: [{Condition: One}, {Fn::Not: [{Fn::Equals: [1, 2]}]}]}, i: {Fn::FindInMap: [A, b, c]}, \
                    j: {Fn::Select: [0, {Fn::Split: [,, a,b]}]}, k: {Fn::GetAtt: [Stack, Outputs.Name]}}";
    assert_eq!(shown(&parsed(text)), expected);
    // Another tool's is a function that nothing is known of.
    assert_eq!(shown(&parsed("a: !Rain::Embed b.json")), "{a: {Fn::Rain::Embed: b.json}}");
    assert_eq!(refused("a:\n  b: !Reff x\n"), "`a.yaml`, line 2, column 6: `!Reff` is no function of CloudFormation");
}

#[test]
fn aliases_and_merge_keys_are_what_they_stand_for() {
    let node =
        parsed("base: &base {a: 1, b: 2}\nmore: &more\n  c: 3\none:\n  <<: [*base, *more]\n  b: 4\ntwo: *base\n");
    assert_eq!(shown(node.get("one").unwrap()), "{b: 4, a: 1, c: 3}");
    assert_eq!(shown(node.get("two").unwrap()), "{a: 1, b: 2}");
    // The way is the one that it is used by, the line that where it is written.
    let place = &node.at(&["two", "b"]).unwrap().place;
    assert_eq!((place.line, place.path.as_str()), (Some(1), "two.b"));
    assert!(refused("a: &a\n  b: *a\n").contains("line 2, column 6"));
    assert!(refused("a: {<<: 3}\n").contains("`<<` takes a map"));
    // In quotes it is a key as any other.
    assert_eq!(parsed("a:\n  \"<<\": 3\n").at(&["a", "<<"]).and_then(Node::known), Some("3"));
}

#[test]
fn what_is_no_template_is_refused_with_its_place() {
    assert_eq!(refused(""), "`a.yaml`, line 1, column 1: the file is empty");
    assert_eq!(refused("# only this\n"), "`a.yaml`, line 1, column 1: the file is empty");
    assert_eq!(
        refused("a: 1\nb: 2\na: 3\n"),
        "`a.yaml`, line 3, column 1: the key `a` is there already, in line 1; one of the two has to go"
    );
    assert!(refused("a: 1\n---\nb: 2\n").contains("line 2, column 1: a second document begins here"));
    assert!(refused("? [a]\n: b\n").contains("a key has to be a word"));
    assert!(refused("a: [1, 2\nb: 3\n").starts_with("`a.yaml`, line "));
    assert!(refused("a: b: c\n").starts_with("`a.yaml`, line 1, column "));
}

#[test]
fn json_is_read_with_tabs_and_halves_of_characters() {
    let node = parsed(
        "{\n\t\"a\": [1, -2.5e3, true, null, \"\\ud83d\\ude00 \\ud83d \\u00e9\\n\"],\n\t\"b\": {\"Ref\": \"Q\"}\n}\n",
    );
    assert_eq!(shown(&node), "{a: [1, -2.5e3, true, null, 😀 \u{fffd} é\n], b: {Ref: Q}}");
    let place = &node.get("b").unwrap().place;
    assert_eq!((place.line, place.column, place.path.as_str()), (Some(3), Some(2), "b"));
    assert!(refused("{\"a\": 1,\n \"a\": 2}").contains("line 2, column 2: the key `a` is there already, in line 1"));
    assert!(refused("{\"a\": 1,\n \"b\" 2}").contains("line 2, column 6: a `:` has to follow the key"));
    // What is no JSON may be YAML.
    assert_eq!(shown(&parsed("{a: 1, b: !Ref c}")), "{a: 1, b: {Ref: c}}");
}

#[test]
fn scalars_are_what_is_written() {
    let text = "a: 1.10\nb: '30'\nc: ~\nd:\ne: \"null\"\nf: !!str 5\ng: |\n  x\n  y\nh: on\n";
    assert_eq!(shown(&parsed(text)), "{a: 1.10, b: 30, c: null, d: null, e: null, f: 5, g: x\ny\n, h: on}");
    assert_eq!(parsed(text).get("e").unwrap().known(), Some("null"));
    assert_eq!(parsed(text).get("c").unwrap().known(), None);
}

#[test]
fn depth_and_size_have_their_limits() {
    for text in [
        "[".repeat(200_000),
        "{\"a\":".repeat(200_000),
        "- ".repeat(200_000),
        "a: !Ref\n ".repeat(3),
        "{a: ".repeat(200_000),
    ] {
        assert!(parse(&source("a.yaml", &text)).is_err());
    }
    assert!(refused(&"[".repeat(200)).contains("nest more than 100 deep"));
    // Nine lines that stand for a thousand million words.
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for number in 1..10 {
        let before = vec![format!("*a{}", number - 1); 10].join(", ");
        writeln!(bomb, "a{number}: &a{number} [{before}]").unwrap();
    }
    assert!(refused(&bomb).contains("comes to more than 250000 values"));
    let mut tower = "a0: &a0 [x]\n".to_owned();
    for number in 1..200 {
        writeln!(tower, "a{number}: &a{number} [*a{}]", number - 1).unwrap();
    }
    assert!(refused(&tower).contains("nest more than 100 deep"));
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "(?s).{0,200}") {
        let _ = parse(&source("a.yaml", &text));
    }

    #[test]
    fn text_that_looks_like_yaml_is_read_or_refused(text in r"[-a-c:{}\[\], \n!&*|>'\x22#?%@<0-9]{0,120}") {
        let _ = parse(&source("a.yaml", &text));
    }

    #[test]
    fn text_that_looks_like_json_is_read_as_serde_reads_it(text in r#"[{\["][-a-c:{}\[\], \n"\\0-9tun]{0,60}"#) {
        let ours = json::parse(&text, &"a.json".into());
        if serde_json::from_str::<serde_json::Value>(&text).is_ok() && !has_twice(&text) {
            prop_assert!(ours.is_ok(), "{text} {ours:?}");
        }
    }
}

/// Whether a key could be there twice, which only this reader refuses.
fn has_twice(text: &str) -> bool {
    text.matches(':').count() > 1
}
