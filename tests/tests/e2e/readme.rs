//! What the README tells people to type works.

use tests::{Mode, Settings, TestCluster, readme};
use tokio::process::Command;

/// Both languages.
const FILES: [&str; 2] = ["README.md", "README.zh-CN.md"];
/// The marks around what is tested: `<!-- tested: purchase -->`.
const NAME: &str = "purchase";

#[tokio::test]
async fn the_purchase_of_the_readme_works_as_it_stands_there() {
    let cluster = TestCluster::start_with(Mode::Embedded, Settings::default().with_demo()).await;
    for file in FILES {
        let text = readme::read(file).unwrap_or_else(|| panic!("there is no {file}"));
        let commands = readme::commands(&text, NAME);
        assert!(!commands.is_empty(), "{file} has no commands marked `tested: {NAME}`");
        let mut bash = Command::new("bash");
        bash.args(["-euo", "pipefail", "-c", &commands.join("\n")]).env("MARQUEE", cluster.url());
        let output = bash.kill_on_drop(true).output().await.expect("bash can be run");
        let (said, complained) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{file}: {}\n{said}\n{complained}", output.status);
        let refunded =
            said.rfind("\"REFUNDED\"").is_some_and(|at| said.rfind("\"PAID\"").is_some_and(|paid| paid < at));
        assert!(refunded, "{file}: in the end nothing was given back: {said}");
    }
}
