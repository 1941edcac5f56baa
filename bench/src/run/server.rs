//! The runtime everything that answers runs on.

use std::future::Future;

use tokio::runtime::{Builder, Handle, Runtime};

/// A runtime as the `marquee` executable has it; the load generator has another.
pub struct Server(Option<Runtime>);

impl Server {
    /// Starts it, with a thread for each core.
    ///
    /// # Errors
    /// Where threads cannot be started.
    pub fn start() -> anyhow::Result<Self> {
        let runtime = Builder::new_multi_thread().thread_name("server").enable_all().build()?;
        Ok(Self(Some(runtime)))
    }

    /// A way to start work there.
    #[must_use]
    pub fn handle(&self) -> &Handle {
        self.0.as_ref().expect("the runtime is there until this is dropped").handle()
    }

    /// Does something there.
    ///
    /// # Errors
    /// That of the work.
    pub async fn run<F, T>(&self, work: F) -> anyhow::Result<T>
    where
        F: Future<Output = anyhow::Result<T>> + Send + 'static,
        T: Send + 'static,
    {
        self.handle().spawn(work).await?
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Waiting is not allowed here: this may itself run on a runtime.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
