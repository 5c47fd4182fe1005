//! The resources that sources need, one for each name.

use crate::manifest::Trigger;
use crate::template::args::NewTable;
use crate::template::model::{Bucket, Bus, FailureQueue, Key, Queue, Stream, Table, Topic};
use crate::template::plan::names::{Ids, LONGEST_STAGE, fit, pascal};
use crate::template::plan::{Draft, Plan};
use crate::template::text::{Kind, Resource, Text};

/// The identifier of the table of idempotency records.
pub(super) const RECORDS: &str = "Idempotency";

/// After how many deliveries a message moves to the dead-letter queue where nothing else is said: what AWS advises at least,
/// since each poll that Lambda throttles counts as one, <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html>.
pub(crate) const MAX_RECEIVE_COUNT: u32 = 5;

/// What is made, by the names that the manifest has for it.
#[derive(Default)]
pub(super) struct Resources {
    ids: Vec<(Kind, Ids)>,
    pub(super) queues: Vec<(String, Queue)>,
    /// One for each function that gives up.
    pub(super) failure_queues: Vec<FailureQueue>,
    pub(super) tables: Vec<(String, Table)>,
    pub(super) streams: Vec<(String, Stream)>,
    pub(super) topics: Vec<(String, Topic)>,
    pub(super) buckets: Vec<(String, Bucket)>,
    pub(super) buses: Vec<(String, Bus)>,
}

impl Resources {
    fn id(&mut self, kind: Kind, name: &str) -> String {
        let ids = match self.ids.iter().position(|(known, _)| *known == kind) {
            Some(index) => self.ids.get_mut(index),
            None => {
                self.ids.push((kind, Ids::default()));
                self.ids.last_mut()
            }
        };
        // Terraform calls a dead-letter queue by its queue's label.
        let words: &[&str] = if kind == Kind::Queue { &[Kind::DeadLetters.word()] } else { &[] };
        ids.map_or_else(|| pascal(name), |(_, ids)| ids.take_with(&pascal(name), words))
    }

    /// Where a function takes from the queue that another one's dead letters go to, it is that queue.
    pub(super) fn join_dead_letters(&mut self) {
        let made: Vec<(Text, String)> =
            self.queues.iter().map(|(_, queue)| (queue.name.clone(), queue.id.clone())).collect();
        for (_, queue) in &mut self.queues {
            let same = made.iter().find(|(name, _)| *name == queue.dead_letters);
            queue.moves_to = same.map(|(_, id)| Kind::Queue.of(id));
        }
    }

    pub(super) fn records_table(&mut self, name: Text) {
        if self.tables.iter().any(|(_, table)| table.id == RECORDS) {
            return;
        }
        // lambkin's own names, as Powertools for AWS Lambda has them too.
        let partition_key = Key { name: "id".to_owned(), ty: "S" };
        let id = RECORDS.to_owned();
        let table = Table { id, name, partition_key, sort_key: None, ttl: Some("expiration"), stream: None };
        self.tables.push((String::new(), table));
    }
}

/// How long a queue hides what a function works on, in seconds: six times the function's timeout, and the batch window,
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html>.
pub(crate) fn visibility_timeout(timeout: u32, window: u32) -> u32 {
    timeout.saturating_mul(6).saturating_add(window)
}

