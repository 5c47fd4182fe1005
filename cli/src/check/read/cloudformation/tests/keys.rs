//! Keys, and whom their policies let use them.

use super::*;

fn lets_others(properties: &str) -> bool {
    let text = format!(
        "Resources:\n  Own: {{Type: AWS::KMS::Key, Properties: {{{properties}}}}}\n  \
         Q: {{Type: AWS::SQS::Queue, Properties: {{KmsMasterKeyId: !Ref Own}}}}\n"
    );
    let observed = observed(&text);
    assert_eq!(observed.queues[0].key.value().and_then(Text::address), Some("Own"));
    observed.keys[0].lets_others
}

#[test]
fn a_policy_for_the_account_leaves_it_to_others() {
    for account in [
        "",
        "KeyPolicy: {Statement: []}",
        "KeyPolicy: {Statement: {Principal: {AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:root'}}}",
        "KeyPolicy: {Statement: [{Principal: {AWS: [!Ref AWS::AccountId]}}, {Principal: {Service: sns.amazonaws.com}}]}",
        "KeyPolicy: {Statement: [{Principal: {AWS: '123456789012'}}]}",
    ] {
        assert!(!lets_others(account), "{account}");
    }
    for more in [
        "KeyPolicy: {Statement: [{Principal: '*'}]}",
        "KeyPolicy: {Statement: [{Principal: {AWS: '*'}}]}",
        "KeyPolicy: {Statement: [{Principal: {AWS: !GetAtt Role.Arn}}]}",
        "KeyPolicy: {Statement: [{Principal: {AWS: [!Sub 'arn:aws:iam::${AWS::AccountId}:root', !GetAtt Role.Arn]}}]}",
        "KeyPolicy: !ImportValue policy",
    ] {
        assert!(lets_others(more), "{more}");
    }
}
