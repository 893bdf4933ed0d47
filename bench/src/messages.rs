//! Messages between connections that stay open: what each costs the server.
//!
//! The same clients against every server, over TLS 1.3, payloads of 64 bytes. A window keeps publishers from running ahead
//! of subscribers, so that servers are compared in what they deliver and not in what they let wait.
//!
//! Pairs are measured one at a time and twenty together: with one, a server sleeps between the few messages that a window
//! lets through, and its wake-ups are most of what is measured; with twenty it has always something to do.

use crate::device::{Client, Connection, Incoming, Outgoing};
use crate::report::{Measure, Sample};
use crate::server::Server;
use anyhow::{Context as _, bail};
use nameplate_mqtt::{Packet, QoS};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Mutex, Semaphore};
use tokio::task::JoinSet;

/// How long a server is left alone before its CPU time is read, so that what it puts off is counted too.
const SETTLE: Duration = Duration::from_millis(600);
/// How long one test may take.
const LIMIT: Duration = Duration::from_secs(120);
/// Messages that a publisher may be ahead of its subscribers. AWS takes 100 unacknowledged ones from a client.
const WINDOW: usize = 64;
/// Subscribers of one message in the fan-out.
pub const FAN: usize = 100;
/// Publishers that are measured together, each with a subscriber of its own.
const PAIRS: usize = 20;
/// Messages a second of each of them where messages travel alone.
const LONELY_RATE: usize = 150;

/// Measures every kind of traffic with these devices, [`FAN`] and one at least; `count` messages of each kind.
pub async fn measure(
    server: &Server,
    clients: &[Arc<Client>],
    count: usize,
) -> anyhow::Result<Vec<(Measure, Sample)>> {
    let mut samples = Vec::new();
    for (measure, pairs, qos) in [
        (Measure::PairQos0, 1, QoS::AtMostOnce),
        (Measure::PairQos1, 1, QoS::AtLeastOnce),
        (Measure::PairsQos0, PAIRS, QoS::AtMostOnce),
        (Measure::PairsQos1, PAIRS, QoS::AtLeastOnce),
    ] {
        let work = windowed(server, clients, pairs, count, qos);
        samples.push((measure, work.await.context("pairs")?));
    }
    let messages = (count / FAN).max(1);
    let work = fan(server, clients, FAN, messages);
    let mut sample = work.await.context("the fan-out")?;
    // Each delivery counts.
    sample.cost /= FAN as f64;
    sample.rate = sample.rate.map(|rate| rate * FAN as f64);
    samples.push((Measure::FanOut, sample));
    for (measure, qos) in [
        (Measure::AloneQos0, QoS::AtMostOnce),
        (Measure::AloneQos1, QoS::AtLeastOnce),
    ] {
        let work = alone(server, clients, qos);
        samples.push((measure, work.await.context("messages alone")?));
    }
    Ok(samples)
}

/// Publishes to a session whose client is away.
pub async fn measure_durable(
    server: &Server,
    clients: &[Arc<Client>],
    count: usize,
) -> anyhow::Result<Sample> {
    let [publisher, subscriber, ..] = clients else {
        bail!("a pair needs two devices");
    };
    let address = server.address();
    let mut away = subscriber.connect_keeping(address).await?;
    away.subscribe(&[subscriber.inbox()]).await?;
    away.disconnect().await?;
    let (mut incoming, mut outgoing) = publisher.connect(address).await?.split();
    let topic = subscriber.commands();
    // Files and caches grow once, with what comes first.
    kept(&mut incoming, &mut outgoing, &topic, count / 4).await?;
    let work = kept(&mut incoming, &mut outgoing, &topic, count);
    let sample = costing(server, count, work).await?;
    // Takes the session away: what waits in it must not weigh on what is measured next.
    let cleaning = subscriber.connect(address).await?;
    cleaning.disconnect().await?;
    Ok(sample)
}

/// Publishes as it is acknowledged.
async fn kept(
    incoming: &mut Incoming,
    outgoing: &mut Outgoing,
    topic: &str,
    count: usize,
) -> anyhow::Result<()> {
    let window = Arc::new(Semaphore::new(WINDOW));
    let sending = send(
        outgoing,
        topic,
        QoS::AtLeastOnce,
        count,
        Arc::clone(&window),
    );
    let acknowledged = acknowledgements(incoming, count, Some(window));
    tokio::try_join!(sending, acknowledged).map(drop)
}

