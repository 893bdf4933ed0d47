//! What waits for the writer, and when the writer is woken for it.
//!
//! A wake-up costs more than the writing of a row, so the writer is not woken for every request of a burst: while it
//! commits nobody wakes it, and after a commit it sleeps until half as many wait again, or a moment has passed. Half of
//! them, because callers that all wait for one commit, and then all send anew, leave the processors idle while it is
//! flushed and the disk idle while they compute; in two halves, one is flushed while the other computes.
//!
//! Where the processors are busy, a writer that is woken takes one from somebody who was about to send a request, too.
//! So it first lets all run that can, for as long as that brings requests, until there are a few.

use crate::tx::Job;
use parking_lot::{Condvar, Mutex, MutexGuard};
use std::sync::Arc;
use std::time::Duration;

/// The most closures in one commit: bounds how long the first of them waits.
const BATCH: usize = 256;
/// How long a commit is held back at most, to be half as large as the one before it.
const GATHER: Duration = Duration::from_millis(4);
/// How many closures a commit of a burst has before the writer stops making room for others on the processor. More of
/// them hardly make a flush cheaper, and where each takes little, a switch for each of them costs more than it saves.
const A_FEW: usize = 6;
/// How long the writer sleeps when nothing comes.
const IDLE: Duration = Duration::from_millis(200);

pub(crate) enum Request {
    Job(Box<dyn Job>),
    /// Write what is queued and answer.
    Flush(tokio::sync::oneshot::Sender<()>),
}

/// Requests for the writer, in the order they came.
#[derive(Default)]
pub(crate) struct Queue {
    waiting: Mutex<Waiting>,
    wake: Condvar,
}

#[derive(Default)]
struct Waiting {
    requests: Vec<Request>,
    // The writer sleeps until so many wait; 0 while it does not sleep.
    wanted: usize,
    flushes: usize,
    closed: bool,
}

impl Waiting {
    fn is_due(&self) -> bool {
        self.flushes > 0 || self.closed || self.requests.len() >= self.wanted
    }
}

impl Queue {
    /// Adds a request; gives it back where the queue is closed.
    pub(crate) fn push(&self, request: Request) -> Result<(), Request> {
        let mut waiting = self.waiting.lock();
        if waiting.closed {
            return Err(request);
        }
        waiting.flushes += usize::from(matches!(request, Request::Flush(_)));
        waiting.requests.push(request);
        let wake = waiting.wanted > 0 && waiting.is_due();
        if wake {
            // Once is enough.
            waiting.wanted = 0;
        }
        drop(waiting);
        if wake {
            self.wake.notify_one();
        }
        Ok(())
    }

    /// Takes nothing more. What waits is still written.
    pub(crate) fn close(&self) {
        self.waiting.lock().closed = true;
        self.wake.notify_one();
    }

    /// Moves what waits into `taken`, which may be nothing after a while; false at the end. `last` is how many the
    /// last commit had: a burst is likely to go on, and is waited for a moment.
    fn take(&self, last: usize, taken: &mut Vec<Request>) -> bool {
        let mut waiting = self.waiting.lock();
        if last > 1 {
            self.sleep(&mut waiting, last.div_ceil(2), GATHER);
            Self::let_others_run(&mut waiting);
        }
        if waiting.requests.is_empty() {
            self.sleep(&mut waiting, 1, IDLE);
        }
        let count = waiting.requests.len().min(BATCH);
        let before = taken.len();
        taken.extend(waiting.requests.drain(..count));
        let flush = |request: &&Request| matches!(request, Request::Flush(_));
        waiting.flushes -= taken[before..].iter().filter(flush).count();
        !(waiting.closed && count == 0)
    }

    /// The writer's life: hands all closures that wait to `write`, again and again, until the queue is closed and empty.
    /// There may be none, and connection attempts are then all that is to be written. Whoever waits for a flush is
    /// answered after it.
    pub(crate) fn serve(self: &Arc<Self>, mut write: impl FnMut(&mut Vec<Box<dyn Job>>)) {
        let _end = self.closed_at_the_end();
        let mut taken = Vec::new();
        let mut batch: Vec<Box<dyn Job>> = Vec::new();
        let mut flushes = Vec::new();
        let mut last = 0;
        let mut open = true;
        while open {
            open = self.take(last, &mut taken);
            for request in taken.drain(..) {
                match request {
                    Request::Job(job) => batch.push(job),
                    Request::Flush(done) => flushes.push(done),
                }
            }
            last = batch.len();
            write(&mut batch);
            for done in flushes.drain(..) {
                // Who no longer waits needs no answer.
                let _ = done.send(());
            }
        }
    }

