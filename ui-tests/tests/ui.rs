//! The compiler is asked about each case of `pass` and `fail`.

#[test]
fn fail() {
    trybuild::TestCases::new().compile_fail("fail/*.rs");
}

#[test]
fn pass() {
    trybuild::TestCases::new().pass("pass/*.rs");
}
