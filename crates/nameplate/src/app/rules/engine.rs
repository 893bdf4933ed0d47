//! Carries rules out: evaluates each message, asks what the statement asks, acts, and hands what failed to the error
//! action. AWS guide: iot-rule-actions, rule-error-handling.

use super::Rules;
use super::action::http::Batches;
use super::evaluate::{self, Moment, Outcome, Payload};
use super::lane::Arrived;
use super::live::Compiled;
use crate::app::error::{Error, Kind, Result, log_failure};
use crate::app::functions::{Functions, How, Source};
use crate::app::iam::{IOT_SERVICE, Iam, NoRole};
use crate::app::ingress::Ingress;
use crate::app::kernel::Kernel;
use crate::app::log_groups::LogGroups;
use crate::app::messaging::Messaging;
use crate::app::objects::Objects;
use crate::app::registry::Registry;
use crate::app::tables::Tables;
use crate::outbound::aws::{self, Aws};
use crate::outbound::web::Web;
use aws_lc_rs::rand;
use bytes::Bytes;
use futures_util::future::{BoxFuture, join_all, ready};
use nameplate_core::ctx::Ctx;
use nameplate_core::policy::iam;
use nameplate_rules::{Action, Answers, Failure, Permission, Place};
use parking_lot::RwLock;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Questions of one statement and message.
const LOOKUPS: usize = 20;
/// Attempts of a call that may pass, and the pause after the first; each further one is four times as long.
const ATTEMPTS: u32 = 4;
pub(super) const PAUSE: Duration = Duration::from_millis(100);
/// The longest pause.
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// How long something is waited for that a server has to have and is away, such as its database: as long as one takes to
/// start again, or to have a replica in its place.
const PATIENCE: Duration = Duration::from_secs(300);

/// How a function is invoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invocation {
    /// Durably queued, with the function's own retries.
    Asynchronous,
    /// Waited for, so long at the most.
    Synchronous {
        /// How long.
        limit: Duration,
    },
}

/// Invokes a function for a rule: surroundings, ARN of the rule, ARN of the function, event; what it returned, if that
/// was waited for.
pub type Invoke = Arc<
    dyn Fn(Ctx, String, String, Bytes, Invocation) -> BoxFuture<'static, Result<Option<Bytes>>>
        + Send
        + Sync,
>;

/// What carries rules out.
pub struct Engine {
    pub(super) kernel: Arc<Kernel>,
    pub(super) rules: Arc<Rules>,
    pub(super) iam: Arc<Iam>,
    pub(super) objects: Arc<Objects>,
    pub(super) tables: Arc<Tables>,
    pub(super) log_groups: Arc<LogGroups>,
    pub(super) registry: Arc<Registry>,
    pub(super) messaging: Arc<Messaging>,
    pub(super) ingress: Arc<Ingress>,
    pub(super) aws: Aws,
    pub(super) web: Web,
    pub(super) batches: Arc<Batches>,
    invoke: RwLock<Invoke>,
}

/// The services that rules act through.
pub(crate) struct Services {
    pub(crate) iam: Arc<Iam>,
    pub(crate) objects: Arc<Objects>,
    pub(crate) tables: Arc<Tables>,
    pub(crate) log_groups: Arc<LogGroups>,
    pub(crate) registry: Arc<Registry>,
    pub(crate) messaging: Arc<Messaging>,
    pub(crate) ingress: Arc<Ingress>,
    pub(crate) functions: Arc<Functions>,
}

impl Engine {
    /// Begins to carry out what is offered to `rules`.
    pub(crate) fn start(rules: &Arc<Rules>, services: Services) -> Arc<Self> {
        let kernel = &rules.kernel;
        let engine = Arc::new(Self {
            aws: Aws::new(
                rules.web.clone(),
                kernel.settings.rule_places.clone(),
                &kernel.realm().region,
                kernel.clock,
            ),
            kernel: Arc::clone(kernel),
            rules: Arc::clone(rules),
            iam: services.iam,
            objects: services.objects,
            tables: services.tables,
            log_groups: services.log_groups,
            registry: services.registry,
            messaging: services.messaging,
            ingress: services.ingress,
            web: rules.web.clone(),
            batches: Arc::default(),
            invoke: RwLock::new(by_functions(services.functions)),
        });
        // There is one engine, and it is made once.
        let _ = rules.engine.set(Arc::downgrade(&engine));
        rules.records.keep_writing(kernel);
        engine
    }

