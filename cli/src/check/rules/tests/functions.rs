//! Functions: their handlers, roles, environments and concurrency.

use super::*;

#[test]
fn functions_and_handlers_find_each_other() {
    let two = r#"{"version": 1, "functions": [
        {"name": "fulfil", "package": "p", "trigger": {"source": "invoke"}},
        {"name": "report", "package": "p", "trigger": {"source": "invoke"}}]}"#;
    let two = Manifest::parse(two, "it").unwrap();
    let of = |handlers: &[&str]| Observed {
        functions: handlers.iter().map(|handler| function(handler)).collect(),
        ..Observed::default()
    };
    assert_eq!(codes(&two, &of(&["fulfil", "report"])), [""; 0]);
    // Two functions may run one handler, and others are another binary's.
    assert_eq!(codes(&two, &of(&["fulfil", "fulfil", "report", "thumbnails"])), [""; 0]);
    assert_eq!(codes(&two, &of(&["fulfil"])), ["LC102"]);
    assert_eq!(codes(&two, &of(&["fulfil", "reports"])), ["LC101"]);
    assert_eq!(codes(&two, &of(&["fulfil", "thumbnails"])), ["LC101", "LC102"]);
    assert_eq!(codes(&two, &of(&["fulfil", "bootstrap"])), ["LC103"]);
    // The function's own name is the last that is looked at, and a variable the first.
    let mut by_name = of(&["fulfil", "bootstrap"]);
    by_name.functions[1].name = known(text("report"));
    assert_eq!(codes(&two, &by_name), [""; 0]);
    let mut by_variable = of(&["fulfil", "fulfil"]);
    by_variable.functions[1].environment.variables.push(variable("LAMBKIN_HANDLER", "report"));
    assert_eq!(codes(&two, &by_variable), [""; 0]);
    by_variable.functions[1].environment.variables[0] = variable("LAMBKIN_HANDLER", "hidden");
    let found = check(&two, &by_variable, &place(""), &own()).findings;
    let unknown = found.iter().find(|finding| finding.rule.code == "LC101").unwrap();
    assert!(unknown.message.starts_with("LAMBKIN_HANDLER names no handler"), "{}", unknown.message);
    // A part that is not read may hold it.
    let mut unread = of(&["fulfil"]);
    unread.unread.push(Unread { what: "the nested stack".to_owned(), place: place("Resources.N") });
    assert_eq!(codes(&two, &unread), [""; 0]);
    // An image says in itself what it runs.
    let mut image = of(&["fulfil", "image"]);
    (image.functions[1].runtime, image.functions[1].handler) = (Field::Absent, Field::Absent);
    assert_eq!(codes(&two, &image), [""; 0]);
    // One handler is run under any name.
    assert_eq!(codes(&manifest(r#""trigger": {"source": "invoke"}"#), &of(&["bootstrap"])), [""; 0]);
    let other_memory = manifest(r#""memory": 512, "trigger": {"source": "invoke"}"#);
    assert_eq!(codes(&other_memory, &of(&["whatever"])), ["LC107"]);
    let mut same = of(&["bootstrap", "bootstrap"]);
    for function in &mut same.functions {
        function.code.path = Some(text("."));
    }
    assert_eq!(codes(&other_memory, &same), ["LC107"]);
}

/// A workspace of several binaries has one template, and each is checked alone.
#[test]
fn functions_of_other_binaries_are_passed_over() {
    let one = manifest(r#""memory": 512, "trigger": {"source": "invoke"}"#);
    let of = |functions: &[(&str, &str, &str)]| {
        let of = |(address, handler, path): &(&str, &str, &str)| Function {
            address: (*address).to_owned(),
            code: Code { path: (!path.is_empty()).then(|| text(path)), binary: None },
            ..function(handler)
        };
        Observed { functions: functions.iter().map(of).collect(), ..Observed::default() }
    };
    let checked = |observed: &Observed, own: &Own| -> Vec<String> {
        let found = check(&one, observed, &place(""), own).findings;
        found.iter().map(|finding| format!("{} {}", finding.rule.code, finding.message)).collect()
    };
    let found = |functions: &[(&str, &str, &str)]| checked(&of(functions), &own());
    let memory = ["LC107 the attribute says 512 MB of memory, and here it is 256 MB"];
    // By where the code was built, though another handler has the same name.
    let others = ("B", "fulfil", "target/lambda/invoices/");
    assert_eq!(found(&[("A", "bootstrap", "target/lambda/orders/"), others]), memory);
    assert_eq!(
        found(&[others]),
        ["LC102 no function runs the handler `fulfil`; those here are of other binaries: invoices"]
    );
    // By what plugins of the Serverless Framework call a binary, and by the function's name.
    assert_eq!(found(&[("A", "shop.orders", ""), ("B", "shop.invoices", "")]), memory);
    assert_eq!(found(&[("OrdersFunction1A2B3C4D", "bootstrap", "a.zip"), ("B", "bootstrap", "b.zip")]), memory);
    // Else it has to be said.
    let unclear = [("A", "bootstrap", "a.zip"), ("B", "bootstrap", "b.zip")];
    assert_eq!(found(&unclear), ["LC113 nothing tells which of A, B runs it, so none is checked"]);
    let said = Own { asked: vec![Asked { address: "A".to_owned(), handler: "fulfil".to_owned() }], ..own() };
    assert_eq!(checked(&of(&unclear), &said), memory);
    let mut script = of(&[("A", "index.handler", "target/lambda/orders/")]);
    script.functions[0].runtime = known("nodejs22.x".to_owned());
    assert!(checked(&script, &own())[0].starts_with("LC104"));
    let mut same = of(&[("A", "bootstrap", "."), ("B", "other", ".")]);
    same.functions[1].memory = known(300);
    assert_eq!(checked(&same, &said), memory);
}

#[test]
fn all_handlers_there_what_else_is_there_is_no_mistake() {
    let two = r#"{"version": 1, "functions": [
        {"name": "get-product", "package": "p", "trigger": {"source": "invoke"}},
        {"name": "get-products", "package": "p", "trigger": {"source": "invoke"}}]}"#;
    let two = Manifest::parse(two, "it").unwrap();
    let of = |path: &str| {
        let with = |(handler, path): (&str, &str)| Function {
            code: Code { path: Some(text(path)), binary: None },
            ..function(handler)
        };
        let all = [("get-product", "a"), ("get-products", "a"), ("put-product", path)].map(with);
        codes(&two, &Observed { functions: all.into(), ..Observed::default() })
    };
    assert_eq!(of("b"), [""; 0]);
    assert_eq!(of("a"), ["LC101"]);
    // What the CDK adds has other code, whatever else is wrong.
    let with = |(handler, path): (&str, &str)| Function {
        code: Code { path: Some(text(path)), binary: None },
        ..function(handler)
    };
    let found = |other: &str| {
        let all = [("get-product", "a.zip"), (other, "b.zip")].map(with);
        codes(&two, &Observed { functions: all.into(), ..Observed::default() })
    };
    assert_eq!(found("index.handler"), ["LC102"]);
    assert_eq!(found("get-productss"), ["LC101"]);
}

#[test]
fn the_margin_is_below_the_template_s_timeout() {
    let margin = manifest(r#""deadline_margin_ms": 30000, "trigger": {"source": "invoke"}"#);
    let of = Observed { functions: vec![function("fulfil")], ..Observed::default() };
    assert_eq!(codes(&margin, &of), ["LC110"]);
}

#[test]
fn a_role_may_do_what_is_needed_and_no_more() {
    let of = |statements: Vec<Statement>| {
        let mut observed = Observed { functions: vec![function("fulfil")], ..Observed::default() };
        observed.functions[0].permissions = Permissions { statements, place: None, unread: None };
        observed
    };
    let logs = || statement(&["logs:*Log*"], "*");
    let reads = with(
        r#""trigger": {"source": "invoke"}, "config": {"secrets": [{"name": "db"}], "parameters": [{"name": "/a"}]}"#,
    );
    let secret = |resource: &str| statement(&["secretsmanager:Get*"], resource);
    let parameter = || statement(&["ssm:GetParameters"], "arn:aws:ssm:*:*:parameter/a");
    let found = |statements: Vec<Statement>| codes(&reads, &of(statements));
    assert_eq!(
        found(vec![logs(), secret("arn:aws:secretsmanager:eu-west-1:1:secret:db-??????"), parameter()]),
        [""; 0]
    );
    assert_eq!(found(vec![logs(), parameter()]), ["LC402"]);
    assert_eq!(found(vec![logs(), secret("arn:aws:secretsmanager:*:*:secret:d*")]), ["LC403"]);
    assert_eq!(found(vec![secret("arn:aws:secretsmanager:*:*:secret:d*"), parameter()]), ["LC404"]);
    assert_eq!(found(vec![logs(), secret("*"), parameter()]), ["LC407"]);
    assert_eq!(found(vec![statement(&["*"], "*")]), ["LC406"]);
    let generated = Statement { is_generated: true, ..statement(&["*"], "*") };
    assert_eq!(found(vec![generated]), [""; 0]);
    let denied = Statement { is_allow: false, ..statement(&["secretsmanager:*"], "*") };
    assert_eq!(found(vec![logs(), secret("arn:aws:secretsmanager:*:*:secret:d*"), parameter(), denied]), ["LC402"]);
    let others = Statement { not_actions: vec![known_text("iam:*")], actions: Vec::new(), ..statement(&[], "*") };
    assert_eq!(found(vec![others]), [""; 0]);
    let mut traced = of(vec![logs()]);
    traced.functions[0].tracing = known_text("Active");
    assert_eq!(codes(&source("invoke", ""), &traced), ["LC405"]);
}

#[test]
fn environments_are_held_to_lambda_s_limits() {
    let mut of = Observed { functions: vec![function("fulfil")], ..Observed::default() };
    of.functions[0].environment.variables.push(variable("LONG", &"x".repeat(4097)));
    assert_eq!(codes(&source("invoke", ""), &of), ["LC505"]);
    of.functions[0].environment.variables[0] = variable("A", "x");
    assert_eq!(codes(&source("invoke", ""), &of), ["LC504"]);
    of.functions[0].environment.variables[0] = variable("DATABASE_URL", "postgres://app:hunter2@host/db");
    assert_eq!(codes(&source("invoke", ""), &of), ["LC503"]);
    for plain in ["postgres://host/db", "arn:aws:secretsmanager:eu-west-1:1:secret:a"] {
        of.functions[0].environment.variables[0] = variable("DATABASE_URL", plain);
        assert_eq!(codes(&source("invoke", ""), &of), [""; 0]);
    }
}

#[test]
fn what_all_functions_have_one_of_them_reads() {
    let reads = with(r#""trigger": {"source": "invoke"}, "config": {"variables": [{"name": "TABLE"}]}"#);
    let mut of = Observed { functions: vec![function("fulfil")], ..Observed::default() };
    of.functions[0].environment.variables.push(variable("QUEUE", "x"));
    assert_eq!(codes(&reads, &of), ["LC502"]);
    let mut other = Function { runtime: known("nodejs22.x".to_owned()), ..function("other") };
    other.environment.variables.push(variable("QUEUE", "x"));
    of.functions.push(other);
    assert_eq!(codes(&reads, &of), [""; 0]);
    of.functions[1].environment.variables[0].place.line = Some(9);
    assert_eq!(codes(&reads, &of), ["LC502"]);
}

#[test]
fn concurrency_is_what_the_attribute_says() {
    let limited = with(r#""trigger": {"source": "invoke"}, "reserved_concurrency": 10, "provisioned_concurrency": 5"#);
    let of = |reserved: Field<u64>, provisioned: Field<u64>| {
        let mut observed = Observed { functions: vec![function("fulfil")], ..Observed::default() };
        observed.functions[0].reserved_concurrency = reserved;
        observed.functions[0].provisioned_concurrency = provisioned;
        codes(&limited, &observed)
    };
    assert_eq!(of(known(10), known(5)), [""; 0]);
    assert_eq!(of(known(10), Field::Absent), ["LC903"]);
    assert_eq!(of(known(10), known(11)), ["LC903", "LC904"]);
    assert_eq!(of(Field::Absent, known(5)), ["LC902"]);
    assert_eq!(of(known(0), known(5)), ["LC901"]);
}
