use lambkin::prelude::*;

#[handler(cloudwatch_logs(log_group = "https://console.aws.amazon.com/cloudwatch/home#logsV2:log-groups"))]
async fn watch(line: String) -> Result<(), Error> {
    let _ = line;
    Ok(())
}

lambkin::main! { handlers: [watch] }
