use lambkin::prelude::*;

#[handler(dynamodb(tumbling_window = "1m"))]
async fn tally(sale: Change<u64>, state: WindowState<'_, std::sync::Mutex<u64>>) -> Result<(), Error> {
    let _ = (sale, state);
    Ok(())
}

lambkin::main! { handlers: [tally] }