/// One publisher, `fan` subscribers of its topic, QoS 1.
async fn fan(
    server: &Server,
    clients: &[Arc<Client>],
    fan: usize,
    count: usize,
) -> anyhow::Result<Sample> {
    let [publisher, subscribers @ ..] = clients else {
        bail!("there is no device");
    };
    if subscribers.len() < fan {
        bail!("{} devices are too few", clients.len());
    }
    let address = server.address();
    let topic = "cmd/all/on".to_owned();
    let mut listening = Vec::with_capacity(fan);
    for subscriber in &subscribers[..fan] {
        let mut connection = subscriber.connect(address).await?;
        connection.subscribe(std::slice::from_ref(&topic)).await?;
        listening.push(connection);
    }
    let (mut incoming, mut outgoing) = publisher.connect(address).await?.split();
    costing(server, count, async {
        let window = Arc::new(Semaphore::new(WINDOW));
        let seen = Arc::new(Mutex::new(Seen::new(fan)));
        let mut tasks = JoinSet::new();
        for connection in listening {
            let (seen, window) = (Arc::clone(&seen), Arc::clone(&window));
            tasks.spawn(listen(connection, count, seen, window));
        }
        tasks.spawn(
            async move { send(&mut outgoing, &topic, QoS::AtLeastOnce, count, window).await },
        );
        tasks.spawn(async move { acknowledgements(&mut incoming, count, None).await });
        while let Some(ended) = tasks.join_next().await {
            ended??;
        }
        Ok(())
    })
    .await
}

/// A publisher, the subscriber of its messages, and their topic.
type Pair = (Connection, Connection, String);

/// So many pairs, connected and subscribed.
async fn pairs(
    server: &Server,
    clients: &[Arc<Client>],
    count: usize,
) -> anyhow::Result<Vec<Pair>> {
    let mut pairs = Vec::with_capacity(count);
    for pair in clients.chunks_exact(2).take(count) {
        let mut subscriber = pair[1].connect(server.address()).await?;
        let topic = pair[1].commands();
        subscriber.subscribe(std::slice::from_ref(&topic)).await?;
        pairs.push((pair[0].connect(server.address()).await?, subscriber, topic));
    }
    if pairs.len() < count {
        bail!("{} devices are too few for {count} pairs", clients.len());
    }
    Ok(pairs)
}

/// Pairs whose publishers are ahead of their subscribers by a window at most; `count` messages in all.
async fn windowed(
    server: &Server,
    clients: &[Arc<Client>],
    of: usize,
    count: usize,
    qos: QoS,
) -> anyhow::Result<Sample> {
    let pairs = pairs(server, clients, of).await?;
    let each = count / of;
    costing(server, each * of, async {
        let mut tasks = JoinSet::new();
        for (publisher, subscriber, topic) in pairs {
            let window = Arc::new(Semaphore::new(WINDOW));
            let seen = Arc::new(Mutex::new(Seen::new(1)));
            let (mut incoming, mut outgoing) = publisher.split();
            tasks.spawn(listen(subscriber, each, seen, Arc::clone(&window)));
            tasks.spawn(async move { send(&mut outgoing, &topic, qos, each, window).await });
            // Of QoS 0 what it receives is nothing; it is kept so that the connection stays.
            let acknowledged = if qos == QoS::AtLeastOnce { each } else { 0 };
            tasks.spawn(async move { acknowledgements(&mut incoming, acknowledged, None).await });
        }
        while let Some(ended) = tasks.join_next().await {
            ended??;
        }
        Ok(())
    })
    .await
}

