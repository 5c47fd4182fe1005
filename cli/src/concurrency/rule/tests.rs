//! The rule by hand, and what holds of every plan.

use proptest::prelude::*;

use super::*;

const DAY: u32 = 86_400;

fn rule(utilisation: &str) -> Rule {
    Rule { utilisation: utilisation.parse().unwrap(), minimum_data: "7d".parse().unwrap() }
}

fn usage(peak: u32) -> Usage {
    let peak_at = "2026-01-02T03:00:00Z".to_owned();
    Usage { peak, peak_at, average: 1.0, throttles: 0, reaches_back: 10 * DAY, datapoints: 9 }
}

fn live(peak: u32) -> Live {
    Live {
        function: "orders-dev-fulfil".to_owned(),
        found_by: FoundBy::Name,
        reserved: None,
        provisioned: 0,
        provisioned_utilisation: None,
        queues: None,
        usage: Some(usage(peak)),
    }
}

fn function(live: Live) -> Function {
    let deployed = Deployed::Yes(Box::new(live));
    Function {
        handler: "fulfil".to_owned(),
        maximum_concurrency: None,
        attribute: None,
        deployed,
        templates: Vec::new(),
    }
}

fn number(function: &Function, utilisation: &str) -> u32 {
    match decide(function, "14d", rule(utilisation)) {
        Decision::Reserve { number, .. } => number,
        Decision::Refused(why) => panic!("{why}"),
    }
}

fn refused(function: &Function) -> String {
    match decide(function, "14d", rule("0.7")) {
        Decision::Reserve { number, .. } => panic!("{number}"),
        Decision::Refused(why) => why,
    }
}

fn account(limit: u32, unreserved: u32) -> Account {
    Account { limit, unreserved, unreserved_peak: None }
}

fn change(before: Option<u32>, after: u32) -> Change {
    Change { handler: "fulfil".to_owned(), function: "f".to_owned(), before, after }
}

#[test]
fn the_peak_is_divided_and_rounded_up_exactly() {
    // By hand: 13 / 0.7 = 18.57…; 7 / 0.7 is 10, not a hair more.
    for (peak, utilisation, expected) in
        [(13, "0.7", 19), (7, "0.7", 10), (21, "0.7", 30), (1, "1", 1), (3, "0.3", 10), (10, "0.33", 31), (0, "0.7", 1)]
    {
        assert_eq!(number(&function(live(peak)), utilisation), expected, "{peak} / {utilisation}");
    }
}

#[test]
fn needs_hold_the_number_up() {
    let mut of = function(live(7));
    of.maximum_concurrency = Some(20);
    assert_eq!(number(&of, "0.7"), 20);
    let with = |change: fn(&mut Live)| {
        let mut live = live(7);
        change(&mut live);
        number(&function(live), "0.7")
    };
    assert_eq!(with(|live| live.queues = Some(25)), 25);
    assert_eq!(with(|live| live.provisioned = 12), 12);
    assert_eq!(with(|live| live.reserved = Some(30)), 10);
    let throttled = |live: &mut Live| {
        live.reserved = Some(30);
        live.usage.as_mut().unwrap().throttles = 1;
    };
    assert_eq!(with(throttled), 30);
}

#[test]
fn without_data_there_is_no_number() {
    let with = |change: fn(&mut Live)| {
        let mut live = live(7);
        change(&mut live);
        refused(&function(live))
    };
    assert!(with(|live| live.usage = None).contains("nothing is known of what ran in the last 14d"));
    let young = with(|live| live.usage.as_mut().unwrap().reaches_back = DAY + DAY / 5);
    assert!(young.contains("reaches back 1.2 d, and 7d are asked for"), "{young}");
    assert!(with(|live| live.reserved = Some(0)).contains("switched off"));
    let missing = Function { deployed: Deployed::No { looked_for: Vec::new() }, ..function(live(7)) };
    assert!(refused(&missing).contains("not deployed"));
}

