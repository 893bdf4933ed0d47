//! Work that keeps a processor busy for longer than other connections should wait.
//!
//! Must not know what the work is.

use crate::app::error::{Error, Result};
use crate::app::kernel::Kernel;
use std::future::Future;
use std::sync::LazyLock;
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::Semaphore;
use tokio::task::block_in_place;

/// How many processors there are. Who asks the system has it read a dozen files.
pub(super) fn processors() -> usize {
    static PROCESSORS: LazyLock<usize> =
        LazyLock::new(|| std::thread::available_parallelism().map_or(1, usize::from));
    *PROCESSORS
}

/// Places for heavy work: half of the processors, so that devices and other calls have the rest.
#[derive(Debug)]
pub(crate) struct Heavy(Semaphore);

impl Default for Heavy {
    fn default() -> Self {
        Self(Semaphore::new(processors().div_ceil(2)))
    }
}

/// Things from which on a query of the whole fleet may be seconds of work; below, it is no more than a call of another
/// kind.
const LARGE_FLEET: usize = 10_000;

impl Kernel {
    /// Does work that grows with the fleet: apart from other tasks where it is large.
    pub(crate) async fn over_the_fleet<T>(&self, work: impl Future<Output = T>) -> T {
        match self.counts().await {
            Ok((things, _)) if things < LARGE_FLEET => work.await,
            _ => self.heavily(work).await,
        }
    }

    /// Does work that grants a signing request: here where the CA signs in microseconds, otherwise on a thread where no
    /// task waits.
    ///
    /// # Errors
    /// The work panicked there.
    pub(crate) async fn granting<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        if self.device_authority.signs_quickly(self.now()) {
            return Ok(work());
        }
        tokio::task::spawn_blocking(work)
            .await
            .map_err(Error::internal)
    }

    /// Does `work` where no other task waits for the thread, once there is a place for it. Who goes away while it
    /// waits gives the place up.
    pub(crate) async fn heavily<T>(&self, work: impl Future<Output = T>) -> T {
        // Never closed; and if it were, the work would still have to be done.
        let _place = self.heavy.0.acquire().await;
        let runtime = Handle::current();
        match runtime.runtime_flavor() {
            // Other tasks of the thread go to another.
            RuntimeFlavor::MultiThread => block_in_place(|| runtime.block_on(work)),
            // There is no other thread.
            _ => work.await,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::TestApp;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn others_go_on_meanwhile() {
        let app = TestApp::new().await.app;
        let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (release, released) = std::sync::mpsc::channel::<()>();
        let released = Arc::new(std::sync::Mutex::new(released));
        let works: Vec<_> = (0..64)
            .map(|_| {
                let (app, running, most) =
                    (Arc::clone(&app), Arc::clone(&running), Arc::clone(&most));
                let released = Arc::clone(&released);
                tokio::spawn(async move {
                    app.heavily(async {
                        most.fetch_max(
                            running.fetch_add(1, Ordering::SeqCst) + 1,
                            Ordering::SeqCst,
                        );
                        // As a long computation would, it holds the thread.
                        let _ = released.lock().map(|released| released.recv());
                        running.fetch_sub(1, Ordering::SeqCst);
                    })
                    .await;
                })
            })
            .collect();
        while running.load(Ordering::SeqCst) == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        // The runtime's only worker answers although heavy work waits.
        for _ in 0..64 {
            tokio::task::yield_now().await;
            release.send(()).expect("they wait");
        }
        for work in works {
            work.await.expect("it ends");
        }
        assert!(most.load(Ordering::SeqCst) <= super::processors().div_ceil(2));
    }
}
