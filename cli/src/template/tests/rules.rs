//! Each rule by itself.

use super::planned;
use crate::template::args::Format;
use crate::template::model::{Deployment, Function, Scope, Source, Trigger};
use crate::template::text::Kind;

fn mapping(function: &Function) -> &crate::template::model::Mapping {
    match &function.trigger {
        Trigger::Mapping(mapping) => mapping,
        other => panic!("{other:?}"),
    }
}

/// The actions that a role may take on what, as text.
fn allowed(function: &Function) -> Vec<String> {
    let on = |scope: &Scope| match scope {
        Scope::Resources(resources) => resources.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
        Scope::Anything(_) => "*".to_owned(),
    };
    let permissions = function.permissions.iter().filter(|permission| permission.id != "WriteLogs");
    permissions.map(|permission| format!("{} on {}", permission.actions.join(" "), on(&permission.on))).collect()
}

fn environment(deployment: &Deployment) -> Vec<String> {
    deployment.functions[0].environment.iter().map(|(name, value)| format!("{name}={value}")).collect()
}

const SQS: &str = r#""timeout": 30, "report_batch_item_failures": true,
    "trigger": {"source": "sqs", "settings": {"queue": "orders", "batch_size": 100, "window": 20}}"#;

#[test]
fn a_queue_outlasts_six_timeouts_and_the_window() {
    let of = planned(&[SQS], &[]);
    assert_eq!(of.queues.len(), 1);
    let queue = &of.queues[0];
    assert_eq!((queue.visibility_timeout, queue.max_receive_count, queue.is_fifo), (200, 5, false));
    assert_eq!(queue.name.to_string(), "orders-{stage}");
    assert_eq!(queue.dead_letters.to_string(), "orders-dead-letters-{stage}");
    // Without a timeout, Lambda's own counts.
    let of =
        planned(&[r#""trigger": {"source": "sqs", "settings": {"queue": "a.fifo", "max_receive_count": 9}}"#], &[]);
    let queue = &of.queues[0];
    assert_eq!((queue.visibility_timeout, queue.max_receive_count, queue.is_fifo), (18, 9, true));
    assert_eq!(queue.dead_letters.to_string(), "a-dead-letters-{stage}.fifo");
}

#[test]
fn a_service_is_named_as_each_deployer_takes_it() {
    for (package, service) in [("my_app", "my-app"), ("orders", "orders"), ("p", "pfunctions"), ("_a1", "a1")] {
        let text = format!(
            r#"{{"version": 1, "functions": [{{"name": "f", "package": "{package}", "trigger": {{"source": "invoke"}}}}]}}"#
        );
        let of = super::deployment(&crate::manifest::Manifest::parse(&text, "it").unwrap(), &[]);
        assert_eq!((of.service.as_str(), of.code.binary.as_str()), (service, package));
    }
}

#[test]
fn no_number_is_too_large() {
    let of = planned(
        &[r#""timeout": 4294967295, "trigger": {"source": "sqs", "settings": {"queue": "a", "window": 9}}"#],
        &[],
    );
    assert_eq!(of.queues[0].visibility_timeout, u32::MAX);
}

#[test]
fn two_functions_of_one_queue_share_it_and_the_longer_one_counts() {
    let slow = SQS.replace("30", "100");
    let of = planned(&[SQS, &slow], &["--stage=prod"]);
    assert_eq!(of.queues.len(), 1);
    assert_eq!(of.queues[0].visibility_timeout, 620);
    assert_eq!(of.queues[0].name.known(), Some("orders-prod"));
}

#[test]
fn failures_are_reported_where_the_manifest_says_so() {
    let of = planned(&[SQS, &SQS.replace("true", "false")], &[]);
    assert!(mapping(&of.functions[0]).reports_failures);
    assert!(!mapping(&of.functions[1]).reports_failures);
}

#[test]
fn a_role_polls_its_own_queue_and_nothing_else() {
    let of = planned(&[SQS], &[]);
    let actions = "sqs:DeleteMessage sqs:GetQueueAttributes sqs:ReceiveMessage";
    assert_eq!(allowed(&of.functions[0]), [format!("{actions} on {{arn of OrdersQueue}}")]);
    let of = planned(&[SQS], &["--existing=queue:orders"]);
    assert_eq!(of.queues.len(), 0);
    assert_eq!(
        allowed(&of.functions[0]),
        [format!("{actions} on arn:{{partition}}:sqs:{{region}}:{{account}}:orders")]
    );
    assert!(of.functions[0].notes[0].contains("visibility timeout of 200 s"), "{:?}", of.functions[0].notes);
}

#[test]
fn logs_are_written_to_one_s_own_group() {
    let of = planned(&[SQS], &[]);
    let Scope::Resources(resources) = &of.functions[0].permissions[0].on else { panic!() };
    assert_eq!(
        resources[0].to_string(),
        "arn:{partition}:logs:{region}:{account}:log-group:/aws/lambda/pfunctions-{stage}-f0:*"
    );
}

#[test]
fn no_role_may_do_anything_to_everything_but_where_aws_has_no_other_way() {
    let invoke = r#""trigger": {"source": "invoke"}"#;
    for (functions, options, expected) in [
        (SQS, vec![], 0),
        (invoke, vec!["--tracing"], 1),
        (r#""trigger": {"source": "activemq", "settings": {"queue": "q"}}"#, vec![], 1),
    ] {
        let of = planned(&[functions], &options);
        let wide = of.functions[0].permissions.iter().filter(|permission| matches!(permission.on, Scope::Anything(_)));
        assert_eq!(wide.count(), expected, "{functions}");
    }
}

#[test]
fn idempotency_has_a_table_that_forgets() {
    let idempotent = r#""trigger": {"source": "invoke"}, "idempotency": {"has_own_store": false}"#;
    let of = planned(&[idempotent, idempotent], &[]);
    assert_eq!(of.tables.len(), 1);
    let table = &of.tables[0];
    assert_eq!((table.partition_key.name.as_str(), table.partition_key.ty, table.ttl), ("id", "S", Some("expiration")));
    assert_eq!(environment(&of), ["LAMBKIN_IDEMPOTENCY=dynamodb://{name of IdempotencyTable}"]);
    assert_eq!(allowed(&of.functions[1]), ["dynamodb:DeleteItem dynamodb:PutItem on {arn of IdempotencyTable}"]);

    let of = planned(&[idempotent], &["--idempotency=rediss://cache:6379"]);
    assert_eq!((of.tables.len(), allowed(&of.functions[0]).len()), (0, 0));
    assert_eq!(environment(&of), ["LAMBKIN_IDEMPOTENCY=rediss://cache:6379"]);
    let of = planned(&[idempotent], &["--idempotency=dynamodb://theirs?sort_key=sk"]);
    let on = "arn:{partition}:dynamodb:{region}:{account}:table/theirs";
    assert_eq!(allowed(&of.functions[0]), [format!("dynamodb:DeleteItem dynamodb:PutItem on {on}")]);

    // A store of one's own is one's own business, but for the word that it is.
    let own = r#""trigger": {"source": "http"}, "routes": [{"methods": ["GET"], "path": "/", "idempotency": {"has_own_store": true}}]"#;
    let of = planned(&[own], &[]);
    assert_eq!((of.tables.len(), environment(&of).len()), (0, 0));
    assert!(of.functions[0].notes.iter().any(|note| note.contains("made by its own code")));
}

const CONFIG: &str = r#""trigger": {"source": "invoke"}, "config": {
    "variables": [{"name": "STAGE", "required": true}, {"name": "TABLE", "required": true}, {"name": "PORT", "default": "587"},
                  {"name": "EXTRA"}, {"name": "AWS_REGION", "required": true}, {"name": "é", "required": true}],
    "secrets": [{"name": "{STAGE}/{TABLE}/db", "required": true}, {"name": "{AWS_REGION}-x"}, {"name": "{LOST}"},
                {"name": "arn:aws:secretsmanager:r:1:secret:a-AbCdEf"}, {"name": "arn:aws:secretsmanager:r:1:secret:a-b"}],
    "parameters": [{"name": "/{STAGE}/host"}, {"name": "host"}, {"name": "/below/", "by_path": true}]}"#;

#[test]
fn variables_are_parameters_and_the_stage_is_the_stage() {
    let of = planned(&[CONFIG], &[]);
    assert_eq!(
        environment(&of),
        ["EXTRA={parameter Extra}", "PORT={parameter Port}", "STAGE={stage}", "TABLE={parameter TableValue}"]
    );
    let defaults: Vec<(&str, Option<&str>)> =
        of.parameters.iter().map(|parameter| (parameter.id.as_str(), parameter.default.as_deref())).collect();
    let expected = [("TableValue", None), ("Port", Some("587")), ("Extra", Some("")), ("DecryptionKeyArn", Some(""))];
    assert_eq!(defaults, expected);
    assert!(of.functions[0].notes.iter().any(|note| note.contains("no variable named `é`")));
}

#[test]
fn a_variable_that_functions_disagree_on_is_each_one_s_own() {
    let with = |default: &str| {
        format!(
            r#""trigger": {{"source": "invoke"}}, "config": {{"variables": [{{"name": "A_B", "default": "{default}"}}]}}"#
        )
    };
    let ids = |a: &str, b: &str| -> Vec<String> {
        planned(&[&with(a), &with(b)], &[]).parameters.into_iter().map(|parameter| parameter.id).collect()
    };
    assert_eq!(ids("1", "1"), ["AB"]);
    assert_eq!(ids("1", "2"), ["F0AB", "F1AB"]);
}

#[test]
fn secrets_are_read_by_their_names_and_six_characters() {
    let secret = |name: &str| format!("arn:{{partition}}:secretsmanager:{{region}}:{{account}}:secret:{name}-??????");
    let secrets = [
        secret("prod/{parameter TableValue}/db"),
        secret("{region}-x"),
        secret("*"),
        "arn:aws:secretsmanager:r:1:secret:a-AbCdEf".to_owned(),
        "arn:aws:secretsmanager:r:1:secret:a-b-??????".to_owned(),
    ];
    let parameter = |name: &str| format!("arn:{{partition}}:ssm:{{region}}:{{account}}:parameter/{name}");
    let of = planned(&[CONFIG], &["--stage=prod"]);
    assert_eq!(
        allowed(&of.functions[0]),
        [
            format!("secretsmanager:GetSecretValue on {}", secrets.join(" ")),
            format!("ssm:GetParameters on {} {}", parameter("prod/host"), parameter("host")),
            format!("ssm:GetParametersByPath on {} {}", parameter("below"), parameter("below/*")),
        ]
    );
    assert!(of.notes[0].contains("`config-aws`"), "{:?}", of.notes);
    assert!(of.functions[0].layers.is_empty());
}

#[test]
fn the_extension_is_a_layer_and_asks_for_one_parameter_at_a_time() {
    let of = planned(&[CONFIG], &["--extension"]);
    assert_eq!(of.functions[0].layers[0].to_string(), "{parameter ParametersAndSecretsLayer}");
    assert!(allowed(&of.functions[0])[1].starts_with("ssm:GetParameter on "));
    assert!(of.notes.is_empty());
}

#[test]
fn a_table_s_stream_is_asked_for_unless_its_keys_are_told() {
    let reads = r#""trigger": {"source": "dynamodb", "settings": {"table": "sensors", "view": "KEYS_ONLY"}}"#;
    let of = planned(&[reads], &[]);
    assert_eq!(of.parameters[0].id, "F0StreamArn");
    assert!(of.functions[0].notes[0].contains("`--table sensors=KEY:TYPE`"));
    let of = planned(&[reads], &["--table=sensors=id:S,at:N"]);
    assert_eq!(of.tables[0].stream.as_deref(), Some("KEYS_ONLY"));
    assert!(
        allowed(&of.functions[0])[0].ends_with("on {arn of SensorsTable}/stream/*"),
        "{:?}",
        allowed(&of.functions[0])
    );
    assert_eq!(mapping(&of.functions[0]).starting_position.as_deref(), Some("TRIM_HORIZON"));
}

#[test]
fn a_consumer_reads_through_its_stream() {
    let arn = "arn:aws:kinesis:r:1:stream/s/consumer/c:1";
    let of = planned(&[&format!(r#""trigger": {{"source": "kinesis", "settings": {{"stream": "{arn}"}}}}"#)], &[]);
    let [read, subscribe] = allowed(&of.functions[0]).try_into().unwrap();
    assert!(read.ends_with("on arn:aws:kinesis:r:1:stream/s"), "{read}");
    assert_eq!(subscribe, format!("kinesis:SubscribeToShard on {arn}"));
}

#[test]
fn kafka_is_provisioned_where_single_records_are_reported() {
    let kafka = |settings: &str, reports: bool| {
        let trigger = format!(r#"{{"source": "kafka", "settings": {{"topic": "t", {settings}}}}}"#);
        planned(&[&format!(r#""report_batch_item_failures": {reports}, "trigger": {trigger}"#)], &[])
    };
    let pollers = |of: &Deployment| mapping(&of.functions[0]).pollers.map(|pollers| (pollers.minimum, pollers.maximum));
    assert_eq!(pollers(&kafka(r#""cluster": "c""#, false)), None);
    let of = kafka(r#""cluster": "c""#, true);
    assert_eq!(pollers(&of), Some((Some(1), None)));
    assert!(of.functions[0].notes.iter().any(|note| note.contains("provisioned mode")));
    assert_eq!(pollers(&kafka(r#""cluster": "c", "maximum_pollers": 5"#, true)), Some((None, Some(5))));
    assert_eq!(pollers(&kafka(r#""cluster": "c", "maximum_retry_attempts": 1"#, false)), Some((Some(1), None)));

    let of = kafka(r#""cluster": "arn:aws:kafka:r:1:cluster/c/u", "consumer_group": "g""#, true);
    assert!(matches!(mapping(&of.functions[0]).source, Source::Msk { .. }));
    let allowed = allowed(&of.functions[0]);
    assert!(
        allowed[2].ends_with("on arn:aws:kafka:r:1:topic/c/u/t") && allowed[3].ends_with("group/c/u/g"),
        "{allowed:?}"
    );
    assert!(kafka(r#""cluster": "c""#, true).functions[0].permissions.iter().any(|permission| {
        matches!(&permission.on, Scope::Resources(on) if on[0].to_string().ends_with(":topic/c/*/t"))
    }));
    let of = kafka(r#""batch_size": 1"#, true);
    assert!(of.parameters.iter().any(|parameter| parameter.id == "F0BootstrapServers" && parameter.is_list));
}

fn http(rest: &str, options: &[&str]) -> (Vec<String>, bool, Deployment) {
    let of = planned(&[&format!(r#""trigger": {{"source": "http"}}, {rest}"#)], options);
    let Trigger::Http(http) = &of.functions[0].trigger else { panic!() };
    let keys =
        http.routes.iter().map(|route| format!("{} {}", route.method, route.path.as_deref().unwrap_or("$default")));
    (keys.collect(), http.cors.is_some(), of)
}

#[test]
fn routes_are_those_of_the_function_and_what_goes_with_them() {
    let (routes, ..) = http(
        r#""routes": [{"methods": ["GET"], "path": "/a/{id}"}, {"methods": ["PUT"], "path": "/f/{*path}"},
                      {"methods": ["ANY"], "path": "/b"}, {"methods": ["GET"], "path": "/b"}]"#,
        &[],
    );
    assert_eq!(routes, ["GET /a/{id}", "HEAD /a/{id}", "ANY /b", "PUT /f/{path+}"]);
    // A fallback, or a function without routes of its own, takes what is left.
    let (routes, ..) =
        http(r#""routes": [{"methods": ["POST"], "path": "/a"}, {"methods": ["ANY"], "path": "/{*path}"}]"#, &[]);
    assert_eq!(routes, ["ANY $default", "POST /a"]);
    assert_eq!(http(r#""memory": 128"#, &[]).0, ["ANY $default"]);
}

#[test]
fn preflights_are_answered_by_the_api_where_it_can_say_the_same() {
    let with = |cors: &str, route: &str| {
        http(&format!(r#""cors": {cors}, "routes": [{{"methods": ["PUT"], "path": "/a" {route}}}]"#), &[])
    };
    let (routes, at_the_api, of) = with(r#"{"origins": ["https://a.com"], "max_age": 5}"#, "");
    assert_eq!((routes, at_the_api), (vec!["PUT /a".to_owned()], true));
    let Trigger::Http(http) = &of.functions[0].trigger else { panic!() };
    let cors = http.cors.as_ref().unwrap();
    assert_eq!(
        (cors.methods.clone(), cors.headers.clone(), cors.max_age),
        (vec!["PUT".into()], vec!["*".into()], Some(5))
    );
    for (cors, route) in [
        (r#"{"origins": ["https://*.a.com"]}"#, ""),
        (r#"{"origins": ["*"], "credentials": true, "headers": ["a"]}"#, ""),
        (r#"{"origins": ["https://a.com"], "credentials": true}"#, ""),
        (r#"{"origins": ["https://a.com"]}"#, r#", "cors": {"origins": ["*"]}"#),
        ("null", r#", "cors": {"origins": ["*"]}"#),
    ] {
        let (routes, at_the_api, of) = with(cors, route);
        assert_eq!((routes.join(" "), at_the_api), ("OPTIONS /a PUT /a".to_owned(), false), "{cors}");
        assert!(of.functions[0].notes.iter().any(|note| note.contains("by the function itself")), "{cors}");
    }
}

#[test]
fn an_api_does_not_wait_for_a_long_function() {
    let (.., of) = http(r#""timeout": 60"#, &[]);
    assert!(of.functions[0].notes.iter().any(|note| note.contains("waits 30 s")));
    let (.., of) = http(r#""timeout": 60"#, &["--front-end=function-url"]);
    assert!(of.functions[0].notes.is_empty(), "{:?}", of.functions[0].notes);
}

#[test]
fn numbers_of_the_options_are_for_the_handler_that_they_name() {
    let of = planned(&[SQS, SQS], &["--reserved-concurrency=f1=5", "--provisioned-concurrency=f0=2"]);
    assert_eq!((of.functions[0].reserved_concurrency, of.functions[1].reserved_concurrency), (None, Some(5)));
    assert_eq!((of.functions[0].provisioned_concurrency, of.functions[1].provisioned_concurrency), (Some(2), None));
}

#[test]
fn a_handler_whose_name_lambda_does_not_take_is_named_by_a_variable() {
    let text =
        r#"{"version": 1, "functions": [{"name": "order created", "package": "p", "trigger": {"source": "invoke"}}]}"#;
    let of = super::deployment(&crate::manifest::Manifest::parse(text, "it").unwrap(), &[]);
    assert_eq!(of.functions[0].entry_point(), "bootstrap");
    assert_eq!(environment(&of), ["LAMBKIN_HANDLER=order created"]);
    assert_eq!(of.functions[0].id, "OrderCreated");
}

#[test]
fn names_fit_where_aws_limits_them() {
    let long = "x".repeat(200);
    let text = format!(
        r#"{{"version": 1, "functions": [{{"name": "{long}", "package": "{long}", "trigger":
            {{"source": "sqs", "settings": {{"queue": "{}.fifo"}}}}}}]}}"#,
        &long[..75]
    );
    let of = super::deployment(&crate::manifest::Manifest::parse(&text, "it").unwrap(), &["--stage=a-stage-of-sixte"]);
    assert!(of.functions[0].name.known().unwrap().len() <= 64);
    assert!(of.queues[0].name.known().unwrap().len() <= 80);
    assert!(of.queues[0].dead_letters.known().unwrap().len() <= 80);
}

/// The identifiers of a CloudFormation template's parameters and resources, and the heads of Terraform's blocks.
fn identifiers(of: &Deployment) -> (Vec<String>, Vec<String>) {
    let template = super::rendered(of, Format::CloudFormation);
    let mut section = "";
    let mut ids = Vec::new();
    for line in template.lines() {
        match line.strip_prefix("  ") {
            None => section = line,
            Some(id) if !id.starts_with([' ', '#']) && matches!(section, "Parameters:" | "Resources:") => {
                ids.push(id.trim_end_matches(':').to_owned());
            }
            Some(_) => {}
        }
    }
    let terraform = super::rendered(of, Format::Terraform);
    let heads = terraform.lines().filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()));
    let heads = heads.map(|line| line.trim_end_matches(['{', '}', ' ']).to_owned());
    (ids, heads.collect())
}

#[test]
fn no_two_things_of_a_template_have_one_name() {
    let function = |name: &str, rest: &str| format!(r#"{{"name": "{name}", "package": "p", {rest}}}"#);
    let http = r#""trigger": {"source": "http"}"#;
    let variables = [
        "API_URL",
        "API_VERSION",
        "API_ALIAS",
        "API_ROUTE1",
        "API_INTEGRATION",
        "API_PERMISSION",
        "SWEEP_SCHEDULE",
        "CODE",
        "CODE_KEY",
        "STAGE_NAME",
        "VERSION",
        "COUNT",
        "SOURCE",
    ];
    let variables: Vec<String> = variables.iter().map(|name| format!(r#"{{"name": "{name}"}}"#)).collect();
    let config = format!(
        r#"{http}, "provisioned_concurrency": 1, "config": {{"variables": [{}], "secrets": [{{"name": "s"}}]}}"#,
        variables.join(", ")
    );
    let schedule = r#""trigger": {"source": "schedule", "settings": {"expression": "rate(1 hour)"}}"#;
    let functions = [
        function("api", &config),
        function("api_open", http),
        function("api_decryption", http),
        function("api_url", r#""trigger": {"source": "s3", "settings": {"bucket": "b"}}"#),
        function("sweep_invoker", http),
        function("sweep", schedule),
    ];
    let text = format!(r#"{{"version": 1, "functions": [{}]}}"#, functions.join(", "));
    let manifest = crate::manifest::Manifest::parse(&text, "it").unwrap();
    for front_end in ["http-api", "rest-api", "function-url", "alb"] {
        let of = super::deployment(&manifest, &[&format!("--front-end={front_end}")]);
        let (ids, heads) = identifiers(&of);
        assert!(ids.len() > 20 && heads.len() > 20, "{ids:?} {heads:?}");
        for all in [ids, heads] {
            let twice: Vec<&String> =
                all.iter().filter(|one| all.iter().filter(|other| other == one).count() > 1).collect();
            assert!(twice.is_empty(), "{front_end}: {twice:?}");
        }
        // <https://developer.hashicorp.com/terraform/language/block/variable>
        let terraform = super::rendered(&of, Format::Terraform);
        for name in ["source", "version", "count"] {
            assert!(!terraform.contains(&format!("variable \"{name}\"")), "{name}");
        }
    }
}

#[test]
fn bytes_pass_a_rest_api_as_they_are() {
    let of = planned(&[r#""trigger": {"source": "http"}"#], &["--front-end=rest-api"]);
    assert!(super::rendered(&of, Format::CloudFormation).contains("BinaryMediaTypes:\n        - \"*/*\"\n"));
    assert!(super::rendered(&of, Format::Sam).contains("BinaryMediaTypes:\n        - \"*/*\"\n"));
    assert!(super::rendered(&of, Format::Serverless).contains("apiGateway:\n    binaryMediaTypes:\n      - \"*/*\"\n"));
    assert!(super::rendered(&of, Format::Terraform).contains("binary_media_types = [\"*/*\"]\n"));
}

#[test]
fn stages_of_one_account_do_not_share_a_schedule() {
    let schedule = r#""trigger": {"source": "schedule", "settings": {"expression": "rate(1 hour)"}}"#;
    let of = planned(&[schedule], &[]);
    let name = "Type: ScheduleV2\n          Properties:\n            Name:\n              Fn::Sub: \"pfunctions-${Stage}-f0\"\n";
    let sam = super::rendered(&of, Format::Sam);
    assert!(sam.contains(name), "{sam}");
}

#[test]
fn whatever_changes_is_published_where_a_version_is_invoked() {
    let of = planned(&[r#""provisioned_concurrency": 2, "trigger": {"source": "invoke"}"#], &[]);
    assert!(super::rendered(&of, Format::Sam).contains("AutoPublishAliasAllProperties: true\n"));
}

#[test]
fn a_role_may_do_with_a_table_s_stream_what_dynamodb_s_guide_says() {
    let table = r#""trigger": {"source": "dynamodb", "settings": {"table": "t"}}"#;
    let of = planned(&[table], &["--table=t=id:S"]);
    let actions = "DescribeStream dynamodb:GetRecords dynamodb:GetShardIterator dynamodb:ListStreams";
    assert_eq!(allowed(&of.functions[0]), [format!("dynamodb:{actions} on {{arn of TTable}}/stream/*")]);
}

#[test]
fn dead_letters_that_a_function_takes_are_one_queue() {
    let other = r#""trigger": {"source": "sqs", "settings": {"queue": "orders-dead-letters"}}"#;
    for functions in [[SQS, other], [other, SQS]] {
        let of = planned(&functions, &[]);
        let named = |name: &str| of.queues.iter().find(|queue| queue.name.to_string() == name).unwrap();
        let (orders, dead) = (named("orders-{stage}"), named("orders-dead-letters-{stage}"));
        assert_eq!(orders.dead_letter_queue(), Kind::Queue.of(&dead.id));
        for (format, name, kept) in [
            (Format::CloudFormation, "Fn::Sub: \"orders-dead-letters-${Stage}\"", "MessageRetentionPeriod: 1209600"),
            (Format::Terraform, "= \"orders-dead-letters-${var.stage}\"", "message_retention_seconds  = 1209600"),
        ] {
            let written = super::rendered(&of, format);
            assert_eq!(written.matches(name).count(), 1, "{written}");
            assert!(written.contains(kept), "{written}");
        }
    }
}

#[test]
fn a_count_that_one_function_of_a_queue_says_holds_for_the_others() {
    let counted = r#""trigger": {"source": "sqs", "settings": {"queue": "orders", "max_receive_count": 2}}"#;
    for functions in [[SQS, counted], [counted, SQS]] {
        assert_eq!(planned(&functions, &[]).queues[0].max_receive_count, 2);
    }
}

#[test]
fn numbers_that_aws_would_refuse_are_refused() {
    let refused = |options: &[&str]| {
        let text = format!(r#"{{"version": 1, "functions": [{{"name": "f", "package": "p", {SQS}}}]}}"#);
        let args = super::args(options);
        let place = crate::manifest::place::Place::find(&args.from).unwrap();
        let planned =
            crate::template::plan::plan(&crate::manifest::Manifest::parse(&text, "it").unwrap(), &place, &args);
        planned.unwrap_err().to_string()
    };
    let why = refused(&["--reserved-concurrency=f=4", "--provisioned-concurrency=f=5"]);
    assert!(why.contains("`f`") && why.contains("reserve 5 or more"), "{why}");
    assert!(refused(&["--provisioned-concurrency=f=0"]).contains("leave it out"));
}

#[test]
fn less_reserved_than_a_queue_invokes_is_said() {
    let at_most_ten = r#""trigger": {"source": "sqs", "settings": {"queue": "orders", "maximum_concurrency": 10}}"#;
    let notes = |option: &str| planned(&[at_most_ten], &[option]).functions[0].notes.clone();
    assert!(notes("--reserved-concurrency=f0=9")[0].contains("reserve 10 or more"));
    assert!(notes("--reserved-concurrency=f0=10").is_empty() && notes("--reserved-concurrency=f0=0").is_empty());
}

#[test]
fn functions_of_one_source_are_said_to_share_it() {
    let of = planned(&[SQS, SQS], &[]);
    assert!(
        of.functions[0].notes.is_empty() && of.functions[1].notes[0].contains("`f0`"),
        "{:?}",
        of.functions[1].notes
    );
    let s3 = |settings: &str| format!(r#""trigger": {{"source": "s3", "settings": {{"bucket": "b", {settings}}}}}"#);
    for (one, two, is_refused) in [
        (r#""prefix": "in/""#, r#""prefix": "in/a""#, true),
        (r#""prefix": "in/""#, r#""prefix": "out/""#, false),
        (r#""suffix": ".png""#, r#""prefix": "in/""#, true),
        (r#""suffix": ".png""#, r#""suffix": ".jpg""#, false),
        (r#""events": ["s3:ObjectRemoved:*"]"#, r#""prefix": "in/""#, false),
        (r#""events": ["s3:ObjectCreated:Put"]"#, r#""prefix": "in/""#, true),
    ] {
        let of = planned(&[&s3(one), &s3(two)], &[]);
        assert_eq!(of.functions[1].notes.iter().any(|note| note.starts_with("S3 refuses")), is_refused, "{one} {two}");
    }
}

#[test]
fn a_password_is_not_written() {
    let url = "redis://me:hunter2@cache:6379/1";
    let of = planned(&[r#""idempotency": {}, "trigger": {"source": "invoke"}"#], &[&format!("--idempotency={url}")]);
    assert_eq!(environment(&of), ["LAMBKIN_IDEMPOTENCY={parameter IdempotencyUrl}"]);
    let words = ["cargo-lambkin", "template", "--idempotency", url, &format!("--idempotency={url}")];
    let command = super::super::command(words.into_iter().map(std::ffi::OsString::from));
    assert!(!command.contains("hunter2") && command.contains("redis://me:PASSWORD@cache:6379/1"), "{command}");
    let of = planned(&[r#""idempotency": {}, "trigger": {"source": "invoke"}"#], &["--idempotency=redis://cache:6379"]);
    assert_eq!(environment(&of), ["LAMBKIN_IDEMPOTENCY=redis://cache:6379"]);
}

#[test]
fn functions_that_share_an_api_answer_preflights_themselves_unless_all_say_the_same() {
    let api = |path: &str, origin: &str| {
        format!(
            r#""trigger": {{"source": "http"}}, "routes": [{{"methods": ["GET"], "path": "{path}"}}],
            "cors": {{"origins": ["{origin}"]}}"#
        )
    };
    let written = |functions: &[String]| {
        let functions: Vec<&str> = functions.iter().map(String::as_str).collect();
        super::rendered(&planned(&functions, &[]), crate::template::args::Format::Serverless)
    };
    let same = written(&[api("/a", "https://a.example"), api("/b", "https://a.example")]);
    assert!(same.contains("allowedOrigins") && !same.contains("OPTIONS"), "{same}");
    let two = written(&[api("/a", "https://a.example"), api("/b", "https://b.example")]);
    assert!(!two.contains("allowedOrigins"), "{two}");
    assert_eq!(two.matches("method: OPTIONS").count(), 2, "{two}");
    let silent = r#""trigger": {"source": "http"}, "routes": [{"methods": ["GET"], "path": "/c"}]"#.to_owned();
    let one = written(&[api("/a", "https://a.example"), silent]);
    assert!(!one.contains("allowedOrigins"), "{one}");
    assert_eq!(one.matches("method: OPTIONS").count(), 1, "{one}");
}

#[test]
fn what_is_given_up_is_told_to_a_queue() {
    let reads = |source: &str, settings: &str| {
        let trigger = format!(r#""trigger": {{"source": "{source}", "settings": {{{settings}}}}}"#);
        planned(&[&trigger, SQS], &["--name=shop"])
    };
    let arn = r#""table": "arn:aws:dynamodb:r:1:table/t/stream/1""#;
    let cluster = r#""topic": "t", "cluster": "arn:aws:kafka:r:1:cluster/c/u""#;
    for (source, settings) in [
        ("kinesis", r#""stream": "s", "maximum_retry_attempts": 0"#.to_owned()),
        ("dynamodb", format!(r#"{arn}, "maximum_record_age": 60"#)),
        ("kafka", format!(r#"{cluster}, "maximum_retry_attempts": 3"#)),
        ("kafka", r#""topic": "t", "maximum_record_age": 60"#.to_owned()),
    ] {
        let of = reads(source, &settings);
        let told = mapping(&of.functions[0]).on_failure.as_ref().map(ToString::to_string);
        assert_eq!(told.as_deref(), Some("{arn of F0FailuresQueue}"), "{source}");
        let queues: Vec<String> = of.failure_queues.iter().map(|queue| queue.name.to_string()).collect();
        assert_eq!(queues, ["shop-f0-failures-{stage}"], "{source}");
        let sends = "sqs:SendMessage on {arn of F0FailuresQueue}".to_owned();
        assert!(allowed(&of.functions[0]).contains(&sends), "{source}");
        assert!(mapping(&of.functions[1]).on_failure.is_none() && !allowed(&of.functions[1]).contains(&sends));
        // From within a VPC, SQS has to be reached.
        let is_noted = of.functions[0].notes.iter().any(|note| note.contains("VPC endpoint for SQS"));
        assert_eq!(is_noted, settings.contains("cluster"), "{source}");
    }
    // A record that is retried until it expires is not given up.
    for (source, settings) in [("kinesis", r#""stream": "s""#), ("dynamodb", arn), ("kafka", cluster)] {
        let of = reads(source, settings);
        assert!(mapping(&of.functions[0]).on_failure.is_none() && of.failure_queues.is_empty(), "{source}");
    }
}

#[test]
fn a_queue_of_failures_is_no_other_queue() {
    let reads = r#""trigger": {"source": "kinesis", "settings": {"stream": "s", "maximum_retry_attempts": 1}}"#;
    let of = planned(&[reads, r#""trigger": {"source": "sqs", "settings": {"queue": "f0-failures"}}"#], &[]);
    assert_eq!((of.failure_queues[0].id.as_str(), of.queues[0].id.as_str()), ("F0Failures", "F0Failures2"));
}

#[test]
fn retries_without_end_are_written_out() {
    let reads = |settings: &str| {
        let trigger = format!(r#""trigger": {{"source": "kinesis", "settings": {{"stream": "s"{settings}}}}}"#);
        planned(&[&trigger], &[])
    };
    let attempts = |settings: &str| mapping(&reads(settings).functions[0]).maximum_retry_attempts;
    assert_eq!(attempts(""), Some(-1));
    assert_eq!(attempts(r#", "maximum_retry_attempts": 0"#), Some(0));
    assert_eq!(attempts(r#", "maximum_record_age": 60"#), None);
    let written = super::rendered(&reads(""), Format::Terraform);
    let words: Vec<&str> = written.split_whitespace().collect();
    assert!(words.join(" ").contains("shard until it expires. maximum_retry_attempts = -1"), "{written}");
}
