//! What functions need besides themselves: queues, tables and the like, and their roles.

use crate::template::cloudformation::text::Writer;
use crate::template::model::{
    Bucket, Bus, FailureQueue, Function, Key, Permission, Queue, Scope, Stream, Table, Topic, Trigger,
};
use crate::template::text::Kind;
use crate::template::yaml::{Map, Node};

/// For how long a dead-letter queue, or one of failures, keeps messages, in seconds: as long as SQS can, for people to look at them.
pub(crate) const DEAD_LETTER_RETENTION: u32 = 1_209_600;

/// A resource of CloudFormation.
pub(crate) fn resource(ty: &str, properties: Map) -> Map {
    Map::new().with("Type", ty).unless_empty("Properties", properties)
}

impl Writer<'_> {
    /// Everything that is neither a function nor what invokes one.
    pub(crate) fn shared(&self) -> Map {
        let mut resources = Map::new();
        self.of.queues.iter().for_each(|queue| self.queue(queue, &mut resources));
        self.of.failure_queues.iter().for_each(|queue| self.failure_queue(queue, &mut resources));
        self.of.streams.iter().for_each(|stream| self.stream(stream, &mut resources));
        self.of.tables.iter().for_each(|table| self.table(table, &mut resources));
        self.of.topics.iter().for_each(|topic| self.topic(topic, &mut resources));
        self.of.buses.iter().for_each(|bus| self.bus(bus, &mut resources));
        self.of.buckets.iter().for_each(|bucket| self.bucket(bucket, &mut resources));
        resources
    }

    fn queue(&self, queue: &Queue, resources: &mut Map) {
        let Queue { id, name, dead_letters, moves_to, is_fifo, visibility_timeout, max_receive_count } = queue;
        let (own, dead) = (Kind::Queue.of(id), queue.dead_letter_queue());
        let fifo = is_fifo.then_some(true);
        let redrive =
            Map::new().with("deadLetterTargetArn", self.text(&dead.arn())).with("maxReceiveCount", *max_receive_count);
        let properties = Map::new()
            .with("QueueName", self.text(name))
            .maybe("FifoQueue", fifo)
            .comment("Six times the function's timeout, and the batch window.")
            .with("VisibilityTimeout", *visibility_timeout)
            .maybe("MessageRetentionPeriod", self.of.takes_dead_letters(queue).then_some(DEAD_LETTER_RETENTION))
            .with("RedrivePolicy", redrive)
            .with("SqsManagedSseEnabled", true);
        resources.set(&self.logical_id(&own), kept(resource("AWS::SQS::Queue", properties)));
        if moves_to.is_some() {
            return;
        }
        let properties = Map::new()
            .with("QueueName", self.text(dead_letters))
            .maybe("FifoQueue", fifo)
            .with("MessageRetentionPeriod", DEAD_LETTER_RETENTION)
            .with("SqsManagedSseEnabled", true);
        resources.set(&self.logical_id(&dead), kept(resource("AWS::SQS::Queue", properties)));
    }

    fn failure_queue(&self, FailureQueue { id, name }: &FailureQueue, resources: &mut Map) {
        let properties = Map::new()
            .with("QueueName", self.text(name))
            .with("MessageRetentionPeriod", DEAD_LETTER_RETENTION)
            .with("SqsManagedSseEnabled", true);
        resources.set(&self.logical_id(&Kind::Queue.of(id)), kept(resource("AWS::SQS::Queue", properties)));
    }

    fn stream(&self, Stream { id, name }: &Stream, resources: &mut Map) {
        let properties = Map::new()
            .with("Name", self.text(name))
            .with("StreamModeDetails", Map::of("StreamMode", "ON_DEMAND"))
            .with("StreamEncryption", Map::new().with("EncryptionType", "KMS").with("KeyId", "alias/aws/kinesis"));
        resources.set(&self.logical_id(&Kind::Stream.of(id)), kept(resource("AWS::Kinesis::Stream", properties)));
    }

    fn table(&self, table: &Table, resources: &mut Map) {
        let Table { id, name, partition_key, sort_key, ttl, stream } = table;
        let keys = [(Some(partition_key), "HASH"), (sort_key.as_ref(), "RANGE")];
        let keys: Vec<(&Key, &str)> = keys.into_iter().filter_map(|(key, ty)| Some((key?, ty))).collect();
        let definition =
            |(key, _): &(&Key, &str)| Map::new().with("AttributeName", &key.name).with("AttributeType", key.ty);
        let schema = |(key, ty): &(&Key, &str)| Map::new().with("AttributeName", &key.name).with("KeyType", *ty);
        let ttl = ttl.map(|attribute| Map::new().with("AttributeName", attribute).with("Enabled", true));
        let properties = Map::new()
            .with("TableName", self.text(name))
            .with("BillingMode", "PAY_PER_REQUEST")
            .with("AttributeDefinitions", keys.iter().map(definition).collect::<Vec<_>>())
            .with("KeySchema", keys.iter().map(schema).collect::<Vec<_>>())
            .maybe("TimeToLiveSpecification", ttl)
            .maybe("StreamSpecification", stream.as_ref().map(|view| Map::of("StreamViewType", view)));
        resources.set(&self.logical_id(&Kind::Table.of(id)), kept(resource("AWS::DynamoDB::Table", properties)));
    }

    fn topic(&self, Topic { id, name }: &Topic, resources: &mut Map) {
        let properties = Map::of("TopicName", self.text(name));
        resources.set(&self.logical_id(&Kind::Topic.of(id)), resource("AWS::SNS::Topic", properties));
    }

    fn bus(&self, Bus { id, name }: &Bus, resources: &mut Map) {
        let properties = Map::of("Name", self.text(name));
        resources.set(&self.logical_id(&Kind::Bus.of(id)), resource("AWS::Events::EventBus", properties));
    }

    /// A bucket tells functions of its objects itself, so it comes after their permissions.
    fn bucket(&self, Bucket { id, name }: &Bucket, resources: &mut Map) {
        let mut configurations = Vec::new();
        let mut after: Vec<String> = Vec::new();
        for function in &self.of.functions {
            let Trigger::Bucket { bucket, events, prefix, suffix } = &function.trigger else { continue };
            if bucket.made.as_ref().is_none_or(|made| made.id != *id) {
                continue;
            }
            after.push(permission_id(function));
            let rules: Vec<Map> = [("prefix", prefix), ("suffix", suffix)]
                .into_iter()
                .filter_map(|(name, value)| {
                    let value = self.literal(value.as_ref()?);
                    Some(Map::new().with("Name", name).with("Value", value))
                })
                .collect();
            let filter = Map::of("S3Key", Map::of("Rules", rules.clone()));
            for event in events {
                let configuration = Map::new()
                    .with("Event", event)
                    .with("Function", self.text(&Kind::Target.of(&function.id).arn()))
                    .maybe("Filter", (!rules.is_empty()).then(|| filter.clone()));
                configurations.push(configuration);
            }
        }
        let blocked = ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"];
        let blocked = blocked.into_iter().fold(Map::new(), |map, name| map.with(name, true));
        let properties = Map::new()
            .with("BucketName", self.text(name))
            .with("PublicAccessBlockConfiguration", blocked)
            .with("NotificationConfiguration", Map::of("LambdaConfigurations", configurations));
        let bucket = kept(resource("AWS::S3::Bucket", properties)).with("DependsOn", after);
        resources.set(&self.logical_id(&Kind::Bucket.of(id)), bucket);
    }

    /// The role of a function, and the policy for a key of its own.
    pub(crate) fn role(&self, function: &Function, resources: &mut Map) {
        let role = Kind::Role.of(&function.id);
        let statements: Vec<Map> = function.permissions.iter().map(|one| self.statement(one)).collect();
        let policy = Map::new().with("PolicyName", "lambkin").with("PolicyDocument", document(statements));
        let properties = Map::new()
            .with("AssumeRolePolicyDocument", document(vec![trust("lambda.amazonaws.com")]))
            .with("Policies", vec![policy]);
        resources.set(&self.logical_id(&role), resource("AWS::IAM::Role", properties));
        if let Some(parameter) = &function.key_parameter {
            let statement = Map::new()
                .with("Sid", "Decrypt")
                .with("Effect", "Allow")
                .with("Action", vec!["kms:Decrypt"])
                .with("Resource", self.text(&crate::template::text::Text::parameter(parameter)));
            let properties = Map::new()
                .with("RoleName", Map::of("Ref", self.logical_id(&role)))
                .with("PolicyName", "lambkin-decrypt")
                .with("PolicyDocument", document(vec![statement]));
            let policy = Map::new()
                .with("Type", "AWS::IAM::RolePolicy")
                .with("Condition", condition(parameter))
                .with("Properties", properties);
            resources.set(&format!("{}Decryption", function.id), policy);
        }
    }

    fn statement(&self, Permission { id, actions, on }: &Permission) -> Map {
        let statement = Map::new();
        let (statement, resources) = match on {
            Scope::Resources(resources) => {
                let all: Vec<Node> = resources.iter().map(|resource| self.text(resource)).collect();
                (statement, Node::List(all))
            }
            Scope::Anything(why) => (statement.comment(format!("On anything: {why}.")), Node::from("*")),
        };
        statement.with("Sid", *id).with("Effect", "Allow").with("Action", actions.clone()).with("Resource", resources)
    }

    /// Whether a parameter that may be empty is not.
    pub(crate) fn conditions(&self) -> Map {
        let mut conditions = Map::new();
        let parameters = self.of.functions.iter().filter_map(|function| function.key_parameter.as_ref());
        if let Some(parameter) = parameters.min() {
            let value = self.text(&crate::template::text::Text::parameter(parameter));
            let is_empty = Map::of("Fn::Equals", vec![value, Node::from("")]);
            conditions.set(&condition(parameter), Map::of("Fn::Not", vec![is_empty]));
        }
        conditions
    }
}

fn condition(parameter: &str) -> String {
    format!("Has{parameter}")
}

/// The identifier of the permission to invoke a function.
pub(crate) fn permission_id(function: &Function) -> String {
    format!("{}Permission", function.id)
}

pub(crate) fn document(statements: Vec<Map>) -> Map {
    Map::new().with("Version", "2012-10-17").with("Statement", statements)
}

pub(crate) fn trust(service: &str) -> Map {
    Map::new().with("Effect", "Allow").with("Principal", Map::of("Service", service)).with("Action", "sts:AssumeRole")
}

/// What holds data outlives a mistake in the template.
fn kept(resource: Map) -> Map {
    resource.with("DeletionPolicy", "Retain").with("UpdateReplacePolicy", "Retain")
}
