//! axe-core: what keeps people from using a page.

use std::fmt;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::browser::Browser;

/// What is checked of a page: WCAG 2.2, levels A and AA.
const ALL: [&str; 5] = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
/// What is checked of it once more where nothing but its colours is another.
const COLOURS: [&str; 2] = ["color-contrast", "link-in-text-block"];

const RUN: &str = "
  const options = {
    runOnly: arguments[0],
    rules: { 'target-size': { enabled: true } },
    resultTypes: ['violations'],
    elementRef: false,
  };
  return axe.run(document, options).then((found) => ({
    checked: found.passes.length,
    findings: found.violations.map((one) => ({
      rule: one.id,
      impact: one.impact,
      says: one.help,
      places: one.nodes.map((node) => node.target.join(' ') + ': ' + node.failureSummary),
    })),
  }));";

/// The script, fetched on first use.
static SCRIPT: LazyLock<String> = LazyLock::new(|| {
    let tool = Path::new(env!("CARGO_MANIFEST_DIR")).join("tools/axe.sh");
    let said = Command::new(&tool).output().expect("bash runs");
    let errors = String::from_utf8_lossy(&said.stderr);
    assert!(said.status.success(), "axe-core is not there: {errors}");
    let script = String::from_utf8_lossy(&said.stdout);
    fs::read_to_string(script.trim()).expect("axe-core can be read")
});

#[derive(Deserialize)]
struct Checked {
    checked: usize,
    findings: Vec<Finding>,
}

/// Something that keeps people from using a page.
#[derive(Debug, Clone, Deserialize)]
pub struct Finding {
    pub rule: String,
    impact: Option<String>,
    says: String,
    places: Vec<String>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let impact = self.impact.as_deref().unwrap_or("?");
        writeln!(f, "  {} ({impact}): {}", self.rule, self.says)?;
        self.places.iter().try_for_each(|place| writeln!(f, "    {}", place.replace('\n', " ")))
    }
}

/// What is wrong with the page, seriously or critically.
pub async fn findings(browser: &Browser) -> Vec<Finding> {
    run(browser, json!(ALL)).await
}

/// What is wrong with the colours of the page, seriously or critically.
pub async fn findings_of_colours(browser: &Browser) -> Vec<Finding> {
    run(browser, json!({ "type": "rule", "values": COLOURS })).await
}

async fn run(browser: &Browser, only: Value) -> Vec<Finding> {
    if browser.run("return typeof axe", &[]).await == "undefined" {
        browser.run("(0, eval)(arguments[0])", &[Value::from(SCRIPT.as_str())]).await;
    }
    let checked: Checked = serde_json::from_value(browser.run(RUN, &[only]).await).unwrap();
    assert!(checked.checked > 0, "axe-core has checked nothing");
    let grave = |finding: &Finding| matches!(finding.impact.as_deref(), Some("serious" | "critical") | None);
    checked.findings.into_iter().filter(grave).collect()
}
