//! Nameplate with few and with many things: the same operations, and pages of listings and of searches.

use super::http::{Caller, Connection, Request};
use super::load;
use super::peer::{self, Which};
use super::table::{Operation, Table};
use super::{DESCRIBES, Options, create, describe, register};
use crate::fleet::Fleet;
use crate::server::Server;
use crate::{fill, nameplate};
use anyhow::{Context as _, bail};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Items of a page; a search for many things finds as many even in a registry of 1,000.
const PAGE: usize = 50;
/// Things that are asked for again and again, as many in each registry: what is left is what its size costs. Where many
/// more are asked for, the cost of memory that no processor has near comes on top.
const FEW: usize = 1_000;
/// How long a registry may take to be indexed.
const INDEXING: Duration = Duration::from_secs(180);
/// A prime: with its steps, the numbers up to any size of a registry are visited evenly, each once.
const STRIDE: u64 = 7_919;

/// A registry of one size and the server over it.
struct Sized {
    registered: u64,
    server: Server,
    caller: Caller,
    /// Names and serials of things all over it.
    filled: Vec<(String, String)>,
    /// The number of the next thing to be created.
    made: u64,
    /// How many things were created a second when they last were.
    rate: f64,
}

/// What is searched for.
#[derive(Clone, Copy)]
enum Search {
    Exact,
    Prefix,
    Attribute,
    AttributePrefix,
    Suffix,
}

impl Search {
    const ALL: [Self; 5] = [
        Self::Exact,
        Self::Prefix,
        Self::Attribute,
        Self::AttributePrefix,
        Self::Suffix,
    ];

    fn title(self) -> &'static str {
        match self {
            Self::Exact => "SearchIndex thingName:NAME, one thing",
            Self::Prefix => "SearchIndex thingName:X*, a sixteenth of all things, page after page",
            Self::Attribute => "SearchIndex attributes.serial:VALUE, one thing",
            Self::AttributePrefix => {
                "SearchIndex attributes.serial:PREFIX*, 100 things, page after page"
            }
            Self::Suffix => "SearchIndex thingName:*SUFFIX, one thing",
        }
    }

    /// The query for a thing, and what its first page must hold.
    fn query(self, name: &str, serial: &str) -> (String, String) {
        let quoted = |text: &str| format!("\"{text}\"");
        match self {
            Self::Exact => (format!("thingName:{name}"), quoted(name)),
            Self::Prefix => (format!("thingName:{}*", &name[..1]), quoted("thingName")),
            Self::Attribute => (format!("attributes.serial:{serial}"), quoted(serial)),
            Self::AttributePrefix => (
                format!("attributes.serial:{}*", &serial[..serial.len() - 2]),
                quoted("thingName"),
            ),
            Self::Suffix => (
                format!("thingName:*{}", &name[name.len() - 8..]),
                quoted(name),
            ),
        }
    }
}

/// Fills the registries, starts a server over each, and measures them in turn.
pub async fn measure(options: &Options, table: &mut Table) -> anyhow::Result<()> {
    let sample = Fleet::new()?.device(0)?.chain.swap_remove(0);
    let mut all = Vec::new();
    for &registered in &options.registered {
        if registered < PAGE as u64 || registered.is_multiple_of(STRIDE) {
            bail!("--registered {registered}: too few, or a multiple of {STRIDE}");
        }
        all.push(start(options, &sample, registered).await?);
    }
    // Pages first, while each registry has the size that it was filled to.
    for one in &all {
        one.index().await?;
    }
    let window = Duration::from_secs_f64(options.page_seconds.max(0.1));
    for round in 0..options.rounds {
        for one in &all {
            let pages = load::pages(&one.server, window, |_, token| one.list(token)).await?;
            let title = format!("ListThings, {PAGE} things a page, page after page");
            table.add_pages(&title, one.registered, pages);
        }
        for search in Search::ALL {
            for one in &all {
                let page = |number: usize, token: Option<&str>| one.search(search, number, token);
                let pages = load::pages(&one.server, window, page).await?;
                table.add_pages(search.title(), one.registered, pages);
            }
        }
        eprintln!("pages: round {} of {} done", round + 1, options.rounds);
    }
    for one in &all {
        one.ask("POST", "/indexing/config", &indexing("OFF"))
            .await?;
    }
    for round in 0..options.rounds {
        for one in &mut all {
            let names: Vec<String> = one.filled.iter().map(|(name, _)| name.clone()).collect();
            let few = &names[..names.len().min(FEW)];
            let sample = describe(options, &one.server, &one.caller, few).await?;
            table.add_size(Operation::DescribeFew, one.registered, sample);
            let sample = describe(options, &one.server, &one.caller, &names).await?;
            table.add_size(Operation::Describe, one.registered, sample);
            if round == 0 {
                let warm = register(options, &one.server, &one.caller).await?;
                (one.made, one.rate) = (options.things, warm.rate);
            }
            let (first, rate) = (one.made, one.rate);
            let sample = create(options, &one.server, &one.caller, first, rate).await?;
            table.add_size(Operation::Create, one.registered, sample);
            one.rate = sample.rate;
            // More numbers than it can have used.
            one.made += 10_000_000;
        }
        eprintln!("operations: round {} of {} done", round + 1, options.rounds);
    }
    for one in all {
        one.server.stop().await?;
    }
    Ok(())
}

