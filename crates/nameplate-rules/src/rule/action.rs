//! Actions and their members, as AWS's API names them. AWS guide: iot-rule-actions.
//!
//! `T` is [`Template`] in a saved rule and `String` once the templates are filled in for a message.

use crate::evaluate::Evaluation;
use crate::lookup::Stop;
use crate::template::Template;

macro_rules! actions {
    ($(
        $(#[$doc:meta])*
        $variant:ident($name:ident) $key:literal $shape:literal {
            plain { $($(#[$plain_doc:meta])* $plain:ident: $type:ty,)* }
            filled { $($(#[$filled_doc:meta])* $filled:ident,)* }
            optional { $($(#[$optional_doc:meta])* $optional:ident,)* }
            pairs { $($(#[$pairs_doc:meta])* $pairs:ident,)* }
        }
    )*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Eq)]
            pub struct $name<T = Template> {
                $($(#[$plain_doc])* pub $plain: $type,)*
                $($(#[$filled_doc])* pub $filled: T,)*
                $($(#[$optional_doc])* pub $optional: Option<T>,)*
                $($(#[$pairs_doc])* pub $pairs: Vec<(T, T)>,)*
            }

            impl<T> $name<T> {
                fn fields(&self) -> Vec<(String, &T)> {
                    let filled: [(String, &T); _] = [$((camel(stringify!($filled)), &self.$filled)),*];
                    let optional: [(String, &Option<T>); _] =
                        [$((camel(stringify!($optional)), &self.$optional)),*];
                    let pairs: [(String, &Vec<(T, T)>); _] =
                        [$((camel(stringify!($pairs)), &self.$pairs)),*];
                    let optional = optional.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
                    let pairs = pairs.into_iter().flat_map(|(name, pairs)| {
                        pairs.iter().map(move |(_, value)| (name.clone(), value))
                    });
                    filled.into_iter().chain(optional).chain(pairs).collect()
                }

                fn fill<'a, U, E>(
                    &'a self,
                    fill: &mut impl FnMut(&'a T) -> Result<U, E>,
                ) -> Result<$name<U>, E> {
                    let _ = &fill;
                    Ok($name {
                        $($plain: self.$plain.clone(),)*
                        $($filled: fill(&self.$filled)?,)*
                        $($optional: self.$optional.as_ref().map(&mut *fill).transpose()?,)*
                        $($pairs: self.$pairs
                            .iter()
                            .map(|(key, value)| Ok((fill(key)?, fill(value)?)))
                            .collect::<Result<_, E>>()?,)*
                    })
                }
            }
        )*

        /// What is done with a selected payload.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Action<T = Template> {
            $(
                #[doc = concat!("`", $key, "`")]
                $variant($name<T>),
            )*
        }

        impl<T> Action<T> {
            /// The member of the document that holds it, as in `s3`.
            pub fn name(&self) -> &'static str {
                match self { $(Self::$variant(_) => $key,)* }
            }

            /// The name that an error action's payload has for it (AWS guide: rule-error-handling).
            pub fn failed_action(&self) -> &'static str {
                match self { $(Self::$variant(_) => $shape,)* }
            }

            /// Members that may hold templates, by AWS's names; of lists each value.
            pub fn fields(&self) -> Vec<(String, &T)> {
                match self { $(Self::$variant(action) => action.fields(),)* }
            }

            fn fill<'a, U, E>(
                &'a self,
                fill: &mut impl FnMut(&'a T) -> Result<U, E>,
            ) -> Result<Action<U>, E> {
                Ok(match self { $(Self::$variant(action) => Action::$variant(action.fill(fill)?),)* })
            }
        }
    };
}

actions! {
    /// Invokes a function with the payload as its event and does not wait. The function's resource policy must allow
    /// `lambda:InvokeFunction` to `iot.amazonaws.com` for the rule's ARN; there is no role.
    Lambda(LambdaFunction) "lambda" "LambdaAction" {
        plain {}
        filled {
            /// ARN of the function, with or without version or alias.
            function_arn,
        }
        optional {}
        pairs {}
    }

    /// Publishes the payload to another topic.
    Republish(Republish) "republish" "RepublishAction" {
        plain {
            /// Role that publishes.
            role_arn: String,
            /// 0 or 1.
            qos: u8,
        }
        filled {
            /// The topic. Filled in it is the topic itself: the `$` that escapes another at its beginning is gone.
            topic,
        }
        optional {
            /// `UNSPECIFIED_BYTES` or `UTF8_DATA`.
            payload_format_indicator,
            /// Content Type.
            content_type,
            /// Response Topic.
            response_topic,
            /// Correlation Data, Base64.
            correlation_data,
            /// Message Expiry Interval, seconds.
            message_expiry,
        }
        pairs {
            /// User Properties, at most 100.
            user_properties,
        }
    }

    /// Posts the payload to a confirmed destination.
    Http(Http) "http" "HttpAction" {
        plain {
            /// How the request is signed, if at all.
            auth: Option<SigV4>,
            /// How payloads are put together, if they are.
            batch: Option<Batch>,
        }
        filled {
            /// Where to post.
            url,
        }
        optional {
            /// What the URL begins with and the destination was confirmed for; the URL itself where it is not given.
            confirmation_url,
        }
        pairs {
            /// Headers, at most 100. Names hold no template.
            headers,
        }
    }

    /// Puts the payload as an object.
    S3(S3) "s3" "S3Action" {
        plain {
            /// Role that puts.
            role_arn: String,
            /// Who else may read it.
            canned_acl: Option<String>,
        }
        filled {
            /// Name of the bucket.
            bucket_name,
            /// Key of the object.
            key,
        }
        optional {}
        pairs {}
    }

    /// Writes the payload to one column of a table.
    DynamoDb(DynamoDb) "dynamoDB" "DynamoDBAction" {
        plain {
            /// Role that writes.
            role_arn: String,
        }
        filled {
            /// Name of the table.
            table_name,
            /// Name of the partition key.
            hash_key_field,
            /// Value of the partition key.
            hash_key_value,
        }
        optional {
            /// `STRING`, which it is where not given, or `NUMBER`.
            hash_key_type,
            /// Name of the sort key.
            range_key_field,
            /// Value of the sort key.
            range_key_value,
            /// As `hash_key_type`.
            range_key_type,
            /// Column of the payload; `payload` where not given.
            payload_field,
            /// `INSERT`, which it is where not given, `UPDATE` or `DELETE`.
            operation,
        }
        pairs {}
    }

    /// Writes each member of the payload to a column of its own.
    DynamoDbV2(DynamoDbV2) "dynamoDBv2" "DynamoDBv2Action" {
        plain {
            /// Role that writes.
            role_arn: String,
        }
        filled {
            /// Name of the table.
            table_name,
        }
        optional {}
        pairs {}
    }

    /// Sends the payload to a standard queue.
    Sqs(Sqs) "sqs" "SqsAction" {
        plain {
            /// Role that sends.
            role_arn: String,
            /// Whether the payload is sent as Base64.
            use_base64: bool,
        }
        filled {
            /// URL of the queue.
            queue_url,
        }
        optional {}
        pairs {}
    }

    /// Publishes the payload to a standard topic of SNS.
    Sns(Sns) "sns" "SnsAction" {
        plain {
            /// Role that publishes.
            role_arn: String,
            /// Whether the payload is JSON by protocol (`messageFormat` JSON) and not the text itself (RAW).
            json: bool,
        }
        filled {
            /// ARN of the topic or endpoint.
            target_arn,
        }
        optional {}
        pairs {}
    }

    /// Puts the payload into a stream.
    Kinesis(Kinesis) "kinesis" "KinesisAction" {
        plain {
            /// Role that puts.
            role_arn: String,
        }
        filled {
            /// Name of the stream.
            stream_name,
        }
        optional {
            /// What decides on the shard.
            partition_key,
        }
        pairs {}
    }

    /// Puts the payload into a delivery stream.
    Firehose(Firehose) "firehose" "FirehoseAction" {
        plain {
            /// Role that puts.
            role_arn: String,
            /// What is put behind each record.
            separator: Option<Separator>,
            /// Whether the payload is an array whose elements are records.
            batch_mode: bool,
        }
        filled {
            /// Name of the delivery stream.
            delivery_stream_name,
        }
        optional {}
        pairs {}
    }

    /// Writes the payload to a log group.
    CloudwatchLogs(CloudwatchLogs) "cloudwatchLogs" "CloudwatchLogsAction" {
        plain {
            /// Role that writes.
            role_arn: String,
            /// Whether the payload is an array whose elements are events.
            batch_mode: bool,
        }
        filled {
            /// Name of the log group.
            log_group_name,
        }
        optional {}
        pairs {}
    }

    /// Puts a value of a metric; the payload is not used.
    CloudwatchMetric(CloudwatchMetric) "cloudwatchMetric" "CloudwatchMetricAction" {
        plain {
            /// Role that puts.
            role_arn: String,
        }
        filled {
            /// Namespace of the metric.
            metric_namespace,
            /// Name of the metric.
            metric_name,
            /// A number.
            metric_value,
            /// A unit that CloudWatch knows.
            metric_unit,
        }
        optional {
            /// Seconds since 1970; now where not given.
            metric_timestamp,
        }
        pairs {}
    }

    /// Sets the state of an alarm; the payload is not used.
    CloudwatchAlarm(CloudwatchAlarm) "cloudwatchAlarm" "CloudwatchAlarmAction" {
        plain {
            /// Role that sets it.
            role_arn: String,
        }
        filled {
            /// Name of the alarm.
            alarm_name,
            /// Why it changes.
            state_reason,
            /// `OK`, `ALARM` or `INSUFFICIENT_DATA`.
            state_value,
        }
        optional {}
        pairs {}
    }

    /// Sends the payload to a topic of Kafka.
    Kafka(Kafka) "kafka" "KafkaAction" {
        plain {
            /// ARN of the destination.
            destination_arn: String,
        }
        filled {
            /// The topic.
            topic,
        }
        optional {
            /// Key of the message.
            key,
            /// Number of the partition.
            partition,
        }
        pairs {
            /// Settings of the producer, as `bootstrap.servers`. Names hold no template.
            client_properties,
            /// Headers of the message, at most 100.
            headers,
        }
    }
}

/// A member's name as AWS's API writes it.
fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let mut camel = words.next().unwrap_or_default().to_owned();
    for word in words {
        camel.push_str(&word[..1].to_uppercase());
        camel.push_str(&word[1..]);
    }
    camel
}

/// How a request is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigV4 {
    /// Region of the signature's scope.
    pub signing_region: String,
    /// Service of the signature's scope.
    pub service_name: String,
    /// Role whose credentials sign.
    pub role_arn: String,
}

/// How payloads for one URL are put together into an array.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Batch {
    /// Milliseconds after which a batch is sent, 5 to 200.
    pub max_open_ms: u16,
    /// Most payloads, 2 to 10.
    pub max_size: u8,
    /// Most bytes, 100 to 131,072.
    pub max_bytes: u32,
    /// Whether messages of different topics come together.
    pub across_topics: bool,
}

impl Default for Batch {
    fn default() -> Self {
        Self {
            max_open_ms: 20,
            max_size: 10,
            max_bytes: 5120,
            across_topics: false,
        }
    }
}

/// What stands between records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Separator {
    /// `\n`
    NewLine,
    /// `\t`
    Tab,
    /// `\r\n`
    ReturnNewLine,
    /// `,`
    Comma,
}

impl Separator {
    /// The characters.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NewLine => "\n",
            Self::Tab => "\t",
            Self::ReturnNewLine => "\r\n",
            Self::Comma => ",",
        }
    }
}

impl Action {
    /// Fills the templates in for a message. An expression that is Undefined fails the action.
    pub fn render<'a>(&'a self, evaluation: &mut Evaluation<'a>) -> Result<Action<String>, Stop> {
        let mut action = self.fill(&mut |template| evaluation.render(template))?;
        if let Action::Republish(republish) = &mut action
            && republish.topic.starts_with("$$")
        {
            // AWS guide: republish-rule-action. A reserved topic is written with one $ more.
            republish.topic.remove(0);
        }
        Ok(action)
    }

    /// Shows each template.
    pub(super) fn templates<'a>(&'a self, mut see: impl FnMut(&'a Template)) {
        let seen: Result<Action<()>, std::convert::Infallible> = self.fill(&mut |template| {
            see(template);
            Ok(())
        });
        match seen {
            Ok(_) => {}
        }
    }
}

impl<T> Action<T> {
    /// ARN of the role that carries it out.
    pub fn role(&self) -> Option<&str> {
        match self {
            Self::Lambda(_) | Self::Kafka(_) => None,
            Self::Http(action) => action.auth.as_ref().map(|auth| &*auth.role_arn),
            Self::Republish(Republish { role_arn, .. })
            | Self::S3(S3 { role_arn, .. })
            | Self::DynamoDb(DynamoDb { role_arn, .. })
            | Self::DynamoDbV2(DynamoDbV2 { role_arn, .. })
            | Self::Sqs(Sqs { role_arn, .. })
            | Self::Sns(Sns { role_arn, .. })
            | Self::Kinesis(Kinesis { role_arn, .. })
            | Self::Firehose(Firehose { role_arn, .. })
            | Self::CloudwatchLogs(CloudwatchLogs { role_arn, .. })
            | Self::CloudwatchMetric(CloudwatchMetric { role_arn, .. })
            | Self::CloudwatchAlarm(CloudwatchAlarm { role_arn, .. }) => Some(role_arn),
        }
    }

    /// What it acts on, as an error action's payload names it: a bucket, a topic, a table.
    pub fn resource(&self) -> &T {
        match self {
            Self::Lambda(action) => &action.function_arn,
            Self::Republish(action) => &action.topic,
            Self::Http(action) => &action.url,
            Self::S3(action) => &action.bucket_name,
            Self::DynamoDb(action) => &action.table_name,
            Self::DynamoDbV2(action) => &action.table_name,
            Self::Sqs(action) => &action.queue_url,
            Self::Sns(action) => &action.target_arn,
            Self::Kinesis(action) => &action.stream_name,
            Self::Firehose(action) => &action.delivery_stream_name,
            Self::CloudwatchLogs(action) => &action.log_group_name,
            Self::CloudwatchMetric(action) => &action.metric_name,
            Self::CloudwatchAlarm(action) => &action.alarm_name,
            Self::Kafka(action) => &action.topic,
        }
    }
}
