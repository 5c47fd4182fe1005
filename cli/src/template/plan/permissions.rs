//! What a function's role may do: exactly what the manifest says that the function does.

use crate::manifest::Stored;
use crate::template::model::{GivenUp, Permission, Scope, Source, Trigger};
use crate::template::plan::config::{Records, has_own_store, reads_stored};
use crate::template::plan::{Draft, Plan};
use crate::template::text::{Kind, Piece, Text};

/// Lambda makes network interfaces in the VPC of a cluster or broker. Their identifiers are not known before, and the
/// `Describe` actions take no resource: <https://docs.aws.amazon.com/lambda/latest/dg/with-msk-permissions.html>.
const NETWORK: [&str; 6] = [
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
];

impl Plan<'_> {
    /// The role's permissions, and the parameter that names a key of its own if secrets may be encrypted with one.
    pub(super) fn permissions(
        &mut self,
        draft: &mut Draft<'_>,
        trigger: &Trigger,
        given_up: Option<&GivenUp>,
    ) -> (Vec<Permission>, Option<String>) {
        let group = Text::from("log-group:/aws/lambda/").then(draft.name.clone()).then(":*");
        let mut permissions =
            vec![on("WriteLogs", &["logs:CreateLogStream", "logs:PutLogEvents"], Text::own_arn("logs", group))];
        if let Trigger::Mapping(mapping) = trigger {
            let named = match &draft.of.trigger {
                crate::manifest::Trigger::Kafka(kafka) => kafka.cluster.as_deref(),
                _ => None,
            };
            permissions.extend(polling(&mapping.source, named.unwrap_or("*")));
            permissions.extend(mapping.on_failure.as_ref().map(|queue| telling("sqs", queue)).unwrap_or_default());
        }
        permissions.extend(given_up.map(|given_up| telling("sqs", &given_up.on_failure)).unwrap_or_default());
        permissions.extend(self.record_keeping(draft));
        permissions.extend(self.reading(draft));
        if self.args.tracing {
            permissions.push(Permission {
                id: "SendTraces",
                actions: vec!["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
                on: Scope::Anything("X-Ray has no resources to name for these"),
            });
        }
        let has_credentials = permissions.iter().any(|permission| permission.id == "ReadCredentials");
        let key = (reads_stored(draft.of) || has_credentials).then(|| {
            let description =
                "The ARN of the KMS key that secrets and parameters are encrypted with; empty if it is AWS's own";
            self.parameter("key", "DecryptionKeyArn", description, Some(""))
        });
        (permissions, key)
    }

    fn record_keeping(&mut self, draft: &mut Draft<'_>) -> Option<Permission> {
        if has_own_store(draft.of) {
            draft.notes.push(
                "its idempotency store is made by its own code, which also knows what permissions it takes".to_owned(),
            );
        }
        let table = match self.records(draft.of)? {
            Records::OwnTable => self.records_table().arn(),
            Records::Table(name) => Text::own_arn("dynamodb", format!("table/{name}").as_str()),
            Records::Elsewhere => return None,
        };
        // A claim that is refused brings the old record along, so nothing is ever read or updated.
        Some(on("KeepIdempotencyRecords", &["dynamodb:DeleteItem", "dynamodb:PutItem"], table))
    }

    fn reading(&mut self, draft: &mut Draft<'_>) -> Vec<Permission> {
        let config = &draft.of.config;
        let secrets: Vec<Text> = config.secrets.iter().map(|secret| self.secret(draft, secret)).collect();
        let by_name = config.parameters.iter().filter(|parameter| !parameter.by_path);
        let by_name: Vec<Text> = by_name.map(|parameter| self.stored_parameter(draft, &parameter.name)).collect();
        let mut below = Vec::new();
        for parameter in config.parameters.iter().filter(|parameter| parameter.by_path) {
            let path = self.stored_parameter(draft, parameter.name.trim_end_matches('/'));
            below.extend([path.clone(), path.then("/*")]);
        }
        // The extension asks for one at a time, the SDK for ten.
        let get: &'static str = if self.args.extension { "ssm:GetParameter" } else { "ssm:GetParameters" };
        let all = [
            ("ReadSecrets", vec!["secretsmanager:GetSecretValue"], secrets),
            ("ReadParameters", vec![get], by_name),
            ("ReadParametersByPath", vec!["ssm:GetParametersByPath"], below),
        ];
        if reads_stored(draft.of) && !self.args.extension {
            let note = "secrets and parameters are read with the AWS SDK: build with lambkin's feature `config-aws`, or \
                        say `--extension` for AWS's extension";
            if !self.notes.iter().any(|known| known == note) {
                self.notes.push(note.to_owned());
            }
        }
        let asked = all.into_iter().filter(|(_, _, resources)| !resources.is_empty());
        asked.map(|(id, actions, resources)| Permission { id, actions, on: Scope::Resources(resources) }).collect()
    }

    /// A secret's ARN ends with six characters that nobody chooses.
    fn secret(&mut self, draft: &mut Draft<'_>, secret: &Stored) -> Text {
        let name = self.filled(draft, &secret.name);
        match secret.name.strip_prefix("arn:") {
            Some(arn) => {
                let is_whole = arn
                    .rsplit_once('-')
                    .is_some_and(|(_, end)| end.len() == 6 && end.bytes().all(|byte| byte.is_ascii_alphanumeric()));
                if is_whole { name } else { name.then("-??????") }
            }
            None => Text::own_arn("secretsmanager", Text::from("secret:").then(name).then("-??????")),
        }
    }

    fn stored_parameter(&mut self, draft: &mut Draft<'_>, name: &str) -> Text {
        if name.starts_with("arn:") {
            return self.filled(draft, name);
        }
        let name = self.filled(draft, name);
        // `parameter/` and the name, whose own first `/` is not doubled.
        let slash = match name.0.first() {
            Some(Piece::Literal(text)) if text.starts_with('/') => "parameter",
            _ => "parameter/",
        };
        Text::own_arn("ssm", Text::from(slash).then(name))
    }
}