impl Plan<'_> {
    /// The name of a resource in each stage; `end` stays behind it.
    pub(super) fn named(&self, name: &str, others: &str, longest: usize, end: &str) -> Text {
        let room = longest.saturating_sub(1 + self.stage_length().min(LONGEST_STAGE) + end.len());
        Text::from(fit(name, others, room).as_str()).then("-").then(self.stage()).then(end)
    }

    /// A queue that lets a function of this timeout finish.
    pub(super) fn queue(&mut self, name: &str, timeout: u32, window: u32) -> Resource {
        let visibility_timeout = visibility_timeout(timeout, window);
        let known = self.resources.queues.iter_mut().find(|(known, _)| known == name);
        if let Some((_, queue)) = known {
            queue.visibility_timeout = queue.visibility_timeout.max(visibility_timeout);
            return Kind::Queue.of(&queue.id);
        }
        let (stem, end) = name.strip_suffix(".fifo").map_or((name, ""), |stem| (stem, ".fifo"));
        let queue = Queue {
            id: self.resources.id(Kind::Queue, stem),
            name: self.named(stem, "-_", 80, end),
            moves_to: None,
            dead_letters: self.named(&format!("{stem}-dead-letters"), "-_", 80, end),
            is_fifo: !end.is_empty(),
            visibility_timeout,
            max_receive_count: self.max_receive_count(name),
        };
        let resource = Kind::Queue.of(&queue.id);
        self.resources.queues.push((name.to_owned(), queue));
        resource
    }

    /// The ARN of the queue that is told of what this function gives up: that of the handler which takes from it, if there
    /// is one, else a queue of its own.
    pub(super) fn failure_queue(&mut self, draft: &Draft<'_>) -> Text {
        let name = format!("{}-{}-failures", self.service, draft.of.name);
        if self.is_existing("queue", &name) {
            return Text::own_arn("sqs", name.as_str());
        }
        let takes_from_it =
            |trigger: &Trigger| matches!(trigger, Trigger::Sqs(sqs) if sqs.queue.as_ref() == Some(&name));
        if self.manifest.functions.iter().any(|function| takes_from_it(&function.trigger)) {
            // Its handler says how long it hides a message.
            return self.queue(&name, 0, 0).arn();
        }
        // A queue among others, so that no two of them have one identifier.
        let id = self.resources.id(Kind::Queue, &format!("{} failures", draft.id));
        let queue = FailureQueue { id, name: self.named(&name, "-_", 80, "") };
        let arn = Kind::Queue.of(&queue.id).arn();
        self.resources.failure_queues.push(queue);
        arn
    }

    /// The most that a function of the queue says.
    fn max_receive_count(&self, queue: &str) -> u32 {
        let said = self.manifest.functions.iter().filter_map(|function| match &function.trigger {
            Trigger::Sqs(sqs) if sqs.queue.as_deref() == Some(queue) => sqs.max_receive_count,
            _ => None,
        });
        said.max().unwrap_or(MAX_RECEIVE_COUNT)
    }

    /// The table of which the keys are told, if they are.
    pub(super) fn table(&mut self, name: &str, view: &str) -> Option<Resource> {
        let NewTable { name: key, partition_key, sort_key } =
            self.args.table.iter().find(|table| table.name == name)?;
        self.used_tables.push(key);
        if let Some((_, table)) = self.resources.tables.iter().find(|(known, _)| known == name) {
            return Some(Kind::Table.of(&table.id));
        }
        let mut id = self.resources.id(Kind::Table, name);
        if id == RECORDS {
            id = self.resources.id(Kind::Table, &format!("{name} source"));
        }
        let table = Table {
            id,
            name: self.named(name, "-_.", 255, ""),
            partition_key: partition_key.clone(),
            sort_key: sort_key.clone(),
            ttl: None,
            stream: Some(view.to_owned()),
        };
        let resource = Kind::Table.of(&table.id);
        self.resources.tables.push((name.to_owned(), table));
        Some(resource)
    }

    pub(super) fn stream(&mut self, name: &str) -> Resource {
        if let Some((_, stream)) = self.resources.streams.iter().find(|(known, _)| known == name) {
            return Kind::Stream.of(&stream.id);
        }
        let stream = Stream { id: self.resources.id(Kind::Stream, name), name: self.named(name, "-_.", 128, "") };
        let resource = Kind::Stream.of(&stream.id);
        self.resources.streams.push((name.to_owned(), stream));
        resource
    }

    pub(super) fn topic(&mut self, name: &str) -> Resource {
        if let Some((_, topic)) = self.resources.topics.iter().find(|(known, _)| known == name) {
            return Kind::Topic.of(&topic.id);
        }
        let topic = Topic { id: self.resources.id(Kind::Topic, name), name: self.named(name, "-_", 256, "") };
        let resource = Kind::Topic.of(&topic.id);
        self.resources.topics.push((name.to_owned(), topic));
        resource
    }

    /// A bucket's name is unique in the world, so the account is part of it.
    pub(super) fn bucket(&mut self, name: &str) -> (Resource, Text) {
        if let Some((_, bucket)) = self.resources.buckets.iter().find(|(known, _)| known == name) {
            return (Kind::Bucket.of(&bucket.id), bucket.name.clone());
        }
        let account = Text::from(crate::template::text::Piece::Account);
        let of_stage = self.named(&name.to_ascii_lowercase(), "-.", 63 - 13, "");
        let bucket = Bucket { id: self.resources.id(Kind::Bucket, name), name: of_stage.then("-").then(account) };
        let made = (Kind::Bucket.of(&bucket.id), bucket.name.clone());
        self.resources.buckets.push((name.to_owned(), bucket));
        made
    }

    pub(super) fn bus(&mut self, name: &str) -> Resource {
        if let Some((_, bus)) = self.resources.buses.iter().find(|(known, _)| known == name) {
            return Kind::Bus.of(&bus.id);
        }
        let bus = Bus { id: self.resources.id(Kind::Bus, name), name: self.named(name, "-_.", 256, "") };
        let resource = Kind::Bus.of(&bus.id);
        self.resources.buses.push((name.to_owned(), bus));
        resource
    }
}
