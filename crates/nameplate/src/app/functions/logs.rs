//! What functions printed: which log group is a function's, and lines of a group.

use super::Functions;
use crate::app::error::{Error, Kind, Result};
use nameplate_functions::Logs;
use std::io;
use std::sync::Arc;

impl Functions {
    /// The log group of a function, by name or ARN. The group of one that was deleted stays, as in AWS.
    ///
    /// # Errors
    /// [`Kind::NotFound`] where there is neither the function nor lines of one that had the name.
    pub async fn log_group(&self, function: &str) -> Result<String> {
        let absent = match self.function(function, None).await {
            Ok(found) => {
                let settings = &found.version.settings;
                return Ok(settings.log_group_of(&found.function.name));
            }
            Err(error) if error.kind == Kind::NotFound => error,
            Err(error) => return Err(error),
        };
        let group = format!("/aws/lambda/{}", self.reference(function, None)?.name);
        match self.log_groups().await?.contains(&group) {
            true => Ok(group),
            false => Err(absent),
        }
    }

    /// The log groups of which something is kept, by name.
    pub async fn log_groups(&self) -> Result<Vec<String>> {
        self.in_logs(|logs| logs.groups()).await
    }

    /// Reading is some megabytes of files.
    async fn in_logs<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Logs) -> io::Result<T> + Send + 'static,
    ) -> Result<T> {
        let logs = Arc::clone(&self.logs);
        tokio::task::spawn_blocking(move || work(&logs))
            .await
            .map_err(Error::internal)?
            .map_err(Error::internal)
    }
}
