//! Services started in this process for one command, beside a running server or without one.

use micro::{Clock, Kit};

use crate::Clients;
use crate::config::Config;
use crate::data_dir;
use crate::system::{self, SystemError};

/// A process of an operator's command. The databases take several processes at a time.
pub struct Operator<'a> {
    kit: Kit,
    config: &'a Config,
}

impl<'a> Operator<'a> {
    /// A process on the configured data, with no services yet.
    ///
    /// # Errors
    /// A data folder that cannot be used.
    pub fn new(config: &'a Config) -> Result<Self, SystemError> {
        data_dir::prepare(&config.data_dir)?;
        Ok(Self { kit: system::kit(config, Clock::system())?, config })
    }

    /// Adds the user service.
    ///
    /// # Errors
    /// Why it does not start.
    pub async fn with_users(self) -> Result<Self, SystemError> {
        self.kit.register(&system::start_user(&self.kit, self.config).await?);
        Ok(self)
    }

    /// Adds the film service.
    ///
    /// # Errors
    /// Why it does not start.
    pub async fn with_films(self) -> Result<Self, SystemError> {
        self.kit.register(&system::start_film(&self.kit, self.config).await?);
        Ok(self)
    }

    /// Ways to call the services.
    #[must_use]
    pub fn clients(&self) -> Clients {
        Clients::new(&self.kit)
    }

    /// Ends the background work and closes the databases.
    pub async fn close(self) {
        system::shut_down(&self.kit).await;
    }
}
