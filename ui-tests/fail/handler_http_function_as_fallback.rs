use lambkin::prelude::*;

#[handler(http)]
#[fallback]
async fn all() -> String {
    String::new()
}

lambkin::main! { handlers: [all] }
