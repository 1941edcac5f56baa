//! WebDriver as Chromium's driver speaks it: JSON over HTTP, as much as tests need.

use std::net::SocketAddr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tests::Client;
use tests::http::Call;

/// The name of an element's id in JSON (W3C WebDriver, section 12.2).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A session: one browser.
#[derive(Clone)]
pub struct Session {
    client: Client,
    path: String,
}

/// What the driver could not do.
#[derive(Debug, Clone)]
pub struct Trouble {
    /// Its kind, `no such element` for example.
    pub error: String,
    message: String,
}

/// An element of a page, as the driver knows it.
#[derive(Debug, Clone)]
pub struct Element(String);

/// What a command gives.
pub type Done<T> = Result<T, Trouble>;

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.error, self.message.lines().next().unwrap_or_default())
    }
}

impl Session {
    /// Starts a browser.
    pub async fn start(driver: u16, options: &Value) -> Self {
        let client = Client::new(&[SocketAddr::from(([127, 0, 0, 1], driver))]);
        let wanted = json!({ "capabilities": { "alwaysMatch": options } });
        let made = command(&client, "POST", "/session", Some(&wanted)).await;
        let made = made.unwrap_or_else(|trouble| panic!("the browser does not start: {trouble}"));
        let id = made["sessionId"].as_str().expect("a session has an id");
        Self { client, path: format!("/session/{id}") }
    }

    /// Ends the browser.
    pub async fn quit(&self) {
        // What has ended already has ended.
        drop(command(&self.client, "DELETE", &self.path, None).await);
    }

    async fn get(&self, what: &str) -> Done<Value> {
        command(&self.client, "GET", &format!("{}{what}", self.path), None).await
    }

    async fn post(&self, what: &str, body: &Value) -> Done<Value> {
        command(&self.client, "POST", &format!("{}{what}", self.path), Some(body)).await
    }

    /// Opens an address and waits until it is loaded.
    pub async fn open(&self, url: &str) -> Done<()> {
        self.post("/url", &json!({ "url": url })).await.map(drop)
    }

    /// Loads the page again.
    pub async fn reload(&self) -> Done<()> {
        self.post("/refresh", &json!({})).await.map(drop)
    }

    /// The first element that an XPath or a CSS selector finds.
    pub async fn find(&self, using: &str, value: &str) -> Done<Element> {
        let found = self.post("/element", &json!({ "using": using, "value": value })).await?;
        Ok(Element(found[ELEMENT].as_str().unwrap_or_default().to_owned()))
    }

    /// Moves the page so that an element is in its middle.
    pub async fn to_middle(&self, element: &Element) -> Done<()> {
        let script =
            "arguments[0].scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' })";
        self.run(script, &[json!({ ELEMENT: element.0 })]).await.map(drop)
    }

    /// Presses an element, as a pointer does.
    pub async fn click(&self, element: &Element) -> Done<()> {
        self.post(&format!("/element/{}/click", element.0), &json!({})).await.map(drop)
    }

    /// Empties a field.
    pub async fn clear(&self, element: &Element) -> Done<()> {
        self.post(&format!("/element/{}/clear", element.0), &json!({})).await.map(drop)
    }

    /// Types into a field.
    pub async fn enter(&self, element: &Element, text: &str) -> Done<()> {
        self.post(&format!("/element/{}/value", element.0), &json!({ "text": text })).await.map(drop)
    }

    /// Strikes keys, wherever the focus is.
    pub async fn strike(&self, keys: &str) -> Done<()> {
        let strokes = keys.chars().flat_map(|key| {
            ["keyDown", "keyUp"].map(|kind| json!({ "type": kind, "value": key.to_string() }))
        });
        let actions = json!([{ "type": "key", "id": "keys", "actions": strokes.collect::<Vec<_>>() }]);
        self.post("/actions", &json!({ "actions": actions })).await.map(drop)
    }

    /// Runs a script's body in the page; what it returns, waited for where that is a promise.
    pub async fn run(&self, script: &str, arguments: &[Value]) -> Done<Value> {
        self.post("/execute/sync", &json!({ "script": script, "args": arguments })).await
    }

    /// A command of the Chrome DevTools protocol.
    pub async fn devtools(&self, command: &str, parameters: &Value) -> Done<Value> {
        self.post("/goog/cdp/execute", &json!({ "cmd": command, "params": parameters })).await
    }

    /// What the console has said since it was last asked.
    pub async fn console(&self) -> Done<Vec<Value>> {
        let said = self.post("/se/log", &json!({ "type": "browser" })).await?;
        Ok(said.as_array().cloned().unwrap_or_default())
    }

    /// The cookies of the page.
    pub async fn cookies(&self) -> Done<Vec<Value>> {
        Ok(self.get("/cookie").await?.as_array().cloned().unwrap_or_default())
    }

    /// The tabs.
    pub async fn tabs(&self) -> Done<Vec<String>> {
        let tabs = self.get("/window/handles").await?;
        let tabs = tabs.as_array().cloned().unwrap_or_default();
        Ok(tabs.iter().filter_map(Value::as_str).map(str::to_owned).collect())
    }

    /// Goes to a tab.
    pub async fn to_tab(&self, tab: &str) -> Done<()> {
        self.post("/window", &json!({ "handle": tab })).await.map(drop)
    }

    /// What is seen, as PNG.
    pub async fn picture(&self) -> Done<Vec<u8>> {
        Ok(decoded(&self.get("/screenshot").await?))
    }
}

/// Bytes as they are sent in JSON; none where they are not.
pub fn decoded(bytes: &Value) -> Vec<u8> {
    STANDARD.decode(bytes.as_str().unwrap_or_default()).unwrap_or_default()
}

async fn command(client: &Client, method: &str, path: &str, body: Option<&Value>) -> Done<Value> {
    let answer = client.attempt(Call::new(method, path, body)).await;
    let answer =
        answer.map_err(|error| Trouble { error: "no answer".to_owned(), message: error.to_string() })?;
    let mut said: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let value = said["value"].take();
    if answer.status == 200 {
        return Ok(value);
    }
    let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
    Err(Trouble { error: text("error"), message: text("message") })
}
