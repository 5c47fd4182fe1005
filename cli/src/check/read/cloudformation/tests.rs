use super::*;
use crate::check::observed::Place;

fn source(text: &str) -> Source {
    Source { name: "template.yaml".into(), text: text.to_owned() }
}

fn observed(text: &str) -> Observed {
    given(text, &[])
}

fn given(text: &str, given: &[(&str, &str)]) -> Observed {
    let given: Vec<Given> =
        given.iter().map(|(name, value)| Given { name: (*name).to_owned(), value: (*value).to_owned() }).collect();
    read(&source(text), &given).unwrap_or_else(|error| panic!("{error}"))
}

fn line(place: &Place) -> usize {
    place.line.unwrap()
}

const ORDERS: &str = "\
Transform: AWS::Serverless-2016-10-31
Resources:
  Fulfil:
    Type: AWS::Serverless::Function
    Properties:
      Handler: fulfil
      Timeout: 30
      Events:
        Orders:
          Type: SQS
          Properties:
            Queue: !GetAtt Orders.Arn
            BatchSize: 5
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 180
";

#[test]
fn a_function_s_settings_have_their_places() {
    let observed = observed(ORDERS);
    let function = &observed.functions[0];
    assert_eq!(function.address, "Fulfil");
    assert_eq!((line(&function.place), function.place.column), (3, Some(3)));
    assert_eq!(function.timeout.value(), Some(&30));
    let place = function.timeout.place().unwrap();
    assert_eq!((line(place), place.column), (7, Some(7)));
    assert_eq!(place.path, "Resources.Fulfil.Properties.Timeout");
    assert_eq!(function.memory, Field::Default(128));
    let mapping = &observed.mappings[0];
    assert_eq!((mapping.kind, mapping.batch_size.value()), (Some(Polled::Sqs), Some(&5)));
    assert_eq!(mapping.function, Target::Function("Fulfil".to_owned()));
    assert_eq!(template::of(mapping.source.value().unwrap()), Some("Orders"));
    assert_eq!(mapping.reports_failures, Field::Default(false));
    assert_eq!(line(observed.queues[0].visibility_timeout.place().unwrap()), 17);
    let polling = function
        .permissions
        .statements
        .iter()
        .find(|statement| statement.actions.len() == 3 && statement.place.path.contains("Events"));
    assert!(polling.unwrap().is_generated);
}

fn snapshot(example: &str, file: &str) -> String {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots");
    std::fs::read_to_string(folder.join(example).join(file)).unwrap()
}

#[test]
fn every_generated_template_is_read_as_a_whole() {
    for example in
        ["clicks", "mailer", "notices", "orders", "payments", "readings", "reports", "shop", "signup", "warehouse"]
    {
        let both = ["template.yaml", "cloudformation.yaml"].map(|file| observed(&snapshot(example, file)));
        for observed in &both {
            eprintln!("{example} {:#?}", observed);
            assert!(observed.unread.is_empty(), "{example} {:?}", observed.unread);
        }
        let [sam, cloudformation] = &both;
        assert_eq!(sam.functions.len(), cloudformation.functions.len(), "{example}");
        assert_eq!(sam.mappings.len(), cloudformation.mappings.len(), "{example}");
        assert_eq!(sam.triggers.len(), cloudformation.triggers.len(), "{example}");
    }
}
