//! What a demo prints: numbered steps with what came of them and how long they took.

use crate::cli::out::tell;
use anyhow::Context;
use std::fmt::Write as _;
use std::future::Future;
use std::time::{Duration, Instant};

/// Columns up to the times.
const WIDTH: usize = 62;

/// A transcript that is being written.
pub struct Transcript {
    number: usize,
    began: Instant,
}

/// What a step came to: its value, and lines to print.
pub type Told<T> = anyhow::Result<(T, Vec<String>)>;

impl Transcript {
    /// Begins with a heading.
    pub fn begin(heading: &str) -> anyhow::Result<Self> {
        tell(&format!("{heading}\n\n"))?;
        Ok(Transcript {
            number: 0,
            began: Instant::now(),
        })
    }

    /// Does a step and tells of it.
    pub async fn step<T>(
        &mut self,
        title: &str,
        work: impl Future<Output = Told<T>>,
    ) -> anyhow::Result<T> {
        self.number += 1;
        let began = Instant::now();
        let result = work.await;
        let took = began.elapsed();
        match result {
            Ok((value, lines)) => {
                tell(&told(self.number, title, Some(took), &lines))?;
                Ok(value)
            }
            Err(error) => {
                tell(&told(self.number, title, None, &[]))?;
                Err(error).context(format!("step {} failed: {title}", self.number))
            }
        }
    }

    /// Ends it.
    pub fn end(self, text: &str) -> anyhow::Result<()> {
        tell(&format!("\n{text}, in {}.\n", time(self.began.elapsed())))?;
        Ok(())
    }
}

fn told(number: usize, title: &str, took: Option<Duration>, lines: &[String]) -> String {
    let head = format!("{number:>2}. {title}");
    let took = took.map_or_else(|| "FAILED".to_owned(), time);
    let mut text = format!("{head:<WIDTH$} {took:>8}\n");
    for line in lines {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "      {line}");
    }
    text
}

fn time(took: Duration) -> String {
    match took.as_millis() {
        0 => format!("{} µs", took.as_micros()),
        1..1000 => format!("{} ms", took.as_millis()),
        _ => format!("{:.1} s", took.as_secs_f64()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps() {
        let text = told(
            3,
            "Do it",
            Some(Duration::from_millis(12)),
            &["well".into()],
        );
        let mut lines = text.lines();
        let head = lines.next().expect("a head");
        assert!(
            head.starts_with(" 3. Do it  ") && head.ends_with("   12 ms"),
            "{head}"
        );
        assert_eq!(lines.next(), Some("      well"));
        assert!(told(1, "Do it", None, &[]).trim_end().ends_with("FAILED"));
        assert_eq!(time(Duration::from_micros(7)), "7 µs");
        assert_eq!(time(Duration::from_millis(1500)), "1.5 s");
    }
}