    /// Says how functions are invoked, for tests that have none.
    #[cfg(test)]
    pub(super) fn invoke_by(&self, invoke: Invoke) {
        *self.invoke.write() = invoke;
    }

    /// Runs one rule for one message to its end.
    pub(super) async fn run(&self, rule: &Compiled, message: &Arrived) {
        let mut seed = [0; 16];
        if rand::fill(&mut seed).is_err() {
            return;
        }
        let moment = Moment {
            account: &self.kernel.realm().account,
            now: message.at,
            seed,
        };
        let failures = match self.outcome(rule, message, &moment).await {
            Outcome::Rejected => return,
            Outcome::Failed(failure) => vec![failure],
            Outcome::Needs(lookup) => vec![Failure {
                action: lookup.function().to_owned(),
                resource: lookup.resource().to_owned(),
                message: format!("the statement asks more than {LOOKUPS} questions"),
            }],
            Outcome::Selected(payload, actions) => {
                rule.lane.count_selected();
                let mut acting: Vec<BoxFuture<'_, _>> = Vec::with_capacity(actions.len());
                for action in &actions {
                    acting.push(match action {
                        Ok(action) => self.carry_out(rule, message, action, &payload),
                        Err(failure) => Box::pin(ready(Err(failure.clone()))),
                    });
                }
                let ended = join_all(acting).await;
                ended
                    .into_iter()
                    .filter_map(std::result::Result::err)
                    .collect()
            }
        };
        if failures.is_empty() {
            return;
        }
        for failure in &failures {
            let Failure {
                action,
                resource,
                message: reason,
            } = failure;
            self.rules.failed(rule, message, action, resource, reason);
        }
        self.run_error_action(rule, message, &moment, &failures)
            .await;
    }

    async fn outcome(&self, rule: &Compiled, message: &Arrived, moment: &Moment<'_>) -> Outcome {
        let mut answers = Answers::new();
        loop {
            match evaluate::evaluate(rule, message, &answers, moment) {
                Outcome::Needs(lookup) if answers.len() < LOOKUPS => {
                    let answer = self.look_up(rule, &lookup).await;
                    answers.put(lookup, answer);
                }
                outcome => return outcome,
            }
        }
    }

    /// Once for a message, whatever failed; its own failure is only recorded.
    async fn run_error_action(
        &self,
        rule: &Compiled,
        message: &Arrived,
        moment: &Moment<'_>,
        failures: &[Failure],
    ) {
        let Some(action) = evaluate::error_action(rule, message, moment) else {
            return;
        };
        let mut seen = evaluate::message(message, moment);
        seen.trace_id = Some(&message.trace_id);
        let payload = Payload {
            bytes: nameplate_rules::error_payload(&rule.name, &seen, failures).into(),
            is_json: true,
        };
        let ended = match action {
            Ok(action) => self.carry_out(rule, message, &action, &payload).await,
            Err(failure) => Err(failure),
        };
        if let Err(failure) = ended {
            let action = format!("errorAction {}", failure.action);
            self.rules
                .failed(rule, message, &action, &failure.resource, &failure.message);
        }
    }

    fn carry_out<'a>(
        &'a self,
        rule: &'a Compiled,
        message: &'a Arrived,
        action: &'a Action<String>,
        payload: &'a Payload,
    ) -> BoxFuture<'a, std::result::Result<(), Failure>> {
        Box::pin(async move {
            match self.act(rule, message, action, payload).await {
                Ok(()) => {
                    rule.lane.count_success();
                    Ok(())
                }
                Err(why) => Err(Failure {
                    action: action.failed_action().to_owned(),
                    resource: action.resource().clone(),
                    message: why,
                }),
            }
        })
    }

    /// Surroundings of something that is done now.
    pub(super) fn ctx(&self) -> Ctx {
        self.kernel.ctx()
    }

    /// What an action's role must be allowed, at this place.
    pub(super) fn permissions(&self, action: &Action<String>) -> Vec<Permission> {
        let realm = self.kernel.realm();
        action.permissions(&Place {
            partition: realm.partition(),
            region: &realm.region,
            account: &realm.account,
        })
    }

    /// Assumes a role for a rule and asks its policies; why it may not, where it may not.
    pub(super) async fn role_may(
        &self,
        rule: &Compiled,
        role_arn: &str,
        permissions: &[Permission],
    ) -> std::result::Result<(), String> {
        again(|| async {
            let ctx = self.ctx();
            let asked = permissions.iter();
            let asked: Vec<(&str, &str)> = asked
                .map(|Permission { action, resource }| (&**action, resource.as_str()))
                .collect();
            let role = self.iam.service_role_may(role_arn, &rule.arn, &asked, &ctx);
            match role.await? {
                Ok(_) => Ok(()),
                Err(NoRole::Unassumed(why)) => Err(why.into()),
                Err(NoRole::Denied(decision)) => Err(iam::refusal(role_arn, &decision).into()),
            }
        })
        .await
    }

    /// Invokes a function for a rule.
    pub(super) async fn invoke(
        &self,
        rule: &Compiled,
        function_arn: &str,
        event: Bytes,
        how: Invocation,
    ) -> std::result::Result<Option<Bytes>, String> {
        let invoke = Arc::clone(&self.invoke.read());
        let invoke = &invoke;
        again(|| async {
            let invoked = invoke(
                self.ctx(),
                rule.arn.clone(),
                function_arn.to_owned(),
                event.clone(),
                how,
            );
            invoked.await.map_err(|error| match error.kind {
                // Who waits for the answer waits no longer than for a function that is there.
                Kind::Throttled(_) if how != Invocation::Asynchronous => plain(&error).into(),
                _ => Trouble::from(error),
            })
        })
        .await
    }
}

