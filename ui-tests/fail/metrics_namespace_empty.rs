use lambkin::prelude::*;

#[handler(invoke)]
async fn hello(name: String) -> String {
    name
}

lambkin::main! { metrics: "", handlers: [hello] }