    /// Closes the queue when the writer ends, even by a panic: who waits or comes later learns that nobody writes.
    fn closed_at_the_end(self: &Arc<Self>) -> impl Drop + use<> {
        struct AtTheEnd(Arc<Queue>);
        impl Drop for AtTheEnd {
            fn drop(&mut self) {
                self.0.close();
                let left = std::mem::take(&mut self.0.waiting.lock().requests);
                drop(left);
            }
        }
        AtTheEnd(Arc::clone(self))
    }

    /// Gives the processor to whoever waits for it, as long as that brings further requests, and until there are a few.
    /// Where a processor is free, nobody waits for this one, and it takes no time.
    fn let_others_run(waiting: &mut MutexGuard<'_, Waiting>) {
        let mut before = 0;
        while (before + 1..A_FEW).contains(&waiting.requests.len())
            && waiting.flushes == 0
            && !waiting.closed
        {
            before = waiting.requests.len();
            MutexGuard::unlocked(waiting, std::thread::yield_now);
        }
    }

    /// Sleeps until so many wait, a flush is asked for, the queue is closed, or the time is over.
    fn sleep(&self, waiting: &mut MutexGuard<'_, Waiting>, wanted: usize, limit: Duration) {
        waiting.wanted = wanted;
        // Whoever wakes us has set it to 0.
        while waiting.wanted > 0 && !waiting.is_due() {
            if self.wake.wait_for(waiting, limit).timed_out() {
                break;
            }
        }
        waiting.wanted = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flush() -> Request {
        Request::Flush(tokio::sync::oneshot::channel().0)
    }

    #[test]
    fn what_waits_is_taken_and_the_end_is_told() {
        let queue = Queue::default();
        let mut taken = Vec::new();
        assert!(queue.push(flush()).is_ok());
        assert!(queue.take(0, &mut taken));
        assert_eq!(taken.len(), 1);
        taken.clear();
        // Nothing comes.
        assert!(queue.take(5, &mut taken) && taken.is_empty());
        assert!(queue.push(flush()).is_ok());
        queue.close();
        assert!(queue.push(flush()).is_err());
        assert!(queue.take(5, &mut taken));
        assert_eq!(taken.len(), 1, "what was taken in is written");
        taken.clear();
        assert!(!queue.take(5, &mut taken));
    }

    struct Nothing;

    impl Job for Nothing {
        fn run(&mut self, _: &mut crate::tx::Tx<'_>) -> bool {
            true
        }
        fn retried(&self) {}
        fn finish(self: Box<Self>, _: crate::Result<()>) {}
    }

    #[test]
    fn nobody_is_waited_for_who_does_not_come() {
        let queue = Queue::default();
        let mut taken = Vec::new();
        for waiting in 1..A_FEW + 2 {
            for _ in 0..waiting {
                assert!(queue.push(Request::Job(Box::new(Nothing))).is_ok());
            }
            // As many as are half of the last, or fewer after a moment.
            assert!(queue.take(A_FEW, &mut taken));
            assert_eq!(taken.len(), waiting);
            taken.clear();
        }
    }

    #[test]
    fn a_sleeping_writer_is_woken() {
        let queue = Arc::new(Queue::default());
        let end = queue.closed_at_the_end();
        let other = Arc::clone(&queue);
        let pusher = std::thread::spawn(move || {
            // The queue is closed when this side sees it refused.
            while other.push(flush()).is_ok() {
                std::thread::yield_now();
            }
        });
        let mut taken = Vec::new();
        while taken.len() < 1000 {
            assert!(queue.take(taken.len(), &mut taken));
        }
        drop(end);
        pusher.join().expect("the pusher ends");
        assert!(queue.waiting.lock().requests.is_empty());
    }
}