/// Messages that come one at a time, at a rate that keeps no server busy: what a wake-up costs.
async fn alone(server: &Server, clients: &[Arc<Client>], qos: QoS) -> anyhow::Result<Sample> {
    let pairs = pairs(server, clients, PAIRS).await?;
    let each = LONELY_RATE * 4;
    costing(server, each * PAIRS, async {
        let mut tasks = JoinSet::new();
        for (at, (publisher, subscriber, topic)) in pairs.into_iter().enumerate() {
            let window = Arc::new(Semaphore::new(0));
            let seen = Arc::new(Mutex::new(Seen::new(1)));
            tasks.spawn(listen(subscriber, each, seen, Arc::clone(&window)));
            tasks.spawn(async move {
                let (mut incoming, mut outgoing) = publisher.split();
                let between = Duration::from_secs(1) / LONELY_RATE as u32;
                // One after another, as far as the timer's step lets them.
                let first = tokio::time::Instant::now() + between * at as u32 / PAIRS as u32;
                let mut tick = tokio::time::interval_at(first, between);
                for _ in 0..each {
                    tick.tick().await;
                    outgoing.publish(&topic, qos, 1).await?;
                    if qos == QoS::AtLeastOnce {
                        acknowledgements(&mut incoming, 1, None).await?;
                    }
                }
                // Until the last has arrived.
                let _ = window.acquire_many(u32::try_from(each)?).await?;
                Ok(())
            });
        }
        while let Some(ended) = tasks.join_next().await {
            ended??;
        }
        Ok(())
    })
    .await
}

/// What `work` costs the server for each of its messages.
async fn costing(
    server: &Server,
    count: usize,
    work: impl Future<Output = anyhow::Result<()>>,
) -> anyhow::Result<Sample> {
    tokio::time::sleep(SETTLE).await;
    let (before, started) = (server.cpu()?, Instant::now());
    match tokio::time::timeout(LIMIT, work).await {
        Ok(result) => {
            result.with_context(|| format!("the server's last words:\n{}", server.said()))?
        }
        Err(_) => bail!("not done after {} s; {}", LIMIT.as_secs(), server.said()),
    }
    let took = started.elapsed();
    tokio::time::sleep(SETTLE).await;
    Ok(Sample {
        cost: (server.cpu()? - before).as_secs_f64() * 1e6 / count as f64,
        rate: Some(count as f64 / took.as_secs_f64()),
        database: None,
    })
}

/// Publishes as the window opens.
async fn send(
    outgoing: &mut Outgoing,
    topic: &str,
    qos: QoS,
    count: usize,
    window: Arc<Semaphore>,
) -> anyhow::Result<()> {
    let mut left = count;
    while left > 0 {
        let some = window.available_permits().clamp(1, left);
        window.acquire_many(u32::try_from(some)?).await?.forget();
        outgoing.publish(topic, qos, some).await?;
        left -= some;
    }
    Ok(())
}

/// Takes PUBACKs, and opens the window by them where there is one.
async fn acknowledgements(
    incoming: &mut Incoming,
    count: usize,
    window: Option<Arc<Semaphore>>,
) -> anyhow::Result<()> {
    for _ in 0..count {
        match incoming.receive().await.context("wait for PUBACK")? {
            Packet::PubAck(_) => {}
            other => bail!("the answer to PUBLISH is {other:?}"),
        }
        if let Some(window) = &window {
            window.add_permits(1);
        }
    }
    Ok(())
}

/// How far the slowest of several subscribers may be taken to be: all deliveries, shared out.
struct Seen {
    subscribers: usize,
    deliveries: usize,
    granted: usize,
}

impl Seen {
    fn new(subscribers: usize) -> Self {
        Self {
            subscribers,
            deliveries: 0,
            granted: 0,
        }
    }

    /// Messages that may be sent for these deliveries.
    fn grant(&mut self, deliveries: usize) -> usize {
        self.deliveries += deliveries;
        let granted = self.deliveries / self.subscribers;
        let more = granted - self.granted;
        self.granted = granted;
        more
    }
}

/// Receives and acknowledges, all that came together at once.
async fn listen(
    connection: Connection,
    count: usize,
    seen: Arc<Mutex<Seen>>,
    window: Arc<Semaphore>,
) -> anyhow::Result<()> {
    let (mut incoming, mut outgoing) = connection.split();
    let mut left = count;
    while left > 0 {
        let came = incoming.messages().await.context("wait for messages")?;
        outgoing.acknowledge(&came.to_acknowledge).await?;
        left = left
            .checked_sub(came.count)
            .context("a message came twice")?;
        let granted = seen.lock().await.grant(came.count);
        window.add_permits(granted);
    }
    Ok(())
}
