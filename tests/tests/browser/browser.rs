//! A browser, and what a person does with it: everything is waited for, nothing slept for.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use servers::Chromedriver;
use tests::eventually;

use crate::console::Line;
use crate::look::{Device, Look};
use crate::webdriver::{self, Done, Element, Session};

/// How long a page may take to be as it must, on a machine that does other work too.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A browser of its own: no other one has its cookies.
#[derive(Clone)]
pub struct Browser {
    session: Session,
    site: String,
    pub look: Look,
    console: Arc<Mutex<Vec<Line>>>,
}

impl Browser {
    /// Starts one, with arguments of its own besides the usual.
    pub async fn start(
        driver: &Chromedriver,
        name: &str,
        site: String,
        look: Look,
        besides: &[String],
    ) -> Self {
        let usual = [
            "--no-sandbox".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--disable-gpu".to_owned(),
            "--hide-scrollbars".to_owned(),
            "--no-first-run".to_owned(),
            "--disable-background-networking".to_owned(),
            // It ends when its driver does, however that ends.
            "--remote-debugging-pipe".to_owned(),
            format!("--accept-lang={}", look.language.accepted()),
            format!("--user-data-dir={}", driver.profile(name).display()),
        ];
        let arguments = [&usual, besides].concat();
        let options = json!({
            "goog:loggingPrefs": { "browser": "ALL" },
            "goog:chromeOptions": {
                "binary": driver.chromium(),
                "args": arguments,
            },
        });
        let session = Session::start(driver.port(), &options).await;
        let browser = Self { session, site, look, console: Arc::default() };
        browser.resize().await;
        browser
    }

