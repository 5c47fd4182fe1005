//! The environment, secrets and the table of idempotency.

use super::{allowed, environment, planned};

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