async fn start(options: &Options, sample: &[u8], registered: u64) -> anyhow::Result<Sized> {
    let home = fill::home(&options.dir, registered);
    let program = Which::Nameplate
        .program(options)?
        .context("there is no program nameplate to measure")?;
    let log = options.dir.join(format!("nameplate-{registered}.log"));
    nameplate::filled(&program, &home, &log, None, sample, registered).await?;
    let started = Instant::now();
    let (server, caller) = peer::start_nameplate(&program, &home, log, None).await?;
    eprintln!(
        "{registered} things: listening after {:.1} s",
        started.elapsed().as_secs_f64()
    );
    let filled = (0..registered.min(DESCRIBES))
        .map(|at| {
            let number = at * STRIDE % registered;
            (fill::name(sample, number), fill::serial(number))
        })
        .collect();
    Ok(Sized {
        registered,
        server,
        caller,
        filled,
        made: 0,
        rate: 0.0,
    })
}

impl Sized {
    /// Switches the index on and waits until it holds every thing.
    async fn index(&self) -> anyhow::Result<()> {
        let started = Instant::now();
        self.ask("POST", "/indexing/config", &indexing("REGISTRY"))
            .await?;
        loop {
            let answer = self.ask("GET", "/indices/AWS_Things", "").await?;
            if answer["indexStatus"] == "ACTIVE" {
                break;
            }
            if started.elapsed() > INDEXING {
                bail!("not indexed after {} s: {answer}", INDEXING.as_secs());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        eprintln!(
            "{} things: indexed in {:.1} s",
            self.registered,
            started.elapsed().as_secs_f64()
        );
        Ok(())
    }

    /// A request on a connection of its own.
    async fn ask(&self, method: &str, target: &str, body: &str) -> anyhow::Result<Value> {
        let request = self.caller.request(method, target, body, String::new())?;
        let answer = Connection::new(self.server.address()).ask(&request).await?;
        Ok(serde_json::from_slice(&answer.body)?)
    }

    fn list(&self, token: Option<&str>) -> anyhow::Result<Request> {
        let mut target = format!("/things?maxResults={PAGE}");
        if let Some(token) = token {
            target.push_str("&nextToken=");
            target.push_str(&nameplate_aws::uri::encode(token.as_bytes()));
        }
        self.caller
            .request("GET", &target, "", "\"thingName\"".to_owned())
    }

    fn search(
        &self,
        search: Search,
        number: usize,
        token: Option<&str>,
    ) -> anyhow::Result<Request> {
        let (name, serial) = &self.filled[number % self.filled.len()];
        let (query, expects) = search.query(name, serial);
        let mut body = json!({"queryString": query, "maxResults": PAGE});
        let expects = match token {
            None => expects,
            Some(token) => {
                body["nextToken"] = json!(token);
                String::new()
            }
        };
        self.caller
            .request("POST", "/indices/search", &body.to_string(), expects)
    }
}

/// The body of `UpdateIndexingConfiguration`.
fn indexing(mode: &str) -> String {
    json!({"thingIndexingConfiguration": {"thingIndexingMode": mode}}).to_string()
}
