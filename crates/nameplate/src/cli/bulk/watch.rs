//! Watching a task: how far it is, how fast it goes, how long it will take; and waiting out a server that restarts.

use crate::cli::client::{Client, ClientError};
use serde_json::Value;
use std::collections::VecDeque;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// How often the server is asked how far it is.
const LOOK: Duration = Duration::from_millis(200);
/// How often that is told where there is no terminal.
const TELL: Duration = Duration::from_secs(10);
/// How long a server that is gone is waited for.
const PATIENCE: Duration = Duration::from_secs(600);
/// How far back the rate looks.
const WINDOW: Duration = Duration::from_secs(10);

/// How watching ended.
pub(super) enum Watched {
    /// The task is over: the client that reaches its server now, and the task's last description.
    Over(Box<Client>, Value),
    /// Whoever watched wants to go.
    Interrupted,
}

/// Whether more will happen to a task.
pub(super) fn is_under_way(task: &Value) -> bool {
    matches!(task["status"].as_str(), Some("InProgress" | "Cancelling"))
}

/// A task that is watched.
pub(super) struct Watch<'a> {
    client: Client,
    data_dir: Option<PathBuf>,
    id: &'a str,
    gone: Option<Instant>,
    teller: Teller,
}

impl<'a> Watch<'a> {
    pub(super) fn new(client: Client, data_dir: Option<PathBuf>, id: &'a str) -> Self {
        Self {
            client,
            data_dir,
            id,
            gone: None,
            teller: Teller::new(),
        }
    }

    /// Watches until the task is over or Ctrl-C comes, which the task hears nothing of.
    pub(super) async fn until_over(mut self) -> anyhow::Result<Watched> {
        let interrupted = tokio::signal::ctrl_c();
        tokio::pin!(interrupted);
        loop {
            let look = async {
                let answer = super::describe(&self.client, self.id).await;
                if self.look(answer)? {
                    return Ok(true);
                }
                tokio::time::sleep(LOOK).await;
                anyhow::Ok(false)
            };
            tokio::select! {
                over = look => if over? { break },
                _ = &mut interrupted => {
                    self.teller.clear();
                    return Ok(Watched::Interrupted);
                }
            }
        }
        self.teller.clear();
        let task = self.teller.last.take().unwrap_or_default();
        Ok(Watched::Over(Box::new(self.client), task))
    }

