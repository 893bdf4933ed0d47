//! Load on a running server: prepared requests over some connections for some time, and one connection that reads
//! page after page.

use super::http::{Connection, Request};
use crate::figures::percentile;
use crate::server::{self, Server};
use anyhow::Context as _;
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// How long a server is left alone before its CPU time is read, so that what it puts off is counted too.
const SETTLE: Duration = Duration::from_millis(300);
/// How long one answer may take.
const ANSWER: Duration = Duration::from_secs(60);

/// What one round of an operation came to.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    /// Requests a second.
    pub rate: f64,
    /// CPU time of the server for each, µs.
    pub cost: f64,
    /// How many cores the server used; at most 1 where it has one of its own.
    pub server: f64,
    /// How many cores the client used. Near 1 it is the client that was measured.
    pub client: f64,
    /// CPU time of the server's database for each, µs, where that is a server of its own; `cost` has it, too.
    pub database: Option<f64>,
}

/// What one round of reading pages came to.
#[derive(Debug, Clone, Copy)]
pub struct PageSample {
    /// Half of the pages took at most so long, ms.
    pub p50: f64,
    /// 99 of 100 pages took at most so long, ms.
    pub p99: f64,
}

/// Whether the requests may be sent again when all have been sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// They only read.
    Yes,
    /// Each is good once.
    No,
}

/// CPU times and the clock at the start of a measurement.
struct Start {
    server: Duration,
    database: Option<Duration>,
    client: Duration,
    at: Instant,
}

impl Start {
    async fn new(server: &Server) -> anyhow::Result<Self> {
        tokio::time::sleep(SETTLE).await;
        Ok(Self {
            server: server.cpu()?,
            database: server.database_cpu()?,
            client: server::own_cpu()?,
            at: Instant::now(),
        })
    }

    async fn end(self, server: &Server, count: usize) -> anyhow::Result<Sample> {
        let took = self.at.elapsed().as_secs_f64();
        let client = (server::own_cpu()? - self.client).as_secs_f64();
        tokio::time::sleep(SETTLE).await;
        let cpu = (server.cpu()? - self.server).as_secs_f64();
        let databases = server.database_cpu()?.zip(self.database);
        let database = databases.map(|(now, then)| (now - then).as_secs_f64() * 1e6 / count as f64);
        Ok(Sample {
            database,
            rate: count as f64 / took,
            cost: cpu * 1e6 / count as f64,
            server: cpu / took,
            client: client / took,
        })
    }
}

/// Sends the requests over so many connections, one outstanding on each, until the time is over or all are sent.
pub async fn run(
    server: &Server,
    requests: Vec<Request>,
    connections: usize,
    limit: Duration,
    again: Again,
) -> anyhow::Result<Sample> {
    let requests = Arc::new(requests);
    let next = Arc::new(AtomicUsize::new(0));
    let start = Start::new(server).await?;
    let end = start.at + limit;
    let mut workers = JoinSet::new();
    for _ in 0..connections.max(1) {
        let (requests, next) = (Arc::clone(&requests), Arc::clone(&next));
        let mut connection = Connection::new(server.address());
        workers.spawn(async move {
            let mut count = 0;
            while Instant::now() < end {
                let mut at = next.fetch_add(1, Ordering::Relaxed);
                if again == Again::Yes {
                    at %= requests.len();
                }
                let Some(request) = requests.get(at) else {
                    break;
                };
                tokio::time::timeout(ANSWER, connection.ask(request))
                    .await
                    .context("no answer")??;
                count += 1;
            }
            Ok::<usize, anyhow::Error>(count)
        });
    }
    let mut count = 0;
    while let Some(worker) = workers.join_next().await {
        count += worker?.with_context(|| last_words(server))?;
    }
    start.end(server, count).await
}

/// Reads pages over one connection until the time is over. `page` makes the request of a page: of the first one of
/// the listing with this number, or of the one that a token leads to.
pub async fn pages(
    server: &Server,
    limit: Duration,
    page: impl Fn(usize, Option<&str>) -> anyhow::Result<Request>,
) -> anyhow::Result<PageSample> {
    let mut connection = Connection::new(server.address());
    let mut took = Vec::new();
    let (mut listing, mut token) = (0, None::<String>);
    tokio::time::sleep(SETTLE).await;
    let end = Instant::now() + limit;
    while Instant::now() < end {
        let request = page(listing, token.as_deref())?;
        let asked = Instant::now();
        let answer = connection
            .ask(&request)
            .await
            .with_context(|| last_words(server))?;
        let milliseconds = asked.elapsed().as_secs_f64() * 1e3;
        let answer: Value = serde_json::from_slice(&answer.body).context("read a page")?;
        let is_first = token.is_none();
        token = answer["nextToken"].as_str().map(str::to_owned);
        if token.is_none() {
            listing += 1;
        }
        // The last of several pages is no whole one.
        if is_first || token.is_some() {
            took.push(milliseconds);
        }
    }
    Ok(PageSample {
        p50: percentile(&took, 0.5),
        p99: percentile(&took, 0.99),
    })
}

fn last_words(server: &Server) -> String {
    format!("the server's last words:\n{}", server.said())
}
