//! `plan`: numbers worked out by hand, and when there is none.

use serde_json::json;

use crate::cloud::{Cloud, DAY, HOUR};

#[tokio::test]
async fn numbers_come_from_the_peak_and_from_what_is_needed() {
    let cloud = Cloud::start(1000).await;
    cloud.function("orders-dev-fulfil", "fulfil").await;
    cloud.function("orders-dev-api", "api").await;
    cloud.function("orders-dev-nightly", "nightly").await;
    cloud.reserve("orders-dev-nightly", 12).await;
    cloud.provision("orders-dev-nightly", "live", 11).await;
    for function in ["orders-dev-fulfil", "orders-dev-api", "orders-dev-nightly"] {
        cloud.ran(function, 10 * DAY, &[1.0]).await;
    }
    cloud.ran("orders-dev-fulfil", DAY, &[7.0, 3.0]).await;
    cloud.ran("orders-dev-api", HOUR, &[13.0]).await;

    let plan = cloud.run(&["plan", "--format", "json"]).await.response();
    let number = |place: usize| plan["functions"][place]["reserve"]["number"].clone();
    // 7 / 0.7 = 10, and its queue may invoke it 20 times at once.
    assert_eq!((number(0), &plan["functions"][0]["before"]), (json!(20), &json!(null)));
    // 13 / 0.7 = 18.57…
    assert_eq!(number(1), json!(19));
    // 1 / 0.7 = 1.43, and 11 are provisioned.
    assert_eq!((number(2), &plan["functions"][2]["before"]), (json!(11), &json!(12)));
    // 20 and 19 taken of 988, 1 given back.
    let fit = json!({"limit": 1000, "unreserved_before": 988, "unreserved_after": 950, "missing": 0});
    assert_eq!(plan["fit"], fit);

    let text = cloud.run(&["plan", "--utilisation", "50%"]).await;
    assert_eq!(text.code, Some(0), "{text:?}");
    for expected in [
        "fulfil (orders-dev-fulfil): nothing -> 20",
        "14  the peak of 7 at 20",
        "is to use 0.5 of it: 7 / 0.5 = 14\n",
        "20  its queue may invoke it 20 times at once (`maximum_concurrency` in the code)",
        "api (orders-dev-api): nothing -> 26",
        "nightly (orders-dev-nightly): 12 -> 11",
        "11  11 are provisioned, and AWS counts them in",
        "its attribute has `reserved_concurrency = 15`: the next template brings that back, if it is not changed there",
        "Not reserved: 988 before, 943 after, of 1000 for the account; AWS keeps 100 so",
    ] {
        assert!(text.stdout.contains(expected), "{expected}\n{}", text.stdout);
    }
    // Nothing was changed by planning.
    assert_eq!(cloud.reserved("orders-dev-fulfil").await, None);
}

#[tokio::test]
async fn queues_of_what_is_deployed_count_together() {
    let cloud = Cloud::start(1000).await;
    cloud.function("orders-dev-fulfil", "fulfil").await;
    cloud.ran("orders-dev-fulfil", 10 * DAY, &[1.0]).await;
    for (queue, most) in [("one", 15), ("two", 8)] {
        cloud.polls("orders-dev-fulfil", queue, most).await;
    }
    let plan = cloud.run(&["plan", "--handler", "fulfil", "--format", "json"]).await.response();
    assert_eq!(plan["functions"][0]["reserve"]["number"], 23, "{plan}");
}

#[tokio::test]
async fn without_data_there_is_no_number() {
    let cloud = Cloud::start(1000).await;
    cloud.function("orders-dev-fulfil", "fulfil").await;
    cloud.function("orders-dev-api", "api").await;
    cloud.ran("orders-dev-api", 30 * HOUR, &[5.0]).await;
    let none = cloud.run(&["plan"]).await;
    assert_eq!(none.code, Some(1), "{none:?}");
    for expected in [
        "fulfil (orders-dev-fulfil): no number, and stays as it is",
        "nothing is known of what ran in the last 14d",
        // Deployed yesterday, as far as CloudWatch knows.
        "its data reaches back 1.3 d, and 7d are asked for",
        "nightly: no number, and stays as it is\n  it is not deployed here",
    ] {
        assert!(none.stdout.contains(expected), "{expected}\n{}", none.stdout);
    }
    assert!(none.stderr.contains("no number for fulfil: "), "{none:?}");
    let enough = cloud.run(&["plan", "--minimum-data", "1d"]).await;
    assert_eq!(enough.code, Some(0), "{enough:?}");
    assert!(enough.stdout.contains("api (orders-dev-api): nothing -> 8"), "{enough:?}");
    // Who names one wants a number for it.
    let named = cloud.run(&["plan", "--minimum-data", "1d", "--handler", "api", "--handler", "fulfil"]).await;
    assert_eq!(named.code, Some(1), "{named:?}");
    let wrong = cloud.run(&["plan", "--period", "6h", "--minimum-data", "7h"]).await;
    assert!(wrong.stderr.contains("no data reaches back further than `--period 6h`"), "{wrong:?}");
}

#[tokio::test]
async fn what_does_not_fit_the_account_is_refused() {
    let cloud = Cloud::start(150).await;
    cloud.function("orders-dev-fulfil", "fulfil").await;
    cloud.function("orders-dev-api", "api").await;
    cloud.ran("orders-dev-fulfil", 10 * DAY, &[14.0]).await;
    cloud.ran("orders-dev-api", 10 * DAY, &[28.0]).await;
    // 20 and 40 of 150 leave 90.
    for step in [&["plan"][..], &["apply", "--yes"]] {
        let full = cloud.run(step).await;
        assert_eq!(full.code, Some(1), "{full:?}");
        assert!(full.stdout.contains("Not reserved: 150 before, 90 after"), "{full:?}");
        assert!(full.stderr.contains("no room for this plan: 10 are missing"), "{full:?}");
        assert!(full.stderr.contains("api takes 40 more, fulfil takes 20 more"), "{full:?}");
    }
    assert_eq!(cloud.reserved("orders-dev-api").await, None);
    let less = cloud.run(&["plan", "--utilisation", "100%"]).await;
    // 20 for the queue and 28.
    assert_eq!(less.code, Some(0), "{less:?}");
    assert!(less.stdout.contains("150 before, 102 after"), "{less:?}");
}
