//! `show`, and what stands before every step.

use serde_json::json;

use crate::cloud::{Cloud, DAY, HOUR, MINUTE, tool};

#[tokio::test]
async fn what_is_there_is_shown() {
    let cloud = Cloud::start(1000).await;
    cloud.function("orders-prod-fulfil", "fulfil").await;
    cloud.function("the-api", "api").await;
    cloud.reserve("orders-prod-fulfil", 30).await;
    cloud.provision("orders-prod-fulfil", "live", 5).await;
    cloud.provision("orders-prod-fulfil", "2", 3).await;
    cloud.ran("orders-prod-fulfil", 10 * DAY, &[2.0, 4.0]).await;
    cloud.ran("orders-prod-fulfil", 2 * HOUR, &[13.0, 1.0, 2.0, 2.0]).await;
    // Too long ago for two weeks.
    cloud.ran("orders-prod-fulfil", 15 * DAY, &[99.0]).await;
    cloud.samples("Throttles", &[("FunctionName", "orders-prod-fulfil")], 2 * HOUR, &[1.0, 6.0]).await;
    let live = [("FunctionName", "orders-prod-fulfil"), ("Resource", "orders-prod-fulfil:live")];
    cloud.samples("ProvisionedConcurrencyUtilization", &live, HOUR, &[0.5]).await;
    cloud.samples("UnreservedConcurrentExecutions", &[], HOUR, &[40.0]).await;

    let shown = cloud.run(&["show", "--stage", "prod", "--format", "json"]).await.response();
    assert_eq!(shown["region"], "us-east-2");
    assert_eq!(shown["step"], 300);
    assert_eq!(shown["account"], json!({"limit": 1000, "unreserved": 970, "unreserved_peak": 40}));
    let fulfil = &shown["functions"][0];
    assert_eq!(fulfil["maximum_concurrency"], 20);
    let live = &fulfil["deployed"];
    assert_eq!((&live["function"], &live["found_by"]), (&json!("orders-prod-fulfil"), &json!("name")));
    assert_eq!((&live["reserved"], &live["provisioned"]), (&json!(30), &json!(8)));
    assert_eq!(live["provisioned_utilisation"], 0.5);
    let usage = &live["usage"];
    // 24 in six samples.
    assert_eq!((&usage["peak"], &usage["average"]), (&json!(13), &json!(4.0)));
    assert_eq!((&usage["throttles"], &usage["datapoints"]), (&json!(7), &json!(2)));
    let back = usage["reaches_back"].as_u64().unwrap();
    assert!((10 * DAY..=10 * DAY + 10 * MINUTE).contains(&back), "{back}");
    let api = &shown["functions"][1]["deployed"];
    assert_eq!((&api["function"], &api["found_by"]), (&json!("the-api"), &json!("handler")));
    assert_eq!((&api["reserved"], &api["usage"]), (&json!(null), &json!(null)));
    let nightly = &shown["functions"][2]["deployed"];
    assert_eq!(nightly, &json!({"state": "no", "looked_for": ["orders-prod-nightly"]}));

    let text = cloud.run(&["show", "--stage", "prod"]).await;
    assert_eq!(text.code, Some(0), "{text:?}");
    for expected in [
        "1000 invocations at the same time for the account, 970 of them not reserved, of which up to 40 ran",
        "8 (50 % used)",
        "fulfil: the peak of 13 was at 20",
        "fulfil: 7 invocations were refused (throttled)",
        "api: found by its `Handler`: `the-api`",
        "api: nothing is known of what ran",
        "nightly: not deployed here: there is no function `orders-prod-nightly`",
    ] {
        assert!(text.stdout.contains(expected), "{expected}\n{}", text.stdout);
    }
    // What has a reservation takes nothing from the pool.
    let row = text.stdout.lines().find(|line| line.contains("orders-prod-fulfil")).unwrap();
    let cells: Vec<&str> = row.split_whitespace().collect();
    assert_eq!(cells.join(" "), "fulfil orders-prod-fulfil 30 8 (50 % used) 13 4.0 7 - 20");
}

#[tokio::test]
async fn a_function_is_found_by_the_name_that_is_given() {
    let cloud = Cloud::start(1000).await;
    for name in ["one", "two"] {
        cloud.function(name, "api").await;
    }
    cloud.ran("two", 5 * MINUTE, &[50.0]).await;
    let ambiguous = cloud.run(&["show", "--handler", "api"]).await;
    assert!(ambiguous.stdout.contains("api: several functions have it as their `Handler`: one, two"), "{ambiguous:?}");
    let named = cloud.run(&["show", "--handler", "api", "--function", "api=two", "--period", "30m"]).await;
    let row = named.stdout.lines().find(|line| line.contains(" two ")).unwrap().to_owned();
    assert!(row.contains("50.0") && row.contains("5.0 %"), "{named:?}");
    let missing = cloud.run(&["show", "--function", "api=three"]).await;
    assert_eq!(missing.code, Some(1));
    assert!(
        missing.stderr.contains("`--function api=three`: there is no function of this name in us-east-2"),
        "{missing:?}"
    );
    let unknown = cloud.run(&["show", "--handler", "apy"]).await;
    assert!(unknown.stderr.contains("there is no handler `apy`, only fulfil, api, nightly"), "{unknown:?}");
}

#[tokio::test]
async fn without_credentials_or_a_region_nothing_is_asked() {
    let none = tool(&["show", "--region", "us-east-2"], &[]).await;
    assert_eq!(none.code, Some(1), "{none:?}");
    assert!(none.stderr.contains("no credentials: ") && none.stderr.contains("`--profile`"), "{none:?}");
    let keys = [("AWS_ACCESS_KEY_ID", "key"), ("AWS_SECRET_ACCESS_KEY", "secret-key")];
    let nowhere = tool(&["show"], &keys).await;
    assert_eq!(nowhere.code, Some(1), "{nowhere:?}");
    assert!(nowhere.stderr.contains("no region: give `--region`"), "{nowhere:?}");
}

#[tokio::test]
async fn a_profile_has_credentials_and_a_region() {
    let cloud = Cloud::start(500).await;
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.into_os_string().into_string().unwrap()
    };
    let config = file(
        "config",
        "[profile work]\nregion = us-east-2\n[profile sso]\nregion = us-east-2\nsso_start_url = \
        https://example.awsapps.com/start\nsso_region = us-east-2\nsso_account_id = 123456789012\nsso_role_name = r\n",
    );
    let credentials = file("credentials", "[work]\naws_access_key_id = key\naws_secret_access_key = secret-key\n");
    let endpoint = cloud.variables()[0].1.clone();
    let variables = [
        ("AWS_ENDPOINT_URL", endpoint.as_str()),
        ("AWS_CONFIG_FILE", config.as_str()),
        ("AWS_SHARED_CREDENTIALS_FILE", credentials.as_str()),
    ];
    let shown = tool(&["show", "--profile", "work", "--format", "json"], &variables).await.response();
    assert_eq!((&shown["region"], &shown["account"]["limit"]), (&json!("us-east-2"), &json!(500)));
    let elsewhere =
        tool(&["show", "--profile", "work", "--region", "eu-north-1", "--format", "json"], &variables).await;
    assert_eq!(elsewhere.response()["region"], "eu-north-1");
    // Nobody has signed in.
    let signed_out = tool(&["show", "--profile", "sso"], &variables).await;
    assert_eq!(signed_out.code, Some(1), "{signed_out:?}");
    assert!(
        signed_out.stderr.contains("the credentials can't be had: ") && signed_out.stderr.contains("`aws sso login`"),
        "{signed_out:?}"
    );
}