fn on(id: &'static str, actions: &[&'static str], resource: Text) -> Permission {
    Permission { id, actions: actions.to_vec(), on: Scope::Resources(vec![resource]) }
}

/// What Lambda does in the function's name when it polls, as the page of each source in its developer guide has it.
pub(crate) fn polling(source: &Source, cluster_name: &str) -> Vec<Permission> {
    match source {
        Source::Queue(queue) => {
            let actions = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"];
            vec![on("PollQueue", &actions, queue.clone())]
        }
        Source::Stream(stream) => kinesis(stream),
        Source::TableStream(stream) => {
            let stream = match stream.resource() {
                // Of a table's streams each has a name of its own.
                Some(table) if table.kind == Kind::Table => table.arn().then("/stream/*"),
                _ => stream.clone(),
            };
            // <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/iam-policy-example-lamda-process-dynamodb-streams.html>
            let actions =
                ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"];
            vec![on("ReadStream", &actions, stream)]
        }
        Source::Msk { cluster, topic, consumer_group } => msk(cluster, cluster_name, topic, consumer_group.as_deref()),
        Source::Kafka { credentials, .. } => {
            vec![on("ReadCredentials", &["secretsmanager:GetSecretValue"], credentials.clone())]
        }
        Source::Broker { broker, credentials, .. } => vec![
            on("DescribeBroker", &["mq:DescribeBroker"], broker.clone()),
            on("ReadCredentials", &["secretsmanager:GetSecretValue"], credentials.clone()),
            network(),
        ],
    }
}

/// What Lambda does in the function's name when it tells a destination of this service what was given up: records of a
/// stream, <https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html>, and events,
/// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html>, which may go to a function or a bus
/// too.
pub(crate) fn telling(service: &str, destination: &Text) -> Vec<Permission> {
    match service {
        "sqs" => vec![on("SendFailures", &["sqs:SendMessage"], destination.clone())],
        "sns" => vec![on("PublishFailures", &["sns:Publish"], destination.clone())],
        "s3" => vec![
            on("ListFailures", &["s3:ListBucket"], destination.clone()),
            on("StoreFailures", &["s3:PutObject"], destination.clone().then("/*")),
        ],
        "lambda" => vec![on("HandFailuresOn", &["lambda:InvokeFunction"], destination.clone())],
        "events" => vec![on("PutFailures", &["events:PutEvents"], destination.clone())],
        _ => Vec::new(),
    }
}

fn kinesis(stream: &Text) -> Vec<Permission> {
    let read = [
        "kinesis:DescribeStream",
        "kinesis:DescribeStreamSummary",
        "kinesis:GetRecords",
        "kinesis:GetShardIterator",
        "kinesis:ListShards",
    ];
    match stream.known().and_then(|arn| arn.split_once("/consumer/")) {
        Some((of, _)) => vec![
            on("ReadStream", &read, Text::from(of)),
            on("SubscribeToShards", &["kinesis:SubscribeToShard"], stream.clone()),
        ],
        None => vec![on("ReadStream", &read, stream.clone())],
    }
}

/// <https://docs.aws.amazon.com/lambda/latest/dg/with-msk-permissions.html>; access by IAM, which is what a cluster without
/// other credentials has.
fn msk(cluster: &Text, name: &str, topic: &str, group: Option<&str>) -> Vec<Permission> {
    let actions = ["kafka:DescribeCluster", "kafka:DescribeClusterV2", "kafka:GetBootstrapBrokers"];
    let mut permissions = vec![on("DescribeCluster", &actions, cluster.clone())];
    let connect = ["kafka-cluster:Connect", "kafka-cluster:DescribeClusterDynamicConfiguration"];
    permissions.push(on("ConnectToCluster", &connect, cluster.clone()));
    // `cluster/NAME/UUID` becomes `topic/NAME/UUID/TOPIC`, which takes a known ARN.
    let below = |kind: &str, below: &str| match cluster.known().and_then(|arn| arn.split_once(":cluster/")) {
        Some((head, cluster)) => Text::from(format!("{head}:{kind}/{cluster}/{below}").as_str()),
        None => Text::own_arn("kafka", format!("{kind}/{name}/*/{below}").as_str()),
    };
    let read = ["kafka-cluster:DescribeTopic", "kafka-cluster:ReadData"];
    permissions.push(on("ReadTopic", &read, below("topic", topic)));
    let join = ["kafka-cluster:AlterGroup", "kafka-cluster:DescribeGroup"];
    permissions.push(on("JoinGroup", &join, below("group", group.unwrap_or("*"))));
    permissions.push(network());
    permissions
}

fn network() -> Permission {
    let why = "the interfaces are made by Lambda, and EC2 has no resources to name for what describes";
    Permission { id: "ReachNetwork", actions: NETWORK.to_vec(), on: Scope::Anything(why) }
}
