#![deny(warnings, unreachable_pub)]

mod orders {
    use lambkin::prelude::*;

    pub(crate) struct Ledger;

    #[init]
    pub(crate) async fn ledger() -> Result<Ledger, Error> {
        Ok(Ledger)
    }

    #[handler(invoke)]
    pub(super) async fn fulfil(_: &Ledger) {}

    pub(crate) mod refunds {
        use lambkin::prelude::*;

        #[handler(invoke)]
        pub(in crate::orders) async fn partly() {}

        #[handler(invoke)]
        pub(crate) async fn fully(_: &super::Ledger) {}
    }

    pub(crate) use refunds::fully as refund;

    #[handler(invoke)]
    async fn private() {}

    // The private ones can be wired where they are visible.
    pub(crate) mod wired {
        lambkin::app! { init: [super::ledger], handlers: [super::private, super::refunds::partly] }
    }
}

mod reports {
    use lambkin::prelude::*;

    #[handler(invoke)]
    pub(crate) async fn daily() {}

    #[handler(invoke)]
    pub(crate) async fn weekly() {}
}

use orders::fulfil as take_order;
use reports::*;

lambkin::app! {
    init: [crate::orders::ledger],
    handlers: [take_order, orders::refund, daily, self::weekly],
}

fn main() {
    let _ = (App::default(), orders::wired::App::default());
}
