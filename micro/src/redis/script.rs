//! Scripts that Redis runs in one step.

use super::Redis;

/// A script in Lua.
pub struct Script {
    source: &'static str,
    hash: String,
}

impl Script {
    /// A script of that text.
    #[must_use]
    pub fn new(source: &'static str) -> Self {
        let hash = redis::Script::new(source).get_hash().to_owned();
        Self { source, hash }
    }

    pub(super) fn source(&self) -> &'static str {
        self.source
    }

    pub(super) fn hash(&self) -> &str {
        &self.hash
    }
}

impl std::fmt::Debug for Script {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Script").field(&self.hash).finish()
    }
}

impl Redis {
    /// Runs a script; `arguments` adds what comes after the keys.
    ///
    /// The keys must all be of one hash slot.
    ///
    /// # Errors
    /// As [`query`](Self::query).
    pub async fn run<T: redis::FromRedisValue>(
        &self,
        script: &Script,
        keys: &[&str],
        arguments: impl Fn(&mut redis::Cmd),
    ) -> Result<T, super::Failure> {
        let call = |name: &str, what: &str| {
            let mut call = redis::cmd(name);
            call.arg(what).arg(keys.len()).arg(keys);
            arguments(&mut call);
            call
        };
        let key = keys.first().copied().unwrap_or_default();
        match self.ask(key, &call("EVALSHA", script.hash())).await {
            // A server that was restarted, or is new, is told the text; it remembers it.
            Err(super::client::Trouble::ScriptUnknown) => {
                Ok(self.ask(key, &call("EVAL", script.source())).await?)
            }
            answer => Ok(answer?),
        }
    }
}
