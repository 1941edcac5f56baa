//! Where a test plays: a system, browsers, and what is kept when it fails.

use std::fs;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use futures_util::FutureExt;
use servers::Chromedriver;
use tests::{Mode, Settings, TestCluster};

use crate::browser::Browser;
use crate::look::Look;

/// A system, and those who visit its site.
pub struct Stage {
    pub cluster: TestCluster,
    driver: Chromedriver,
    browsers: Mutex<Vec<Browser>>,
}

/// Plays a test on a system of its own. Where it fails, what its browsers showed and said is
/// kept in `target/browser`; a page's error that nothing caught is a failure too.
pub async fn play(name: &str, settings: Settings, test: impl AsyncFnOnce(&Stage)) {
    let driver = tokio::task::spawn_blocking(Chromedriver::start).await.unwrap();
    let cluster = TestCluster::start_with(Mode::Embedded, settings).await;
    let stage = Stage { cluster, driver, browsers: Mutex::default() };
    let played = AssertUnwindSafe(test(&stage)).catch_unwind().await;
    let browsers = stage.browsers.lock().unwrap().clone();
    let mut faults = Vec::new();
    for browser in &browsers {
        faults.extend(browser.console().await.into_iter().filter(crate::console::Line::is_fault));
    }
    if played.is_err() || !faults.is_empty() {
        keep(name, &browsers).await;
    }
    for browser in &browsers {
        browser.quit().await;
    }
    if let Err(panic) = played {
        resume_unwind(panic);
    }
    let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert!(faults.is_empty(), "pages are at fault:\n{}", faults.join("\n"));
}

impl Stage {
    /// A browser of its own.
    pub async fn browser(&self, look: Look) -> Browser {
        self.browser_with(look, &[]).await
    }

    /// The same, started with these arguments besides the usual ones.
    pub async fn browser_with(&self, look: Look, arguments: &[String]) -> Browser {
        let number = self.browsers.lock().unwrap().len();
        let name = format!("profile-{number}");
        let browser = Browser::start(&self.driver, &name, self.cluster.url(), look, arguments).await;
        self.browsers.lock().unwrap().push(browser.clone());
        browser
    }
}

/// Where pictures and consoles of failed tests are.
pub fn kept() -> PathBuf {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
    scratch.parent().unwrap_or(scratch).join("browser")
}

async fn keep(name: &str, browsers: &[Browser]) {
    let folder = kept();
    fs::create_dir_all(&folder).expect("a folder for what failed");
    for (number, browser) in (1..).zip(browsers) {
        let file = folder.join(format!("{name}-{number}"));
        if let Some(picture) = browser.picture().await {
            let picture_file = file.with_extension("png");
            fs::write(&picture_file, picture).expect("the picture can be written");
            eprintln!("what browser {number} showed: {}", picture_file.display());
        }
        let lines: Vec<String> = browser.console().await.iter().map(ToString::to_string).collect();
        let log = file.with_extension("log");
        fs::write(&log, lines.join("\n")).expect("the console can be written");
        eprintln!("what its console said: {}", log.display());
    }
}