#[test]
fn a_hundred_stay_unreserved() {
    let fit = |unreserved, changes: &[Change]| {
        let fit = Fit::of(account(1000, unreserved), changes);
        (fit.unreserved_after, fit.missing)
    };
    assert_eq!(fit(1000, &[change(None, 900)]), (100, 0));
    assert_eq!(fit(1000, &[change(None, 901)]), (99, 1));
    assert_eq!(fit(300, &[change(Some(50), 200), change(Some(100), 60)]), (190, 0));
    // A new account has ten: nothing can be reserved, and what is can be given back.
    assert_eq!(fit(10, &[change(None, 1)]), (9, 91));
    assert_eq!(fit(8, &[change(Some(2), 1)]), (9, 0));
    assert_eq!(fit(10, &[]), (10, 0));
    assert_eq!(fit(200, &[change(None, 1000)]), (-800, 900));
}

fn state(account: Account, functions: Vec<Function>) -> State {
    let [region, from, to] = [const { String::new() }; 3];
    State { region, period: "14d".to_owned(), from, to, step: 300, account, functions, notes: Vec::new() }
}

#[test]
fn what_the_number_cannot_say_is_a_note() {
    let mut throttled = live(7);
    throttled.usage.as_mut().unwrap().throttles = 3;
    let notes = |peak| {
        let account = Account { unreserved_peak: Some(peak), ..account(1000, 200) };
        let throttled = Live { usage: throttled.usage.clone(), ..live(0) };
        plan(state(account, vec![function(throttled)]), rule("0.7")).notes
    };
    let [pool] = notes(190).try_into().unwrap();
    assert!(pool.contains("fulfil: 3 invocations were refused because the account's pool was used up"), "{pool}");
    // 10 are reserved, and 190 left.
    let [_, left] = notes(191).try_into().unwrap();
    assert!(left.contains("ran up to 191 at the same time") && left.contains("190 may be few"), "{left}");
}

fn any_function() -> impl Strategy<Value = Function> {
    let usage = (0..2000_u32, 0..3_u64, 0..20 * DAY).prop_map(|(peak, throttles, reaches_back)| Usage {
        throttles,
        reaches_back,
        ..usage(peak)
    });
    let maximum = || proptest::option::of(2..1000_u32);
    (proptest::option::of(0..500_u32), 0..50_u32, maximum(), maximum(), proptest::option::of(usage)).prop_map(
        |(reserved, provisioned, queues, maximum_concurrency, usage)| {
            let live = Live { reserved, provisioned, queues, usage, ..live(0) };
            Function { maximum_concurrency, ..function(live) }
        },
    )
}

proptest! {
    #[test]
    fn no_number_is_below_a_need(function in any_function(), percent in 1..=100_u32) {
        let utilisation = Decimal::new(percent.into(), 2);
        let rule = Rule { utilisation, minimum_data: "7d".parse().unwrap() };
        let of = function.live().unwrap();
        match decide(&function, "14d", rule) {
            Decision::Refused(_) => {
                let has_data = of.usage.as_ref().is_some_and(|usage| usage.reaches_back >= 7 * DAY);
                prop_assert!(!has_data || of.reserved == Some(0));
            }
            Decision::Reserve { number, reasons } => {
                let usage = of.usage.as_ref().unwrap();
                // One less would not do.
                prop_assert!(Decimal::from(number) * utilisation >= usage.peak.into());
                prop_assert!(number >= 1 && number >= of.provisioned);
                prop_assert!(Some(number) >= of.queues && Some(number) >= function.maximum_concurrency);
                prop_assert!(usage.throttles == 0 || Some(number) >= of.reserved);
                prop_assert!(reasons.iter().any(|reason| reason.at_least == number));
                prop_assert!(reasons[0].at_least <= 1 || Decimal::from(reasons[0].at_least - 1) * utilisation < usage.peak.into());
            }
        }
    }

    #[test]
    fn a_plan_that_fits_leaves_a_hundred(
        functions in proptest::collection::vec(any_function(), 1..6),
        unreserved in 0..5000_u32,
    ) {
        let state = state(account(5000, unreserved), functions);
        let plan = plan(state, rule("0.7"));
        let taken: i64 = plan.changes().iter().map(Change::takes).sum();
        let left = i64::from(unreserved) - taken;
        prop_assert_eq!(plan.fit.unreserved_after, left);
        prop_assert_eq!(plan.fit.missing == 0, left >= 100 || taken <= 0);
    }
}