/// Through the functions of this server, whose own policies decide.
fn by_functions(functions: Arc<Functions>) -> Invoke {
    Arc::new(move |ctx, rule_arn, function_arn, event, how| {
        let functions = Arc::clone(&functions);
        Box::pin(async move {
            let source = Source {
                service: IOT_SERVICE,
                role: None,
                arn: rule_arn,
            };
            let how = match how {
                Invocation::Asynchronous => How::Later,
                Invocation::Synchronous { limit } => How::Within(limit),
            };
            let answer = functions
                .invoke_for_service(&ctx, &source, &function_arn, event, how)
                .await?;
            let Some(answer) = answer else {
                return Ok(None);
            };
            match answer.failure() {
                Some(failure) => Err(Error::invalid(failure)),
                None => Ok(Some(answer.payload)),
            }
        })
    })
}

/// Why an attempt failed, and whether another may have more luck.
pub(super) struct Trouble {
    pub(super) passes: Passes,
    pub(super) why: String,
}

/// Whether a trouble passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Passes {
    /// The same would come of another attempt.
    Never,
    /// It may, in a moment.
    Soon,
    /// It does: what this server needs itself is away, and the message waits for it.
    Back,
}

impl From<aws::Failure> for Trouble {
    fn from(failure: aws::Failure) -> Self {
        let passes = match failure.passes() {
            true => Passes::Soon,
            false => Passes::Never,
        };
        Self {
            passes,
            why: failure.to_string(),
        }
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        match error.kind {
            // Who is away says so in the log by itself, and each message would once more.
            Kind::Unavailable => Self {
                passes: Passes::Back,
                why: error.message,
            },
            Kind::Throttled(_) => Self {
                passes: Passes::Soon,
                why: plain(&error),
            },
            _ => plain(&error).into(),
        }
    }
}

impl From<String> for Trouble {
    fn from(why: String) -> Self {
        let passes = Passes::Never;
        Self { passes, why }
    }
}

/// Tries something again while that may help. What is tried holds everything that it takes, the role's permission included:
/// a message is lost where one part of its way has no other attempt.
pub(super) async fn again<T, F>(attempt: impl Fn() -> F) -> std::result::Result<T, String>
where
    F: Future<Output = std::result::Result<T, Trouble>>,
{
    let (began, mut pause) = (Instant::now(), PAUSE);
    for attempts in 1.. {
        let Trouble { passes, why } = match attempt().await {
            Ok(done) => return Ok(done),
            Err(trouble) => trouble,
        };
        match passes {
            Passes::Never => return Err(why),
            Passes::Soon if attempts < ATTEMPTS => {}
            Passes::Back if began.elapsed() < PATIENCE => {}
            _ => return Err(format!("{why} ({attempts} attempts)")),
        }
        tokio::time::sleep(pause).await;
        pause = LONGEST_PAUSE.min(pause * 4);
    }
    unreachable!("attempts are not counted to their end")
}

/// An error as the rule's owner may read it; what is ours goes to the log.
pub(super) fn plain(error: &Error) -> String {
    if error.source.is_some() {
        log_failure!(error, "a rule met an error: {error:?}");
    }
    error.message.clone()
}
