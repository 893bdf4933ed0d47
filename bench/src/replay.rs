//! Sends requests that were written to a file, as fast as a server answers them: the load of benches whose requests are
//! made by a client of the service's own. So little of the machine goes to sending that the server is what is measured.

use anyhow::{Context as _, bail, ensure};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// How long a server may take for an answer.
const PATIENCE: Duration = Duration::from_secs(60);
/// Bytes that the head of an answer may have.
const HEAD_BYTES: usize = 64 * 1024;

/// Flags of `replay`.
#[derive(clap::Args)]
pub struct Options {
    /// The server.
    #[arg(long)]
    address: SocketAddr,
    /// Connections, one request outstanding on each.
    #[arg(long, default_value_t = 8)]
    connections: usize,
    /// HTTP requests, each after its length in four bytes, the highest first.
    file: PathBuf,
}

/// Sends all, each connection its share, and prints how many there were and the seconds that they took.
pub fn run(options: &Options) -> anyhow::Result<()> {
    let file = std::fs::read(&options.file).context("reading the requests")?;
    let requests = requests(&file)?;
    let share = requests.len().div_ceil(options.connections.max(1)).max(1);
    let begun = Instant::now();
    std::thread::scope(|scope| {
        let senders: Vec<_> = requests
            .chunks(share)
            .map(|share| scope.spawn(|| send(options.address, share)))
            .collect();
        senders
            .into_iter()
            .try_for_each(|sender| match sender.join() {
                Ok(sent) => sent,
                Err(_) => bail!("a sender ended"),
            })
    })?;
    let seconds = begun.elapsed().as_secs_f64();
    println!("{} {seconds:.6}", requests.len());
    Ok(())
}

fn requests(mut file: &[u8]) -> anyhow::Result<Vec<&[u8]>> {
    let mut all = Vec::new();
    while let Some((length, rest)) = file.split_first_chunk::<4>() {
        let length = usize::try_from(u32::from_be_bytes(*length))?;
        ensure!(rest.len() >= length, "the file ends within a request");
        let (request, rest) = rest.split_at(length);
        all.push(request);
        file = rest;
    }
    ensure!(file.is_empty(), "the file ends within a length");
    Ok(all)
}

fn send(address: SocketAddr, requests: &[&[u8]]) -> anyhow::Result<()> {
    let mut stream = None;
    let mut buffer = Vec::new();
    for request in requests {
        let mut open = match stream.take() {
            Some(open) => open,
            None => connect(address)?,
        };
        open.write_all(request)?;
        let answer = answer(&mut open, &mut buffer)?;
        if answer.status != 200 {
            let body = String::from_utf8_lossy(&buffer[answer.head..]).into_owned();
            bail!("the server answers {} {body:.300}", answer.status);
        }
        stream = answer.stays.then_some(open);
    }
    Ok(())
}

fn connect(address: SocketAddr) -> anyhow::Result<TcpStream> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    Ok(stream)
}

struct Answer {
    status: u16,
    /// Bytes of the head.
    head: usize,
    /// Whether the connection stays open.
    stays: bool,
}

/// Reads one answer into the buffer, whole.
fn answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> anyhow::Result<Answer> {
    buffer.clear();
    let mut chunk = [0; 16 * 1024];
    let mut more = |buffer: &mut Vec<u8>| -> anyhow::Result<()> {
        let read = stream.read(&mut chunk)?;
        ensure!(read > 0, "the connection ended");
        buffer.extend_from_slice(&chunk[..read]);
        Ok(())
    };
    let head = loop {
        if let Some(at) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        ensure!(
            buffer.len() < HEAD_BYTES,
            "the head of an answer has no end"
        );
        more(buffer)?;
    };
    let text = std::str::from_utf8(&buffer[..head])?.to_ascii_lowercase();
    let mut lines = text.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1));
    let status = status.context("an answer without a status")?.parse()?;
    let (mut length, mut stays) = (None, true);
    for line in lines {
        match line.split_once(':') {
            Some(("content-length", value)) => length = Some(value.trim().parse::<usize>()?),
            Some(("connection", value)) => stays = value.trim() != "close",
            _ => {}
        }
    }
    let end = head + length.context("an answer without a length")?;
    while buffer.len() < end {
        more(buffer)?;
    }
    Ok(Answer {
        status,
        head,
        stays,
    })
}
