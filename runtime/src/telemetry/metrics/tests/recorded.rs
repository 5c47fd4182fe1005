//! What the facade is told, is written once.

use std::sync::Barrier;

use lambkin_peers::emf::{Document, Metric};
use metrics::{Unit, counter, describe_counter, describe_histogram, gauge, histogram, with_local_recorder};

use super::{NONE, all, collector, of_invocation, read, sum};

#[test]
fn what_is_recorded_is_written_with_lambkins_own() {
    let collector = collector();
    with_local_recorder(collector.registry(), || {
        describe_counter!("Orders", Unit::Count, "placed orders");
        describe_histogram!("Latency", Unit::Milliseconds, "of the shop");
        counter!("Orders").increment(2);
        counter!("Orders").increment(3);
        histogram!("Latency").record(1.5);
        histogram!("Latency").record(2);
        histogram!("Latency").record(2);
        gauge!("Queue").set(7.0);
        counter!("Paid", "Currency" => "EUR", "By" => "card").increment(1);
        counter!("Paid", "By" => "card", "Currency" => "EUR").increment(1);
        counter!("Paid", "Currency" => "USD").increment(4);
        gauge!("Fee", "Currency" => "EUR", "By" => "card").set(8);
        gauge!("Fee", "Currency" => "CHF", "Currency" => "USD").set(9);
    });
    let documents = of_invocation(&collector, |_| {});
    assert_eq!(documents.len(), 3, "one for each set of dimensions");
    let [own] = &documents.iter().filter(|document| !document.values("Invocations").is_empty()).collect::<Vec<_>>()[..]
    else {
        panic!("lambkin's own are in one document")
    };
    assert_eq!(
        (own.values("Orders"), own.values("Latency"), own.values("Queue")),
        (vec![5.0], vec![1.5, 2.0, 2.0], vec![7.0])
    );
    let find = |name: &str, value: &str| -> Vec<(&Metric, &Vec<f64>)> {
        let metrics = documents.iter().flat_map(|document| &document.metrics);
        metrics.filter(|(metric, _)| metric.dimensions.get(name).is_some_and(|found| found == value)).collect()
    };
    let [(fee, _), (paid, values)] = &find("Currency", "EUR")[..] else {
        panic!("the order of labels makes no metric")
    };
    assert_eq!((fee.name.as_str(), &fee.dimensions), ("Fee", &paid.dimensions));
    assert_eq!((paid.name.as_str(), *values, paid.dimensions.len()), ("Paid", &vec![2.0], 4));
    let of_dollars: Vec<_> =
        find("Currency", "USD").iter().map(|(metric, values)| (metric.name.clone(), (*values).clone())).collect();
    assert_eq!(of_dollars, [("Fee".to_owned(), vec![9.0]), ("Paid".to_owned(), vec![4.0])]);
    // What is written is written.
    let again = of_invocation(&collector, |_| {});
    assert_eq!((again.len(), all(&again, "Orders"), all(&again, "Queue")), (1, vec![], vec![]));
}

#[test]
fn a_counter_is_written_as_its_growth() {
    let collector = collector();
    let flush = |record: &dyn Fn()| {
        with_local_recorder(collector.registry(), record);
        all(&read(&collector.rest()), "Seen")
    };
    assert_eq!(flush(&|| counter!("Seen").absolute(100)), [100.0]);
    assert_eq!(flush(&|| counter!("Seen").absolute(130)), [30.0]);
    // Older totals come late, and are none.
    assert_eq!(flush(&|| counter!("Seen").absolute(120)), NONE);
    assert_eq!(flush(&|| counter!("Seen").absolute(131)), [1.0]);
    assert_eq!(flush(&|| ()), NONE);
    assert_eq!(flush(&|| counter!("Seen").increment(2)), [2.0]);
}

#[test]
fn a_gauge_is_written_when_it_was_told_something() {
    let collector = collector();
    let flush = |record: &dyn Fn()| {
        with_local_recorder(collector.registry(), record);
        all(&read(&collector.rest()), "Open")
    };
    assert_eq!(flush(&|| gauge!("Open").increment(2)), [2.0]);
    assert_eq!(flush(&|| ()), NONE);
    // It knows what it was.
    assert_eq!(flush(&|| gauge!("Open").decrement(1)), [1.0]);
    assert_eq!(flush(&|| gauge!("Open").set(1)), [1.0]);
}

#[test]
fn a_handle_that_is_kept_counts_on() {
    let collector = collector();
    let (kept, times) = with_local_recorder(collector.registry(), || (counter!("Kept"), histogram!("Times")));
    for round in 1..4_u32 {
        kept.increment(1);
        times.record(round);
        with_local_recorder(collector.registry(), || counter!("Kept").increment(1));
        let documents = read(&collector.rest());
        assert_eq!((all(&documents, "Kept"), all(&documents, "Times")), (vec![2.0], vec![f64::from(round)]));
    }
}

#[test]
fn what_nobody_holds_on_to_is_forgotten() {
    let collector = collector();
    for round in 0..50 {
        with_local_recorder(collector.registry(), || {
            counter!("Calls", "Id" => round.to_string()).increment(1);
            histogram!("Times", "Id" => round.to_string()).record(1);
        });
        collector.rest();
    }
    assert_eq!(collector.registry().len(), 0);
}

/// Several invocations at once: whoever writes takes what there is, and what there is nobody takes twice.
#[test]
fn nothing_is_lost_or_doubled_between_invocations() {
    const THREADS: u32 = 4;
    const ROUNDS: u32 = 300;
    let collector = collector();
    let start = Barrier::new(THREADS as usize);
    let documents: Vec<Document> = std::thread::scope(|scope| {
        let invocation = || {
            start.wait();
            let mut documents = Vec::new();
            for round in 0..ROUNDS {
                with_local_recorder(collector.registry(), || {
                    counter!("Orders").increment(1);
                    counter!("ByRound", "Round" => (round % 7).to_string()).increment(2);
                    histogram!("Times").record(round);
                });
                documents.extend(of_invocation(&collector, |_| {}));
            }
            documents
        };
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(invocation)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let total = f64::from(THREADS * ROUNDS);
    assert_eq!(sum(&documents, "Orders"), total);
    assert_eq!(sum(&documents, "ByRound"), 2.0 * total);
    assert_eq!(sum(&documents, "Times"), f64::from(THREADS) * f64::from(ROUNDS * (ROUNDS - 1) / 2));
    assert_eq!(sum(&documents, "Invocations"), total);
}