    /// Whether the task is over.
    fn look(&mut self, answer: Result<Value, ClientError>) -> anyhow::Result<bool> {
        match answer {
            Ok(task) => {
                if self.gone.take().is_some() {
                    self.teller.say("the server is back");
                }
                let over = !is_under_way(&task);
                self.teller.tell(task, Instant::now());
                Ok(over)
            }
            // It asks too often for the rates that the server keeps.
            Err(error) if error.is_throttled() => Ok(false),
            Err(error) if is_away(&error) => {
                let since = *self.gone.get_or_insert_with(|| {
                    self.teller.say(&format!(
                        "the server is gone ({error}); waiting for it, the task goes on when it is back"
                    ));
                    Instant::now()
                });
                anyhow::ensure!(
                    since.elapsed() < PATIENCE,
                    "the server has been gone for {} min",
                    PATIENCE.as_secs() / 60
                );
                // It may come back at another port.
                if let Ok(client) = Client::find(self.data_dir.as_deref()) {
                    self.client = client;
                }
                Ok(false)
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// Whether a server may be back in a moment.
fn is_away(error: &ClientError) -> bool {
    match error {
        ClientError::Refused { status, .. } => *status >= 500 && *status != 501,
        ClientError::Transport { .. } => true,
        other => other.is_nobody(),
    }
}

/// Says how far the task is: a line that is written over on a terminal, now and then a line elsewhere.
struct Teller {
    terminal: bool,
    told: Option<Instant>,
    seen: VecDeque<(Instant, u64)>,
    last: Option<Value>,
}

impl Teller {
    fn new() -> Self {
        Self {
            terminal: std::io::stderr().is_terminal(),
            told: None,
            seen: VecDeque::new(),
            last: None,
        }
    }

    fn tell(&mut self, task: Value, now: Instant) {
        let done = count(&task, "successCount") + count(&task, "failureCount");
        self.seen.push_back((now, done));
        while self.seen.len() > 2
            && self
                .seen
                .front()
                .is_some_and(|(at, _)| now.duration_since(*at) > WINDOW)
        {
            self.seen.pop_front();
        }
        let rate = rate(&self.seen);
        let text = match self.terminal {
            true => Some(format!("\r\x1b[K{}", bar(&task, rate))),
            false
                if self
                    .told
                    .is_none_or(|told| now.duration_since(told) >= TELL) =>
            {
                // The first look tells nothing but that it began.
                let first = self.told.replace(now).is_none();
                (!first).then(|| format!("{}\n", state(&task, rate)))
            }
            false => None,
        };
        if let Some(text) = text {
            // Who cannot see it misses nothing that is not printed at the end.
            let _ = write!(std::io::stderr(), "{text}");
        }
        self.last = Some(task);
    }

    fn say(&mut self, text: &str) {
        self.clear();
        super::out::complain(text);
    }

    fn clear(&self) {
        if self.terminal {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}

fn count(task: &Value, name: &str) -> u64 {
    task[name].as_u64().unwrap_or_default()
}

/// Lines a second, once something can be said about it.
fn rate(seen: &VecDeque<(Instant, u64)>) -> Option<f64> {
    let ((first, before), (last, done)) = (seen.front()?, seen.back()?);
    let took = last.duration_since(*first).as_secs_f64();
    (took >= 1.0 && done > before).then(|| (done - before) as f64 / took)
}

fn state(task: &Value, rate: Option<f64>) -> String {
    let (registered, failed) = (count(task, "successCount"), count(task, "failureCount"));
    let percent = count(task, "percentageProgress").min(100);
    let mut text = format!("{percent:>3} %  {registered} registered, {failed} failed");
    if let Some(rate) = rate {
        text.push_str(&format!(", {rate:.0} a second"));
        // What is left, by the share of the input that what is done was.
        if (1..100).contains(&percent) {
            let done = (registered + failed) as f64;
            let left = done / percent as f64 * (100 - percent) as f64 / rate;
            text.push_str(&format!(", {} left", duration(left)));
        }
    }
    text
}

fn bar(task: &Value, rate: Option<f64>) -> String {
    const WIDTH: usize = 16;
    let percent = count(task, "percentageProgress").min(100) as usize;
    let full = percent * WIDTH / 100;
    format!(
        "[{}{}] {}",
        "#".repeat(full),
        "-".repeat(WIDTH - full),
        state(task, rate)
    )
}

/// Seconds for people.
fn duration(seconds: f64) -> String {
    let seconds = seconds.ceil() as u64;
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds.div_ceil(60)),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_bar_fills_and_tells_how_long() {
        let check = |percent: u64, rate: Option<f64>, expected: &str| {
            let task =
                json!({"percentageProgress": percent, "successCount": 700, "failureCount": 100});
            assert_eq!(bar(&task, rate), expected);
        };
        check(
            0,
            None,
            "[----------------]   0 %  700 registered, 100 failed",
        );
        check(
            50,
            Some(20.4),
            "[########--------]  50 %  700 registered, 100 failed, 20 a second, 40 s left",
        );
        check(
            1,
            Some(20.0),
            "[----------------]   1 %  700 registered, 100 failed, 20 a second, 1 h 6 min left",
        );
        check(
            100,
            Some(20.0),
            "[################] 100 %  700 registered, 100 failed, 20 a second",
        );
    }

    #[test]
    fn rates_are_those_of_the_last_seconds() {
        let start = Instant::now();
        let at = |seconds: u64, done: u64| (start + Duration::from_secs(seconds), done);
        assert_eq!(rate(&VecDeque::from([at(0, 5)])), None);
        assert_eq!(rate(&VecDeque::from([at(0, 5), at(4, 45)])), Some(10.0));
        assert_eq!(rate(&VecDeque::from([at(0, 5), at(4, 5)])), None);
        let mut teller = Teller::new();
        teller.terminal = false;
        for second in 0..100 {
            let task = json!({"successCount": second * second});
            teller.tell(task, start + Duration::from_secs(second));
        }
        // 99² - 89² in ten seconds.
        assert_eq!(rate(&teller.seen), Some(188.0));
    }

    #[test]
    fn durations() {
        let check = |seconds: f64, expected: &str| assert_eq!(duration(seconds), expected);
        check(0.2, "1 s");
        check(59.0, "59 s");
        check(61.0, "2 min");
        check(3600.0 * 3.0 + 120.0, "3 h 2 min");
    }

    #[test]
    fn who_may_come_back() {
        let refused = |status| ClientError::Refused {
            status,
            code: "X".into(),
            message: String::new(),
        };
        assert!(is_away(&refused(503)));
        assert!(!is_away(&refused(404)));
        assert!(!is_away(&refused(403)));
    }
}