    async fn resize(&self) {
        let (width, height) = self.look.device.size();
        let mobile = self.look.device == Device::Phone;
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile });
        self.devtools("Emulation.setDeviceMetricsOverride", &size).await;
    }

    /// Has the device be set to light or dark.
    pub async fn light_or_dark(&self, dark: bool) {
        let value = if dark { "dark" } else { "light" };
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] });
        self.devtools("Emulation.setEmulatedMedia", &features).await;
    }

    /// Ends it.
    pub async fn quit(&self) {
        self.session.quit().await;
    }

    /// Opens a page of the site, or one anywhere.
    pub async fn open(&self, place: &str) {
        let url = if place.starts_with('/') { format!("{}{place}", self.site) } else { place.to_owned() };
        self.session.open(&url).await.unwrap_or_else(|trouble| panic!("{url}: {trouble}"));
        self.listen().await;
    }

    /// Loads the page again.
    pub async fn reload(&self) {
        self.session
            .reload()
            .await
            .unwrap_or_else(|trouble| panic!("the page does not load again: {trouble}"));
        self.listen().await;
    }

    /// Path and query of the page.
    pub async fn place(&self) -> String {
        let place = self.run("return location.pathname + location.search", &[]).await;
        place.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the page's path and query are these.
    pub async fn is_at(&self, place: &str) {
        let what = format!("the browser is at {place}");
        self.until(&what, "return location.pathname + location.search === arguments[0]", &[place.into()])
            .await;
    }

    /// Runs a script's body in the page; what it returns, waited for where that is a promise.
    pub async fn run(&self, script: &str, arguments: &[Value]) -> Value {
        self.session.run(script, arguments).await.unwrap_or_else(|trouble| panic!("{script}: {trouble}"))
    }

    /// Waits until a script's body returns something true, and gives it.
    pub async fn until(&self, what: &str, script: &str, arguments: &[Value]) -> Value {
        let found = eventually(PATIENCE, what, async || {
            // Between two pages there is none to ask.
            let value = self.session.run(script, arguments).await.ok()?;
            (!matches!(value, Value::Null | Value::Bool(false))).then_some(value)
        });
        found.await
    }

    /// Waits until an element is there.
    pub async fn see(&self, css: &str) {
        let what = format!("{css} is there");
        self.until(&what, "return !!document.querySelector(arguments[0])?.checkVisibility()", &[css.into()])
            .await;
    }

    /// Waits until an element is not there.
    pub async fn see_no(&self, css: &str) {
        let what = format!("{css} is not there");
        self.until(&what, "return !document.querySelector(arguments[0])?.checkVisibility()", &[css.into()])
            .await;
    }

    /// Waits until the page says something.
    pub async fn read(&self, words: &str) {
        let what = format!("the page says {words:?}");
        self.until(&what, "return document.body.innerText.includes(arguments[0])", &[words.into()]).await;
    }

    /// The text of an element, once it is there.
    pub async fn text(&self, css: &str) -> String {
        let script = "return document.querySelector(arguments[0])?.innerText?.trim()";
        let text = self.until(&format!("{css} is there"), script, &[css.into()]).await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// The texts of all elements that are there now.
    pub async fn texts(&self, css: &str) -> Vec<String> {
        let script = "return [...document.querySelectorAll(arguments[0])].map((one) => one.innerText.trim())";
        let texts = self.run(script, &[css.into()]).await;
        serde_json::from_value(texts).unwrap()
    }

    /// Does something with an element once that can be done.
    async fn with(&self, css: &str, act: impl AsyncFn(&Session, &Element) -> Done<()>) {
        let (using, value) = if css.starts_with('/') { ("xpath", css) } else { ("css selector", css) };
        let last = Mutex::new(String::new());
        let what = std::fmt::from_fn(|f| write!(f, "{css}: {}", last.lock().unwrap()));
        let done = eventually(PATIENCE, what, async || {
            let done = async { act(&self.session, &self.session.find(using, value).await?).await };
            done.await.map_err(|trouble| *last.lock().unwrap() = trouble.to_string()).ok()
        });
        done.await;
    }

    /// Presses an element that changes the page it is on.
    pub async fn press(&self, css: &str) {
        let press = async |session: &Session, element: &Element| {
            // Not beneath what stays at the edge of the screen.
            session.to_middle(element).await?;
            session.click(element).await
        };
        self.with(css, press).await;
    }

    /// Presses an element that leads to another page, and waits until that is loaded.
    pub async fn follow(&self, css: &str) {
        self.turn(async || self.press(css).await).await;
    }

    /// Does what leads to another page, and waits until that is loaded.
    pub async fn turn(&self, act: impl AsyncFnOnce()) {
        self.listen().await;
        let before = self.run("return performance.timeOrigin", &[]).await;
        act().await;
        let script = "return performance.timeOrigin !== arguments[0] && document.readyState === 'complete'";
        self.until("another page is loaded", script, &[before]).await;
        self.listen().await;
    }

    /// Types into a field, in place of what is there.
    pub async fn fill(&self, css: &str, text: &str) {
        let type_it = async |session: &Session, element: &Element| {
            session.clear(element).await?;
            session.enter(element, text).await
        };
        self.with(css, type_it).await;
    }

    /// Chooses a file in a field for one.
    pub async fn choose_file(&self, css: &str, file: &Path) {
        // The driver takes no path with dots in it.
        let path = file.canonicalize().unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let path = path.display().to_string();
        self.with(css, async |session, element| session.enter(element, &path).await).await;
    }

    /// Chooses an option of a list.
    pub async fn choose(&self, css: &str, value: &str) {
        let what = format!("{css} offers {value}");
        let script = "const at = [...document.querySelectorAll(arguments[0] + ' option')]
            .findIndex((option) => option.value === arguments[1]);
            return at >= 0 && at + 1";
        let at = self.until(&what, script, &[css.into(), value.into()]).await;
        self.press(&format!("{css} option:nth-of-type({at})")).await;
        let what = format!("{css} is {value}");
        let script = "return document.querySelector(arguments[0]).value === arguments[1]";
        self.until(&what, script, &[css.into(), value.into()]).await;
    }

    /// Strikes keys, wherever the focus is.
    pub async fn strike(&self, keys: &str) {
        self.session.strike(keys).await.unwrap_or_else(|trouble| panic!("no key can be struck: {trouble}"));
    }

    /// A command of the Chrome DevTools protocol.
    pub async fn devtools(&self, command: &str, parameters: &Value) -> Value {
        let done = self.session.devtools(command, parameters).await;
        done.unwrap_or_else(|trouble| panic!("{command}: {trouble}"))
    }

    /// The cookies of the page.
    pub async fn cookies(&self) -> Vec<Value> {
        self.session.cookies().await.unwrap_or_else(|trouble| panic!("no cookies: {trouble}"))
    }

    /// The tabs.
    pub async fn tabs(&self) -> Vec<String> {
        self.session.tabs().await.unwrap_or_else(|trouble| panic!("no tabs: {trouble}"))
    }

    /// Goes to a tab.
    pub async fn to_tab(&self, tab: &str) {
        self.session.to_tab(tab).await.unwrap_or_else(|trouble| panic!("{tab}: {trouble}"));
    }

    /// Puts the window away, or in sight again.
    pub async fn in_sight(&self, seen: bool) {
        let window = self.devtools("Browser.getWindowForTarget", &json!({})).await["windowId"].clone();
        let state = if seen { "normal" } else { "minimized" };
        let bounds = json!({ "windowId": window, "bounds": { "windowState": state } });
        self.devtools("Browser.setWindowBounds", &bounds).await;
    }

    /// What is seen, as PNG, where there is something.
    pub async fn picture(&self) -> Option<Vec<u8>> {
        self.session.picture().await.ok()
    }

    /// What is seen, as PNG, so many CSS pixels high.
    pub async fn picture_of_top(&self, height: u32) -> Vec<u8> {
        let (width, _) = self.look.device.size();
        let top = self.run("return scrollY", &[]).await;
        let clip = json!({ "x": 0, "y": top, "width": width, "height": height, "scale": 1 });
        let picture =
            self.devtools("Page.captureScreenshot", &json!({ "format": "png", "clip": clip })).await;
        webdriver::decoded(&picture["data"])
    }

    /// The page as a whole, as PNG.
    pub async fn picture_of_all(&self) -> Vec<u8> {
        let picture = json!({ "format": "png", "captureBeyondViewport": true });
        webdriver::decoded(&self.devtools("Page.captureScreenshot", &picture).await["data"])
    }

    /// What the console has said so far.
    pub async fn console(&self) -> Vec<Line> {
        self.listen().await;
        self.console.lock().unwrap().clone()
    }

    async fn listen(&self) {
        let said = self.session.console().await.unwrap_or_default();
        self.console.lock().unwrap().extend(said.iter().map(Line::of));
    }
}
